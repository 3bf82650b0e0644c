"""A kind of question that another plugin brings, without the quiz knowing of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from markupsafe import Markup

from courses.blocks import BodySource
from courses.problems import Report
from lms.plugin import Plugin, Visit, db
from lms_quiz import plugin
from lms_quiz.api import Asked, Frozen, Mark, QuestionKind, Reply, Sign, Written
from lms_quiz.kinds import STANDARD


class Length(Frozen):
    least: int


class Essay(QuestionKind[Length]):
    """A text of at least so many words: `~ 3`."""

    name = "essay"
    sign = Sign("tilde", re.compile(r"~[ ]*(?P<text>.*)$"), "~")
    Data = Length

    def parse(self, written: Written, source: BodySource, report: Report) -> Length | None:
        return Length(least=int(written.answers[0].text))

    def read(self, asked: Asked[Length], sent: Sequence[str]) -> Reply | None:
        return {"text": sent[0]} if sent and sent[0] else None

    def mark(self, data: Length, reply: Reply | None, partial: bool) -> Mark:
        return Mark(1.0 if reply and len(str(reply["text"]).split()) >= data.least else 0.0, "By its length")

    def fields(self, visit: Visit, asked: Asked[Length]) -> Markup:
        return Markup("<textarea name='{}'></textarea>").format(asked.name)

    def review(self, visit: Visit, asked: Asked[Length]) -> Markup:
        return Markup("<p>{}</p>").format((asked.reply or {})["text"])


class YesNo(QuestionKind[Length]):
    """Shares a sign with the quiz's own kinds and is asked first."""

    name = "yesno"
    sign = plugin.contributes[1].sign  # type: ignore[attr-defined]  # that of round boxes
    Data = Length

    def claims(self, answers: Sequence[Any]) -> bool:
        return [answer.text for answer in answers] == ["да", "нет"]

    def parse(self, written: Written, source: BodySource, report: Report) -> Length | None:
        return Length(least=0)

    read = Essay.read
    mark = Essay.mark
    fields = Essay.fields
    review = Essay.review


MORE = Plugin("more", "lms_quiz", contributes=(Essay(), YesNo()))
TEXT = """:::{quiz} Проверьте себя
:id: sample

1. Напишите три слова. {points=2}
   ~ 3
2. Да?
   - (x) да
   - ( ) нет
3. Дважды два?
   = 4
:::
"""


class TestWithIt:
    @pytest.fixture
    def plugins(self) -> tuple[Plugin, ...]:
        return (plugin, MORE)

    def test_its_questions_are_asked_marked_and_shown(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        assert "<textarea name='q1'></textarea>" in sitting.page
        review = sitting.finish({"q1": "раз два <три>", "q2": "да", "q3": "4"}, confirmed=False)
        assert "<p>раз два &lt;три&gt;</p>" in review
        assert place.stage.results(place.run, learner)["sample"].points == 4

    def test_it_takes_part_in_tries_hints_statistics_and_corrections(self, place_with: Any) -> None:
        text = TEXT.replace("   ~ 3", "   ~ 3\n   ? ПОДСКАЗКА").replace(":id: sample", ":id: sample\n%OPTIONS%")
        place = place_with(":behaviour: interactive", ":penalty: 25%", text=text)
        learner = place.learner()
        sitting = place.sit(learner).start()
        for step, words in (("check", "раз"), ("again", ""), ("check", "раз два три")):
            form = sitting.form({"q1": words} if words else {})
            sitting.page = sitting.browser.post(f"{place.base}attempts/1/{step}/1", form)
            assert ("ПОДСКАЗКА" in sitting.page) is (words != "раз два три")
        assert "<p>раз два три</p>" in sitting.page  # its review, as the question is done
        sitting.finish({"q2": "да", "q3": "4"})
        assert place.stage.results(place.run, learner)["sample"].points == 3.5
        tutor = place.tutor()
        assert "Напишите три слова." in tutor.get(f"{place.base}statistics/")
        assert "<p>раз два три</p>" in tutor.get(f"{place.base}people/{learner}/1/")
        tutor.get(f"{place.base}corrections/new")

    def test_the_quiz_itself_stays_as_it_was(self, place_with: Any) -> None:
        place_with(text=TEXT)
        names = [kind.name for kind in plugin.contributes[0].kinds]  # type: ignore[attr-defined]
        assert names == [kind.name for kind in STANDARD]


def test_without_it_its_questions_are_left_out_and_the_rest_goes_on(stage_factory: Any) -> None:
    with_it = stage_factory(plugins=(plugin, MORE))
    course = with_it.course(lesson=TEXT)
    run = with_it.run(course)
    person = with_it.person("Ученикова")
    with_it.enrol(run, person)
    base = f"{with_it.base(run)}activities/sample/"
    db.session.remove()  # the first site lets go of the database
    without = stage_factory(plugins=(plugin,))
    browser = without.browser(person)
    page = browser.post(f"{base}start")
    assert re.findall(r'fieldset class="quiz-question" id="(q\d)"', page) == ["q3"]
    hidden: Mapping[str, str] = dict(re.findall(r'name="(page|version)" value="(\w+)"', page))
    browser.post(f"{base}attempts/1/finish", {**hidden, "q3": "4", "confirmed": "1"})
    found = without.results(run, person)["sample"]
    assert (found.points, found.max_points) == (1, 1)
