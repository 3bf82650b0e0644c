"""What is known of a quiz, a person's attempts at it and the questions they ask. Reads, changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from lms.plugin import Message, Query, Site, Visit, as_utc, db
from lms_quiz import banks, rules
from lms_quiz.conduct import WAITS, Did, Marked, Standing, standing
from lms_quiz.format import QuizSettings
from lms_quiz.kinds import Asked, QuestionKind
from lms_quiz.models import Attempt
from lms_quiz.overrides import Extra


class Given(BaseModel):
    """The answers of an attempt as stored. `version` counts the saves, `page` names the page that saved last;
    by place: `replies`, how `sure` the person is of each (1 to 3), and the `steps` taken at it. `at`: the place of the question that
    stands on the page, where none is seen again."""

    version: int = 0
    at: int = 0
    page: str = ""
    replies: dict[int, dict[str, Any]] = {}
    sure: dict[int, int] = {}
    steps: dict[int, list[Did]] = {}


class Summary(BaseModel):
    """What the lesson shows without asking the database: how many attempts are used up, and which one is open (0:
    none)."""

    used: int = 0
    open: int = 0
    end: datetime | None = None
    minutes: int = 0
    tries: int = 0
    closes: datetime | None = None

    @property
    def extra(self) -> Extra:
        """What a tutor gave the person."""
        return Extra(self.minutes, self.tries, self.closes)


@dataclass(frozen=True)
class State:
    """A quiz as it stands for one person, with what a tutor gave them. `barred`: why no attempt may be started now; `limit` of attempts
    (0: any number); `minutes` an attempt may take (0: any number); `end` of the attempt under way; `late`: it has passed."""

    settings: QuizSettings
    used: int
    open: int
    opens: datetime | None
    closes: datetime | None
    barred: str
    late: bool
    limit: int
    minutes: int
    end: datetime | None

    @property
    def left(self) -> int | None:
        """How many attempts are left, None for any number."""
        return max(0, self.limit - self.used) if self.limit else None


def moments(visit: Visit) -> tuple[datetime | None, datetime | None]:
    """When the quiz opens and closes in this run; a bare date closes when its day ends."""
    settings: QuizSettings = visit.settings
    opens = visit.at(settings.opens) if settings.opens else None
    return opens, visit.at(settings.closes, end_of_day=True) if settings.closes else None


def end_of(visit: Visit, attempt: Sitting) -> datetime | None:
    """When an attempt must be handed in, None for any time: its own deadline, which stays as it was told, or the quiz's end."""
    return attempt.deadline or moments(visit)[1]


def _state(visit: Visit, used: int, open_number: int, deadline: datetime | None, extra: Extra) -> State:
    settings: QuizSettings = visit.settings
    opens, closes = moments(visit)
    end = deadline or closes
    closes = extra.closing(closes)
    limit = settings.attempts + extra.tries if settings.attempts else 0
    minutes = settings.time + extra.minutes if settings.time else 0
    barred = rules.barred(visit.now, opens, closes, limit, used)
    late = rules.too_late(visit.now, end, settings.grace)
    return State(settings, used, open_number, opens, closes, barred, late, limit, minutes, end)


def state_from_kept(visit: Visit) -> State:
    """The state for the lesson: no statement."""
    kept = visit.answer(Summary) or Summary()
    return _state(visit, kept.used, kept.open, kept.end, kept.extra)


def state_of(visit: Visit, attempts: Sequence[Sitting], extra: Extra) -> State:
    """The state for the quiz's own pages, from the attempts themselves."""
    under_way = next((one for one in attempts if one.finished_at is None), None)
    number, deadline = (under_way.number, under_way.deadline) if under_way is not None else (0, None)
    return _state(visit, rules.used(map(tried, attempts)), number, deadline, extra)


def tried(attempt: Sitting) -> rules.Tried:
    """An attempt as the rules see it."""
    waits = WAITS in attempt.marks
    return rules.Tried(attempt.number, attempt.finished_at is not None, attempt.points, attempt.max_points, waits)


