"""What a new edition of a quiz means for those who have answered it. Pure: neither Flask, SQLAlchemy nor the core.

A question of the quiz itself is the same as before when it says the same, but for spelling, wherever it stands; then when it is alike,
then when it stands at the same place among as many. Questions of banks are known by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from courses.changes import Change, figure, of_pass_mark, paired, same_meaning
from courses.problems import N_
from courses.text import plain_text
from lms_quiz.format import QuizSettings
from lms_quiz.question import Question, QuestionForm

Kinds = Mapping[str, QuestionForm[Any]]
"""Kinds of question by name."""


def compare(before: QuizSettings, after: QuizSettings, kinds: Kinds) -> Iterator[Change]:
    """Every change of meaning, points, key, order, pass mark, attempts and opening; spelling is none."""
    yield from _questions(before, after, kinds)
    yield from of_pass_mark(before.pass_mark, after.pass_mark)
    if before.attempts != after.attempts:
        fewer = bool(after.attempts) and (not before.attempts or after.attempts < before.attempts)
        if after.attempts:
            values = {"after": after.attempts}
            yield Change("attempts-changed", N_("the number of attempts is {after} now"), values, harmful=fewer)
        else:
            yield Change("attempts-changed", N_("there are any number of attempts now"), harmful=False)
    if before.time != after.time:
        if after.time:
            less = not before.time or after.time < before.time
            yield Change(
                "time-changed", N_("an attempt may take {after} minutes now"), {"after": after.time}, harmful=less
            )
        else:
            yield Change("time-changed", N_("an attempt may take any time now"), harmful=False)
    if before.grade != after.grade:
        yield Change("grade-changed", COUNTS[after.grade])
    if before.live != after.live:
        yield Change(
            "live-changed", PLAYED[after.live], harmful="count" in (before.live, after.live) or before.live == "no"
        )
    if before.opens != after.opens:
        if after.opens:
            yield Change("opens-changed", N_("it opens at another time: {after}"), {"after": str(after.opens)})
        else:
            yield Change("opens-changed", N_("it is open from the beginning now"), harmful=False)


COUNTS: Mapping[str, str] = {
    "best": N_("the best attempt counts now"),
    "last": N_("the last attempt counts now"),
    "first": N_("the first attempt counts now"),
    "mean": N_("the mean of all attempts counts now"),
}
"""A sentence for each way to count several attempts."""


PLAYED: Mapping[str, str] = {
    "no": N_("it is no longer played in rounds: each person takes it alone"),
    "play": N_("it is played in rounds now and counts for nothing; attempts are no longer made"),
    "count": N_("it is played in rounds now, of which the best counts; attempts are no longer made"),
}
"""A sentence for each way to play it."""


def _questions(before: QuizSettings, after: QuizSettings, kinds: Kinds) -> Iterator[Change]:
    old, new = before.own, after.own
    pairs = paired([plain_text(one.text) for one in old], [plain_text(one.text) for one in new])
    kept = [was for was, now in pairs if was is not None and now is not None]
    if kept != sorted(kept):
        yield Change("question-changed", N_("the questions stand in another order; attempts under way begin anew"))
    for was, now in pairs:
        if now is None:
            assert was is not None
            text = N_("question {number} (“{question}”) is gone")
            yield Change("question-changed", text, {"number": was + 1, "question": _short(old[was])})
        elif was is None:
            text = N_("question {number} (“{question}”) is new")
            yield Change("question-changed", text, {"number": now + 1, "question": _short(new[now])}, new[now].line)
        else:
            partial = [
                settings.partial if one.partial is None else one.partial
                for settings, one in ((before, old[was]), (after, new[now]))
            ]
            yield from _question(now + 1, old[was], new[now], partial[0] != partial[1], kinds)
    yield from _pool(before, after, kinds)


def _pool(before: QuizSettings, after: QuizSettings, kinds: Kinds) -> Iterator[Change]:
    """Questions of banks: what may be drawn besides touches nobody; what was drawn and is another now does."""
    old = {one.id: one for one in before.pool}
    new = {one.id: one for one in after.pool}
    for id in old:
        if id not in new:
            text = N_(
                "question “{id}” of the bank “{bank}” (“{question}”) is drawn no more; attempts under way that have it begin anew"
            )
            yield Change("question-changed", text, {"id": id, "bank": old[id].bank, "question": _short(old[id])})
    added = len(new.keys() - old.keys())
    if added:
        yield Change(
            "question-changed",
            N_("questions of banks that may be drawn besides: {count}"),
            {"count": added},
            harmful=False,
        )
    for place, one in enumerate(after.pool, len(after.own) + 1):
        if one.id in old:
            partial = [
                settings.partial if each.partial is None else each.partial
                for settings, each in ((before, old[one.id]), (after, one))
            ]
            for change in _question(place, old[one.id], one, partial[0] != partial[1], kinds):
                yield replace(change, line=0)  # its line is one of the bank's file
    if before.pooled and after.pooled and before.drawn != after.drawn:
        values = {"before": before.drawn, "after": after.drawn}
        yield Change("question-changed", N_("{after} questions are drawn from banks instead of {before}"), values)


def _question(number: int, old: Question, new: Question, partial: bool, kinds: Kinds) -> Iterator[Change]:
    values: dict[str, str | int | float] = {"number": number}
    if not same_meaning(plain_text(old.text), plain_text(new.text)):
        text = N_("question {number} asks something else: “{after}” instead of “{before}”")
        yield Change("question-changed", text, {**values, "before": _short(old), "after": _short(new)}, new.line)
    if old.kind != new.kind:
        yield Change("question-changed", N_("question {number} is answered in another way"), values, new.line)
    elif (kind := kinds.get(new.kind)) is not None:
        differences = kind.differences(kind.data_of(old), kind.data_of(new))
        for difference in differences or (("key",) if old.variables != new.variables else ()):
            code, text = SAID[difference]
            yield Change(code, text, values, new.line)
        if partial and kind.partly:
            text = N_("question {number} brings points for parts of the right answer in another way")
            yield Change("points-changed", text, values, new.line)
    if old.points != new.points:
        text = N_("question {number} brings {after} points instead of {before}; marks given stay as they are")
        values = {**values, "before": figure(old.points), "after": figure(new.points)}
        yield Change("points-changed", text, values, new.line)


SAID: Mapping[str, tuple[str, str]] = {
    "key": ("key-changed", N_("question {number} has another right answer; marks given stay as they are")),
    "choices": ("question-changed", N_("question {number} offers other answers to choose from")),
    "order": (
        "question-changed",
        N_("question {number} offers its answers in another order; attempts under way begin anew"),
    ),
}
"""Code and sentence for each of `QuestionForm.differences`."""


def _short(question: Question) -> str:
    words = plain_text(question.text)
    return words if len(words) <= 60 else words[:59].rstrip() + "…"
