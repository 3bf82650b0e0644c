"""The demonstration's people go through a project with all that authors may ask for."""

import pytest

from lms.db import writing
from lms.enrolment.place import find_place
from lms.i18n import speaking, use_catalogues
from lms.plugin import db
from lms.testing import Stage
from lms.visit import RunVisit
from lms_project.demo import ProjectDemo

LESSON = """:::{project} Музей
---
id: museum
team: "2-4"
contract: [Цель, Кто что делает]
shares: agreed
diary: true
stages:
  - {id: plan, title: Замысел, due: day 6, asks: {least: 150, parts: [Предмет]}}
  - {id: story, title: Рассказ, due: day 12}
defence:
  criteria: [{title: Ответы, points: 10}]
---
Сделайте музей.

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Ясность | 30 | Понятно | clear |
:::
"""


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_team_comes_to_its_marks(stage: Stage, language: str) -> None:
    run = stage.run(stage.course(lesson=LESSON))
    people = [stage.person(f"Человек{number}") for number in range(8)]
    team = [person for person in people if person % 7 in (1, 2)][:2]
    tutor = stage.person("Ведущая")
    stage.enrol(run, *team)
    stage.enrol(run, tutor, role="tutor")
    demo, segment = ProjectDemo(), stage.base(run).split("/")[2]
    use_catalogues(stage.site.catalogues)
    for _day in range(25):
        for person in (*team, tutor):
            with stage.app.test_request_context(), speaking(language), writing(True):
                place = find_place(stage.actor(person), segment)
                assert place is not None
                whole = RunVisit(stage.site, stage.actor(person), place)
                visit = whole.at_block(whole.course.block("museum"))
                result = visit.result()
                if person == tutor:
                    demo.lead(visit)
                elif result is None or (not result.completed and result.state not in ("waiting", "pending")):
                    demo.take_part(visit)
                db.session.commit()
        stage.move(days=1)
    found = [stage.results(run, person)["museum"] for person in team]
    assert [(one.state, one.completed, one.max_points) for one in found] == [("complete", True, 40)] * 2
    assert found[0].points == found[1].points, "they share the work evenly"
