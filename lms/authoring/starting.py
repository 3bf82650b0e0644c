"""The beginnings of courses, modules, lessons and activities as files that pass the strictest check.

Nothing that is there is ever changed: files are only made where there are none, a block is only added at the end of a lesson.
"""

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from courses.blocks import BlockKind
from courses.check import RESERVED
from courses.folder import plain_name
from courses.frontmatter import read, split
from courses.ids import is_id, slug
from courses.jsonschema import value_of
from courses.load import Loaded, load
from courses.problems import Report
from lms.i18n import LANGUAGES, Message, gettext, mark, speaking
from lms.plugin import BadInput

Kinds = Mapping[str, BlockKind[Any]]

READING = 15
"""Minutes of a lesson that was just begun, in a course that does not say its hours yet."""


def title_of(name: str) -> str:
    """A title for those who give none: the words of a file's name.

    >>> title_of("02-first_steps")
    'First steps'
    """
    words = re.sub(r"[-_. ]+", " ", plain_name(name)).strip()
    return words[:1].upper() + words[1:]


def course(folder: Path, title: str, language: str, timezone: str) -> list[Path]:
    """Begin a course with one module and one lesson; the paths written. Raises `BadInput` where there is something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(Message(mark("{path} is there already: choose another name."), {"path": folder}))
    with speaking(language):
        files = {
            "course.md": _file(
                {"title": title, "language": language, "timezone": timezone},
                gettext("Tell here what the course is about and for whom it is: the catalogue shows this text."),
                gettext("All other keys: lms help format course"),
            ),
            "01-start/index.md": _file(
                {"title": gettext("The beginning")}, gettext("Tell here in a sentence what this module is about.")
            ),
            "01-start/01-first-lesson.md": _lesson(gettext("The first lesson"), READING),
        }
    return [_write(folder / path, text) for path, text in files.items()]


def module(folder: Path, title: str, name: str | None) -> list[Path]:
    """Begin a module of the course in `folder`; the paths written. Raises `BadInput`."""
    found = _course(folder)
    taken = {one.id for one in found.modules} | RESERVED
    here = folder / f"{_next(folder)}-{_name(name, title, 'module', taken)}"
    with speaking(found.language):
        text = _file({"title": title}, gettext("Tell here in a sentence what this module is about."))
    return [_write(here / "index.md", text)]


def lesson(folder: Path, title: str, name: str | None, minutes: int | None) -> list[Path]:
    """Begin a lesson of the module in `folder`; the paths written. Without `minutes` it takes none in a course that says its
    hours, so that they still add up. Raises `BadInput`."""
    found = _course(folder.parent)
    if not (folder / "index.md").is_file():
        raise BadInput(Message(mark("{path} is no module: it has no index.md."), {"path": folder}))
    path = folder / f"{_next(folder)}-{_name(name, title, 'lesson', _ids(found))}.md"
    with speaking(found.language):
        text = _lesson(title, minutes if minutes is not None else 0 if found.hours else READING)
    return [_write(path, text)]


def activity(kinds: Kinds, kind: str, path: Path, id: str | None, title: str | None) -> list[Path]:
    """Add the example of a kind of block to the end of a lesson, and of its translations; the paths written. Raises `BadInput`.

    The example gets an id that is free in the course, and takes no minutes in a course that says its hours."""
    example = kinds[kind].example
    if not example:
        raise BadInput(Message(mark("“{kind}” brings no example: see the description of its plugin."), {"kind": kind}))
    if path.suffix != ".md" or not path.is_file() or plain_name(path.stem) == "index":
        raise BadInput(Message(mark("{path} is no lesson."), {"path": path}))
    found = _course(path.parent.parent, kinds)
    stem = path.name.split(".")[0]
    files = {path.parent / f"{stem}.md": found.language}
    for other in sorted(path.parent.glob(f"{stem}.*.md")):
        files[other] = other.suffixes[0].removeprefix(".")
    taken = _ids(found)
    if id is not None and (not is_id(id) or id in taken):
        raise BadInput(Message(mark("“{id}” cannot be an id here, or is taken."), {"id": id}))
    for file, language in files.items():
        with speaking(language if language in LANGUAGES else "en"):
            block = gettext(example)
        written = re.search(r"^:?id: (\S+)$", block, re.M)
        free = id or (_free(written[1], taken) if written else "")
        block = re.sub(r"^(:?id: )\S+$", lambda match, free=free: match[1] + free, block, count=1, flags=re.M)  # type: ignore[misc]
        if found.hours:
            block = re.sub(r"^(:?minutes: )\d+$", r"\g<1>0", block, count=1, flags=re.M)
        if title:
            head, _, rest = block.partition("\n")
            block = f"{head.split('}')[0]}}} {title}\n{rest}"
        before = file.read_text("utf-8")
        with file.open("a", encoding="utf-8") as stream:
            stream.write(("" if before.endswith("\n") else "\n") + f"\n{block}\n")
    return list(files)


# ------------------------------------------------------------------------------------------- what is there


class _Found:
    """What a course has already."""

    def __init__(self, loaded: Loaded, folder: Path) -> None:
        tree = loaded.course
        assert tree is not None, "a lenient load of a folder with course.md always gives a course"
        self.language = tree.language if tree.language in LANGUAGES else "en"
        self.hours = tree.hours
        self.modules = tree.modules
        self.ids = {item.id for item in tree.items()}
        self.folder = folder


def _course(folder: Path, kinds: Kinds | None = None) -> _Found:
    if not (folder / "course.md").is_file():
        raise BadInput(Message(mark("{path} is no course: it has no course.md."), {"path": folder}))
    return _Found(load(folder, kinds or {}, lenient=True), folder)


def _ids(found: _Found) -> set[str]:
    """Ids of lessons and activities, and whatever stands after an `id`: kinds of block that are not installed count too."""
    written: set[str] = set()
    for path in found.folder.glob("*/*.md"):
        text = path.read_text("utf-8", errors="replace")
        written |= set(re.findall(r"^:?id:[ \t]+([a-z0-9-]+)[ \t]*$", text, re.M))
        matter = split(text, Report()).matter
        aliases = read(matter, 2, Report()).data.get("aliases", ()) if matter else ()
        written |= {aliases} if isinstance(aliases, str) else {str(one) for one in aliases or ()}
    return found.ids | written


def _next(folder: Path) -> str:
    """The number that orders what comes next."""
    numbers = [int(match[1]) for path in folder.iterdir() if (match := re.match(r"(\d{1,6})[-_. ]", path.name))]
    return f"{max(numbers, default=0) + 1:02}"


def _name(name: str | None, title: str, spare: str, taken: Collection[str]) -> str:
    if name is None:
        return _free(slug(title) or spare, taken)
    if not is_id(name) or name in taken:
        raise BadInput(Message(mark("“{id}” cannot be an id here, or is taken."), {"id": name}))
    return name


def _free(name: str, taken: Collection[str]) -> str:
    number = 1
    while (name if number == 1 else f"{name[:58]}-{number}") in taken:
        number += 1
    return name if number == 1 else f"{name[:58]}-{number}"


# ------------------------------------------------------------------------------------------- writing


def _lesson(title: str, minutes: int) -> str:
    return _file({"title": title, "minutes": minutes}, gettext("Write the lesson here: ordinary text, in Markdown."))


def _file(matter: Mapping[str, str | int], text: str, comment: str = "") -> str:
    lines = [f"{key}: {_value(value)}" for key, value in matter.items()]
    return "\n".join(["---", *lines, *([f"# {comment}"] if comment else []), "---", "", text, ""])


def _value(value: str | int) -> str:
    """As YAML: in quotes only where it would mean something else without."""
    if isinstance(value, int):
        return str(value)
    value = " ".join(value.split())
    try:
        plain = value_of(value) == value and "#" not in value
    except ValueError:
        plain = False
    return value if plain else json.dumps(value, ensure_ascii=False)


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadInput(Message(mark("{path} is there already: choose another name."), {"path": path})) from None
    except OSError as error:
        reason = error.strerror or "?"
        raise BadInput(Message(mark("{path} cannot be written: {reason}"), {"path": path, "reason": reason})) from None
    return path
