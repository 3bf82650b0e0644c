"""Phases of activities: where they stand, moved by dates and by staff, with reminders before they end."""

from lms.events import Tick
from lms.phases.reminders import on_tick
from lms.phases.views import pages
from lms.plugin import On, Plugin

feature = Plugin("phases", "lms.phases", contributes=(pages, On(Tick, on_tick)))
