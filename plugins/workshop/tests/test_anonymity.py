"""Who wrote what: nothing that reaches a participant's browser or mailbox says it while the workshop is anonymous.

Everyone's names, address, number and file names are marks that stand nowhere else. Each participant opens every page and file
of the workshop they can reach, in every phase. The same search must find the marks where the workshop is not anonymous.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from sqlalchemy import select

from lms.allocation.models import AllocationPair
from lms.notices.models import OutgoingMail
from lms.plugin import db
from lms_workshop.models import Work

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева")
FIRST = 770_001


def people(room: Any) -> dict[str, tuple[str, ...]]:
    """Learners with marks of their own; each mark by its owner's surname."""
    found = {}
    for place, surname in enumerate(NAMES):
        given, patronymic, mail = f"Имя{surname}", f"Отчество{surname}", f"mark{place}@secret.example"
        id = FIRST + place
        room.join(surname, given_name=given, patronymic=patronymic, email=mail, id=id)
        found[surname] = (surname, given, patronymic, mail, str(id))
    return found


def reached(room: Any, browser: Any) -> Iterator[tuple[str, str]]:
    """Every page and file of the workshop that links lead to, from the lesson on: (address, head and body)."""
    waiting = [room.lesson, room.base, f"{room.stage.base(room.run)}grades", "/notices", "/calendar", "/"]
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        with room.stage.outside():
            response = browser.client.get(address, follow_redirects=True)
        body = response.get_data(as_text=True)
        head = unquote(str(response.headers))
        response.close()
        assert response.status_code in (200, 403), address
        yield address, f"{address}\n{head}\n{unescape(body)}"
        for link in re.findall(r'(?:href|src)="([^"]+)"', body):
            path = urlsplit(urljoin(f"http://localhost{address}", unescape(link))).path
            if path.startswith(room.base) and path not in seen:
                seen.add(path)
                waiting.append(path)


def owners(room: Any, marks: dict[str, tuple[str, ...]], surname: str) -> set[str]:
    """Whose marks this participant meets anywhere."""
    found = set()
    for _address, text in reached(room, room.browsers[surname]):
        # the name in the menu is the reader's own
        found |= {owner for owner, own in marks.items() if owner != surname and any(mark in text for mark in own)}
    return found


def mailed(room: Any, marks: dict[str, tuple[str, ...]]) -> set[tuple[str, str]]:
    """(reader, owner) for marks in mails to others."""
    db.session.rollback()
    names = {id: surname for surname, id in room.people.items()}
    found = set()
    for row in db.session.execute(
        select(OutgoingMail.person_id, OutgoingMail.subject, OutgoingMail.text, OutgoingMail.html)
    ):
        whole = " ".join(row[1:])
        reader = names[row.person_id]
        found |= {
            (reader, owner) for owner, own in marks.items() if owner != reader and any(mark in whole for mark in own)
        }
    return found


def fill(room: Any) -> None:
    for surname in NAMES:
        files = {f"{surname}.txt": f"труд {room.secret(surname)}".encode(), "план.txt": "план".encode()}
        room.hand_in(surname, files=files)


def through(room: Any) -> Iterator[str]:
    """The phases, one after the other and back again, with something done in each."""
    fill(room)
    yield "submission"
    room.move("review")
    yield "handed out"
    for place, (_, reviewer, number) in enumerate(room.pairs()):
        room.review(reviewer, number, finish=place % 3 != 0, comment=f"Отзыв {place}.")
    yield "review"
    room.move("evaluation")
    room.tutor.post(
        f"{room.base}works/{room.work(NAMES[0])}/", {"criterion-clear": "1", "criterion-useful": "1", "comment": "Так."}
    )
    room.tutor.post(f"{room.base}people/{room.people[NAMES[1]]}/review/", {"percent": "5", "reason": "Так."})
    yield "evaluation"
    room.move("closed")
    yield "closed"
    room.move("review")
    yield "review again"
    room.move("submission")
    yield "submission again"
    room.move("closed")
    room.stage.tick()
    yield "closed again"


