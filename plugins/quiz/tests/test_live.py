"""Rounds: led by a tutor, played by people of the run, counted once, and nothing told before its time."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from html import unescape
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event

import lms_quiz
from lms.plugin import PersonalData, Query, db
from lms.testing import Browser
from lms_quiz.live import rounds
from lms_quiz.live.models import LiveAnswer, LivePlayer, LiveRound

TEXT = """:::{quiz} Викторина
:id: sample
:live: play
%OPTIONS%

Введение.

1. Сколько будет дважды два?
   - ( ) пять
     > ОТЗЫВПЯТЬ
   - (x) четыре
     > ОТЗЫВЧЕТЫРЕ
   - ( ) шесть
   > ПОЯСНЕНИЕОДИН
2. Отметьте чётные. {points=3}
   - [x] два
   - [ ] три
   - [x] восемь
   > ПОЯСНЕНИЕДВА
3. Как зовут того, кто записывает?
   = ЛЕТОПИСЕЦ | КЛЮЧВТОРОЙ
     > ОТЗЫВТЕКСТ
   > ПОЯСНЕНИЕТРИ
:::
"""
KEYS = (
    "ОТЗЫВПЯТЬ",
    "ОТЗЫВЧЕТЫРЕ",
    "ПОЯСНЕНИЕОДИН",
    "ПОЯСНЕНИЕДВА",
    "ЛЕТОПИСЕЦ",
    "КЛЮЧВТОРОЙ",
    "ОТЗЫВТЕКСТ",
    "ПОЯСНЕНИЕТРИ",
)
OPTION = re.compile(r'<input type="(?:radio|checkbox)" name="q\d+" value="(\w+)"[^>]*> <span>(.*?)</span>', re.S)


class Phone:
    """A learner in a round."""

    def __init__(self, browser: Browser, address: str, asked: int = 1) -> None:
        self.browser = browser
        self.address = address
        self.asked = asked

    def see(self) -> str:
        """The page now."""
        return self.browser.get(self.address)

    def join(self, **fields: str) -> "Phone":
        """Come in."""
        self.browser.post(f"{self.address}join", fields)
        return self

    def form(self, question: int, answer: str | Sequence[str]) -> dict[str, Any]:
        """What the page would send; options by their labels."""
        options = {unescape(label): value for value, label in OPTION.findall(self.see())}
        given = [answer] if isinstance(answer, str) else list(answer)
        return {"question": str(question), f"q{question}": [options.get(one, one) for one in given]}

    def answer(self, question: int, answer: str | Sequence[str]) -> str:
        """Answer the question that is asked."""
        return self.browser.post(f"{self.address}answer", self.form(question, answer))

    def pulse(self) -> dict[str, Any]:
        """What the script of the page hears."""
        return dict(json.loads(self.browser.get(f"{self.address}pulse")))


class Game:
    """A round with its tutor."""

    def __init__(self, place: Any, **fields: str) -> None:
        self.place = place
        self.tutor: Browser = place.tutor()
        self.tutor.post(f"{place.base}live/open", fields)
        self.address = f"{place.base}live/1/"

    @property
    def found(self) -> LiveRound:
        """What is stored."""
        db.session.rollback()
        return db.session.query(LiveRound).order_by(LiveRound.id.desc()).first()  # type: ignore[return-value]

    def phone(self, surname: str = "Ученикова", **values: Any) -> Phone:
        """A learner's phone."""
        return Phone(self.place.stage.browser(self.place.learner(surname, **values)), self.address)

    def see(self) -> str:
        """The wall."""
        return self.tutor.get(self.address)

    def ask(self, question: int, seconds: int = 30) -> str:
        """The next question."""
        return self.tutor.post(f"{self.address}ask", {"question": str(question), "seconds": str(seconds)})

    def close(self, question: int) -> None:
        """End its time, and let the grace pass."""
        self.tutor.post(f"{self.address}close", {"question": str(question)})
        self.place.stage.move(seconds=4)

    def end(self) -> str:
        """End the round."""
        return self.tutor.post(f"{self.address}end")


