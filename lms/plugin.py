"""THE contract between the core and a plugin: the only core module that a plugin imports.

A plugin is a name, a package and a tuple of *contributions*; the distribution names the `Plugin` object in the entry point group
`lms.plugins`. The core asks contributions questions (typed answers, ordered by the core) and states facts as events (`On`, past
tense, no answer). What a plugin writes derives from the classes here, so that a missing method fails at start, by name; what a
plugin is given is described by protocols, so that a test may hand in something of its own.

The rules a plugin keeps: its tables are named `<plugin>_…` and declared with `Model` and `column`, and columns that hold the id of a
block are marked `item=True`, so that results follow when a course gives something another id; it never commits (the core does,
once a request); it takes the time from `visit.now` or `site.now()`; its pages check nothing by themselves, because each one is
registered with a policy; what it wants to survive its own removal it records as a `Result`.

It is one module, long as it is, because whoever writes a plugin reads one file and imports one name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel
from werkzeug.datastructures import FileStorage

from courses.blocks import ActivitySettings, Block, BlockKind, Deadline, GradeItem, Settings
from courses.changes import Change
from courses.criteria import Criteria
from courses.evaluation import Marking, Working
from courses.phases import Dated, Phase
from courses.submissions import Line as SubmissionLine
from courses.submissions import StageRule, Step, subject
from courses.teaming import Made
from courses.tree import Course
from lms.db import Model, Query, as_utc, column, db
from lms.events import (
    CertificateIssued,
    CourseCompleted,
    CoursePublished,
    Enrolled,
    Event,
    PlacesChanged,
    ResultRecorded,
    RoleChanged,
    RunMoved,
    Tick,
    Withdrawn,
)
from lms.forms import Form, lazy
from lms.i18n import Called, Message, gettext, language, mark, ngettext, speaking
from lms.policy import ADMIN, AUTHOR, LEARNER, MEMBER, PARTICIPANT, PUBLIC, SIGNED_IN, STAFF, Policy

__all__ = [
    "ADMIN", "AUTHOR", "LEARNER", "MEMBER", "PARTICIPANT", "PUBLIC", "SIGNED_IN", "STAFF", "Activity", "ActivityPages",
    "ActivitySettings", "Actor", "Allocation", "Appointments", "Asking", "Assessment", "Assessments", "Attendance", "Attended", "BadInput",
    "Ballot", "Block", "BlockKind", "Booked", "Booking", "CalendarEntry", "CalendarSource", "CertificateIssued", "Change", "Commands",
    "Contribution", "CourseCompleted", "CoursePublished", "Criteria", "Dated", "Deadline", "Demo", "Discussion", "Drawn", "Enrolled",
    "Event", "Files", "Form", "FormState", "Gathering", "GradeItem", "KeptWorking", "Meeting", "Member", "Message", "Model",
    "NoticeKind", "Offered",
    "On", "Owner", "Pages", "PersonalData", "Phase", "Phased", "Phases", "PlacesChanged", "Plugin", "Policy", "Presence", "Query",
    "Question", "QuestionTerms", "Questions",
    "Recorded", "Result", "ResultRecorded", "Review", "ReviewTerms", "Reviewing", "RoleChanged", "Run", "RunMoved", "Score", "Settings",
    "Site", "Slot", "StageRule", "State", "Step", "StoredFile", "Strip", "Submission", "SubmissionLine", "Submissions", "Submitting",
    "Team", "TeamTerms", "Teaming", "Teams", "Tick", "Visit", "Votes", "Withdrawn", "as_utc", "column", "db", "gettext", "language",
    "lazy", "mark", "ngettext", "speaking",
]  # fmt: skip

S = TypeVar("S", bound=Settings)
T = TypeVar("T", bound=BaseModel)
F = TypeVar("F", bound=Form)
E = TypeVar("E", bound=Event)
C = TypeVar("C", bound="Contribution")

State = Literal["started", "waiting", "pending", "returned", "complete", "failed"]
"""started: something is kept · waiting: handed in, staff have to act · pending: done for now, others or a date decide ·
returned: the person has to act again ·
complete: done · failed: done without success, another try may be possible"""


# ------------------------------------------------------------------------------------------- what a plugin writes


@dataclass(frozen=True)
class Plugin:
    """A plugin as its entry point names it.

    `name` is also the prefix of its tables and the folder of its templates; `package` is where `templates/`, `static/`,
    `translations/` and `migrations/` are looked for.
    """

    name: str
    package: str
    contributes: tuple[Contribution, ...] = ()


class Contribution:
    """Base of everything a plugin or a built-in feature adds to the site."""

    def joined(self, others: Sequence[Contribution]) -> Contribution:
        """This contribution as it stands on a site that has all these `others`; asked once, when the site is put together.

        A plugin with contribution types of its own (a quiz: kinds of question) returns here an object that knows what other
        plugins bring. The plugin's own object stays as it is, so that another site may be put together differently."""
        return self


class Activity(BlockKind[S], Contribution, Generic[S]):
    """A kind of block that people do something with: `:::{name}` in a lesson.

    The pure half (schema, check, grade items, deadlines, and what a new edition of a block means: `compare`) comes from
    `courses.blocks.BlockKind`; this half shows it to a person.
    """

    title: ClassVar[str]
    """What this form of activity is called, an English text for translation (`mark("Quiz")`)."""

    @abstractmethod
    def show(self, visit: Visit) -> Markup:
        """The block inside its lesson, for this person and role. Asks the database nothing: state comes from
        `visit.result()`, `visit.answer()`, `visit.shared()` and `visit.phases`, which the core has already read."""

    def pages(self) -> ActivityPages | None:
        """Pages below `/courses/<course>/activities/<id>/`; None: the block lives in its lesson alone."""
        return None


View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Route:
    """One address: the rule, its methods, who may, and the function."""

    rule: str
    methods: tuple[str, ...]
    policy: Policy
    view: View
    body: int = 0
    """Bytes a request may have; 0: as many as the site takes elsewhere."""


class _Routes:
    def __init__(self) -> None:
        self.routes: list[Route] = []

    def route(self, rule: str, policy: Policy, methods: Sequence[str], body: int = 0) -> Callable[[View], View]:
        """Register the decorated function for these methods. There is no way to leave out the policy."""

        def register(view: View) -> View:
            self.routes.append(Route(rule, tuple(methods), policy, view, body))
            return view

        return register

    def get(self, rule: str, policy: Policy) -> Callable[[View], View]:
        """A page that only reads."""
        return self.route(rule, policy, ("GET",))

    def post(self, rule: str, policy: Policy, body: int = 0) -> Callable[[View], View]:
        """An act: runs in a writing transaction, checked against forged requests. `body`: bytes a request may have, where it is
        to take more than others."""
        return self.route(rule, policy, ("POST",), body)


