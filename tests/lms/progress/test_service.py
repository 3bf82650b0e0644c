"""Results: stored once, remembered for ever, and a course that is completed once."""

import threading
from collections.abc import Callable

import pytest
from markupsafe import Markup
from sqlalchemy import select

from lms.db import db
from lms.enrolment.models import Enrolment
from lms.enrolment.place import run_of
from lms.events import CourseCompleted, Event, ResultRecorded
from lms.i18n import speaking
from lms.plugin import Activity, ActivitySettings, GradeItem, Message, On, Plugin, Result, Run, Score, Visit
from lms.progress import service
from lms.progress.models import ResultHistory
from lms.publishing.models import CourseRecord, RunRecord
from lms.testing import Stage

HEARD: list[Event] = []
LESSON = "Текст.\n\n:::{task} Задание\n:id: task\n:::\n"


class Task(Activity[ActivitySettings]):
    name, title, Settings = "task", "Task", ActivitySettings
    summary = "Something to do."

    def grade_items(self, block):
        return (GradeItem(id=f"{block.id}.part", title="Часть", max_points=10),)

    def show(self, visit: Visit) -> Markup:
        return Markup("")


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    HEARD.clear()
    ears = tuple(On(kind, lambda site, event: HEARD.append(event)) for kind in (ResultRecorded, CourseCompleted))
    return (Plugin("task", "lms.progress", (Task(), *ears)),)


