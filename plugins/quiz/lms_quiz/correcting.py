"""Marks that turn out to be wrong: marked again by another key, a question dropped or given to everybody, one mark changed by hand.

A plan says what would change and changes nothing. Whoever applies it gives a reason; what every mark was before and is now
stays in the history, results follow, and the people are told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select

from courses.changes import paired
from courses.text import plain_text
from lms.plugin import BadInput, Message, Query, Visit, as_utc, db, mark
from lms_quiz import rules, service
from lms_quiz.banks import places_of, questions_of
from lms_quiz.conduct import Did, Marked, did, mark_of, marked, worth
from lms_quiz.corrections import Correction, Remark
from lms_quiz.format import QuizSettings
from lms_quiz.question import Question
from lms_quiz.reading import Given, Sitting, asked, changed, finished, given, kinds_of, marks_of, one_of, shape_of
from lms_quiz.ruling import SAID, in_force, keys_in, keys_of, ruled

Act = Literal["again", "drop", "full", "keep"]
ACTS: tuple[Act, ...] = ("again", "drop", "full", "keep")

LONGEST = 1000
"""Characters of a reason."""


@dataclass(frozen=True)
class Changed:
    """A mark that would change, or has: of whom, in which attempt, of which question (from 1)."""

    person_id: int
    number: int
    question: int
    before: Marked
    after: Marked


@dataclass(frozen=True)
class Redone:
    """An attempt as it would be: `sitting` with everything that changes, its `marks`, and its `points` before."""

    sitting: Sitting
    marks: tuple[Marked, ...]
    before: float


@dataclass(frozen=True)
class Plan:
    """What a correction would do. `skipped`: attempts (person, number) that cannot be marked again, because the questions they
    answered are no longer the same. `digest` names exactly this plan."""

    act: Act
    question: Question | None
    redone: tuple[Redone, ...]
    changes: tuple[Changed, ...]
    skipped: tuple[tuple[int, int], ...]

    @property
    def digest(self) -> str:
        """Changes when anything of the plan does."""
        rows = [
            (one.person_id, one.number, one.question, one.before.share, one.before.max, one.after.share, one.after.max)
            for one in self.changes
        ]
        return hashlib.sha256(json.dumps([self.act, rows, self.skipped]).encode()).hexdigest()[:32]


# ------------------------------------------------------------------------------------------- the plan


def plan(visit: Visit, act: Act, question: int | None = None) -> Plan:
    """What marking again (all questions), or dropping, giving or taking back one `question` (by place) would change. Two
    statements, besides former editions that are read for the first time."""
    settings: QuizSettings = visit.settings
    standing = dict(in_force(visit))
    keys = keys_of(settings.questions)
    if question is not None:
        standing.pop(keys[question], None)
        if act in ("drop", "full"):
            standing[keys[question]] = act
    here: dict[str, Visit] = {}
    redone: list[Redone] = []
    changes: list[Changed] = []
    skipped: list[tuple[int, int]] = []
    for attempt in finished(visit):
        edition = here.get(attempt.language)
        if edition is None:
            edition = here[attempt.language] = visit.edition(visit.run.revision_id, attempt.language) or visit
        moved = _moved(edition, attempt) if changed(edition, attempt) else attempt
        only: Collection[int] | None = None
        if question is not None and moved is not None:
            only = [place for place, one in enumerate(places_of(settings, moved.drawn) or ()) if one == question]
            if not only:  # it was not drawn
                continue
        if moved is None or (only is not None and moved is not attempt):
            skipped.append((attempt.person_id, attempt.number))
            continue
        before = marks_of(moved)
        sitting, found = _again(edition, moved, before, only)
        after = ruled(found, keys_in(settings, moved.drawn), standing)
        differing = [
            Changed(attempt.person_id, attempt.number, one.place + 1, before[one.place], one)
            for one in after
            if one.place in before and not _same(before[one.place], one)
        ]
        changes += differing
        if differing or moved is not attempt:
            redone.append(Redone(sitting, tuple(after), attempt.points or 0.0))
    return Plan(
        act, None if question is None else settings.questions[question], tuple(redone), tuple(changes), tuple(skipped)
    )


def _same(one: Marked, other: Marked) -> bool:
    return abs(one.points - other.points) < 1e-9 and abs(one.max - other.max) < 1e-9


def _again(
    edition: Visit, attempt: Sitting, before: Mapping[int, Marked], only: Collection[int] | None
) -> tuple[Sitting, list[Marked]]:
    """The attempt with its answers marked by the present key, and the marks; other places than `only` keep theirs."""
    settings: QuizSettings = edition.settings
    kinds = kinds_of(edition.site)
    kept = given(attempt)
    found: list[Marked] = []
    for each in asked(edition, attempt):
        old = before.get(each.place)
        kind = kinds[each.question.kind]
        if old is not None and (old.fixed or (only is not None and each.place not in only)):
            found.append(old)
            continue
        if old is not None and kind.by_hand:
            found.append(_as_given(old, each.question.points))
            continue
        steps = kept.steps.get(each.place)
        if not steps:  # an attempt of the time when no steps were kept
            assert attempt.finished_at is not None
            steps = [Did(act="finish", at=attempt.finished_at, reply=dict(each.reply) if each.reply else None)]
        steps = [
            step if step.act == "again"
            else did(step.act, step.at, step.reply, mark_of(kind, each, settings, step.reply), step.sure)
            for step in steps
        ]  # fmt: skip
        kept.steps[each.place] = steps
        # by the present key the question may have been done with earlier: what came after that is not held against anybody
        ends = next(
            (n for n in range(1, len(steps)) if worth(settings, each.question, steps[:n]).state == "closed"), len(steps)
        )
        found.append(marked(settings, each, steps[:ends]))
    return replace(attempt, answers=kept.model_dump_json()), found


def _as_given(mark: Marked, points: float) -> Marked:
    """A mark that people give as they gave it, whatever correction was in force."""
    waits = mark.text == rules.WAITING.text
    values = {"share": mark.alone or 0.0, "max": points, "arithmetic": "", "figures": {}, "waits": waits}
    return mark.model_copy(update=values)


def _moved(edition: Visit, attempt: Sitting) -> Sitting | None:
    """An attempt at a former edition as one at this one, its marks still the old ones: every question found again and every answer
    understood in it; None where that cannot be."""
    former = edition.edition(attempt.revision_id, attempt.language)
    if former is None:
        return None
    old = questions_of(former.settings, attempt.drawn)
    new = questions_of(edition.settings, attempt.drawn)
    if old is None or new is None:
        return None
    kinds = kinds_of(edition.site)
    places: dict[int, int] = {}
    pairs: Sequence[tuple[int | None, int | None]] = [(place, place) for place in range(len(new))]
    if not attempt.drawn:
        pairs = paired([plain_text(one.text) for one in old], [plain_text(one.text) for one in new])
    for was, now in pairs:
        if was is None or now is None or old[was].kind != new[now].kind or old[was].kind not in kinds:
            return None
        if (old[was].variables or new[now].variables) and (was != now or old[was].variables != new[now].variables):
            return None
        places[was] = now
    kept = given(attempt)

    def carried(place: int, reply: Mapping[str, Any]) -> dict[str, Any]:
        before, after = old[place], new[places[place]]
        kind = kinds[after.kind]
        found = kind.carried(kind.data_of(before), kind.data_of(after), reply)
        if found is None:
            raise LookupError(place)
        return dict(found)

    try:
        moved = Given(
            version=kept.version,
            page=kept.page,
            replies={places[place]: carried(place, reply) for place, reply in kept.replies.items()},
            sure={places[place]: sure for place, sure in kept.sure.items()},
            steps={
                places[place]: [
                    step if step.reply is None else step.model_copy(update={"reply": carried(place, step.reply)})
                    for step in steps
                ]
                for place, steps in kept.steps.items()
            },
        )
        marks = [one.model_copy(update={"place": places[one.place]}) for one in marks_of(attempt).values()]
    except LookupError:
        return None
    return replace(
        attempt, shape=shape_of(edition, attempt.drawn), revision_id=edition.run.revision_id, answers=moved.model_dump_json(),
        marks=json.dumps([one.model_dump(mode="json") for one in marks], ensure_ascii=False),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- applying


def apply(visit: Visit, act: Act, question: int | None, digest: str, reason: str) -> Plan | None:
    """Do what the plan with this digest says; None when by now it would be another one. Raises BadInput without a reason."""
    reason = _reason(reason)
    visit.lock("corrections")
    # whoever has finished anything is held, in one order, so that nothing changes between the plan and its end
    for person in sorted({one.person_id for one in finished(visit)}):
        visit.lock(str(person))
    found = plan(visit, act, question)
    if found.digest != digest:
        return None
    key, number = "", 0
    if question is not None:
        key, number = keys_of(visit.settings.questions)[question], question + 1
    for one in found.redone:
        service.remark(visit, one.sitting, one.marks)
    _remember(visit, act, key, number, reason, found.changes)
    text = mark("“{title}”: marks were corrected, yours too. The reason: {reason}")
    people = sorted({one.person_id for one in found.changes})
    if people:
        visit.notify(people, Message(text, {"title": visit.block.title, "reason": reason}))
    return found


def change_one(visit: Visit, person_id: int, number: int, question: int, points: float | None, reason: str) -> None:
    """Give one question (by place) of one finished attempt these points. Raises BadInput for points that cannot be, or without a
    reason; LookupError when there is no such mark."""
    reason = _reason(reason)
    visit.lock(str(person_id))
    attempt = one_of(visit, person_id, number)
    marks = dict(marks_of(attempt)) if attempt is not None and attempt.points is not None else {}
    if attempt is None or question not in marks:
        raise LookupError(question)
    before = marks[question]
    if points is None or not 0 <= points <= before.max:
        raise BadInput(Message(mark("Give points from 0 to {max}."), {"max": service.amount(before.max)}))
    share = points / before.max if before.max else before.share
    after = before.model_copy(
        update={"share": share, "fixed": True, "arithmetic": SAID["mark"], "figures": {}, "waits": False}
    )
    marks[question] = after
    service.remark(visit, attempt, tuple(marks.values()))
    change = Changed(person_id, number, question + 1, before, after)
    key = keys_in(visit.settings, attempt.drawn).get(question, "")
    _remember(visit, "mark", key, question + 1, reason, (change,))
    text = mark("“{title}”: the mark of question {question} in your attempt {number} was changed. The reason: {reason}")
    said = {"title": visit.block.title, "question": question + 1, "number": number, "reason": reason}
    visit.notify([person_id], Message(text, said), f"attempts/{number}/")


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise BadInput(Message(mark("Say why: the people whose marks change will read it.")))
    if len(text) > LONGEST:
        raise BadInput(Message(mark("A reason has at most {most} characters."), {"most": LONGEST}))
    return text


def _remember(visit: Visit, act: str, key: str, number: int, reason: str, changes: Sequence[Changed]) -> None:
    correction = Correction(
        run_id=visit.run.id, block=visit.block.id, act=act, question=key, number=number, reason=reason,
        by_id=visit.person.id, at=visit.now,
    )  # fmt: skip
    db.session.add(correction)
    db.session.flush()
    rows = [
        {
            "correction_id": correction.id, "person_id": one.person_id, "number": one.number, "place": one.question - 1,
            "before_share": one.before.share, "before_max": one.before.max, "after_share": one.after.share,
            "after_max": one.after.max,
        }
        for one in changes
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(Remark), rows)


# ------------------------------------------------------------------------------------------- the history


@dataclass(frozen=True)
class Told:
    """A line of the history: one correction, and how many marks of how many people it changed."""

    act: str
    number: int
    reason: str
    by_id: int | None
    at: datetime
    marks: int
    people: int


def history(visit: Visit) -> Sequence[Told]:
    """All corrections, the newest first. Two statements."""
    mine = (Correction.run_id == visit.run.id) & (Correction.block == visit.block.id)
    rows = db.session.execute(
        select(Remark.correction_id, Remark.person_id)
        .join(Correction, Correction.id == Remark.correction_id)
        .where(mine)
    ).all()
    marks: dict[int, list[int]] = {}
    for row in rows:
        marks.setdefault(row.correction_id, []).append(row.person_id)
    return [
        Told(
            one.act,
            one.number,
            one.reason,
            one.by_id,
            one.at,
            len(marks.get(one.id, ())),
            len(set(marks.get(one.id, ()))),
        )
        for one in db.session.scalars(select(Correction).where(mine).order_by(Correction.id.desc()))
    ]


@dataclass(frozen=True)
class Was:
    """What one mark of an attempt was before a correction, in points."""

    question: int
    before: float
    before_max: float
    after: float
    after_max: float
    reason: str
    at: datetime


_WAS = Query(
    "SELECT r.place, r.before_share, r.before_max, r.after_share, r.after_max, c.reason, c.at FROM quiz_remark r"
    " JOIN quiz_correction c ON c.id = r.correction_id WHERE r.person_id = :person AND r.number = :number"
    " AND c.run_id = :run AND c.block = :block ORDER BY r.id DESC"
)


def of_attempt(visit: Visit, person_id: int, number: int) -> Sequence[Was]:
    """What was corrected in one attempt, the newest first. One statement."""
    rows = _WAS.plain(person=person_id, number=number, run=visit.run.id, block=visit.block.id)
    found = []
    for place, before, before_max, after, after_max, reason, at in rows:
        instant = as_utc(at)
        assert instant is not None
        found.append(Was(place + 1, before * before_max, before_max, after * after_max, after_max, reason, instant))
    return found