class ActivityPages(_Routes):
    """Pages of one activity. Rules are relative to the activity (`""`, `"attempts/<int:number>/"`); a view gets a checked `Visit`
    and the rule's values: `def view(visit: Visit, number: int)`."""


class Pages(_Routes, Contribution):
    """Pages of the site (rules from `/`) or, when a rule contains `<course>`, of a run. A view gets a checked `Visit` and the
    rule's values (without `course`). The endpoint of a view is `<name>.<function name>`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class PersonalData(ABC, Contribution):
    """What a part of the site knows about a person: everything in it can be exported, and erased or made anonymous."""

    name: ClassVar[str]
    """Key of this part in the export, unique on a site."""

    tables: ClassVar[tuple[str, ...]] = ()
    """Names of the tables this part answers for. Every table with a column that is personal (other than "none" and "secret")
    must be named by some part, or the tests of the site fail."""

    @abstractmethod
    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Everything stored about the person, as plain data (names of others are left out). A `Path` stands for a file, which
        goes into the export as it is."""

    @abstractmethod
    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Remove it, or make it anonymous where others' results rest on it. Returns what was done, a sentence an entry."""


@dataclass(frozen=True)
class CalendarEntry:
    """Something with a date: `end` None for a deadline. Instants are aware, UTC. `uid` is stable over changes."""

    uid: str
    title: str
    start: datetime
    end: datetime | None = None
    url: str = ""
    text: str = ""


class CalendarSource(ABC, Contribution):
    """Dates that live in the database. Deadlines written in the course need none of this: the core reads them from the blocks."""

    @abstractmethod
    def entries(self, site: Site, person_id: int, runs: Sequence[Run]) -> Sequence[CalendarEntry]:
        """What the person should see, over all the given runs, in a number of queries that does not depend on how many there are."""


@dataclass(frozen=True)
class NoticeKind(Contribution):
    """A sort of notice a person may get; `by_mail` is the default, which each person may change."""

    name: str
    title: str
    by_mail: bool = True


@dataclass(frozen=True)
class Commands(Contribution):
    """A click group or command added below `lms`."""

    command: Any


@dataclass(frozen=True)
class On(Contribution, Generic[E]):
    """Call `handler(site, event)` when such a thing has happened, in the same transaction. A handler that raises undoes only
    what it did itself, and is named in the health report."""

    event: type[E]
    handler: Callable[[Site, E], None]


class Strip(ABC, Contribution):
    """A strip across every page, above the site's own header: for what concerns whoever looks at any page, such as the controls
    of a preview. It brings its own style and script by `<link>` and `<script src>`."""

    @abstractmethod
    def show(self, visit: Visit) -> Markup:
        """The strip on the page in force, pages of errors included, for this person (`person.id` 0: a visitor); the visit has
        neither run nor block. Asks the database nothing."""


class Phased(ABC, Contribution):
    """A kind of block that goes through phases (its `BlockKind.phases`): what the core's page of phases, where staff move it, the
    work of time and the reminders have to ask. A visit to such a block finds where it stands in `visit.phases`."""

    kind: ClassVar[str]
    """Name of the `Activity`."""
    lock: ClassVar[str] = ""
    """What `visit.lock` takes while it is moved."""

    @abstractmethod
    def settle(self, visit: Visit) -> Sequence[Message]:
        """Do what the present phase asks for and has not been done; what came of it, for whoever moved it. Asked after every move and
        at every tick, so harmless when there is nothing to do."""

    def warning(self, visit: Visit, name: str) -> str:
        """What happens when staff move it to this phase, said before they do."""
        return ""

    def waiting(self, visit: Visit) -> Collection[int]:
        """Who has something to do still before the present phase ends, as far as is known: they are reminded a day before."""
        return ()


class Reviewing(ABC, Contribution):
    """A kind of block whose works are handed out to reviewers: what the core's board of who reviews what has to ask. Whoever hands
    them out calls `visit.allocation.draw(terms)`; the board changes by hand what came of it, and repairs it."""

    kind: ClassVar[str]
    """Name of the `Activity`."""
    lock: ClassVar[str] = "reviews"
    """What `visit.lock` takes wherever a review is begun, so that nothing begins while it is taken off somebody."""

    @abstractmethod
    def terms(self, visit: Visit) -> ReviewTerms:
        """What is to be reviewed by whom, as it stands now."""

    def refusal(self, visit: Visit) -> Message | None:
        """Why nothing of it may be changed at this moment, or None."""
        return None

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """These people have more or less to review than before: tell them, and note where they stand."""


class Gathering(ABC, Contribution):
    """A kind of block in which people meet, at planned times or at times that staff open for booking: what the core has to ask for
    its pages of places and of attendance, and for invitations."""

    kind: ClassVar[str]
    """Name of the `Activity`."""

    @abstractmethod
    def meetings(self, visit: Visit) -> Sequence[Meeting]:
        """What the course plans, in its order, with its instants in this run. Asks the database nothing but what the core keeps for the
        activity (`visit.shared`). Where staff moved or called off one of them is the core's: pages read `visit.attendance.arranged()`.
        Those at times that staff opened are known to the core too."""

    def slots(self, visit: Visit) -> Sequence[Slot]:
        """What people have places in, other than times that staff opened."""
        return ()

    def appointments(self, visit: Visit) -> Sequence[Appointments]:
        """What staff may open times for, such as consultations."""
        return ()

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """The places or the attendance of these people have changed: note where they stand. The activity is held (`visit.lock()`)."""


class Submitting(ABC, Contribution):
    """A kind of block that works are handed in to: what the core's pages of works have to ask. There people write drafts and hand
    them in, and staff read, comment and answer; `visit.submissions` gives what is kept."""

    kind: ClassVar[str]
    """Name of the `Activity`."""
    lock: ClassVar[str] = ""
    """What `visit.lock` takes wherever a work is changed."""

    @abstractmethod
    def stages(self, visit: Visit) -> Sequence[StageRule]:
        """What is to be handed in, in its order, with its instants in this run. Asks the database nothing."""

    def team(self, visit: Visit) -> tuple[int, int]:
        """How many people a work may come from, at least and at most; (1, 1): everybody works alone."""
        return 1, 1

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """Why this stage takes nothing at the moment, besides what its late rule and its state say."""
        return None

    def task(self, visit: Visit, stage: StageRule) -> Markup:
        """What stands above the form: the task, what to mind."""
        return Markup()

    def criteria(self, visit: Visit, stage: StageRule) -> Criteria | None:
        """The form a work is marked by, by the tutor who accepts it or, where works may be handed in `again`, by every one of a jury (kept
        as `visit.assessments` of the work's `subject`, role "tutor"); None where, or while, works are not marked."""
        return None

    def may_read(self, visit: Visit, found: Submission) -> bool:
        """Whether this person, neither its owner nor staff, may read a work that was handed in."""
        return False

    def anonymous(self, visit: Visit) -> bool:
        """Whether works go to readers who may not know whose they are: then whoever sends a file that cannot be freed of what it tells
        about its author learns so at once."""
        return False

    def beside(self, visit: Visit, found: Submission) -> Markup:
        """What stands below a work for whoever reads it, such as the way to questions about it."""
        return Markup()

    def consents(self, visit: Visit) -> Sequence[str]:
        """To whom people are asked whether their work may be shown: "run", "public", or nobody is asked."""
        return ()

    def audiences(self, visit: Visit) -> Sequence[str]:
        """To whom works are shown at this moment, as far as those who wrote them agree."""
        return self.consents(visit)

    def product(self, visit: Visit) -> str:
        """The stage whose works are shown."""
        return self.stages(visit)[-1].id

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        """Something of this work is another than before (a draft kept, handed in, answered, more time): note where people stand."""


