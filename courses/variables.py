"""What a text may say of the run it is read in: ``{{ run.starts }}``, ``{{ day 5 }}``. Filled when the page is served.

Published HTML holds each as a ``span`` with words that fit anywhere ("the first day"), so that whoever cannot fill it (a book for
reading offline, the page about a course) still shows a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from html import escape, unescape

from courses.moments import Moment
from courses.problems import N_

KNOWN: Mapping[str, str] = {
    "run.title": N_("The name of the run, or of the course where the run has none."),
    "run.starts": N_("The first day of the run."),
    "run.ends": N_("The last day of the run."),
    "run.tutors": N_("The names of the run's tutors."),
}
"""Names and what they stand for, for the reference; besides these, moments counted from the start: ``day 5 18:00``."""

OPENING = '<span class="run-value" data-value="'
"""What every value begins with in published HTML: who does not find it need not look further."""

_WORDS = {
    "en": {
        "run.title": "this course",
        "run.starts": "the first day",
        "run.ends": "the last day",
        "run.tutors": "the tutors",
        "day": "day",
        "week": "week",
    },
    "ru": {
        "run.title": "этот курс",
        "run.starts": "первый день",
        "run.ends": "последний день",
        "run.tutors": "ведущие",
        "day": "день",
        "week": "неделя",
    },
}
_SPAN = re.compile(re.escape(OPENING) + r'([^"]*)">([^<]*)</span>')
LOOKS_LIKE = re.compile(r"[^\W\d_][\w .:-]*")
"""A name, as against what other programs put between double braces."""


def known(written: str) -> str | None:
    """The variable's own spelling, None for what is not known."""
    name = " ".join(written.split())
    if name in KNOWN:
        return name
    try:
        moment = Moment(name)
    except ValueError:
        return None
    return str(moment) if moment.is_relative else None


def close_to(written: str) -> str:
    """The known variable that was probably meant, or an empty string."""
    name = " ".join(written.lower().replace("_", ".").split())
    for wanted in (name, f"run.{name}"):
        if found := get_close_matches(wanted, KNOWN, 1):
            return found[0]
    return ""


def words(name: str, language: str) -> str:
    """What a text says where the value is not known."""
    spoken = _WORDS.get(language.split("-")[0], _WORDS["en"])
    unit, _, rest = name.partition(" ")
    return f"{spoken[unit]} {rest}" if unit in ("day", "week") else spoken[name]


def span(name: str, language: str) -> str:
    """The HTML that is published."""
    return f'{OPENING}{escape(name)}">{escape(words(name, language))}</span>'


def filled(html: str, value: Callable[[str, str], str]) -> str:
    """Published HTML with every value put in, escaped; ``value`` gets the name and the words published for it."""
    if OPENING not in html:
        return html
    return _SPAN.sub(lambda match: escape(value(unescape(match[1]), unescape(match[2]))), html)
