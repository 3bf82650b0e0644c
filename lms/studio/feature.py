"""Where authors work in the site: upload, check, preview, compare, correct, publish."""

from typing import cast

from lms.events import Tick
from lms.plugin import On, Plugin
from lms.plugin import Site as AnySite
from lms.site import Site
from lms.studio import drafts, folders, views
from lms.studio.privacy import DraftData


def sweep(site: AnySite, tick: Tick) -> None:
    """Once a day, remove bytes that neither a revision nor a draft names."""
    if tick.since.date() != tick.now.date():
        drafts.sweep(cast(Site, site))


feature = Plugin("studio", "lms.studio", (views.pages, folders.pages, DraftData(), On(Tick, sweep)))
