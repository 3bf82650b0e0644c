"""What every template may use: the `ui` object, translations, filters and addresses of static files."""

import gzip
import hashlib
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, current_app, g, get_flashed_messages, request
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from werkzeug.local import LocalProxy

from lms import wording
from lms.forgery import token
from lms.i18n import gettext, language, ngettext
from lms.plugin import Actor, Strip, package_folder
from lms.site import Site, site
from lms.spoken import Environment

CORE = Path(__file__).parent


class NavItem(NamedTuple):
    """An entry of the main menu."""

    label: str
    href: str
    current: bool
    badge: str = ""


class UI:
    """The acting person and the state of the page, for the layout."""

    def __init__(self, actor: Actor) -> None:
        self.person = actor if actor.id else None
        self.language = language()
        self.theme = actor.theme
        self.unread = actor.unread
        self.timezone = actor.timezone

    @cached_property
    def environment(self) -> Environment:
        """The templates of its language."""
        return site_environment()

    @cached_property
    def csrf(self) -> str:
        """The token that goes with every form."""
        return token()

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration site."""
        return site().config.demo

    @cached_property
    def strips(self) -> list[Markup]:
        """What plugins put above every page."""
        here = site()
        strips = here.of(Strip)  # type: ignore[type-abstract]  # they are asked for, not made
        if not strips:
            return []
        from lms.visit import RunVisit  # noqa: PLC0415 - a visit renders through this module

        visit = RunVisit(here, self.person or Actor(0))
        return [strip.show(visit) for strip in strips]

    @cached_property
    def nav(self) -> list[NavItem]:
        """The main menu for this person."""
        here = request.path
        entries = [(gettext("Home"), "/", ""), (gettext("Courses"), "/courses/", "")]
        if self.person:
            entries += [
                (gettext("Calendar"), "/calendar", ""),
                (gettext("Notices"), "/notices", str(self.unread) if self.unread else ""),
            ]
            if self.person.is_admin or self.person.is_author:
                entries.append((gettext("Management"), "/manage/", ""))
        return [
            NavItem(label, href, here == href if href == "/" else here.startswith(href.rstrip("/")), badge)
            for label, href, badge in entries
        ]


def current_ui() -> UI:
    """The `ui` of this request, made once."""
    found = g.get("ui")
    if found is None:
        from lms.pages import actor  # noqa: PLC0415 - pages render through this module

        found = g.ui = UI(actor())
    assert isinstance(found, UI)
    return found


def static(path: str) -> str:
    """Address of a static file with the hash of its content, so that browsers may keep it for ever.

    `path` is below the core's static folder, or `<plugin>/…` below that of a plugin. Worked out once a process.
    """
    here = site()
    found = here.static_addresses.get(path)
    if found is None:
        file = static_file(here, path)
        if file is None:
            raise LookupError(f"no static file {path!r}")
        found = f"/static/{path}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
        here.static_addresses[path] = found
    return found


def static_file(here: Site, path: str) -> Path | None:
    """The file behind an address below `/static/`, or None; nothing outside the static folders is found."""
    roots = [(CORE / "static", path)]
    owner, slash, rest = path.partition("/")
    if slash:
        roots += [(package_folder(plugin, "static"), rest) for plugin in here.plugins() if plugin.name == owner]
    for root, name in roots:
        with suppress(OSError):  # a name longer than the file system takes
            candidate = (root / name).resolve()
            if candidate.is_relative_to(root.resolve()) and candidate.is_file():
                return candidate
    return None


def packed_file(here: Site, path: str, file: Path) -> bytes:
    """A static file compressed, once a process and kept: it is asked for again by every new visitor."""
    found = here.static_packed.get(path)
    if found is None:
        found = here.static_packed[path] = gzip.compress(file.read_bytes(), 9, mtime=0)
    return found


def render(template: str, **context: Any) -> Markup:
    """A template with the names every page may use."""
    here = current_ui()
    # a page is made of many of these: the environment is looked up once, unless the language has changed since
    environment = here.environment if here.language == language() else site_environment()
    return Markup(environment.get_template(template).render(ui=here, **context))  # noqa: S704 - templates escape


def site_environment() -> Environment:
    """The Jinja environment of the app and the language in force."""
    environment = current_app.jinja_env
    assert isinstance(environment, Environment)
    return environment.speaking(site().catalogues, language())


def init_app(app: Flask, here: Site) -> None:
    """Give the templates their folders, filters and functions."""
    folders = [CORE / "templates"]
    folders += [
        folder for feature in here.registry.features if (folder := package_folder(feature, "templates")).is_dir()
    ]
    folders += [folder for plugin in here.plugins() if (folder := package_folder(plugin, "templates")).is_dir()]
    env = app.jinja_env
    env.loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.auto_reload = False
    env.globals.update(
        ui=LocalProxy(current_ui),
        _=gettext,
        ngettext=ngettext,
        static=static,
        get_flashed_messages=get_flashed_messages,
        Markup=Markup,
    )
    env.filters.update(
        date=_day,
        datetime=_instant,
        deadline=_instant,
        ending=_ending,
        share=wording.share,
        number=wording.number,
        city=wording.city,
    )


def _instant(moment: datetime | None) -> str:
    return wording.instant(moment, current_ui().timezone)


def _ending(moment: datetime | None) -> str:
    return wording.ending(moment, current_ui().timezone)


def _day(value: date | datetime | None) -> str:
    return wording.day(value, current_ui().timezone)
