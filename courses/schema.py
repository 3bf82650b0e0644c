"""The keys of ``course.md``, a module's ``index.md`` and a lesson; and pydantic's findings said in our sentences.

It is one module because a key and what is said when it is wrong are read side by side.
"""

from __future__ import annotations

import copy
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from courses.blocks import Aliases
from courses.frontmatter import Document
from courses.ids import Id
from courses.problems import N_, Report
from courses.requires import AUTHOR_KEYS, Requires
from courses.tree import CertificateRule, Completion


def _zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError("timezone", "no such time zone", {"value": name}) from error
    return name


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_one_or_many),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "x-word": N_("text or list of texts"),
        }
    ),
]


class _Matter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(
        min_length=1,
        max_length=300,
        description=N_("What it is called, in lists and on its own page."),
        examples=[N_("Forms of online work")],
    )
    ignore: dict[str, str | None] = Field(
        default_factory=dict,
        json_schema_extra={"x-word": N_("reasons by code of a warning")},
        description=N_(
            "Warnings to be kept quiet, each with the reason: in course.md for the whole course, elsewhere for the file."
        ),
        examples=[N_("{heading-skip: the source has its own levels}")],
    )


class CourseMatter(_Matter):
    """Front matter of ``course.md``. ``hours`` are academic (45 minutes); the body is the description."""

    id: Id | None = Field(
        default=None,
        description=N_("The course's part of every address; without it the name of the folder."),
        examples=["online-community"],
    )
    language: str = Field(
        default="en",
        pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$",
        json_schema_extra={"x-word": N_("code of a language")},
        description=N_("The language of the files without a language in their names."),
        examples=["ru"],
    )
    hours: float = Field(
        default=0,
        ge=0,
        le=10_000,
        description=N_(
            "The volume in academic hours of 45 minutes, which the minutes of lessons and activities add up to; 0: not said."
        ),
        examples=["36"],
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC",
        json_schema_extra={"x-word": N_("name of a time zone")},
        description=N_("The time zone of all dates in the course's files."),
        examples=["Europe/Moscow"],
    )
    authors: _Texts = Field(
        default=(), description=N_("Who wrote the course, as the catalogue shows it."), examples=[N_("[Anna Ivanova]")]
    )
    summary: str = Field(
        default="",
        description=N_("One or two sentences for the catalogue."),
        examples=[N_("How teachers of different towns learn together")],
    )
    objectives: _Texts = Field(
        default=(),
        description=N_("What people will be able to do afterwards, a line for each."),
        examples=[N_("[lead a seminar, review a work by criteria]")],
    )
    completion: Completion = Field(
        default=Completion(),
        description=N_("What “finished” means: by default every lesson read and every required activity complete."),
        examples=["{score: 60%}"],
    )
    certificate: CertificateRule | None = Field(
        default=None,
        description=N_("The document for those who finished; without it there is none."),
        examples=["{kind: advanced-training}"],
    )
    tags: _Texts = Field(
        default=(), description=N_("Words the course can be found by."), examples=[N_("[community, seminar]")]
    )
    license: str = Field(
        default="", description=N_("On which terms others may use the text."), examples=["CC BY-SA 4.0"]
    )
    aliases: _Texts = Field(
        default=(),
        description=N_("Ids the course had before."),
        examples=["[network-teachers]"],
    )


class ModuleMatter(_Matter):
    """Front matter of a module's ``index.md``; the body is the description."""

    id: Id | None = Field(
        default=None,
        description=N_("The module's part of the address; without it the name of the folder without its number."),
        examples=["start"],
    )
    aliases: Aliases = Field(
        default=(),
        description=N_("Ids the module had before."),
        examples=["[beginning]"],
    )