@dataclass
class Sitting:
    """An attempt as it is read: the columns of `models.Attempt` as plain values. Instants are aware, UTC."""

    number: int
    person_id: int
    seed: str
    shape: str
    revision_id: int
    language: str
    started_at: datetime
    finished_at: datetime | None
    points: float | None
    max_points: float | None
    answers: str
    marks: str
    policy: int
    drawn: str = ""
    deadline: datetime | None = None
    held: bool = False


_COLUMNS = (
    "number, person_id, seed, shape, revision_id, language, started_at, finished_at, points, max_points, answers, marks, policy,"
    " drawn, deadline, held"
)
_OF_PERSON = f"SELECT {_COLUMNS} FROM quiz_attempt WHERE run_id = :run AND block = :block AND person_id = :person"  # noqa: S608 - a constant
_ALL = Query(_OF_PERSON + " ORDER BY number")
_ONE = Query(_OF_PERSON + " AND number = :number")
_FINISHED = Query(
    f"SELECT {_COLUMNS} FROM quiz_attempt WHERE run_id = :run AND block = :block"  # noqa: S608 - a constant
    " AND finished_at IS NOT NULL AND points IS NOT NULL ORDER BY person_id, number"
)


def _sitting(row: tuple[Any, ...]) -> Sitting:
    found = Sitting(*row)
    started = as_utc(found.started_at)
    assert started is not None
    found.started_at, found.finished_at, found.deadline = started, as_utc(found.finished_at), as_utc(found.deadline)
    return found


def attempts_of(visit: Visit, person_id: int) -> Sequence[Sitting]:
    """All attempts of a person at this quiz in this run, in order, as they are now. One statement."""
    return [_sitting(row) for row in _ALL.plain(run=visit.run.id, block=visit.block.id, person=person_id)]


def one_of(visit: Visit, person_id: int, number: int) -> Sitting | None:
    """One attempt as it is now. One statement."""
    rows = _ONE.plain(run=visit.run.id, block=visit.block.id, person=person_id, number=number)
    return _sitting(rows[0]) if rows else None


def finished(visit: Visit) -> Sequence[Sitting]:
    """Everybody's finished attempts that count, by people and in order. One statement."""
    return [_sitting(row) for row in _FINISHED.plain(run=visit.run.id, block=visit.block.id)]


@dataclass(frozen=True)
class Row:
    """One attempt in the staff's table."""

    number: int
    finished: bool
    points: float | None
    max_points: float | None
    waits: bool


def everybody(visit: Visit) -> Mapping[int, Sequence[Row]]:
    """Everybody's attempts by person. One statement."""
    found: dict[int, list[Row]] = {}
    columns = select(
        Attempt.person_id, Attempt.number, Attempt.finished_at, Attempt.points, Attempt.max_points,
        Attempt.marks.contains(WAITS).label("waits"),
    )  # fmt: skip
    mine = (Attempt.run_id == visit.run.id) & (Attempt.block == visit.block.id)
    for row in db.session.execute(columns.where(mine).order_by(Attempt.person_id, Attempt.number)):
        done = as_utc(row.finished_at) is not None
        found.setdefault(row.person_id, []).append(Row(row.number, done, row.points, row.max_points, bool(row.waits)))
    return found


@dataclass(frozen=True)
class Waits:
    """An answer that waits: whose, in which attempt, at which place, since when."""

    person_id: int
    number: int
    place: int
    since: datetime


_WAITING = Query(
    "SELECT person_id, number, finished_at, marks FROM quiz_attempt WHERE run_id = :run AND block = :block"
    " AND finished_at IS NOT NULL AND points IS NOT NULL AND marks LIKE :waits ORDER BY finished_at, person_id, number"
)


def waiting(visit: Visit) -> Sequence[Waits]:
    """All answers that wait to be marked, the oldest first. One statement."""
    found = []
    for person, number, finished, marks in _WAITING.plain(run=visit.run.id, block=visit.block.id, waits=f"%{WAITS}%"):
        since = as_utc(finished)
        assert since is not None
        found += [Waits(person, number, one["place"], since) for one in json.loads(marks) if one.get("waits")]
    return found


