"""Neither the order nor the name of what is chosen tells the key: over a thousand attempts, with seeds that are always the same.

The author writes the right one first, in every kind. Expected is that it stands in each place, and has each rank and each first sign
among the names, equally often; the same count with the guard off shows what would be found.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from courses.blocks import BodySource
from courses.problems import Report
from lms.plugin import db
from lms_quiz.format import parse_body
from lms_quiz.kinds import STANDARD, Asked
from lms_quiz.kinds.choice import AskedOptions
from lms_quiz.models import Attempt
from lms_quiz.question import Question

KINDS = {kind.name: kind for kind in STANDARD}
ATTEMPTS = 1000
RARE = {3: 16.27, 15: 37.70}
"""What χ² exceeds once in a thousand times, by degrees of freedom."""

TEXTS = {
    "one": "1. Which?\n   - (x) right\n   - ( ) b\n   - ( ) c\n   - ( ) d\n",
    "many": "1. Which?\n   - [x] right\n   - [ ] b\n   - [ ] c\n   - [ ] d\n",
    "hotspot": "1. Where? ![Place](a.png)\n" + "".join(
        f'   - ({"x" if place == 0 else " "}) {place} {{area="{place * 25},0 25,100"}}\n' for place in range(4)
    ),
    "matching": "1. Match.\n   - a -> right\n   - b -> b\n   - c -> c\n   - - -> d\n",
    "ordering": "1. Order.\n   1) right\n   2) b\n   3) c\n   4) d\n",
    "gaps": "1. It is [[(right)|b|c|d]].\n",
}  # fmt: skip


class Open(Asked[Any]):
    """An attempt whose names are the places in the file."""

    def token(self, part: object) -> str:
        return f"{part!s:>016}"


class OpenOptions(AskedOptions):
    token = Open.token


def question(kind: str) -> Question:
    report = Report("quiz.md")
    body = parse_body(BodySource(TEXTS[kind], 1, "quiz.md"), report, STANDARD)
    assert [str(problem) for problem in report.problems] == []
    found = Question.model_validate(body["questions"][0])
    assert found.kind == kind
    return found


def shown(asked: Asked[Any], options: type[AskedOptions] = AskedOptions) -> tuple[list[str], str]:
    """The names of all there is to choose from, as a page has them, and that of what the author wrote first."""
    kind: Any = KINDS[asked.question.kind]
    if kind.name in ("one", "many", "hotspot"):
        return [one.token for one in options(**vars(asked)).shown], asked.token(0)
    if kind.name == "matching":
        row = next(one for one in kind.shown(asked) if one.html == "a")
        return [one.token for one in row.cells], asked.token("0/0")
    if kind.name == "ordering":
        return [asked.token(f"{place}/0") for place in kind.row_order(asked)], asked.token("0/0")
    return [token for _, token, _ in kind.shown(asked)[0].options], asked.token("0/0")


def chi_square(found: Sequence[object], values: Sequence[object]) -> float:
    """How far the counts are from being equal."""
    counts = Counter(found)
    assert set(counts) <= set(values)
    expected = len(found) / len(values)
    return sum((counts[value] - expected) ** 2 / expected for value in values)


def tried(kind: str, shuffle: bool, attempt: Callable[..., Asked[Any]] | None = None) -> tuple[float, float, float]:
    """χ² of the place, of the rank among the names, and of the first sign of the name."""
    asked_for = question(kind)
    places, ranks, signs = [], [], []
    for number in range(ATTEMPTS):
        asked = KINDS[kind].asked(0, asked_for, f"seed {number}", shuffle)
        if attempt is not None:
            asked = attempt(**vars(asked))
        names, right = shown(asked, AskedOptions if attempt is None else OpenOptions)
        assert len(set(names)) == 4
        places.append(names.index(right))
        ranks.append(sorted(names).index(right))
        signs.append(right[0])
    return chi_square(places, range(4)), chi_square(ranks, range(4)), chi_square(signs, "0123456789abcdef")


@pytest.mark.parametrize("kind", TEXTS)
def test_place_and_name_of_the_right_one_are_chance(kind: str) -> None:
    place, rank, sign = tried(kind, shuffle=True)
    assert max(place, rank) < RARE[3]
    assert sign < RARE[15]


@pytest.mark.parametrize("kind", ["matching", "ordering", "gaps"])
def test_where_the_order_of_the_file_is_the_key_it_is_mixed_unasked(kind: str) -> None:
    place, rank, sign = tried(kind, shuffle=False)
    assert max(place, rank) < RARE[3]
    assert sign < RARE[15]


@pytest.mark.parametrize("kind", ["one", "many", "hotspot"])
def test_without_the_guards_it_would_be_found(kind: str) -> None:
    place, rank, _ = tried(kind, shuffle=False)
    assert (place, rank < RARE[3]) == (3000, True)  # always first, while its name still says nothing
    place, rank, _ = tried(kind, shuffle=True, attempt=Open)
    assert rank == 3000


@pytest.mark.parametrize("kind", ["matching", "gaps", "ordering"])
def test_names_made_of_places_would_be_found(kind: str) -> None:
    assert tried(kind, shuffle=True, attempt=Open)[1] == 3000


PAGE = """:::{quiz} Проверьте себя
:id: sample
%OPTIONS%

1. Что верно?
   - (x) верно
   - ( ) второе
   - ( ) третье
   - ( ) четвёртое
:::
"""


def test_a_page_has_the_order_and_the_names_of_its_attempt(place_with: Any) -> None:
    """The thousand attempts above are those of the pages: each page here is what the stored seed says."""
    place = place_with(":shuffle: true", text=PAGE)
    asked_for = question("one")
    pages, seeds = [], set()
    for number in range(1, 9):
        learner = place.learner(f"Ученик{number}")
        page = place.sit(learner).start().page
        db.session.rollback()
        seed = db.session.scalars(select(Attempt.seed).where(Attempt.person_id == learner)).one()
        names, right = shown(KINDS["one"].asked(0, asked_for, seed, True))
        found = re.findall(r'name="q1" value="(\w+)"[^>]*> <span>(.*?)</span>', page)
        assert [name for name, _ in found] == names
        assert dict(found)[right] == "верно"
        pages.append(tuple(name for name, _ in found))
        seeds.add(seed)
    assert len(seeds) == len(set(pages)) == 8
    assert all(not set(one) & set(other) for one, other in pairwise(pages))
