"""The `lms` command. Data goes to standard output, progress to standard error; exit status 0 clean, 1 findings, 2 wrong use.

It is one module although it is long: each command is a few lines around a service, and people look for commands in one place.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms.config import ConfigError, read_config

if TYPE_CHECKING:
    from flask import Flask

    from lms.site import Site

FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print.")


def say(text: str) -> None:
    """Progress, for people."""
    click.echo(text, err=True)


ELSEWHERE: dict[str, str] = {
    "book": "lms.books.command:book",
    "check": "lms.checking.command:check",
    "publish": "lms.publishing.command:publish",
    "run move": "lms.publishing.command:move_run",
    "help": "lms.authoring.command:help_",
    "preview": "lms.preview.command:preview",
    "new": "lms.authoring.command:new",
    "schema": "lms.authoring.command:schema",
}
"""Commands of the core that live beside what they serve, as module:name, loaded only when asked for; "run move": in a group."""


class Group(click.Group):
    """A group whose commands may live elsewhere."""

    prefix = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = [path.removeprefix(self.prefix) for path in ELSEWHERE if path.startswith(self.prefix)]
        return sorted({*super().list_commands(ctx), *(name for name in names if " " not in name)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = ELSEWHERE.get(self.prefix + cmd_name)
        if place is not None:
            module, _, name = place.partition(":")
            command: click.Command = getattr(import_module(module), name)
            return command
        return super().get_command(ctx, cmd_name)


class RunCommands(Group):
    """What is done with runs."""

    prefix = "run "


class Commands(Group):
    """The core's commands and, loaded only when asked for, those of its features and of plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._of_plugins()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is None and (found := self._of_plugins().get(cmd_name)) is not None:
            speak()  # a plugin's command has nothing but its words
        return found

    def _of_plugins(self) -> dict[str, click.Command]:
        from lms.plugin import Commands as Contributed
        from lms.registry import PluginError, installed_plugins

        try:
            found = [
                item for plugin in installed_plugins() for item in plugin.contributes if isinstance(item, Contributed)
            ]
        except PluginError:
            return {}  # `lms doctor` names what is wrong; the core's own commands still work
        return {item.command.name: item.command for item in found}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trajectory-lms", prog_name="lms")
