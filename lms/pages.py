"""Routes and the guard every one of them stands behind: policy first, then the view, then one commit.

A view never decides who may see it and never commits. What it needs of the request it gets as a checked `Visit`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, abort, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.urls import iri_to_uri

from lms.bounds import Number
from lms.db import db, writing
from lms.enrolment.place import find_place
from lms.forgery import READING
from lms.i18n import LANGUAGES, set_language, use_catalogues
from lms.people import sessions
from lms.plugin import Activity, ActivityPages, Actor, Pages, Route
from lms.policy import Policy, UndeclaredRoute, undeclared
from lms.site import Site
from lms.site import site as current_site
from lms.spoken import Environment
from lms.visit import RunVisit


class App(Flask):
    """Flask that refuses a route without a policy, whoever registers it."""

    jinja_environment = Environment

    def add_url_rule(  # type: ignore[override]  # deliberately narrower: no route without a policy
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., ResponseReturnValue] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        policy: Policy | None = None,
        **options: Any,
    ) -> None:
        """As in Flask, with the `policy` that the route is guarded by."""
        if not isinstance(policy, Policy):
            raise UndeclaredRoute(undeclared(rule))
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
        self.extensions.setdefault("policies", []).append(
            (rule, tuple(sorted(options.get("methods") or ("GET",))), policy)
        )


def register(app: App, site: Site, pages: Sequence[Pages]) -> None:
    """Put the routes of features and plugins into the app, each behind the guard."""
    bodies: dict[str, int] = {}

    @app.url_value_preprocessor
    def size(endpoint: str | None, values: Any) -> None:
        # before anything reads the body: the check against forged requests already does
        if most := bodies.get(endpoint or ""):
            request.max_content_length = most

    for group in pages:
        for route in group.routes:
            if route.body:
                bodies[f"{group.name}.{route.view.__name__}"] = route.body
            app.add_url_rule(
                route.rule,
                endpoint=f"{group.name}.{route.view.__name__}",
                view_func=_guarded(site, route),
                methods=route.methods,
                policy=route.policy,
                provide_automatic_options=False,
            )


def register_activities(app: App, site: Site) -> None:
    """One route for the pages of all activities; each kind has an address map of its own below it."""
    activities = site.of(Activity)  # type: ignore[type-abstract]  # it is asked for, not made
    for kind in activities:
        for route in (kind.pages() or ActivityPages()).routes:
            if not isinstance(route.policy, Policy):
                raise UndeclaredRoute(undeclared(f"{kind.name}: {route.rule}"))
    maps = {kind.name: _map(kind.pages()) for kind in activities}
    base = "/courses/<course>/activities/<block>/"

    def activity(course: str, block: str, page: str = "") -> ResponseReturnValue:
        return _transaction(site, lambda: _activity(site, maps, course, block, page))

    for rule in (base, base + "<path:page>"):
        app.add_url_rule(
            rule, endpoint="activity", view_func=activity, methods=("GET", "POST"), policy=ACTIVITY,
            provide_automatic_options=False,
        )  # fmt: skip
    app.extensions["activity_pages"] = {
        kind.name: tuple(pages.routes) for kind in activities if (pages := kind.pages()) is not None
    }


ACTIVITY = Policy("activity", frozenset())
"""The common door of all activities; the page behind it has the policy that counts."""


def _map(pages: ActivityPages | None) -> Map | None:
    if pages is None:
        return None
    return Map(
        [Rule("/" + route.rule.lstrip("/"), endpoint=route, methods=route.methods) for route in pages.routes],
        strict_slashes=False,
        converters={"int": Number},
    )


def _activity(site: Site, maps: dict[str, Map | None], course: str, block: str, page: str) -> ResponseReturnValue:
    visit = _enter(site, course)
    try:
        found = visit.course.block(block)
    except KeyError:
        now = visit.outline.items.get(visit.outline.aliases.get(block, ""))
        if now is None or now.kind == "lesson":
            abort(404)
        query = request.query_string.decode("latin-1")
        return redirect(f"{visit.run.base}{now.path}{page}{'?' * bool(query)}{query}", 308)
    addresses = maps.get(found.kind)
    if addresses is None and found.kind not in maps:
        if request.method != "GET":
            abort(404)
        return visit.missing_plugin(found)
    try:
        if addresses is None:
            raise NotFound
        route, values = addresses.bind("", "/").match("/" + page, method=request.method)
    except RequestRedirect:
        abort(404)
    except (NotFound, MethodNotAllowed) as error:
        if request.method == "GET" and not page:
            # an activity that lives in its lesson alone is listed by this address like all others
            visit.enter_block(found)
            return visit.back()
        raise error from None
    assert isinstance(route, Route)
    _admit(visit, route.policy)
    visit.enter_block(found)
    verdict = visit.verdicts[found.id]
    if not verdict.open and visit.role == "learner":
        return visit.locked_page(found.title, verdict), 403
    return route.view(visit, **values)


def _guarded(site: Site, route: Route) -> Callable[..., ResponseReturnValue]:
    run_scope = "<course>" in route.rule and route.policy.scope == "run"

    def view(**values: Any) -> ResponseReturnValue:
        def act() -> ResponseReturnValue:
            if run_scope:
                visit = _enter(site, values.pop("course"))
            else:
                visit = RunVisit(site, actor())
            _admit(visit, route.policy)
            return route.view(visit, **values)

        return _transaction(site, act)

    view.__name__ = route.view.__name__
    return view


def _enter(site: Site, segment: str) -> RunVisit:
    """The visit to the run that the address names: visitors are asked to sign in, strangers find nothing."""
    person = actor()
    if not person.id:
        ask_to_sign_in()
    place = find_place(person, segment)
    if place is None:
        abort(404)
    return RunVisit(site, person, place)


def _admit(visit: RunVisit, policy: Policy) -> None:
    if policy.scope == "run" and visit.place is None:
        abort(404)
    if visit.role in policy.roles or (policy.scope == "site" and visit.site_roles & policy.roles):
        return
    if not visit.person.id:
        ask_to_sign_in()
    # inside a run a member may know that the page exists; of the site's own pages a stranger may not
    abort(403 if policy.scope == "run" else 404)


def ask_to_sign_in() -> None:
    """Send a visitor to the sign-in page and back afterwards; acts are not repeated."""
    target = request.full_path.rstrip("?") if request.method in READING else ""
    address = "/sign-in" + (f"?next={iri_to_uri(target).replace('&', '%26')}" if target and target != "/" else "")
    abort(redirect(address, 303))


def actor() -> Actor:
    """The acting person of this request."""
    return sessions.acting(current_site())


def _transaction(site: Site, act: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Run a view in one transaction: committed when it returns, rolled back when it raises or when it only reads."""
    reading = request.method in READING
    g.received = site.now()  # before anything is waited for: an act counts by when it came, not by when its turn comes
    with writing(not reading):
        try:
            speak(site)
            response = make_response(act())
        except BaseException:
            db.session.rollback()
            raise
        if reading:
            db.session.rollback()
        else:
            db.session.commit()
    sessions.touch(site)
    return response


def speak(site: Site) -> None:
    """Choose the language: asked for in the address or a cookie, the person's own, the browser's, the site's."""
    use_catalogues(site.catalogues)
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked not in LANGUAGES:
        person = actor()
        asked = (
            person.language
            if person.id
            else request.accept_languages.best_match(list(LANGUAGES)) or site.config.language
        )
    assert asked is not None
    set_language(asked)
    g.language = asked
