"""A design seminar: problem, groups, versions of a draft, questions that must be answered, the final design."""

import re

import pytest
from sqlalchemy import select

from lms.plugin import db

from .conftest import LESSON

DESIGN = LESSON.replace(
    "need: 50%",
    "need: 50%\nteam: 1-3\ndesign:\n  files: 1\n  final: {parts: [Итог]}",
)


class Design:
    """A seminar of groups: by name, whose they are; the phase is moved by the tutor."""

    def __init__(self, group, learners: int = 3, lesson: str = DESIGN) -> None:
        self.it = group(learners=learners, lesson=lesson)
        self.base = self.it.stage.base(self.it.run)

    def phase(self, name: str) -> str:
        return self.it.browser(self.it.tutor).post(f"{self.base}phases/talks", {"phase": name})

    def group_of(self, name: str, *people: int) -> int:
        from lms.enrolment.service import members
        from lms.teams.service import BlockTeams

        teams = BlockTeams(self.it.stage.site, self.it.run, "talks")
        team = teams.create(name, people[0])
        for person in people[1:]:
            teams.join(team.id, person, 3)
        db.session.commit()
        assert {member.id for member in members(self.it.run, "learner")} >= set(people)
        return team.id

    def own(self, person: int, status: int = 200) -> str:
        return self.it.browser(person).get(f"{self.base}works/talks/own/design/", status=status)

    def hand_in(self, person: int, text: str, title: str = "Замысел", status: int = 200) -> str:
        seen = self.own(person).partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
        sent = {"seen": seen, "title": title, "text": text, "hand_in": "1"}
        return self.it.browser(person).post(f"{self.base}works/talks/own/design/", sent, status=status)

    def ask(self, person: int, team: int, text: str, status: int = 200) -> str:
        address = f"{self.base}questions/talks/to/design:team:{team}/"
        return self.it.browser(person).post(address, {"question": text}, status=status)

    def reply(self, person: int, number: int, text: str, status: int = 200) -> str:
        address = f"{self.base}questions/talks/{number}/"
        return self.it.browser(person).post(address, {"answer": text, "answered": "1"}, status=status)

    def again(self, person: int, number: int, status: int = 200) -> str:
        """Say that an answer leaves the question open."""
        address = f"{self.base}questions/talks/{number}/"
        return self.it.browser(person).post(address, {"open": "1", "answer": ""}, status=status)

    def withdraw(self, person: int, number: int, status: int = 200) -> str:
        return self.it.browser(person).post(f"{self.base}questions/talks/{number}/withdraw", status=status)

    def page(self, person: int, team: int, status: int = 200) -> str:
        return self.it.browser(person).get(f"{self.it.base}design/{team}/", status=status)

    def accept(self, status: int = 200) -> str:
        from lms.submissions.models import SubmissionRecord

        db.session.rollback()
        latest = db.session.scalars(select(SubmissionRecord).order_by(SubmissionRecord.id)).all()[-1]
        sent = {"seen": "", "feedback": "Хорошо", "accept": "1"}
        return self.it.browser(self.it.tutor).post(f"{self.base}works/talks/{latest.id}/", sent, status=status)


def numbers() -> list[int]:
    from lms.questions.models import QuestionRecord

    db.session.rollback()
    return list(db.session.scalars(select(QuestionRecord.id).order_by(QuestionRecord.id)))


@pytest.fixture
def design(group):
    return lambda **how: Design(group, **how)


def test_from_the_problem_to_the_final_design(design):
    made = design()
    it, (anna, boris, vera) = made.it, made.it.learners
    made.phase("problem")
    assert "говорим." in it.page(anna, "design/")
    made.phase("groups")
    own = made.group_of("Клён", anna, boris)
    assert "Drafts are not handed in yet." in made.own(anna)
    made.phase("draft")
    made.hand_in(anna, "Первый черновик")
    made.hand_in(boris, "Второй черновик")
    page = made.page(anna, own)
    assert re.findall(r"Version (\d)", page) == ["1", "2"]
    assert it.explanation(anna) == "0 of 2 sessions attended. The group has handed in a draft of its design."
    made.phase("questions")
    made.ask(it.tutor, own, "Кто это проверит?")
    assert it.notices(anna)[0] == "A question was put to you in “Встречи”."
    assert it.notices(vera) == []
    made.phase("final")
    assert "Answer the questions to your group first; without an answer: 1." in made.own(anna)
    assert "Write the answer" in made.reply(boris, numbers()[0], "", status=422)
    made.reply(boris, numbers()[0], "Коллеги из соседней школы.")
    assert "Коллеги из соседней школы." in made.page(it.tutor, own)
    assert it.result(anna).state == "returned", "the group has to act"
    assert "Второй черновик" in made.own(anna), "the final design begins with the last draft"
    assert "The part “Итог” is missing" in made.hand_in(anna, "Без частей", status=422)
    made.hand_in(anna, "## Итог\n\nСделаем так")
    assert it.explanation(boris) == "0 of 2 sessions attended. The final design waits for the tutor."
    assert it.result(boris).state == "waiting"
    made.accept()
    it.tick((anna, "one"))
    assert it.explanation(anna) == "1 of 2 sessions attended. The design is accepted."
    assert it.result(anna).completed is True
    assert it.result(boris).completed is False, "he was at no session"
    assert "Final design, accepted" in made.page(boris, own)


