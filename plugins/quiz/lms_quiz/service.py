"""Attempts: start, keep answers, hand in, and what comes of them.

Everything that changes an attempt of a person happens under one lock of that person, and reads the attempt after
taking it: a save
and a finish, two tabs or twenty starts at once come one after the other.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from lms.plugin import Message, Query, Result, Score, Visit, language, mark
from lms_quiz import banks, rules, ruling, showing
from lms_quiz.conduct import Did, Marked, did, mark_of, marked, worth
from lms_quiz.format import QuizSettings
from lms_quiz.overrides import Extra, extra_of
from lms_quiz.reading import (
    Given,
    Sitting,
    Summary,
    asked,
    attempts_of,
    changed,
    end_of,
    given,
    kinds_of,
    moments,
    one_of,
    shape_of,
    standings,
    state_of,
    tried,
    unready,
)

# ------------------------------------------------------------------------------------------- acts of a learner

Sent = Mapping[str, Sequence[str]]
"""A form as it was sent: values by the name of the field."""

Answer = Literal["done", "missing", "finished", "conflict", "late", "void", "unready", "more"]
"""done · missing: no such attempt · finished: it was handed in before · conflict: another page has saved since this
one was opened ·
late: the quiz has closed, what was kept was handed in · void: the quiz was changed, the attempt does not count ·
unready: kept, but there are questions to look at first · more: kept, and there is more time than the page knew of"""


def start(visit: Visit) -> tuple[int, str]:
    """The number of the attempt under way, a new one if there is none; or 0 and why none may be started."""
    visit.lock(str(visit.person.id))
    attempts = list(attempts_of(visit, visit.person.id))
    under_way = next((one for one in attempts if one.finished_at is None), None)
    if under_way is not None:
        if not changed(visit, under_way):
            if _over(visit, under_way):
                hand_in(visit, under_way)
            return under_way.number, ""
        void(visit, under_way)
    extra = extra_of(visit, visit.person.id)
    state = state_of(visit, attempts, extra)
    if state.barred:
        record(visit, visit.person.id)
        return 0, state.barred
    number = max((one.number for one in attempts), default=0) + 1
    seed = secrets.token_hex(16)
    drawn = banks.drawn(visit.settings, seed)
    attempt = Sitting(
        number, visit.person.id, seed, shape_of(visit, drawn), visit.run.revision_id, language(), visit.now,
        None, None, None, "", "", rules.POLICY, drawn, deadline_of(visit, visit.now, extra),
    )  # fmt: skip
    _INSERT.run(run=visit.run.id, block=visit.block.id, **vars(attempt))
    record(visit, visit.person.id, [*attempts, attempt])
    return number, ""


def deadline_of(visit: Visit, started: datetime, extra: Extra) -> datetime | None:
    """The end an attempt has of its own: that of its time, or a later one than the quiz's that a tutor gave."""
    settings: QuizSettings = visit.settings
    closes = moments(visit)[1]
    later = extra.closing(closes)
    if settings.time:
        return rules.deadline(started, settings.time + extra.minutes, later)
    return later if later != closes else None


def _over(visit: Visit, attempt: Sitting) -> bool:
    """Whether it is too late for this attempt."""
    settings: QuizSettings = visit.settings
    return rules.too_late(visit.now, end_of(visit, attempt), settings.grace)


_INSERT = Query(
    "INSERT INTO quiz_attempt (run_id, block, person_id, number, seed, shape, revision_id, language, started_at,"
    " finished_at, points, max_points, answers, marks, policy, drawn, deadline, held) VALUES (:run, :block, :person_id, :number,"
    " :seed, :shape, :revision_id, :language, :started_at, :finished_at, :points, :max_points, :answers, :marks, :policy, :drawn,"
    " :deadline, :held)"
)
_UPDATE = Query(
    "UPDATE quiz_attempt SET language = :language, finished_at = :finished_at, points = :points, max_points = :max_points,"
    " answers = :answers, marks = :marks, policy = :policy, deadline = :deadline, held = :held"
    " WHERE run_id = :run AND block = :block AND person_id = :person_id AND number = :number"
)


