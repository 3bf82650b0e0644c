"""Why, and why not, in sentences."""

import subprocess
import sys

from lms.allocation import words
from lms.allocation.rules import Party, Terms, Why, Work, allocate, repair
from lms.i18n import set_language
from lms.testing import Stage

TITLES = {f"w{id}": f"Труд {id}" for id in range(8)}
NAMES = {id: f"Ученица {id}" for id in range(9)}


def said(found: list[object]) -> list[str]:
    return [str(one) for one in found]


def test_why_somebody_got_a_work() -> None:
    one = Why(works=9, among=7, kept={"self": 1, "school": 1}, wish=1, far=True, load=2, least=1, most=2)
    assert said(words.why(one)) == [
        "Of 9 works 7 might have come to you: the others are your own or kept from you.",
        "You review 2, others from 1 to 2.",
        "You had asked for it.",
        "It comes from another region, so that you read something you do not see every day.",
        "What was still open then was decided by lot.",
    ]
    other = Why(works=9, among=8, kept={"self": 1}, wish=-2, far=False, load=2, least=2, most=2)
    assert said(words.why(other))[1:3] == [
        "Everybody reviews as many as you do: 2.",
        "You would rather not have got it, but without you it would lack a reviewer.",
    ]


def test_why_not() -> None:
    people = {id: Party(school="7" if id < 4 else "") for id in range(6)}
    works = tuple(Work(f"w{id}", (id,)) for id in range(4))
    full = allocate(Terms(works, tuple(range(6)), 2, people=people), "x")
    assert said(words.why_not(full, TITLES, NAMES)) == [
        "Every work has its reviewers, but loads are from 0 to 4: those who may review most works have to stand in for "
        "others, or what they have is begun already."
    ]
    bounded = allocate(Terms(works, tuple(range(6)), 2, 3, people), "x")
    assert said(words.why_not(bounded, TITLES, NAMES)) == [
        "“Труд 0”, “Труд 1”, “Труд 2”, “Труд 3”: 8 reviews are needed, 6 can be had. “Ученица 4”, “Ученица 5” might write "
        "more, but have as many as one person may.",
        "Kept from it: 4 (the same school).",
    ]
    many = tuple(Work(f"w{id}", (8,)) for id in range(8))
    alone = allocate(Terms(many, (8, 0), 1, 2), "x")
    assert said(words.why_not(alone, TITLES, NAMES)) == [
        "“Труд 0”, “Труд 1”, “Труд 2”, “Труд 3”, “Труд 4” + 3: 8 reviews are needed, 2 can be had. “Ученица 0” might write "
        "more, but have as many as one person may."
    ]
    even = allocate(Terms(works, tuple(range(6)), 2), "x")
    assert words.why_not(even, TITLES, NAMES) == []


def test_reasons_are_translated_where_they_are_read(stage: Stage) -> None:
    people = {id: Party(school="7", team="") for id in range(2)}
    found = repair(Terms((Work("w0", (0,)),), (0, 1), 1, people=people), (), "x")
    set_language("ru")
    assert said(words.why_not(found, TITLES, NAMES)) == [
        "“Труд 0”: нужно рецензий: 1, возможно: 0 — больше никому рецензировать это нельзя.",
        "Нельзя давать: 1 (одна школа).",
    ]


def test_a_site_starts_without_the_solver() -> None:
    code = "import sys, lms.app; print(sorted({'numpy', 'ortools', 'pandas'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
