"""JSON Schema of what authors write as keys: front matter and the options of blocks.

Made from the same models that check a course, so that an editor which completes and checks keys says what ``lms check``
says. A model's fields carry their descriptions and examples (examples are YAML, as an author would write them); a type
may bring ``x-word``, what the reference of the format calls it, and ``x-def``, the name of a schema that holds itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from courses import requires
from courses.blocks import BlockKind
from courses.directives import KINDS
from courses.frontmatter import read
from courses.problems import Report
from courses.schema import CourseMatter, LessonMatter, ModuleMatter

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILES: Mapping[str, type[BaseModel]] = {"course": CourseMatter, "module": ModuleMatter, "lesson": LessonMatter}
"""The models of front matter by what they are about: ``course.md``, a module's ``index.md``, a lesson."""

DEFINITIONS: Mapping[str, dict[str, Any]] = {"requires": requires.SCHEMA}
"""Schemas that hold themselves, by the name given as ``x-def``."""

Schema = dict[str, Any]
Translate = Callable[[str], str]


def described(model: type[BaseModel], hidden: Iterable[str] = ()) -> Schema:
    """The schema of a model as its author sees it, still with the marks for the reference (``x-word``, ``x-def``).

    ``hidden`` are names of fields that are not written as keys.
    """
    whole = model.model_json_schema(by_alias=True, mode="validation")
    for name in hidden:
        whole["properties"].pop(model.model_fields[name].alias or name, None)
    result: Schema = _as_written(whole)
    return result


def _as_written(node: Any, names: bool = False) -> Any:
    """Without what pydantic takes from Python: titles made of names, docstrings of models, null for what is left out.

    Below ``properties`` and ``$defs`` the keys are names of an author's own, so nothing is taken there.
    """
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {key: _as_written(value) for key, value in node.items()}
    kept = {key: value for key, value in node.items() if key != "title"}
    if "properties" in kept:
        kept.pop("description", None)
    if "default" in kept and kept["default"] in (None, "", [], {}):
        del kept["default"]
    if isinstance(kept.get("default"), dict):
        del kept["default"]  # the keys inside say their own
    choices = [item for item in kept.get("anyOf", ()) if item != {"type": "null"}]
    if len(choices) == 1:
        kept = choices[0] | {key: value for key, value in kept.items() if key != "anyOf"}
    elif choices:
        kept["anyOf"] = choices
    return {key: _as_written(value, names=key in ("properties", "$defs")) for key, value in kept.items()}


def front_matter(name: str, translate: Translate = str) -> Schema:
    """JSON Schema of the front matter of a ``course``, ``module`` or ``lesson``. Raises ``KeyError``."""
    return _finished(described(FILES[name]), translate)


def options(kind: BlockKind[Any], translate: Translate = str) -> Schema:
    """JSON Schema of the options of a kind of block."""
    return _finished(described(kind.Settings, kind.body_fields()), translate)


def all_in_one(kinds: Mapping[str, BlockKind[Any]], translate: Translate = str) -> Schema:
    """One file that holds them all under ``$defs``: ``course``, ``module``, ``lesson`` and ``block-<kind>``.

    ``kinds`` are those beside the kinds of the format itself.
    """
    parts = {name: front_matter(name, translate) for name in FILES}
    parts |= {f"block-{name}": options(kind, translate) for name, kind in sorted({**KINDS, **kinds}.items())}
    definitions: Schema = {}
    for name, part in parts.items():
        part.pop("$schema")
        inner = part.pop("$defs", {})
        moved = {key: f"{name}.{key}" for key in inner}
        for key, value in {**{moved[key]: value for key, value in inner.items()}, name: part}.items():
            definitions[key] = _moved(value, moved)
    return {"$schema": DIALECT, "$defs": definitions}


def _moved(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_moved(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"#/$defs/{names[value.removeprefix('#/$defs/')]}" if key == "$ref" else _moved(value, names)
        for key, value in node.items()
    }


def _finished(schema: Schema, translate: Translate) -> Schema:
    used: dict[str, None] = {}
    result = _plain(schema, translate, used)
    for name in used:  # a definition may use others: they are found while this goes on
        result.setdefault("$defs", {})[name] = _plain(DEFINITIONS[name], translate, {})
    return {"$schema": DIALECT, **result}


def _plain(node: Any, translate: Translate, used: dict[str, None], names: bool = False) -> Any:
    """The node without our marks, sentences translated, examples as values."""
    if isinstance(node, list):
        return [_plain(item, translate, used) for item in node]
    if not isinstance(node, dict):
        return node
    result: Schema = {}
    for key, value in node.items():
        if names:
            result[key] = _plain(value, translate, used)
        elif key == "x-def":
            used[value] = None
            result["$ref"] = f"#/$defs/{value}"
        elif key == "description":
            result[key] = translate(value)
        elif key == "examples":
            result[key] = [value_of(translate(item)) for item in value]
        elif not key.startswith("x-") and key != "from_body":
            result[key] = _plain(value, translate, used, names=key in ("properties", "$defs"))
    return result


def value_of(written: str) -> Any:
    """The value of an example, read as the front matter of a file is read. Raises ``ValueError`` for bad YAML."""
    report = Report()
    document = read(f"key: {written}", 1, report)
    if report.failed:
        raise ValueError(f"{written!r}: {report.problems[0]}")
    return document.data["key"]
