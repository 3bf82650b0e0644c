"""When a meeting may be joined, when its word counts, and what a word does. Pure."""

import hmac
from datetime import datetime, timedelta
from typing import Literal

from courses.codeword import plain
from lms.plugin import Meeting

ACCEPTED = timedelta(hours=24)
"""How long after the end a word, of the meeting or of one's own, counts."""
MOST_TRIES = 10
"""Words a person may try for one meeting."""
LEAST_EVIDENCE = 20
"""Signs that whoever says they were there has to write."""

Answer = Literal["right", "already", "wrong", "closed", "tries", "refused"]


def may_join(meeting: Meeting, now: datetime) -> bool:
    """Whether those who take part may have the link."""
    return meeting.when(now) in ("soon", "now")


def may_show(meeting: Meeting, now: datetime) -> bool:
    """Whether one may show now that one was there."""
    return meeting.starts <= now <= meeting.ends + ACCEPTED


def answer(meeting: Meeting, given: str, state: str, tries: int, now: datetime) -> Answer:
    """What a word does. `state` is what is known so far ("" nothing), `tries` the wrong ones.

    A tutor's "absent" stands: a word does not overrule it. Without a code nothing fits.
    """
    if state == "present":
        return "already"
    if not meeting.code or not may_show(meeting, now):
        return "closed"
    if state == "absent":
        return "refused"
    if tries >= MOST_TRIES:
        return "tries"
    fits = hmac.compare_digest(plain(meeting.code).encode(), plain(given).encode())
    return "right" if fits else "wrong"
