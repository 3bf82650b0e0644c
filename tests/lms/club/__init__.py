"""A form of activity made of the shared parts about meeting: a club with seats, two meetings, hours of advice, a vote, and
questions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel

from lms.enrolment.place import find_place
from lms.plugin import (
    LEARNER,
    MEMBER,
    STAFF,
    Activity,
    ActivityPages,
    ActivitySettings,
    Actor,
    Appointments,
    Asking,
    Ballot,
    Gathering,
    Meeting,
    Message,
    Plugin,
    QuestionTerms,
    Result,
    Slot,
    Visit,
    db,
)  # fmt: skip
from lms.testing import Browser, Stage
from lms.visit import RunVisit

pages = ActivityPages()


class ClubSettings(ActivitySettings):
    """`first` and `second`: days of the run; `room` of the first meeting; `link` of both."""

    seats: int = 0
    first: int = 5
    second: int = 9
    room: str = "Аудитория 1"
    link: str = "https://meet.example.org/club"


class Seen(BaseModel):
    """What `Gathering.changed` told of a person."""

    meetings: tuple[str, ...]
    places: int


class Club(Activity[ClubSettings]):
    """The club."""

    name, title, Settings = "club", "Club", ClubSettings
    summary = "A club."
    example = ":::{club} A club\n:id: club\n:::"

    def show(self, visit: Visit) -> Markup:
        """Nothing to see."""
        return Markup("<p>Клуб</p>")

    def pages(self) -> ActivityPages:
        """Its pages."""
        return pages


def planned(visit: Visit) -> list[Meeting]:
    """Two meetings of an hour, at six in the evening."""
    given: ClubSettings = visit.settings
    start = datetime.combine(visit.run.starts_on, datetime.min.time(), visit.now.tzinfo) + timedelta(hours=15)
    found = []
    for id, title, day, place in (("a", "Знакомство", given.first, given.room), ("b", "Итог", given.second, "")):
        starts = start + timedelta(days=day - 1)
        slot = "seats" if given.seats else None
        found.append(
            Meeting(
                id, title, starts, starts + timedelta(hours=1), place, given.link, slot, "мост",
                by_link=id == "b", by_word=True,
            )
        )  # fmt: skip
    return found


def slot(visit: Visit) -> Slot:
    """The seats."""
    return Slot("seats", visit.block.title, visit.settings.seats or None, planned(visit)[-1].ends)


class Meetings(Gathering):
    """What the core asks."""

    kind = "club"

    def meetings(self, visit: Visit) -> Sequence[Meeting]:
        """Both."""
        return planned(visit)

    def slots(self, visit: Visit) -> Sequence[Slot]:
        """The seats."""
        return [slot(visit)]

    def appointments(self, visit: Visit) -> Sequence[Appointments]:
        """Advice, one hour at a time, and talks."""
        return [Appointments("advice", "Консультации", 20), Appointments("talk", "Беседы", 45, most=2)]

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Keep what was told, and who was at both is done."""
        for person in people:
            were = visit.attendance.attended(person)
            visit.save_answer(Seen(meetings=were.meetings, places=len(visit.booking.of("seats", person))), person)
            if were.share == 1:
                visit.record(Result(True), person)


class Questions(Asking):
    """Questions to the host, which tutors answer, with two votes each until the first meeting; and to the first learner, who has to
    answer whatever others ask."""

    kind = "club"

    def terms(self, visit: Visit, subject: str) -> QuestionTerms | None:
        """What the core asks."""
        staff, first = visit.may(STAFF), visit.people()[0].id
        starts = planned(visit)[0].starts
        if subject == "host":
            over = visit.now >= starts
            return QuestionTerms(
                "Вопросы хозяину", "asked/", not staff, Message("It has begun.") if over else None, staff, voted=True,
                votes=not staff, most_votes=2, votes_until=starts,
            )  # fmt: skip
        if subject == "first":
            mine = visit.person.id == first
            return QuestionTerms(
                "Вопросы первому", asks=not mine, answers=mine, people=[first], must="Он ответит на все."
            )
        return None


