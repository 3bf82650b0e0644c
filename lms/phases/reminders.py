"""A day before a phase ends those who have something to do in it are reminded, once for each date."""

from typing import cast

from lms.calendar.reminders import AHEAD, told
from lms.events import Event
from lms.i18n import Message, gettext, mark
from lms.phases.service import source_of
from lms.plugin import Phased, Visit
from lms.plugin import Site as AnySite
from lms.site import Site
from lms.visit import RunVisit
from lms.wording import ending


def on_tick(site: AnySite, event: Event) -> None:
    """Do what the present phases ask for; then remind of what ends."""
    for source in site.of(Phased):  # type: ignore[type-abstract]  # the registry gives what derives from it
        site.each(source.kind, source.settle)
        site.each(source.kind, _remind)


def _remind(seen: Visit) -> None:
    visit = cast(RunVisit, seen)
    site, closes, name = visit.site, visit.phases.closes, visit.phases.now
    source = source_of(visit)
    assert source is not None and isinstance(site, Site)
    if closes is None or not visit.now < closes <= visit.now + AHEAD:
        return
    key = f"{visit.block.id}#{name}:{closes:%Y-%m-%dT%H:%MZ}"

    def said(language: str, timezone: str) -> tuple[Message, str]:
        block = site.library.outline(visit.run.revision_id, language).course.block(visit.block.id)
        phase = next(one for one in visit.kind.phases(block) if one.name == name)
        values = {"title": block.title, "phase": gettext(phase.title), "when": ending(closes, timezone)}
        text = mark("“{title}”: “{phase}” ends on {when}, and there is something for you to do still.")
        return Message(text, values), visit.url()

    told(site, visit.run.id, key, source.waiting(seen), visit.now, said)
