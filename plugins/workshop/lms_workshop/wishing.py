"""Participants look at the works that came in and say which they would gladly review."""

from collections.abc import Sequence

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.text import plain_text
from lms.plugin import LEARNER, ActivityPages, BadInput, Message, Offered, Visit, db, gettext, mark
from lms_workshop import stages, store

pages = ActivityPages()
FIRST_WORDS = 400
"""Characters of a work that are shown."""


def offered(visit: Visit) -> Sequence[Offered]:
    """All works but the own, by number, with their first words. Those that will be kept from this person are among them: what is
    missing would say whose it is."""
    works = [work for work in store.works(visit) if work.number and visit.person.id not in work.people]
    texts = {one.owner: one for one in visit.submissions.latest(store.SLOT)}
    found = []
    for work in sorted(works, key=lambda one: one.number):
        words = plain_text(texts[work.owner].html) if work.owner in texts else ""
        cut = words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rsplit(maxsplit=1)[0]}…"
        found.append(Offered(store.subject(work.id), work.number, work.title, cut))
    return found


def keep(visit: Visit) -> None:
    """Keep this person's wishes. Raises BadInput when it is not the time."""
    visit.lock(stages.LOCK)
    if visit.phases.now != "wishes" or not store.standing(visit).submitted:
        raise BadInput(
            Message(
                mark("Wishes are asked for when all works are in and none is handed out, of those who handed in one.")
            )
        )
    visit.allocation.keep_wishes(offered(visit), visit.person.id)


@pages.get("wishes/", LEARNER)
def choose(visit: Visit) -> ResponseReturnValue:
    """The works to choose among."""
    if visit.phases.now != "wishes" or not store.standing(visit).submitted:
        return visit.redirect()
    return _page(visit)


@pages.post("wishes/", LEARNER)
def wish(visit: Visit) -> ResponseReturnValue:
    """Keep the wishes."""
    with db.session.begin_nested():
        keep(visit)
    visit.say(gettext("Your wishes are kept. They are followed where no work lacks a reviewer for it."))
    return visit.redirect()


def _page(visit: Visit) -> Markup:
    works = offered(visit)
    fields = visit.allocation.ask_wishes(works, visit.person.id) if works else None
    return visit.render("workshop/wishes.html", fields=fields, closes=visit.phases.closes)