class LessonMatter(_Matter):
    """Front matter of a lesson. ``minutes`` are those of reading, without the activities on the page."""

    id: Id | None = Field(
        default=None,
        description=N_(
            "What conditions and links call the lesson; without it the name of the file without its number."
        ),
        examples=["first-steps"],
    )
    aliases: Aliases = Field(
        default=(),
        description=N_("Ids the lesson had before."),
        examples=["[how-to-begin]"],
    )
    minutes: int | None = Field(
        default=None,
        ge=0,
        le=60_000,
        description=N_("How many minutes reading takes, without the activities on the page."),
        examples=["45"],
    )
    requires: Requires | None = Field(
        default=None,
        description=N_("What must be true before the lesson opens."),
        examples=["[why, {score: {forms-quiz: 70%}}]"],
    )
    summary: str = Field(
        default="",
        description=N_("A sentence for the list of lessons."),
        examples=[N_("What a seminar, a discussion and a project are good for")],
    )
    objectives: _Texts = Field(
        default=(),
        description=N_("What people will be able to do after this lesson, a line for each."),
        examples=[N_("[choose a form by what shall remain]")],
    )
    tags: _Texts = Field(default=(), description=N_("Words the lesson can be found by."), examples=[N_("[forms]")])


M = TypeVar("M", bound=BaseModel)


def validate(
    model: type[M],
    document: Document,
    report: Report,
    *,
    extra: Mapping[str, Any] | None = None,
    hidden: Iterable[str] = (),
) -> tuple[M | None, frozenset[str]]:
    """The model made of a document, or None with everything wrong in the report.

    ``extra`` are values that did not come from the file (they win), ``hidden`` are keys that may not be written in it.
    Also gives the top-level keys something is wrong with.
    """
    data = copy.deepcopy(document.data)
    unseen = {name for key in hidden for name in (key, key.replace("_", "-"))}
    bad: set[str] = set()
    names = [field.alias or name for name, field in model.model_fields.items() if name not in unseen]
    for key in [key for key in data if key in unseen]:
        _unknown((key,), names, document, report)
        bad.add(key)
        del data[key]
    data |= extra or {}
    try:
        return model.model_validate(data), frozenset(bad)
    except ValidationError as error:
        errors = error.errors()
    if _as_written(errors, data, document):
        try:
            return model.model_validate(data), frozenset(bad)
        except ValidationError as error:
            errors = error.errors()
    seen: set[tuple[Any, ...]] = set()
    guesses = {
        (detail["loc"][:-1], guess)
        for detail in errors
        if detail["type"] == "extra_forbidden"
        for guess in get_close_matches(str(detail["loc"][-1]), _model_at(model, detail["loc"][:-1]), 1)
    }
    below = {detail["loc"][:n] for detail in errors for n in range(1, len(detail["loc"]))}
    for detail in errors:
        if detail["type"] == "too_short" and detail["loc"] in below:
            continue  # there are enough, but none of them is right: that is said
        if detail["type"] == "missing" and (detail["loc"][:-1], detail["loc"][-1]) in guesses:
            bad.add(str(detail["loc"][0]))
            continue  # it is there, with a slip in its name: that is said
        path = tuple(step for step in detail["loc"] if isinstance(step, str | int))
        if path:
            bad.add(str(path[0]))
        here = document.known(path)
        # a union reports once for every type it tried: the author made one mistake
        named = not here or detail["type"] in ("missing", "extra_forbidden")
        once: tuple[Any, ...] = (here, detail["type"], detail["loc"][-1:]) if named else (here,)
        if once not in seen:
            seen.add(once)
            explain(detail, document, report, model, names)
    return None, frozenset(bad)


def _as_written(errors: Iterable[ErrorDetails], data: dict[str, Any], document: Document) -> bool:
    """Where a text was expected and a number or truth value came: take it as it was written. True if any was."""
    changed = False
    for detail in errors:
        path = tuple(detail["loc"])
        if detail["type"] == "string_type" and path in document.written and detail["input"] is not None:
            holder: Any = data
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = document.written[path]
            changed = True
    return changed


def _model_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """The field names a mapping at this path may have, as far as plain nesting tells."""
    here: Any = model
    for step in path:
        if isinstance(step, int):
            continue
        fields = here.model_fields if isinstance(here, type) and issubclass(here, BaseModel) else {}
        field = next((f for name, f in fields.items() if step in (name, f.alias)), None)
        if field is None:
            continue
        here = next(iter(_models(field.annotation)), None)
    return [field.alias or name for name, field in here.model_fields.items()] if here is not None else []


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