def main() -> None:
    """Trajectory: distance courses for teachers.

    \b
    Example:
      lms demo
    """
    logging.basicConfig(
        level=os.environ.get("LOG_LEVEL", "WARNING"), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def _language() -> str:
    from lms.i18n import LANGUAGES

    asked = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en")[:2]
    return asked if asked in LANGUAGES else "en"


def open_app(**given: Any) -> "Flask":
    """The application for a command; what is wrong with the configuration or the plugins ends the command with status 2."""
    from lms.app import create_app
    from lms.i18n import set_language, use_catalogues
    from lms.registry import PluginError

    try:
        app = create_app(read_config(**given))
    except (ConfigError, PluginError) as error:
        raise click.UsageError(str(error)) from None
    use_catalogues(app.extensions["site"].catalogues)
    set_language(_language())
    return app


@contextmanager
def site_of(app: "Flask") -> Iterator["Site"]:
    """The site of an app within one transaction: committed at the end, or rolled back."""
    from lms.db import db
    from lms.plugin import BadInput

    with app.app_context():
        _ready(app.extensions["site"])
        try:
            yield app.extensions["site"]
            db.session.commit()
        except BadInput as error:
            db.session.rollback()
            raise click.ClickException(str(error.message)) from None
        except BaseException:
            db.session.rollback()
            raise


# ------------------------------------------------------------------------------------------- courses


def speak() -> None:
    """Speak the terminal's language, with the words of the core and of every plugin."""
    from lms.i18n import load_catalogues, set_language, use_catalogues
    from lms.plugin import Plugin, package_folder
    from lms.registry import installed_plugins

    owners = [Plugin("core", "lms"), *installed_plugins()]
    use_catalogues(load_catalogues(package_folder(owner, "translations") for owner in owners))
    set_language(_language())


# ------------------------------------------------------------------------------------------- running


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", "-p", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True, help="Requests served at a time.")
def serve(host: str, port: int, threads: int) -> None:
    """Serve the site with one process, and look after deadlines and mail in the background.

    \b
    Example:
      LMS_BASE_URL=https://lms.school.example lms serve --host 0.0.0.0
    """
    app = open_app()
    with app.app_context():
        _ready(app.extensions["site"])
    say(f"http://{host}:{port}/")
    run_server(app, host, port, threads)


def _ready(site: "Site") -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from lms.migrate import pending

    try:
        waiting = pending(site)
    except SQLAlchemyError as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        raise click.ClickException(f"the database does not answer: {reason}") from None
    if waiting:
        raise click.ClickException(
            f"the tables of {', '.join(waiting)} are not those of this version: run `lms db upgrade` first"
        )


def run_server(app: "Flask", host: str, port: int, threads: int = 8, every: float = 30.0) -> None:
    """Serve until interrupted; a thread of its own ticks every `every` seconds."""
    import threading

    import waitress

    from lms.notices.tick import tick as once

    stop = threading.Event()

    def ticking() -> None:
        while not stop.wait(every):
            with app.app_context():
                try:
                    once(app.extensions["site"])
                except Exception:
                    logging.getLogger("lms").exception("a tick failed")

    thread = threading.Thread(target=ticking, name="tick", daemon=True)
    thread.start()
    try:
        # every browser keeps a connection open: at the deadline of a quiz a whole school has one
        waitress.serve(
            app, host=host, port=port, threads=threads, ident=None,
            connection_limit=2000, backlog=1024, asyncore_use_poll=True,
        )  # fmt: skip
    finally:
        stop.set()


@main.command()
def tick() -> None:
    """Do what is due: phases, reminders, mail. For cron where several processes serve.

    \b
    Example:
      * * * * *  lms tick
    """
    from lms.notices.tick import tick as once

    app = open_app()
    with site_of(app) as site:
        once(site)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", "-p", default=8000, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the site; default: a new temporary one.",
)
@click.option("--no-serve", is_flag=True, help="Only make the site.")
@FORMAT
def demo(host: str, port: int, data: Path | None, no_serve: bool, form: str) -> None:
    """Show everything with a believable life in it: a course, thirty teachers, works waiting for marks, certificates.

    \b
    Example:
      lms demo --port 8080
    """
    from lms.demo.command import make_demo
    from lms.registry import PluginError

    try:
        speak()
    except PluginError as error:
        raise click.UsageError(str(error)) from None
    make_demo(host, port, data, not no_serve, form)


# ------------------------------------------------------------------------------------------- people and runs


@main.group()
def user() -> None:
    """People with accounts."""


@user.command("create")
@click.argument("email")
@click.option("--surname", required=True)
@click.option("--name", "given_name", required=True)
@click.option("--patronymic", default="")
@click.option("--language", type=click.Choice(["ru", "en"]), default="ru", show_default=True)
@click.option("--role", type=click.Choice(["person", "author", "admin"]), default="person", show_default=True)
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for if left out; also LMS_PASSWORD.",
    envvar="LMS_PASSWORD",
)
def user_create(
    email: str, surname: str, given_name: str, patronymic: str, language: str, role: str, password: str
) -> None:
    """Make an account.

    \b
    Example:
      lms user create anna@school.example --surname Иванова --name Анна --role admin
    """
    from lms.people.service import create_person

    app = open_app()
    with site_of(app) as site:
        found = create_person(
            site, email=email, surname=surname, given_name=given_name, patronymic=patronymic, language=language,
            password=password, is_admin=role == "admin", is_author=role == "author",
        )  # fmt: skip
    click.echo(found)


@main.group(cls=RunCommands)
def run() -> None:
    """Runs: dated offerings of a course."""


@run.command("create")
@click.argument("course")
@click.argument("slug")
@click.option("--starts", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--ends", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--title", default="")
@click.option("--capacity", type=click.IntRange(min=0), default=0, show_default=True, help="Places; 0: no limit.")
@click.option("--enrolment", type=click.Choice(["open", "key", "request", "closed"]), default="open", show_default=True)
@click.option("--key", default="", help="The enrolment key, with --enrolment key.")
@click.option("--tutor", "tutors", multiple=True, help="E-mail of a tutor; may be given several times.")
def run_create(
    course: str,
    slug: str,
    starts: Any,
    ends: Any,
    title: str,
    capacity: int,
    enrolment: str,
    key: str,
    tutors: tuple[str, ...],
) -> None:
    """Open a run of a published course.

    \b
    Example:
      lms run create network-community autumn-2026 --starts 2026-09-14 --tutor anna@school.example
    """
    from lms.enrolment.rules import key_hash
    from lms.enrolment.service import enrol
    from lms.i18n import gettext
    from lms.manage.rules import is_slug
    from lms.people.service import find_person
    from lms.publishing.service import open_run

    if (enrolment == "key") != bool(key.strip()):
        raise click.UsageError("--enrolment key and --key go together")
    last: date | None = ends.date() if ends else None
    app = open_app()
    if not is_slug(slug):
        raise click.UsageError(
            gettext("Only Latin small letters, figures and hyphens between them can stand here, at most 60.")
        )
    with site_of(app) as site:
        found = open_run(
            site, course, slug, starts.date(), last, title=title, capacity=capacity, enrolment=enrolment,
            key_hash=key_hash(key) if key else "",
        )  # fmt: skip
        for mail in tutors:
            person = find_person(mail)
            if person is None:
                raise click.ClickException(f"there is no account {mail}: nothing was done")
            enrol(site, found.id, person.id, role="tutor")
        click.echo(f"{course}@{slug}")


