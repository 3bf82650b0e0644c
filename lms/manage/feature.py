"""Placeholder docstring."""

from lms.plugin import Plugin

feature = Plugin("manage", "lms.manage")
