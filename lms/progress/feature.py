"""Home, catalogue, course and lesson pages, and what is kept about how far people are."""

from lms.plugin import Plugin
from lms.progress.views import pages

feature = Plugin("progress", "lms.progress", (pages,))
