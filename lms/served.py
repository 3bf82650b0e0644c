"""Rendered course HTML as a page of the site shows it: links that lead into the run, values of the run, frames of players.

All of it is decided at publishing; here only what differs from run to run and from reader to reader is put in. A text without any of
it costs three searches for a few letters.
"""

from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import g
from markupsafe import Markup

from courses.embeds import FRAME, STYLE, origins
from courses.moments import Moment
from courses.variables import OPENING, filled
from lms import wording
from lms.plugin import Actor, Run
from lms.ui import static

LINK = '"/@course/'
"""How every link inside a course begins in published HTML."""


class Reader(Protocol):
    """Who reads, and which run's text it is."""

    @property
    def person(self) -> Actor: ...
    @property
    def run(self) -> Run: ...
    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def run_title(self) -> str:
        """What the run is called."""

    @property
    def run_tutors(self) -> str:
        """The names of its tutors, "" without any. One statement, asked for once."""


def shown(source: str, base: str, reader: Reader | None = None) -> Markup:
    """The HTML with its links below `base`. Without a reader variables keep the words they were published with."""
    html = source.replace(LINK, f'"{base}')
    if reader is not None and OPENING in html:
        found = reader
        html = filled(html, lambda name, words: value(name, found) or words)
    if FRAME in html:
        g.frames = g.get("frames", frozenset()) | origins(html)
        html = html.replace(STYLE, static("player.css"))
    return Markup(html)  # noqa: S704 - sanitised at publishing, values are escaped


def frames() -> frozenset[str]:
    """The origins whose players the page being made may show; `lms.headers` opens the content policy for them alone."""
    found: frozenset[str] = g.get("frames", frozenset())
    return found


def value(name: str, reader: Reader) -> str:
    """A variable in the reader's words and time zone, "" where the run has nothing to say."""
    run = reader.run
    if name == "run.title":
        return reader.run_title
    if name == "run.tutors":
        return reader.run_tutors
    if name == "run.starts":
        return wording.day(run.starts_on)
    if name == "run.ends":
        return wording.day(run.ends_on)
    moment = Moment(name)
    if moment.has_time:
        return wording.instant(moment.resolve(run.starts_on, reader.zone), reader.person.timezone)
    first = moment.resolve(run.starts_on, reader.zone).astimezone(reader.zone).date()
    if moment.startswith("week "):
        return wording.span(first, first + timedelta(days=6))
    return wording.day(first)
