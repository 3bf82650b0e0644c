"""Sites for tests of the whole: with every installed plugin, and one inhabited world a module and database."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

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
def sites(database_kind, all_plugins, request, tmp_path_factory) -> Iterator[Callable[..., Stage]]:
    """Make sites that live as long as the module: `sites()` on a fresh database each; one at a time."""
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

    with ExitStack() as stack:
        yield lambda plugins=all_plugins: stack.enter_context(made(plugins))


@pytest.fixture(scope="module")
def world(sites) -> World:
    """Something of everything. A test that writes does so within `world.undone()`."""
    return World(sites())
