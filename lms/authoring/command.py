"""What helps authors at the terminal: the reference of the format, schemas for editors, beginnings of courses and plugins."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

import click

from courses import jsonschema, printed, reference
from courses.directives import KINDS
from courses.load import load
from lms.authoring import plugin as distribution
from lms.authoring import starting
from lms.checking.command import installed_kinds
from lms.checking.report import summary
from lms.cli import say, speak
from lms.i18n import LANGUAGES, gettext, language
from lms.plugin import BadInput

FILES = {"course.md": "course", "index.md": "module"}
"""Names of files that mean a section of the reference."""


@click.group("help")
def help_() -> None:
    """What authors look up."""


@help_.command("format")
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", help="How to print.")
def help_format(name: str | None, form: str) -> None:
    """The reference of the course format: every key, block and option; of NAME alone, if given.

    NAME is course, module, lesson, block, requires, moment, phases, criteria, id, share or a kind of block.

    \b
    Example:
      lms help format lesson
      LC_ALL=ru_RU.UTF-8 lms help format --format markdown
    """
    kinds = installed_kinds()
    speak()
    found = reference.sections(kinds, gettext)
    if name is not None:
        known = reference.names(kinds)
        wanted = FILES.get(name, name.lower())
        if wanted not in known:
            close = get_close_matches(wanted, known, 1)
            hint = gettext("Did you mean “{close}”?", close=close[0]) if close else ""
            said = gettext(
                "There is nothing called “{name}” in the format: {known}.", name=name, known=", ".join(known)
            )
            raise click.UsageError(f"{said} {hint}".strip())
        found = tuple(section for section in found if section.name == wanted)
    if form == "json":
        click.echo(json.dumps(printed.as_data(found), ensure_ascii=False, indent=2))
    elif form == "markdown":
        click.echo(printed.as_markdown(found, gettext), nl=False)
    else:
        click.echo(printed.as_text(found, gettext))


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="A file that ends in .json for all in one, or a folder for a file each; default: standard output.",
)
def schema(out: Path | None) -> None:
    """JSON Schema of front matter and options, for editors that complete and check keys.

    \b
    Example:
      lms schema --out .schema
    """
    kinds = installed_kinds()
    speak()
    if out is None or out.suffix == ".json":
        text = _json(jsonschema.all_in_one(kinds, gettext))
        if out is None:
            click.echo(text, nl=False)
        else:
            _write(out, text)
        return
    for name in jsonschema.FILES:
        _write(out / f"{name}.json", _json(jsonschema.front_matter(name, gettext)))
    for name, kind in sorted({**KINDS, **kinds}.items()):
        _write(out / f"block-{name}.json", _json(jsonschema.options(kind, gettext)))


def _json(found: jsonschema.Schema) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _write(path: Path, text: str) -> None:
    """Schemas are made anew each time: a file that is there is replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from None
    say(str(path))


# ------------------------------------------------------------------------------------------- beginning something


@click.group()
def new() -> None:
    """Begin a course, a part of one, or a plugin: files that pass the check. Nothing that is there is changed."""


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        raise click.UsageError(str(error.message)) from None


def _asked(value: str | None, words: str, default: str | None = None) -> str:
    """What was given, or what a person at a terminal answers; elsewhere the default. Without one it must be given."""
    if value is None and sys.stdin.isatty():
        value = click.prompt(words, default=default, err=True)
    if value is None:
        value = default
    if value is None or not value.strip():
        raise click.UsageError(gettext("A title must be given."))
    return " ".join(value.split())


def _told(written: Sequence[Path], course: Path) -> None:
    """The files, for programs; for people, what the check says of the course now."""
    for path in written:
        click.echo(path)
    problems = load(course, installed_kinds()).problems
    say(f"lms check {course}: {summary(problems)}")


FOLDER = click.Path(path_type=Path)


@new.command("course")
@click.argument("folder", type=FOLDER)
@click.option("--title", default=None, help="What it is called; asked for at a terminal, else the folder's name.")
@click.option("--language", "tongue", type=click.Choice(list(LANGUAGES)), default=None, help="Default: the terminal's.")
@click.option("--timezone", default="Europe/Moscow", show_default=True, help="The time zone of its dates.")
def new_course(folder: Path, title: str | None, tongue: str | None, timezone: str) -> None:
    """Begin a course in a new FOLDER: course.md, a module and a lesson.

    \b
    Example:
      lms new course my-course --title "My first course" --language en
    """
    speak()
    with _said():
        title = _asked(title, gettext("Title of the course"), starting.title_of(folder.name))
        _told(starting.course(folder, title, tongue or language(), timezone), folder)


@new.command("module")
@click.argument("folder", type=FOLDER)
@click.argument("title", required=False)
@click.option("--name", default=None, help="Its id, and the name of its folder; default: made of the title.")
def new_module(folder: Path, title: str | None, name: str | None) -> None:
    """Begin a module called TITLE of the course in FOLDER, as its last.

    \b
    Example:
      lms new module my-course "Working together"
    """
    speak()
    with _said():
        _told(starting.module(folder, _asked(title, gettext("Title of the module")), name), folder)


@new.command("lesson")
@click.argument("folder", type=FOLDER)
@click.argument("title", required=False)
@click.option("--name", default=None, help="Its id, and the name of its file; default: made of the title.")
@click.option("--minutes", type=click.IntRange(0, 60_000), default=None, help="How long reading takes.")
def new_lesson(folder: Path, title: str | None, name: str | None, minutes: int | None) -> None:
    """Begin a lesson called TITLE in the FOLDER of a module, as its last.

    \b
    Example:
      lms new lesson my-course/01-start "Second steps" --minutes 20
    """
    speak()
    with _said():
        _told(starting.lesson(folder, _asked(title, gettext("Title of the lesson")), name, minutes), folder.parent)


@new.command("activity")
@click.argument("kind")
@click.argument("lesson", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--id", "id_", default=None, help="Default: that of the example, made free in the course.")
@click.option("--title", default=None, help="Default: that of the example.")
def new_activity(kind: str, lesson: Path, id_: str | None, title: str | None) -> None:
    """Add a block of this KIND to the end of a LESSON and of its translations: the example of the reference, to be changed.

    \b
    Example:
      lms new activity quiz my-course/01-start/01-first-lesson.md
    """
    kinds = installed_kinds()
    speak()
    if kind not in kinds:
        known = ", ".join(sorted(kinds)) or "–"
        raise click.UsageError(gettext("There is no kind of block called “{name}”: {known}.", name=kind, known=known))
    with _said():
        _told(starting.activity(kinds, kind, lesson, id_, title), lesson.parent.parent)


@new.command("plugin")
@click.argument("name")
@click.option("--folder", type=FOLDER, default=None, help="Where to; default: NAME in this folder.")
@click.option("--title", default=None, help="What the activity is called in English; default: made of the name.")
@click.option("--title-ru", default="", help="The same in Russian.")
def new_plugin(name: str, folder: Path | None, title: str | None, title_ru: str) -> None:
    """Begin a plugin called NAME: a distribution to install, with an activity, its translations and tests.

    \b
    Example:
      lms new plugin pledge --title "Pledge" --title-ru "Обещание"
    """
    speak()
    with _said():
        title = _asked(title, gettext("Title of the activity in English"), starting.title_of(name))
        where = folder or Path(name)
        for path in distribution.plugin(where, name, title, title_ru):
            click.echo(path)
    say(gettext("Next: pip install -e {folder} · python -m pytest -n 0 {folder}", folder=where))