def test_nobody_learns_who_wrote_what(room: Any) -> None:
    marks = people(room)
    author = room.stage.browser(room.stage.person("Составитель", is_author=True))
    for surname in NAMES[::2]:
        room.browsers[surname].client.set_cookie("lang", "ru", domain="localhost")
    for phase in through(room):
        met = {surname: owners(room, marks, surname) for surname in NAMES}
        assert (phase, met) == (phase, {surname: set() for surname in NAMES})
        for address, text in reached(room, author):
            assert [mark for own in marks.values() for mark in own if mark in text] == [], (phase, address)
    assert mailed(room, marks) == set()


def test_the_same_search_finds_the_names_where_they_may_be_seen(room_with: Any) -> None:
    room = room_with("anonymous: false\n")
    marks = people(room)
    for phase in through(room):
        pairs = room.pairs()
        mine = {surname: {author for author, reviewer, _ in pairs if reviewer == surname} for surname in NAMES}
        done = {number for number, *_ in finished(room)}
        theirs = {
            surname: {reviewer for author, reviewer, _ in pairs if author == surname and (author, reviewer) in done}
            for surname in NAMES
        }
        closed = phase.startswith("closed")
        expected = {surname: mine[surname] | (theirs[surname] if closed else set()) for surname in NAMES}
        assert (phase, {surname: owners(room, marks, surname) for surname in NAMES}) == (phase, expected)
    assert mailed(room, marks) == set()


def finished(room: Any) -> list[tuple[tuple[str, str]]]:
    """((author, reviewer),) of the finished reviews."""
    return [((author, reviewer),) for place, (author, reviewer, _) in enumerate(room.pairs()) if place % 3 != 0]


def test_staff_see_who_is_who(room: Any) -> None:
    marks = people(room)
    fill(room)
    room.move("review")
    seen = {owner for _, text in reached(room, room.tutor) for owner, own in marks.items() if own[0] in text}
    assert seen == set(NAMES)


def test_files_come_under_neutral_names(room: Any) -> None:
    people(room)
    fill(room)
    room.move("review")
    for author, reviewer, number in room.pairs():
        content, head = room.file(reviewer, f"reviews/{number}/files/1")
        assert content.decode() == f"труд {room.secret(author)}"
        assert f"Work {number}, file 1.txt" in head
        room.browsers[reviewer].get(f"{room.base}reviews/{number}/files/3", status=404)
    author, reviewer, number = room.pairs()[0]
    outsider = next(name for name in NAMES if name not in (author, reviewer) and number not in room.of(name))
    room.browsers[outsider].get(f"{room.base}reviews/{number}/files/1", status=404)
    room.browsers[author].get(f"{room.base}reviews/{number}/files/1", status=404)
    assert "Абрикосова.txt" in room.tutor.get(f"{room.base}works/{room.work('Абрикосова')}/")


def test_pseudonyms_stay_the_same_and_are_not_shared(room: Any) -> None:
    people(room)
    fill(room)
    room.move("review")
    room.review_all()

    def numbers() -> tuple[list[Any], list[Any]]:
        db.session.rollback()
        works = db.session.execute(select(Work.owner, Work.number).order_by(Work.number)).all()
        reviewers = db.session.execute(
            select(AllocationPair.reviewer_id, AllocationPair.number).distinct().order_by(AllocationPair.number)
        ).all()
        return [tuple(row) for row in works], [tuple(row) for row in reviewers]

    before = numbers()
    assert [[number for _, number in side] for side in before] == [[1, 2, 3, 4], [1, 2, 3, 4]]
    for phase in ("evaluation", "closed", "review", "submission", "closed"):
        room.move(phase)
        assert numbers() == before
    pages = {surname: room.page(surname) for surname in NAMES}
    of_reviewer = dict(before[1])
    for author in NAMES:
        expected = sorted(of_reviewer[room.people[reviewer]] for one, reviewer, _ in room.pairs() if one == author)
        assert [int(number) for number in re.findall(r"Reviewer (\d+)", pages[author])] == expected
