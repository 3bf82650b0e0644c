"""Reads YAML at the head of a file or block so that every value keeps its line and column.

PyYAML only composes nodes here; values are made by the YAML 1.2 core rules (``no`` is a word, ``12:30`` is a text,
dates stay text), so nothing an author writes turns into something else on the way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from courses.problems import N_, Report
from courses.scan import Option, key_line
from courses.yaml_errors import explain, no_key

Path = tuple[str | int, ...]

_MAX_CHARACTERS = 100_000
_MAX_VALUES = 20_000
_MAX_DEPTH = 40

_NULL = re.compile(r"(?:~|null|Null|NULL|)")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def scalar(text: str) -> Any:
    """The value of a plain word: None, a truth value, a number or the text itself."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and len(text) < 40:
        return float(text)
    return text


class _Loader(yaml.SafeLoader):
    """Knows no types of its own: every plain scalar comes out as text and is read by ``scalar``."""

    yaml_implicit_resolvers: dict[str, Any] = {}


@dataclass
class Document:
    """Values with their places. ``line`` is where the block begins: what is missing is missing there."""

    data: dict[str, Any]
    line: int
    column: int = 1
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    broken: bool = False

    def known(self, path: Sequence[str | int]) -> Path:
        """The longest part of the path that stands in the file; steps that are not in it are passed over."""
        here: Path = ()
        for step in path:
            if (*here, step) in self.values:
                here = (*here, step)
        return here

    def place(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value (or of the key) at the path, or of the nearest thing above it."""
        here = self.known(path)
        if key and here in self.keys:
            return self.keys[here]
        return self.values.get(here, (self.line, self.column)) if here else (self.line, self.column)

    def find(self, path: Sequence[str | int], text: str) -> tuple[int, int]:
        """Where the word ``text`` is written as a key or value below the path; the path itself if nowhere."""
        root = tuple(path)
        for here, value in self.written.items():
            if here[: len(root)] == root and value == text:
                return self.values[here]
        for here, place in self.keys.items():
            if here[: len(root)] == root and here[-1] == text:
                return place
        return self.place(path)

    def shifted(self, mapping: dict[str, str]) -> Document:
        """The same with top-level keys renamed, for schemas that spell them otherwise."""

        def renamed(path: Path) -> Path:
            return (mapping.get(str(path[0]), path[0]), *path[1:]) if path else path

        return Document(
            {mapping.get(key, key): value for key, value in self.data.items()},
            self.line,
            self.column,
            {renamed(path): place for path, place in self.values.items()},
            {renamed(path): place for path, place in self.keys.items()},
            {renamed(path): text for path, text in self.written.items()},
            self.broken,
        )


@dataclass(frozen=True)
class Split:
    """A file's two parts with the lines they begin at; ``matter`` is None where there is none."""

    matter: str | None
    matter_line: int
    body: str
    body_line: int


_END = re.compile(r"(?:---|\.\.\.)\s*")
_ALMOST = re.compile(r"[-–—]{1,6}\s*")
_KEY = re.compile(r"[\w-]+:(?:\s|$)")


def split(text: str, report: Report) -> Split:
    """Front matter and body. The first line must be ``---``; ``---`` or ``...`` ends it."""
    lines = text.split("\n")
    first = next((place for place, line in enumerate(lines) if line.strip()), 0)
    begins = _ALMOST.fullmatch(lines[first]) and any(_KEY.match(line) for line in lines[first + 1 : first + 3])
    if lines[0].rstrip() != "---":
        if not begins:
            return Split(None, 1, text, 1)
        report.add(
            first + 1,
            1,
            "front-matter-start",
            N_("The front matter must begin with exactly three hyphens, on the first line of the file."),
            hint=N_("Make the first line --- and leave nothing above it."),
        )
    else:
        first = 0
    end = next((place for place in range(first + 1, len(lines)) if _END.fullmatch(lines[place])), None)
    if end is not None:
        return Split("\n".join(lines[first + 1 : end]), first + 2, "\n".join(lines[end + 1 :]), end + 2)
    guess = next((n for n in range(first + 1, len(lines)) if not key_line(lines[n])), len(lines))
    report.add(
        min(guess + 1, len(lines)),
        1,
        "front-matter-unclosed",
        N_("The front matter never ends; it should be closed here."),
        hint=N_("Add a line with --- below the last key."),
    )
    below = guess + 1 if guess < len(lines) and _ALMOST.fullmatch(lines[guess]) else guess
    return Split("\n".join(lines[first + 1 : guess]), first + 2, "\n".join(lines[below:]), below + 1)


class _Reader:
    def __init__(self, document: Document, report: Report, line: int, column: int) -> None:
        self.document = document
        self.report = report
        self.line = line
        self.column = column
        self.count = 0
        self.over = False

    def place(self, mark: yaml.Mark) -> tuple[int, int]:
        return self.line + mark.line, mark.column + (self.column if mark.line == 0 else 1)

    def value(self, node: yaml.Node, path: Path, above: tuple[int, ...]) -> Any:
        self.count += 1
        if self.count > _MAX_VALUES or len(path) > _MAX_DEPTH or id(node) in above:
            if not self.over:
                self.over = self.document.broken = True
                line, column = self.place(node.start_mark)
                self.report.add(line, column, "yaml-too-large", N_("This is too large or too deep to be read."))
            return None
        self.document.values[path] = self.place(node.start_mark)
        foreign = not node.tag.startswith("tag:yaml.org,2002:") or node.tag.split(":")[-1] not in ("str", "map", "seq")
        if foreign:
            line, column = self.place(node.start_mark)
            self.report.add(
                line,
                column,
                "yaml-tag",
                N_("Tags such as {tag} are not used in courses."),
                hint=N_("Remove the word that begins with an exclamation mark."),
                tag=node.tag.replace("tag:yaml.org,2002:", "!!"),
            )
        if isinstance(node, yaml.ScalarNode):
            self.document.written[path] = node.value
            if foreign:
                return f"{node.tag} {node.value}".strip()  # said above, so taken for the text it may have been
            return scalar(node.value) if node.style is None else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, n), (*above, id(node))) for n, item in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode), "yaml has three kinds of node"
        return self.mapping(node, path, above)

    def mapping(self, node: yaml.MappingNode, path: Path, above: tuple[int, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = self.place(key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                self.report.add(line, column, "yaml-key", N_("A key must be a single word or text."))
                continue
            key = key_node.value
            here = (*path, key)
            if key in result or (not path and key in self.document.data):
                first, _ = self.document.keys[here]
                self.report.add(
                    line,
                    column,
                    "duplicate-key",
                    N_("The key “{key}” is written twice; the first is on line {first}."),
                    key=key,
                    first=first,
                )
                continue
            self.document.keys[here] = (line, column)
            result[key] = self.value(value_node, here, (*above, id(node)))
        return result


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


def _node(text: str, line: int, column: int, report: Report) -> tuple[yaml.Node | None, bool]:
    """The node, and whether the text could be read."""
    if len(text) > _MAX_CHARACTERS:
        report.add(line, column, "yaml-too-large", N_("This is too large or too deep to be read."))
        return None, False
    try:
        return _compose(text), True
    except yaml.MarkedYAMLError as error:
        explain(error, text, line, column, report)
    except yaml.reader.ReaderError as error:
        before = text[: error.position] if isinstance(error.position, int) else ""
        report.add(
            line + before.count("\n"),
            len(before) - (before.rfind("\n") + 1) + 1,
            "control-character",
            N_("There is an invisible character here that no text may hold."),
        )
    except (RecursionError, ValueError, OverflowError):
        report.add(line, column, "yaml-too-large", N_("This is too large or too deep to be read."))
    return None, False


_NOT_KEYS = N_("Keys are expected here, one a line, as in title: Beginning.")
_KEY_LINE = re.compile(r"[^\s#\-\]}]")


def _keys_apart(text: str) -> list[tuple[int, str]]:
    """The text cut where a line begins at the margin: (index of the first line, its text) of every key by itself."""
    parts: list[tuple[int, list[str]]] = []
    for place, line in enumerate(text.split("\n")):
        if not parts or _KEY_LINE.match(line):
            parts.append((place, []))
        parts[-1][1].append(line)
    return [(place, "\n".join(lines)) for place, lines in parts]


def _salvaged(text: str, line: int, document: Document, report: Report) -> None:
    """Read what can be read of a text that is no YAML as a whole, key by key: one slip must not take the rest with it,
    and each is told at its own key."""
    before = report.count
    for place, part in _keys_apart(text):
        node, _ = _node(part, line + place, 1, report)
        if isinstance(node, yaml.MappingNode):
            found = _Reader(document, report, line + place, 1).mapping(node, (), ())
            document.data |= found
        elif isinstance(node, yaml.SequenceNode):
            report.add(line + place, node.start_mark.column + 1, "yaml-not-keys", _NOT_KEYS)
        elif node is not None:
            no_key(line + place + node.start_mark.line, node.start_mark.column + 1, report)
    if report.count == before:
        _node(text, line, 1, report)  # every key is fine by itself: say what is wrong with all of them together


def read(text: str, line: int, report: Report, *, block_line: int | None = None) -> Document:
    """A YAML mapping whose first line is ``line`` of the file; whatever is wrong is reported, nothing raised.

    ``block_line`` is where the block begins, for what is missing; by default the line above the text.
    """
    document = Document({}, block_line if block_line is not None else max(line - 1, 1))
    quiet = Report()
    node, good = _node(text, line, 1, quiet)
    if not good:
        document.broken = True
        if any(problem.code == "yaml-too-large" for problem in quiet.problems):
            report.take(quiet)
        else:
            _salvaged(text, line, document, report)
        return document
    if node is None:
        return document
    if not isinstance(node, yaml.MappingNode):
        at, column = line + node.start_mark.line, node.start_mark.column + 1
        report.add(at, column, "yaml-not-keys", _NOT_KEYS)
        document.broken = True
        return document
    reader = _Reader(document, report, line, 1)
    document.data = reader.value(node, (), ()) or {}
    return document


def opened(text: str, report: Report) -> tuple[Split, Document]:
    """A whole file: what stands below its front matter, and the front matter (empty where there is none)."""
    parts = split(text, report)
    if parts.matter is None:
        return parts, Document({}, 1)
    return parts, read(parts.matter, parts.matter_line, report, block_line=1)


def read_options(options: Sequence[Option], line: int, column: int, report: Report) -> Document:
    """The ``:key: value`` lines of a block whose opening fence is at ``line`` and ``column``."""
    document = Document({}, line, column)
    for option in options:
        here: Path = (option.key,)
        if option.key in document.data:
            report.add(
                option.line,
                option.key_column,
                "duplicate-key",
                N_("The key “{key}” is written twice; the first is on line {first}."),
                key=option.key,
                first=document.keys[here][0],
            )
            continue
        document.keys[here] = (option.line, option.key_column)
        document.values[here] = (option.line, option.value_column)
        if option.value[:1] in ("[", "{", '"', "'"):
            node, _ = _node(option.value, option.line, option.value_column, report)
            reader = _Reader(document, report, option.line, option.value_column)
            document.data[option.key] = reader.value(node, here, ()) if node else None
            document.broken |= node is None
        else:
            document.written[here] = option.value
            document.data[option.key] = scalar(option.value)
    return document
