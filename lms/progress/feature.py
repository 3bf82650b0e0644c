"""Home, catalogue, course and lesson pages, and what is kept about how far people are."""

from lms.events import RunMoved
from lms.plugin import On, Plugin
from lms.progress.consequences import Progress, rework
from lms.progress.views import pages

feature = Plugin("progress", "lms.progress", (pages, Progress(), On(RunMoved, rework)))