# ------------------------------------------------------------------------------------------- database, health, translations


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables of the core and of every plugin to this version.

    \b
    Example:
      lms db upgrade
    """
    from lms.migrate import upgrade

    app = open_app()
    app.extensions["site"].config.data_dir.mkdir(parents=True, exist_ok=True)
    with app.app_context():
        changed = upgrade(app.extensions["site"])
    say(f"upgraded: {', '.join(changed)}" if changed else "nothing to do")


@db.command("revise")
@click.argument("owner")
@click.argument("message")
@click.option("--number", required=True, help="Number of the migration, four digits.")
def db_revise(owner: str, message: str, number: str) -> None:
    """For developers: write the migration that brings the tables of OWNER (core or a plugin) to its models.

    \b
    Example:
      lms db revise quiz "attempts know their seed" --number 0002
    """
    from lms.migrate import revise
    from lms.plugin import Plugin

    app = open_app()
    with app.app_context():
        here: Site = app.extensions["site"]
        known = {"core": Plugin("core", "lms"), **{plugin.name: plugin for plugin in here.plugins()}}
        if owner not in known:
            raise click.UsageError(f"{owner}: neither the core nor an installed plugin ({', '.join(known)})")
        click.echo(revise(here, known[owner], message, number))


@main.command()
@FORMAT
def doctor(form: str) -> None:
    """Say what is wrong with this installation, and what to do.

    \b
    Example:
      lms doctor --format json
    """
    from lms.health.checks import findings
    from lms.registry import PluginError

    with suppress(PluginError):  # it is one of the findings
        speak()
    rows = findings()
    if form == "json":
        click.echo(json.dumps([{"what": what, "todo": todo} for what, todo in rows], ensure_ascii=False, indent=2))
    else:
        for what, todo in rows:
            click.echo(f"{what}\n    {todo}")
        if not rows:
            click.echo("no findings")
    sys.exit(1 if rows else 0)


@main.group()
def i18n() -> None:
    """Translations of the core and of plugins."""


def _catalogue(package: str) -> tuple[Path, "Callable[[], Any]"]:
    from importlib.resources import files

    from lms.translating import messages_of

    root = Path(str(files(package)))
    also = [Path(str(files("courses")))] if package == "lms" else []
    return root / "translations", lambda: messages_of([root, *also])


@i18n.command("check")
@click.argument("packages", nargs=-1)
def i18n_check(packages: tuple[str, ...]) -> None:
    """Name every text without a Russian translation, and every translation without its text.

    \b
    Example:
      lms i18n check lms lms_quiz
    """
    from lms.translating import missing, surplus

    found = 0
    for package in packages or ("lms",):
        folder, messages = _catalogue(package)
        texts = messages()
        for text in missing(folder, "ru", texts):
            click.echo(f"{package}: not translated: {text}")
            found += 1
        for text in surplus(folder, "ru", texts):
            click.echo(f"{package}: no longer used: {text}")
            found += 1
    sys.exit(1 if found else 0)


@i18n.command("update")
@click.argument("packages", nargs=-1)
def i18n_update(packages: tuple[str, ...]) -> None:
    """Bring the catalogues up to date with the texts in code and templates; translations are kept.

    \b
    Example:
      lms i18n update lms_quiz
    """
    from lms.translating import update

    for package in packages or ("lms",):
        folder, messages = _catalogue(package)
        say(f"{package}: {update(folder, 'ru', messages())} texts without a translation")


if __name__ == "__main__":
    main()
