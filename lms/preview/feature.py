"""What a preview adds to the site it makes: the bar on every page and the few pages behind it. No other site has them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.problems import Problem
from lms import ui, wording
from lms.calendar.service import address_of
from lms.forgery import READING
from lms.i18n import LANGUAGES, gettext, mark, ngettext, speaking
from lms.people.rules import own_path
from lms.plugin import PUBLIC, BadInput, Message, Pages, Plugin, Strip, Visit
from lms.preview.door import cookie_of
from lms.preview.notes import Note
from lms.preview.people import Figure
from lms.visit import RunVisit, staff_visits

if TYPE_CHECKING:
    from lms.pages import App
    from lms.preview.site import Preview

HERE = "/preview/"
NOWHERE = f"{HERE}problems?next={HERE}"
"""Where everybody is sent while there is no course."""
PHASES = f"{HERE}phases"
"""Where every activity can be seen in each of its phases."""
LISTED = 40
"""Problems that the bar lists; their page has all of them."""
PATIENCE = 15.0
"""Seconds after which a page that waits for news asks again."""
YEARS = timedelta(days=40 * 366)
"""How far from the present the clock may be set."""
STEPS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


def feature_of(preview: "Preview") -> Plugin:
    """The plugin of one preview. Its pages are added only to the site that the preview makes."""
    return Plugin("preview", "lms.preview", (Bar(preview), pages_of(preview)))


class Bar(Strip):
    """Who is looking, what time it is, what is wrong in the files."""

    def __init__(self, preview: "Preview") -> None:
        self.preview = preview

    def show(self, visit: Visit) -> Markup:
        """The bar on the page in force."""
        preview, shown = self.preview, self.preview.shown
        steady = request.method in READING
        now = preview.site.now().astimezone(wording.zone(shown.timezone))
        return ui.render(
            "preview/_bar.html",
            preview=preview,
            shown=shown,
            here=request.full_path.rstrip("?") if steady else HERE,
            steady=steady,
            people=[(figure, title_of(figure), id == visit.person.id) for id, figure in preview.people.items()],
            now=now,
            clock=wording.instant(now, shown.timezone),
            day=(now - shown.starts).days + 1 if shown.course else 0,
            phased=PHASES if shown.phased else "",
            **listed(preview, LISTED),
        )


def title_of(figure: Figure) -> str:
    """What the button of a figure says."""
    if figure.role == "tutor":
        return gettext("Tutor {name}", name=figure.given_name)
    return gettext("Learner {name}", name=figure.given_name)


def listed(preview: "Preview", most: int) -> dict[str, object]:
    """The problems for a page: errors and warnings apart, by file, at most so many of each; and how many there are."""
    groups: dict[str, dict[str, list[tuple[Problem, str]]]] = {"error": {}, "warning": {}}
    counts = {"error": 0, "warning": 0}
    shown = preview.shown
    for number, problem in enumerate(shown.problems):
        counts[problem.severity] += 1
        if counts[problem.severity] <= most:
            place = shown.places.get(number)
            address = f"{shown.base}{place}" if place is not None else ""
            groups[problem.severity].setdefault(problem.path, []).append((problem, address))
    return {
        "groups": groups,
        "counts": counts,
        "more": sum(max(count - most, 0) for count in counts.values()),
        "said": ", ".join(counted(counts)),
        "translate": gettext,
    }


def counted(counts: dict[str, int]) -> list[str]:
    """How many errors and warnings there are, in words."""
    found = []
    if counts["error"]:
        found.append(ngettext("{n} error", "{n} errors", counts["error"]))
    if counts["warning"]:
        found.append(ngettext("{n} warning", "{n} warnings", counts["warning"]))
    return found or [gettext("no problems")]


def note_of(preview: "Preview") -> Note:
    """What writes a problem where it is, within a lesson. It is said in every language; the page shows the one it is in."""

    def note(id: str, problem: Problem, line: str) -> str:
        said = {}
        for tongue in LANGUAGES:
            with speaking(tongue):
                kind = gettext("Error") if problem.is_error else gettext("Warning")
                said[tongue] = (kind, problem.message(gettext), problem.hint_text(gettext))
        template = preview.app.jinja_env.get_template("preview/_note.html")
        return template.render(id=id, problem=problem, said=said, line=line.strip()[:200])

    return note


def pages_of(preview: "Preview") -> Pages:
    """The preview's own pages."""
    pages = Pages("preview")

    @pages.get(HERE, PUBLIC)
    def here(visit: RunVisit) -> ResponseReturnValue:
        """The course, or what stands in its way."""
        return redirect(preview.shown.base if preview.shown.course else NOWHERE, 303)

    @pages.get(f"{HERE}problems", PUBLIC)
    def problems(visit: RunVisit) -> ResponseReturnValue:
        """All problems of all files; once there is a course, whoever came from a page of it goes back there."""
        wanted = request.args.get("next", "")
        if wanted and preview.shown.course:
            return redirect(own_path(wanted), 303)
        return visit.page(
            "preview/problems.html",
            preview=preview,
            shown=preview.shown,
            **listed(preview, len(preview.shown.problems)),
        )

    @pages.get(PHASES, PUBLIC)
    def phases(visit: RunVisit) -> ResponseReturnValue:
        """Every activity that goes through phases, with a button for each of them."""
        return visit.page("preview/phases.html", activities=going_through_phases(preview))

    @pages.post(PHASES, PUBLIC)
    def show_phase(visit: RunVisit) -> ResponseReturnValue:
        """Move an activity to a phase, and go there as whoever is looking."""
        for seen in going_through_phases(preview):
            if seen.block.id == visit.sent("block"):
                try:
                    said = seen.phases.move(visit.sent("phase"))
                except LookupError:
                    break
                for sentence in said:
                    visit.say(str(sentence), "info")
                return redirect(address_of(preview.site, seen.run, seen.block.id), 303)
        raise BadInput(Message(mark("There is no such phase in the course any more.")))

    @pages.post(f"{HERE}as", PUBLIC)
    def look_as(visit: RunVisit) -> ResponseReturnValue:
        """Go on as somebody else."""
        for id, figure in preview.people.items():
            if figure.key == visit.sent("who"):
                preview.sign_in(id)
                response = make_response(redirect(own_path(visit.sent("next")), 303))
                response.set_cookie(cookie_of(preview), figure.key, httponly=True, samesite="Lax")
                return response
        raise BadInput(Message(mark("There is nobody of this name in the preview.")))

    @pages.post(f"{HERE}clock", PUBLIC)
    def clock(visit: RunVisit) -> ResponseReturnValue:
        """Set the site's clock."""
        moment = asked_moment(preview, visit.sent("step"), visit.sent("at"))
        if moment is None:
            preview.run_clock()
        else:
            preview.set_clock(moment)
        return redirect(own_path(visit.sent("next")), 303)

    return pages


