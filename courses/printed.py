"""The reference of the format as a program, a terminal and a lesson of a course take it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from courses.jsonschema import Translate
from courses.problems import N_
from courses.reference import TITLES, Key, Section

WIDTH = 88
"""Columns of the text form."""

_BODY, _FORMS, _EXAMPLE = N_("Body"), N_("Forms"), N_("Example")


def as_data(found: Sequence[Section]) -> list[dict[str, Any]]:
    """For programs: a list of plain mappings."""
    return [asdict(section) for section in found]


def as_text(found: Sequence[Section], translate: Translate = str) -> str:
    """For a terminal."""
    return "\n\n".join("\n".join(_text_of(section, translate)) for section in found)


def _text_of(section: Section, translate: Translate) -> Iterator[str]:
    yield section.title
    yield "=" * len(section.title)
    if section.about:
        yield ""
        yield from _wrapped(" ".join(section.about), "")
    for key in section.keys:
        yield ""
        yield f"  {key.name}"
        yield from _wrapped(f"{_facts(key, translate)}.", "      ")
        yield from _wrapped(key.about, "      ")
        if key.example:
            yield f"      {key.example}"
    if section.body:
        yield ""
        yield f"  {translate(_body_title(section))}"
        for sentence in section.body:
            yield from _wrapped(sentence, "    - ", "      ")
    if section.example:
        yield ""
        yield f"  {translate(_EXAMPLE)}"
        yield ""
        yield from (f"    {line}".rstrip() for line in section.example.split("\n"))


def _facts(key: Key, translate: Translate, kind: str = "") -> str:
    """Type, limits and default in a line; ``kind`` takes the place of the type."""
    parts = [kind or key.type]
    if key.limits:
        parts.append(key.limits)
    if key.required:
        parts.append(translate(N_("must be given")))
    elif key.default:
        parts.append(translate(N_("default {value}")).format(value=key.default))
    return ", ".join(parts)


def _body_title(section: Section) -> str:
    return _FORMS if section.name in TITLES else _BODY


def _wrapped(text: str, indent: str, further: str | None = None) -> list[str]:
    # a command in back-ticks may hold spaces: it is no worse for standing on two lines
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent if further is None else further,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def as_markdown(found: Sequence[Section], translate: Translate = str) -> str:
    """As a lesson of a course."""
    matter = {
        "title": translate(N_("Reference of the format")),
        "minutes": 30,
        "summary": translate(N_("Every key, block and option with its type, default, limits and an example.")),
    }
    lines = ["---", *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in matter.items()), "---", ""]
    lines += [
        translate(
            N_("This page is made by the program of the very rules it checks courses by, so it leaves nothing out.")
        ),
        "",
    ]
    for section in found:
        lines += _markdown_of(section, translate)
    return "\n".join(lines)


def _markdown_of(section: Section, translate: Translate) -> Iterator[str]:
    yield f"## {section.title} {{#{section.name}}}"
    yield ""
    if section.about:
        yield " ".join(section.about)
        yield ""
    for key in section.keys:
        kind = f"[{key.type}](#{key.topic})" if key.topic else key.type
        example = f" {translate(_EXAMPLE)}: `{key.example}`" if key.example else ""
        yield f"`{key.name}`"
        yield f":   {_facts(key, translate, kind)}. {key.about}{example}"
        yield ""
    if section.body:
        yield f"{translate(_body_title(section))}:"
        yield ""
        yield from (f"- {sentence}" for sentence in section.body)
        yield ""
    if section.example:
        fence = "`" * max(len(run) + 1 for run in ["``", *re.findall("`{3,}", section.example)])
        yield f"{translate(_EXAMPLE)}:"
        yield ""
        yield f"{fence}{'yaml' if section.name in ('requires', 'phases') else 'markdown'}"
        yield section.example
        yield fence
        yield ""
