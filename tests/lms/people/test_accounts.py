"""Signing up, in and out, a forgotten password, the profile: what people rely on."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from lms.db import db, writing
from lms.notices.models import OutgoingMail
from lms.people import links, service, throttle
from lms.people.models import Consent, Person, SignIn, Throttle, Token
from lms.people.passwords import hash_password, password_fits
from lms.testing.stage import Browser, Stage
from tests.lms.people.test_rules import FOREIGN, OWN

FORM = {
    "email": "Anna@School.Example", "password": "correct horse", "surname": "Иванова", "given_name": "Анна",
    "patronymic": "Петровна", "language": "ru", "timezone": "Asia/Omsk", "consent": "y",
}  # fmt: skip


def letters() -> list[OutgoingMail]:
    db.session.rollback()
    return list(db.session.execute(select(OutgoingMail).order_by(OutgoingMail.id)).scalars())


def link_in(letter: OutgoingMail) -> str:
    found = re.search(r"http://localhost(/\S+)", letter.text)
    assert found
    return found[1]


def count(table: type) -> int:
    db.session.rollback()
    return db.session.query(table).count()


def sign_in(browser: Browser, email: str, password: str, status: int = 200, **more: str) -> str:
    return browser.post("/sign-in", {"email": email, "password": password, **more}, status, follow=status == 200)


def ask(browser: Browser, path: str, **options: Any) -> TestResponse:
    """A plain request, as a program makes it; redirects are not followed."""
    with browser.stage.outside():
        return browser.client.open(path, **options)


def without_tokens(page: str, *words: str) -> str:
    page = re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1", page)
    for word in words:
        page = page.replace(word, "…")
    return page


# ------------------------------------------------------------------------------------------- signing up


def test_a_visitor_signs_up_and_is_in(stage: Stage) -> None:
    browser = stage.browser()
    page = browser.get("/sign-up")
    assert page.index("Europe/Moscow") < page.index("Africa/Abidjan")
    browser.post("/sign-up", FORM)
    assert "Анна Иванова" in browser.text
    person = db.session.execute(select(Person)).scalar_one()
    assert (person.email, person.email_key) == ("Anna@School.Example", "anna@school.example")
    assert (person.full_name, person.language, person.timezone) == ("Иванова Анна Петровна", "ru", "Asia/Omsk")
    assert (person.is_admin, person.is_author) == (False, False)
    assert person.password_hash.startswith("$argon2id$")
    agreed = db.session.execute(select(Consent)).scalar_one()
    assert (agreed.person_id, agreed.edition, agreed.language) == (person.id, service.CONSENT, "en")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "anna", "This is not a mail address."),
        ("email", "аnna@school.example", "mixes letters that look alike"),
        ("email", "an\u200bna@school.example", "cannot be seen"),
        ("email", "", "Enter your mail address."),
        ("surname", "", "Enter your surname."),
        ("surname", "Ивaнова", "Cyrillic and Latin letters are mixed"),
        ("given_name", "\u202eаннА", "cannot be seen"),
        ("patronymic", "<script>", "Only letters, spaces"),
        ("password", "short", "at least 8 characters"),
        ("password", "пароль123", "guessed first"),
        ("password", "Иванова2000", "must not be made of your name"),
        ("password", "x" * 3 + "yz" * 70, "at most 128"),
        ("language", "de", "Not a valid choice"),
        ("timezone", "Mars/Olympus", "Not a valid choice"),
        ("consent", "", "Without your consent"),
    ],
)
def test_what_is_wrong_stands_next_to_the_field(stage: Stage, field: str, value: str, sentence: str) -> None:
    data = {**FORM, field: value}
    if field == "consent":
        del data["consent"]
    browser = stage.browser()
    page = browser.post("/sign-up", data, 422)
    shown = re.search(rf'id="{field}-error">(.*?)</p>', page, re.S)
    assert shown
    assert sentence in re.sub(r"<[^>]+>", "", shown[1])
    assert count(Person) == 0
    assert "correct horse" not in page


def test_no_role_can_be_asked_for(stage: Stage) -> None:
    stage.browser().post("/sign-up", {**FORM, "is_admin": "1", "is_author": "1", "id": "77", "confirmed_at": "x"})
    person = db.session.execute(select(Person)).scalar_one()
    assert (person.is_admin, person.is_author, person.id == 77) == (False, False, False)


def test_without_mail_a_taken_address_is_named(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    page = stage.browser().post("/sign-up", {**FORM, "email": "ＡNNA@school.example".replace("Ａ", "A")}, 422)
    assert "There is an account with the address" in page
    assert count(Person) == 1


def test_a_closed_site_takes_nobody(stage_factory: Callable[..., Stage]) -> None:
    stage = stage_factory(registration=False)
    browser = stage.browser()
    assert "New accounts are made by the administrators" in browser.get("/sign-up")
    browser.post("/sign-up", FORM)
    assert count(Person) == 0


def test_with_mail_nobody_learns_who_has_an_account(stage_factory: Callable[..., Stage]) -> None:
    stage = stage_factory(mail_url="smtp://127.0.0.1:9")
    known = stage.person("Иванова", email="known@school.example")
    answers = []
    for email in ("known@school.example", "fresh@school.example"):
        browser = stage.browser()
        page = browser.post("/sign-up", {**FORM, "email": email})
        answers.append((browser.status, without_tokens(page, email)))
    assert answers[0] == answers[1]
    to_known, to_fresh = letters()
    assert (to_known.recipient, to_fresh.recipient) == ("known@school.example", "fresh@school.example")
    assert link_in(to_known) == "/forgot"
    kept = db.session.get_one(Person, known)
    assert kept.surname == "Иванова"
    assert password_fits(stage.site, kept.password_hash, "correct horse")


def test_an_account_works_once_its_address_is_confirmed(stage_factory: Callable[..., Stage]) -> None:
    stage = stage_factory(mail_url="smtp://127.0.0.1:9")
    browser = stage.browser()
    browser.post("/sign-up", FORM)
    page = sign_in(browser, FORM["email"], FORM["password"], 422)
    assert "First open the link in the letter" in page
    link = link_in(letters()[0])
    browser.get(link)
    browser.post(link)
    assert "Your address is confirmed" in browser.text
    browser.post(link, status=410)
    assert "Анна Иванова" in sign_in(browser, FORM["email"], FORM["password"])


@pytest.mark.parametrize("first", ["thief", "owner"])
def test_who_signs_up_for_a_strangers_address_gets_nothing(stage_factory: Callable[..., Stage], first: str) -> None:
    stage = stage_factory(mail_url="smtp://127.0.0.1:9")
    forms = [{**FORM, "password": "the thief's own"}, FORM]
    for form in forms if first == "thief" else reversed(forms):
        stage.browser().post("/sign-up", form)
    early, late = (link_in(letter) for letter in letters())
    owner = stage.browser()
    owner.post(early, status=410)
    for password in ("the thief's own", FORM["password"]):
        sign_in(stage.browser(), FORM["email"], password, 422)
    owner.post(late, {"password": "the choice of the owner"})
    sign_in(stage.browser(), FORM["email"], "the thief's own", 422)
    assert "Анна Иванова" in sign_in(stage.browser(), FORM["email"], "the choice of the owner")


# ------------------------------------------------------------------------------------------- signing in


def test_one_signs_in_however_the_address_is_written(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    for spelling in ("anna@school.example", " ANNA@School.example ", "ａnna@school.example"):
        assert "Анна Иванова" in sign_in(stage.browser(), spelling, "correct horse")


def test_known_and_unknown_accounts_are_answered_alike(stage: Stage) -> None:
    stage.person("Иванова", email="known@school.example")
    answers = []
    for email in ("known@school.example", "fresh@school.example"):
        browser = stage.browser()
        seen = [without_tokens(sign_in(browser, email, f"wrong {n}", 422 if n < 5 else 429), email) for n in range(7)]
        answers.append(seen)
    assert answers[0] == answers[1]
    assert "Try again in 1 minute." in answers[0][5]


def test_a_password_is_hashed_for_nobody_as_well(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    real = service.password_fits
    monkeypatch.setattr(
        service, "password_fits", lambda site, stored, given: asked.append(stored) or real(site, stored, given)
    )
    stage.person("Иванова", email="known@school.example")
    sign_in(stage.browser(), "known@school.example", "wrong", 422)
    sign_in(stage.browser(), "fresh@school.example", "wrong", 422)
    assert [stored is None for stored in asked] == [False, True]
    assert not password_fits(stage.site, None, "the account that is not there")
    assert not password_fits(stage.site, "", "the account that is not there")


def test_after_five_failures_the_account_waits_and_longer_each_time(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    for _ in range(5):
        sign_in(stage.browser(), "anna@school.example", "wrong", 422)
    sign_in(stage.browser(), "anna@school.example", "correct horse", 429)
    stage.move(seconds=31)
    sign_in(stage.browser(), "anna@school.example", "wrong", 422)
    stage.move(seconds=31)
    sign_in(stage.browser(), "anna@school.example", "correct horse", 429)
    stage.move(seconds=30)
    sign_in(stage.browser(), "anna@school.example", "correct horse")
    assert db.session.query(Throttle).filter(Throttle.count > 5).count() == 0


def test_a_forged_address_does_not_help(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    statuses = []
    for number in range(8):
        browser = stage.browser()
        data = {"email": "anna@school.example", "password": "wrong", "csrf_token": browser.token()}
        statuses.append(
            ask(
                browser, "/sign-in", method="POST", data=data, headers={"X-Forwarded-For": f"10.0.0.{number}"}
            ).status_code
        )
    assert statuses == [422] * 5 + [429] * 3


def test_strangers_failures_do_not_keep_the_owner_out(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    own = stage.browser()
    sign_in(own, "anna@school.example", "correct horse")
    own.post("/sign-out")
    for _ in range(6):
        sign_in(stage.browser(), "anna@school.example", "wrong", 422 if _ < 5 else 429)
    sign_in(own, "anna@school.example", "correct horse")
    assert service.knows_device(stage.site, "anna@school.example", "x.y") is False
    other = service.new_device(stage.site, "boris@school.example")
    assert service.knows_device(stage.site, "anna@school.example", other) is False


def test_a_school_behind_one_address_gets_in(stage: Stage) -> None:
    for number in range(60):
        stage.person("Иванова", email=f"teacher{number}@school.example", password="correct horse")
    for number in range(60):
        browser = stage.browser()
        sign_in(browser, f"teacher{number}@school.example", "wrong", 422)
        sign_in(browser, f"teacher{number}@school.example", "correct horse")


def test_one_address_may_try_300_times_a_minute(stage: Stage) -> None:
    key = throttle.key_of("address", "10.0.0.1")
    waits = [throttle.spend(stage.site, key, throttle.address_rule).total_seconds() for _ in range(302)]
    assert waits == [0.0] * 300 + [60.0] * 2
    stage.move(seconds=60)
    assert throttle.spend(stage.site, key, throttle.address_rule).total_seconds() == 0


def test_tries_at_once_are_all_counted(stage: Stage) -> None:
    key = throttle.key_of("account", "anna@school.example")

    def attempt(_: int) -> float:
        with stage.app.app_context():
            return throttle.spend(stage.site, key, throttle.account_rule).total_seconds()

    with ThreadPoolExecutor(10) as threads:
        waits = list(threads.map(attempt, range(20)))
    assert sorted(waits) == [0.0] * 5 + [30.0] * 15


def test_signing_in_changes_the_session(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    browser = stage.browser()
    browser.client.set_cookie("sid", "chosen-by-a-stranger", domain="localhost")
    sign_in(browser, "anna@school.example", "correct horse")
    first = browser.client.get_cookie("sid").value
    assert first != "chosen-by-a-stranger"
    sign_in(browser, "anna@school.example", "correct horse")
    assert browser.client.get_cookie("sid").value != first
    assert count(SignIn) == 1
    stored = db.session.execute(select(SignIn.hash)).scalar_one()
    assert first not in stored


def test_the_cookie_is_out_of_reach_of_scripts(stage_factory: Callable[..., Stage]) -> None:
    stage = stage_factory(base_url="https://localhost")
    stage.person("Иванова", email="anna@school.example")
    browser = stage.browser()
    token = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', ask(browser, "/sign-in", base_url="https://localhost").text
    )
    assert token
    answer = ask(browser, "/sign-in", method="POST", base_url="https://localhost",
        data={"email": "anna@school.example", "password": "correct horse", "csrf_token": token[1]},
    )  # fmt: skip
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-sid="))
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_signing_out_ends_the_session_on_the_server(stage: Stage) -> None:
    anna = stage.person("Иванова")
    browser = stage.browser(anna)
    stolen = browser.client.get_cookie("sid").value
    browser.post("/sign-out", follow=False, status=303)
    assert browser.response is not None
    assert browser.response.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = stage.browser()
    thief.client.set_cookie("sid", stolen, domain="localhost")
    assert ask(thief, "/me").headers["Location"] == "/sign-in?next=/me"


def test_signing_in_needs_the_forms_token(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    answer = ask(
        stage.browser(), "/sign-in", method="POST", data={"email": "anna@school.example", "password": "correct horse"}
    )
    assert answer.status_code == 400
    assert count(SignIn) == 0


def test_one_comes_back_to_own_pages_only(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    for target in [*FOREIGN, *OWN]:
        if target is None or "\x00" in target or len(target) > 2000:
            continue
        browser = stage.browser()
        browser.post(
            "/sign-in", {"email": "anna@school.example", "password": "correct horse", "next": target}, 303, follow=False
        )
        assert browser.response is not None
        place = browser.response.headers["Location"]
        assert place.startswith("/"), target
        assert not place.startswith(("//", "/\\")), target
        assert "evil.example" not in place or target in OWN, target
        stage.move(hours=2)


def test_a_visitor_is_sent_to_sign_in_and_back(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    browser = stage.browser()
    page = browser.get("/me/sessions")
    target = re.search(r'name="next"[^>]*value="([^"]*)"', page)
    assert target
    assert target[1] == "/me/sessions"
    assert "Where you are signed in" in sign_in(browser, "anna@school.example", "correct horse", next=target[1])


# ------------------------------------------------------------------------------------------- a forgotten password


def test_a_reset_link_works_once_and_ends_what_proved_the_person(stage: Stage) -> None:
    anna = stage.person("Иванова", email="anna@school.example")
    other = stage.browser(anna)
    db.session.add(
        Token(hash="f" * 64, purpose="calendar", person_id=anna, created_at=stage.site.now(), expires_at=None)
    )
    db.session.commit()
    browser = stage.browser()
    browser.post("/forgot", {"email": "ANNA@school.example"})
    link = link_in(letters()[0])
    assert "anna@school.example" in browser.get(link)
    browser.post(link, {"password": "password"}, 422)
    browser.post(link, {"password": "battery staple"})
    assert "Your new password is set" in browser.text
    browser.post(link, {"password": "third password"}, 410)
    browser.get(link, 410)
    assert ask(other, "/me").status_code == 303
    assert (count(SignIn), count(Token)) == (0, 0)
    sign_in(stage.browser(), "anna@school.example", "correct horse", 422)
    sign_in(stage.browser(), "anna@school.example", "battery staple")


def test_of_twenty_uses_at_once_one_succeeds(stage: Stage) -> None:
    anna = stage.person("Иванова")
    secret = links.make(stage.site, anna, "reset")
    db.session.commit()

    def attempt(_: int) -> int | None:
        with stage.app.app_context(), writing(True):
            found = links.use(stage.site, secret, "reset")
            db.session.commit()
            return found

    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(attempt, range(20)))
    assert sorted(found, key=str) == [anna] + [None] * 19


def test_known_and_unknown_addresses_are_answered_alike(stage: Stage) -> None:
    stage.person("Иванова", email="known@school.example")
    answers = []
    for email in ("known@school.example", "fresh@school.example"):
        browser = stage.browser()
        answers.append([without_tokens(browser.post("/forgot", {"email": email}), email) for _ in range(7)])
    assert answers[0] == answers[1]
    assert [letter.recipient for letter in letters()] == ["known@school.example"] * 5


def test_the_link_carries_the_configured_host(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    browser = stage.browser()
    token = browser.token()
    for headers in (
        {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"},
    ):  # fmt: skip
        ask(
            browser,
            "/forgot",
            method="POST",
            data={"email": "anna@school.example", "csrf_token": token},
            headers=headers,
        )
    ask(
        browser,
        "/forgot",
        method="POST",
        data={"email": "anna@school.example", "csrf_token": token},
        base_url="http://evil.example/",
    )
    found = letters()
    assert len(found) == 2
    assert all("evil" not in letter.text + letter.html for letter in found)
    assert all(link_in(letter).startswith("/reset/") for letter in found)


def test_only_the_latest_link_works_and_not_for_long(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example")
    browser = stage.browser()
    browser.post("/forgot", {"email": "anna@school.example"})
    browser.post("/forgot", {"email": "anna@school.example"})
    first, second = (link_in(letter) for letter in letters())
    browser.get(first, 410)
    browser.get(second)
    stage.move(hours=2)
    browser.get(second, 410)
    browser.post(second, {"password": "battery staple"}, 410)


def test_links_are_not_interchangeable_nor_stored(stage: Stage) -> None:
    anna = stage.person("Иванова")
    secret = links.make(stage.site, anna, "confirm")
    db.session.commit()
    browser = stage.browser()
    browser.get(f"/reset/{secret}", 410)
    browser.post(f"/reset/{secret}", {"password": "battery staple"}, 410)
    assert db.session.execute(select(Token.hash)).scalar_one() != secret
    assert service.confirm(stage.site, secret)


def test_letters_speak_the_persons_language(stage: Stage) -> None:
    stage.person("Иванова", email="anna@school.example", language="ru")
    stage.browser().post("/forgot", {"email": "anna@school.example"})
    letter = letters()[0]
    assert letter.subject == "Новый пароль"
    assert letter.text.lstrip().startswith("Здравствуйте, Анна!")


# ------------------------------------------------------------------------------------------- one's own account


def test_the_profile_is_kept(stage: Stage) -> None:
    anna = stage.person("Иванова")
    browser = stage.browser(anna)
    form = {
        "surname": "Петрова",
        "given_name": "Аня",
        "patronymic": "",
        "language": "ru",
        "timezone": "Asia/Omsk",
        "theme": "dark",
    }
    page = browser.post("/me", {**form, "is_admin": "1", "email": "boss@school.example"})
    assert "Профиль сохранён" in page
    assert 'data-theme="dark"' in page
    db.session.expire_all()
    person = db.session.get_one(Person, anna)
    assert (person.full_name, person.language, person.timezone, person.theme) == (
        "Петрова Аня",
        "ru",
        "Asia/Omsk",
        "dark",
    )
    assert (person.is_admin, person.email) == (False, "person1@school.example")
    browser.post("/me", {**form, "surname": "Ивaнова"}, 422)
    browser.post("/me", {**form, "theme": "pink"}, 422)


def test_a_new_password_ends_the_other_sessions(stage: Stage) -> None:
    anna = stage.person("Иванова", email="anna@school.example")
    here, there = stage.browser(anna), stage.browser(anna)
    assert "This is not your present password" in here.post(
        "/me/password", {"old": "wrong", "password": "battery staple"}, 422
    )
    assert "guessed first" in here.post("/me/password", {"old": "correct horse", "password": "password"}, 422)
    here.post("/me/password", {"old": "correct horse", "password": "battery staple"})
    assert ask(here, "/me").status_code == 200
    assert ask(there, "/me").status_code == 303
    sign_in(stage.browser(), "anna@school.example", "battery staple")


def test_staff_choose_longer_passwords(stage: Stage) -> None:
    boss = stage.person("Иванова", is_admin=True)
    browser = stage.browser(boss)
    page = browser.post("/me/password", {"old": "correct horse", "password": "x7!kQ2pz"}, 422)
    assert "at least 12 characters" in page


def test_own_sessions_are_listed_and_ended(stage: Stage) -> None:
    anna, boris = stage.person("Иванова"), stage.person("Борисов")
    here, there, strangers = stage.browser(anna), stage.browser(anna), stage.browser(boris)
    page = here.get("/me/sessions")
    assert page.count("This browser") == 1
    assert page.count("Sign out there") == 1
    for hashed in db.session.execute(select(SignIn.hash).where(SignIn.person_id == boris)).scalars().all():
        here.post("/me/sessions/end", {"session": hashed})
    assert ask(strangers, "/me").status_code == 200
    found = re.search(r'name="session" value="(\w+)"', page)
    assert found
    here.post("/me/sessions/end", {"session": found[1]})
    assert ask(there, "/me").status_code == 303
    assert ask(here, "/me").status_code == 200
    third = stage.browser(anna)
    here.post("/me/sessions/end")
    assert ask(third, "/me").status_code == 303


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 YaBrowser/24.1 Mobile Safari/537.36",
            "Yandex, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17 Safari/604",
            "Safari, iPhone",
        ),
        ("curl/8 <script>", "curl/8 script"),
        ("", ""),
    ],
)
def test_browsers_are_named_in_two_words(agent: str, name: str) -> None:
    assert service.browser_name(agent) == name


def test_letters_are_chosen(stage: Stage) -> None:
    anna = stage.person("Иванова")
    browser = stage.browser(anna)
    page = browser.get("/me/mail")
    assert "Enrolment on courses" in page
    kinds = re.findall(r'type="checkbox" value="(\w+)"', page)
    assert "enrolment" in kinds
    browser.post("/me/mail", {"kinds": [kind for kind in kinds if kind != "enrolment"]})
    assert "enrolment" in db.session.execute(select(Person.mail_off).where(Person.id == anna)).scalar_one().split()
    wanted = {kind.name: chosen for kind, chosen in service.mail_choices(stage.site, anna)}
    assert wanted == {kind: kind != "enrolment" for kind in wanted}
    browser.post("/me/mail", {"kinds": ["no-such-kind"]}, 422)


def test_the_language_is_remembered_by_the_browser(stage: Stage) -> None:
    browser = stage.browser()
    assert "Войти" in browser.get("/sign-in?lang=ru")
    assert "Войти" in browser.get("/sign-in")
    browser.post("/language", {"lang": "en", "next": "/sign-in"})
    assert "Sign in" in browser.get("/sign-in")
    browser.get("/sign-in?lang=de")
    assert "Sign in" in browser.get("/sign-in")
    answer = ask(
        browser,
        "/language",
        method="POST",
        data={"lang": "ru", "next": "//evil.example", "csrf_token": browser.token()},
    )
    assert answer.headers["Location"] == "/"


def test_time_takes_ended_sessions_links_and_counts_away(stage: Stage) -> None:
    anna = stage.person("Иванова", email="anna@school.example")
    stage.browser(anna)
    stage.browser().post("/forgot", {"email": "anna@school.example"})
    assert (count(SignIn), count(Token), count(Throttle) > 0) == (1, 1, True)
    service.forget_old(stage.site.now())
    db.session.commit()
    assert (count(SignIn), count(Token), count(Throttle) > 0) == (1, 1, True)
    stage.move(days=40)
    service.forget_old(stage.site.now())
    db.session.commit()
    assert (count(SignIn), count(Token), count(Throttle)) == (0, 0, 0)


def test_sessions_end_by_themselves(stage: Stage) -> None:
    anna, boss = stage.person("Иванова"), stage.person("Борисов", is_admin=True)
    learner, admin = stage.browser(anna), stage.browser(boss)
    stage.move(minutes=29)
    assert [ask(browser, "/me").status_code for browser in (learner, admin)] == [200, 200]
    stage.move(minutes=31)
    assert [ask(browser, "/me").status_code for browser in (learner, admin)] == [200, 303]
    stage.move(hours=2)
    assert ask(learner, "/me").status_code == 303


def test_hashes_are_argon2id_with_the_stated_cost(stage_factory: Callable[..., Stage]) -> None:
    stage = stage_factory(quick_hash=False)
    stored = hash_password(stage.site, "correct horse")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_fits(stage.site, stored, "correct horse")
    assert not password_fits(stage.site, stored, "correct horsе")


def test_an_older_hash_is_renewed_at_sign_in(stage: Stage, stage_factory: Callable[..., Stage]) -> None:
    stage.person("Иванова", email="anna@school.example")
    real = stage_factory(quick_hash=False)
    sign_in(real.browser(), "anna@school.example", "correct horse")
    stored = db.session.execute(text("SELECT password_hash FROM person")).scalar_one()
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