class Teaming(ABC, Contribution):
    """A kind of block whose people work in teams: what the core's page of teams (`visit.teams.page`) has to ask. There staff make, draw
    and mend them, and participants find theirs where they choose. Drafts of works move with people, and a team that has handed
    something in stays as it is, where the kind is `Submitting` too."""

    kind: ClassVar[str]
    """Name of the `Activity`."""
    lock: ClassVar[str] = ""
    """What `visit.lock` takes while teams change."""

    @abstractmethod
    def terms(self, visit: Visit) -> TeamTerms:
        """How teams come about here. Asks the database nothing."""

    def fixed(self, visit: Visit) -> Collection[int]:
        """Ids of teams that stay as they are, besides those that have handed something in."""
        return ()

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """These people are in another team than before, or in none: note where they stand."""


class Asking(ABC, Contribution):
    """A kind of block in which questions are put to somebody: a speaker, a group, those who defend a work. Its pages show them with
    `visit.questions`; to put, vote, answer, hide and take back is on the core's."""

    kind: ClassVar[str]
    """Name of the `Activity`."""

    @abstractmethod
    def terms(self, visit: Visit, subject: str) -> QuestionTerms | None:
        """What this participant may do now about the questions to a subject (in the plugin's own words); None for one that does not
        exist or is not theirs to read."""


class Demo(ABC, Contribution):
    """A believable life in one kind of block, for demonstration sites (`lms demo`).

    The demonstration goes through past days of a run with the clock set; there is no request, so neither forms nor sentences for
    the next page. What people do depends on nothing but them and the day (`random.Random` with a seed of ids), so that two
    demonstrations are alike."""

    kind: ClassVar[str]
    """Name of the `Activity`."""

    @abstractmethod
    def take_part(self, visit: Visit) -> None:
        """What this learner, for whom the block is open, not complete and not waiting for others, would do here at `visit.now`: begin,
        go on, or nothing yet. Called on each day the learner comes, in the learner's language."""

    def lead(self, visit: Visit) -> None:
        """What the run's tutor would do here at `visit.now`, such as marking what has waited for some days. Called once a day."""


# ------------------------------------------------------------------------------------------- values


class BadInput(ValueError):
    """What a person gave cannot be accepted: a sentence for them (a `Message`), shown as such, with status 422."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Actor:
    """The acting person: plain values, no database object behind it. `id` is 0 for a visitor."""

    id: int
    email: str = ""
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    language: str = "ru"
    timezone: str = "Europe/Moscow"
    theme: str = "auto"
    is_admin: bool = False
    is_author: bool = False
    unread: int = 0
    session_id: str = ""

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic, as on a certificate."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short_name(self) -> Called:
        """Name and surname, as in a greeting or a discussion; in a stored Message it is forgotten with the person."""
        return Called(" ".join(part for part in (self.given_name, self.surname) if part), self.id)


@dataclass(frozen=True)
class Member:
    """Somebody in a run. `role` is "learner" or "tutor"; `school` is known of members of teams, if they have named one."""

    id: int
    name: str
    role: str
    enrolment_id: int = 0
    school: str = ""


@dataclass(frozen=True)
class Run:
    """A dated offering of a course to a group, pinned to one published revision."""

    id: int
    course_id: int
    course_slug: str
    slug: str
    title: str
    revision_id: int
    starts_on: date
    ends_on: date | None
    timezone: str

    @property
    def segment(self) -> str:
        """How the run is named in addresses: `<course>@<run>`."""
        return f"{self.course_slug}@{self.slug}"

    @property
    def base(self) -> str:
        """Address of the course page of this run, with a slash at the end."""
        return f"/courses/{self.segment}/"


@dataclass(frozen=True)
class Score:
    """Points out of a maximum, in the item's own units (`max` > 0)."""

    points: float
    max: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.points / self.max if self.max else 0.0


@dataclass(frozen=True)
class Result:
    """What came out for a person, in xAPI's words. It is kept by the core, and survives the plugin that gave it.

    `item` is a grade item's id; None: the block's own. `completion` decides on progress, `success` (None: not a matter of passing)
    on conditions, `score` on the gradebook, `explanation` tells the person why, `state` what happens next.
    """

    completion: bool
    success: bool | None = None
    score: Score | None = None
    item: str | None = None
    state: State = "complete"
    explanation: Message | None = None


class Recorded(NamedTuple):
    """A stored result as it is read back. A tuple, because pages make hundreds of them."""

    item: str
    state: str
    completed: bool
    success: bool | None
    points: float | None
    max_points: float | None
    stored_at: Any
    """As the database gave it; `updated_at` is the instant."""

    @property
    def updated_at(self) -> datetime:
        """When it was stored, UTC."""
        found = as_utc(self.stored_at)
        assert found is not None
        return found

    @property
    def share(self) -> float | None:
        """Points over maximum, or None without a mark."""
        return None if self.points is None or not self.max_points else self.points / self.max_points


@dataclass(frozen=True)
class StoredFile:
    """A file somebody uploaded. `type` was found from its content."""

    id: int
    name: str
    size: int
    type: str
    owner_id: int
    purpose: str
    created_at: datetime

    @property
    def looked_at(self) -> bool:
        """Whether `Files.send` has a page to look at it."""
        from lms.files.rules import LOOKED_AT  # noqa: PLC0415 - the contract is read before any feature

        return self.type in LOOKED_AT


@dataclass(frozen=True)
class Team:
    """A team within an activity."""

    id: int
    name: str
    members: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Owner:
    """Whose a work is: a person's, or a team's. `key` is how it is kept: `person:<id>` or `team:<id>`; a team that is no more has no
    people."""

    key: str
    people: tuple[int, ...]
    name: str = ""
    team: Team | None = None


