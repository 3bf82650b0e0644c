"""`lms check`: every mistake of every file at once, before anything is published."""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from courses.blocks import BlockKind
from courses.load import load
from courses.reachable import Span
from lms.checking.report import FORMATS, placed, summary, written
from lms.cli import say, speak
from lms.registry import PluginError, Registry, installed_plugins

DAY = click.DateTime(["%Y-%m-%d"])


def installed_kinds() -> Mapping[str, BlockKind[Any]]:
    """The kinds of block the installed plugins bring; a plugin that is wrong ends the command with status 2."""
    try:
        return Registry((), installed_plugins()).kinds
    except PluginError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="Warnings count as findings too.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print.")
@click.option("--starts", type=DAY, help="First day of a run: dates outside of it are named.")
@click.option("--ends", type=DAY, help="Last day of that run.")
def check(folders: tuple[Path, ...], strict: bool, form: str, starts: datetime | None, ends: datetime | None) -> None:
    """Check courses: every mistake by file, line and column.

    A warning can be kept quiet by its code in front matter: `ignore: {heading-skip: the reason}`, in course.md for the whole
    course.

    \b
    Example:
      lms check content/network-community --strict
    """
    if ends and (not starts or ends < starts):
        raise click.UsageError("--ends needs --starts, and comes after it")
    span = Span(starts.date(), ends.date() if ends else None) if starts else None
    kinds = installed_kinds()
    speak()
    loaded = [(folder, load(folder, kinds, span=span)) for folder in folders]
    found = [row for folder, one in loaded for row in placed(one.problems, folder)]
    for line in written(found, form):
        click.echo(line)
    problems = [problem for _, problem in found]
    if form != "json":
        say(summary(problems, sum(len(one.ignored) for _, one in loaded)))
    sys.exit(1 if any(strict or problem.is_error for problem in problems) else 0)