def store(visit: Visit, attempt: Sitting) -> None:
    """Write what has been changed. Plain SQL, because answers are saved as they are given: nothing is written as often."""
    _UPDATE.run(run=visit.run.id, block=visit.block.id, **vars(attempt))


def _open(visit: Visit, number: int) -> tuple[Sitting | None, Answer]:
    """The attempt to change, under the person's lock; or why it cannot be changed."""
    visit.lock(str(visit.person.id))
    attempt = one_of(visit, visit.person.id, number)
    if attempt is None:
        return None, "missing"
    if attempt.finished_at is not None:
        return None, "finished"
    if changed(visit, attempt):
        void(visit, attempt)
        record(visit, visit.person.id)
        return None, "void"
    if _over(visit, attempt):
        hand_in(visit, attempt)
        return None, "late"
    return attempt, "done"


def save(visit: Visit, number: int, sent: Sent) -> Answer:
    """Keep what the form says."""
    attempt, answer = _open(visit, number)
    return _take(visit, attempt, sent) if attempt is not None else answer


def finish(visit: Visit, number: int, sent: Sent, confirmed: bool) -> Answer:
    """Keep what the form says, if it carries answers, and hand in. Unless `confirmed`, an attempt with unanswered
    questions stays open."""
    attempt, answer = _open(visit, number)
    if attempt is None:
        return answer
    if "page" in sent and _take(visit, attempt, sent) == "conflict":
        return "conflict"
    if (
        "over" in sent and not confirmed
    ):  # the page's own clock has run out: it knows nothing of time that was given meanwhile
        end = end_of(visit, attempt)
        if end is None or visit.now < end - rules.EARLY:
            return "more"
    elif not confirmed and unready(visit, attempt):
        return "unready"
    hand_in(visit, attempt)
    return "done"


def check(visit: Visit, number: int, place: int, sent: Sent) -> tuple[Answer, Message | None]:
    """Keep what the form says and mark this question now; or why not, if the answer cannot be marked as it is."""
    attempt, answer = _open(visit, number)
    if attempt is None:
        return answer, None
    if _gone(visit, attempt, place):
        return "missing", None
    question = next((each for each in asked(visit, attempt) if each.place == place), None)
    if not visit.settings.conduct.checks or question is None or question.by_hand:
        return "missing", None
    if _take(visit, attempt, sent) == "conflict":
        return "conflict", None
    one = next(found for found in standings(visit, attempt) if found.asked.place == place)
    steps = given(attempt).steps.get(place, [])
    if one.state != "open" or (steps and steps[-1].act == "check" and steps[-1].reply == one.asked.reply):
        return "done", None  # the button was pressed twice
    kind = kinds_of(visit.site)[one.asked.question.kind]
    complaint = kind.complaint(one.asked.data, one.asked.reply)
    if complaint is not None:
        return "unready", complaint
    mark = mark_of(kind, one.asked, visit.settings, one.asked.reply)
    _step(visit, attempt, place, did("check", visit.now, one.asked.reply, mark, one.sure))
    return "done", None


def again(visit: Visit, number: int, place: int, sent: Sent) -> Answer:
    """Keep what the form says and open a question for the next try."""
    attempt, answer = _open(visit, number)
    if attempt is None:
        return answer
    if _gone(visit, attempt, place) or not any(each.place == place for each in asked(visit, attempt)):
        return "missing"
    if _take(visit, attempt, sent) == "conflict":
        return "conflict"
    one = next((found for found in standings(visit, attempt) if found.asked.place == place), None)
    if one is None:
        return "missing"
    if one.state == "shown":
        _step(visit, attempt, place, Did(act="again", at=visit.now))
    return "done"


def go(visit: Visit, number: int, place: int, sent: Sent) -> Answer:
    """Keep what the form says and go to another question; where none is seen again, to the next one only."""
    attempt, answer = _open(visit, number)
    if attempt is None:
        return answer
    if not 0 <= place < len(asked(visit, attempt)):
        return "missing"
    if visit.settings.pages != "forward":
        return _take(visit, attempt, sent)
    if place != given(attempt).at + 1:
        return "conflict"
    return _take(visit, attempt, sent, place)


def _gone(visit: Visit, attempt: Sitting, place: int) -> bool:
    """Whether the question may not be seen: it stands on no page any more, or not yet."""
    return visit.settings.pages == "forward" and place != given(attempt).at


