"""From a checked folder to an immutable revision, and the pictures that belong to it."""

from lms.plugin import Plugin
from lms.publishing.views import pages

feature = Plugin("publishing", "lms.publishing", (pages,))
