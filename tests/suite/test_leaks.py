"""What a learner's browser is sent before it may know: a marker word in every key is looked for in everything there is."""

import io
import re
import zipfile
from collections.abc import Mapping

from sqlalchemy import select

from lms.db import db
from lms.notices.models import Notice, OutgoingMail
from lms.notices.service import page_of
from lms.testing import Stage
from tests.suite.routes import addresses
from tests.suite.world import ALL_KINDS, Caller, Group, publish

KEYS = """:::{quiz} Вопросы
:id: check

1. Сколько будет дважды два?
   - (x) четыре
     > МЕТКАОТЗЫВ
   - ( ) пять
     > МЕТКАНЕВЕРНО
   ? МЕТКАПОДСКАЗКА
   > МЕТКАПОЯСНЕНИЕ
2. Кто это?
   = МЕТКАКЛЮЧ | МЕТКАВТОРОЙ
     > МЕТКАТЕКСТ
   = 50% МЕТКАЧАСТЬ
   = /МЕТКА(ОБРАЗЕЦ)+/
3. Какой корень?
   = 48151,625 ± 0,125
     > МЕТКАЧИСЛО
4. Столица?
   = верно
     > МЕТКАДА
   > МЕТКАВСЁ
5. Отметьте чётные.
   - [x] два
     > МЕТКАДВА
   - [ ] три
     > МЕТКАТРИ
6. Соедините.
   - лягушка -> земноводное
     > МЕТКАПАРА
   - кошка -> зверь
   > МЕТКАПАРЫ
7. По порядку.
   1) первое
     > МЕТКАПЕРВОЕ
   2) второе
   > МЕТКАПОРЯДОК
8. Кто [[МЕТКАПРОБЕЛ]] и [[(кто)|что]]?
   > МЕТКАПРОБЕЛЫ
9. Куда что?
   | | Зверь | Птица |
   |---|---|---|
   | сова | ( ) | (x) |
   | кот | (x) | ( ) |
   > МЕТКАТАБЛИЦА
10. Где круг? ![Круг](media/circle.svg)
    - (x) слева {area="0,0 50,100"}
      > МЕТКАМЕСТО
    - ( ) справа {area="50,0 50,100"}
    > МЕТКАКАРТИНКА
11. Сложите {a} и один.
    ? МЕТКАСУММА
    let a = 48150..48150
    = {a + 1}
    > МЕТКАИТОГ {a + 1}
12. Расскажите.
    = essay
      > МЕТКАЭССЕ
    > МЕТКАРАССКАЗ
:::
"""
AFTERWARDS = (
    "четыре", "МЕТКАПОЯСНЕНИЕ", "МЕТКАКЛЮЧ", "48151.625", "МЕТКАВСЁ", "МЕТКАПАРЫ", "МЕТКАПОРЯДОК", "МЕТКАПРОБЕЛ", "МЕТКАПРОБЕЛЫ",
    "МЕТКАТАБЛИЦА", "МЕТКАКАРТИНКА", "МЕТКАИТОГ", "МЕТКАРАССКАЗ",
)  # fmt: skip
"""Of each kind what everybody reads once they have handed in."""
MARKS = ("метка", "48151", "0,125", "0.125")


def sent_to(stage: Stage, caller: Caller, values: Mapping[str, object]) -> dict[str, str]:
    """Everything a person receives: all pages with their headers, the export with its files, the calendar, mails and notices."""
    found: dict[str, str] = {}

    def keep(name: str, answer) -> None:
        body = answer.get_data()
        if body[:2] == b"PK":
            archive = zipfile.ZipFile(io.BytesIO(body))
            body = b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        found[name] = f"{headers}\n{body.decode('utf-8', 'replace')}".casefold()

    for address in addresses(stage.app):
        if address.method != "GET":
            continue
        if all(
            name == "block" or f"{address.endpoint}.{name}" in values or name in values for name in address.parameters
        ):
            answer = caller.send("GET", address.path(values))
            assert answer.status_code < 500, address
            keep(address.endpoint, answer)
    keep("export", caller.send("POST", "/me/export"))
    keep("calendar", caller.send("POST", "/calendar"))
    for row in db.session.execute(select(OutgoingMail).where(OutgoingMail.person_id == caller.person)).scalars():
        found[f"mail {row.id}"] = f"{row.subject}\n{row.text}\n{row.html}".casefold()
    for row in db.session.execute(select(Notice.id, Notice.text).where(Notice.person_id == caller.person)):
        found[f"notice {row.id}"] = row.text.casefold()
    found["notices in words"] = "\n".join(line.text for line in page_of(caller.person, 1)[0]).casefold()
    db.session.rollback()
    return found