@pytest.fixture
def game(place_with: Callable[..., Any]) -> Callable[..., Game]:
    """A round of the sample with these option lines."""

    def make(*options: str, text: str = TEXT, **fields: str) -> Game:
        return Game(place_with(*options, text=text), **fields)

    return make


def board(page: str) -> list[tuple[str, str, str]]:
    """The scoreboard of a page: rank, name, points."""
    rows = re.findall(
        r'<tr[^>]*><td class="number">(\d+)</td><th scope="row">(.*?)</th><td class="number">(.*?)</td></tr>', page
    )
    return [
        (rank, unescape(re.sub(r"\s*<span.*", "", name)), re.sub(r"<[^>]*>", "", points)) for rank, name, points in rows
    ]


def test_a_round_from_the_lobby_to_the_final_standing(game: Any) -> None:
    here = game()
    one, two = here.phone("Ёлкина").join(), here.phone("Берёзов").join()
    assert "You are in." in one.see()
    wall = here.see()
    assert re.findall(r"<li>([^<]* (?:Ёлкина|Берёзов)|(?:Ёлкина|Берёзов)[^<]*)</li>", wall) == [
        "Ёлкина Анна Петровна",
        "Берёзов Анна Петровна",
    ]
    here.ask(1)
    assert "Question 1 of 3" in one.see()
    assert "Your answer is in." in one.answer(1, "четыре")
    assert "Your answer is in." in two.answer(1, "пять")
    assert "<span data-answered>2</span> / 2" in here.see()
    here.close(1)
    assert "Right</span>" in one.see() and "Wrong</span>" in two.see()
    wall = here.see()
    assert ("ПОЯСНЕНИЕОДИН" in wall, board(wall)) == (
        True,
        [("1", "Ёлкина Анна Петровна", "1 +1"), ("2", "Берёзов Анна Петровна", "0")],
    )
    assert re.findall(r"<li>([^<]*: \d+)</li>", wall) == ["пять: 1", "четыре ✓: 1", "шесть: 0"]
    here.ask(2)
    two.answer(2, ["два", "восемь"])
    here.close(2)
    assert board(here.see()) == [("1", "Берёзов Анна Петровна", "3 +3"), ("2", "Ёлкина Анна Петровна", "1")]
    assert "No answer</span>" in one.see()
    here.end()
    final = [("1", "Берёзов Анна Петровна", "3"), ("2", "Ёлкина Анна Петровна", "1")]
    assert (board(here.see()), board(one.see()), board(two.see())) == (final, final, final)
    # it was a game: nothing is recorded
    assert here.place.stage.results(here.place.run, 1) == {}
    assert db.session.query(LivePlayer).count() == 2
    assert [(a.place, a.share) for a in db.session.query(LiveAnswer).order_by(LiveAnswer.id)] == [
        (0, 1),
        (0, 0),
        (1, 1),
    ]


# ------------------------------------------------------------------------------------------- what may not be known


def keys_in(page: str) -> list[str]:
    """Marker words of keys and feedback on a page."""
    return [key for key in KEYS if key in page]


