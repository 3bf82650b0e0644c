"""A run goes to another edition: the page, the command, what is locked again, what finishing asks for, who did it and when."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from courses.load import load
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.enrolment.place import find_place
from lms.plugin import Actor, BadInput, Result
from lms.progress import service as progress
from lms.publishing import impact, service, words
from lms.publishing.models import RunRecord
from lms.publishing.move import history, move, preview
from lms.testing import Stage

COURSE = """---
title: Пробный курс
language: ru
hours: {hours}
timezone: Europe/Moscow
authors: [Автор]
completion: {completion}
---

О курсе.
"""
FILES = {
    "course.md": COURSE.format(hours=2, completion="{lessons: all, activities: all}"),
    "01-module/index.md": "---\ntitle: Модуль\n---\n",
    "01-module/01-first.md": "---\ntitle: Первый\nminutes: 45\n---\n\nО первом и главном.\n",
    "01-module/02-second.md": "---\ntitle: Второй\nminutes: 45\n---\n\nО втором, тоже важном.\n",
}


class Course:
    """A course of two lessons with one run, of three learners who have read the first; the third has read the second too."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.slug = stage.course(FILES, folder="pilot")
        self.folder: Path = stage.folder / "courses" / "pilot"
        self.run = stage.run(self.slug)
        self.base = stage.base(self.run)
        self.people = [stage.person(f"Ученикова{number}") for number in range(3)]
        stage.enrol(self.run, *self.people)
        for person in self.people:
            self.read(person, "first")
        self.read(self.people[2], "second")

    def read(self, person: int, lesson: str) -> None:
        self.stage.browser(person).post(f"{self.base}module/{lesson}/read")

    def write(self, **files: str) -> None:
        names = {"course": "course.md", "first": "01-module/01-first.md", "second": "01-module/02-second.md"}
        for name, text in files.items():
            (self.folder / names[name]).write_text(text, "utf-8")

    def publish(self) -> None:
        assert service.publish(self.stage.site, self.folder).changed
        db.session.commit()

    def said(self) -> list[str]:
        db.session.rollback()
        loaded = load(self.folder, self.stage.site.registry.kinds)
        assert loaded.course is not None, "\n".join(map(str, loaded.problems))
        return list(words.lines(impact.report(self.stage.site, loaded.course)))

    def finished(self) -> list[bool]:
        db.session.rollback()
        found = dict(db.session.execute(select(Enrolment.person_id, Enrolment.completed_at)).all())
        return [found[person] is not None for person in self.people]

    def revision(self) -> int:
        db.session.rollback()
        return db.session.execute(select(RunRecord.revision_id).where(RunRecord.id == self.run)).scalar_one()


@pytest.fixture
def course(stage: Stage) -> Course:
    return Course(stage)


HEAD = "pilot@spring, now at revision 1, 3 learners:"


def test_spelling_means_nothing(course: Course) -> None:
    course.write(first=FILES["01-module/01-first.md"].replace("главном", "самом главном"))
    assert course.said() == [HEAD, "  Nothing changes for anybody."]


def test_a_condition_that_locks_what_was_open(course: Course) -> None:
    course.write(first=FILES["01-module/01-first.md"].replace("minutes: 45", "minutes: 45\nrequires: [second]"))
    assert course.said() == [
        HEAD,
        "  01-module/01-first.md:1: harmful: “Первый” is open now for people who would find it locked again."
        " [locked-again], 2 people",
    ]
    course.write(
        first=FILES["01-module/01-first.md"],
        second=FILES["01-module/02-second.md"].replace("minutes: 45", "minutes: 45\nrequires: [first]"),
    )
    assert course.said() == [HEAD, "  Nothing changes for anybody."]


def test_hours_and_what_finishing_asks_for(course: Course) -> None:
    course.write(
        course=COURSE.format(hours=3, completion="{lessons: none, activities: all}"),
        second=FILES["01-module/02-second.md"].replace("minutes: 45", "minutes: 90"),
    )
    assert course.said() == [
        HEAD,
        "  course.md:1: harmful: The course takes 3 academic hours instead of 2; certificates will say so."
        " [hours-changed], 3 people",
        "  course.md:1: To finish the course one has to do less: no longer “Первый”, “Второй”."
        " [completion-changed], 2 people",
    ]
    course.publish()
    assert course.finished() == [False, False, True]
    assert move(course.stage.site, course.run, None, ["hours-changed"]).done
    db.session.commit()
    assert course.finished() == [True, True, True]
    # back to where more is asked: who has finished has finished, and nobody is touched by it
    back = preview(course.stage.site, course.run, 1)
    assert [(effect.code, effect.harmful) for effect in back.impact.runs[0].effects] == [
        ("hours-changed", True), ("completion-changed", False),
    ]  # fmt: skip
    assert move(course.stage.site, course.run, 1, ["hours-changed"]).done
    db.session.commit()
    assert course.finished() == [True, True, True]


def test_a_lesson_that_is_gone_and_one_that_is_new(course: Course) -> None:
    (course.folder / "01-module/02-second.md").unlink()
    (course.folder / "01-module/03-third.md").write_text(
        "---\ntitle: Совсем другой\nminutes: 45\n---\n\nЗдесь речь идёт не о том.\n"
    )
    assert course.said() == [
        HEAD,
        "  harmful: The lesson “Второй” (second) is gone. [item-vanished], 1 person",
        "  01-module/03-third.md:1: “Совсем другой” (third) is new. [item-added]",
    ]


