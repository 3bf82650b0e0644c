"""Pages for those who look after the whole site: runs, people, courses."""

from lms.manage.views import pages
from lms.plugin import Plugin

feature = Plugin("manage", "lms.manage", contributes=(pages,))