@pages.get("asked/", MEMBER)
def asked(visit: Visit) -> ResponseReturnValue:
    """The questions to the host."""
    found = visit.questions
    parts = (found.show("host"), found.show("first"), found.written("host"))
    return Markup("<html><body><main>") + Markup("<hr>").join(parts) + Markup("</main></body></html>")


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """The meetings and the vote."""
    known = visit.attendance.of(visit.person.id)
    parts = [visit.attendance.show(one, True, known.get((visit.person.id, one.id))) for one in planned(visit)]
    ballot, counts, mine = themes(visit), visit.votes.counts("themes"), visit.votes.mine("themes")
    parts += [visit.votes.show(ballot, one, one.title(), "vote", counts, mine) for one in ballot.subjects]
    return Markup("<html><body><main>") + Markup("\n").join(parts) + Markup("</main></body></html>")


def themes(visit: Visit) -> Ballot:
    """Three themes; the first is that of the first learner. Two votes each, until the first meeting."""
    first = visit.people()[0].id
    return Ballot({"maps": [first], "letters": [], "songs": []}, 2, "themes", planned(visit)[0].starts)


@pages.post("vote", LEARNER)
def vote(visit: Visit) -> ResponseReturnValue:
    """Vote for a theme."""
    visit.votes.read(themes(visit))
    return visit.redirect()


@pages.post("seat", LEARNER)
def seat(visit: Visit) -> ResponseReturnValue:
    """Take a seat."""
    visit.booking.take(slot(visit))
    return visit.redirect()


@pages.post("leave", LEARNER)
def leave(visit: Visit) -> ResponseReturnValue:
    """Give it back."""
    visit.booking.leave(slot(visit))
    return visit.redirect()


@pages.post("clear", STAFF)
def clear(visit: Visit) -> ResponseReturnValue:
    """Forget the votes for the songs."""
    visit.votes.clear(["songs"], "themes")
    return visit.redirect()


plugin = Plugin("club", "tests.lms.club", (Club(), Meetings(), Questions()))


class Group:
    """A run with the club in it: learners, a tutor, their browsers."""

    def __init__(self, stage: Stage, learners: int = 2, options: str = ":seats: 1", language: str = "en") -> None:
        self.stage = stage
        self.course = stage.course(lesson=lesson(options))
        self.run = stage.run(self.course)
        self.base = stage.base(self.run)
        self.club = f"{self.base}activities/club/"
        self.attendance = f"{self.base}attendance/club"
        self.booking = f"{self.base}booking/club"
        self.learners = [stage.person(f"Слушатель{n}", language=language) for n in range(1, learners + 1)]
        self.tutor = stage.person("Ведущий", language=language)
        stage.enrol(self.run, *self.learners)
        stage.enrol(self.run, self.tutor, role="tutor")
        self._browsers: dict[int, Browser] = {}

    def browser(self, person: int) -> Browser:
        """Somebody's browser."""
        if person not in self._browsers:
            self._browsers[person] = self.stage.browser(person)
        return self._browsers[person]

    def move(self, **by: float) -> None:
        """Later: sessions have ended meanwhile, so everybody signs in anew."""
        self.stage.move(**by)
        self._browsers = {}

    def again(self, options: str) -> None:
        """Publish the course with other options, and move the run to that edition."""
        from lms.publishing.move import move

        self.stage.course(lesson=lesson(options), folder=self.course)
        move(self.stage.site, self.run)
        db.session.commit()

    def visit(self, person: int = 0) -> RunVisit:
        """The visit of a learner, or of the staff, to the club."""
        place = find_place(Actor(person or self.tutor), self.base.split("/")[2])
        visit = RunVisit(self.stage.site, self.stage.actor(person or self.tutor), place)
        visit.enter_block(visit.course.block("club"))
        return visit


def lesson(options: str) -> str:
    """A lesson with the club."""
    return f":::{{club}} Клуб\n:id: club\n{options}\n:::\n"