def _on_page(settings: QuizSettings, kept: Given, sent: Sent) -> Callable[[int], bool] | None:
    """Which questions (by place) the form carries; None when it is that of a question that is not to be seen again."""
    if settings.pages == "all":
        return lambda place: True
    on = "".join(sent.get("on", ()))
    only = int(on) - 1 if on.isascii() and on.isdigit() and len(on) < 6 else -1
    if settings.pages == "forward" and only != kept.at:
        return None
    return lambda place: place == only


def amend(visit: Visit, number: int, place: int, act: Callable[[dict[str, Any]], dict[str, Any]]) -> Answer:
    """Change one answer otherwise than by the form: `act` gets it and says what it is now, {} for none."""
    attempt, answer = _open(visit, number)
    if attempt is None:
        return answer
    if _gone(visit, attempt, place):
        return "missing"
    kept = given(attempt)
    if reply := act(kept.replies.pop(place, {})):
        kept.replies[place] = reply
    attempt.answers = kept.model_dump_json()
    store(visit, attempt)
    return "done"


def _step(visit: Visit, attempt: Sitting, place: int, step: Did) -> None:
    kept = given(attempt)
    kept.steps.setdefault(place, []).append(step)
    attempt.answers = kept.model_dump_json()
    store(visit, attempt)


def _take(visit: Visit, attempt: Sitting, sent: Sent, at: int | None = None) -> Answer:
    """The newest answers of a page replace the stored ones, unless another page has saved since it was opened. A question that was
    marked keeps its answer until it is opened again. `at`: the place of the question that stands on the page from now on."""
    kept = given(attempt)
    page, version = "".join(sent.get("page", ()))[:64], "".join(sent.get("version", ()))
    here = _on_page(visit.settings, kept, sent)
    if here is None or (version != str(kept.version) and page != kept.page):
        return "conflict"
    kinds = kinds_of(visit.site)
    for one in standings(visit, attempt):
        place = one.asked.place
        if one.state != "open" or not here(place):
            continue
        kept.replies.pop(place, None)
        kept.sure.pop(place, None)
        reply = kinds[one.asked.question.kind].read(one.asked, one.asked.sent(sent))
        if reply is not None:
            kept.replies[place] = dict(reply)
        sure = "".join(sent.get(f"{one.asked.name}-sure", ()))
        if visit.settings.conduct.certainty and sure in ("1", "2", "3"):
            kept.sure[place] = int(sure)
    kept.version += 1
    kept.page = page
    kept.at = kept.at if at is None else at
    attempt.answers = kept.model_dump_json()
    attempt.language = language()
    store(visit, attempt)
    return "done"


# ------------------------------------------------------------------------------------------- what comes of it


def hand_in(visit: Visit, attempt: Sitting) -> None:
    """Mark what is stored and record what all attempts come to."""
    settings: QuizSettings = visit.settings
    kinds = kinds_of(visit.site)
    kept = given(attempt)
    marks = []
    for each in asked(visit, attempt):
        steps = kept.steps.setdefault(each.place, [])
        if worth(settings, each.question, steps).state != "closed":
            mark = mark_of(kinds[each.question.kind], each, settings, each.reply)
            steps.append(did("finish", visit.now, each.reply, mark, kept.sure.get(each.place, 0)))
        marks.append(marked(settings, each, steps))
    marks = ruling.under(visit, marks, attempt.drawn)
    attempt.answers = kept.model_dump_json()
    end = end_of(visit, attempt)
    attempt.finished_at = min(visit.now, end) if end else visit.now
    attempt.held = "marks" not in showing.shown(visit, ended=True)
    _count(attempt, marks)
    store(visit, attempt)
    record(visit, attempt.person_id)


def _count(attempt: Sitting, marks: Sequence[Marked]) -> None:
    """The marks, and what they come to."""
    # being sure and wrong may cost more than there is
    attempt.points = max(0.0, round(sum(one.points for one in marks), 6))
    attempt.max_points = round(sum(one.max for one in marks), 6)
    attempt.marks = json.dumps([one.model_dump(mode="json") for one in marks], ensure_ascii=False)
    attempt.policy = rules.POLICY