def _unknown(path: tuple[str | int, ...], names: Iterable[str], document: Document, report: Report) -> None:
    line, column = document.place(path, key=True)
    key = str(path[-1])
    known = sorted(names)
    close = get_close_matches(key.replace("_", "-").lower(), known, 1) or get_close_matches(key.lower(), known, 1)
    report.add(
        line,
        column,
        "unknown-key",
        N_("There is no key “{key}” here."),
        hint=N_("Did you mean “{close}”? Known keys: {known}.") if close else N_("Known keys: {known}."),
        key=key,
        close=close[0] if close else "",
        known=", ".join(known),
    )


_TYPES = {
    "string_type": N_("“{key}” must be a text."),
    "int_type": N_("“{key}” must be a whole number, not “{value}”."),
    "int_parsing": N_("“{key}” must be a whole number, not “{value}”."),
    "int_from_float": N_("“{key}” must be a whole number, not “{value}”."),
    "float_type": N_("“{key}” must be a number, not “{value}”."),
    "float_parsing": N_("“{key}” must be a number, not “{value}”."),
    "finite_number": N_("“{key}” must be a number, not “{value}”."),
    "bool_type": N_("“{key}” must be true or false, not “{value}”."),
    "bool_parsing": N_("“{key}” must be true or false, not “{value}”."),
    "list_type": N_("“{key}” must be a list."),
    "tuple_type": N_("“{key}” must be a list."),
    "set_type": N_("“{key}” must be a list."),
    "dict_type": N_("“{key}” must hold keys of its own."),
    "model_type": N_("“{key}” must hold keys of its own."),
    "model_attributes_type": N_("“{key}” must hold keys of its own."),
    "literal_error": N_("“{key}” must be one of these: {expected}; not “{value}”."),
    "enum": N_("“{key}” must be one of these: {expected}; not “{value}”."),
    "greater_than": N_("“{key}” must be more than {gt}, not “{value}”."),
    "greater_than_equal": N_("“{key}” must be at least {ge}, not “{value}”."),
    "less_than": N_("“{key}” must be less than {lt}, not “{value}”."),
    "less_than_equal": N_("“{key}” must be at most {le}, not “{value}”."),
    "string_too_short": N_("“{key}” must not be empty."),
    "too_short": N_("“{key}” must hold at least {min_length}."),
    "string_too_long": N_("“{key}” is too long: at most {max_length} characters."),
    "too_long": N_("“{key}” holds too much: at most {max_length}."),
    "moment": N_("“{value}” is not a moment."),
    "moment_date": N_("No calendar has “{value}”."),
    "timezone": N_("There is no time zone “{value}”."),
    "share": N_("“{key}” must be a share such as 60%, not “{value}”."),
}
_CODES = {
    "moment": "moment",
    "moment_date": "moment",
    "timezone": "timezone",
    "share": "share",
}
_MOMENT_HINT = N_("Write 2026-03-01 18:00, 2026-03-01, day 5 18:00 or week 2.")
_HINTS = {
    "moment": _MOMENT_HINT,
    "moment_date": _MOMENT_HINT,
    "timezone": N_("Write a name such as Europe/Moscow or Asia/Yekaterinburg."),
    "share": N_("A share is a percentage such as 60% or a number from 0 to 1."),
}
_REQUIRES = {
    "id": N_("“{value}” cannot be the id of a lesson or activity."),
    "shape": N_("“requires” takes ids, lists and keys such as from or score."),
    "moment": N_("“{value}” is not a moment."),
    "moment_date": N_("No calendar has “{value}”."),
    "score": N_("“score” takes keys of its own: the id of an activity and a share."),
    "share": N_("“{value}” is not a share such as 60%."),
    "empty": N_("An empty list here can never be fulfilled."),
    "key": N_("“requires” has no key “{value}”."),
    "deep": N_("“requires” is nested too deep to be understood."),
}


