"""The agenda, and the address for one's own calendar program."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from lms.calendar import rules, service
from lms.calendar.words import zone_name
from lms.i18n import speaking
from lms.plugin import PUBLIC, SIGNED_IN, Pages
from lms.visit import RunVisit

pages = Pages("calendar")


@pages.get("/calendar", SIGNED_IN)
def index(visit: RunVisit) -> ResponseReturnValue:
    """What is coming, by day; what is past on request."""
    return _agenda(visit)


@pages.post("/calendar", SIGNED_IN)
def new_address(visit: RunVisit) -> ResponseReturnValue:
    """Make a new secret address and show it, in this answer alone: a redirect would have to keep it somewhere."""
    return _agenda(visit, service.new_address(visit.site, visit.person.id))


def _agenda(visit: RunVisit, address: str = "") -> ResponseReturnValue:
    person = visit.person
    past = request.args.get("past") == "1"
    found = service.entries(visit.site, person.id, person.timezone)
    days = rules.by_day((entry for entry in found if rules.is_past(entry, visit.now) == past), latest_first=past)
    return visit.page(
        "calendar/index.html", days=days, past=past, zone=zone_name(person.timezone, visit.now), address=address,
        webcal="webcal" + address[address.index("://"):] if address else "",
        has_address=service.has_address(person.id),
    )  # fmt: skip


@pages.get("/calendar.ics", PUBLIC)
def file(visit: RunVisit) -> ResponseReturnValue:
    """A person's dates for a calendar program, which has no session: the secret in the address says whose."""
    owner = service.owner_of(request.args.get("token", ""))
    if owner is None:
        abort(404)
    person_id, tongue = owner
    with speaking(tongue):
        content = service.as_file(visit.site, service.entries(visit.site, person_id, "UTC"), visit.now)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
