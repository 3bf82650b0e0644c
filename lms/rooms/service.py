"""Rooms on the site's own video services: where a person joins a meeting, and that the room is there."""

import re
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.request import urlopen

from courses import rooms
from lms.i18n import Message, mark
from lms.plugin import STAFF, BadInput, Meeting

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit is whose room it is


class Silent(BadInput):
    """A video service does not answer as it should."""


PATIENCE = 5
"""Seconds a video server has to answer."""
ANSWER = 65_536
"""Bytes of an answer that are read."""


def address(visit: "RunVisit", meeting: Meeting) -> str:
    """Where people join a meeting: its link, or for a service of the site the page that leads to the room."""
    if meeting.link in rooms.SERVICES:
        return f"{visit.run.base}rooms/{visit.block.id}/{meeting.id}"
    return meeting.link


def enter(visit: "RunVisit", meeting: Meeting) -> str:
    """The address of the room for this person, who leads it if they are of the staff. A room of BigBlueButton is made when it is not
    there: to make it again does nothing. Raises BadInput when the site has no such service, Silent when it does not answer."""
    config = visit.site.config
    room = rooms.room_name(config.key(), visit.run.id, visit.block.id, meeting.id)
    if meeting.link == "jitsi" and config.jitsi_url:
        return rooms.jitsi(config.jitsi_url, room, visit.person.short_name, meeting.title)
    if meeting.link == "bigbluebutton" and config.bbb_url and config.bbb_secret:
        server = config.bbb_url, config.bbb_secret
        _make(rooms.bigbluebutton(*server, "create", {"meetingID": room, "name": meeting.title}))
        values = {
            "fullName": visit.person.short_name, "meetingID": room, "redirect": "true",
            "role": "MODERATOR" if visit.may(STAFF) else "VIEWER",
        }  # fmt: skip
        return rooms.bigbluebutton(*server, "join", values)
    raise BadInput(Message(mark("This site has no video service of that name yet. Write to the tutor.")))


def _make(call: str) -> None:
    try:
        with urlopen(call, timeout=PATIENCE) as answer:  # noqa: S310 - the operator's own server, http(s) only
            said = answer.read(ANSWER)
    except (OSError, HTTPException):
        said = b""
    if re.search(rb"<returncode>\s*SUCCESS\s*</returncode>", said) is None:
        raise Silent(
            Message(mark("The video service does not answer. Wait a minute and try again, or write to the tutor."))
        )
