"""The way into a room on the house's own video services. It is read only, so that a slow server holds nobody up."""

from flask import abort, redirect
from flask.typing import ResponseReturnValue

from courses.rooms import SERVICES
from lms.plugin import PARTICIPANT, STAFF, BadInput, Pages
from lms.rooms.service import Silent, enter
from lms.visit import RunVisit

pages = Pages("rooms")


@pages.get("/courses/<course>/rooms/<block>/<meeting>", PARTICIPANT)
def room(visit: RunVisit, block: str, meeting: str) -> ResponseReturnValue:
    """Go into the room: staff always, others while its doors are open and they have a place."""
    try:
        visit.enter_block(visit.course.block(block))
    except KeyError:
        abort(404)
    found = next((one for one in visit.attendance.meetings() if one.id == meeting and one.link in SERVICES), None)
    if found is None:
        abort(404)
    if not visit.may(STAFF):
        placed = found.slot is None or any(
            one.number is not None for one in visit.booking.of(found.slot, visit.person.id)
        )
        if not placed or found.when(visit.now) not in ("now", "soon") or not visit.verdicts[visit.block.id].open:
            abort(403)
    try:
        return redirect(enter(visit, found))
    except BadInput as error:
        status = 503 if isinstance(error, Silent) else 422
        return visit.page("rooms/closed.html", block=visit.block, meeting=found, error=str(error.message)), status
