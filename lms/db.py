"""The database: one declarative base, one session a request, and what SQLite and PostgreSQL each need to be safe.

Every column says what personal data it holds (`column(..., personal=...)`), so that privacy is answered on the day a column is born.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Literal, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, MappedColumn, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

Personal = Literal["none", "link", "identity", "content", "record", "secret"]
"""none: nothing personal · link: names a person by key · identity: name, mail, address · content: what a person wrote ·
record: what a person did or was given (marks, dates) · secret: hashes, keys and codes"""


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; naive values are refused instead of guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: stored instants are aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return as_utc(value)


def as_utc(value: Any) -> datetime | None:
    """An instant read by plain SQL (a string from SQLite, a datetime from PostgreSQL) as an aware UTC datetime."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    assert isinstance(moment, datetime)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of every table, of the core and of plugins. A plugin's table names begin with `<plugin>_`."""

    # one registry given outright: Flask-SQLAlchemy makes a second base out of this class and must share it
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Instant()},
    )
    metadata = registry.metadata


def column(*args: Any, personal: Personal = "none", item: bool = False, **options: Any) -> MappedColumn[Any]:
    """`mapped_column` that also records what personal data the column holds.

    `item`: it holds the id of a lesson or an activity (or of a part: `quiz.part`), and the table has a `run_id`. When the course
    calls the item otherwise one day, the core writes the new id there, so that what is kept under the old one is not lost.
    """
    return mapped_column(*args, info={"personal": personal, "item": item}, **options)


db = SQLAlchemy(model_class=Model)

_writing: ContextVar[bool] = ContextVar("writing", default=True)


@contextmanager
def writing(allowed: bool) -> Iterator[None]:
    """Say whether the statements within may write. Pages that only read take no write lock on SQLite."""
    token = _writing.set(allowed)
    try:
        yield
    finally:
        _writing.reset(token)


def is_writing() -> bool:
    """Whether this transaction may write."""
    return _writing.get()


def lock(name: str) -> None:
    """Hold the named lock until the transaction ends. SQLite's write lock already is one; PostgreSQL gets an advisory lock."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


class Query:
    """A statement of plain SQL with `:name` parameters, for the pages people live on.

    `Query("SELECT id FROM run WHERE slug = :slug")(slug="spring")` gives the rows as named tuples. It runs on the session's own
    connection, inside its transaction, but goes past the ORM and the compiler: on a page of three statements those cost as much
    as everything else together. SQL and parameters reach the driver as they are: portable SQL, `as_utc` for instants that are read.
    A list stands behind `IN :name`.
    """

    def __init__(self, sql: str, postgresql: str = "") -> None:
        """`postgresql` is added to the statement there, where SQLite has its one write lock: `FOR UPDATE`."""
        self.sql = sql
        self._postgresql = postgresql
        self._names: tuple[str, ...] = tuple(_NAMED.findall(sql))
        self._written: dict[tuple[Any, ...], str] = {}
        self._make: Callable[[Any], Any] | None = None

    def plain(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows as plain tuples."""
        cursor = self._execute(values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
        return found

    def __call__(self, **values: Any) -> list[Any]:
        """All rows."""
        cursor = self._execute(values)
        if self._make is None:
            # the columns of a statement never change, so that the type of its rows is made once
            kind: Any = namedtuple("Row", [column[0] for column in cursor.description])  # type: ignore[misc]
            self._make = kind._make
        found = list(map(self._make, cursor.fetchall()))
        cursor.close()
        return found

    def first(self, **values: Any) -> Any:
        """The first row, or None."""
        found = self(**values)
        return found[0] if found else None

    def run(self, **values: Any) -> int:
        """Execute a statement that changes rows; returns how many."""
        cursor = self._execute(values)
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def _execute(self, values: dict[str, Any]) -> Any:
        connection = _connection()
        dialect = connection.dialect
        sqlite = dialect.name == "sqlite"
        given: list[Any] = []
        shape: tuple[Any, ...] = (sqlite,)
        for name in self._names:
            value = values[name]
            if type(value) is list:
                given += value
                shape += (len(value),)
            else:
                given.append(_sqlite_value(value) if sqlite else value)
        sql = self._written.get(shape) or self._write(shape)
        engine = connection.engine
        cursor = connection.connection.cursor()
        # whoever counts or logs statements hears of these as of all others
        for listener in engine.dispatch.before_cursor_execute:
            listener(connection, cursor, sql, given, None, False)
        try:
            cursor.execute(sql, given)
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                sql, given, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
            ) from error
        return cursor

    def _write(self, shape: tuple[Any, ...]) -> str:
        """The statement as the driver wants it, for lists of these lengths (`IN :names` becomes `IN (?, ?)`)."""
        sqlite, *lengths = shape
        sign, counts = ("?" if sqlite else "%s"), iter(lengths)
        lists = set(_LISTS.findall(self.sql))

        def place(found: re.Match[str]) -> str:
            return f"({', '.join([sign] * next(counts)) or 'NULL'})" if found[1] in lists else sign

        sql = self.sql if sqlite else self.sql.replace("%", "%%") + self._postgresql
        self._written[shape] = _NAMED.sub(place, sql)
        return self._written[shape]


_NAMED = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_LISTS = re.compile(r"\bIN :([a-z_]\w*)")


def _connection() -> Connection:
    """The connection of the session's transaction; asked of SQLAlchemy once a transaction, as each time takes longer than a row."""
    session = db.session()
    transaction = session.get_transaction()
    known = session.info.get("plain")
    if known is not None and known[0] is transaction and transaction is not None:
        return cast(Connection, known[1])
    connection = session.connection()
    session.info["plain"] = (session.get_transaction(), connection)
    return connection


def _sqlite_value(value: Any) -> Any:
    # as SQLAlchemy writes instants to SQLite, so that both can read and compare them
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


def prepare_engine(engine: Engine) -> None:
    """Make an engine safe: SQLite gets WAL, foreign keys and a write lock taken at the start of a writing transaction."""
    if engine.dialect.name != "sqlite":
        _ask_after_rest(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "mmap_size=0"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


REST = 20.0
"""Seconds after which a pooled connection is asked whether it still lives."""


def _ask_after_rest(engine: Engine) -> None:
    # SQLAlchemy's own `pool_pre_ping` asks before every request, one more round trip each; a connection that served a moment ago lives
    @event.listens_for(engine, "checkin")
    def _rests(connection: Any, record: Any) -> None:
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, proxy: Any) -> None:
        if monotonic() - record.info.get("rests_since", monotonic()) < REST:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError(
                "a pooled connection was closed by the server"
            ) from error  # the pool makes a new one


@event.listens_for(Session, "before_flush")
def _no_writing_while_reading(session: Session, *_: Any) -> None:
    if not _writing.get():
        raise AssertionError("a page that is only read tried to write: make it a POST")
