"""Brings nested lists to one indentation, so that two, three and four spaces all nest as their authors see them nest.

Python-Markdown wants one fixed step; authors come from GitHub, Hugo and MkDocs and indent by the width of the marker or
by four. Only leading spaces change, never the number of lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from courses.scan import protected

STEP = 2
"""The step Markdown is told to expect (``nested_indent`` of mdx_truly_sane_lists)."""

_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])( +)(?=\S)")
_RULE = re.compile(r"(?:\*[ ]*){3,}|(?:-[ ]*){3,}|(?:_[ ]*){3,}")
_CONTAINER = re.compile(r"(?:!!!|\?\?\?\+?)[ ]|\[\^[^\]]+\]:|:[ ]{1,3}\S")
_QUOTE = re.compile(r"( {0,3})>( ?)(.*)")
_DEEPEST = 12


@dataclass
class _Level:
    begins: int  # content indented at least so far belongs here
    content: int  # where the content of the source begins
    out: int  # where it goes


def even(text: str, depth: int = 0) -> str:
    """The text with every list item's content moved to the step of its depth; code and everything else as it was."""
    lines = text.split("\n")
    ends = protected(text)
    result: list[str] = []
    stack: list[_Level] = []
    place, blank, paragraph = 0, True, False
    while place < len(lines):
        line = lines[place].expandtabs(4) if lines[place][:1] in (" ", "\t") else lines[place]
        stripped = line.lstrip(" ")
        if not stripped:
            result.append("")
            place, blank, paragraph = place + 1, True, False
            continue
        indent = len(line) - len(stripped)
        first = stripped[0]  # most lines begin with a letter and are none of these
        item = None
        if (first in "-*+" or first.isdecimal()) and not _RULE.fullmatch(stripped.rstrip()):
            item = _ITEM.match(stripped)
        listing = bool(stack)  # an item right after another needs no empty line above it
        while stack and indent < stack[-1].begins and not (paragraph and item is None and _lazy(stripped)):
            stack.pop()
        end = ends.get(place)
        quote = None
        if first == ">":
            quote = _QUOTE.fullmatch(line[stack[-1].content :] if stack and indent >= stack[-1].content else line)
        if end is not None:
            result += _moved(lines[place : end + 1], indent, stack)
            place, blank, paragraph = end + 1, False, False
            continue
        if quote and depth < _DEEPEST and (not stack or blank is False or indent >= stack[-1].begins):
            place = _quoted(lines, place, indent, stack, result, depth)
            blank, paragraph = False, True
            continue
        base = stack[-1].out if stack else 0
        inner = indent - (stack[-1].content if stack else 0)
        if item and (inner < 4 or (stack and not blank)) and (blank or listing or not paragraph):
            marker = item[1].replace(")", ".")
            result.append(" " * base + marker + " " + stripped[item.end() :])
            width = len(item[1]) + (len(item[2]) if len(item[2]) < 5 else 1)
            stack.append(_Level(indent + 2, indent + width, base + STEP))
        elif first in "!?[:" and inner < 4 and _CONTAINER.match(stripped):
            result.append(" " * base + stripped)
            # definitions take the lists' step, notes and footnotes Markdown's own
            step = STEP if stripped[0] == ":" else 4
            stack.append(_Level(indent + step, indent + 4, base + step))
        else:
            result.append(_content(line, stripped, inner, base, stack, blank))
        place, blank, paragraph = place + 1, False, True
    return "\n".join(result)


def _lazy(stripped: str) -> bool:
    """Whether a line at the margin goes on with the paragraph above it, rather than beginning something."""
    return not re.match(r"#{1,6} |>|\||```|~~~|!!!|\?\?\?|\ue000|\[\^[^\]]+\]:|<", stripped)


def _content(line: str, stripped: str, inner: int, base: int, stack: list[_Level], blank: bool) -> str:
    if not stack:
        return line
    # four spaces more than the item's text after an empty line are code, as everywhere
    return " " * (base + (inner if blank and inner >= 4 else 0)) + stripped


def _moved(lines: list[str], indent: int, stack: list[_Level]) -> list[str]:
    """A code fence or comment as a whole, moved by as much as its first line."""
    if not stack:
        return lines
    base = " " * stack[-1].out
    moved = []
    for text in lines:
        plain = text.expandtabs(4) if text[:1] in (" ", "\t") else text
        kept = plain[min(indent, len(plain) - len(plain.lstrip(" "))) :]
        moved.append(base + kept if kept else "")
    return moved


def _quoted(lines: list[str], place: int, indent: int, stack: list[_Level], result: list[str], depth: int) -> int:
    """The lines of a quotation, evened inside; gives the line after them."""
    inside: list[str] = []
    while place < len(lines):
        match = re.match(r"[ \t]*>( ?)(.*)", lines[place])
        if not match:
            break
        inside.append(match[2])
        place += 1
    base = " " * (stack[-1].out if stack else min(indent, 3))
    result += [f"{base}> {text}" if text else f"{base}>" for text in even("\n".join(inside), depth + 1).split("\n")]
    return place
