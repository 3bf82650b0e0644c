"""A visit: one person looking at one place, checked. What `lms.plugin.Visit` promises, kept.

One module of more than 400 lines, because it is one object: every page is given it, and each shared part hangs on it by a property.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel
from sqlalchemy import Date, bindparam, select, text

from courses.blocks import Block, BlockKind
from courses.requires import Facts, Tree, Verdict, evaluate
from courses.tree import Course
from lms import served, ui
from lms.access.words import unlock_sentences, unlock_steps
from lms.allocation.service import BlockAllocation
from lms.attendance.service import BlockAttendance
from lms.booking.service import BlockBooking
from lms.criteria.service import BlockAssessments
from lms.db import Query, db, is_writing, lock
from lms.discussion.service import BlockDiscussion
from lms.enrolment import service as enrolment
from lms.enrolment.place import Place, run_of
from lms.files.service import BlockFiles
from lms.forms import Form
from lms.i18n import Message, language
from lms.notices import service as notices
from lms.phases.service import BlockPhases
from lms.plugin import Activity, Actor, Member, Recorded, Result, Run
from lms.policy import Policy
from lms.progress import rules
from lms.progress import service as progress
from lms.progress.models import Kept
from lms.publishing.outline import Outline
from lms.questions.service import BlockQuestions
from lms.site import Site
from lms.submissions.service import BlockSubmissions
from lms.teams.service import BlockTeams
from lms.votes.service import BlockVotes

T = TypeVar("T", bound=BaseModel)
F = TypeVar("F", bound=Form)

_KEPT = Query(
    "SELECT block, person_id, name, value FROM kept WHERE run_id = :run AND block IN :blocks AND person_id IN (0, :person)"
)
_KEEP = Query(
    "INSERT INTO kept (run_id, block, person_id, name, value, updated_at) VALUES (:run, :block, :person, :name, :value, :now)"
    " ON CONFLICT (run_id, block, person_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at"
)


class RunVisit:
    """One person at one address. Without a place it is a page of the site; with one, of a run; with a block, of an activity."""

    def __init__(self, site: Site, person: Actor, place: Place | None = None) -> None:
        self.site: Any = site
        self.person = person
        self.place = place
        self.now: datetime = g.get("received") or site.now()
        self._block: Block[Any] | None = None
        self._near: frozenset[str] = frozenset()
        self._nearby: dict[str, Recorded] = {}
        self._kept: dict[tuple[str, int, str], str] | None = None
        self._told: dict[str, str] = {}  # shared by the visits to the blocks of a lesson
        self._people: dict[str, Sequence[Member]] = {}

    # ------------------------------------------------------------------ who and where

    @property
    def role(self) -> str:
        """The role in the run, or the highest one on the site."""
        if self.place is not None:
            return self.place.role
        person = self.person
        return "admin" if person.is_admin else "author" if person.is_author else "person" if person.id else "visitor"

    @property
    def site_roles(self) -> frozenset[str]:
        """All roles on the site."""
        person = self.person
        if not person.id:
            return frozenset({"visitor"})
        held = {"person"} | ({"admin"} if person.is_admin else set()) | ({"author"} if person.is_author else set())
        return frozenset(held)

    def may(self, policy: Policy) -> bool:
        """Whether this role is within the policy."""
        return self.role in policy.roles

    @property
    def run(self) -> Run:
        """The run this visit is to."""
        assert self.place is not None, "a page of the site has no run"
        return self.place.run

    @cached_property
    def outline(self) -> Outline:
        """The course's outline in the person's language."""
        found: Outline = self.site.library.outline(self.run.revision_id, language())
        return found

    @property
    def course(self) -> Course:
        """The published course in the person's language."""
        return self.outline.course

    # ------------------------------------------------------------------ the block

    def enter_block(self, block: Block[Any]) -> None:
        """Make this a visit to the block."""
        self._block = block

    def at_block(self, block: Block[Any]) -> "RunVisit":
        """A visit to one block of the lesson, sharing everything already read."""
        visit = RunVisit.__new__(RunVisit)
        visit.__dict__.update(self.__dict__)
        for of_one_block in (
            "settings",
            "phases",
            "files",
            "discussion",
            "teams",
            "assessments",
            "allocation",
            "submissions",
            "booking",
            "attendance",
            "votes",
            "questions",
        ):
            visit.__dict__.pop(of_one_block, None)
        visit._block = block
        return visit

    def edition(self, revision_id: int, language: str) -> "RunVisit | None":
        """A visit to the block as it is in another revision or language."""
        course = self.site.library.outline(revision_id, language).course
        now = self.outline.aliases
        for block in course.blocks():
            if now.get(block.id, block.id) == self.block.id and block.kind == self.block.kind:
                return self.at_block(block)
        return None

    @property
    def block(self) -> Block[Any]:
        """The activity's block."""
        assert self._block is not None, "this page is not an activity's"
        return self._block

    @cached_property
    def settings(self) -> Any:
        """Its typed settings."""
        return self.kind.settings_of(self.block)

    @property
    def kind(self) -> BlockKind[Any]:
        """The block's kind."""
        found: BlockKind[Any] = self.site.registry.kinds[self.block.kind]
        return found

    def at(self, moment: Any, end_of_day: bool = False) -> datetime:
        """A moment of the settings as an instant of this run."""
        found: datetime = moment.resolve(self.run.starts_on, self.zone, end_of_day=end_of_day)
        return found

    @cached_property
    def zone(self) -> ZoneInfo:
        """The run's time zone."""
        return ZoneInfo(self.run.timezone)

    # ------------------------------------------------------------------ what is open

    @cached_property
    def my_results(self) -> dict[str, Recorded]:
        """This person's results in the run. One statement."""
        return progress.mine(self.run.id, self.person.id)

    def stay_within(self, module: str) -> None:
        """This page shows one module: read only the results that say how its items stand, so that a page of a long course costs
        what one of a short course does."""
        if self.role == "learner":
            items = self.outline.near[module]
            self._near = frozenset(items)
            self._nearby = progress.mine(self.run.id, self.person.id, items)
            self.__dict__["verdicts"] = rules.Verdicts(self.outline, self._nearby, self.run, self.now)

    def my_result(self, item: str) -> Recorded | None:
        """This person's result of one item, from what has been read already if it is there."""
        return self._nearby.get(item) if item in self._near else self.my_results.get(item)

    @cached_property
    def facts(self) -> Facts:
        """What conditions are checked against."""
        return rules.facts(self.outline, self.my_results, self.run, self.now)

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """Which items are open for this person; staff and authors find everything open."""
        if self.role != "learner":
            return dict.fromkeys(self.outline.items, rules.OPEN)
        return rules.Verdicts(self.outline, self.my_results, self.run, self.now)

    def verdict(self, requires: Tree | None) -> Verdict:
        """Whether a condition holds for this person."""
        return evaluate(requires, self.facts) if requires is not None else rules.OPEN

    def unlock(self, verdict: Verdict) -> list[str]:
        """What is missing, in words."""
        return unlock_sentences(verdict.reasons, self.outline, self.person.timezone)

    def locked_page(self, title: str, verdict: Verdict) -> Markup:
        """The page that stands in for a locked one: why, and what to do next."""
        steps = [self.outline.items[id] for id in unlock_steps(verdict.reasons, self.outline)]
        return self.page("progress/locked.html", title=title, reasons=self.unlock(verdict), steps=steps)

    def missing_plugin(self, block: Block[Any]) -> Markup:
        """The page of an activity whose plugin is not installed."""
        return self.page("progress/missing.html", block=block)

    # ------------------------------------------------------------------ the page

    def form(self, kind: type[F], **options: Any) -> F:
        """A form, bound to what was sent."""
        return kind(**options)

    @property
    def csrf(self) -> str:
        """The token against forged requests."""
        return ui.current_ui().csrf

    def sent(self, name: str) -> str:
        """One value of what was sent."""
        return request.form.get(name, "")

    def page(self, template: str, **context: Any) -> Markup:
        """A template of the core with `visit` in it."""
        return ui.render(template, visit=self, **context)

    def render(self, template: str, **context: Any) -> Markup:
        """A template of the plugin, with the block in it."""
        return ui.render(template, visit=self, settings=self.settings, block=self.block, **context)

    def html(self, source: str) -> Markup:
        """Rendered course HTML with its links pointing into this run, and what it says of the run."""
        return served.shown(source, self.run.base, self)

    @property
    def run_title(self) -> str:
        """What the run is called: its own name, or that of the course."""
        return self.run.title or self.course.title

    @property
    def run_tutors(self) -> str:
        """The names of the run's tutors. One statement, however often it is asked and of whichever block."""
        if "tutors" not in self._told:
            self._told["tutors"] = ", ".join(member.name for member in enrolment.members(self.run.id, "tutor"))
        return self._told["tutors"]

    def url(self, page: str = "", **query: Any) -> str:
        """Address of one of the activity's own pages."""
        address = f"{self.run.base}activities/{self.block.id}/{page}"
        return f"{address}?{urlencode(query)}" if query else address

    def redirect(self, page: str = "", **query: Any) -> ResponseReturnValue:
        """Go to one of the activity's own pages."""
        return redirect(self.url(page, **query), 303)

    @property
    def lesson_url(self) -> str:
        """The lesson the block stands in, at the block."""
        return f"{self.run.base}{self.outline.items[self.block.lesson].path}#{self.block.id}"

    def back(self) -> ResponseReturnValue:
        """Go back to the lesson."""
        return redirect(self.lesson_url, 303)

    def say(self, text: str, kind: str = "success") -> None:
        """Show a sentence on the next page."""
        flash(text, kind)

    # ------------------------------------------------------------------ what is kept

    def read_kept(self, blocks: Sequence[str]) -> None:
        """Read what is kept for these blocks, all at once."""
        self._kept = {}
        if blocks:
            rows = _KEPT.plain(run=self.run.id, blocks=list(blocks), person=self.person.id)
            self._kept = {(block, person, name): value for block, person, name, value in rows}

    def stand_in(self, kept: dict[tuple[str, int, str], str]) -> None:
        """Show the block with this kept for it, by (block, person or 0, name), and without any result: a visit that only looks."""
        self._kept = kept
        self.__dict__["my_results"] = {}

    def kept(self, person_id: int, name: str) -> str | None:
        """What is kept for this block under a name, of a person or (0) of the run."""
        if self._kept is None:
            self.read_kept([self.block.id])
        assert self._kept is not None
        return self._kept.get((self.block.id, person_id, name))

    def keep(self, person_id: int, name: str, value: str) -> None:
        """Keep it, replacing the former."""
        _KEEP.run(run=self.run.id, block=self.block.id, person=person_id, name=name, value=value, now=self.now)
        if self._kept is not None:
            self._kept[(self.block.id, person_id, name)] = value

    def answer(self, kind: type[T]) -> T | None:
        """This person's answer."""
        found = self.kept(self.person.id, "answer") if self.person.id else None
        return kind.model_validate_json(found) if found else None

    def answers(self, kind: type[T]) -> Mapping[int, T]:
        """Everybody's answers."""
        rows = db.session.execute(
            select(Kept.person_id, Kept.value).where(
                Kept.run_id == self.run.id, Kept.block == self.block.id, Kept.name == "answer"
            )
        )
        return {person: kind.model_validate_json(value) for person, value in rows}

    def save_answer(self, value: BaseModel, person_id: int | None = None) -> None:
        """Keep this person's answer, or another's."""
        owner = person_id or self.person.id
        assert owner, "a visitor has no answer"
        self.keep(owner, "answer", value.model_dump_json())

    def shared(self, kind: type[T]) -> T | None:
        """What the activity keeps for the run."""
        found = self.kept(0, "shared")
        return kind.model_validate_json(found) if found else None

    def save_shared(self, value: BaseModel) -> None:
        """Keep it."""
        self.keep(0, "shared", value.model_dump_json())

    # ------------------------------------------------------------------ results

    def result(self, item: str | None = None, person_id: int | None = None) -> Recorded | None:
        """A stored result."""
        item = item or self.block.id
        if person_id is None or person_id == self.person.id:
            return self.my_result(item)
        return progress.mine(self.run.id, person_id).get(item)

    def results(self, *items: str) -> Mapping[tuple[int, str], Recorded]:
        """Everybody's results of these items."""
        found = progress.of_run(self.run.id, items or (self.block.id,))
        return {(person, item): result for person, of_person in found.items() for item, result in of_person.items()}

    def explanation(self, item: str | None = None, person_id: int | None = None) -> str:
        """Why a result is what it is."""
        if person_id is None or person_id == self.person.id:
            return self.my_explanations.get(item or self.block.id, "")
        return progress.explanations(self.run.id, person_id).get(item or self.block.id, "")

    @cached_property
    def my_explanations(self) -> Mapping[str, str]:
        """Why this person's results in the run are what they are. One statement."""
        return progress.explanations(self.run.id, self.person.id)

    def record(self, result: Result, person_id: int | None = None) -> None:
        """Store a result."""
        owner = person_id or self.person.id
        item = result.item or self.block.id
        by = self.person.id or None
        progress.record(self.site, self.run, self.outline, owner, item, self.block.kind, result, by)
        for stale in ("my_results", "my_explanations", "facts", "verdicts"):
            self.__dict__.pop(stale, None)
        self._near = frozenset()

    def lock(self, name: str = "") -> None:
        """Hold this activity until the request ends; what is kept is read anew from here on."""
        lock(f"{self.run.id}/{self.block.id}/{name}")
        self._kept = None

    # ------------------------------------------------------------------ people

    def people(self, role: str = "learner") -> Sequence[Member]:
        """Active members with this role. One statement, on a page that only reads however often it is asked."""
        if is_writing():
            return enrolment.members(self.run.id, role)
        if role not in self._people:
            self._people[role] = enrolment.members(self.run.id, role)
        return self._people[role]

    def notify(self, person_ids: Sequence[int], text: Message, page: str = "", kind: str = "activity") -> None:
        """Leave a notice that leads to one of the activity's pages."""
        notices.notify(self.site, person_ids, kind, text, self.url(page))

    # ------------------------------------------------------------------ shared parts

    @cached_property
    def phases(self) -> BlockPhases:
        """Where it stands in its phases."""
        return BlockPhases(self)

    @cached_property
    def files(self) -> BlockFiles:
        """Files of this activity in this run."""
        return BlockFiles(self.site, self.run.id, self.block.id, self.person.id, (self.block.title, self.url()))

    @cached_property
    def discussion(self) -> BlockDiscussion:
        """Its discussion."""
        return BlockDiscussion(self, self.block.id)

    @cached_property
    def teams(self) -> BlockTeams:
        """Its teams."""
        return BlockTeams(self.site, self.run.id, self.block.id, self)

    @cached_property
    def assessments(self) -> BlockAssessments:
        """Its marking forms."""
        return BlockAssessments(self.site, self.run.id, self.block.id, self.person.id, self.course.language)

    @cached_property
    def allocation(self) -> BlockAllocation:
        """Who reviews what in it."""
        return BlockAllocation(self.site, self.run, self.block.id)

    @cached_property
    def submissions(self) -> BlockSubmissions:
        """Works that are handed in to it."""
        return BlockSubmissions(self)

    @cached_property
    def booking(self) -> BlockBooking:
        """Places in what it has places in."""
        return BlockBooking(self)

    @cached_property
    def attendance(self) -> BlockAttendance:
        """Who was at its meetings."""
        return BlockAttendance(self)

    @cached_property
    def votes(self) -> BlockVotes:
        """Votes in it."""
        return BlockVotes(self)

    @cached_property
    def questions(self) -> BlockQuestions:
        """Questions put in it."""
        return BlockQuestions(self)


