"""The reference of the format: nothing is left out, and every example in it is true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from courses import directives, jsonschema, printed, reference
from courses.blocks import ActivitySettings, BlockKind, BodySource
from courses.criteria import Criteria, from_body
from courses.load import load
from courses.moments import EXAMPLES, Moment
from courses.phasing import PhaseOptions
from courses.problems import Report
from courses.requires import AUTHOR_KEYS, parse
from courses.schema import CourseMatter, LessonMatter, ModuleMatter
from tests.courses.conftest import KINDS, LESSON, Note, Poll, Task

MODELS: dict[str, type[BaseModel]] = {
    "course": CourseMatter, "module": ModuleMatter, "lesson": LessonMatter, "block": ActivitySettings,
    "phases": PhaseOptions, "criteria": Criteria,
}  # fmt: skip
SECTIONS = {section.name: section for section in reference.sections(KINDS)}


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from models_in(part)


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every key an author may write, read off the models without any schema."""
    for name, field in model.model_fields.items():
        yield before + (field.alias or name)
        if name == "requires":
            continue  # a section of its own
        for inner in models_in(field.annotation):
            many = "[]" if "tuple[" in str(field.annotation) else ""
            yield from keys_of(inner, f"{before}{field.alias or name}{many}.")


def test_sections_come_in_the_order_of_writing():
    own = sorted(set(directives.KINDS) - {"note"})
    assert [section.name for section in reference.sections(KINDS)] == [
        "course", "module", "lesson", "block", "broken", "note", "poll", "task", *own,
        "requires", "moment", "phases", "criteria", "id", "share",
    ]  # fmt: skip
    assert reference.names(KINDS) == tuple(SECTIONS)


@pytest.mark.parametrize("name", MODELS)
def test_every_key_of_the_models_is_there(name):
    assert sorted(key.name for key in SECTIONS[name].keys) == sorted(keys_of(MODELS[name]))


def test_every_key_of_requirements_is_there():
    assert tuple(key.name for key in SECTIONS["requires"].keys) == AUTHOR_KEYS


CORE = [(name, key) for name in (*MODELS, "requires") for key in SECTIONS[name].keys]


@pytest.mark.parametrize(("name", "key"), CORE, ids=lambda value: value if isinstance(value, str) else value.name)
def test_every_key_says_what_it_is_and_shows_it(name, key):
    assert re.fullmatch(r"[A-Z“].*\.", key.about), key
    assert key.type
    written, _, value = key.example.partition(": ")
    assert written == (":" if name == "block" else "") + key.name.rpartition(".")[2]
    assert problems_of(name, key.name, jsonschema.value_of(value)) == []


def problems_of(section: str, name: str, value: Any) -> list[Any]:
    """What the model that holds the key says of a value."""
    *above, last = name.replace("[]", "").split(".")
    if section == "requires":
        parse({last: value})
        return []
    model = MODELS[section]
    for step in above:
        model = next(models_in(model.model_fields[step].annotation))
    try:
        model.model_validate({last: value})
    except ValidationError as error:
        return [found for found in error.errors() if found["loc"] and found["loc"][0] == last]
    return []


@pytest.mark.parametrize("name", [name for name in SECTIONS if name not in {**directives.KINDS, **KINDS}])
def test_every_topic_says_something(name):
    section = SECTIONS[name]
    assert section.title
    assert section.about
    assert all(re.fullmatch(r"[A-Z`].*[.:]", sentence) for sentence in section.about)


def test_the_files_of_the_examples_make_a_course(tmp_path):
    files = {"course.md": "course", "01-start/index.md": "module", "01-start/01-forms.md": "lesson"}
    (tmp_path / "first-course" / "01-start").mkdir(parents=True)
    for path, name in files.items():
        (tmp_path / "first-course" / path).write_text(SECTIONS[name].example + "\n", "utf-8")
    # a score can be asked of a course with points only
    (tmp_path / "first-course/01-start/02-task.md").write_text(
        "---\ntitle: Task\nminutes: 5\n---\n\n:::{task} Do it\n:id: one\n:::\n", "utf-8"
    )
    loaded = load(tmp_path / "first-course", KINDS)
    assert [str(problem) for problem in loaded.problems] == []


def test_the_other_examples_are_true():
    assert parse(yaml.safe_load(SECTIONS["requires"].example)["requires"])
    report = Report()
    criteria, _ = from_body(BodySource(SECTIONS["criteria"].example), report)
    assert report.problems == []
    assert criteria is not None
    assert [(item.title, item.points, len(item.levels)) for item in criteria.items] == [
        ("Clarity", 5, 0),
        ("Completeness", 5, 3),
    ]
    for phase in yaml.safe_load(SECTIONS["phases"].example)["phases"].values():
        PhaseOptions.model_validate(phase)
    for form, meaning in EXAMPLES:
        assert Moment(form)
        assert meaning.endswith(".")


