"""How a master class is read, and what a participant can do in it at each moment."""

from itertools import product
from pathlib import Path

import pytest

from courses.blocks import Block
from courses.load import Loaded, load
from lms_workshop.masterclass.format import QUESTIONS, MasterclassFormat, MasterclassSettings
from lms_workshop.masterclass.rules import Situation, asked, step

COURSE = """---
title: Курс
language: %LANGUAGE%
hours: 1
timezone: Europe/Moscow
authors: [Автор]
---

О курсе.
"""
BODY = "### Слушаем\n\nЧитаю вслух.\n\n***\n\nТеперь вы.\n"
KIND = MasterclassFormat()
PHASES = ("demonstration", "attempt", "gallery", "critique", "second", "closed")


def published(folder: Path, options: str = "", body: str = BODY, language: str = "ru") -> Loaded:
    (folder / "01-module").mkdir(exist_ok=True)
    (folder / "course.md").write_text(COURSE.replace("%LANGUAGE%", language), "utf-8")
    (folder / "01-module/index.md").write_text("---\ntitle: Модуль\n---\n", "utf-8")
    text = f"---\ntitle: Урок\nminutes: 45\n---\n\n:::{{masterclass}} Вопрос\n---\nid: ask\n{options}---\n{body}:::\n"
    (folder / "01-module/01-lesson.md").write_text(text, "utf-8")
    return load(folder, {"masterclass": KIND})


def block(folder: Path, options: str = "", body: str = BODY, language: str = "ru") -> Block[MasterclassSettings]:
    found = published(folder, options, body, language)
    assert found.problems == []
    assert found.course is not None
    return found.course.block("ask")


def test_the_task_stands_below_the_demonstration(tmp_path: Path) -> None:
    found = block(tmp_path)
    settings = KIND.settings_of(found)
    assert settings.task.strip() == "<p>Теперь вы.</p>"
    assert "Читаю вслух." in settings.text
    assert "Теперь" not in settings.text
    assert KIND.text(found) == "Слушаем Читаю вслух. Теперь вы."
    assert KIND.brief(found) == settings.text + settings.task


def test_the_last_line_of_stars_divides_and_none_in_code_does(tmp_path: Path) -> None:
    settings = KIND.settings_of(block(tmp_path, body="Раз.\n\n* * *\n\nДва.\n\n***\n\nПробуйте.\n\n```\n***\n```\n"))
    assert "Пробуйте." in settings.task
    assert "Два." not in settings.task
    assert "***" in settings.task


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_critique_answers_three_questions_in_the_language_of_the_course(tmp_path: Path, language: str) -> None:
    settings = KIND.settings_of(block(tmp_path, language=language))
    assert settings.critiques == 2
    assert [item.title for item in settings.form.items] == list(QUESTIONS[language])
    assert settings.form.strategy == "comments"


def test_the_author_may_ask_otherwise(tmp_path: Path) -> None:
    settings = KIND.settings_of(block(tmp_path, "questions: [Что возьму себе, Чего не понял]\ncritiques: 0\n"))
    assert [(item.id, item.title) for item in settings.form.items] == [
        ("question-1", "Что возьму себе"), ("question-2", "Чего не понял"),
    ]  # fmt: skip
    assert settings.critiques == 0


@pytest.mark.parametrize("body", ["Читаю вслух.\n", "Читаю вслух.\n\n***\n\n<!-- потом -->\n", "***\n\nПробуйте.\n"])
def test_something_to_see_and_something_to_try(tmp_path: Path, body: str) -> None:
    assert [(one.line, one.code) for one in published(tmp_path, body=body).problems] == [(6, "masterclass-task")]


def test_true_lines_below_the_stars(tmp_path: Path) -> None:
    found = published(tmp_path, body="Раз.\n\n***\n\n[Куда](nowhere.md)\n")
    assert [one.line for one in found.problems] == [14]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"critiques": 3}, ["critiques-changed"]),
        ({"questions": ("Что видно", "Что вызвало вопрос", "Чем помочь")}, ["criteria-changed"]),
    ],
)
def test_changes(tmp_path: Path, changes: dict[str, object], codes: list[str]) -> None:
    before = block(tmp_path)
    after = before.model_copy(update={"settings": {**before.settings, **changes}})
    assert [one.code for one in KIND.compare(before, after)] == codes


# ------------------------------------------------------------------------------------------- what now


@pytest.mark.parametrize(
    ("begun", "person", "expected"),
    [
        (0, {}, "early"),
        (1, {}, "watch"),
        (2, {}, "try"),
        (5, {}, "try"),
        (2, {"first": True}, "tried"),
        (3, {"first": True}, "look"),
        (4, {"first": True, "needed": 2, "given": 1}, "critique"),
        (4, {"first": True, "needed": 2, "given": 2}, "critiqued"),
        (5, {"first": True, "needed": 2, "given": 1}, "critique"),
        (5, {"first": True, "needed": 2, "given": 2}, "again"),
        (5, {"first": True, "second": True, "needed": 2, "given": 1}, "critique"),
        (5, {"first": True, "second": True, "needed": 2, "given": 2}, "done"),
        (6, {"first": True, "second": True, "needed": 2, "given": 2}, "done"),
        (6, {"first": True, "needed": 2, "given": 2}, "over"),
        (6, {}, "over"),
    ],
)
def test_what_now(begun: int, person: dict[str, int], expected: str) -> None:
    assert step(Situation(PHASES[:begun], **person)) == expected


def test_whoever_has_something_to_do_is_told_so_in_every_phase() -> None:
    for begun, first, second, given in product(range(7), (False, True), (False, True), range(3)):
        now = Situation(PHASES[:begun], first, second, given, 2)
        if step(now) in ("tried", "look", "critiqued"):  # nothing to do but to wait: the next phase brings something
            assert first
            assert begun < 5
        assert (step(now) == "done") == now.complete


def test_nobody_is_asked_for_more_than_there_is() -> None:
    assert [asked(2, others) for others in (0, 1, 5)] == [0, 1, 2]
