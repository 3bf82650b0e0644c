"""Statements of plain SQL: the same rows, instants and errors as through the ORM, on both databases."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lms.db import Query, as_utc, db
from lms.people.models import Person

NAMES = Query("SELECT id, surname FROM person WHERE id IN :ids ORDER BY surname")


def test_rows_have_names_and_lists_any_length(stage: Any) -> None:
    ids = [stage.person(surname) for surname in ("Белова", "Агеева", "Власов")]
    assert [row.surname for row in NAMES(ids=ids)] == ["Агеева", "Белова", "Власов"]
    assert [row.surname for row in NAMES(ids=ids[:1])] == ["Белова"]
    assert NAMES(ids=[]) == []
    assert NAMES.plain(ids=ids[:1]) == [(ids[0], "Белова")]
    assert NAMES.first(ids=[0]) is None


def test_instants_are_written_as_the_orm_writes_them(stage: Any) -> None:
    person = stage.person("Белова")
    moment = datetime(2026, 3, 2, 9, 30, 15, 250, tzinfo=UTC)
    assert Query("UPDATE person SET created_at = :now WHERE id = :id").run(now=moment, id=person) == 1
    db.session.commit()
    assert db.session.execute(select(Person.created_at).where(Person.id == person)).scalar_one() == moment
    assert as_utc(Query("SELECT created_at FROM person WHERE id = :id").first(id=person).created_at) == moment
    assert len(Query("SELECT id FROM person WHERE created_at = :now").plain(now=moment)) == 1


def test_signs_of_a_driver_are_only_signs(stage: Any) -> None:
    person = stage.person("100%?")
    found = Query("SELECT surname || '%s?' FROM person WHERE surname LIKE '100%' AND id = :id").plain(id=person)
    assert found == [("100%?%s?",)]


def test_they_are_counted_with_all_others(stage: Any) -> None:
    with stage.statements() as seen:
        NAMES(ids=[1, 2])
    assert len(seen) == 1


def test_a_refused_statement_raises_what_the_orm_raises(stage: Any) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"):
        Query("SELECT id FROM no_such_table").plain()
    db.session.rollback()


def test_a_connection_the_server_has_closed_is_replaced_after_a_rest(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # a file closes nothing
    monkeypatch.setattr("lms.db.REST", 0.0)
    with db.engine.connect() as one:
        with db.engine.connect() as rested:
            pid = rested.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        one.exec_driver_sql(f"SELECT pg_terminate_backend({int(pid)}, 5000)")
        with db.engine.connect() as fresh:
            assert fresh.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != pid
