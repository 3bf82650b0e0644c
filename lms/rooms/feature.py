"""Rooms on the house's own video services, made when the first person comes."""

from lms.plugin import Plugin
from lms.rooms.views import pages

feature = Plugin("rooms", "lms.rooms", (pages,))
