"""Sites for tests of the whole: with every installed plugin, and one inhabited world a module and database."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from lms.plugin import Plugin
from lms.registry import installed_plugins
from lms.testing import Stage
from lms.testing.stage import migrate
from tests.suite.world import World


@pytest.fixture(scope="module")
def all_plugins() -> tuple[Plugin, ...]:
    return tuple(installed_plugins())


@pytest.fixture
def plugins(all_plugins):
    return all_plugins


@pytest.fixture(scope="module")
def sites(database_kind, all_plugins, request, tmp_path_factory) -> Callable[..., AbstractContextManager[Stage]]:
    """Make sites: `with sites() as stage:` on a fresh database each. The one that was opened last is the one to use."""
    source = request.getfixturevalue("_sqlite" if database_kind == "sqlite" else "_postgres")

    @contextmanager
    def made(plugins: tuple[Plugin, ...]) -> Iterator[Stage]:
        folder = tmp_path_factory.mktemp("site")
        key = hashlib.sha256(",".join(sorted(plugin.name for plugin in plugins)).encode()).hexdigest()[:8]
        with (
            source.database(key, lambda url: migrate(url, plugins, folder)) as url,
            Stage(url, plugins, folder / "data") as stage,
        ):
            yield stage

    return lambda plugins=all_plugins: made(plugins)


@pytest.fixture(scope="module")
def world(sites) -> Iterator[World]:
    """Something of everything. A test that writes does so within `world.undone()`."""
    with sites() as stage:
        yield World(stage)