def test_a_kind_of_block_tells_its_own_options_only():
    task = reference.of_kind(Task())
    assert [(key.name, key.type, key.default, key.limits, key.required) for key in task.keys] == [
        ("points", "number", "10", "more than 0", False),
        ("due", "moment", "", "", False),
        ("late-days", "whole number", "0", "", False),
    ]
    assert task.about == ("Something to do.", "It is an activity: all of the common options are its own too.")
    assert task.body == ("Markdown: whatever a lesson may hold, except activities.",)
    assert reference.of_kind(Poll()).body == ("Nothing: such a block has options only.",)
    assert reference.of_kind(Note()).about == ("A remark.",)


@pytest.mark.parametrize("name", directives.KINDS)
def test_every_block_of_the_format_is_told_and_its_example_loads(course, name):
    kind = directives.KINDS[name]
    told = reference.of_kind(kind)
    assert (len(told.about), [sentence[-1] for sentence in (*told.about, *told.body)]) == (
        1,
        ["."] * (1 + len(told.body)),
    )
    assert [key.name for key in told.keys if not (key.about and key.example)] == []
    assert f"{{{name}}}" in told.example
    beside = {f"01-start/{path}": b"ID3" for path in ("media/greeting.mp3", "_rules.md") if path in told.example}
    loaded = course({"01-start/01-why.md": LESSON + told.example + "\n"} | beside)
    assert [str(problem) for problem in loaded.problems] == []


def test_words_for_types_and_limits():
    found = {f"{name}.{key.name}": key for name, key in CORE}
    told = {
        name: (found[name].type, found[name].default, found[name].limits, found[name].topic)
        for name in (
            "lesson.minutes", "course.authors", "course.completion.activities", "lesson.requires",
            "course.certificate.kind", "course.title", "block.required", "criteria.items", "criteria.strategy",
        )
        if name in found
    }  # fmt: skip
    assert told == {
        "lesson.minutes": ("whole number", "", "0 to 60\u00a0000", ""),
        "course.authors": ("text or list of texts", "", "", ""),
        "course.completion.activities": ("`all`, `none` or list of ids", "all", "", ""),
        "lesson.requires": ("requirements", "", "", "requires"),
        "course.certificate.kind": ("text", "", "not empty", ""),
        "course.title": ("text", "", "at most 300 characters", ""),
        "block.required": ("true or false", "true", "", ""),
        "criteria.items": ("list of entries with keys of their own", "", "at least 1", ""),
        "criteria.strategy": ("`points`, `rubric`, `checklist`, `errors`, `comments` or `pairwise`", "points", "", ""),
    }


def test_the_printed_forms_hold_everything():
    found = reference.sections(KINDS)
    text, page = printed.as_text(found), printed.as_markdown(found)
    data = json.loads(json.dumps(printed.as_data(found)))
    assert [section["name"] for section in data] == list(SECTIONS)
    for section in found:
        assert f"{section.title}\n{'=' * len(section.title)}\n" in text
        assert f"\n## {section.title} {{#{section.name}}}\n" in page
        for key in section.keys:
            assert f"\n  {key.name}\n" in text
            assert f"\n`{key.name}`\n:   " in page
        assert all(f"\n- {sentence}\n" in page for sentence in section.body)
        assert not section.example or f"\n{section.example}\n" in page
    assert max(len(line) for line in text.split("\n")) <= 110


def test_the_page_is_a_lesson_without_a_problem(tmp_path):
    folder = tmp_path / "course"
    (folder / "01-start").mkdir(parents=True)
    (folder / "course.md").write_text("---\ntitle: Course\n---\n", "utf-8")
    (folder / "01-start/index.md").write_text("---\ntitle: Start\n---\n", "utf-8")
    (folder / "01-start/01-reference.md").write_text(printed.as_markdown(reference.sections(KINDS)), "utf-8")
    loaded = load(folder, KINDS)
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.course is not None
    ids = {heading.id for heading in loaded.course.lessons()[0].headings}
    assert ids == {f"h-{name}" for name in SECTIONS}


# ------------------------------------------------------------------ JSON Schema


def words_of(node: Any, names: bool = False) -> Iterator[str]:
    """The keywords of a schema: what stands below ``properties`` and ``$defs`` are names."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if isinstance(key, str) and not names:
            yield key
        if key != "examples":
            yield from words_of(value, names=not names and key in ("properties", "$defs"))


def test_a_schema_has_nothing_of_ours_left():
    whole = jsonschema.all_in_one(KINDS)
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert [word for word in words_of(whole) if word.startswith("x-") or word in ("title", "from_body")] == []
    every = sorted({**directives.KINDS, **KINDS})
    assert [name for name in whole["$defs"] if "." not in name] == [
        "course", "module", "lesson", *(f"block-{name}" for name in every)
    ]  # fmt: skip


def test_a_schema_speaks_the_authors_language():
    found = jsonschema.front_matter("lesson", lambda text: text.upper() if text.endswith(".") else text)
    assert found["properties"]["minutes"]["description"] == (
        "HOW MANY MINUTES READING TAKES, WITHOUT THE ACTIVITIES ON THE PAGE."
    )


class Silent(BlockKind[ActivitySettings]):
    name = "silent"
    Settings = ActivitySettings


def test_a_kind_that_says_nothing_is_shown_with_what_there_is():
    found = reference.of_kind(Silent())
    assert (found.title, found.example, found.keys) == ("silent", "", ())
    assert "## silent {#silent}" in printed.as_markdown([found])
