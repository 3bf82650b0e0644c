"""What every answer says to the browser, whatever kind of answer it is."""

import pytest

from lms.headers import HEADERS
from lms.plugin import PUBLIC, Pages, Plugin
from lms.testing import Stage

pages = Pages("faulty")


@pages.get("/faulty", PUBLIC)
def faulty(visit):
    raise RuntimeError("the secret of the house")


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("faulty", "lms.health", (pages,)),)


ANSWERS = {
    "/": 200, "/courses/": 200, "/sign-in": 200, "/healthz": 200, "/static/app.css": 200, "/me": 303, "/nothing": 404,
    "/media/nothing.png": 404, "/static/nothing.css": 404, "/faulty": 500, "/manage/": 303,
}  # fmt: skip


def test_every_kind_of_answer_is_as_strict(stage: Stage) -> None:
    client = stage.browser().client
    for address, status in ANSWERS.items():
        answer = client.get(address)
        assert (address, answer.status_code) == (address, status)
        assert {name: answer.headers.getlist(name) for name in HEADERS} == {
            name: [value] for name, value in HEADERS.items()
        }
        assert "Strict-Transport-Security" not in answer.headers
        cached = "public, max-age=31536000, immutable" if address == "/static/app.css" else "no-store"
        assert answer.headers.getlist("Cache-Control") == [cached]
        answer.close()
    for answer in (client.post("/sign-in"), client.delete("/sign-in"), client.options("/")):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_nothing_but_our_own_may_run() -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {name: policy[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == dict.fromkeys(
        ("script-src", "style-src", "connect-src", "form-action"), "'self'"
    )
    assert {name: policy[name] for name in ("base-uri", "object-src", "frame-ancestors")} == dict.fromkeys(
        ("base-uri", "object-src", "frame-ancestors"), "'none'"
    )


def test_pages_of_a_person_are_not_kept_for_another(stage: Stage) -> None:
    answer = stage.browser(stage.person("Ученикова")).client.get("/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Cookie, Accept-Language"


def answered(stage: Stage, *hosts: str) -> list[int]:
    return [stage.app.test_client().get("/healthz", headers={"Host": host}).status_code for host in hosts]


def test_a_site_on_this_machine_answers_to_its_names_only(stage: Stage) -> None:
    assert answered(stage, "localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000") == [200] * 4
    assert answered(stage, "evil.example", "localhost.evil.example", "evil.example:80", "localhost:x") == [400] * 4


@pytest.mark.parametrize(
    "base_url", ["https://lms.school.example", "https://lms.school.example:8443", "https://LMS.School.example/"]
)
def test_a_public_site_answers_to_its_own_name_and_those_that_were_named(stage_factory, base_url: str) -> None:
    stage: Stage = stage_factory(base_url=base_url, trusted_hosts="Old.School.example, lms.internal")
    known = ("lms.school.example", "lms.school.example:8443", "old.school.example", "lms.internal:8000")
    assert answered(stage, *known) == [200] * 4
    assert answered(stage, "localhost", "127.0.0.1", "school.example", "a.lms.school.example") == [400] * 4
    answer = stage.app.test_client().get("/healthz", headers={"Host": "lms.school.example"})
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_proxys_word_counts_only_when_there_is_one(stage_factory) -> None:
    given = {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "lms.school.example", "X-Forwarded-Proto": "https"}
    for proxies, status in ((0, 400), (1, 200)):
        stage: Stage = stage_factory(base_url="https://lms.school.example", proxies=proxies)
        assert stage.app.test_client().get("/healthz", headers=given).status_code == status
