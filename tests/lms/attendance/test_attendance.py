"""Who was there: ticked, by the word said there, by following the link, by one's own word that a tutor agrees to; tables and lists."""

import csv
import re
from collections.abc import Callable
from io import StringIO

import pytest

from lms.attendance.feature import AttendanceData
from lms.db import db
from lms.plugin import Attended
from lms.testing import Stage
from tests.lms.club import Group, Seen, plugin

LINK = "https://meet.example.org/club"
SAID = "Говорили о картах, я спросила про масштаб."
WITH_SEATS = ":seats: 5"


@pytest.fixture
def plugins():
    return (plugin,)


@pytest.fixture
def group(stage: Stage):
    return lambda **how: Group(stage, **{"options": "", **how})


def known(it: Group) -> dict[tuple[int, str], tuple[str, str, int | None]]:
    """(state, source, minutes) by person and meeting."""
    db.session.rollback()
    return {key: (one.state, one.source, one.minutes) for key, one in it.visit().attendance.of().items()}


def attended(it: Group, person: int) -> Attended:
    db.session.rollback()
    return it.visit().attendance.attended(person)


def done(it: Group, person: int) -> bool:
    found = it.stage.results(it.run, person).get("club")
    return found is not None and found.completed


def test_four_ways_lead_to_the_same_table(group: Callable[..., Group]) -> None:
    it = group(learners=4)
    anna, boris, vera, gala = it.learners
    it.move(days=4, hours=6, minutes=10)  # ten past six on the fifth day
    it.browser(anna).post(f"{it.attendance}/a/code", {"word": " МОСТ "})
    it.browser(vera).post(f"{it.attendance}/a/declare", {"evidence": SAID})
    it.browser(it.tutor).post(it.attendance, {"present": f"{gala}:a"})
    it.browser(boris).post(f"{it.attendance}/a/join")
    assert known(it) == {
        (anna, "a"): ("present", "code", None), (vera, "a"): ("declared", "word", None),
        (gala, "a"): ("present", "tutor", None),
    }, "the first meeting counts nobody by its link"  # fmt: skip
    it.move(days=4)
    joined = it.browser(boris).post(f"{it.attendance}/b/join")
    assert it.browser(boris).response.headers["Refresh"] == f"0; url={LINK}"
    assert f'href="{LINK}"' in joined
    assert known(it)[boris, "b"] == ("present", "link", None)
    page = it.browser(it.tutor).get(it.attendance)
    row = page[page.index(f'id="who-{boris}"') :].partition("</tr>")[0]
    assert "by the link" in row
    assert '<td class="number">1 of 2</td><td class="number">1.33</td>' in row
    assert "1 waits for you" in page
    assert it.visit(anna).answer(Seen) == Seen(meetings=("a",), places=0), "the kind hears of it"


def test_a_link_with_russian_words_leads_there(group: Callable[..., Group]) -> None:
    it = group(options=":link: https://встречи.рф/клуб")
    it.move(days=8, hours=6, minutes=10)
    anna = it.browser(it.learners[0])
    anna.post(f"{it.attendance}/b/join")
    assert anna.response.headers["Refresh"] == "0; url=https://xn--b1agj4aeg1b.xn--p1ai/%D0%BA%D0%BB%D1%83%D0%B1"


def test_what_one_says_oneself_counts_when_the_tutor_agrees(group: Callable[..., Group]) -> None:
    it = group(learners=2)
    anna, boris = it.learners
    it.move(days=4, hours=7)
    page = it.browser(anna).get(it.club)
    assert "I was there, but have no word" in page
    assert "Say in a sentence or two" in it.browser(anna).post(
        f"{it.attendance}/a/declare", {"evidence": "Да"}, status=422
    )
    again = it.browser(anna).post(f"{it.attendance}/a/declare", {"evidence": "щ" * 2001}, status=422)
    assert "At most 2000 characters" in again
    assert "щ" * 2001 in again, "nothing is lost"
    for person in (anna, boris):
        it.browser(person).post(f"{it.attendance}/a/declare", {"evidence": SAID})
    assert "Waits for the tutor to agree" in it.browser(anna).get(it.club)
    assert attended(it, anna) == Attended((), 2, 0)
    page = it.browser(it.tutor).get(f"{it.attendance}/a")
    assert page.count(f"<q>{SAID}</q>") == 2
    assert page.count("Waits for your answer") == 2
    it.browser(it.tutor).post(
        f"{it.attendance}/a",
        {
            "person": [str(anna), str(boris)], f"was-{anna}": "/", f"was-{boris}": "/",
            f"state-{anna}": "present", f"minutes-{anna}": "45", f"state-{boris}": "absent", f"minutes-{boris}": "",
        },
    )  # fmt: skip
    assert known(it) == {(anna, "a"): ("present", "tutor", 45), (boris, "a"): ("absent", "tutor", None)}
    assert attended(it, anna) == Attended(("a",), 2, 45)
    refused = it.browser(boris).post(f"{it.attendance}/a/declare", {"evidence": SAID}, status=422)
    assert "The tutor has noted that you were absent." in refused
    assert "The tutor has noted that you were absent." in it.browser(boris).post(
        f"{it.attendance}/a/code", {"word": "мост"}, status=422
    )
    # the word is right, and whoever declared before may still type it in
    it.browser(it.tutor).post(it.attendance, {"present": f"{boris}:a"})
    assert known(it)[boris, "a"] == ("present", "tutor", None)


