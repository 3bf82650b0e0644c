"""Grades: one's own, the group's, the gradebook."""

from lms.grades.views import pages
from lms.plugin import Plugin

feature = Plugin("grades", "lms.grades", (pages,))