def explain(
    detail: ErrorDetails, document: Document, report: Report, model: type[BaseModel], names: Iterable[str]
) -> None:
    """Say one finding of pydantic in a sentence of ours at its true place."""
    path = tuple(step for step in detail["loc"] if isinstance(step, str | int))
    context = dict(detail.get("ctx", {}))
    kind = detail["type"]
    here = document.known(path)
    if kind == "requires":
        _explain_requires(path, context, document, report)
        return
    if kind == "finding":  # a validator of a block's settings said it in its own sentence: `courses.blocks.Finding`
        code, text, hint = (str(context.pop(name)) for name in ("code", "text", "hint"))
        report.add(*document.place(here), code, text, hint=hint, **context)
        return
    if kind == "extra_forbidden":
        above = path[:-1]
        _unknown(path, names if not above else _model_at(model, above), document, report)
        return
    if kind == "missing":
        line, column = document.place(here, key=True) if here else (document.line, document.column)
        report.add(
            line,
            column,
            "missing-key",
            N_("The key “{key}” is missing."),
            hint=N_("Add a line {key}: …"),
            key=str(path[-1]),
        )
        return
    if not here:
        line, column = document.line, document.column
    else:
        line, column = document.place(here)
    words = [step for step in here if isinstance(step, str)] or [step for step in path if isinstance(step, str)]
    value = document.written.get(here, detail["input"])
    shown = str(value) if isinstance(value, str | int | float) or value is None else "…"
    if kind == "string_pattern_mismatch" and "a-z0-9" in str(context.get("pattern", "")):
        text = N_("“{value}” cannot be an id.")
        hint, code = N_("An id is lower-case Latin words, digits and hyphens: first-steps."), "id"
    elif kind == "string_pattern_mismatch" and words[-1:] == ["language"]:
        text, hint, code = (
            N_("“{value}” is no code of a language."),
            N_("Write ru, en or another code, as in uk-UA."),
            "value",
        )
    elif kind in ("value_error", "assertion_error"):
        text, hint, code = N_("“{key}” is not right: {detail}."), "", "value"
        context["detail"] = str(context.get("error", detail["msg"])).rstrip(".")
    else:
        text = _TYPES.get(kind, N_("The value of “{key}” does not fit."))
        hint, code = _HINTS.get(kind, ""), _CODES.get(kind, "value")
    context = {name: item for name, item in context.items() if isinstance(item, str | int | float)}
    context |= {name: f"{item:g}" for name, item in context.items() if isinstance(item, float)}
    context["key"] = words[-1] if words else "?"
    context["expected"] = ", ".join(re.findall(r"'([^']*)'", str(context.get("expected", ""))))
    context["value"] = shown[:80] if shown != "None" else ""
    if detail["input"] is None and kind not in ("value_error", "assertion_error"):
        text, hint = N_("“{key}” has no value."), N_("Write a value after the colon, or remove the key.")
    report.add(line, column, code, text, hint=hint, **context)


def _explain_requires(path: tuple[str | int, ...], context: dict[str, Any], document: Document, report: Report) -> None:
    reason = context.get("reason", "shape")
    inner = (*path, *context.get("path", ()))
    line, column = document.place(inner, key=reason == "key")
    value = str(context.get("value", ""))
    hint = ""
    close = get_close_matches(value, AUTHOR_KEYS, 1)
    if reason == "key":
        hint = N_("Did you mean “{close}”? Known keys: {known}.") if close else N_("Known keys: {known}.")
    elif reason in ("moment", "moment_date"):
        hint = _MOMENT_HINT
    elif reason == "id":
        hint = N_("An id is lower-case Latin words, digits and hyphens: first-steps.")
    report.add(
        line,
        column,
        {"key": "unknown-key", "moment": "moment", "moment_date": "moment", "share": "share"}.get(reason, "requires"),
        _REQUIRES.get(reason, _REQUIRES["shape"]),
        hint=hint,
        value=value[:80],
        close=close[0] if close else "",
        known=", ".join(AUTHOR_KEYS),
    )
