"""Self-checks: questions that stand in the lesson, are marked at once and count for nothing.

Only the latest answers of a person are kept, with the small answers of the core: there is no attempt, no result and no grade. The
questions reach the page without their keys, as those of any quiz do; what was right is sent when somebody has answered and it is,
or when they ask to be shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel

from lms.plugin import Visit
from lms_quiz.format import QuizSettings
from lms_quiz.kinds import Asked
from lms_quiz.reading import kinds_of, shape_of


class Checked(BaseModel):
    """The answers last given, by place. `shape`: of the questions they were given to (see `reading.shape_of`), "" for none yet;
    `shown`: whether the person has asked for what is right."""

    shape: str = ""
    replies: dict[int, dict[str, Any]] = {}
    shown: bool = False


def _checked(visit: Visit) -> Checked:
    """What is kept; nothing where the questions have been changed since."""
    kept = visit.answer(Checked)
    return kept if kept is not None and kept.shape == shape_of(visit) else Checked()


def _asked(visit: Visit, replies: Mapping[int, Mapping[str, Any]], answered: bool) -> list[Asked[Any]]:
    settings: QuizSettings = visit.settings
    kinds = kinds_of(visit.site)
    seed = f"{visit.run.id}/{visit.block.id}/{visit.person.id}"
    found = []
    for place, each in enumerate(settings.questions):
        if kind := kinds.get(each.kind):
            reply = replies.get(place)
            one = kind.asked(place, each, seed, settings.shuffle, reply, prefix=f"{visit.block.id}-")
            if answered:
                partial = settings.partial if each.partial is None else each.partial
                one = replace(one, mark=kind.mark(one.data, reply, partial))
            found.append(one)
    return found


def show(visit: Visit) -> Markup:
    """The questions, with what came of the answers last given."""
    kept = _checked(visit)
    kinds = kinds_of(visit.site)
    questions = []
    for each in _asked(visit, kept.replies, bool(kept.shape)):
        kind = kinds[each.question.kind]
        settled = each.mark is not None and (kept.shown or each.mark.state == "right")
        remarks = kind.remarks(each.data, each.mark.matched) if each.mark is not None and not settled else ()
        fields = Markup() if kept.shown else kind.fields(visit, each)
        apart = (
            each if kept.shown else replace(each, prefix=f"{each.prefix}review-")
        )  # ids of the fields stay the fields'
        questions.append((each, fields, kind.review(visit, apart) if settled else Markup(), remarks))
    return visit.render(
        "quiz/self_check.html",
        questions=questions,
        answered=bool(kept.shape),
        shown=kept.shown,
        right=sum(each.mark is not None and each.mark.state == "right" for each, *_ in questions),
    )


def check(visit: Visit, sent: Mapping[str, Sequence[str]]) -> None:
    """Keep the answers that were sent: to be marked, to be shown what is right (`show`), or to begin anew (`again`)."""
    if "again" in sent:
        visit.save_answer(Checked())
        return
    kept = _checked(visit)
    kinds = kinds_of(visit.site)
    replies: dict[int, dict[str, Any]] = {}
    for each in _asked(visit, {}, False):
        reply = kinds[each.question.kind].read(each, each.sent(sent))
        if reply:
            replies[each.place] = dict(reply)
    asks = "show" in sent and bool(kept.shape)
    visit.save_answer(Checked(shape=shape_of(visit), replies=replies, shown=asks))