def going_through_phases(preview: "Preview") -> Sequence[RunVisit]:
    """The staff's view of every activity of the course that goes through phases, in the order of the course."""
    shown = preview.shown
    kinds = preview.site.registry.kinds
    found = [
        cast(RunVisit, seen)
        for kind in sorted(kinds)
        for seen in (staff_visits(preview.site, kind, [shown.run]) if shown.phased else ())
        if kinds[kind].phases(seen.block)
    ]
    order = {block: place for place, block in enumerate(found[0].outline.items)} if found else {}
    return sorted(found, key=lambda seen: order[seen.block.id])


def asked_moment(preview: "Preview", step: str, written: str) -> datetime | None:
    """The instant the clock is to show; None for the present. Raises BadInput."""
    now = preview.site.now()
    if step == "now":
        return None
    if step == "start" and preview.shown.course:
        moment = preview.shown.starts
    elif step in STEPS:
        moment = now + STEPS[step]
    else:
        try:
            moment = datetime.fromisoformat(written).replace(tzinfo=wording.zone(preview.shown.timezone))
        except ValueError:
            raise BadInput(Message(mark("Give the clock a date and a time."))) from None
    if abs(moment - preview.real_now()) > YEARS:
        raise BadInput(Message(mark("The clock goes forty years back or ahead at most.")))
    return moment


def add_doors(preview: "Preview") -> None:
    """What is asked past the pages: news for the script, and the way to the problems while there is no course."""
    app = cast("App", preview.app)

    def news() -> Response:
        gone = request.environ.get("waitress.client_disconnected", bool)
        version = preview.wait(request.args.get("seen", ""), PATIENCE, gone)
        return Response(json.dumps({"version": version}), mimetype="application/json")

    # not one of the pages: it waits, and would hold a connection to the database all the while
    app.add_url_rule(f"{HERE}news", "preview.news", news, provide_automatic_options=False, policy=PUBLIC)

    @app.before_request
    def without_course() -> ResponseReturnValue | None:
        path, shown = request.path, preview.shown
        if path.startswith((HERE, "/static/")) or request.method not in READING:
            return None
        if not shown.course:
            return redirect(NOWHERE, 303)
        # the course got another id: its pages have moved
        if path.startswith("/courses/") and "@" in path and not path.startswith(shown.base):
            return redirect(shown.base, 303)
        return None
