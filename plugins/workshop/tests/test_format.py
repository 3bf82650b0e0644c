"""How a workshop is read, and every mistake of its author at its true line."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from courses.blocks import Block
from courses.load import Loaded, load
from courses.phases import current
from lms_workshop.format import WorkshopFormat, WorkshopSettings

COURSE = """---
title: Курс
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
---

О курсе.
"""
HEAD = "---\ntitle: Урок\nminutes: 45\n---\n\nТекст.\n\n"  # the block begins at line 8
TABLE = "| Критерий | Баллы | Описание |\n|---|---|---|\n| Ясность | 10 | Понятно ли? |\n| Польза | 0 нет; 5 да | |\n"
KIND = WorkshopFormat()


def published(folder: Path, options: str, body: str = TABLE, title: str = "Сценарий") -> Loaded:
    (folder / "01-module").mkdir(exist_ok=True)
    (folder / "course.md").write_text(COURSE, "utf-8")
    (folder / "01-module/index.md").write_text("---\ntitle: Модуль\n---\n", "utf-8")
    text = f"{HEAD}:::{{workshop}} {title}\n---\nid: peer\n{options}---\n{body}:::\n"
    (folder / "01-module/01-lesson.md").write_text(text, "utf-8")
    return load(folder, {"workshop": KIND})


def told(folder: Path, options: str, body: str = TABLE) -> list[str]:
    return [f"{one.line} {one.code}" for one in published(folder, options, body).problems]


def block(folder: Path, options: str = "", body: str = TABLE, title: str = "Сценарий") -> Block[WorkshopSettings]:
    found = published(folder, options, body, title)
    assert found.problems == []
    assert found.course is not None
    return found.course.block("peer")


def test_everything_has_a_default(tmp_path: Path) -> None:
    settings = KIND.settings_of(block(tmp_path))
    assert (settings.reviewers, settings.anonymous, settings.passing) == (2, True, 0.6)
    assert (settings.points, settings.review_points) == (80, 20)
    assert [(phase.name, phase.opens, phase.closes) for phase in settings.phase_list] == [
        ("submission", None, None), ("review", None, None), ("evaluation", None, None), ("closed", None, None),
    ]  # fmt: skip
    assert settings.form.strategy == "rubric"
    assert [(item.title, item.points) for item in settings.form.items] == [("Ясность", 10), ("Польза", 5)]


def test_the_table_of_criteria_leaves_the_task(tmp_path: Path) -> None:
    found = block(tmp_path, body=f"Напишите *сценарий* урока.\n\n### Критерии\n\n{TABLE}")
    settings = KIND.settings_of(found)
    assert settings.text.strip() == "<p>Напишите <em>сценарий</em> урока.</p>"
    assert KIND.text(found) == "Напишите сценарий урока. Ясность Понятно ли? Польза"


def test_criteria_may_be_written_as_options(tmp_path: Path) -> None:
    options = "criteria:\n  - {title: Ясность, points: 4}\n  - {title: Польза, points: 6, weight: 2}\n"
    settings = KIND.settings_of(block(tmp_path, options, "Напишите.\n"))
    assert [(item.id, item.points, item.weight) for item in settings.form.items] == [
        ("yasnost", 4, None),
        ("polza", 6, 2),
    ]


def test_all_options(tmp_path: Path) -> None:
    options = (
        "minutes: 15\nreviewers: 3\nanonymous: false\npass: 70%\npoints: 60\nreview-points: 40\n"
        "phases:\n  submission: {opens: day 6, closes: day 12}\n  review: {title: Читаем, opens: day 13, closes: day 16}\n"
        "  evaluation: {opens: day 17, closes: day 18}\n"
    )
    found = block(tmp_path, options)
    settings = KIND.settings_of(found)
    assert (settings.minutes, settings.reviewers, settings.anonymous, settings.passing) == (15, 3, False, 0.7)
    assert [phase.title for phase in settings.phase_list] == ["Handing in", "Читаем", "Looking at the marks", "Results"]
    start, zone = date(2026, 3, 2), ZoneInfo("Europe/Moscow")
    days = [6, 7, 12, 13, 16, 17, 18, 19, 90]  # of March at noon: the run begins on the second

    def name(day: int) -> str:
        at = datetime(2026, 3, 1 + day, 12, tzinfo=UTC) if day < 30 else datetime(2026, 5, 31, 12, tzinfo=UTC)
        phase = current(settings.phase_list, start, zone, at)
        return phase.name if phase else ""

    assert [name(day) for day in [5, *days]] == [
        "", "submission", "submission", "submission", "review", "review", "evaluation", "evaluation", "closed", "closed",
    ]  # fmt: skip
    assert [(item.id, item.title, item.max_points, item.weight) for item in KIND.grade_items(found)] == [
        ("peer.work", "Сценарий: работа", 60, 60), ("peer.review", "Сценарий: рецензии", 40, 40),
    ]  # fmt: skip
    assert [(one.moment, one.title, one.item) for one in KIND.deadlines(found)] == [
        ("day 12", "Сценарий: сдать работу", "peer"), ("day 16", "Сценарий: написать рецензии", "peer"),
    ]  # fmt: skip


def test_titles_speak_the_language_of_the_course(tmp_path: Path) -> None:
    found = block(tmp_path, "phases:\n  review: {opens: week 2}\n", title="Scenario")
    assert [item.title for item in KIND.grade_items(found)] == ["Scenario: work", "Scenario: reviews"]
    # handing in ends when reviewing opens; the end of reviewing is the tutor's to say
    assert [(one.moment, one.title) for one in KIND.deadlines(found)] == [("week 2", "Scenario: hand in the work")]


def test_reviewing_without_points_has_no_column(tmp_path: Path) -> None:
    found = block(tmp_path, "review-points: 0\n")
    assert [item.id for item in KIND.grade_items(found)] == ["peer.work"]


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ("reviewers: 0\n", ["11 value"]),
        ("reviewers: 21\n", ["11 value"]),
        ("points: 0\n", ["11 value"]),
        ("review-points: -1\n", ["11 value"]),
        ("pass: 160%\n", ["11 share"]),
        ("anonymus: true\n", ["11 unknown-key"]),
        ("phases:\n  submission: {closes: day 3}\n  reviews: {opens: day 4}\n", ["13 unknown-key"]),
        ("phases:\n  review: {open: day 4}\n", ["12 unknown-key"]),
        ("phases:\n  review:\n    opens: day 5\n    closes: day 4\n", ["14 phase-closes-before-opens"]),
        (
            "phases:\n  submission: {opens: day 5}\n  review:\n    opens: day 4\n",
            ["14 phase-opens-before-previous"],
        ),
        (
            "phases:\n  submission: {closes: 2026-03-12}\n  review:\n    opens: 2026-03-12\n",
            ["14 phase-overlap"],
        ),
        ("phases:\n  submission: {closes: 2026-03-12 18:00}\n  review: {opens: 2026-03-12 18:00}\n", []),
        ("phases:\n  submission: {closes: day 12}\n  review: {opens: 2026-03-01}\n", []),  # comparable only in a run
        ("phases:\n  closed:\n    closes: day 9\n", ["13 phase-endless"]),
        ("text: own\n", ["11 unknown-key"]),
    ],
)  # fmt: skip
def test_mistakes_are_told_at_their_lines(tmp_path: Path, options: str, problems: list[str]) -> None:
    assert told(tmp_path, options) == problems


def test_a_workshop_without_criteria(tmp_path: Path) -> None:
    assert told(tmp_path, "", "Напишите.\n") == ["8 workshop-criteria"]


def test_criteria_that_weigh_nothing_mark_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, "criteria: [{title: Ясность, points: 4, weight: 0}]\n", "Напишите.\n") == [
        "8 workshop-criteria"
    ]


def test_a_wrong_table_is_told_once(tmp_path: Path) -> None:
    assert told(tmp_path, "", "| Критерий | Баллы |\n|---|---|\n| Ясность | много |\n") == ["14 criteria"]


def test_every_problem_speaks_in_a_whole_sentence(tmp_path: Path) -> None:
    options = "phases:\n  closed: {closes: day 9}\n  review: {opens: day 5, closes: day 4}\n"
    found = [(one.message(), one.hint_text()) for one in published(tmp_path, options).problems]
    order = (
        "The order is submission, wishes, review, evaluation, closed. "
        "A phase without “opens” begins when the one before it closes."
    )
    assert found == [
        (
            "The phase “closed” is the last one: it can open, not close.",
            "Write closed: {opens: …}, or leave it out: it comes when “evaluation” closes.",
        ),
        ("The phase “review” closes before it opens.", order),
    ]


def test_phases_and_deadlines_follow_the_pace_and_the_wishes(tmp_path: Path) -> None:
    together = KIND.settings_of(block(tmp_path, "phases: {review: {closes: day 9}}\n"))
    assert [one.name for one in together.phase_list] == ["submission", "review", "evaluation", "closed"]
    wishing = block(tmp_path, "wishes: true\nphases: {submission: {closes: day 5}, wishes: {closes: day 6}}\n")
    assert [one.name for one in KIND.phases(wishing)] == ["submission", "wishes", "review", "evaluation", "closed"]
    own = block(tmp_path, "pace: own\nphases: {open: {closes: day 30}}\n")
    assert [one.name for one in KIND.phases(own)] == ["open", "closed"]
    assert [(str(one.moment), one.title) for one in KIND.deadlines(own)] == [
        ("day 30", "Сценарий: сдать работу и написать рецензии")
    ]
