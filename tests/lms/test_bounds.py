"""What no database can keep never gets as far as a database: the answer is the same on both, and never a failure of ours."""

import pytest
from werkzeug.routing import Map, Rule

from lms.bounds import LARGEST, Number, legible, whole


def test_a_whole_number_is_one_that_a_column_can_hold():
    assert whole("0") == 0
    assert whole("0000000007") == 7
    assert whole(str(LARGEST)) == LARGEST


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "٣", "²", str(LARGEST + 1), "9" * 11, "9" * 5000, "1\0"])
def test_what_is_no_such_number_is_refused(text):
    with pytest.raises(ValueError, match="whole number"):
        whole(text)


def test_texts_that_can_be_kept():
    assert legible(["", "обычный текст", "\n\t", "\U0001f600"])
    assert not legible(["fine", "a\0b"])
    assert not legible(["\ud800"])


@pytest.mark.parametrize(
    ("text", "status"),
    [("7", 7), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), ("9" * 5000, None), ("-1", None), ("٣", None)],
)
def test_numbers_in_addresses(text, status):
    addresses = Map([Rule("/<int:n>", endpoint="x")], converters={"int": Number}).bind("")
    found = addresses.match(f"/{text}")[1]["n"] if addresses.test(f"/{text}") else None
    assert found == status


@pytest.fixture
def place(stage):
    admin = stage.person("Иванова", is_admin=True)
    run = stage.run(stage.course())
    tutor, learner = stage.person("Учительская"), stage.person("Ученикова")
    stage.enrol(run, tutor, role="tutor")
    stage.enrol(run, learner)
    return stage, run, admin, tutor, learner


@pytest.mark.parametrize("number", [LARGEST + 1, 2**63, 10**30])
def test_a_number_beyond_every_column_is_no_page(place, number):
    stage, run, admin, _tutor, learner = place
    base = stage.base(run)
    for path in (f"/manage/runs/{number}", f"/manage/people/{number}", f"/certificates/{number}.pdf"):
        stage.browser(admin).get(path, 404)
    stage.browser(learner).get(f"{base}discussion/{number}", 404)
    stage.browser(learner).post(f"/notices/{number}/open", status=404)


@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 2**63, 10**30])
def test_a_number_beyond_every_column_in_a_form_or_a_query(place, number):
    stage, run, admin, tutor, _learner = place
    base = stage.base(run)
    for path in (f"/notices?page={number}", f"/manage/certificates?page={number}", f"/manage/people?page={number}"):
        stage.browser(admin).get(path)
    for path in (f"gradebook?after={number}", f"group?after={number}", f"discussion?page={number}"):
        stage.browser(tutor).get(base + path)
    stage.browser(tutor).post(f"{base}people/decide", {"person": str(number), "answer": "approve"}, 422)
    stage.browser(tutor).post(f"{base}people/withdraw", {"person": str(number)})
    stage.browser(admin).post(f"/manage/runs/{run}/certificates", {"person": str(number)})


def test_a_character_that_no_database_keeps_is_refused_in_words(place):
    stage, run, admin, _tutor, learner = place
    base, said = stage.base(run), "There are characters here that cannot be seen"
    browser = stage.browser(learner)
    assert said in browser.post(f"{base}discussion", {"title": "a\0b", "text": "x", "block": ""}, 422)
    assert said in browser.post(f"{base}discussion", {"title": "ab", "text": "x\0", "block": ""}, 422)
    assert said in stage.browser(admin).post(f"/manage/runs/{run}", {"title": "\0"}, 422)
    assert said in stage.browser().post("/sign-in", {"email": "a\0@b.example", "password": "x"}, 422)
    assert said in stage.browser().post("/forgot", {"email": "a\0@b.example"}, 422)
    stage.browser(admin).get("/manage/people?q=a%00", 400)
    stage.browser().get("/calendar.ics?token=%00", 400)


@pytest.mark.parametrize(
    "path",
    ["/courses/a%00b/", "/static/%00.css", "/verify/%00", "/media/%00", "/reset/%00", "/courses/a@%00/lessons/b/"],
)
def test_such_a_character_in_an_address_is_no_page(place, path):
    stage, _run, _admin, _tutor, learner = place
    stage.browser(learner).get(path, 404)


@pytest.mark.parametrize("name", ["a" * 5000 + ".css", f"/media/{'0' * 32}.{'a' * 400}"])
def test_a_name_longer_than_a_file_system_takes_is_no_page(place, name):
    place[0].browser().get(name if name.startswith("/") else f"/static/{name}", 404)


def test_a_browser_that_calls_itself_something_unkeepable_is_refused(place):
    stage, *_ = place
    with stage.outside():
        assert stage.app.test_client().get("/", headers={"User-Agent": "a\0b"}).status_code == 400
