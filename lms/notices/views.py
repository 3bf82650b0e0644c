"""The list of notices."""

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from lms.bounds import whole
from lms.notices import service
from lms.plugin import SIGNED_IN, Pages
from lms.visit import RunVisit

pages = Pages("notices")


@pages.get("/notices", SIGNED_IN)
def index(visit: RunVisit) -> ResponseReturnValue:
    """What a person was told, newest first."""
    page = min(max(1, request.args.get("page", 1, type=whole)), 100_000)
    lines, last = service.page_of(visit.person.id, page)
    return visit.page("notices/index.html", lines=lines, page=page, last=last)


@pages.post("/notices/<int:notice_id>/open", SIGNED_IN)
def open_one(visit: RunVisit, notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go where it leads."""
    url = service.open_notice(visit.site, visit.person.id, notice_id)
    if url is None:
        abort(404)
    return redirect(url, 303)


@pages.post("/notices/read", SIGNED_IN)
def read_all(visit: RunVisit) -> ResponseReturnValue:
    """Mark all as read."""
    service.read_all(visit.site, visit.person.id)
    return redirect("/notices", 303)
