"""The life of a workshop of twelve teachers over three weeks, day by day: a work that comes late, a drop-out after works are handed out, a
late-comer, a reviewer who never reviews, an appeal. At the end everybody has marks that are explained, or an explained absence of one.

Every reviewer gives a work what it is worth, so that the marks can be told beforehand whoever reviews whom.
"""

from typing import Any

import pytest
from sqlalchemy import func, select

from lms.allocation.models import AllocationPair
from lms.enrolment.service import withdraw
from lms.notices.models import Notice
from lms.plugin import db

OPTIONS = """reviewers: 3
late: allow
penalty: 10%
pass: 60%
phases:
  submission: {opens: day 1, closes: day 7 21:00}
  review: {closes: day 14 21:00}
  evaluation: {closes: day 17}
"""
DILIGENT = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева", "Дубова", "Елина", "Жданова")
SILENT, LEAVES, LATE, IDLE, COMES = "Зимина", "Иванова", "Клёнова", "Липина", "Малинина"
WORTH = dict(zip((*DILIGENT, SILENT, LEAVES, LATE, COMES), (40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80), strict=True))
"""Points of 80 for clarity by author; usefulness is 20 of 20."""


class Weeks:
    """The room, with a calendar: `day(n)` is noon of the n-th day, after the site has looked at the time."""

    def __init__(self, room: Any) -> None:
        self.room = room
        self.today = 1
        self.done: dict[str, set[int]] = {name: set() for name in WORTH}

    def day(self, number: int) -> None:
        while self.today < number:
            self.today += 1
            self.room.wait(days=1)
            self.room.stage.tick()

    def share(self, author: str) -> float:
        """What the work is worth."""
        return (WORTH[author] + 20) / 100

    def owed(self, reviewer: str) -> list[int]:
        """Works somebody was asked to review and has not."""
        return [number for number in self.room.of(reviewer) if number not in self.done[reviewer]]

    def review(self, reviewer: str, most: int = 9) -> None:
        """Review some of what is owed."""
        authors = {number: author for author, _, number in self.room.pairs()}
        for number in self.owed(reviewer)[:most]:
            self.room.review(
                reviewer, number, clear=WORTH[authors[number]], useful=20, comment=f"О {number}: вижу, что…"
            )
            self.done[reviewer].add(number)


@pytest.fixture
def weeks(room_with: Any, monkeypatch: pytest.MonkeyPatch) -> Weeks:
    # the lot that the works are handed out by is drawn beforehand, so that this life is the same every time
    monkeypatch.setattr("lms.allocation.service.token_hex", lambda size: "a")
    return Weeks(room_with(OPTIONS))


def notices(room: Any, surname: str) -> str:
    """Everything somebody was told."""
    db.session.rollback()
    rows = db.session.execute(select(Notice.text).where(Notice.person_id == room.people[surname])).scalars()
    return "\n".join(map(str, rows))


def explained(room: Any, surname: str) -> dict[str, tuple[str, bool]]:
    """State of each result of a person, and whether it says why in words they can read."""
    from lms.progress.service import explanations

    db.session.rollback()
    why = explanations(room.run, room.people[surname])
    return {item: (found.state, bool(why.get(item, "").strip())) for item, found in room.results(surname).items()}


