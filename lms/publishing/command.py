"""`lms publish` and `lms run move`: a new edition for new runs, and for one that is under way; both say first what it means."""

import json
import sys
from pathlib import Path

import click

from lms.checking.report import placed, row, written
from lms.cli import FORMAT, open_app, say, site_of
from lms.i18n import gettext as _
from lms.publishing import impact, service, sources, words
from lms.publishing.move import Moved, move, preview, run_named

ACCEPT = click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="CODE",
    help="A harmful change that is meant; may be given several times.",
)
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what it would mean.")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@DRY_RUN
@ACCEPT
@FORMAT
def publish(folder: Path, dry_run: bool, accepted: tuple[str, ...], form: str) -> None:
    """Publish a course: checked, compared with what runs are pinned to, then stored as a new revision.

    A course with errors changes nothing; neither does a change that would harm what people did, until its code is accepted. Runs
    stay with the revision they have.

    \b
    Example:
      lms publish content/network-community --dry-run
      lms publish content/network-community --accept key-changed
    """
    with site_of(open_app()) as site:
        loaded = service.check(site, folder)
        course = loaded.course
        found = impact.report(site, course) if course is not None else impact.Impact(folder.name, ())
        refused = found.refused(accepted)
        done = None
        if course is not None and not dry_run and not refused:
            done = service.store(site, loaded, sources.keep(site, folder))
    problems = list(placed(loaded.problems, folder))
    if form == "json":
        report = {
            "course": found.course,
            "published": done is not None,
            "changed": done is not None and done.changed,
            "revision": done.number if done is not None else None,
            "refused": refused,
            "problems": [row(path, problem) for path, problem in problems],
            "runs": words.data(found),
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in (*written(problems, form), *words.lines(found, folder)):
            click.echo(line)
    if course is None:
        say(_("{folder}: not published, the last good revision stays", folder=folder))
    elif refused:
        _tell_refused(course.id, refused)
    elif done is None:
        say(_("{course}: nothing stands in the way of publishing", course=course.id))
    elif done.changed:
        say(_("{course}: revision {number} published", course=course.id, number=done.number))
    else:
        say(_("{course}: revision {number} is the same already", course=course.id, number=done.number))
    sys.exit(1 if refused or course is None else 0)


@click.command("move")
@click.argument("run")
@click.option("--to", type=click.IntRange(min=1), help="Number of the revision; default: the current one.")
@DRY_RUN
@ACCEPT
@FORMAT
def move_run(run: str, to: int | None, dry_run: bool, accepted: tuple[str, ...], form: str) -> None:
    """Move a run to another revision of its course.

    What people did stays; what is kept under former ids (`aliases`) goes on under the present ones.

    \b
    Example:
      lms run move network-community@autumn-2026 --dry-run
      lms run move network-community@autumn-2026 --to 3 --accept item-vanished
    """
    with site_of(open_app()) as site:
        run_id = run_named(run)
        done: Moved = (preview if dry_run else move)(site, run_id, to, accepted)
    if form == "json":
        report = {
            "run": done.run, "from": done.before, "to": done.after, "moved": done.done, "refused": done.refused,
            "runs": words.data(done.impact),
        }  # fmt: skip
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in words.lines(done.impact):
            click.echo(line)
    if done.refused:
        _tell_refused(done.run, done.refused)
    elif done.before == done.after:
        say(_("{run}: it is at revision {number} already", run=done.run, number=done.after))
    elif done.done:
        say(_("{run}: moved from revision {before} to {after}", run=done.run, before=done.before, after=done.after))
    else:
        say(_("{run}: nothing stands in the way of moving it to revision {number}", run=done.run, number=done.after))
    sys.exit(1 if done.refused else 0)


def _tell_refused(what: str, refused: tuple[str, ...]) -> None:
    options = " ".join(f"--accept {code}" for code in refused)
    say(_("{what}: nothing was done. If it is meant, say so: {options}", what=what, options=options))
