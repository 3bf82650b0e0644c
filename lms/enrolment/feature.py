"""Places in runs: open, by key, by request, in turn; lists of people."""

from lms.enrolment.views import pages
from lms.plugin import Plugin

feature = Plugin("enrolment", "lms.enrolment", (pages,))