def test_three_weeks_of_twelve_teachers(weeks: Weeks, words: Any) -> None:
    room = weeks.room
    room.learners(*DILIGENT, SILENT, LEAVES, LATE, IDLE)

    # the first week: works come in, one a day; the last two do not
    for number, surname in enumerate((*DILIGENT, SILENT, LEAVES), start=1):
        weeks.day(min(number, 6))
        room.hand_in(surname)
    weeks.day(8)
    assert len(room.pairs()) == 9 * 3
    assert sorted({author for author, _, _ in room.pairs()}) == sorted((*DILIGENT, SILENT, LEAVES))

    # the second: reviews begin; somebody leaves, somebody is late, somebody joins
    for surname in DILIGENT:
        weeks.review(surname, most=1)
    weeks.day(9)
    withdraw(room.stage.site, room.run, room.people[LEAVES], None)
    db.session.commit()
    room.tutor.post(f"{room.stage.base(room.run)}allocation/sample/repair")
    assert LEAVES not in {reviewer for _, reviewer, _ in room.pairs()}
    assert {
        author: sum(one == author for one, _, _ in room.pairs()) for author in (*DILIGENT, SILENT)
    } == dict.fromkeys((*DILIGENT, SILENT), 3)
    room.hand_in(LATE)
    assert sum(author == LATE for author, _, _ in room.pairs()) == 3
    weeks.day(10)
    room.join(COMES)
    weeks.day(11)
    room.hand_in(COMES)
    assert sum(author == COMES for author, _, _ in room.pairs()) == 3
    for surname in (*DILIGENT, LATE, COMES):
        weeks.review(surname)

    # the end is near: who lacks reviews is seen, volunteers are asked, and help. Late-comers have reviewed too, so that of the works
    # the silent one was given some may have enough without
    there = {
        name: {one for author, one, _ in room.pairs() if author == name} - {SILENT}
        for name in (*DILIGENT, SILENT, LATE, COMES)
    }
    short = sorted(name for name, reviewers in there.items() if len(reviewers) < 3)
    assert short, "the lot must leave somebody short, or nothing is seen here"
    weeks.day(14)
    page = words(room.tutor.get(f"{room.base}forecast/"))
    assert sorted(name for name in there if room.secret(name) in page) == short
    assert "will probably lack reviews" in notices(room, "Ведущая")
    assert ["would you read one more?" in notices(room, name) for name in (DILIGENT[0], SILENT)] == [True, False]
    for helper, _ in zip(DILIGENT, short, strict=False):
        room.browsers[helper].post(f"{room.base}reviews/take")
        weeks.review(helper)
    left = words(room.tutor.get(f"{room.base}forecast/"))
    assert {name for name in there if room.secret(name) in left} <= set(short)

    # the third week: the tutor looks, the marks come
    weeks.day(16)
    assert "Reviews are not accepted now" in words(room.review(SILENT, room.of(SILENT)[0], status=422))
    weeks.day(18)
    db.session.rollback()
    unfinished = db.session.execute(
        select(func.count()).select_from(AllocationPair).where(AllocationPair.reviewer_id == room.people[SILENT])
    ).scalar_one()
    expected = {name: ("complete", True, True, pytest.approx(80 * weeks.share(name) + 20)) for name in DILIGENT}
    expected[SILENT] = ("failed", False, False, pytest.approx(80 * weeks.share(SILENT)))
    for name in (LATE, COMES):  # a tenth is the price of coming late
        whole = 80 * 0.9 * weeks.share(name) + (20 if weeks.done[name] else 0)
        expected[name] = ("complete", True, True, pytest.approx(whole))
    expected[IDLE] = ("failed", False, False, 0)
    assert unfinished >= 3
    assert {name: room.standing(name) for name in expected} == expected
    assert room.results(SILENT)["sample.review"].points == 0
    assert f"Only 0 of {unfinished} reviews are done" in words(room.page(SILENT))
    assert "No work was handed in." in words(room.page(IDLE))
    assert "The work came late, which takes 10% of that" in words(room.page(LATE))

    # an appeal: the tutor looks again
    asks, answers = DILIGENT[0], {"percent": "75", "reason": "Критерий ясности прочитан строже, чем написан."}
    room.browsers[asks].post(f"{room.base}marks/work/appeal", {"reason": "Прошу посмотреть на ясность: план есть."})
    assert room.standing(asks)[0] == "waiting"
    weeks.day(20)
    room.tutor.post(f"{room.base}appeals/1/", answers)
    assert room.standing(asks) == ("complete", True, True, pytest.approx(80 * 0.75 + 20))
    said = words(room.browsers[asks].get(f"{room.base}marks/work/"))
    assert ("прочитан строже" in said, "How it was before" in said) == (True, True)

    # everybody in the course has three results, each says why; who has left has what was said then
    weeks.day(21)
    items = ("sample", "sample.review", "sample.work")
    told = {name: explained(room, name) for name in expected}
    assert {name: tuple(sorted(states)) for name, states in told.items()} == dict.fromkeys(expected, items)
    assert [item for states in told.values() for item, (_, why) in states.items() if not why] == []
    assert explained(room, LEAVES) == {"sample": ("started", True)}
