"""`lms check`: every mistake of every file at once, before anything is published."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from courses.blocks import BlockKind
from courses.load import load
from lms.checking.report import FORMATS, placed, summary, written
from lms.cli import say, speak
from lms.registry import PluginError, Registry, installed_plugins


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
def check(folders: tuple[Path, ...], strict: bool, form: str) -> None:
    """Check courses: every mistake by file, line and column.

    \b
    Example:
      lms check content/network-community --strict
    """
    kinds = installed_kinds()
    speak()
    found = [row for folder in folders for row in placed(load(folder, kinds).problems, folder)]
    for line in written(found, form):
        click.echo(line)
    problems = [problem for _, problem in found]
    if form != "json":
        say(summary(problems))
    sys.exit(1 if any(strict or problem.is_error for problem in problems) else 0)