@dataclass(frozen=True)
class Submission:
    """One version of a work. `state`: draft, waiting (handed in), returned, accepted; `number` counts the owner's versions of the stage
    from 1; `files` are ids; `html` is the text as it is shown; `feedback` what was answered; `edits` counts changes of a draft."""

    id: int
    owner: str
    stage: str
    number: int
    state: str
    author_id: int
    title: str
    text: str
    html: Markup
    files: tuple[int, ...]
    edits: int
    late: bool
    changed_at: datetime
    handed_in_at: datetime | None
    feedback: str
    answered_at: datetime | None
    answered_by: int | None

    @property
    def subject(self) -> str:
        """How marking forms and reviews name it."""
        return subject(self.id)


@dataclass(frozen=True)
class TeamTerms:
    """How teams come about: of how many people, and whether participants choose ("choice"), the tutor makes them ("tutor") or chance
    does ("random": late-comers are placed by themselves then, once there are teams). `refusal`: why nobody may change teams now;
    `draw_at`: when chance makes them, if not only when staff say."""

    least: int
    most: int
    made: Made = "choice"
    refusal: Message | None = None
    draw_at: datetime | None = None


@dataclass(frozen=True)
class ReviewTerms:
    """What is to be reviewed by whom.

    `works`: authors by subject (the plugin's own name of a work) · `each`: reviews that a work needs · `most`: that one person writes
    at most (None: as many as it takes) · `apart`: which of "team", "school" and "earlier" (whose work one has reviewed in another
    activity of the run) keep people from each other; themselves and declared conflicts always do · `titles`: of works, for the board ·
    `held`: (subject, reviewer) of reviews that are begun and stay, `done`: of those that are finished · `wishes`: from −2 (rather
    not) to 2 (gladly) by (subject, reviewer) · `first`: works that whoever asks for one gets before others.
    """

    works: Mapping[str, Sequence[int]]
    reviewers: Sequence[int]
    each: int
    most: int | None = None
    apart: Sequence[str] = ("team", "school")
    titles: Mapping[str, str] = field(default_factory=dict)
    held: Sequence[tuple[str, int]] = ()
    done: Sequence[tuple[str, int]] = ()
    wishes: Mapping[tuple[str, int], int] = field(default_factory=dict)
    first: Sequence[str] = ()


@dataclass(frozen=True)
class Offered:
    """A work people may say of whether they would like to review it: as they know it before works are handed out, so without its
    author. `text` are its first words."""

    subject: str
    number: int
    title: str
    text: str = ""


class Review(NamedTuple):
    """That somebody is to review a work. `number` is what the reviewer is called for its authors («Reviewer 2»)."""

    id: int
    subject: str
    reviewer_id: int
    number: int
    by_hand: bool
    created_at: datetime
    until: datetime | None = None
    """Of a review taken from the queue: when it goes back, unless it is begun."""


@dataclass(frozen=True)
class Drawn:
    """What came of handing works out: `pairs` of (subject, reviewer), `numbers` of works for anonymous names, reviews that works still
    lack by subject, and who has more or less to do than before."""

    pairs: Sequence[tuple[str, int]]
    numbers: Mapping[str, int]
    missing: Mapping[str, int]
    people: Sequence[int]


@dataclass(frozen=True)
class Assessment:
    """One filled-in marking form. `values` and `comments` are by criterion id; `form` is the criteria as they were at that moment;
    `share` (0–1) is None while it is a draft, and where the form gives no result."""

    id: int
    subject: str
    assessor_id: int
    role: str
    form: Criteria
    values: Mapping[str, float] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    share: float | None = None
    done_at: datetime | None = None


class FormState(NamedTuple):
    """How far a marking form is, without what was filled in: as in `Assessment`."""

    id: int
    subject: str
    assessor_id: int
    role: str
    share: float | None
    done_at: datetime | None


DOORS_OPEN = timedelta(minutes=30)
"""How long before a meeting its link is shown."""


