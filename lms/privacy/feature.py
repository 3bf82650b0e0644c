"""What the site knows about a person: handed out, and erased."""

from lms.plugin import Plugin
from lms.privacy.parts import PARTS
from lms.privacy.views import pages

feature = Plugin("privacy", "lms.privacy", (pages, *PARTS))