def test_minutes_of_one_meeting(group: Callable[..., Group]) -> None:
    it = group(learners=2)
    anna, boris = it.learners
    tutor, page = it.browser(it.tutor), f"{it.attendance}/a"

    def send(status: int = 200, **fields: str) -> str:
        return tutor.post(page, {"person": [str(anna), str(boris)], **fields}, status=status)

    too_long = send(422, **{f"state-{anna}": "present", f"minutes-{anna}": "61", f"was-{anna}": "/"})
    assert "The meeting lasted 60 minutes" in too_long
    assert 'value="61"' in too_long, "nothing is lost"
    assert known(it) == {}
    assert "1 mark of attendance was changed." in send(
        **{f"state-{anna}": "present", f"minutes-{anna}": "60", f"was-{anna}": "/"}
    )
    assert known(it) == {(anna, "a"): ("present", "tutor", None)}, "all of it is all of it, however long it is one day"
    send(**{f"state-{anna}": "present", f"minutes-{anna}": "30", f"was-{anna}": "present/"})
    assert attended(it, anna).minutes == 30
    # an old page does not undo what came meanwhile
    unchanged = send(**{f"state-{anna}": "present", f"minutes-{anna}": "", f"was-{anna}": "present/"})
    assert "Nothing was changed." in unchanged
    assert attended(it, anna).minutes == 30
    stranger = it.stage.person("Чужая")
    tutor.post(page, {"person": [str(stranger), "x", "9" * 30], f"state-{stranger}": "present", f"was-{stranger}": "/"})
    assert {person for person, _ in known(it)} == {anna}


def test_who_was_at_all_of_them_is_done(group: Callable[..., Group]) -> None:
    it = group(learners=1)
    (anna,) = it.learners
    it.browser(it.tutor).post(it.attendance, {"present": [f"{anna}:a"]})
    assert done(it, anna) is False
    it.browser(it.tutor).post(it.attendance, {"present": [f"{anna}:a", f"{anna}:b"], "shown": [f"{anna}:a"]})
    assert done(it, anna) is True


def test_the_list_to_sign_has_those_who_have_a_place(group: Callable[..., Group]) -> None:
    it = group(learners=3, options=WITH_SEATS)
    anna, boris, _vera = it.learners
    for person in (boris, anna):
        it.browser(person).post(f"{it.club}seat")
    page = it.browser(it.tutor).get(f"{it.attendance}/a/sheet")
    assert re.findall(r'<th scope="row">([^<]+)</th>', page) == ["Слушатель1 Анна Петровна", "Слушатель2 Анна Петровна"]
    assert page.count("<td></td></tr>") == 2 + 5
    for said in ("6 March 2026, 18:00", "Аудитория 1", "1.33", "Ведущий Анна Петровна"):
        assert said in page
    board = it.browser(it.tutor).get(it.attendance)
    assert re.findall(r'<span class="hint">(has a seat|no seat|on the waiting list)</span>', board) == [
        "has a seat", "has a seat", "no seat",
    ]  # fmt: skip


def test_the_list_to_sign_of_a_time_that_a_team_booked_has_its_people(group: Callable[..., Group]) -> None:
    it = group(learners=3)
    anna, boris, vera = it.learners
    teams = it.visit().teams
    teams.join(teams.create("Искры", anna).id, boris, 5)
    db.session.commit()
    given = {"starts": "2026-03-04T10:00", "minutes": "20", "count": "1", "seats": "2", "place": "Кабинет 7"}
    it.browser(it.tutor).post(f"{it.booking}/open/advice", {f"advice-{name}": value for name, value in given.items()})
    for person in (anna, vera):
        it.browser(person).post(f"{it.booking}/slot-1/take")
    page = it.browser(it.tutor).get(f"{it.attendance}/slot-1/sheet")
    names = [f"Слушатель{n} Анна Петровна" for n in (1, 2, 3)]
    assert re.findall(r'<th scope="row">([^<]+)</th>', page) == names


