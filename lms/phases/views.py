"""The page of an activity's phases: what happens when, for everybody; for staff the buttons that move it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.phases import Dated
from lms.i18n import gettext as _
from lms.phases.service import look
from lms.plugin import MEMBER, STAFF, Pages
from lms.visit import RunVisit

pages = Pages("phases")
PAGE = "/courses/<course>/phases/<block>"


def _enter(visit: RunVisit, block: str) -> None:
    """Make it a visit to the block; 404 for blocks without phases."""
    try:
        found = visit.course.block(block)
    except KeyError:
        abort(404)
    visit.enter_block(found)
    if found.kind not in visit.site.registry.kinds or not visit.kind.phases(found):
        abort(404)


@dataclass(frozen=True)
class Line:
    """A phase on the page. `warning`: what moving there brings, `look`: its card as a participant finds it who has done nothing; both
    only for those who may see them."""

    dated: Dated
    warning: str
    look: Markup


def _lines(visit: RunVisit) -> Sequence[Line]:
    staff, source = visit.may(STAFF), visit.phases.source
    found = []
    for dated in visit.phases.timeline():
        name = dated.phase.name
        warning = source.warning(visit, name) if staff and source is not None else ""
        found.append(Line(dated, warning, look(visit, name) if visit.role != "learner" else Markup()))
    return found


@pages.get(PAGE, MEMBER)
def phases(visit: RunVisit, block: str) -> ResponseReturnValue:
    """What happens in each phase, and when."""
    _enter(visit, block)
    verdict = visit.verdicts[block]
    if not verdict.open:
        return visit.locked_page(visit.block.title, verdict), 403
    moved = visit.phases.moved
    return visit.page("phases/phases.html", block=visit.block, lines=_lines(visit), moved=moved, staff=visit.may(STAFF))


@pages.post(PAGE, STAFF)
def move(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Move the activity to a phase, or back to its dates."""
    _enter(visit, block)
    try:
        came = visit.phases.move(visit.sent("phase"))
    except LookupError:
        abort(404)
    for one in came:
        visit.say(str(one), "info")
    visit.say(_("It goes by its dates again.") if not visit.sent("phase") else _("It is moved."))
    return visit.redirect()
