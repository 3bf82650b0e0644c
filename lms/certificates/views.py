"""One's own certificates, the public check, the register and issuing for a run."""

from io import BytesIO

from flask import Response, abort, redirect, request, send_file
from flask.typing import ResponseReturnValue

from lms.bounds import whole
from lms.certificates import rules, service, words
from lms.certificates.limit import wait_before_check
from lms.i18n import gettext as _
from lms.i18n import ngettext
from lms.plugin import ADMIN, PUBLIC, SIGNED_IN, Pages, Run
from lms.visit import RunVisit

pages = Pages("certificates")


@pages.get("/certificates", SIGNED_IN)
def own(visit: RunVisit) -> ResponseReturnValue:
    """A person's own certificates."""
    found = service.own(visit.person.id)
    return visit.page("certificates/own.html", found=found, words=words, rules=rules)


@pages.get("/certificates/<int:certificate_id>.pdf", SIGNED_IN)
def document(visit: RunVisit, certificate_id: int) -> ResponseReturnValue:
    """The document itself, for its owner and for admins."""
    found = service.find(certificate_id)
    if found is None or not found.holder or not (visit.person.is_admin or found.person_id == visit.person.id):
        abort(404)
    # send_file writes the Cyrillic number as RFC 6266 asks; a bare header would stop the server
    return send_file(
        BytesIO(service.document(visit.site, found)), mimetype="application/pdf", download_name=f"{found.number}.pdf"
    )


@pages.get("/verify/", PUBLIC)
def verify_form(visit: RunVisit) -> ResponseReturnValue:
    """Where a code is typed."""
    typed = request.args.get("code", "")
    code = rules.read_code(typed)
    if code:
        return redirect(f"/verify/{rules.show_code(code)}", 303)
    return _not_listed(visit.page("certificates/verify.html", typed=typed)), 422 if typed else 200


@pages.get("/verify/<code>", PUBLIC)
def verify(visit: RunVisit, code: str) -> ResponseReturnValue:
    """Whether a certificate is valid: its printed facts, and nothing more."""
    wait = wait_before_check(visit.site, request.remote_addr or "")
    if wait:
        response = _not_listed(visit.page("certificates/too_many.html"))
        response.headers["Retry-After"] = str(wait)
        return response, 429
    found = service.check(code)
    shown = rules.show_code(found.code) if found else ""
    page = visit.page("certificates/verified.html", found=found, code=shown, words=words)
    return _not_listed(page), 200 if found else 404


def _not_listed(page: str) -> Response:
    return Response(page, headers={"X-Robots-Tag": "noindex, nofollow"}, mimetype="text/html")


@pages.get("/manage/certificates", ADMIN)
def register(visit: RunVisit) -> ResponseReturnValue:
    """All certificates ever issued, searched by number or name."""
    query = request.args.get("q", "").strip()[:200]
    page = min(max(1, request.args.get("page", 1, type=whole)), 100_000)
    found, last = service.search(query, page)
    return visit.page("certificates/register.html", found=found, query=query, page=page, last=last)


def _run(run_id: int) -> Run:
    found = service.find_run(run_id)
    if found is None:
        abort(404)
    return found


@pages.get("/manage/runs/<int:run_id>/certificates", ADMIN)
def of_run(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Who has a certificate, who may get one, who may not and why."""
    run = _run(run_id)
    course = service.outline_of(visit.site, run).course
    return visit.page(
        "certificates/run.html", run=run, course=course, standings=service.standings(visit.site, run),
        kind=rules.KINDS.get(course.certificate.kind) if course.certificate else None,
    )  # fmt: skip


@pages.post("/manage/runs/<int:run_id>/certificates", ADMIN)
def issue(visit: RunVisit, run_id: int) -> ResponseReturnValue:
    """Issue for one person (`person`), or for all who may have one."""
    run = _run(run_id)
    if request.form.get("person"):
        people = [request.form.get("person", 0, type=whole)]
    else:
        people = [standing.member.id for standing in service.standings(visit.site, run) if standing.may_get]
    outcome = service.issue(visit.site, run, people, visit.person)
    if outcome.issued:
        visit.say(ngettext("{n} certificate was issued.", "{n} certificates were issued.", len(outcome.issued)))
    else:
        visit.say(_("Nothing was issued: nobody here may get a certificate now."), "warning")
    return redirect(f"/manage/runs/{run.id}/certificates", 303)


@pages.post("/manage/certificates/<int:certificate_id>/revoke", ADMIN)
def revoke(visit: RunVisit, certificate_id: int) -> ResponseReturnValue:
    """Declare a certificate void."""
    try:
        found = service.revoke(visit.site, certificate_id, request.form.get("reason", ""), visit.person)
    except LookupError:
        abort(404)
    visit.say(_("The certificate {number} was revoked.", number=found.number))
    return redirect(f"/manage/runs/{found.run_id}/certificates", 303)
