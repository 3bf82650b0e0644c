"""The page of statistics: figures of a run, whose attempts count, what it costs, and the same as a file."""

import csv
import re
from html import unescape
from io import StringIO
from typing import Any

import pytest

ANSWERS: dict[str, Any] = {
    "good": {"q1": "четыре", "q2": ["два", "восемь", "десять"], "q3": "True", "q4": "987654,5", "q5": "летописец"},
    "bad": {"q1": "пять", "q2": ["три"], "q3": "False", "q5": "писец"},
}


def words(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def taken(place: Any, *attempts: str) -> int:
    """A learner with these attempts."""
    person: int = place.learner(f"Ученикова{len(attempts)}")
    for which in attempts:
        place.sit(person).start().finish(ANSWERS[which])
    return person


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_first_attempts_count_unless_others_are_chosen(place: Any) -> None:
    for attempts in (["good"], ["bad", "good"], ["bad", "bad"]):
        taken(place, *attempts)
    tutor = place.tutor()

    def first_question(query: str) -> tuple[str, str]:
        row = rows_of(tutor.get(f"{place.base}statistics.csv{query}"))[0]
        return row["Times asked"], row["Facility, %"]

    assert first_question("") == ("3", "33.33")
    assert first_question("?of=best") == ("3", "66.67")
    assert first_question("?of=last") == ("3", "66.67")
    assert first_question("?of=all") == ("5", "40")
    assert first_question("?of=nonsense") == ("3", "33.33")


def test_the_page_says_what_the_figures_say(place: Any) -> None:
    for _ in range(14):
        taken(place, "good")
    for _ in range(8):
        taken(place, "bad")
    page = place.tutor().get(f"{place.base}statistics/")
    said = words(page)
    assert "Attempts 22" in said
    assert "Mean 63.6%" in said
    assert "Internal consistency 0.92" in said
    assert "Below 20 chance plays" not in said
    assert "четыре ✓ 14 63.6% 100%" in said
    assert "пять 8 36.4% 0%" in said
    assert "писец 8 36.4% 0%" in said
    assert re.search(r'<svg class="bars"[^>]*aria-label="Facility with its interval', page)
    assert 'style="' not in page


def test_few_people_are_told_so(place: Any) -> None:
    taken(place, "good")
    said = words(place.tutor().get(f"{place.base}statistics/"))
    assert "So far there are 1 attempts. Below 20 chance plays too great a part" in said
    assert "Advice is given from 20 attempts on." in said


def test_nobody_yet(place: Any) -> None:
    taken(place)
    tutor = place.tutor()
    assert "Nothing to count yet" in tutor.get(f"{place.base}statistics/")
    assert [row["Times asked"] for row in rows_of(tutor.get(f"{place.base}statistics.csv"))] == ["0"] * len(
        rows_of(tutor.get(f"{place.base}statistics.csv"))
    )


def test_the_attempts_page_leads_there(place: Any) -> None:
    assert f'href="{place.base}statistics/"' in place.tutor().get(f"{place.base}attempts/")


def test_learners_do_not_see_them(place: Any) -> None:
    browser = place.stage.browser(taken(place, "good"))
    browser.get(f"{place.base}statistics/", status=403)
    browser.get(f"{place.base}statistics.csv", status=403)


def test_a_former_edition_is_left_out(place: Any) -> None:
    taken(place, "good")
    changed = place.lesson("").replace("(x) четыре", "( ) четыре").replace("( ) пять", "(x) пять")
    place.republish(changed)
    taken(place, "bad")
    said = words(place.tutor().get(f"{place.base}statistics/"))
    assert "1 attempt at a former edition of the quiz is left out." in said
    assert "Attempts 1 " in said


def test_cells_are_text_for_a_spreadsheet(place_with: Any) -> None:
    text = ":::{quiz} Тест\n:id: sample\n\n1. Что?\n   = слово\n:::\n"
    place = place_with(text=text)
    person = place.learner()
    place.sit(person).start().finish({"q1": "=1+1"})
    assert rows_of(place.tutor().get(f"{place.base}statistics.csv"))[0]["Answer"] == "'=1+1"


@pytest.mark.parametrize("page", ["statistics/", "statistics.csv"])
def test_statements_do_not_grow_with_people(place: Any, page: str) -> None:
    tutor = place.tutor()
    counts = []
    for _ in range(2):
        for _ in range(3):
            taken(place, "good", "bad")
        tutor.get(f"{place.base}{page}")
        with place.stage.statements() as seen:
            tutor.get(f"{place.base}{page}")
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 5


def test_tries_are_told_apart(place_with: Any) -> None:
    text = ":::{quiz} Тест\n:id: sample\n:behaviour: interactive\n:tries: 3\n\n1. Кто?\n   - ( ) я\n   - (x) ты\n   - ( ) он\n:::\n"
    place = place_with(text=text)
    sitting = place.sit(place.learner()).start()
    for what, answer in (("check", "он"), ("again", ""), ("check", "ты")):
        form = sitting.form({"q1": answer} if answer else {})
        sitting.page = sitting.browser.post(f"{place.base}attempts/1/{what}/1", form)
    sitting.finish({})
    said = words(place.tutor().get(f"{place.base}statistics/"))
    assert "Answer Try 1 Try 2 я 0 0 ты 0 1 он 1 0" in said
    assert "ты ✓ 1 100% 70%" in said
