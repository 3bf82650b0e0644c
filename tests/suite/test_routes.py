"""Who may open what: every address × role × method against a table that people have read (`routes.md`)."""

import pytest
from flask import Blueprint

from lms.app import create_app
from lms.config import Config
from lms.plugin import MEMBER, Activity, ActivityPages, ActivitySettings, Pages, Plugin
from lms.policy import UndeclaredRoute
from tests.suite.routes import ROLES, addresses, ask, general, label, reviewed

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def test_every_address_answers_every_role_as_the_reviewed_table_says(world):
    agreed = {name: row[:-1] for name, row in reviewed().items()}
    found = {label(address): (address.policy, *ask(world, address)) for address in addresses(world.stage.app)}
    wrong = [
        f"{name}: not in the table; python -m tests.suite.routes prints it" for name in found if name not in agreed
    ]
    wrong += [f"{name}: in the table, but the site has no such address" for name in agreed if name not in found]
    wrong += [f"{name}: {row}, not {agreed[name]}" for name, row in found.items() if row != agreed.get(name, row)]
    assert not wrong, "\n".join(wrong)


def test_what_differs_from_its_policy_says_why():
    odd = {name for name, (policy, *row, _why) in reviewed().items() if tuple(row) != general(policy)}
    assert {name for name, row in reviewed().items() if row[-1]} == odd


def test_nobody_outside_a_policy_gets_in_by_the_table():
    wrong = [
        f"{name}: {role}"
        for name, (policy, *row, _why) in reviewed().items()
        for role, outcome, usual in zip(ROLES, row, general(policy), strict=True)
        if outcome == "ok" and usual != "ok"
    ]
    assert not wrong, "\n".join(wrong)


def test_methods_that_are_not_declared_do_nothing(world):
    """Inside a run not even the refusal is seen by others: strangers find nothing, visitors are asked to sign in."""
    found = addresses(world.stage.app)
    declared = {rule: {address.method for address in found if address.rule == rule} for rule in {a.rule for a in found}}
    wrong = []
    for address in {address.rule: address for address in found}.values():
        method = next(method for method in METHODS if method not in declared[address.rule])
        # of the core's own addresses the map of addresses alone decides, before anybody is asked who they are
        for role in ROLES if address.kind else ("visitor", "admin"):
            answer = world.callers[role].send(method, address.path(world.values)).status_code
            if answer == 308:  # read as the address of a lesson, which has a slash at its end; there is no such lesson
                answer = world.callers[role].send(method, address.path(world.values) + "/").status_code
                assert answer in (303, 404), address
                continue
            inside = address.kind and method in ("GET", "POST")  # what the common door of the activities lets through
            expected = {"visitor": 303, "learner elsewhere": 404, "tutor elsewhere": 404} if inside else {}
            if answer != expected.get(role, 405):
                wrong.append(f"{method} {label(address)} as {role}: {answer}")
    assert not wrong, "\n".join(wrong)


def test_every_id_of_another_run_is_not_found(world):
    """In each parameter in turn: what exists elsewhere, or nowhere, is the same 404 to those who may open the page."""
    wrong = []
    for address in addresses(world.stage.app):
        usual = general(address.policy)
        for name in address.parameters:
            key = f"{address.endpoint}.{name}"
            if name == "block" or key in SHOWN_TO_ANYBODY:
                continue
            strange = world.foreign.get(key, world.foreign[name])
            owner = "learner elsewhere" if name in ("certificate_id", "notice_id") else ""
            for role, ordinary in zip(ROLES, usual, strict=True):
                if ordinary != "ok" or role == owner or (role == "admin" and key in OPEN_TO_ADMINS):
                    continue
                with world.undone():
                    path = address.path(world.values, **{name: strange})
                    form = world.forms.get(address.endpoint)
                    answer = world.callers[role].send(address.method, path, form).status_code
                if answer != REFUSED_BEFORE.get(key, 404):
                    wrong.append(f"{label(address)} with <{name}> {strange} as {role}: {answer}")
    assert not wrong, "\n".join(wrong)


SHOWN_TO_ANYBODY = {
    "people.confirm.token",  # a button is all there is on this page
    "people.confirmed.token",  # 410: an unknown link and one that no longer works are the same
    "people.reset.token",
    "people.set_password.token",
}
OPEN_TO_ADMINS = {"certificates.document.certificate_id", "certificates.revoke.certificate_id"}
REFUSED_BEFORE = {
    "project.answer.number": 422,  # only the version in force is answered, and the page says so
    "workshop.reply.number": 422,  # the time to answer reviewers comes with the results
}


# ------------------------------------------------------------------------------------------- what is not declared


class Bare(Activity[ActivitySettings]):
    name, title, Settings = "bare", "Bare", ActivitySettings
    summary = "A kind whose pages forget who may."

    def show(self, visit):
        return ""

    def pages(self):
        pages = ActivityPages()
        pages.get("")(lambda visit: "all")  # type: ignore[call-arg]  # this is the mistake
        return pages


def config(tmp_path):
    return Config(data_dir=tmp_path, secret_key="k" * 40, quick_hash=True)


def test_a_route_without_a_policy_stops_the_app_from_starting(tmp_path):
    app = create_app(config(tmp_path), ())
    with pytest.raises(UndeclaredRoute, match=r"'/open'.*no policy"):
        app.add_url_rule("/open", "open", lambda: "all")
    with pytest.raises(UndeclaredRoute, match="'/open'"):
        app.route("/open")(lambda: "all")
    with pytest.raises(UndeclaredRoute, match="'/open'"):
        app.get("/open")(lambda: "all")
    assert "/open" not in {rule.rule for rule in app.url_map.iter_rules()}


def test_a_blueprint_without_a_policy_is_refused(tmp_path):
    blueprint = Blueprint("side", __name__)
    blueprint.add_url_rule("/side", "side", lambda: "all")
    with pytest.raises(UndeclaredRoute, match="'/side'"):
        create_app(config(tmp_path), ()).register_blueprint(blueprint)


def test_a_plugin_cannot_leave_out_the_policy(tmp_path):
    with pytest.raises(TypeError, match="policy"):
        Pages("side").get("/side")(lambda visit: "all")  # type: ignore[call-arg]  # this is the mistake
    with pytest.raises(TypeError, match="policy"):
        create_app(config(tmp_path), (Plugin("bare", "lms", (Bare(),)),))
    for nothing in (None, "public"):
        pages = Pages("side")
        pages.get("/side", nothing)(lambda visit: "all")  # type: ignore[arg-type]  # this is the mistake
        with pytest.raises(UndeclaredRoute, match="'/side'"):
            create_app(config(tmp_path), (Plugin("side", "lms", (pages,)),))


def test_an_activitys_page_cannot_leave_out_the_policy_either(tmp_path):
    class Late(Bare):
        name = "late"

        def pages(self):
            pages = ActivityPages()
            pages.get("", None)(lambda visit: "all")  # type: ignore[arg-type]  # this is the mistake
            return pages

    with pytest.raises(UndeclaredRoute, match="late"):
        create_app(config(tmp_path), (Plugin("late", "lms", (Late(),)),))


def test_policies_are_those_of_the_contract(world):
    assert {address.policy for address in addresses(world.stage.app)} <= {
        "public", "signed-in", "author", "admin", MEMBER.name, "participant", "learner", "staff",
    }  # fmt: skip