class Place:
    """One run with a learner."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.id = stage.run(stage.course(lesson=LESSON))
        self.learner = stage.person("Ученикова")
        stage.enrol(self.id, self.learner)

    def run(self) -> Run:
        query = select(*RunRecord.__table__.columns, CourseRecord.slug.label("course_slug")).join(
            CourseRecord, CourseRecord.id == RunRecord.course_id
        )
        return run_of(db.session.execute(query.where(RunRecord.id == self.id)).one())

    def record(self, item: str, result: Result, person: int = 0, by: int | None = None) -> None:
        run = self.run()
        outline = self.stage.site.library.outline(run.revision_id, "ru")
        service.record(self.stage.site, run, outline, person or self.learner, item, "task", result, by)
        db.session.commit()

    def history(self) -> list[tuple[str, str, bool, float | None, int | None]]:
        db.session.rollback()
        found = db.session.execute(select(ResultHistory).order_by(ResultHistory.id)).scalars()
        return [(row.item, row.state, row.completed, row.points, row.by) for row in found]

    def completed_at(self):
        db.session.rollback()
        return db.session.execute(
            select(Enrolment.completed_at).where(Enrolment.person_id == self.learner)
        ).scalar_one()


@pytest.fixture
def place(stage: Stage) -> Place:
    return Place(stage)


def marked(points: float, state: str = "complete", **more) -> Result:
    return Result(completion=state == "complete", score=Score(points, 10), state=state, **more)  # type: ignore[arg-type]  # a State


def test_every_change_is_kept_and_the_same_twice_is_one(stage: Stage, place: Place) -> None:
    place.record("task", marked(4, "returned"), by=place.learner)
    before = stage.results(place.id, place.learner)
    stage.move(hours=1)
    place.record("task", marked(4, "returned"), by=place.learner)
    assert stage.results(place.id, place.learner) == before
    place.record("task", marked(7))
    place.record("task", marked(4, "returned"))
    assert place.history() == [
        ("task", "returned", False, 4.0, place.learner),
        ("task", "complete", True, 7.0, None),
        ("task", "returned", False, 4.0, None),
    ]
    found = stage.results(place.id, place.learner)["task"]
    assert (found.state, found.completed, found.success, found.points, found.max_points, found.share) == (
        "returned", False, None, 4.0, 10.0, 0.4,
    )  # fmt: skip
    assert found.updated_at == stage.site.now()
    assert len([event for event in HEARD if isinstance(event, ResultRecorded)]) == 3


def test_only_the_reason_may_change(place: Place) -> None:
    place.record("task", marked(4, explanation=Message("{right} right", {"right": 2})))
    place.record("task", marked(4, explanation=Message("{right} right", {"right": 3})))
    assert len(place.history()) == 2
    assert service.explanations(place.id, place.learner) == {"task": "3 right"}


def test_reasons_are_told_in_the_readers_language(place: Place) -> None:
    place.record("task", marked(4, explanation=Message("First complete “{title}”.", {"title": "Урок"})))
    place.record("lesson", Result(completion=True))
    with speaking("ru"):
        russian = service.explanations(place.id, place.learner)
    assert [service.explanations(place.id, place.learner), russian] == [
        {"task": "First complete “Урок”."},
        {"task": "Сначала завершите «Урок»."},
    ]


def test_a_course_is_completed_once(stage: Stage, place: Place) -> None:
    place.record("lesson", Result(completion=True))
    assert place.completed_at() is None
    stage.move(hours=1)
    place.record("task", marked(10))
    then = stage.site.now()
    stage.move(hours=1)
    place.record("task", marked(2, "returned"))
    place.record("task", marked(9))
    assert place.completed_at() == then
    assert [event for event in HEARD if isinstance(event, CourseCompleted)] == [
        CourseCompleted(place.id, place.learner)
    ]


def test_after_a_correction_completion_is_checked_anew(place: Place) -> None:
    place.record("lesson", Result(completion=True))
    place.record("task", marked(10))
    service.forget_completion(place.id, place.learner)
    db.session.commit()
    assert place.completed_at() is None
    place.record("task", marked(9))
    assert place.completed_at() is not None
    assert len([event for event in HEARD if isinstance(event, CourseCompleted)]) == 2


def test_staff_and_strangers_have_no_results(stage: Stage, place: Place) -> None:
    tutor, stranger = stage.person("Ведущий"), stage.person("Чужая")
    stage.enrol(place.id, tutor, role="tutor")
    for person in (tutor, stranger):
        place.record("task", marked(10), person)
        assert stage.results(place.id, person) == {}
    assert (place.history(), HEARD) == ([], [])


def test_something_that_is_not_in_the_course_cannot_have_a_result(place: Place) -> None:
    for item in ("nothing", "task.other", "module", ""):
        with pytest.raises(KeyError):
            place.record(item, Result(completion=True))
        db.session.rollback()
    assert place.history() == []


def test_a_part_has_a_result_of_its_own(stage: Stage, place: Place) -> None:
    place.record("task.part", marked(5))
    assert list(stage.results(place.id, place.learner)) == ["task.part"]
    assert service.mine(place.id, place.learner, ["task"]) == {}


def test_results_of_all_and_of_some(stage: Stage, place: Place) -> None:
    other = stage.person("Другая")
    stage.enrol(place.id, other)
    elsewhere = Place(stage)
    elsewhere.record("task", marked(1))
    place.record("task", marked(3))
    place.record("lesson", Result(completion=True))
    place.record("task", marked(6), other)

    def points(found) -> dict[int, dict[str, float | None]]:
        return {person: {item: result.points for item, result in own.items()} for person, own in found.items()}

    assert points(service.of_run(place.id)) == {place.learner: {"task": 3.0, "lesson": None}, other: {"task": 6.0}}
    assert points(service.of_run(place.id, ["lesson"])) == {place.learner: {"lesson": None}}
    assert service.of_run(place.id, []) == {}


def test_what_waits_for_staff_is_counted_without_those_who_left(stage: Stage, place: Place) -> None:
    second, third = stage.person("Вторая"), stage.person("Третья")
    stage.enrol(place.id, second, third)
    for person, state in ((place.learner, "waiting"), (second, "pending"), (third, "waiting")):
        place.record("task", Result(completion=False, state=state), person)  # type: ignore[arg-type]  # a State
    assert service.waiting([place.id]) == {(place.id, "task"): 2}
    db.session.execute(select(Enrolment).where(Enrolment.person_id == third)).scalar_one().state = "withdrawn"
    db.session.commit()
    assert service.waiting([place.id]) == {(place.id, "task"): 1}
    assert service.waiting([]) == {}


def test_ten_at_once_complete_the_course_once(stage: Stage, place: Place) -> None:
    place.record("lesson", Result(completion=True))
    faults: list[Exception] = []
    together = threading.Barrier(10)

    def act(points: int) -> Callable[[], None]:
        def within() -> None:
            with stage.app.app_context():
                try:
                    together.wait(30)
                    place.record("task", marked(points))
                except Exception as error:
                    faults.append(error)
                finally:
                    db.session.remove()

        return within

    threads = [threading.Thread(target=act(points)) for points in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(points for item, _, _, points, _ in place.history() if item == "task") == list(range(10))
    assert [event for event in HEARD if isinstance(event, CourseCompleted)] == [
        CourseCompleted(place.id, place.learner)
    ]
    last = place.history()[-1]
    assert stage.results(place.id, place.learner)["task"].points == last[3]
