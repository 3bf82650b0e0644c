import pytest

from courses.load import load
from lms_project import Project
from lms_project.format import ProjectSettings

COURSE = "---\ntitle: Курс\nlanguage: ru\nhours: 1\ntimezone: Europe/Moscow\n---\n\nО курсе.\n"
HEAD = "---\ntitle: Урок\nminutes: 45\n---\n\n"
GOOD = """:::{project} Событие
---
id: event
team: "2-4"
pass: 60%
stages:
  - id: plan
    title: Замысел
    due: day 10
  - id: story
    title: Рассказ
    due: day 20 21:00
    late: allow
    penalty: 10%
---
Сделайте [событие](https://example.org)

## Критерии

| Критерий | Баллы | Описание |
|---|---|---|
| Вопрос | 20 | Узкий |
:::
"""


def read(tmp_path, block: str, other: str = ""):
    folder = tmp_path / "course"
    for name, text in {
        "course.md": COURSE,
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        "01-module/01-lesson.md": HEAD + block,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(folder, {"project": Project()})


def found(tmp_path, block: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in read(tmp_path, block).problems]


def test_a_good_project_is_read_whole(tmp_path):
    loaded = read(tmp_path, GOOD)
    assert [str(problem) for problem in loaded.problems] == []
    kind = Project()
    block = loaded.course.block("event")
    settings = kind.settings_of(block)
    assert (settings.team_least, settings.team_most, settings.files, settings.passing) == (2, 4, 3, 0.6)
    assert settings.final.id == "story"
    assert [(item.id, item.max_points) for item in kind.grade_items(block)] == [("event", 20)]
    assert [(one.title, str(one.moment)) for one in kind.deadlines(block)] == [
        ("Событие: Замысел", "day 10"),
        ("Событие: Рассказ", "day 20 21:00"),
    ]
    assert "Критерии" not in settings.text
    assert kind.text(block) == "Сделайте событие Замысел Рассказ Вопрос Узкий"


def test_settings_survive_being_stored(tmp_path):
    block = read(tmp_path, GOOD).course.block("event")
    settings = Project().settings_of(block)
    assert ProjectSettings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(
    ("written", "least", "most"), [("1", 1, 1), ("3", 3, 3), ('"2-4"', 2, 4), ("2–4", 2, 4), ("1 - 3", 1, 3)]
)
def test_sizes_of_teams(tmp_path, written, least, most):
    loaded = read(tmp_path, GOOD.replace('"2-4"', written))
    settings = Project().settings_of(loaded.course.block("event"))
    assert (settings.team_least, settings.team_most) == (least, most)


def changed(*pairs: str) -> str:
    text = GOOD
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        assert before in text
        text = text.replace(before, after)
    return text


TABLE = "| Критерий | Баллы | Описание |\n|---|---|---|\n| Вопрос | 20 | Узкий |\n"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (changed('"2-4"', '"4-2"'), [(9, "team-size")]),
        (changed('"2-4"', "0"), [(9, "team-size")]),
        (changed('"2-4"', "pair"), [(9, "team-size")]),
        (changed("id: story", "id: plan"), [(15, "project-stage-twice")]),
        (
            changed("stages:\n", "stages:\n  - id: story\n    title: Раньше\n"),
            [(17, "project-stage-twice")],
        ),
        (changed("    due: day 10\n", "    penalty: 10%\n"), [(14, "work-late-without-due")]),
        (changed("    due: day 10\n", "    late: refuse\n"), [(14, "work-late-without-due")]),
        (changed("late: allow", "late: refuse"), [(19, "work-penalty")]),
        (changed("due: day 10\n", "due: day 10\n    late: refuse\n    penalty: 5%\n"), [(16, "work-penalty")]),
        (changed("due: day 10\n", "due: day 21\n"), [(17, "project-stage-order")]),
        (changed("due: day 10\n", "asks: {least: 9, most: 5, attach: 4}\n"), [(14, "work-length"), (14, "work-attach")]),
        (changed("due: day 20 21:00", "due: week 1"), [(17, "project-stage-order")]),
        (changed(TABLE, ""), [(6, "project-criteria")]),
        (changed(TABLE, "| Имя | Дата |\n|---|---|\n| а | б |\n"), [(6, "project-criteria")]),
        (changed("Сделайте [событие](https://example.org)", ""), [(6, "project-task")]),
        (changed("Сделайте [событие](https://example.org)", "<!-- потом -->"), [(6, "project-task")]),
        (changed("| 20 |", "| много |"), [(27, "criteria")]),
        (
            changed("id: story", "id: plan", "late: allow", "late: refuse"),
            [(15, "project-stage-twice"), (19, "work-penalty")],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_line(tmp_path, block, expected):
    assert found(tmp_path, block) == expected


def test_sentences_have_their_values(tmp_path):
    problem = read(tmp_path, changed("id: story", "id: plan")).problems[0]
    assert problem.message() == "Two stages have the id “plan”."
    assert "{" not in problem.hint_text()


def test_without_criteria_there_is_no_column(tmp_path):
    loaded = read(tmp_path, changed(TABLE, "", "pass: 60%\n", ""))
    assert loaded.problems == []
    assert list(Project().grade_items(loaded.course.block("event"))) == []


def test_a_moment_of_another_kind_is_not_compared(tmp_path):
    assert found(tmp_path, changed("due: day 20 21:00", "due: 2020-01-01")) == []