def remark(visit: Visit, attempt: Sitting, marks: Sequence[Marked]) -> None:
    """Give a finished attempt other marks, and record what all attempts come to now. The attempt may come from a former edition:
    answers, shape and revision are stored as they are given."""
    _count(attempt, marks)
    store(visit, attempt)
    _MOVE.run(run=visit.run.id, block=visit.block.id, **vars(attempt))
    record(visit, attempt.person_id)


_MOVE = Query(
    "UPDATE quiz_attempt SET shape = :shape, revision_id = :revision_id"
    " WHERE run_id = :run AND block = :block AND person_id = :person_id AND number = :number"
)


def void(visit: Visit, attempt: Sitting) -> None:
    """End an attempt that does not count."""
    attempt.finished_at = visit.now
    store(visit, attempt)


_COUNTED: Mapping[tuple[str, bool], str] = {
    ("best", False): mark("Best attempt: {points} of {max} points, {share}%."),
    ("best", True): mark("Best attempt: {points} of {max} points, {share}%. The pass mark is {pass}%."),
    ("last", False): mark("Last attempt: {points} of {max} points, {share}%."),
    ("last", True): mark("Last attempt: {points} of {max} points, {share}%. The pass mark is {pass}%."),
    ("first", False): mark("First attempt: {points} of {max} points, {share}%."),
    ("first", True): mark("First attempt: {points} of {max} points, {share}%. The pass mark is {pass}%."),
    ("mean", False): mark("Mean of all attempts: {points} of {max} points, {share}%."),
    ("mean", True): mark("Mean of all attempts: {points} of {max} points, {share}%. The pass mark is {pass}%."),
}
"""Why a result is what it is, by what counts and whether there is a pass mark."""

_HELD: Mapping[str, str] = {
    "closed": mark("Handed in. Marks are shown when the quiz has closed."),
    "released": mark("Handed in. Marks are shown when a tutor releases them."),
    "never": mark("Handed in. Marks are not shown."),
}


def record(visit: Visit, person_id: int, attempts: Sequence[Sitting] | None = None) -> None:
    """The result and the summary of a person, from all their attempts (read if not given). While marks may not be seen, the result
    holds none: what it says is seen in many places."""
    settings: QuizSettings = visit.settings
    attempts = attempts_of(visit, person_id) if attempts is None else attempts
    tries = [tried(one) for one in attempts]
    if tries:
        visit.record(_result(settings, attempts, tries), person_id)
    under_way = next((one for one in attempts if one.finished_at is None), None)
    extra = extra_of(visit, person_id)
    number, end = (under_way.number, under_way.deadline) if under_way is not None else (0, None)
    summary = Summary(
        used=rules.used(tries), open=number, end=end, minutes=extra.minutes, tries=extra.tries, closes=extra.closes
    )
    visit.save_answer(summary, person_id)


def _result(settings: QuizSettings, attempts: Sequence[Sitting], tries: Sequence[rules.Tried]) -> Result:
    found = rules.outcome(tries, settings.pass_mark, settings.grade)
    if any(one.held for one in attempts):
        done = settings.pass_mark is None and found.completed
        why = Message(_HELD.get(settings.review.marks, _HELD["released"]))
        return Result(done, None, None, None, "complete" if done else "pending", why)
    score = None
    explanation = None
    if found.best is not None and found.best.max_points:
        score = Score(found.best.points or 0.0, found.best.max_points)
        values = {"points": amount(score.points), "max": amount(score.max), "share": int(score.share * 100 + 1e-9)}
        if settings.pass_mark is not None:
            values["pass"] = amount(settings.pass_mark * 100)
        explanation = Message(_COUNTED[settings.grade, settings.pass_mark is not None], values)
    if found.state == "waiting":
        explanation = Message(mark("A tutor has yet to mark a part of what you handed in."))
    return Result(found.completed, found.success, score, None, found.state, explanation)


def amount(value: float) -> int | Message:
    """A number for a stored sentence, at most two decimals, with the sign of the reader's language between."""
    whole, _, part = f"{value:.2f}".rstrip("0").rstrip(".").partition(".")
    return Message(mark("{whole}.{part}"), {"whole": int(whole), "part": part}) if part else int(whole)
