"""Whatever is sent, nothing breaks: hostile values in every form, query and address give a sentence, never a failure.

The forms are found as a browser finds them, on every page there is, so that a new one is tried without being named here. With
`-m long` every value is tried in every field by itself; the quick tier has those that have broken databases.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO

import pytest

from tests.suite.routes import ROLES, addresses, general, label
from tests.suite.world import Caller, World

HOSTILE = (
    "", "\x00", "а\x00б", "х" * 100_000, "👩‍🏫", "\u202e\u2066обманка\u202c", "-1", "0", str(2**63), "9" * 400, "1e999", "NaN",
    "[]", "2026-13-45", "0001-01-01", "%00", "<script>alert(1)</script>", "'; DROP TABLE person; --", "../../etc/passwd",
    "\r\nBcc: evil@example.org", "{0.__class__}", "=HYPERLINK()", "\ud7ff\uffff", "１２",
)  # fmt: skip
QUICK = ("\x00", str(2**63), "-1", "х" * 60_000, "1e999")
"""What has broken databases and forms."""
TIERS = pytest.mark.parametrize("values", [QUICK, pytest.param(HOSTILE, marks=pytest.mark.long)], ids=["quick", "all"])


@dataclass
class Found:
    """A form as it stands on a page: where it goes and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Found] = []
        self._here: Found | None = None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._here = Found(given.get("action") or self.page, given.get("method", "get").lower())
            self.found.append(self._here)
        elif self._here is not None and given.get("name"):
            if given.get("type") == "file":
                self._here.files.append(given["name"])
            elif tag == "option" or (given.get("type") in ("radio", "checkbox") and "checked" not in given):
                self._here.fields.setdefault(given["name"], given.get("value", ""))
            elif tag in ("input", "select", "textarea", "button"):
                self._here.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._here = None


def forms_of(world: World) -> Iterator[tuple[str, Found]]:
    """Every form that acts, once, as the first role that finds it."""
    seen = set()
    for address in addresses(world.stage.app):
        if address.method != "GET":
            continue
        path = address.path(world.values)
        for role, usual in zip(ROLES, general(address.policy), strict=True):
            if usual != "ok":
                continue
            answer = world.callers[role].send("GET", path)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            forms = Forms(path)
            forms.feed(answer.get_data(as_text=True))
            for form in forms.found:
                if form.method != "post":
                    continue
                tokens = [form.fields.pop(name) for name in list(form.fields) if name.endswith("csrf_token")]
                assert len(tokens) == 1, f"{label(address)}: the form to {form.action} has no token"
                names = (re.sub(r"\d+", "0", form.action), *sorted(form.fields))
                if names not in seen:
                    seen.add(names)
                    yield role, form


def refused(caller: Caller, method: str, path: str, data=None, headers=None) -> str:
    """ "" when the site took it or refused it, else what broke."""
    status = caller.send(method, path, data, headers).status_code
    return "" if status < 500 else f"{method} {path}: {status}"


@TIERS
def test_every_field_of_every_form_takes_whatever_is_sent(world, values):
    wrong, acts = [], 0
    for role, form in list(forms_of(world)):
        caller = world.callers[role]
        fields = list(form.fields)
        sent = [(dict.fromkeys(fields, value), value) for value in values]
        sent += [
            ({**form.fields, name: value}, value)
            for name in fields
            for value in (values if values is HOSTILE else QUICK[1:3])
        ]
        sent += [({**form.fields, name: ["x", "second"]}, "two") for name in fields if values is HOSTILE]
        sent.append(({}, "nothing"))
        for data, value in sent:
            uploads = {name: [(BytesIO(value.encode("utf-8", "replace")[:99]), value[:200])] for name in form.files}
            with world.undone():
                broken = refused(caller, "POST", form.action, {**data, **uploads})
            acts += 1
            if broken:
                wrong.append(
                    f"{broken} as {role} with {value[:30]!r} in {[n for n in data if data[n] != form.fields.get(n)]}"
                )
    assert not wrong, "\n".join(wrong)
    assert acts > 300


