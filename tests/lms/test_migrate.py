"""Bringing tables to a version and back: on both databases, with nothing lost of it."""

import contextlib
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Column, Integer, String, Table, inspect, text

from lms import migrate
from lms.db import Model, db, writing
from lms.migrate import alembic_config, drift, head, owners, pending, upgrade, version_table
from lms.plugin import Plugin, package_folder
from lms.registry import installed_plugins
from lms.testing import Stage


@pytest.fixture(scope="module")
def all_plugins() -> tuple[Plugin, ...]:
    return tuple(installed_plugins())


@pytest.fixture
def plugins(all_plugins: tuple[Plugin, ...]) -> tuple[Plugin, ...]:
    return all_plugins


def tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(inspect(connection).get_table_names())


def downgrade(stage: Stage, name: str) -> None:
    with writing(True), db.engine.begin() as connection:
        for owner in owners(stage.site):
            if owner.name == name:
                command.downgrade(alembic_config(owner, connection), "base")


def test_upgrading_twice_is_nothing_to_do(stage: Stage) -> None:
    before = tables()
    assert (upgrade(stage.site), pending(stage.site), drift(stage.site)) == ([], [], [])
    assert tables() == before


def test_down_to_nothing_and_up_again(stage: Stage) -> None:
    run = stage.run(stage.course())
    stage.enrol(run, stage.person("Ученикова"))
    db.session.remove()
    before, names = tables(), [owner.name for owner in owners(stage.site)]
    assert names[0] == "core"
    assert before == {str(table) for table in Model.metadata.tables} | {
        version_table(owner) for owner in owners(stage.site)
    }
    for name in reversed(names):
        downgrade(stage, name)
    assert tables() == {version_table(owner) for owner in owners(stage.site)}
    assert pending(stage.site) == names
    assert upgrade(stage.site) == names
    assert (tables(), pending(stage.site), drift(stage.site)) == (before, [], [])


def test_one_plugin_goes_back_alone_and_the_site_knows(stage: Stage) -> None:
    name = owners(stage.site)[1].name
    own = {table for table in tables() if table.startswith(f"{name}_")}
    assert own
    before = tables()
    downgrade(stage, name)
    assert tables() == before - own
    assert pending(stage.site) == [name]
    ready = stage.browser().client.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (503, {"status": "not ready", "pending": [name]})
    assert upgrade(stage.site) == [name]
    ready = stage.browser().client.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (200, {"status": "ok", "pending": []})


def test_the_tables_of_a_plugin_that_is_gone_stay_and_stop_nothing(stage_factory) -> None:
    stage: Stage = stage_factory(plugins=())
    before = tables()
    assert (upgrade(stage.site), pending(stage.site)) == ([], [])
    assert tables() == before
    assert [owner.name for owner in owners(stage.site)] == ["core"]


@contextlib.contextmanager
def scratch(stage: Stage, monkeypatch: pytest.MonkeyPatch, *columns: Column) -> Iterator[None]:
    """A table of the core that migrations know with `id` and `name`, and the model with these columns too."""
    with writing(True), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE scratch (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20))"))
    table = Table(
        "scratch", Model.metadata, Column("id", Integer, primary_key=True), Column("name", String(20)), *columns
    )
    before = migrate.owns
    monkeypatch.setattr(
        migrate, "owns", lambda owner, name: owner.name == "core" if name == "scratch" else before(owner, name)
    )
    try:
        yield
    finally:
        Model.metadata.remove(table)


def test_a_table_as_its_model_says_is_no_difference(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch(stage, monkeypatch):
        assert drift(stage.site) == []


def test_a_column_that_no_migration_makes_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with scratch(stage, monkeypatch, Column("colour", String(10))):
        found = drift(stage.site)
    assert len(found) == 1
    assert found[0].startswith("core: ('add_column', None, 'scratch', Column('colour', String(length=10)")


def test_every_owner_has_one_newest_version_named_after_it(all_plugins: tuple[Plugin, ...]) -> None:
    for owner in (Plugin("core", "lms"), *all_plugins):
        if list((package_folder(owner, "migrations") / "versions").glob("*.py")):
            assert str(head(owner)).startswith(f"{owner.name}_")
