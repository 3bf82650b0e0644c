"""Accounts: signing up and in, sessions, the profile."""

from lms.people import service
from lms.people.views import pages
from lms.plugin import On, Plugin, Site, Tick


def forget_old(site: Site, event: Tick) -> None:
    """Ended sessions, dead links and old counts go as time passes."""
    service.forget_old(site.now())


feature = Plugin("people", "lms.people", (pages, On(Tick, forget_old)))