@dataclass(frozen=True)
class Meeting:
    """A planned meeting: people are invited to it, and attendance is noted for it.

    `id` is unique in the activity and stays when the meeting moves · `place`: a room or the like, told beforehand · `link`: the address
    to join by, or the word of a service of the site (`jitsi`, `bigbluebutton`: the room is made by itself), shown to those who take
    part from half an hour before · `slot`: whose holders take part (None: every learner) ·
    `code`: a word said aloud, which whoever was there types in · `by_link`: following the link counts as having been there · `by_word`:
    whoever was there may say so, with what shows it, and a tutor agrees or not. Instants are aware, UTC.

    In `visit.attendance.arranged()` also what staff changed in this run, with the reason `why`: `was` (it is moved: when the course has
    it) and `off` (it is called off).
    """

    id: str
    title: str
    starts: datetime
    ends: datetime
    place: str = ""
    link: str = ""
    slot: str | None = None
    code: str = ""
    by_link: bool = False
    by_word: bool = False
    was: datetime | None = None
    off: bool = False
    why: str = ""

    @property
    def minutes(self) -> int:
        """How long it is planned to last."""
        return int((self.ends - self.starts).total_seconds() // 60)

    def when(self, now: datetime) -> Literal["past", "now", "soon", "later"]:
        """Where it is: "now" from its start to its end, "soon" while the doors are open before it."""
        if now >= self.ends:
            return "past"
        if now >= self.starts:
            return "now"
        return "soon" if now >= self.starts - DOORS_OPEN else "later"


@dataclass(frozen=True)
class Slot:
    """Something people have places in: `seats` of them (None: as many as come), given out before `until`. A time that staff opened
    has a `purpose` (the name of its `Appointments`), a `meeting` and a `host_id`."""

    name: str
    title: str
    seats: int | None = None
    until: datetime | None = None
    purpose: str = ""
    meeting: Meeting | None = None
    host_id: int | None = None


@dataclass(frozen=True)
class Appointments:
    """What staff open times for: `minutes` long unless they say otherwise; whoever books has at most `most` of them ahead. In an
    activity with teams a member books for the whole team."""

    name: str
    title: str
    minutes: int = 30
    most: int = 1


@dataclass(frozen=True)
class Booked:
    """Somebody's place in a slot, or a whole team's (then `person_id` is 0). With a `number` (from 1, no two have the same) it is
    theirs; without one they wait for it, in the order of `id`."""

    id: int
    slot: str
    person_id: int
    number: int | None
    since: datetime
    team_id: int | None = None


@dataclass(frozen=True)
class Presence:
    """What is known of a person at a meeting. `state`: present, absent (a tutor said so), declared (they say so, a tutor has not
    agreed yet) or "" (nothing but wrong words); `source`: tutor, code, link or word; `minutes`: None for the whole meeting;
    `evidence`: what the person wrote to show it; `tries`: wrong code words."""

    person_id: int
    meeting: str
    state: str
    source: str
    minutes: int | None
    at: datetime
    evidence: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Attended:
    """Where a person was: ids of the `meetings` out of all that are `planned`, and how many `minutes` it came to."""

    meetings: tuple[str, ...]
    planned: int
    minutes: int

    @property
    def share(self) -> float:
        """Of the planned meetings, between 0 and 1."""
        return len(self.meetings) / self.planned if self.planned else 0.0


@dataclass(frozen=True)
class Ballot:
    """A vote. `subjects`: whose each of them is (nobody votes for their own), by the plugin's own name of it; `most`: that one person may
    vote for (None: any number); `name` tells several votes of one activity apart; `closes`: from when nothing changes any more."""

    subjects: Mapping[str, Sequence[int]]
    most: int | None = None
    name: str = ""
    closes: datetime | None = None


@dataclass(frozen=True)
class QuestionTerms:
    """What one participant may do about the questions to a subject. `title` stands over them; `page` of the activity shows them to
    everybody who reads them ("": the core has a page for them). `asks`: they may put one, unless `refusal` says why not at the moment;
    `answers`: they may answer; `people` are told of each. `must` says what waits for every answer ("": nothing does): then whoever asked
    may say that the question is still open. `voted`: questions get votes, which `votes` lets this one give, at most `most_votes` until
    `votes_until`. Staff may hide any and, unless it `must` be answered in words, note that one was answered aloud."""

    title: str
    page: str = ""
    asks: bool = False
    refusal: Message | None = None
    answers: bool = False
    people: Sequence[int] = ()
    must: str = ""
    voted: bool = False
    votes: bool = False
    most_votes: int | None = None
    votes_until: datetime | None = None


@dataclass(frozen=True)
class Question:
    """A question and its answer. `state`: "open", "answered" (in words), "spoken" (aloud, the words may be empty) or "hidden" (`answer`
    holds the reason). `text` is "" and `asker_id` None where it was removed with its author's data."""

    id: int
    subject: str
    asker_id: int | None
    text: str
    asked_at: datetime
    state: str
    answer: str
    answered_by: int | None
    answered_at: datetime | None


@dataclass(frozen=True)
class KeptWorking:
    """How a person's mark for a part ("work", "review") was worked out at that instant: `courses.evaluation.replay` gives from its
    `basis` (JSON) the same mark again, or what another marking would have given."""

    person_id: int
    part: str
    working: Working
    marking: Marking
    basis: str
    at: datetime


# ------------------------------------------------------------------------------------------- what a plugin is given


class Site(Protocol):
    """The running site, as far as a plugin may ask it."""

    def now(self) -> datetime:
        """The present instant, UTC."""

    def of(self, kind: type[C]) -> tuple[C, ...]:
        """All contributions of a type, in order: for plugins with contribution types of their own."""

    def visits(self, kind: str, on_runs: Sequence[int] | None = None) -> Sequence[Visit]:
        """The staff's view of every block of this kind in every open run (for handlers of events); `person.id` is 0."""

    def each(self, kind: str, work: Callable[[Visit], object], on_runs: Sequence[int] | None = None) -> None:
        """Do `work` at each of `visits`, for handlers of `Tick`: what fails at one block is undone and told by the doctor,
        the others go on."""

    def assessments(self, run_id: int, block: str) -> Assessments:
        """Stored marking forms of an activity, for what is done without a visit: exports and erasures. They can be read and
        removed; forms are shown and filled in at a `Visit`."""

    def marked(self, person_id: int) -> Set[tuple[int, str]]:
        """(run id, item) of everything this person was given points for: an export tells of no other marks."""

    def url(self, path: str) -> str:
        """An absolute address, for mail."""


class Phases(Protocol):
    """Where an activity stands in its phases (those its kind names). Asks the database nothing that a visit has not read already."""

    @property
    def now(self) -> str:
        """Name of the present phase; "" before the first, after the last and in a gap."""

    @property
    def reached(self) -> str:
        """The latest phase that has begun, also when it is over and the next has not begun; "" before the first."""

    @property
    def closes(self) -> datetime | None:
        """When the present phase ends, if a date ends it."""

    def timeline(self) -> Sequence[Dated]:
        """All of them with their instants, by the titles people see; one is "now" and one "next" at most."""

    def dated(self, name: str) -> Dated:
        """One of them. Raises LookupError."""

    def move(self, name: str) -> Sequence[Message]:
        """Move the activity to this phase, forward or back; dates still to come move it on from there. "" gives it back to its dates.
        Then does what the phase asks for (`Phased.settle`) and returns what came of it. Raises LookupError."""

    def ribbon(self) -> Markup:
        """Where we are, what is next and when, with the way to `page`: for the card in the lesson and the activity's pages."""

    @property
    def page(self) -> str:
        """Address of the page that tells everybody of the phases, and where staff move the activity."""


class Files(Protocol):
    """Files of one activity in one run. Who may see a file is decided by the page that sends it."""

    def save(self, upload: FileStorage, purpose: str, owner_id: int | None = None) -> StoredFile:
        """Keep an upload. Raises BadInput when it is empty, too large or of a type that is not allowed."""

    def of(self, *purposes: str) -> Sequence[StoredFile]:
        """All files with one of these purposes, oldest first, in one query."""

    def send(self, file_id: int, *purposes: str, name: str | None = None) -> ResponseReturnValue:
        """The file as a download or, where the address ends in `?look`, as a page to look at it, if it is a picture, a text or a PDF.

        `name`: for somebody who may not know whose it is: called so, and without what its properties tell of its author. 404 unless
        it belongs to this activity, this run and one of these purposes."""

    def remove(self, file_id: int, *purposes: str) -> None:
        """Forget a file; unknown ones are ignored."""


class Discussion(Protocol):
    """The discussion of one activity in one run."""

    def show(self, open_for_posts: bool = True) -> Markup:
        """Threads with what is new, what they were summed up to and their latest posts, and a form, ready to stand in a page. Posts go
        to the core's own pages, where people follow, quote and search, and tutors moderate and sum up."""

    def count(self, person_id: int) -> int:
        """How many visible posts this person wrote here."""


class Teams(Protocol):
    """Teams of one activity in one run."""

    def all(self) -> Sequence[Team]:
        """All teams with members, in two queries at most."""

    def everywhere(self) -> Sequence[Team]:
        """The teams of all activities of the run, with members, in one query: for what concerns a team whatever it does."""

    def of(self, person_id: int) -> Team | None:
        """The team of a person."""

    def create(self, name: str, person_id: int | None = None) -> Team:
        """Make a team, with its first member. Raises BadInput for an empty or taken name, or when the person is in a team."""

    def join(self, team_id: int, person_id: int, at_most: int) -> Team:
        """Add a member. Raises BadInput when the team is full or the person has one already."""

    def leave(self, person_id: int) -> None:
        """Take a person out of their team; an empty team is removed."""

    def show(self) -> Markup:
        """For a participant's page: the own team, or the way to one. One statement."""

    @property
    def page(self) -> str:
        """Address of the page of teams (kinds with a `Teaming`)."""


class Allocation(Protocol):
    """Who reviews what in one activity of one run. One lock guards all of it: however many ask at once, works are handed out once."""

    def draw(self, terms: ReviewTerms) -> Drawn | None:
        """Hand the works out, so that every one has its reviewers if that can be, with even loads; None when they are handed out
        already. What is missing is told by the board, with the reasons."""

    def reviews(self, subject: str | None = None, reviewer_id: int | None = None) -> Sequence[Review]:
        """Who reviews what (of one work, of one person), in the order of subjects and numbers. One statement."""

    def why(self, subject: str, reviewer_id: int) -> Sequence[str]:
        """Why somebody got a work, in sentences that say nothing of whose it is. One statement."""

    def add(self, terms: ReviewTerms, subject: str, reviewer_id: int) -> None:
        """One more reviewer, by hand. Raises BadInput for the author, for declared conflicts, strangers and repetitions."""

    def ask(self, terms: ReviewTerms, subject: str, beside: Sequence[int] = ()) -> int | None:
        """One more reviewer for a work: of those who may, whoever has the fewest to review; where none may, of those `beside`. Returns
        who it is, or None."""

    def remove(self, terms: ReviewTerms, review_id: int) -> Review:
        """Take a review off somebody. Raises BadInput when it is begun, LookupError when there is none."""

    def aside(self, review_id: int) -> str:
        """Address of the page where a reviewer who cannot judge the author gives the work back, with a reason for the tutors: it finds
        somebody else by itself, and the two are kept apart from then on."""

    def take(self, terms: ReviewTerms, reviewer_id: int, lease: timedelta) -> Review | None:
        """One work for somebody who asks for one, theirs for the time of the lease: of those in `terms.first`, else of all, the one
        with the fewest reviews done or on lease, of several the first. Whoever has one that is not done gets that again; None when
        there is none they may review."""

    def give_back(self, terms: ReviewTerms, over: bool = False) -> Sequence[int]:
        """Put back what was taken and not begun within its lease; when reviewing is `over`, all that is not done. Returns who had it."""

    def clear(self) -> None:
        """As if nothing had been handed out."""

    def kept_apart(self) -> Collection[tuple[int, int]]:
        """Pairs of people of the run, in either order, who do not review each other in any activity. One statement."""

    def wishes(self) -> Mapping[tuple[str, int], int]:
        """What people would rather review or rather not, for `ReviewTerms.wishes`. One statement."""

    def ask_wishes(self, offered: Sequence[Offered], person_id: int) -> Markup:
        """The fields in which a person says so, to stand within a `<form>`. One statement."""

    def keep_wishes(self, offered: Sequence[Offered], person_id: int) -> None:
        """Keep what was sent in these fields."""

    @property
    def conflicts(self) -> str:
        """Address of the page where a participant names those they are to be kept apart from, in all activities of the run."""

    @property
    def board(self) -> str:
        """Address of the board where staff see all of it, change and repair it."""


class Booking(Protocol):
    """Places in the slots of one activity in one run. Whoever takes and gives back holds the activity (`visit.lock()`); the kind's
    `Gathering` hears of every change, and whoever waits gets what becomes free and is told."""

    def take(self, slot: Slot, person_id: int | None = None, team: Team | None = None) -> Booked:
        """A place for this person (or another, or a whole team): one with a number, or the last on the waiting list. Taken twice it
        stays the same. Raises BadInput when it is too late."""

    def leave(self, slot: Slot, person_id: int | None = None) -> None:
        """Give a place back, their own or their team's; the next one who waits gets it. Without a place nothing happens."""

    def fill(self, slot: Slot) -> Sequence[int]:
        """Give free places to those who wait longest, and tell them: for when there are more seats. Returns who they are."""

    def of(self, slot: str | None = None, person_id: int | None = None) -> Sequence[Booked]:
        """Places and who waits, in the order they asked (of one slot; of one person and their team). One statement."""

    def opened(self, purpose: str = "") -> Sequence[Slot]:
        """Times that staff opened and did not call off, by date. One statement."""

    @property
    def page(self) -> str:
        """Address of the page where staff open times and others book them."""


class Attendance(Protocol):
    """What meetings of one activity there are in one run, and who was at them. What a tutor says stands."""

    def arranged(self) -> Sequence[Meeting]:
        """The meetings of the course as they are in this run: at the times staff moved them to, with those they called off. Asks the
        database nothing that a visit has not read already."""

    def planned(self) -> Sequence[Meeting]:
        """The same without those that are called off: what attendance is counted by."""

    def change(self, meeting: Meeting) -> Markup:
        """For everybody: that it is moved or called off, and why; nothing for others. Asks the database nothing."""

    def time_address(self, meeting: Meeting) -> str:
        """Where staff move it or call it off."""

    def of(self, person_id: int | None = None) -> Mapping[tuple[int, str], Presence]:
        """What is known (of one person), by person and meeting. One statement."""

    def attended(self, person_id: int) -> Attended:
        """Where a person was. Two statements."""

    def note(self, meetings: Sequence[Meeting], shown: Set[tuple[int, str]], ticked: Set[tuple[int, str]]) -> int:
        """Take over what a tutor changed in a table of (person, meeting): `shown` were ticked when it was made, `ticked` are now; what
        others did meanwhile stays. Returns how many changed."""

    def address(self, meeting: Meeting) -> str:
        """Where people join a meeting: its link, or the page that leads to a room of the site's own server."""

    def enter_code(
        self, meeting: Meeting, word: str
    ) -> Literal["right", "already", "wrong", "closed", "tries", "refused"]:
        """This person types in the word of a meeting. Wrong ones are counted, also when many are sent at once."""

    def show(self, meeting: Meeting, takes_part: bool, presence: Presence | None) -> Markup:
        """For a learner's page: where they stand at this meeting, the link to join by, and the ways to show that they were there. The
        forms lead to the core's own pages. Asks the database nothing."""

    @property
    def board(self) -> str:
        """Address of the table of planned and present, for staff, with lists to sign."""


class Votes(Protocol):
    """Votes of people in one activity of one run."""

    def counts(self, name: str = "") -> Mapping[str, int]:
        """How many votes each subject has. One statement."""

    def mine(self, name: str = "") -> Set[str]:
        """What this person voted for. One statement."""

    def cast(self, ballot: Ballot, subject: str, vote: bool = True) -> None:
        """Vote for a subject, or take the vote back. Raises BadInput for one's own, for too many, and when the vote is closed."""

    def show(
        self, ballot: Ballot, subject: str, title: str, page: str, counts: Mapping[str, int] | None = None,
        mine: Set[str] = frozenset(),
    ) -> Markup:  # fmt: skip
        """The button for a subject (`title`: what the reader calls it) and, where they are given, its votes. It is sent to one of the
        activity's pages, whose view calls `read` (or to an address of the site). Asks the database nothing."""

    def read(self, ballot: Ballot) -> None:
        """Cast what the button sent."""

    def clear(self, subjects: Sequence[str], name: str = "") -> None:
        """Forget the votes for these subjects: what they were for is gone."""


class Questions(Protocol):
    """Questions of one activity in one run, as its `Asking` says; `subject` names what they are put to."""

    def rows(self, subjects: Sequence[str]) -> Sequence[Question]:
        """All questions put to these subjects, hidden ones too, oldest first. One statement."""

    def waiting(self) -> Mapping[str, int]:
        """How many questions have no answer yet, by subject. One statement."""

    def ask(self, subject: str, text: str) -> Question:
        """Put a question, and tell those it is put to. Raises BadInput for no words, too many, too many open ones, and as `terms` refuse;
        LookupError for a subject this person puts none to."""

    def answer(self, id: int, state: str, words: str = "") -> Question:
        """Bring a question to another state, and tell whom it concerns. Raises BadInput for missing words, LookupError for what this
        person may not do."""

    def vote(self, id: int, vote: bool = True) -> None:
        """Vote for a question, or take the vote back. Raises BadInput as votes do, LookupError."""

    def mine(self) -> Set[int]:
        """Ids of the questions of this activity that this person voted for. One statement."""

    def show(self, subject: str) -> Markup:
        """The questions to a subject with their answers, votes and the form to put one; nothing for those who do not read them. Six
        statements at most, and those of its terms."""

    def cards(self, subject: str) -> Sequence[tuple[Question, Markup]]:
        """The same question by question, for pages that put them among other things. Five statements at most."""

    def form(self, subject: str) -> Markup:
        """The form to put one, or why none is put now; nothing for those who do not ask."""

    def written(self, subject: str) -> Markup:
        """Questions and answers to read and to print, without what is hidden; nothing where there are none. Three statements."""

    def address(self, subject: str) -> str:
        """Where the questions to a subject stand."""


class Submissions(Protocol):
    """Works handed in to one activity of one run, version by version, as its `Submitting` asks. Pages to write, hand in, read, comment and
    answer are the core's (`address`, `address_of`); whatever changes a work calls `Submitting.changed`."""

    # whose
    def owner(self) -> Owner | None:
        """Whose work this person does here; None for somebody who has to find a team first. One statement at most."""

    def owner_of(self, key: str) -> Owner:
        """The owner of this key. One statement."""

    def whose(self, found: Sequence[Submission]) -> Mapping[str, Owner]:
        """The owners of works by their keys. Two statements at most."""

    def owners(self) -> Sequence[Owner]:
        """Everybody who may hand in, teams first; those who lack a team are left out. Two statements."""

    def stages(self, owner: str | None = None) -> Sequence[StageRule]:
        """What is to be handed in, with the time this owner has. One statement with an owner, none without."""

    # what is kept
    def lines(self, *owners: str) -> Sequence[SubmissionLine]:
        """All versions (of these owners) without texts, drafts too, by owner, stage and number. One statement."""

    def steps(self, owner: str | None = None) -> Mapping[str, Mapping[str, Step]]:
        """How far every stage is, by owner and stage. One statement."""

    def versions(self, owner: str, stage: str) -> Sequence[Submission]:
        """All versions of one work, oldest first; the last may be a draft. One statement."""

    def get(self, id: int) -> Submission | None:
        """A version that was handed in. One statement."""

    def latest(self, stage: str | None = None) -> Sequence[Submission]:
        """What counts: the latest version each owner handed in (for this stage). One statement."""

    def form(self, id: int) -> Assessment | None:
        """The tutor's marking form that counts for a version: of several the one that was finished last. One statement."""

    def files(self, found: Sequence[Submission]) -> Mapping[int, Sequence[StoredFile]]:
        """The files of versions, by the version's id. One statement."""

    def send(self, found: Submission, file_id: int, name: str | None = None) -> ResponseReturnValue:
        """A file of a version as a download (`name` instead of its own, where names must not show); 404 for any other."""

    # what is done
    def save(
        self, stage: str, text: str, title: str = "", uploads: Sequence[FileStorage] = (), drop: Sequence[int] = (),
        seen: str | None = None,
    ) -> Submission:  # fmt: skip
        """Keep this person's draft, without the files `drop`. Raises BadInput when it is not the time, for too much, or when it was changed
        since the state `seen` (None: whatever it is); LookupError for an unknown stage."""

    def hand_in(self, stage: str) -> Submission:
        """Hand in this person's draft. Raises BadInput when it is not the time or something is missing, LookupError."""

    def answer(self, id: int, state: str, feedback: str, seen: str | None = None) -> None:
        """Accept a work ("accepted") or give it back ("returned", with words), and tell its people. Raises BadInput, LookupError."""

    def shown(self, to: str) -> Sequence[Submission]:
        """What is shown to this audience ("run", "public") now: of every owner who agrees the version that counts. Four statements at
        most."""

    def is_shown(self, found: Submission, to: str) -> bool:
        """Whether one work is among them. Three statements at most, none of which reads others' works."""

    def move(self, source: str, target: str) -> None:
        """Give the drafts of one owner to another, where that has none: somebody joined or left a team."""

    # where and how it is shown
    def address(self, stage: str) -> str:
        """Where this person writes and hands in."""

    def address_of(self, id: int) -> str:
        """Where a version that was handed in is read, commented and answered."""

    def time_address(self, owner: str, stage: str) -> str:
        """Where staff give an owner more time."""

    @property
    def gallery(self) -> str:
        """Where works are that are shown to everybody in the run."""

    def public_address(self, id: int) -> str:
        """Where everybody reads a work that is shown in public."""

    def current(self, stages: Sequence[StageRule], steps: Mapping[str, Step]) -> StageRule | None:
        """The stage to work on: what was given back first, then the first that is open and waits for something; None without one. Asks
        the database nothing."""

    def overview(self, stages: Sequence[StageRule], steps: Mapping[str, Step], link: bool = True) -> Markup:
        """The stages of one owner with their states (`link`: they lead to the own work). Asks the database nothing."""

    def board(self) -> Markup:
        """For staff: what waits, and everybody's works stage by stage, with more time to give. Six statements at most."""

    def show(
        self, found: Submission, files: Sequence[tuple[str, str]] | None = None, answered: bool = False
    ) -> Markup:  # fmt: skip
        """A version to read: title, text, files, and with `answered` (for those who wrote it and for staff) the tutor's comments beside
        the text and the answer. `files`: (name, address) instead of the core's own, where names must not show. Three statements at
        most."""


class Assessments(Protocol):
    """Marking forms of one activity in one run. `subject` names what is marked, in the plugin's own words (`work:12`)."""

    def form(self, criteria: Criteria, found: Assessment | None = None) -> Markup:
        """The fields of a marking form, to stand within a `<form>`; filled from `found` or from what was just sent."""

    def read(self, criteria: Criteria, complete: bool = True) -> tuple[dict[str, float], dict[str, str], str]:
        """What was sent: values, comments by criterion, general comment. Raises BadInput naming the criterion when a value is
        out of range or, with `complete` (a draft is not), missing."""

    def save(
        self, subject: str, criteria: Criteria, values: Mapping[str, float], comments: Mapping[str, str], comment: str,
        assessor_id: int, role: str, done: bool = True,
    ) -> Assessment:  # fmt: skip
        """Store one assessor's form for a subject, replacing their earlier one; `done=False` keeps a draft."""

    def of(self, subjects: Sequence[str] | None = None, role: str | None = None) -> Sequence[Assessment]:
        """Stored forms, in one query."""

    def states(self, role: str | None = None) -> Sequence[FormState]:
        """How far all stored forms are (of this role), in one query: for counting and for lists, which need no more of hundreds."""

    def remove(self, subjects: Sequence[str]) -> None:
        """Forget all forms for these subjects: what they were about is gone."""

    def in_use(self, criteria: Criteria, name: str = "") -> Criteria:
        """The form works are marked by: as it was when `begin` was first called, whatever a later edition of the course says; the
        given one before that. `name` tells several forms of one activity apart."""

    def begin(self, criteria: Criteria, name: str = "") -> Criteria:
        """The form in use, from now on at the latest: for the first act of marking."""

    def compared_with(self, criteria: Criteria, others: Mapping[int, str]) -> Criteria:
        """The form that compares one work with others (what the reader calls them, by number), where criteria are pairwise."""

    def keep_workings(self, workings: Sequence[KeptWorking]) -> Set[int]:
        """Keep how marks were worked out, in two statements; returns the ids of those whose changed. Nothing is replaced: what held
        before can be looked up."""

    def workings(self, person_id: int, part: str) -> Sequence[KeptWorking]:
        """How a mark was worked out, the latest first, in one query."""

    def show_working(self, kept: KeptWorking, names: Mapping[str, str] | None = None) -> Markup:
        """A mark with its formula and what was counted; `names`: what the reader calls the parts."""

    def show(self, assessment: Assessment, title: str = "") -> Markup:
        """A filled-in form as a table with its arithmetic, without the assessor's name."""


class Visit(Protocol):
    """One person looking at one activity in one run, checked: what every view and every `show` gets."""

    site: Site
    person: Actor
    now: datetime

    @property
    def role(self) -> str:
        """learner, tutor, author (looks, takes no part) or admin."""

    @property
    def run(self) -> Run: ...
    @property
    def course(self) -> Course:
        """The published course in the person's language."""

    @property
    def block(self) -> Block[Any]: ...
    @property
    def settings(self) -> Any:
        """The block's settings, as the kind's `Settings`."""

    def may(self, policy: Policy) -> bool:
        """Whether this role is within the policy."""

    def at(self, moment: Any, end_of_day: bool = False) -> datetime:
        """A `courses.moments.Moment` of the settings as an instant of this run."""

    def edition(self, revision_id: int, language: str) -> Visit | None:
        """The same visit with the block as it is in a revision of the course and a language, such as those somebody answered in;
        None where that revision has no such block, under this id or one it goes on from."""

    # the page
    def form(self, kind: type[F], **options: Any) -> F:
        """A form, bound to what was sent if this is a POST; protected against forged requests."""

    @property
    def csrf(self) -> str:
        """The token a form made without a template carries as `csrf_token` (templates: `{{ m.csrf() }}`)."""

    def sent(self, name: str) -> str:
        """One value of what was sent without a form class ("" when it is missing)."""

    def render(self, template: str, **context: Any) -> Markup:
        """A template of the plugin (`quiz/attempt.html`), with `visit`, `settings`, `block` and the layout's own names."""

    def html(self, source: str) -> Markup:
        """Rendered course HTML out of the settings, with its links pointing into this run."""

    def url(self, page: str = "", **query: Any) -> str:
        """Address of one of the activity's own pages (`""`: its first)."""

    def redirect(self, page: str = "", **query: Any) -> ResponseReturnValue:
        """Go to one of the activity's own pages."""

    @property
    def lesson_url(self) -> str:
        """Address of the block within its lesson."""

    def back(self) -> ResponseReturnValue:
        """Go back to the lesson the block stands in."""

    def say(self, text: str, kind: str = "success") -> None:
        """Show a sentence on the next page: success, info, warning or error."""

    # what the core keeps for an activity
    def answer(self, kind: type[T]) -> T | None:
        """This person's one small typed answer."""

    def answers(self, kind: type[T]) -> Mapping[int, T]:
        """Everybody's answers by person id, in one query; for staff pages."""

    def save_answer(self, value: BaseModel, person_id: int | None = None) -> None:
        """Keep this person's answer (or, in a handler of `Tick`, another's), replacing the former."""

    def shared(self, kind: type[T]) -> T | None:
        """What the activity keeps for the whole run, one typed value."""

    def save_shared(self, value: BaseModel) -> None:
        """Keep it."""

    def result(self, item: str | None = None, person_id: int | None = None) -> Recorded | None:
        """The stored result of this person (already read) or another (one query)."""

    def results(self, *items: str) -> Mapping[tuple[int, str], Recorded]:
        """Everybody's results of these items (default: the block's own), by (person id, item), in one query."""

    def explanation(self, item: str | None = None, person_id: int | None = None) -> str:
        """Why the result is what it is, in words ("" without one)."""

    def record(self, result: Result, person_id: int | None = None) -> None:
        """Store a result of this person or, by staff or a `Tick`, of another."""

    def lock(self, name: str = "") -> None:
        """Hold this activity of this run (or its part `name`) until the request ends, so that counts stay true. What is kept
        (answers, the shared value, the phase) is read anew afterwards: somebody may have changed it while this visit waited."""

    # people
    def people(self, role: str = "learner") -> Sequence[Member]:
        """Active members with this role, by name, in one query."""

    def notify(self, person_ids: Sequence[int], text: Message, page: str = "", kind: str = "activity") -> None:
        """Leave a notice (and a mail, as each person wishes) that leads to one of the activity's pages."""

    # shared parts
    @property
    def phases(self) -> Phases: ...
    @property
    def files(self) -> Files: ...
    @property
    def discussion(self) -> Discussion: ...
    @property
    def teams(self) -> Teams: ...
    @property
    def assessments(self) -> Assessments: ...
    @property
    def allocation(self) -> Allocation: ...
    @property
    def submissions(self) -> Submissions: ...
    @property
    def booking(self) -> Booking: ...
    @property
    def attendance(self) -> Attendance: ...
    @property
    def votes(self) -> Votes: ...
    @property
    def questions(self) -> Questions: ...


def package_folder(plugin: Plugin, name: str) -> Path:
    """Where a plugin keeps its `templates`, `static`, `translations` or `migrations` (the folder may be absent)."""
    from importlib.resources import files  # noqa: PLC0415 - only needed while the site is put together

    return Path(str(files(plugin.package))) / name
