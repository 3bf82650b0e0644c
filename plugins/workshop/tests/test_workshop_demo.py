"""The demonstration's people practise on model works before they review."""

from typing import Any

from lms.db import writing
from lms.enrolment.place import find_place
from lms.i18n import speaking, use_catalogues
from lms.plugin import db
from lms.visit import RunVisit
from lms_workshop import practice
from lms_workshop.demo import WorkshopDemo

NAMES = ("Абрикосова", "Берёзова", "Вишнёва")
MODEL = "---\ntitle: Пример\nmarks: {clear: 60, useful: 20}\n---\n\nСценарий.\n"


def test_one_model_work_an_evening(room_with: Any) -> None:
    room = room_with("models: [one, two]\n", files={"models/one.md": MODEL, "models/two.md": MODEL})
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.move("review")
    stage, segment = room.stage, room.stage.base(room.run).split("/")[2]
    use_catalogues(stage.site.catalogues)
    done = []
    for _evening in range(3):
        for name in NAMES:
            with stage.app.test_request_context(), speaking("ru"), writing(True):
                actor = stage.actor(room.people[name])
                place = find_place(actor, segment)
                assert place is not None
                whole = RunVisit(stage.site, actor, place)
                visit = whole.at_block(whole.course.block("sample"))
                WorkshopDemo().take_part(visit)
                done.append(sum(one.state == "complete" for one in practice.tried(visit)))
                db.session.commit()
    assert done == [1, 1, 1, 2, 2, 2, 2, 2, 2]
    assert {room.standing(name)[0] for name in NAMES} == {"pending"}