def test_every_act_takes_fields_it_did_not_ask_for(world):
    """Addresses that are acted on without a form of their own as well; names of columns change nothing."""
    names = ("id", "role", "is_admin", "user_id", "person", "person_id", "created_at", "state", "points", "page", "version",
             "lang", "next", "email", "password", "shown", "present", "word", "phase", "reviewer", "session", "useful")  # fmt: skip
    wrong = []
    for address in addresses(world.stage.app):
        if address.method != "POST":
            continue
        role = ROLES[general(address.policy).index("ok")]
        for value in ("admin", *QUICK[1:3]):
            with world.undone():
                data = dict.fromkeys(names, value)
                wrong.append(refused(world.callers[role], "POST", address.path(world.values), data))
    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.parametrize("number", ["0", str(2**31), str(2**63)])
def test_huge_numbers_in_addresses_are_not_found(world, number):
    wrong = []
    for address in addresses(world.stage.app):
        for name in re.findall(r"<int:(\w+)>", address.rule):
            role = ROLES[general(address.policy).index("ok")]
            with world.undone():
                path = address.path(world.values, **{name: number})
                answer = world.callers[role].send(address.method, path, world.forms.get(address.endpoint)).status_code
            if answer not in (308, 403, 404, 405, 422):  # 308: read as the address of a lesson, which is not there
                wrong.append(f"{label(address)} with <{name}> {number[:20]} as {role}: {answer}")
    assert not wrong, "\n".join(wrong)


def test_hostile_words_in_addresses_are_not_found(world):
    wrong = []
    for address in addresses(world.stage.app):
        for name in re.findall(r"<(?:string:)?(\w+)>", address.rule):
            role = ROLES[general(address.policy).index("ok")]
            for value in ("%00", "%FF", "..%2f..%2fetc", "х" * 3000):
                with world.undone():
                    broken = refused(world.callers[role], address.method, address.path(world.values, **{name: value}))
                if broken:
                    wrong.append(f"{label(address)} with <{name}> {value[:20]}: {broken[-3:]}")
    assert not wrong, "\n".join(wrong)


def test_hostile_queries_change_nothing(world):
    wrong = []
    names = ("page", "after", "q", "course", "code", "block", "past", "all", "lang", "next", "token")
    for address in addresses(world.stage.app):
        if address.method == "GET":
            role = ROLES[general(address.policy).index("ok")]
            for value in ("%00", str(2**63), "-1"):
                query = "&".join(
                    f"{name}={value}" for name in names if (name, address.endpoint) != ("token", "calendar.file")
                )
                path = address.path(world.values)
                if broken := refused(world.callers[role], "GET", f"{path}?{query}"):
                    wrong.append(f"{label(address)} with {value[:20]}: {broken[-3:]}")
    assert not wrong, "\n".join(wrong)


def test_hostile_headers_and_bodies_change_nothing(world):
    """Cookies, languages and bodies that are not what they say."""
    wrong = []
    caller = world.callers["learner"]
    for name, value in (
        ("Cookie", "sid=\x80\x81; lang=../..; state=x"), ("Accept-Language", "*;q=x," * 500), ("User-Agent", "\xd1\x8b" * 99),
        ("Content-Type", "multipart/form-data"), ("Content-Type", "application/json"), ("Referer", "http://evil.example/"),
        ("If-None-Match", '"x' * 500), ("Range", "bytes=9-1"), ("X-Requested-With", "fetch"), ("Host", "evil.example"),
    ):  # fmt: skip
        for method, path in (
            ("GET", "/"),
            ("POST", "/language"),
            ("GET", world.here.base),
            ("POST", f"{world.here.base}discussion"),
        ):
            with world.undone():
                wrong.append(refused(caller, method, path, None, {name: value}))
    assert not any(wrong), "\n".join(filter(None, wrong))
