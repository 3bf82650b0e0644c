"""How teams come about: chosen, made by staff, drawn by chance. Who is in which is kept by `lms.teams`."""

from functools import partial
from typing import cast

from lms.events import Event, Tick
from lms.plugin import On, Plugin, Site, Teaming, Visit
from lms.teaming.making import Making
from lms.teaming.views import pages
from lms.visit import RunVisit


def on_tick(site: Site, event: Event) -> None:
    """Teams drawn by chance: when it is time, and for who came late."""
    for source in site.of(Teaming):  # type: ignore[type-abstract]  # the registry gives what derives from it
        site.each(source.kind, partial(_settle, source))


def _settle(source: Teaming, visit: Visit) -> None:
    Making(cast(RunVisit, visit), source).settle()


feature = Plugin("teaming", "lms.teaming", (pages, On(Tick, on_tick)))