def test_nothing_of_a_key_is_sent_before_the_time_and_its_grace_are_over(game: Any) -> None:
    here = game(":shuffle: true")
    phone = here.phone().join()
    other = here.phone("Берёзов").join()

    def everything() -> list[str]:
        pages = [
            here.see(),
            phone.see(),
            phone.browser.get(f"{here.address}pulse"),
            here.tutor.get(f"{here.address}pulse"),
        ]
        pages += [one.get(f"{here.place.base}live/") for one in (here.tutor, phone.browser)]
        return keys_in("\n".join(pages))

    assert everything() == []
    here.ask(1, 20)
    assert everything() == []
    assert keys_in(phone.answer(1, "четыре")) == []
    assert (everything(), "Right</span>" in phone.see(), board(phone.see())) == ([], False, [])
    here.place.stage.move(seconds=20)
    assert (everything(), keys_in(other.answer(1, "пять"))) == (
        [],
        [],
    )  # the grace: answers under way are taken, nothing is told
    here.place.stage.move(seconds=3)
    assert everything() == []
    here.place.stage.move(seconds=0.001)
    assert everything() == ["ОТЗЫВПЯТЬ", "ОТЗЫВЧЕТЫРЕ", "ПОЯСНЕНИЕОДИН"]
    here.ask(2)
    assert everything() == []
    here.close(2)
    here.ask(3)
    assert everything() == []


def test_names_of_options_are_those_of_one_round(game: Any) -> None:
    here = game(":shuffle: true")
    phone = here.phone().join()
    here.ask(1)
    first = OPTION.findall(phone.see())
    assert OPTION.findall(here.see()) == first  # the wall and the phones show the same
    here.end()
    here.tutor.post(f"{here.place.base}live/open")
    again = Phone(phone.browser, f"{here.place.base}live/2/").join()
    here.tutor.post(f"{again.address}ask", {"question": "1"})
    assert {label for _, label in first} == {label for _, label in OPTION.findall(again.see())}
    assert not {value for value, _ in first} & {value for value, _ in OPTION.findall(again.see())}


# ------------------------------------------------------------------------------------------- the time


@pytest.mark.parametrize(
    ("after", "counts"),
    [(0, True), (19.999, True), (20, True), (22.999, True), (23, True), (23.001, False), (30, False)],
)
def test_an_answer_counts_by_the_moment_the_server_has_it(game: Any, after: float, counts: bool) -> None:
    here = game()
    phone = here.phone().join()
    here.ask(1, 20)
    form = phone.form(1, "четыре")
    here.place.stage.move(seconds=after)
    page = phone.browser.post(f"{here.address}answer", form)
    assert ("The time was over" in page, db.session.query(LiveAnswer).count()) == (not counts, int(counts))


