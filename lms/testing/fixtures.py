"""Fixtures for tests of the core and of plugins, published through the entry point `pytest11`.

`stage` is a whole site on a fresh database, SQLite and PostgreSQL in turn. Which plugins it has is said by the fixture
`plugins`, which a test module or a plugin's conftest overrides; the default is none.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lms.i18n import language, speaking
from lms.testing.databases import Postgres, Sqlite
from lms.testing.stage import Stage, migrate


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database sqlite` or `postgresql` restricts a run to one of the two."""
    parser.addoption("--database", action="append", choices=("sqlite", "postgresql"), help="test on this database only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses a database runs on both."""
    chosen_by_test = any("database_kind" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_kind" in metafunc.fixturenames and not chosen_by_test:
        chosen = metafunc.config.getoption("--database") or ["sqlite", "postgresql"]
        metafunc.parametrize("database_kind", chosen, scope="session")


def same_language() -> Iterator[None]:
    """Whatever language is spoken within, the one in force before is spoken after it: tests come in any order."""
    with speaking(language()):
        yield


_same_language_of_a_test = pytest.fixture(autouse=True)(same_language)
_same_language_of_a_module = pytest.fixture(scope="module", autouse=True)(same_language)


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def _postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    server = Postgres(getattr(request.config, "workerinput", {}).get("workerid", "main"))
    yield server
    server.close()


@pytest.fixture
def plugins() -> tuple[object, ...]:
    """The plugins of the site under test: override it."""
    return ()


@pytest.fixture
def database(
    database_kind: str, plugins: tuple[object, ...], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of a fresh migrated database for these plugins."""
    source = request.getfixturevalue("_sqlite" if database_kind == "sqlite" else "_postgres")
    names = ",".join(sorted(plugin.name for plugin in plugins))  # type: ignore[attr-defined]  # Plugin, imported late
    key = hashlib.sha256(names.encode()).hexdigest()[:8]
    with source.database(key, lambda url: migrate(url, plugins, tmp_path)) as url:
        yield url


@pytest.fixture
def stage_factory(database: str, plugins: tuple[object, ...], tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Make sites on the test's database: `stage_factory(plugins=(), **config)`; several share the database."""
    with ExitStack() as stack:

        def make(plugins: tuple[object, ...] = plugins, **config: object) -> Stage:
            return stack.enter_context(Stage(database, plugins, tmp_path / "data", **config))

        yield make


@pytest.fixture
def stage(stage_factory: Callable[..., Stage]) -> Stage:
    """A site with the test's plugins on a fresh database."""
    return stage_factory()