def marks_of(attempt: Sitting) -> Mapping[int, Marked]:
    """The stored marks by place."""
    return {one["place"]: Marked.model_validate(one) for one in json.loads(attempt.marks or "[]")}


def best_of(visit: Visit, attempts: Sequence[Sitting]) -> rules.Tried | None:
    """The attempt that counts, None before one is finished."""
    settings: QuizSettings = visit.settings
    return rules.outcome([tried(one) for one in attempts], settings.pass_mark, settings.grade).best


# ------------------------------------------------------------------------------------------- questions


def kinds_of(site: Site) -> Mapping[str, QuestionKind[Any]]:
    """The kinds of question of this site by name."""
    return _by_name(site.of(QuestionKind))  # type: ignore[type-abstract]  # it is asked for, not made


@lru_cache(maxsize=8)
def _by_name(kinds: tuple[QuestionKind[Any], ...]) -> Mapping[str, QuestionKind[Any]]:
    return {kind.name: kind for kind in kinds}


def shape_of(visit: Visit, drawn: str = "") -> str:
    """A digest of what answers depend on: kinds, points, and which options are right, of the questions an attempt asks (`drawn`, see
    `models.Attempt`); "" when one of them is gone. Wording is no part of it, nor is the language: things to be put in order are told
    apart by their words, so it is made of the words the course was written in."""
    original = visit.edition(visit.run.revision_id, "")
    settings: QuizSettings = (original or visit).settings
    questions = banks.questions_of(settings, drawn)
    if questions is None:
        return ""
    kinds = kinds_of(visit.site)
    whole = [
        (
            each.kind,
            each.points,
            settings.partial if each.partial is None else each.partial,
            kinds[each.kind].shape_of(each) if each.kind in kinds else None,
        )
        for each in questions
    ]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def changed(visit: Visit, attempt: Sitting) -> bool:
    """Whether the quiz is another one than when the attempt was started. Within one published revision it never is."""
    return attempt.revision_id != visit.run.revision_id and attempt.shape != shape_of(visit, attempt.drawn)


def given(attempt: Sitting) -> Given:
    """The stored answers."""
    return Given.model_validate_json(attempt.answers) if attempt.answers else Given()


def asked(visit: Visit, attempt: Sitting) -> list[Asked[Any]]:
    """The questions as this attempt asks them, with the answers given so far and, once it is finished, the marks.
    Questions whose kind is not installed are left out."""
    settings: QuizSettings = visit.settings
    kinds = kinds_of(visit.site)
    kept = given(attempt)
    marked = marks_of(attempt)
    marks = {place: one.mark for place, one in marked.items()}
    # the mark is of the answer that counts, which with several tries need not be the last
    counted = {place: kept.steps[place][one.step].reply for place, one in marked.items() if one.step is not None}
    replies = {**kept.replies, **counted}
    return [
        kinds[each.kind].asked(place, each, attempt.seed, settings.shuffle, replies.get(place), marks.get(place))
        for place, each in enumerate(banks.questions_of(settings, attempt.drawn) or ())
        if each.kind in kinds
    ]


def standings(visit: Visit, attempt: Sitting) -> list[Standing]:
    """How each question of an attempt under way stands."""
    kept = given(attempt)
    return [
        standing(visit.settings, each, kept.steps.get(each.place, ()), kept.sure.get(each.place, 0))
        for each in asked(visit, attempt)
    ]


def unready(visit: Visit, attempt: Sitting) -> list[tuple[Asked[Any], Message]]:
    """Questions a person should look at again before handing in, and why."""
    kinds = kinds_of(visit.site)
    settings: QuizSettings = visit.settings
    gone = given(attempt).at if settings.pages == "forward" else 0
    found = (
        (one.asked, kinds[one.asked.question.kind].complaint(one.asked.data, one.asked.reply))
        for one in standings(visit, attempt)
        if one.state == "open" and one.asked.place >= gone
    )
    return [(each, complaint) for each, complaint in found if complaint is not None]
