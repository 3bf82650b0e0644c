"""Courses on paper and on e-readers."""

from lms.books.views import pages
from lms.plugin import Plugin

feature = Plugin("books", "lms.books", (pages,))
