"""The demonstration's people go through a master class, each on the days they come."""

from collections import Counter

import pytest

from lms.db import writing
from lms.enrolment.place import find_place
from lms.i18n import speaking, use_catalogues
from lms.plugin import db
from lms.testing import Stage
from lms.visit import RunVisit
from lms_workshop.masterclass.demo import FIRST, SECOND, WORDS, MasterclassDemo

LESSON = """:::{masterclass} Вопрос
---
id: ask
phases:
  attempt: {opens: day 2, closes: day 6}
  critique: {opens: day 8, closes: day 11}
  second: {closes: day 15}
---
Читаю вслух.

***

Возьмите свой.
:::
"""


@pytest.mark.parametrize("language", ["ru", "en"])
def test_everybody_tries_twice_and_says_what_they_saw(stage: Stage, language: str) -> None:
    run = stage.run(stage.course(lesson=LESSON))
    people = [stage.person(f"Человек{number}") for number in range(4)]
    stage.enrol(run, *people)
    demo, segment = MasterclassDemo(), stage.base(run).split("/")[2]
    use_catalogues(stage.site.catalogues)
    for _day in range(16):
        stage.tick()
        for person in people:
            with stage.app.test_request_context(), speaking(language), writing(True):
                place = find_place(stage.actor(person), segment)
                assert place is not None
                whole = RunVisit(stage.site, stage.actor(person), place)
                visit = whole.at_block(whole.course.block("ask"))
                result = visit.result()
                if result is None or (not result.completed and result.state not in ("waiting", "pending")):
                    demo.take_part(visit)
                db.session.commit()
        stage.move(days=1)
    found = [stage.results(run, person)["ask"] for person in people]
    assert [(one.state, one.completed) for one in found] == [("complete", True)] * 4
    browser = stage.browser(people[0])
    page = browser.get(f"{stage.base(run)}activities/ask/")
    assert Counter(word in page for word in WORDS[language]) == {True: len(WORDS[language])}
    own = browser.get(f"{stage.base(run)}works/ask/own/attempt/")
    assert SECOND[language] in own
    assert any(title in own for title, _ in FIRST[language])
    assert list(stage.site.troubles) == []
