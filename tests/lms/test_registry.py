"""Putting a site together: every mistake of every plugin is named at once, with the plugin it comes from."""

import importlib
import sys
from abc import abstractmethod
from pathlib import Path

import pytest
from markupsafe import Markup

from lms.app import create_app
from lms.config import Config
from lms.plugin import Activity, ActivitySettings, Contribution, Plugin, Visit
from lms.policy import UndeclaredRoute
from lms.registry import PluginError, Registry, installed_plugins


class Poll(Activity[ActivitySettings]):
    name, title, Settings = "poll", "Poll", ActivitySettings
    summary = "Asks something."

    def show(self, visit: Visit) -> Markup:
        return Markup("")


class Unfinished(Activity[ActivitySettings]):
    name, title, Settings = "unfinished", "Unfinished", ActivitySettings
    summary = "Does not say how it looks."


class Colour(Contribution):
    """A contribution type of a plugin's own."""


class Red(Colour):
    pass


def plugin(name: str, *contributes: object, package: str = "") -> Plugin:
    return Plugin(name, package or f"lms_{name}", contributes)  # type: ignore[arg-type]  # mistakes are what is tested


def findings(*plugins: Plugin) -> list[str]:
    with pytest.raises(PluginError) as caught:
        Registry((plugin("progress", package="lms.progress"),), plugins)
    return str(caught.value).splitlines()


def test_two_plugins_of_one_name():
    assert findings(plugin("poll", package="first"), plugin("poll", package="second")) == [
        "second: the name 'poll' is taken by first"
    ]


def test_the_name_of_a_feature_of_the_core_is_taken():
    assert findings(plugin("progress")) == ["lms_progress: the name 'progress' is taken by lms.progress"]


def test_a_name_that_cannot_be_one():
    assert findings(plugin("my-poll", package="poll")) == ["poll: the plugin's name 'my-poll' must be an identifier"]


def test_a_class_instead_of_an_object():
    assert findings(plugin("poll", Poll)) == ["poll: contributes the class Poll; contribute an object: Poll()"]


def test_something_that_is_no_contribution():
    assert findings(plugin("poll", "poll")) == ["poll: 'poll' is not a contribution"]


def test_a_kind_that_leaves_something_out_fails_by_name():
    with pytest.raises(TypeError, match=r"Unfinished .*show"):
        Unfinished()  # type: ignore[abstract]  # Python itself refuses it

    # one that got past Python's own refusal
    abstract = Poll()
    abstract.__class__ = type("Later", (Poll,), {"later": abstractmethod(lambda self: None)})
    assert findings(plugin("poll", abstract)) == ["poll: Later does not say everything its base class asks for"]


def test_two_plugins_bring_the_same_kind():
    assert findings(plugin("one", Poll()), plugin("two", Poll())) == ["two: 'poll' is already brought by one"]


def test_all_mistakes_are_told_together():
    assert findings(plugin("a-b", package="x"), plugin("one", Poll), plugin("two", 5)) == [
        "x: the plugin's name 'a-b' must be an identifier",
        "one: contributes the class Poll; contribute an object: Poll()",
        "two: 5 is not a contribution",
    ]


def test_contributions_are_found_by_type_in_one_order_whatever_order_they_were_given_in():
    red, colour, poll = Red(), Colour(), Poll()
    plugins = (plugin("zebra", colour), plugin("ant", red, poll))
    for order in (plugins, plugins[::-1]):
        registry = Registry((), order)
        assert [owner.name for owner in registry.plugins] == ["ant", "zebra"]
        assert registry.of(Colour) == (red, colour)
        assert registry.of(Red) == (red,)
        assert registry.activity("poll") is poll
        assert registry.activity("quiz") is None
        assert registry.owner[id(colour)].name == "zebra"


def test_a_route_without_a_policy_stops_the_site(tmp_path: Path):
    app = create_app(Config(data_dir=tmp_path, quick_hash=True), ())
    with pytest.raises(UndeclaredRoute, match=r"the route '/secret' has no policy"):
        app.add_url_rule("/secret", view_func=lambda: "")


# ------------------------------------------------------------------ installed distributions


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Make a distribution with one module and one entry point, as an installer would leave it."""

    def make(name: str, point: str, source: str) -> None:
        module = name.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(source, "utf-8")
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[lms.plugins]\n{point}\n", "utf-8")

    monkeypatch.syspath_prepend(str(tmp_path))
    yield make
    importlib.invalidate_caches()
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


def test_an_installed_distribution_is_found_by_its_entry_point(distribution):
    before = [found.name for found in installed_plugins()]
    distribution(
        "acme-stars", "stars = acme_stars:plugin",
        "from lms.plugin import Plugin\nplugin = Plugin('acme_stars', 'acme_stars')\n",
    )  # fmt: skip
    importlib.invalidate_caches()
    assert sorted(found.name for found in installed_plugins()) == sorted([*before, "acme_stars"])


def test_entry_points_that_cannot_be_used_name_their_distributions(distribution):
    distribution("acme-broken", "broken = acme_broken:plugin", "import a_module_that_is_not_there\n")
    distribution("acme-moved", "moved = acme_moved:plugin", "")
    distribution("acme-wrong", "wrong = acme_wrong:plugin", "plugin = {'name': 'wrong'}\n")
    importlib.invalidate_caches()
    with pytest.raises(PluginError) as caught:
        installed_plugins()
    assert str(caught.value).splitlines() == [
        "acme-broken (acme_broken:plugin): cannot be loaded: ModuleNotFoundError: No module named 'a_module_that_is_not_there'",
        "acme-moved (acme_moved:plugin): cannot be loaded: AttributeError: module 'acme_moved' has no attribute 'plugin'",
        "acme-wrong (acme_wrong:plugin): the entry point names dict, not a lms.plugin.Plugin",
    ]
