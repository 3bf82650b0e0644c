"""The reference of the format: every key, block and option, made of the models and kinds that check a course.

``sections`` gives it as data, in the language that ``translate`` speaks; ``courses.printed`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses import jsonschema, moments
from courses.blocks import ActivitySettings, BlockKind
from courses.criteria import Criteria
from courses.directives import KINDS
from courses.jsonschema import Schema, Translate
from courses.phasing import PhaseOptions
from courses.problems import N_


@dataclass(frozen=True)
class Key:
    """A key or option. ``name`` tells its place (``completion.score``, ``sessions[].starts``); ``type``, ``limits`` and
    ``default`` are words, "" where there is nothing to say; ``example`` is a line as an author would write it."""

    name: str
    type: str
    required: bool
    default: str
    limits: str
    about: str
    example: str
    topic: str = ""
    """The section that says more about values of this type, or ""."""


@dataclass(frozen=True)
class Section:
    """What there is to know about one thing. ``about`` and ``body`` are sentences with inline Markdown."""

    name: str
    title: str
    about: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    body: tuple[str, ...] = ()
    example: str = ""


TITLES: Mapping[str, str] = {
    "course": N_("course.md: the course"),
    "module": N_("index.md: a module"),
    "lesson": N_("A lesson"),
    "block": N_("Blocks and the options of every activity"),
    "requires": N_("Requirements"),
    "moment": N_("Moments"),
    "phases": N_("Phases"),
    "criteria": N_("Criteria"),
    "id": N_("Ids"),
    "share": N_("Shares"),
}
"""Names of the sections beside the kinds of block, with their titles."""

_ABOUT: Mapping[str, tuple[str, ...]] = {
    "course": (
        N_("The file `course.md` in the folder of the course: keys between two lines `---`, below them the description."),
        N_("A translation is `course.en.md` beside it; it needs only what differs: the title, the texts, the description."),
    ),
    "module": (
        N_("A folder such as `01-start` is a module; the number gives its place. Its `index.md` says what it is called."),
        N_("The text below the keys is the description of the module."),
    ),
    "lesson": (
        N_("Every other file such as `01-why.md` in the folder of a module is a lesson; the number gives its place."),
        N_("Below the keys stands the lesson: Markdown with tables, footnotes, formulas, code, pictures and blocks."),
        N_("A translation is the same file with a language before `.md`, `01-why.en.md`, with the same blocks and ids."),
    ),
    "block": (
        N_("A block begins with `:::{kind} Title` at the left margin and ends with `:::`; more colons where blocks nest."),
        N_("Directly below the first line stand options, `:key: value`, or YAML between two lines `---` where they nest."),
        N_("Back-ticks in place of colons mean the same. Within code a block is only shown."),
        N_("These options are common to all activities; only `id` must be given:"),
    ),
    "requires": (
        N_("What must be true before a lesson or an activity opens. People who wait are told in words what is missing."),
        N_("An id alone means that lesson or activity is complete; a list means all of it; keys say more, and nest:"),
    ),
    "moment": (N_("A date, a date with a time, or a day counted from the start of the run, so that a course can be given again:"),),
    "phases": (
        N_("Some activities go through named phases: what people may do there depends on the phase it is."),
        N_("Each phase is moved on by its moments, by the phase beside it, or by the tutor, as its keys say; all are optional."),
        N_("A tutor may move the activity forward or back at any time; moments still to come go on moving it from there."),
        N_("A page of the activity shows all phases with what everybody does in them, and to authors how it looks in each."),
    ),
    "criteria": (
        N_("What works are marked by: a table in the body of the block, or a list under `criteria` among its options."),
        N_("The table has a head with the columns Criterion and Points, and, if you like, Description, Weight and Id."),
        N_(
            "A cell of points is a number, or levels to choose from: `0 no; 3 partly; 5 fully`, or in words alone: "
            "`no; partly; fully`."
        ),
        N_(
            "In place of Points there may be Mistakes (how many there can be; a table Mistakes and Mark may follow), Tick (there or "
            "not), Comparison (which of two works is better) or Comment (words alone)."
        ),
    ),
    "id": (
        N_("Lower-case Latin words, digits and hyphens between them, at most 64 characters: `first-steps`."),
        N_("Lessons and activities of a course share one list of ids; results are kept by them, so they stay as they are."),
        N_("If one has to change, write the former under `aliases`."),
    ),
    "share": (N_("A part of the whole: `60%` or `0.6`."),),
}  # fmt: skip

_EXAMPLES: Mapping[str, str] = {
    "course": N_(
        "---\n"
        "title: My first course\n"
        "language: en\n"
        "timezone: Europe/Moscow\n"
        "authors: [Anna Ivanova]\n"
        "summary: How teachers of different towns learn together.\n"
        "completion:\n"
        "  score: 60%\n"
        "---\n"
        "\n"
        "What the catalogue shows."
    ),
    "module": N_("---\ntitle: The beginning\n---\n\nWhat this module is about."),
    "lesson": N_(
        "---\n"
        "title: Forms of online work\n"
        "minutes: 45\n"
        "objectives:\n"
        "  - choose a form by what shall remain\n"
        "---\n"
        "\n"
        "Text, a footnote[^1], a formula $a^2 + b^2$.\n"
        "\n"
        "| Form | What it is good for |\n"
        "|---|---|\n"
        "| seminar | to agree on something |\n"
        "\n"
        "[^1]: Like this one."
    ),
    "requires": (
        "requires:\n  - why\n  - score: {forms-quiz: 70%}\n  - any_of:\n      - first-project\n      - from: week 2"
    ),
    "phases": "phases:\n  submission: {opens: day 1, closes: day 7}\n  review: {closes: day 12 21:00}\n  evaluation: {opens: tutor}",
    "criteria": N_(
        "| Criterion | Points | Description |\n"
        "|---|---|---|\n"
        "| Clarity | 5 | A colleague understands it without asking |\n"
        "| Completeness | 0 no; 3 partly; 5 fully | Nothing is left out |"
    ),
}

_TOPICS = {
    "id": "id",
    "moment": "moment",
    "share": "share",
    "requirements": "requires",
    "criteria": "criteria",
    "moment, or `tutor`": "moment",
}
_TYPES = {
    "string": N_("text"),
    "integer": N_("whole number"),
    "number": N_("number"),
    "boolean": N_("true or false"),
    "object": N_("keys of its own"),
    "array": N_("list"),
}


def names(kinds: Mapping[str, BlockKind[Any]]) -> tuple[str, ...]:
    """The names of all sections, in order."""
    first = ("course", "module", "lesson", "block")
    own = [name for name in sorted(KINDS) if name not in kinds]
    return (*first, *sorted(kinds), *own, *(name for name in TITLES if name not in first))


def sections(kinds: Mapping[str, BlockKind[Any]], translate: Translate = str) -> tuple[Section, ...]:
    """The whole reference. ``kinds`` are the kinds of block by name, beside those of the format itself."""
    every = {**KINDS, **kinds}
    return tuple(
        of_kind(every[name], translate) if name in every else _of_topic(name, translate) for name in names(kinds)
    )


def _of_topic(name: str, translate: Translate) -> Section:
    about = tuple(translate(sentence) for sentence in _ABOUT[name])
    example = translate(_EXAMPLES[name]) if name in _EXAMPLES else ""
    keys: tuple[Key, ...] = ()
    body: tuple[str, ...] = ()
    if name in jsonschema.FILES:
        keys = tuple(_keys(jsonschema.described(jsonschema.FILES[name]), translate))
    elif name == "block":
        keys = tuple(_keys(jsonschema.described(ActivitySettings), translate, sign=":"))
    elif name == "phases":
        keys = tuple(_keys(jsonschema.described(PhaseOptions), translate))
    elif name == "requires":
        schema = next(part for part in jsonschema.DEFINITIONS[name]["anyOf"] if part.get("type") == "object")
        keys = tuple(_keys(schema, translate))
    elif name == "criteria":
        whole = jsonschema.described(Criteria)
        keys = tuple(_keys({**_branch(whole), "$defs": whole["$defs"]}, translate))
    elif name == "moment":
        body = tuple(f"`{form}`: {translate(meaning)}" for form, meaning in moments.EXAMPLES)
    return Section(name, translate(TITLES[name]), about, keys, body, example)


def _branch(schema: Schema) -> Schema:
    """The form of a value that has keys, of all it may have."""
    found: Schema = next(part for part in schema.get("anyOf", [schema]) if "properties" in part)
    return found


def of_kind(kind: BlockKind[Any], translate: Translate = str) -> Section:
    """What there is to know about a kind of block."""
    schema = jsonschema.described(kind.Settings, kind.body_fields())
    common = set(ActivitySettings.model_fields) if issubclass(kind.Settings, ActivitySettings) else set()
    own = {name: node for name, node in schema["properties"].items() if name not in common}
    about = [translate(kind.summary)] if kind.summary else []
    if common:
        about.append(translate(N_("It is an activity: all of the common options are its own too.")))
    return Section(
        kind.name,
        f"{kind.name}: {_title(kind, translate)}" if _title(kind, translate) else kind.name,
        tuple(about),
        tuple(_keys({**schema, "properties": own}, translate, sign=":")),
        tuple(translate(sentence) for sentence in kind.grammar()),
        translate(kind.example).strip() if kind.example else "",
    )


def _title(kind: BlockKind[Any], translate: Translate) -> str:
    title = getattr(kind, "title", "")  # what a person sees it called, where the kind is an activity of a site
    return translate(title) if isinstance(title, str) and title else ""


# -- a schema in words


def _keys(
    schema: Schema, translate: Translate, before: str = "", root: Schema | None = None, sign: str = ""
) -> Iterator[Key]:
    """The keys of a schema and below them those of their values. ``sign`` stands before the name of an option in a block."""
    whole = root if root is not None else schema
    for name, node in schema["properties"].items():
        full = _resolved(node, whole)
        word = str(full.get("x-word", ""))
        examples = node.get("examples") or full.get("examples") or [""]
        yield Key(
            name=before + name,
            type=_word(full, whole, translate),
            required=name in schema.get("required", ()),
            default=_default(full),
            limits=_limits(full, translate),
            about=translate(node["description"]) if node.get("description") else "",
            example=f"{sign}{name}: {translate(examples[0])}" if examples[0] else "",
            topic=_TOPICS.get(word, ""),
        )
        if word in _TOPICS:
            continue
        many = full.get("type") == "array"
        inner = _resolved(full["items"], whole) if many else full
        if "properties" in inner:
            yield from _keys(inner, translate, f"{before}{name}{'[]' if many else ''}.", whole)


def _resolved(node: Schema, whole: Schema) -> Schema:
    if "x-def" in node:
        return {"x-word": jsonschema.DEFINITIONS[node["x-def"]]["x-word"], **node}
    if "$ref" not in node:
        return node
    found = whole["$defs"][node["$ref"].rpartition("/")[2]]
    return {**_resolved(found, whole), **{key: value for key, value in node.items() if key != "$ref"}}


def _word(node: Schema, whole: Schema, translate: Translate) -> str:
    node = _resolved(node, whole)
    if "x-word" in node:
        return translate(node["x-word"])
    if "enum" in node:
        return _or([f"`{value}`" for value in node["enum"]], translate)
    if "anyOf" in node:
        words = [
            word
            for part in node["anyOf"]
            for word in (
                [f"`{value}`" for value in part["enum"]] if "enum" in part else [_word(part, whole, translate)]
            )
        ]
        return _or(list(dict.fromkeys(words)), translate)
    if node.get("type") == "array":
        inner = _resolved(node["items"], whole)
        if "properties" in inner:
            return translate(N_("list of entries with keys of their own"))
        if inner.get("x-word") == "id":
            return translate(N_("list of ids"))
        return translate(N_("list of texts")) if inner.get("type") == "string" else translate(N_("list"))
    return translate(_TYPES[node["type"]])


def _or(words: Sequence[str], translate: Translate) -> str:
    if len(words) == 1:
        return words[0]
    return translate(N_("{first} or {last}")).format(first=", ".join(words[:-1]), last=words[-1])


def _default(node: Schema) -> str:
    value = node.get("default")
    if value is None or isinstance(value, dict | list):
        return ""
    if node.get("x-word") == "share":
        return f"{value:.0%}"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _limits(node: Schema, translate: Translate) -> str:
    if "x-word" in node and "pattern" in node:
        return ""  # a type with a section or a word of its own
    least, most = node.get("minimum"), node.get("maximum")
    if "exclusiveMinimum" in node:
        text = (
            translate(N_("more than {least}, at most {most}"))
            if most is not None
            else translate(N_("more than {least}"))
        )
        return text.format(least=_number(node["exclusiveMinimum"]), most=_number(most))
    if least is not None and most is not None:
        return translate(N_("{least} to {most}")).format(least=_number(least), most=_number(most))
    if least is not None:
        return translate(N_("at least {least}")).format(least=_number(least))
    if node.get("maxLength") is not None:
        return translate(N_("at most {most} characters")).format(most=_number(node["maxLength"]))
    if node.get("minLength") == 1:
        return translate(N_("not empty"))
    few, many = node.get("minItems"), node.get("maxItems")
    if few is not None and many is not None:
        return translate(N_("{least} to {most} entries")).format(least=few, most=_number(many))
    if few is not None:
        return translate(N_("at least {least}")).format(least=few)
    return ""


def _number(value: float | None) -> str:
    """Figures in threes, with a space that does not break."""
    return "" if value is None else f"{value:,.6g}".replace(",", "\u00a0")
