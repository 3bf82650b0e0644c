"""Everything contributed to a site, by the core's features and by plugins, checked once and then only read.

There is no global registry: `create_app(config, plugins=[…])` builds any combination, and a site refuses to start with all
errors listed, each naming the plugin it comes from.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from inspect import isabstract
from typing import Any, TypeVar

from courses.blocks import BlockKind
from lms.plugin import Activity, Contribution, PersonalData, Plugin

C = TypeVar("C", bound=Contribution)


class PluginError(Exception):
    """The plugins cannot be put together. `str()` has one line a finding."""


def installed_plugins() -> list[Plugin]:
    """Plugins of all installed distributions, by name. Raises PluginError naming every entry point that cannot be loaded."""
    found: list[Plugin] = []
    errors: list[str] = []
    for point in sorted(entry_points(group="lms.plugins"), key=lambda point: point.name):
        origin = f"{point.dist.name if point.dist else '?'} ({point.value})"
        try:
            plugin = point.load()
        except Exception as error:
            errors.append(f"{origin}: cannot be loaded: {type(error).__name__}: {error}")
            continue
        if not isinstance(plugin, Plugin):
            errors.append(f"{origin}: the entry point names {type(plugin).__name__}, not a lms.plugin.Plugin")
            continue
        found.append(plugin)
    if errors:
        raise PluginError("\n".join(errors))
    return found


class Registry:
    """The contributions of one site, in the order of features and then plugins by name."""

    def __init__(self, features: Sequence[Plugin], plugins: Sequence[Plugin]) -> None:
        self.features = tuple(features)
        self.plugins = tuple(sorted(plugins, key=lambda plugin: plugin.name))
        self._all = tuple(
            (owner, contribution) for owner in (*self.features, *self.plugins) for contribution in owner.contributes
        )
        self._by_kind: dict[type, tuple[Any, ...]] = {}
        errors = self._errors()
        if errors:
            raise PluginError("\n".join(errors))
        others = [item for _, item in self._all]
        self._all = tuple(
            (owner, item.joined(others) if isinstance(item, Contribution) else item) for owner, item in self._all
        )
        self.kinds: Mapping[str, BlockKind[Any]] = {
            item.name: item for _, item in self._all if isinstance(item, BlockKind)
        }
        self.owner: Mapping[int, Plugin] = {id(item): owner for owner, item in self._all}

    def of(self, kind: type[C]) -> tuple[C, ...]:
        """All contributions of a type, those of subclasses included."""
        if kind not in self._by_kind:
            self._by_kind[kind] = tuple(item for _, item in self._all if isinstance(item, kind))
        return self._by_kind[kind]

    def activity(self, name: str) -> Activity[Any] | None:
        """The activity of this name, or None when no installed plugin brings it."""
        kind = self.kinds.get(name)
        return kind if isinstance(kind, Activity) else None

    def _errors(self) -> list[str]:
        errors: list[str] = []
        names: dict[str, str] = {}
        kinds: dict[str, str] = {}
        parts: dict[str, str] = {}
        for owner in (*self.features, *self.plugins):
            if not owner.name.isidentifier():
                errors.append(f"{owner.package}: the plugin's name {owner.name!r} must be an identifier")
            if owner.name in names:
                errors.append(f"{owner.package}: the name {owner.name!r} is taken by {names[owner.name]}")
            names[owner.name] = owner.package
        for owner, item in self._all:
            if isinstance(item, type):
                errors.append(
                    f"{owner.name}: contributes the class {item.__name__}; contribute an object: {item.__name__}()"
                )
                continue
            if not isinstance(item, Contribution | BlockKind):
                errors.append(f"{owner.name}: {item!r} is not a contribution")
                continue
            if isabstract(type(item)):
                errors.append(f"{owner.name}: {type(item).__name__} does not say everything its base class asks for")
            for what, taken in ((BlockKind, kinds), (PersonalData, parts)):
                if isinstance(item, what):
                    name = getattr(item, "name", None)
                    if not name:
                        errors.append(f"{owner.name}: {type(item).__name__} has no name")
                    elif name in taken:
                        errors.append(f"{owner.name}: {name!r} is already brought by {taken[name]}")
                    else:
                        taken[name] = owner.name
        return errors
