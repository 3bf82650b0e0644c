"""What helps authors at the terminal: the reference of the format, schemas for editors, beginnings of courses and plugins."""

import json
from difflib import get_close_matches
from pathlib import Path

import click

from courses import jsonschema, reference
from lms.checking.command import installed_kinds
from lms.cli import say, speak
from lms.i18n import gettext

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
        click.echo(json.dumps(reference.as_data(found), ensure_ascii=False, indent=2))
    elif form == "markdown":
        click.echo(reference.as_markdown(found, gettext), nl=False)
    else:
        click.echo(reference.as_text(found, gettext))


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
    for name, kind in sorted(kinds.items()):
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
