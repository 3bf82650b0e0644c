"""When a meeting may be joined, when its word counts, and what a word does. Pure."""

import hmac
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

from lms.plugin import Meeting

DOORS_OPEN = timedelta(minutes=30)
"""How long before the start the link to join by is shown."""
ACCEPTED = timedelta(hours=24)
"""How long after the end a word, of the meeting or of one's own, counts."""
MOST_TRIES = 10
"""Words a person may try for one meeting."""
LEAST_EVIDENCE = 20
"""Signs that whoever says they were there has to write."""

When = Literal["past", "now", "soon", "later"]
Answer = Literal["right", "already", "wrong", "closed", "tries", "refused"]


def when(meeting: Meeting, now: datetime) -> When:
    """Where a meeting is: "now" from its start to its end, "soon" when the doors are open before it."""
    if now >= meeting.ends:
        return "past"
    if now >= meeting.starts:
        return "now"
    return "soon" if now >= meeting.starts - DOORS_OPEN else "later"


def may_join(meeting: Meeting, now: datetime) -> bool:
    """Whether those who take part may have the link."""
    return meeting.starts - DOORS_OPEN <= now < meeting.ends


def may_show(meeting: Meeting, now: datetime) -> bool:
    """Whether one may show now that one was there."""
    return meeting.starts <= now <= meeting.ends + ACCEPTED


def plain(word: str) -> str:
    """A word as it is compared: without blanks, case and dots over ё."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    return re.sub(r"\s+", "", folded)


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
