"""Conditions: what must be true before something opens, in words. The rules themselves are `courses.requires`."""

from lms.plugin import Plugin

feature = Plugin("access", "lms.access")