_OPEN_RUNS = (
    "SELECT r.id, r.course_id, c.slug AS course_slug, r.slug, r.title, r.revision_id, r.starts_on, r.ends_on, r.timezone"
    " FROM run r JOIN course c ON c.id = r.course_id WHERE r.ends_on IS NULL OR r.ends_on >= :since ORDER BY r.id"
)
AFTERWARDS = timedelta(days=60)
"""How long after its last day a run is still looked after: phases may end late."""


def staff_visits(site: Site, kind: str, on_runs: Sequence[int] | None = None) -> Sequence[Any]:
    """The staff's view of every block of this kind in every run that is not long over, for handlers of time."""
    since = site.now().date() - AFTERWARDS
    # as in `enrolment.place`: a run is not moved to another edition while something is written in it
    held = is_writing() and db.session.get_bind().dialect.name == "postgresql"
    statement = text(_OPEN_RUNS + (" FOR KEY SHARE OF r" if held else "")).bindparams(bindparam("since", type_=Date))
    runs = [run_of(row) for row in db.session.execute(statement, {"since": since})]
    found = []
    for run in runs:
        if on_runs is not None and run.id not in on_runs:
            continue
        visit = RunVisit(site, Actor(0), Place(run, "tutor", 0))
        blocks = [block for block in visit.course.blocks() if block.kind == kind]
        if blocks:
            visit.read_kept([block.id for block in blocks])
            found += [visit.at_block(block) for block in blocks]
    return cast(Sequence[Any], found)


def activity_of(visit: RunVisit) -> Activity[Any] | None:
    """The activity of the visit's block, or None when its plugin is not installed."""
    found: Activity[Any] | None = visit.site.registry.activity(visit.block.kind)
    return found
