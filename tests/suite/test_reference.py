"""The reference of the format with the activities that come with the program, the lesson made of it, and schemas for editors."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from courses import directives, jsonschema, reference
from courses.blocks import ActivitySettings
from courses.frontmatter import read, split
from courses.page import options_of
from courses.problems import Report
from courses.scan import scan
from lms.cli import main
from lms.registry import Registry, installed_plugins

ROOT = Path(__file__).parents[2]
KINDS = {**directives.KINDS, **Registry((), installed_plugins()).kinds}
COURSES = sorted(path.parent for path in (ROOT / "content").glob("*/course.md"))
LESSON = "content/writing-a-course/03-reference/01-format"


def printed(*words: str, language: str = "en_US.UTF-8") -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", language)
        found = CliRunner().invoke(main, list(words))
    assert found.exit_code == 0, found.output
    return found.stdout


def test_every_kind_of_block_has_a_section_with_its_options():
    page = printed("help", "format", "--format", "markdown")
    assert len(KINDS) >= 20
    for name, kind in KINDS.items():
        section = page.partition(f" {{#{name}}}\n")[2].partition("\n## ")[0]
        common = set(ActivitySettings.model_fields) if issubclass(kind.Settings, ActivitySettings) else set()
        missing = [option for option in kind.options() if option not in common and f"\n`{option}`\n:   " not in section]
        assert (name, missing) == (name, [])
        assert kind.example.strip() in section


@pytest.mark.parametrize("name", KINDS)
def test_every_option_says_what_it_is_and_shows_a_value_that_fits(name):
    for key in reference.of_kind(KINDS[name]).keys:
        assert key.about.endswith("."), key.name
        assert jsonschema.value_of(key.example.partition(": ")[2]) is not None, key.name


@pytest.mark.parametrize(("ending", "language"), [("", "ru_RU.UTF-8"), (".en", "en_US.UTF-8")])
def test_the_lesson_is_what_the_program_says(ending, language):
    path = f"{LESSON}{ending}.md"
    told = printed("help", "format", "--format", "markdown", language=language)
    command = f"LC_ALL={language} uv run lms help format --format markdown > {path}"
    assert (ROOT / path).read_text("utf-8") == told, f"the format has changed, so run: {command}"


COMMANDS = sorted({
    line
    for path in (ROOT / "content/writing-a-course").rglob("*.md")
    for fence in re.findall(r"^```sh\n(.*?)^```$", path.read_text("utf-8"), re.S | re.M)
    for line in re.split(r"\n| && ", fence)
    if line.startswith("lms ")
})  # fmt: skip


@pytest.mark.parametrize("line", COMMANDS)
def test_the_course_for_authors_tells_of_commands_that_there_are(line):
    context, words = click.Context(main, **main.context_settings), shlex.split(line)[1:]
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None
        command = found
    # With its parent: a command keeps the names of its help option from the first context that asks for them.
    with command.make_context(command.name, words, parent=context, resilient_parsing=True) as made:
        assert made.args == []
    known = {name for parameter in command.params for name in parameter.opts}
    assert [word for word in words if word.startswith("-") and word not in known] == []


# ------------------------------------------------------------------ JSON Schema


def schema_of(name: str) -> Draft202012Validator:
    found = jsonschema.front_matter(name) if name in jsonschema.FILES else jsonschema.options(KINDS[name])
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


SCHEMAS = {name: schema_of(name) for name in (*jsonschema.FILES, *KINDS)}
SHELVES = {kind.shelf for kind in KINDS.values()}
FILES = sorted(
    path
    for folder in COURSES
    for path in folder.rglob("*.md")
    if not path.name.startswith("_") and path.parent.name not in SHELVES  # a kind's own files, checked by it
)


def wrong(name: str, value: Any) -> list[str]:
    return sorted(f"{'.'.join(map(str, error.path))}: {error.validator}" for error in SCHEMAS[name].iter_errors(value))


def sort_of(path: Path) -> str:
    return {"course": "course", "index": "module"}.get(path.name.split(".")[0], "lesson")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "content")))
def test_the_keys_of_our_courses_fit(path):
    parts = split(path.read_text("utf-8"), Report())
    assert parts.matter is not None
    assert wrong(sort_of(path), read(parts.matter, 2, Report()).data) == []
    for directive in scan(parts.body, parts.body_line, KINDS, Report()).directives:
        assert wrong(directive.kind, options_of(directive, Report()).data) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("course", "langauge: ru\ntitle: Курс", [": additionalProperties"]),
        ("course", "language: ru", [": required"]),
        ("course", "title: Курс\nhours: many", ["hours: type"]),
        ("course", "title: Курс\nhours: -1", ["hours: minimum"]),
        ("course", "title: Курс\nlanguage: Русский", ["language: pattern"]),
        ("course", "title: Курс\ncompletion: {score: 120%}", ["completion.score: anyOf"]),
        ("course", "title: Курс\ncompletion: {lessons: some}", ["completion.lessons: enum"]),
        ("course", "title: Курс\ncertificate: {}", ["certificate: required"]),
        ("course", "title: Курс\nauthors: [1]", ["authors: anyOf"]),
        ("module", "title: Модуль\nminutes: 5", [": additionalProperties"]),
        ("lesson", "title: Урок\nminutes: 1,5", ["minutes: type"]),
        ("lesson", "title: Урок\nminutes: 90000", ["minutes: maximum"]),
        ("lesson", "title: Урок\nid: Первый урок", ["id: pattern"]),
        ("lesson", "title: Урок\nrequires: {form: day 5}", ["requires: anyOf"]),
        ("lesson", "title: Урок\nrequires: {from: tomorrow}", ["requires: anyOf"]),
        ("lesson", "title: ''", ["title: minLength"]),
        ("quiz", "id: q\nattempts: -1", ["attempts: minimum"]),
        ("quiz", "id: q\npass: '60'", ["pass: anyOf"]),
        ("quiz", "id: q\nquestions: []", [": additionalProperties"]),
        ("quiz", "pass: 60%", [": required"]),
        ("project", "id: p\nteam: many\nstages: [{id: a, title: A}]", ["team: anyOf"]),
        ("project", "id: p\nstages: [{id: a, title: A, late: never}]", ["stages.0.late: enum"]),
        ("seminar", "id: s\nsessions: []", ["sessions: minItems"]),
        ("workshop", "id: w\nphases: {reviewing: {}}", ["phases: additionalProperties"]),
        ("workshop", "id: w\nreview_points: 5", [": additionalProperties"]),
    ],
)
def test_typical_mistakes_do_not_fit(name, text, expected):
    assert wrong(name, read(text, 1, Report()).data) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("course", "title: Курс\nhours: 0.5\ncompletion: {activities: [a, b], score: 0.6}\nauthors: Анна"),
        ("lesson", "title: Урок\nrequires: [a, {any_of: [b, {not: {until: неделя 2}}], score: {c.d: '70,5 %'}}]"),
        ("quiz", "id: q\npass: 1\ncloses: 2026-03-01T18:00+03:00\nopens: День 5"),
        ("project", "id: p\nteam: 2–4\nstages: [{id: a, title: A}]\ncriteria: [{title: Ясность}]"),
        ("project", "id: p\nteam: 3\nstages: [{id: a, title: A}]\ncriteria: {strategy: errors, items: [{title: A}]}"),
        ("workshop", "id: w\nreview-points: 0\nphases: {closed: {opens: day 9}}"),
    ],
)
def test_every_way_of_writing_fits(name, text):
    assert wrong(name, read(text, 1, Report()).data) == []