def where(found: Mapping[str, str], *marks: str) -> list[str]:
    """Where one of the marks stands."""
    return [f"{name}: {mark}" for name, text in found.items() for mark in marks if mark.casefold() in text]


def test_no_key_of_a_quiz_is_sent_before_finishing(stage):
    course = publish(stage, "keys", KEYS)
    group = Group(stage, course, "spring")
    idle, busy, done = group.learners
    group.notice(busy)
    group.caller(busy).post("/calendar", 200)
    group.take_quiz(busy, finish=False)
    attempt = group.at("check") + "attempts/1/"
    caller = group.caller(busy)
    fields = {name: caller.hidden(attempt, name) for name in ("page", "version")}
    caller.post(f"{attempt}save", q2="никто", q3="1", **fields)
    answer = caller.send("POST", f"{attempt}save", fields, {"X-Requested-With": "fetch"})
    assert answer.get_data() == b""
    group.take_quiz(done)
    stage.tick()
    values = {**group.ids(), "quiz.save.number": 1, "quiz.ask.number": 1}
    for person in (idle, busy):
        assert where(sent_to(stage, group.caller(person), values), *MARKS) == [], person
    seen = where(sent_to(stage, group.caller(done), values), *MARKS)
    assert "quiz.attempt: метка" in seen, "the marks would be seen"
    review = sent_to(stage, group.caller(done), values)["quiz.attempt"]
    assert [mark for mark in AFTERWARDS if mark.casefold() not in review] == []


def test_a_wrong_try_is_told_its_own_word_and_a_hint_and_nothing_of_the_key(stage):
    from lms_quiz.format import QuizSettings
    from lms_quiz.kinds import STANDARD
    from lms_quiz.models import Attempt

    tried = KEYS.replace(":id: check\n", ":id: check\n:behaviour: interactive\n:tries: 3\n")
    group = Group(stage, publish(stage, "tried", tried), "spring")
    learner = group.learners[0]
    caller = group.caller(learner)
    attempt = caller.post(f"{group.at('check')}start").location
    seed = db.session.execute(select(Attempt.seed)).scalar_one()
    (visit, *_) = stage.site.visits("quiz")
    settings: QuizSettings = visit.settings
    kinds = {kind.name: kind for kind in STANDARD}
    for place, question in enumerate(settings.questions):
        asked = kinds[question.kind].asked(place, question, seed, settings.shuffle)
        sent = list(kinds[question.kind].demo(asked, right=False))
        db.session.rollback()
        if question.kind != "by-hand":
            fields = {name: caller.hidden(attempt, name) for name in ("page", "version")}
            caller.post(f"{attempt}check/{place + 1}", **{asked.name: sent}, **fields)
    page = caller.get(attempt)
    assert page.count("quiz-fixed") == 11  # all but the text are marked
    assert sorted(set(re.findall(r"МЕТКА\w+", page))) == ["МЕТКАНЕВЕРНО", "МЕТКАПОДСКАЗКА", "МЕТКАСУММА", "МЕТКАТРИ"]
    assert [mark for mark in MARKS[1:] if mark in page] == []


def test_what_waits_for_a_tutor_is_not_sent_after_handing_in_either(stage):
    held = KEYS.replace(":id: check\n", ":id: check\n:review: answers released, explanations released\n")
    group = Group(stage, publish(stage, "held", held), "spring")
    done, other = group.learners[:2]
    caller = group.caller(done)
    attempt = caller.post(f"{group.at('check')}start").location
    page = caller.get(attempt)
    fields = {name: caller.hidden(attempt, name) for name in ("page", "version")}
    tokens = {name: re.findall(rf'name="{name}" value="(\w+)"', page) for name in ("q1", "q4", "q5", "q10")}
    fields.update({name: found[0] for name, found in tokens.items()}, q12="Рассказ.", q3="7")
    caller.post(f"{attempt}finish", confirmed="1", **fields)
    stage.tick()
    values = {**group.ids(), "quiz.attempt.number": 1}
    for person in (done, other):
        assert where(sent_to(stage, group.caller(person), values), *MARKS) == [], person
    group.caller(group.tutor).post(f"{group.at('check')}release")
    review = sent_to(stage, group.caller(done), values)["quiz.attempt"]
    assert [mark for mark in AFTERWARDS if mark.casefold() not in review] == []


def test_a_seminars_code_word_is_not_sent_to_learners(stage):
    course = publish(stage, "code", ALL_KINDS.replace("code: Мост", "code: МЕТКАСЛОВО"))
    group = Group(stage, course, "spring")
    group.take_seat(group.learner)
    stage.tick()
    assert where(sent_to(stage, group.caller(group.learner), group.ids()), "МЕТКАСЛОВО") == []
    assert where(sent_to(stage, group.caller(group.tutor), group.ids()), "МЕТКАСЛОВО") != [], "the mark would be seen"