def test_an_answer_may_leave_the_question_open(design):
    made = design()
    it, (anna, boris, _) = made.it, made.it.learners
    own = made.group_of("Клён", anna, boris)
    made.phase("draft")
    made.hand_in(anna, "Черновик")
    made.ask(it.tutor, own, "Сколько это стоит?")
    number = numbers()[0]
    made.reply(anna, number, "Немного.")
    made.again(it.tutor, number)
    assert it.notices(boris)[0] == "A question to you in “Встречи” is open again: answer it once more."
    assert "Немного." in made.page(anna, own), "what was answered is there to go on from"
    made.phase("final")
    assert "without an answer: 1." in made.own(anna)
    made.reply(anna, number, "Три тысячи.")
    assert "without an answer" not in made.own(anna)
    assert "The question is answered already: it stays." in made.withdraw(it.tutor, number, status=422)


def test_a_question_that_is_taken_back_holds_nobody_up(design):
    made = design()
    it, (anna, *_) = made.it, made.it.learners
    own = made.group_of("Клён", anna)
    made.phase("draft")
    assert "The group has handed in no draft yet" in made.ask(it.tutor, own, "Что?", status=422)
    made.hand_in(anna, "Черновик")
    made.ask(it.tutor, own, "Что?")
    made.phase("final")
    assert "without an answer: 1." in made.own(anna)
    made.withdraw(it.tutor, numbers()[0])
    assert "without an answer" not in made.own(anna)


def test_groups_read_and_ask_each_other_from_the_questions_on(design):
    made = design()
    it, (anna, boris, vera) = made.it, made.it.learners
    maple, oak = made.group_of("Клён", anna), made.group_of("Дуб", boris)
    made.phase("draft")
    made.hand_in(anna, "Тайный черновик")
    made.page(boris, maple, status=404)
    made.ask(boris, maple, "Рано?", status=404)
    made.phase("questions")
    page = made.page(boris, maple)
    version = re.search(r"works/talks/(\d+)", page)
    assert version is not None
    assert "Тайный черновик" in it.browser(boris).get(f"{made.base}works/talks/{version[1]}/")
    made.ask(boris, maple, "А если дождь?")
    made.ask(anna, maple, "Сама себя?", status=404)
    made.reply(boris, numbers()[0], "За других", status=404)
    made.reply(vera, numbers()[0], "Мимо", status=404)
    made.reply(anna, numbers()[0], "Пойдём в зал.")
    assert it.notices(boris)[0] == "Your question in “Встречи” is answered."
    made.again(vera, numbers()[0], status=404)
    made.page(anna, oak)


def test_designs_that_are_not_shared_stay_with_their_groups(design):
    made = design(lesson=DESIGN.replace("  files: 1", "  files: 1\n  shared: false"))
    it, (anna, boris, _) = made.it, made.it.learners
    maple = made.group_of("Клён", anna)
    made.group_of("Дуб", boris)
    made.phase("draft")
    made.hand_in(anna, "Черновик")
    made.phase("questions")
    made.page(boris, maple, status=404)
    made.ask(boris, maple, "Можно?", status=404)
    made.page(it.tutor, maple)
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    author.get(f"{it.base}design/{maple}/", status=403)
    assert "Клён" not in author.get(f"{it.base}design/")
    it.stage.browser(it.stage.person("Чужая")).get(f"{it.base}design/", status=404)


def test_back_to_the_drafts_and_forward_again(design):
    made = design()
    it, (anna, *_) = made.it, made.it.learners
    made.group_of("Клён", anna)
    made.phase("draft")
    made.hand_in(anna, "Первый")
    made.phase("final")
    assert it.result(anna).state == "returned"
    made.hand_in(anna, "## Итог\n\nРано")
    assert it.result(anna).state == "waiting"
    it.stage.tick()
    assert it.result(anna).state == "waiting", "what was handed in as the final design is not given back by time"
    made.phase("draft")
    made.hand_in(anna, "Третий")
    made.phase("final")
    assert "Третий" in made.own(anna)
    assert it.result(anna).state == "returned"


def test_whoever_has_something_to_do_is_known(design):
    from lms.visit import staff_visits
    from lms_seminar.works import DesignPhased

    made = design()
    it, (anna, boris, vera) = made.it, made.it.learners

    def waiting() -> set[int]:
        db.session.rollback()
        return set(DesignPhased().waiting(staff_visits(it.stage.site, "seminar")[0]))

    assert waiting() == set()
    made.phase("groups")
    own = made.group_of("Клён", anna, boris)
    assert waiting() == {vera}
    made.phase("draft")
    assert waiting() == {anna, boris}
    made.hand_in(anna, "Черновик")
    assert waiting() == set()
    made.phase("questions")
    assert waiting() == set()
    made.ask(it.tutor, own, "Зачем?")
    assert waiting() == {anna, boris}
    made.reply(anna, numbers()[0], "Затем.")
    assert waiting() == set()
    made.phase("final")
    assert waiting() == {anna, boris}
    made.hand_in(anna, "## Итог\n\nТак")
    assert waiting() == set()


def test_the_pages_cost_the_same_for_any_number_of_groups(design):
    counts = []
    for learners in (1, 3, 6):
        made = design(learners=learners)
        it = made.it
        made.phase("draft")
        teams = [made.group_of(f"Группа {n}", person) for n, person in enumerate(it.learners)]
        for person, team in zip(it.learners, teams, strict=True):
            made.hand_in(person, "Черновик")
            made.ask(it.tutor, team, "Почему?")
        it.page(it.tutor, "design/")
        with it.stage.statements() as found:
            it.page(it.tutor, "design/")
        counts.append(len(found))
    assert len(set(counts)) == 1, counts