def test_the_table_as_a_file(group: Callable[..., Group]) -> None:
    it = group(learners=2)
    anna, boris = it.learners
    odd = it.stage.person("=1+1")
    it.stage.enrol(it.run, odd)
    it.browser(it.tutor).post(it.attendance, {"present": [f"{anna}:a", f"{anna}:b"]})
    it.browser(it.tutor).post(
        f"{it.attendance}/b", {"person": str(boris), f"state-{boris}": "absent", f"was-{boris}": "/"}
    )
    body = it.browser(it.tutor).get(f"{it.attendance}/all/table.csv")
    assert list(csv.reader(StringIO(body.lstrip("\ufeff")))) == [
        ["Name", "Знакомство, 6 March 2026, 18:00", "Итог, 10 March 2026, 18:00", "Meetings attended", "Meetings planned",
         "Academic hours"],
        ["'=1+1 Анна Петровна", "", "", "0", "2", "0"],
        ["Слушатель1 Анна Петровна", "60", "60", "2", "2", "2.67"],
        ["Слушатель2 Анна Петровна", "", "0", "0", "2", "0"],
    ]  # fmt: skip


def test_without_a_place_there_is_no_way_in(group: Callable[..., Group]) -> None:
    it = group(learners=1, options=WITH_SEATS)
    (anna,) = it.learners
    it.move(days=4, hours=6, minutes=10)
    for act, data in (("join", {}), ("code", {"word": "мост"}), ("declare", {"evidence": SAID})):
        assert "You have no place in this meeting." in it.browser(anna).post(
            f"{it.attendance}/a/{act}", data, status=422
        )
    assert known(it) == {}
    it.browser(anna).post(f"{it.club}seat")
    assert "This meeting cannot be joined now." in it.browser(anna).post(f"{it.attendance}/b/join", status=422)
    it.browser(anna).post(f"{it.attendance}/a/code", {"word": "мост"})
    assert known(it) == {(anna, "a"): ("present", "code", None)}


def test_the_link_that_counts_is_not_in_the_page(group: Callable[..., Group]) -> None:
    it = group(learners=1)
    (anna,) = it.learners
    it.move(days=4, hours=6)
    assert it.browser(anna).get(it.club).count(LINK) == 1, "the link of a meeting that counts nobody by it"
    it.move(days=4)
    page = it.browser(anna).get(it.club)
    assert LINK not in page
    assert f'action="{it.attendance}/b/join"' in page


def test_doors(group: Callable[..., Group]) -> None:
    it = group(learners=1)
    anna = it.browser(it.learners[0])
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    stranger = it.stage.browser(it.stage.person("Чужая"))
    for page in ("", "/all/table.csv", "/a", "/a/sheet"):
        anna.get(it.attendance + page, status=403)
        author.get(it.attendance + page, status=403)
        stranger.get(it.attendance + page, status=404)
    anna.post(it.attendance, {"present": f"{it.learners[0]}:a"}, status=403)
    anna.post(f"{it.attendance}/a", status=403)
    it.browser(it.tutor).post(f"{it.attendance}/a/code", {"word": "мост"}, status=403)
    it.browser(it.tutor).get(f"{it.attendance}/nothing", status=404)
    it.browser(it.tutor).get(f"{it.base}attendance/nothing", status=404)
    assert known(it) == {}


def test_the_tables_cost_the_same_whatever_the_size_of_the_group(group: Callable[..., Group]) -> None:
    counts = []
    for learners in (2, 9):
        it = group(learners=learners, options=WITH_SEATS)
        for person in it.learners[:4]:
            it.browser(person).post(f"{it.club}seat")
        browser = it.browser(it.tutor)
        browser.post(it.attendance, {"present": [f"{person}:a" for person in it.learners]})
        found = []
        for page in ("", "/a", "/a/sheet", "/all/table.csv"):
            with it.stage.statements() as statements:
                browser.get(it.attendance + page)
            found.append(len(statements))
        counts.append(found)
    assert counts[0] == counts[1]


def test_export_and_erasure(group: Callable[..., Group]) -> None:
    it = group(learners=2)
    anna, boris = it.learners
    it.move(days=4, hours=7)
    it.browser(anna).post(f"{it.attendance}/a/declare", {"evidence": SAID})
    it.browser(boris).post(f"{it.attendance}/a/code", {"word": "не то"}, status=422)
    part, site = AttendanceData(), it.stage.site
    (mine,) = part.export(site, anna)["meetings"]
    assert (mine["meeting"], mine["state"], mine["source"], mine["evidence"]) == ("a", "declared", "word", SAID)
    assert [one["wrong_code_words"] for one in part.export(site, boris)["meetings"]] == [1]
    assert part.erase(site, anna) == ["1 mark of attendance was removed."]
    assert part.erase(site, it.tutor) == []
    db.session.commit()
    assert {person for person, _ in known(it)} == {boris}
