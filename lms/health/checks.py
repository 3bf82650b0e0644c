"""What `lms doctor` looks at: each finding is what is wrong and what to do, in a sentence each."""

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lms.config import Config, ConfigError, read_config
from lms.i18n import gettext as _
from lms.i18n import ngettext

if TYPE_CHECKING:
    from lms.site import Site

Finding = tuple[str, str]


def findings() -> list[Finding]:
    """Everything found wrong with the configured installation; empty when it is sound."""
    try:
        config = read_config()
    except ConfigError as error:
        return [(line, _("Correct or remove the variable.")) for line in str(error).splitlines()]
    return [*_of_config(config), *_of_site(config)]


def _of_config(config: Config) -> Iterator[Finding]:
    loopback = any(host in config.base_url for host in ("127.0.0.1", "localhost", "[::1]"))
    if not config.https and not loopback:
        yield (
            _("{url} is plain http: passwords travel unprotected.", url=config.base_url),
            _("Put a proxy with https in front and set LMS_BASE_URL to the https address."),
        )
    if not config.mail_url and not loopback:
        yield (
            _("No mail server is configured: letters stay in the outbox."),
            _("Set LMS_MAIL_URL, for example smtps://user:password@mail.example:465."),
        )
    if config.demo and not loopback:
        yield _("A demonstration site must not be public."), _("Make a site of your own: see the README.")
    data = config.data_dir
    if data.exists() and not data.is_dir():
        yield _("{path} is not a folder.", path=data), _("Set LMS_DATA_DIR to a folder that the program may write to.")
    key = data / "secret.key"
    if not config.secret_key and key.exists() and key.stat().st_mode & 0o077:
        yield _("{path} can be read by others.", path=key), _("Run: chmod 600 {path}", path=key)


def _of_site(config: Config) -> Iterator[Finding]:
    from lms.app import create_app  # noqa: PLC0415 - the app lists this feature; only the doctor builds one from here
    from lms.db import db  # noqa: PLC0415 - the same
    from lms.migrate import drift, pending  # noqa: PLC0415 - the same
    from lms.registry import PluginError  # noqa: PLC0415 - the same

    try:
        app = create_app(config)
    except PluginError as error:
        yield from ((line, _("Update or remove that distribution.")) for line in str(error).splitlines())
        return
    site = app.extensions["site"]
    with app.app_context():
        try:
            db.session.execute(text("SELECT 1"))
            db.session.rollback()  # what follows looks with connections of its own, and SQLite has one write lock
        except SQLAlchemyError as error:
            reason = str(error.__cause__ or error).splitlines()[0]
            yield (
                _("The database does not answer: {reason}", reason=reason),
                _("Check LMS_DATABASE_URL and the server."),
            )
            return
        waiting = pending(site)
        if waiting:
            yield (
                _("The tables of {names} are not those of this version.", names=", ".join(waiting)),
                _("Run: lms db upgrade"),
            )
        else:
            yield from ((line, _("Write a migration: lms db revise.")) for line in drift(site))
            yield from _of_folders(site)
        if db.engine.dialect.name == "postgresql":
            yield from _of_postgres()
        elif sqlite3.sqlite_version_info < (3, 35):
            yield (
                _("SQLite {version} is too old.", version=sqlite3.sqlite_version),
                _("Use a newer Python or PostgreSQL."),
            )
        db.engine.dispose()


def _of_folders(site: "Site") -> Iterator[Finding]:
    """What the database names has to be on disk: a backup takes both."""
    from lms.db import db  # noqa: PLC0415 - the same
    from lms.studio.drafts import lost  # noqa: PLC0415 - the same

    missing = lost(site)
    db.session.rollback()
    if missing:
        yield (
            ngettext(
                "{n} file of a published course is missing in {path}.",
                "{n} files of published courses are missing in {path}.",
                missing,
                path=site.config.data_dir / "sources",
            ),
            _("Put the folder back from the backup, or publish the courses anew."),
        )


def _of_postgres() -> Iterator[Finding]:
    from lms.db import db  # noqa: PLC0415 - the same

    def show(name: str) -> str:
        return str(db.session.execute(text(f"SHOW {name}")).scalar_one())

    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if show(name) == "off":
            yield (
                _("PostgreSQL runs with {name} off: what was confirmed can be lost.", name=name),
                _("Switch it on in postgresql.conf."),
            )
    if db.session.execute(text("SELECT lower('Ё')")).scalar_one() != "ё":
        yield (
            _("The database does not know Cyrillic letters: its locale is C."),
            _(
                "Create it with LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' (PostgreSQL 17 or newer) or a UTF-8 locale."
            ),
        )
    if db.session.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one():
        yield (
            _("The program signs in to PostgreSQL as a superuser."),
            _("Give it a role of its own that owns only this database."),
        )