def test_an_old_id_for_something_new_is_told_and_never_mixed_up(course: Course) -> None:
    site = course.stage.site
    (course.folder / "01-module/02-second.md").rename(course.folder / "01-module/02-another.md")
    course.publish()
    assert move(site, course.run, None, ["renamed"]).done
    db.session.commit()
    text = FILES["01-module/02-second.md"]
    (course.folder / "01-module/02-another.md").unlink()
    course.write(second=text.replace("minutes: 45", "minutes: 45\naliases: [another]"))
    course.read(course.people[0], "another")
    course.publish()
    # results are kept under both ids: nothing may fall together
    with pytest.raises(BadInput, match="Results of an earlier “second” are kept in this run"):
        move(site, course.run, None, ["item-vanished", "renamed", "id-reused"])
    db.session.rollback()


def test_the_course_has_other_revisions_only(course: Course) -> None:
    with pytest.raises(BadInput, match="The course has no revision 7"):
        move(course.stage.site, course.run, 7)
    assert not move(course.stage.site, course.run).done
    with pytest.raises(LookupError):
        preview(course.stage.site, 999)


def test_the_number_of_statements_does_not_grow_with_runs_and_people(course: Course) -> None:
    counts = []
    course.write(first=FILES["01-module/01-first.md"].replace("minutes: 45", "minutes: 45\nrequires: [second]"))
    (course.folder / "01-module/01-first.md").rename(course.folder / "01-module/01-primary.md")
    for number in range(3):
        course.said()
        with course.stage.statements() as found:
            course.said()
        counts.append(len(found))
        for place in range(number + 1):
            run = course.stage.run(course.slug, f"more-{number}-{place}")
            people = [course.stage.person(f"Ещё{number}{place}{each}") for each in range(3)]
            course.stage.enrol(run, *people)
            course.stage.browser(people[0]).post(f"{course.stage.base(run)}module/first/read")
    assert counts == [counts[0]] * 3
    assert counts[0] <= 8


def test_runs_that_are_over_are_left_alone(course: Course) -> None:
    course.write(first=FILES["01-module/01-first.md"].replace("minutes: 45", "minutes: 45\nrequires: [second]"))
    course.stage.move(days=200)
    assert course.said() == []


def test_whoever_is_writing_when_the_run_moves_loses_nothing(course: Course) -> None:
    """Ten learners have their page open and say that they have read it, while the lesson gets another id."""
    site = course.stage.site
    people = [course.stage.person(f"Пишущая{number}") for number in range(10)]
    course.stage.enrol(course.run, *people)
    text = FILES["01-module/02-second.md"].replace("minutes: 45", "minutes: 45\naliases: [second]")
    (course.folder / "01-module/02-second.md").unlink()
    (course.folder / "01-module/02-another.md").write_text(text, "utf-8")
    course.publish()
    actors = [course.stage.actor(person) for person in people]
    db.session.rollback()
    together = threading.Barrier(len(people) + 1)
    faults: list[Exception] = []

    def read(actor: Actor) -> None:
        with course.stage.app.app_context():
            try:
                together.wait(30)
                place = find_place(actor, "pilot@spring")
                assert place is not None
                outline = site.library.outline(place.run.revision_id, "ru")
                item = outline.aliases.get("second", "second")
                progress.record(site, place.run, outline, actor.id, item, "lesson", Result(completion=True))
                db.session.commit()
            except Exception as error:
                faults.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=read, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    together.wait(30)
    assert move(site, course.run).done
    db.session.commit()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [sorted(course.stage.results(course.run, person)) for person in people] == [["another"]] * 10


# ------------------------------------------------------------------ the page


def test_an_admin_sees_the_report_first_and_moves_what_is_accepted(course: Course) -> None:
    admin = course.stage.person("Админова", is_admin=True)
    course.write(course=COURSE.format(hours=3, completion="{lessons: all, activities: all}"),
                 second=FILES["01-module/02-second.md"].replace("minutes: 45", "minutes: 90"))  # fmt: skip
    course.publish()
    before = course.revision()
    browser = course.stage.browser(admin)
    address = f"/manage/runs/{course.run}/move"
    assert f'href="{address}"' in browser.get(f"/manage/runs/{course.run}")
    page = browser.get(address)
    assert "The course takes 3 academic hours instead of 2; certificates will say so." in page
    assert 'name="accept" value="hours-changed"' in page
    assert "The run is at this revision already." in browser.get(f"{address}?to=1")
    browser.get(f"{address}?to=9", status=404)
    assert "Nothing was done: some of what it means is not ticked below." in browser.post(address, {"to": "2"}, 422)
    assert course.revision() == before
    assert "The run is at revision 2 now." in browser.post(address, {"to": "2", "accept": ["hours-changed"]})
    assert course.revision() > before
    (past,) = history(course.run)
    assert (past.before, past.after, past.at, past.by, past.accepted) == (
        1, 2, course.stage.site.now(), "Админова Анна Петровна", ("hours-changed",),
    )  # fmt: skip
    assert "Админова Анна Петровна" in browser.get(address)


def test_others_do_not_find_the_page(course: Course) -> None:
    author = course.stage.person("Авторова", is_author=True)
    for person in (author, course.people[0]):
        course.stage.browser(person).get(f"/manage/runs/{course.run}/move", status=404)