def test_an_answer_counts_by_when_it_came_not_by_when_its_turn_comes(game: Any) -> None:
    here = game()
    phone = here.phone().join()
    here.ask(1, 20)
    form = {"csrf_token": phone.browser.token(), **phone.form(1, "четыре")}
    waited: list[str] = []

    def wait(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        """The first statement of the request has to wait for a minute."""
        if "enrolment" in statement and not waited:
            waited.append(statement)
            here.place.stage.move(seconds=60)

    event.listen(db.engine, "before_cursor_execute", wait)
    try:
        with here.place.stage.outside():
            phone.browser.client.post(f"{here.address}answer", data=form)
    finally:
        event.remove(db.engine, "before_cursor_execute", wait)
    assert (len(waited), db.session.query(LiveAnswer).count()) == (1, 1)


def test_a_closed_question_takes_answers_under_way_and_no_others(game: Any) -> None:
    here = game()
    one, two = here.phone().join(), here.phone("Берёзов").join()
    here.ask(1, 600)
    forms = one.form(1, "четыре"), two.form(1, "четыре")
    here.tutor.post(f"{here.address}close", {"question": "1"})
    assert (one.pulse()["open"], one.pulse()["stamp"]) == (False, "0-asked-")
    here.place.stage.move(seconds=3)
    assert "Your answer is in." in one.browser.post(f"{here.address}answer", forms[0])
    here.place.stage.move(seconds=1)
    assert "The time was over" in two.browser.post(f"{here.address}answer", forms[1])
    # the answer to a question that is no longer asked is none to the next
    here.ask(2)
    assert "The time was over" in two.browser.post(f"{here.address}answer", forms[1])


def test_a_button_pressed_twice_asks_and_closes_one_question(game: Any) -> None:
    here = game()
    here.ask(1)
    here.ask(1)
    here.ask(2)  # while the first is still open
    assert here.found.place == 0
    here.close(1)
    here.ask(2)
    here.tutor.post(f"{here.address}close", {"question": "1"})  # meant the one before
    assert (here.found.place, "Close the question" in here.see()) == (1, True)
    here.close(2)
    here.ask(3)
    here.close(3)
    here.ask(4)
    assert here.found.place == 2


def test_opening_twice_leads_to_one_round(game: Any) -> None:
    here = game()
    here.tutor.post(f"{here.place.base}live/open")
    assert db.session.query(LiveRound).count() == 1
    here.end()
    here.end()
    here.tutor.post(f"{here.place.base}live/open")
    assert [one.number for one in db.session.query(LiveRound).order_by(LiveRound.id)] == [1, 2]


# ------------------------------------------------------------------------------------------- being quick


def test_being_quick_is_measured_from_when_the_question_was_sent(game: Any) -> None:
    here = game(":bonus: 50%")
    quick, slow, sly = here.phone("Ёлкина").join(), here.phone("Берёзов").join(), here.phone("Лисичкин").join()
    here.ask(1, 20)
    stage = here.place.stage
    assert "Show the question" in quick.see() and "дважды два" not in quick.see()
    quick.browser.post(f"{here.address}look")
    stage.move(seconds=4)
    assert "дважды два" in slow.browser.post(f"{here.address}look")  # a phone that was slow by four seconds
    quick.answer(1, "четыре")
    stage.move(seconds=4)
    slow.browser.post(f"{here.address}look")  # looking again begins nothing anew
    slow.answer(1, "четыре")
    stage.move(seconds=2)
    sly.browser.post(f"{here.address}look")  # has read it on the screen for ten seconds: five count as the way
    sly.answer(1, "четыре")
    here.close(1)
    assert board(here.see()) == [
        ("1", "Ёлкина Анна Петровна", "1.4 +1.4"),
        ("1", "Берёзов Анна Петровна", "1.4 +1.4"),
        ("3", "Лисичкин Анна Петровна", "1.38 +1.38"),
    ]
    assert "and 0.4 for being quick" in slow.see()


def test_without_a_bonus_everybody_sees_the_question_at_once_and_speed_is_worth_nothing(game: Any) -> None:
    here = game()
    one, two = here.phone("Ёлкина").join(), here.phone("Берёзов").join()
    here.ask(1, 20)
    one.answer(1, "четыре")
    here.place.stage.move(seconds=19)
    two.answer(1, "четыре")
    here.close(1)
    assert [(rank, points) for rank, _, points in board(here.see())] == [("1", "1 +1"), ("1", "1 +1")]


# ------------------------------------------------------------------------------------------- teams and doors


def test_a_team_answers_once_for_all_its_members(game: Any) -> None:
    here = game(teams="1")
    one, two, three = here.phone("Ёлкина"), here.phone("Берёзов"), here.phone("Соснина")
    assert "Write the name of your team." in one.browser.post(f"{here.address}join", {"new": "  "}, status=422)
    one.join(new="Ёжики  в тумане")
    assert 'value="Ёжики в тумане"' in two.see()
    two.join(team="", new="ежики в ТУМАНЕ")
    three.join(new="Совы")
    here.ask(1)
    one.answer(1, "четыре")
    assert "Your team's answer is in." in unescape(two.see())
    assert two.pulse()["stamp"] == "0-asked-a"
    late = two.browser.post(f"{here.address}answer", {"question": "1", "q1": "x"})
    assert "There is no answer yet." in late
    here.close(1)
    assert board(here.see()) == [("1", "Ёжики в тумане", "1 +1"), ("2", "Совы", "0")]
    assert "Right</span>" in two.see()


def test_a_code_leads_people_of_the_run_in_and_nobody_else(game: Any) -> None:
    here = game()
    phone = here.phone()
    code = here.found.code
    assert re.fullmatch(r"[0-9]{5}", code) and f'<strong class="live-code">{code}</strong>' in here.see()
    assert "Come in" in phone.browser.post("/live", {"code": f" {code[:2]} {code[2:]} "})
    assert f"{here.address}join" in phone.browser.text
    stranger = here.place.stage.browser(here.place.stage.person("Чужая"))
    assert "There is no round with this code now." in stranger.post("/live", {"code": code}, status=422)
    assert "There is no round with this code now." in phone.browser.post("/live", {"code": "99999x"}, status=422)
    here.end()
    assert "There is no round with this code now." in phone.browser.post("/live", {"code": code}, status=422)


def test_strangers_find_nothing_and_learners_do_not_lead(game: Any) -> None:
    here = game()
    here.phone().join()
    stranger = here.place.stage.browser(here.place.stage.person("Чужая"))
    for page in ("", "pulse"):
        stranger.get(f"{here.address}{page}", status=404)
    for act in ("join", "look", "answer", "ask", "close", "end"):
        stranger.post(f"{here.address}{act}", status=404)
    phone = here.phone("Берёзов")
    for act in ("ask", "close", "end"):
        phone.browser.post(f"{here.address}{act}", {"question": "1"}, status=403)
    phone.browser.post(f"{here.place.base}live/open", status=403)
    for act in ("join", "look", "answer"):
        here.tutor.post(f"{here.address}{act}", status=403)
    phone.browser.get(f"{here.place.base}live/9/", status=404)
    phone.browser.get(f"{here.place.base}live/9/pulse", status=404)
    # who has not come in has no answer to give
    here.ask(1)
    phone.browser.post(f"{here.address}answer", {"question": "1", "q1": "x"})
    phone.browser.post(f"{here.address}look")
    assert db.session.query(LiveAnswer).count() == 0


def test_a_quiz_that_is_not_played_has_no_rounds_and_one_that_is_has_no_attempts(place: Any, game: Any) -> None:
    tutor = place.tutor()
    tutor.get(f"{place.base}live/", status=404)
    tutor.post(f"{place.base}live/open", status=404)
    here = game()
    phone = here.phone()
    assert "To the round" in phone.browser.get(here.place.lesson_url)
    assert "A round is under way." in phone.browser.post(f"{here.place.base}start")
    assert "Lead a round" in here.tutor.get(here.place.lesson_url)


# ------------------------------------------------------------------------------------------- what it costs and leaves


def test_pages_come_anew_by_themselves_without_a_script(game: Any) -> None:
    here = game()
    phone = here.phone().join()

    def again() -> list[str]:
        return re.findall(r'<noscript><meta http-equiv="refresh" content="(\d+)"></noscript>', phone.see())

    assert again() == ["4"]
    here.ask(1, 20)
    assert again() == ["24"]  # not while somebody writes
    phone.answer(1, "четыре")
    assert again() == ["4"]
    here.end()
    assert again() == []


def test_asking_again_is_one_statement_and_one_answer_of_nothing(game: Any) -> None:
    here = game()
    phone = here.phone().join()
    here.ask(1)
    stage = here.place.stage

    def cost() -> tuple[int, int, int]:
        counts = []
        for browser, page in ((phone.browser, "pulse"), (phone.browser, ""), (here.tutor, "")):
            with stage.statements() as found:
                browser.get(f"{here.address}{page}")
            counts.append(len([one for one in found if "quiz_live" in one]))
        return counts[0], counts[1], counts[2]

    before = cost()
    for number in range(6):
        here.phone(f"Ученица{number}").join().answer(1, "пять")
    assert (before[0], cost()) == (1, before)
    phone.browser.get(f"{here.address}pulse")
    tag = phone.browser.response.headers["ETag"]
    phone.browser.get(f"{here.address}pulse", status=304, headers={"If-None-Match": tag})
    assert phone.browser.text == ""
    here.close(1)
    phone.browser.get(f"{here.address}pulse", headers={"If-None-Match": tag})
    assert phone.pulse() == {"stamp": "0-shown-", "open": False, "players": 7, "answered": 6}


def test_a_round_that_counts_records_the_best(game: Any) -> None:
    here = game(":live: count", ":pass: 60%", text=TEXT.replace(":live: play\n", ""))
    phone, other = here.phone("Ёлкина").join(), here.phone("Берёзов").join()
    for question, answer in ((1, "четыре"), (2, "два")):
        here.ask(question)
        phone.answer(question, answer)
        here.close(question)
    here.end()
    db.session.rollback()
    players = [one.person_id for one in db.session.query(LivePlayer).order_by(LivePlayer.id)]

    def results() -> list[tuple[str, float | None, float | None, bool | None]]:
        found = [here.place.stage.results(here.place.run, person)["sample"] for person in players]
        return [(one.state, one.points, one.max_points, one.success) for one in found]

    assert results() == [("complete", 2.5, 4, True), ("failed", 0, 4, False)]
    assert "Round 1: 2.5 of 4 points, 62%." in phone.browser.get(f"{here.place.base}live/")
    here.tutor.post(f"{here.place.base}live/open")
    second = Phone(other.browser, f"{here.place.base}live/2/").join()
    Phone(phone.browser, second.address).join()
    here.tutor.post(f"{second.address}ask", {"question": "1"})
    second.answer(1, "четыре")
    here.tutor.post(f"{second.address}end")
    assert results() == [("complete", 2.5, 4, True), ("complete", 1, 1, True)]


def test_what_a_person_did_is_exported_and_erased(game: Any) -> None:
    here = game()
    phone = here.phone().join()
    here.ask(1)
    phone.answer(1, "пять")
    db.session.rollback()
    site = here.place.stage.site
    part = next(one for one in site.of(PersonalData) if one.name == "quiz-rounds")
    [player] = db.session.query(LivePlayer).all()
    told = part.export(site, player.person_id)
    assert [(one["activity"], one["round"], one["team"]) for one in told["played"]] == [("sample", 1, "")]
    assert [sorted(one) for one in told["answers"]] == [
        ["activity", "answer", "at", "question", "round", "run", "seen_at"]
    ]
    here.end()
    assert [one["share"] for one in part.export(site, player.person_id)["answers"]] == [0]
    db.session.rollback()
    assert list(part.erase(site, player.person_id)) == ["1 played round was forgotten."]
    assert (db.session.query(LivePlayer).count(), db.session.query(LiveAnswer).count()) == (0, 0)
    assert list(part.erase(site, here.found.led_by_id)) == []
    assert db.session.query(LiveRound.led_by_id).all() == [(None,)]


def test_what_a_team_answered_stays_the_teams(game: Any) -> None:
    here = game(teams="1")
    phone = here.phone().join(new="Совы")
    here.phone("Берёзов").join(team="Совы")
    here.ask(1)
    phone.answer(1, "четыре")
    here.end()
    db.session.rollback()
    site = here.place.stage.site
    part = next(one for one in site.of(PersonalData) if one.name == "quiz-rounds")
    part.erase(site, db.session.query(LiveAnswer.person_id).scalar())
    db.session.commit()
    assert db.session.query(LiveAnswer.person_id, LiveAnswer.share).all() == [(None, 1)]
    assert board(here.see()) == [("1", "Совы", "1")]


def test_the_script_is_small_and_plain() -> None:
    folder = Path(lms_quiz.__file__).parent / "static"
    script = (folder / "live.js").read_bytes()
    assert (len(script) < 2500, len((folder / "live.css").read_bytes()) < 2000) == (True, True)
    assert re.findall(rb"eval|innerHTML|new Function|\.style\b|https?://", script) == []


# ------------------------------------------------------------------------------------------- many at once


def at_once(acts: Sequence[Callable[[], int]]) -> list[int]:
    """Do all of it at the same moment; what each gave, in order."""
    barrier = Barrier(len(acts))
    found = [0] * len(acts)

    def act(place: int) -> None:
        barrier.wait()
        found[place] = acts[place]()

    threads = [Thread(target=act, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def poster(browser: Browser, path: str, form: dict[str, Any] | None = None) -> Callable[[], int]:
    """A form ready to be sent: the token is fetched beforehand."""
    data = {"csrf_token": browser.token(), **(form or {})}
    return lambda: int(browser.client.post(path, data=data).status_code)


UNGUARDED = rounds._ANSWER.sql.replace(" AND answered_at IS NULL", "")


@pytest.mark.parametrize("guarded", [True, False])
def test_of_many_answers_at_once_one_counts(game: Any, monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    if not guarded:  # what the guard is for: without it each answer takes the place of the one before
        monkeypatch.setattr(rounds, "_ANSWER", Query(UNGUARDED))
    here = game(teams="1")
    phones = [here.phone(f"Ученица{number}").join(new="Совы") for number in range(10)]
    here.ask(1)
    answers = [("четыре", "пять")[number % 2] for number in range(10)]
    acts = [
        poster(phone.browser, f"{here.address}answer", phone.form(1, answer))
        for phone, answer in zip(phones, answers, strict=True)
    ]
    assert Counter(at_once(acts)) == Counter({303: 10})
    taken = ["There was an answer before this one" not in phone.see() for phone in phones]
    db.session.rollback()
    assert db.session.query(LiveAnswer).count() == 1
    assert (taken.count(True) == 1) is guarded
    if guarded:
        share = db.session.query(LiveAnswer.share).scalar()
        assert share == (1, 0)[taken.index(True) % 2]


def test_of_many_who_open_and_come_in_at_once_there_is_one(place_with: Callable[..., Any]) -> None:
    place = place_with(text=TEXT)
    tutors = [place.tutor() for _ in range(6)]

    at_once([poster(tutor, f"{place.base}live/open") for tutor in tutors])
    learner = place.learner()
    browsers = [place.stage.browser(learner) for _ in range(6)]
    at_once([poster(browser, f"{place.base}live/1/join") for browser in browsers])
    db.session.rollback()
    assert (db.session.query(LiveRound).count(), db.session.query(LivePlayer).count()) == (1, 1)


def test_what_is_taken_while_the_round_ends_is_counted(game: Any) -> None:
    here = game(":live: count", text=TEXT.replace(":live: play\n", ""))
    phones = [here.phone(f"Ученица{number}").join() for number in range(8)]
    here.ask(1)
    acts = [poster(phone.browser, f"{here.address}answer", phone.form(1, "четыре")) for phone in phones]
    acts.insert(4, poster(here.tutor, f"{here.address}end"))
    assert Counter(at_once(acts)) == Counter({303: 9})
    taken = ["The time was over" not in phone.see() for phone in phones]
    db.session.rollback()
    players = [one.person_id for one in db.session.query(LivePlayer).order_by(LivePlayer.id)]
    points = [here.place.stage.results(here.place.run, person)["sample"].points for person in players]
    assert points == [float(one) for one in taken]


def test_a_round_goes_on_with_the_questions_it_was_opened_with(game: Any) -> None:
    here = game()
    phone = here.phone().join()
    here.ask(1)
    form = phone.form(1, "четыре")
    changed = (
        TEXT.replace("- (x) четыре", "- ( ) четыре").replace("- ( ) пять", "- (x) пять").replace("дважды два", "2 + 3")
    )
    here.place.republish(changed.replace("%OPTIONS%\n", ""))
    assert ("дважды два" in phone.see(), "2 + 3" in phone.see(), "дважды два" in here.see()) == (True, False, True)
    phone.browser.post(f"{here.address}answer", form)
    here.close(1)
    assert (board(here.see())[0][2], "Right</span>" in phone.see()) == ("1 +1", True)
