"""Works of one activity in one run: whose they are, what is kept of them, how they are written and handed in. How they are answered is in
``answering``, to whom they are shown in ``showing``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from courses.submissions import KINDS, Asked, Line, StageRule, Step, bar, steps_of, subject
from lms.db import Query, as_utc, db
from lms.files.models import FileRecord
from lms.i18n import Message, mark
from lms.notices import service as notices
from lms.people.models import Person
from lms.plugin import Actor, Assessment, Owner, StoredFile, Submission, Submitting, Team
from lms.site import Site
from lms.submissions import answering, board, showing, writing
from lms.submissions.models import SubmissionRecord

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit has works, not the other way round

BARS: Mapping[str, str] = {
    "accepted": mark("This work is accepted: nothing more is to be handed in."),
    "waiting": mark("The work is handed in and waits for the tutor. It can be changed if the tutor gives it back."),
    "closed": mark("The time is over, and late works are not accepted."),
}

_HERE = " FROM submission WHERE run_id = :run AND block = :block"
_LINES = Query(
    "SELECT id, owner, stage, number, state, late, title, handed_in_at" + _HERE + " ORDER BY owner, stage, number"
)
_OWN_LINES = Query(
    "SELECT id, owner, stage, number, state, late, title, handed_in_at"
    + _HERE
    + " AND owner IN :owners ORDER BY owner, stage, number"
)
_TIMES = "SELECT owner, stage, until FROM submission_time WHERE run_id = :run AND block = :block"
_ALL_TIMES = Query(_TIMES)
_OWN_TIMES = Query(_TIMES + " AND owner = :owner")
_COLUMNS = (
    SubmissionRecord.id, SubmissionRecord.owner, SubmissionRecord.stage, SubmissionRecord.number, SubmissionRecord.state,
    SubmissionRecord.author_id, SubmissionRecord.title, SubmissionRecord.text, SubmissionRecord.html, SubmissionRecord.files,
    SubmissionRecord.edits, SubmissionRecord.late, SubmissionRecord.changed_at, SubmissionRecord.handed_in_at,
    SubmissionRecord.feedback, SubmissionRecord.answered_at, SubmissionRecord.answered_by,
)  # fmt: skip


def person_key(person_id: int) -> str:
    """The key of a person who works alone."""
    return f"person:{person_id}"


def owner_of_team(team: Team) -> Owner:
    """A team as an owner."""
    return Owner(f"team:{team.id}", tuple(member.id for member in team.members), team.name, team)


def source_of(site: Site, kind: str) -> Submitting | None:
    """What a kind of block says about its works; None for kinds without."""
    kinds: Sequence[Submitting] = site.of(Submitting)  # type: ignore[type-abstract]  # it is asked for, not made
    return next((one for one in kinds if one.kind == kind), None)


class BlockSubmissions:
    """What `lms.plugin.Submissions` promises."""

    def __init__(self, visit: RunVisit) -> None:
        self.visit = visit

    @cached_property
    def source(self) -> Submitting:
        """What the activity says about its works."""
        found = source_of(self.visit.site, self.visit.block.kind)
        assert found is not None, f"{self.visit.block.kind} has no Submitting"
        return found

    @property
    def _seen(self) -> Any:
        return cast(Any, self.visit)

    @property
    def _here(self) -> dict[str, Any]:
        return {"run": self.visit.run.id, "block": self.visit.block.id}

    # ------------------------------------------------------------------ whose

    def owner(self) -> Owner | None:
        """Whose work this person does here; None for somebody who has to find a team first. One statement at most."""
        least, most = self.source.team(self._seen)
        person: Actor = self.visit.person
        if most > 1:
            team = self.visit.teams.of(person.id)
            if team is not None:
                return owner_of_team(team)
            if least > 1:
                return None
        return Owner(person_key(person.id), (person.id,), person.full_name)

    def owner_of(self, key: str) -> Owner:
        """The owner of this key; a team that is no more has no people. One statement."""
        return self.owners_of([key])[0]

    def owners_of(self, keys: Sequence[str]) -> list[Owner]:
        """The owners of these keys, in this order. Two statements at most."""
        numbers = [int(key.partition(":")[2]) for key in keys if key.startswith("person:")]
        found = {owner.key: owner for owner in named(numbers)} if numbers else {}
        if len(numbers) < len(keys):
            found |= {owner.key: owner for owner in map(owner_of_team, self.visit.teams.all())}
        return [found.get(key, Owner(key, ())) for key in keys]

    def whose(self, found: Sequence[Submission]) -> dict[str, Owner]:
        """The owners of works by their keys. Two statements at most."""
        return {owner.key: owner for owner in self.owners_of([one.owner for one in found])}

    def owners(self) -> list[Owner]:
        """Everybody who may hand in, teams first; those who lack a team are left out. Two statements."""
        least, most = self.source.team(self._seen)
        people = {member.id: member.name for member in self.visit.people()}
        teams = self.visit.teams.all() if most > 1 else ()
        found = [owner_of_team(team) for team in teams if any(member.id in people for member in team.members)]
        if least == 1:
            in_teams = {person for owner in found for person in owner.people}
            found += [Owner(person_key(id), (id,), name) for id, name in people.items() if id not in in_teams]
        return found

    def stages(self, owner: str | None = None) -> list[StageRule]:
        """What is to be handed in, with the time this owner has. One statement with an owner, none without."""
        whole = list(self.source.stages(self._seen))
        if owner is None:
            return whole
        given = self.times(owner).get(owner, {})
        return [stage.with_time(given.get(stage.id)) for stage in whole]

    def stage(self, id: str) -> StageRule:
        """One of them, as it is for everybody. Raises LookupError."""
        found = next((stage for stage in self.source.stages(self._seen) if stage.id == id), None)
        if found is None:
            raise LookupError(id)
        return found

    def is_again(self, id: str) -> bool:
        """Whether nobody answers the works of a stage; a stage that is gone was answered."""
        return any(stage.id == id and stage.again for stage in self.source.stages(self._seen))

    def endings(self, asked: Asked) -> list[str]:
        """The endings of the files that are taken."""
        return sorted(ending for kind in asked.kinds for ending in KINDS[kind])

    def times(self, owner: str | None = None) -> dict[str, dict[str, datetime]]:
        """Who has more time for which stage, by owner and stage. One statement."""
        rows = _ALL_TIMES(**self._here) if owner is None else _OWN_TIMES(**self._here, owner=owner)
        found: dict[str, dict[str, datetime]] = {}
        for row in rows:
            until = as_utc(row.until)
            assert until is not None
            found.setdefault(row.owner, {})[row.stage] = until
        return found

    # ------------------------------------------------------------------ what is kept

    def lines(self, *owners: str) -> list[Line]:
        """All versions (of these owners) without texts, by owner, stage and number. One statement."""
        rows = _OWN_LINES.plain(**self._here, owners=list(owners)) if owners else _LINES.plain(**self._here)
        return [
            Line(id, whose, stage, number, state, bool(late), title, as_utc(at))
            for id, whose, stage, number, state, late, title, at in rows
        ]

    def steps(self, owner: str | None = None) -> dict[str, dict[str, Step]]:
        """How far every stage is, by owner and stage. One statement."""
        found: dict[str, list[Line]] = {}
        for line in self.lines() if owner is None else self.lines(owner):
            found.setdefault(line.owner, []).append(line)
        return {key: steps_of(lines) for key, lines in found.items()}

    def versions(self, owner: str, stage: str) -> list[Submission]:
        """All versions of one work, oldest first; the last may be a draft. One statement."""
        mine = (SubmissionRecord.owner == owner, SubmissionRecord.stage == stage)
        rows = db.session.execute(select(*_COLUMNS).where(*self._own, *mine).order_by(SubmissionRecord.number))
        return [value_of(row) for row in rows]

    def get(self, id: int) -> Submission | None:
        """A version that was handed in. One statement."""
        one = (SubmissionRecord.id == id, SubmissionRecord.state != "draft")
        row = db.session.execute(select(*_COLUMNS).where(*self._own, *one)).one_or_none()
        return value_of(row) if row is not None else None

    def latest(self, stage: str | None = None) -> list[Submission]:
        """What counts: the latest version each owner handed in (for this stage). One statement."""
        handed_in = select(*_COLUMNS).where(*self._own, SubmissionRecord.state != "draft")
        if stage is not None:
            handed_in = handed_in.where(SubmissionRecord.stage == stage)
        rows = db.session.execute(handed_in.order_by(SubmissionRecord.number))
        found = {(row.owner, row.stage): row for row in rows}
        return [value_of(row) for row in sorted(found.values(), key=lambda row: int(row.id))]

    @property
    def _own(self) -> tuple[Any, Any]:
        return SubmissionRecord.run_id == self.visit.run.id, SubmissionRecord.block == self.visit.block.id

    def form(self, id: int) -> Assessment | None:
        """The tutor's marking form that counts for a version. One statement."""
        name = subject(id)
        return board.latest_form(self.visit.assessments.of([name], "tutor"), name)

    def files(self, found: Sequence[Submission]) -> dict[int, list[StoredFile]]:
        """The files of versions by the version's id; what was taken over from an earlier one is among them. One statement."""
        wanted = {id for one in found for id in one.files}
        known = {file.id: file for file in self._stored(wanted)} if wanted else {}
        return {one.id: [known[id] for id in one.files if id in known] for one in found}

    def telling(self, files: Sequence[StoredFile]) -> list[str]:
        """Names of files that tell whose they are, where readers may not know: for pages that only read, so that no write waits while it
        is found out. One statement at most."""
        found = self.visit.files.telling(files) if files and self.source.anonymous(self._seen) else set()
        return [file.name for file in files if file.id in found]

    def _stored(self, ids: set[int]) -> list[StoredFile]:
        rows = db.session.execute(
            select(
                FileRecord.id, FileRecord.name, FileRecord.size, FileRecord.type, FileRecord.owner_id, FileRecord.purpose,
                FileRecord.created_at,
            ).where(FileRecord.id.in_(ids), FileRecord.run_id == self.visit.run.id, FileRecord.block == self.visit.block.id)
        )  # fmt: skip
        return [StoredFile(*row) for row in rows]

    def send(self, found: Submission, file_id: int, name: str | None = None) -> ResponseReturnValue:
        """A file of a version as a download; 404 for any other."""
        file = next(iter(self._stored({file_id})), None) if file_id in found.files else None
        if file is None:
            abort(404)
        return self.visit.files.send(file_id, file.purpose, name=name)

    # ------------------------------------------------------------------ writing

    def refusal(self, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """Why nothing can be handed in for a stage now. Asks the database nothing."""
        found = bar(stage, steps.get(stage.id, Step()), self.visit.now)
        return Message(BARS[found]) if found else self.source.refusal(self._seen, stage, steps)

    def current(self, stages: Sequence[StageRule], steps: Mapping[str, Step]) -> StageRule | None:
        """The stage to work on: what was given back first, then the first that is open and waits for something."""
        back = [stage for stage in stages if steps.get(stage.id, Step()).state == "returned"]
        begun = [stage for stage in stages if steps.get(stage.id, Step()).state in ("open", "draft")]
        return next((stage for stage in (*back, *begun) if self.refusal(stage, steps) is None), None)

    def save(
        self, stage: str, text: str, title: str = "", uploads: Sequence[FileStorage] = (), drop: Sequence[int] = (),
        seen: str | None = None,
    ) -> Submission:  # fmt: skip
        """Keep this person's draft. Raises BadInput, LookupError."""
        return writing.save(self, stage, text, title, uploads, drop, seen)

    def hand_in(self, stage: str) -> Submission:
        """Hand in this person's draft. Raises BadInput, LookupError."""
        return writing.hand_in(self, stage)

    def move(self, source: str, target: str) -> None:
        """Give the drafts of one owner to another, where that has none."""
        writing.move(self, source, target)

    def answer(self, id: int, state: str, feedback: str, seen: str | None = None) -> None:
        """Accept a work or give it back. Raises BadInput, LookupError."""
        answering.answer(self, id, state, feedback, seen)

    # ------------------------------------------------------------------ to whom

    def shown(self, to: str) -> list[Submission]:
        """What is shown to this audience now. Three statements at most."""
        return showing.shown(self, to)

    def time_address(self, owner: str, stage: str) -> str:
        """Where staff give an owner more time."""
        return f"{self.base}time/{owner.replace(':', '/')}/{stage}/"

    @property
    def gallery(self) -> str:
        """Where works are that are shown to everybody in the run."""
        return f"{self.base}shown/"

    def is_shown(self, found: Submission, to: str) -> bool:
        """Whether one work is among them. Three statements at most."""
        return showing.is_shown(self, found, to)

    def public_address(self, id: int) -> str:
        """Where everybody reads a work that is shown in public."""
        return f"/works/{self.visit.run.segment}/{self.visit.block.id}/{id}/"

    # ------------------------------------------------------------------ where and how it is shown

    @property
    def base(self) -> str:
        """Where the pages of these works begin."""
        return f"{self.visit.run.base}works/{self.visit.block.id}/"

    def address(self, stage: str) -> str:
        """Where this person writes and hands in."""
        return f"{self.base}own/{stage}/"

    def address_of(self, id: int) -> str:
        """Where a version that was handed in is read, commented and answered."""
        return f"{self.base}{id}/"

    def overview(self, stages: Sequence[StageRule], steps: Mapping[str, Step], link: bool = True) -> Markup:
        """The stages with their states, for one owner. Asks the database nothing."""
        return board.overview(self, stages, steps, link)

    def board(self) -> Markup:
        """For staff: what waits, and everybody's works stage by stage, with more time to give."""
        return board.board(self)

    def show(
        self, found: Submission, files: Sequence[tuple[str, str]] | None = None, answered: bool = False
    ) -> Markup:  # fmt: skip
        """A version to read, with the tutor's comments and answer if so."""
        return board.show(self, found, files, answered)

    def name_of(self, stage: str) -> str:
        """What a work for a stage is called: by the activity, and by the stage where it has a name."""
        found = next((one for one in self.source.stages(self._seen) if one.id == stage), None)
        title = found.title if found else ""
        return f"{self.visit.block.title}: {title}" if title else self.visit.block.title

    def tell(self, people: Sequence[int], stage: str, text: Message) -> None:
        """Leave a notice that leads to the own work."""
        notices.notify(self.visit.site, people, "activity", text, self.address(stage))


def named(ids: Sequence[int]) -> list[Owner]:
    """People as owners. One statement."""
    rows = db.session.execute(
        select(Person.id, Person.surname, Person.given_name, Person.patronymic).where(Person.id.in_(ids))
    )
    return [Owner(person_key(row.id), (row.id,), " ".join(part for part in row[1:] if part)) for row in rows]


def value_of(row: Any) -> Submission:
    """A version from a row with its columns."""
    values = row._asdict()
    return Submission(**{**values, "html": Markup(row.html), "files": tuple(json.loads(row.files))})  # noqa: S704 - by render_untrusted
