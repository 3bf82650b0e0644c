"""The corpus of mistakes: every case's report word for word, in Russian too, and no code without two cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.cli import speak
from lms.i18n import gettext, speaking
from tests.mistakes.cases import Case, all_cases, problems, said
from tests.mistakes.codes import Unclear, all_codes, codes_in

CASES = all_cases()


@pytest.fixture(scope="module", autouse=True)
def _words() -> Iterator[None]:
    with speaking("en"):
        speak()  # reads the catalogues
        yield


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_report_is_what_an_author_reads(case: Case, tmp_path: Path) -> None:
    reported = problems(case, tmp_path)
    with speaking("en"):
        assert said(reported) == case.report
    with speaking("ru"):
        left = [text for one in reported for text in (one.text, one.hint) if text and gettext(text) == text]
    assert left == []


def lacking(codes: list[str], cases: list[Case]) -> list[str]:
    """Codes that fewer than two cases show."""
    shown = Counter(code for case in cases for code in case.codes)
    return [code for code in codes if shown[code] < 2]


def test_every_code_has_two_cases() -> None:
    codes = all_codes()
    assert [f"{codes[code]}: {code}" for code in lacking(list(codes), CASES)] == []
    assert len(codes) >= 100
    assert len(CASES) >= 120


def test_every_code_a_case_shows_is_found_in_the_sources() -> None:
    assert {code for case in CASES for code in case.codes} - set(all_codes()) == set()


def test_a_code_without_cases_is_noticed() -> None:
    source = Path("courses/check.py").read_text(encoding="utf-8") + (
        '\n\ndef more(report: Report) -> None:\n    report.warn(1, 1, "brand-new", N_("Something new."))\n'
    )
    assert lacking(list(codes_in(source)), CASES) == ["brand-new"]
    one_case = [case for case in CASES if "alias-taken" in case.codes][:1]
    assert lacking(["alias-taken"], one_case) == ["alias-taken"]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('report.add(1, 1, "a", "A")', {"a"}),
        ('report.at(x).warn(*place, "a", "A")', {"a"}),
        ('yield Finding(("x",), "a", "A")', {"a"}),
        ('report.add(1, 1, "a" if x else "b", "A")', {"a", "b"}),
        ('code = "a"\n    x, code = 1, "b"\n    report.add(1, 1, code, "A")', {"a", "b"}),
        ('report.add(1, 1, TABLE[x], "A")', {"t", "u"}),
        ('report.add(1, 1, TABLE.get(x, "v"), "A")', {"t", "u", "v"}),
        ('report.add(1, 1, {"x": "a"}.get(x, "b"), "A")', {"a", "b"}),
        ("seen.add(code)", set()),
    ],
)
def test_codes_are_read_off_the_sources(source: str, codes: set[str]) -> None:
    assert (
        set(codes_in(f'TABLE = {{"x": "t", "y": ("u", "U")}}\n\ndef f(report, x, place, seen):\n    {source}\n'))
        == codes
    )


def test_codes_that_come_from_elsewhere_are_followed_to_where_they_are_written() -> None:
    source = 'def f(report, code):\n    report.add(1, 1, code, "A")\n\ndef g(report):\n    f(report, "a")\n    f(report, code="b")\n'
    assert set(codes_in(source)) == {"a", "b"}


def test_a_code_nobody_can_read_off_the_source_is_refused() -> None:
    with pytest.raises(Unclear, match="f\\?"):
        codes_in('def f(report, x):\n    report.add(1, 1, f"a-{x}", "A")\n', "f?")


def test_titles_are_unique_and_every_case_has_a_report() -> None:
    names = Counter(case.name for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
    assert [case.name for case in CASES if not case.lines.start] == []
