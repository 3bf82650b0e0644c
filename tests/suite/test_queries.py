"""What pages cost in statements: the same for 1, 3 and 30 rows, few on hot pages, and no objects of the mapper there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import event, insert, select

from lms.db import Model, db
from lms.enrolment.models import Enrolment
from lms.people import sessions
from lms.people.models import Person
from lms.progress.models import ResultRecord
from lms.testing import Stage
from tests.suite.routes import Address, addresses, general, label
from tests.suite.world import ALL_KINDS, BESIDE, Caller, Group, draft, publish

SIZES = (1, 3, 30)
COUNTING_STATEMENTS_OF = ("visitor", "learner", None, "tutor", None, "author", "admin")
"""Who looks, by place in the columns of the table of routes; None: those who are elsewhere see no rows."""


@contextmanager
def objects_loaded() -> Iterator[list[object]]:
    """Objects of the mapper that are made out of rows within."""
    found: list[object] = []

    def note(target: object, context: object) -> None:
        found.append(target)

    event.listen(Model, "load", note, propagate=True)
    try:
        yield found
    finally:
        event.remove(Model, "load", note)


class Crowd:
    """A run with `size` of everything: learners who did everything, threads, posts, notices, runs and certificates of the first
    learner and the tutor, courses and revisions in the catalogue."""

    def __init__(self, stage: Stage, course: str, admin: int, size: int) -> None:
        self.group = group = Group(stage, course, f"of-{size}", size=size)
        first = group.learner
        read = {"run_id": group.run, "state": "complete", "completed": True, "updated_at": stage.site.now()}
        both = [
            {**read, "person_id": person, "item": item} for person in group.learners for item in ("lesson", "second")
        ]
        db.session.execute(insert(ResultRecord), both)
        db.session.commit()
        for person in group.learners:
            group.take_quiz(person)
            group.take_seat(person)
            group.hand_in_project(person)
            group.make_team(person, f"Команда {person}")
            group.hand_in_work(person)
            group.talk(first, "meet")
            group.thread = group.talk(first)
        for person in group.learners:
            group.reply(person, group.thread)
            group.note = group.notice(first)
            sessions.start(stage.site, first, False, "another")
        group.take_quiz(first, finish=False)
        group.hand_in_project(first, "story", keep=True)
        group.move_workshop("review")
        group.certificate(*group.learners, by=admin)
        for number in range(size):
            publish(stage, f"small-{size}-{number}", "Текст.")
            publish(stage, f"often-{size}", f"Текст {number}.")
            asking = [stage.person(f"Просящая{number}"), stage.person(f"Ждущая{number}")]
            self._enrol(stage, group.run, asking[0], "requested")
            self._enrol(stage, group.run, asking[1], "waiting")
            run = stage.run(course, f"of-{size}-{number}")
            stage.enrol(run, group.tutor, role="tutor")
            stage.enrol(run, first)
        db.session.commit()
        for number in range(size):
            draft(stage, f"often-{size}", admin, f"Правка {number}.")
        self.values = {**group.ids(), "slug": f"often-{size}", "path": "app.css", "token": "nothing", "version": 1}
        self.callers = {"learner": group.caller(first), "tutor": group.caller(group.tutor)}

    def _enrol(self, stage: Stage, run: int, person: int, state: str) -> None:
        now = stage.site.now()
        db.session.add(Enrolment(run_id=run, person_id=person, state=state, created_at=now, changed_at=now))


def statements(stage: Stage, caller: Caller, path: str) -> int | None:
    """How many statements a page needs when it is opened for the second time; None when it is not there."""
    answer = caller.send("GET", path)
    if answer.status_code != 200:
        return None
    with stage.statements() as found:
        caller.send("GET", path)
    return len(found)


def test_every_page_needs_as_many_statements_for_30_rows_as_for_1(sites):
    """All GET addresses there are, as everybody who may open them, on a site that grows."""
    with sites() as stage:
        course = publish(stage, "everything", ALL_KINDS)
        admin, author = stage.person("Админова", is_admin=True), stage.person("Авторова", is_author=True)
        everybody = {"visitor": Caller(stage), "author": Caller(stage, author), "admin": Caller(stage, admin)}
        counts: dict[str, list[int]] = {}
        for size in SIZES:
            crowd = Crowd(stage, course, admin, size)
            callers = {**everybody, **crowd.callers}
            for address, role in pages(stage):
                if all(
                    name == "block" or name in crowd.values or f"{address.endpoint}.{name}" in crowd.values
                    for name in address.parameters
                ):
                    for query in ("", *QUERIES.get(address.endpoint, ())):
                        found = statements(stage, callers[role], address.path(crowd.values) + query)
                        if found is not None:
                            counts.setdefault(f"{label(address)}{query} as {role}", []).append(found)
        wrong = [
            f"{name}: {found}"
            for name, found in counts.items()
            if len(set(found[1:] if name in NOTHING_ALONE and len(found) == len(SIZES) else found)) > 1
        ]
        assert not wrong, "\n".join(wrong)
        assert len([found for found in counts.values() if len(found) == len(SIZES)]) > 100
        assert {name: found[-1] for name, found in counts.items() if found[-1] > RICH.get(name, 15)} == {}


_OWNERS = "GET /courses/<course>/activities/<project>/owners/<any(person, team):kind>/<int:number>/"
RICH = {
    # all that is known of a project on one page: works, marks, contract, parts, diary, times, defence
    "GET /courses/<course>/activities/<project>/passport/ as learner": 20, f"{_OWNERS} as tutor": 20,
    f"{_OWNERS}defence/ as tutor": 20,
}  # fmt: skip
"""Pages that may need more statements than others."""

NOTHING_ALONE = {
    # alone in a workshop there is nobody to review, so that nothing is asked for
    "GET /courses/<course>/activities/<workshop>/ as learner",
}
QUERIES = {
    "grades.gradebook": ("?all=1",),
    "calendar.index": ("?past=1",),
    "discussion.threads": ("?block=meet",),
}


def pages(stage: Stage) -> Iterator[tuple[Address, str]]:
    """Addresses to read, with those who may: authors and admins only where learners and tutors may not."""
    for address in addresses(stage.app):
        if address.method != "GET" or address.endpoint == "certificates.verify":  # it counts its visitors
            continue
        may = [
            role
            for role, outcome in zip(COUNTING_STATEMENTS_OF, general(address.policy), strict=True)
            if role is not None and outcome == "ok"
        ]
        for role in [role for role in may if role not in ("author", "admin")] or may:
            yield address, role


# ------------------------------------------------------------------------------------------- hot pages

MODULES, LESSONS, LEARNERS = 10, 10, 300


def great(stage: Stage) -> str:
    """A course of 100 lessons and 100 activities."""
    files = {
        "course.md": "---\ntitle: Большой\nlanguage: ru\nhours: 100\ntimezone: Europe/Moscow\nauthors: [Автор]\n---\n",
        **BESIDE,
    }
    for module in range(MODULES):
        files[f"{module:02}-m{module}/index.md"] = f"---\ntitle: Модуль {module}\n---\n"
        for lesson in range(LESSONS):
            block = f":::{{quiz}} Вопрос\n:id: q-{module}-{lesson}\n\n1. Сколько?\n   - (x) два\n   - ( ) три\n:::\n"
            if (module, lesson) == (0, 0):
                block = ALL_KINDS
            files[f"{module:02}-m{module}/{lesson:02}-l-{module}-{lesson}.md"] = (
                f"---\ntitle: Урок\nminutes: 45\n---\n\nТекст.\n\n{block}\n"
            )
    return stage.course(files, folder="great")


@pytest.fixture(scope="module")
def full(sites) -> Iterator[Group]:
    """A run of the great course with 300 learners who have results in a third of it."""
    with sites() as stage:
        yield crowded(stage)


def crowded(stage: Stage) -> Group:
    group = Group(stage, great(stage), "full", size=1)
    now, names = stage.site.now(), [f"Участница{number:03}" for number in range(LEARNERS)]
    people = [
        {"email": f"{n}@many.example", "email_key": f"{n}@many.example", "password_hash": "", "surname": n,
         "given_name": "Анна", "language": "ru", "timezone": "Europe/Moscow", "theme": "auto", "created_at": now,
         "is_admin": False, "is_author": False, "patronymic": "", "mail_off": ""}
        for n in names
    ]  # fmt: skip
    db.session.execute(insert(Person), people)
    added = db.session.scalars(select(Person.id).where(Person.surname.in_(names))).all()
    enrolled = {"run_id": group.run, "role": "learner", "state": "active", "created_at": now, "changed_at": now}
    db.session.execute(insert(Enrolment), [{**enrolled, "person_id": person} for person in added])
    items = [f"l-{module}-{lesson}" for module in range(0, MODULES, 3) for lesson in range(LESSONS)]
    items += [f"q-{module}-{lesson}" for module in range(3, MODULES, 3) for lesson in range(LESSONS)]
    result = {"run_id": group.run, "kind": "", "state": "complete", "completed": True, "success": None, "updated_at": now,
              "points": 1.0, "max_points": 1.0, "explanation": ""}  # fmt: skip
    db.session.execute(
        insert(ResultRecord), [{**result, "person_id": person, "item": item} for person in added for item in items]
    )
    db.session.commit()
    return group


HOT = {"": 6, "m0/l-0-0/": 6, "m5/l-5-5/": 6}
LED = {"gradebook": 5, "gradebook?all=1": 5, "gradebook.csv": 5, "group": 6}


def test_hot_pages_need_few_statements_whatever_the_size(full):
    """A course of 200 items with every kind of activity in one lesson, 300 learners, all plugins."""
    learner, tutor = full.caller(full.learner), full.caller(full.tutor)
    wrong = []
    for caller, found in ((learner, HOT), (tutor, HOT), (tutor, LED)):
        for page, most in found.items():
            count = statements(full.stage, caller, full.base + page)
            if count is None or count > most:
                wrong.append(f"{page} as {caller.person}: {count}, at most {most}")
    for caller in (learner, tutor):
        count = statements(full.stage, caller, "/")
        if count is None or count > 6:
            wrong.append(f"home as {caller.person}: {count}")
    assert not wrong, "\n".join(wrong)


def test_hot_pages_make_no_objects_out_of_rows(full):
    learner, tutor = full.caller(full.learner), full.caller(full.tutor)
    wrong = []
    for caller, pages in ((learner, ("", *HOT)), (tutor, (*HOT, *LED))):
        for path in ("/", *(full.base + page for page in pages)):
            with objects_loaded() as found:
                assert caller.send("GET", path).status_code == 200
            wrong += [f"{path}: {type(one).__name__}" for one in found]
    assert not wrong, "\n".join(wrong)


def test_objects_would_be_seen(full):
    with objects_loaded() as found:
        db.session.get(Person, full.learner)
        db.session.rollback()
    assert [type(one) for one in found] == [Person]


def test_a_fresh_process_reads_the_course_once(full, all_plugins):
    """The first lesson and course page of a process read the published course as well; the next ones do not."""
    url = full.stage.site.config.database()
    with Stage(url, all_plugins, full.stage.folder) as fresh:
        caller = Caller(fresh, full.learner)
        for page, most in HOT.items():
            with fresh.statements() as cold:
                assert caller.send("GET", full.base + page).status_code == 200
            assert len(cold) <= most + 2, (page, cold)
            assert statements(fresh, caller, full.base + page) <= most  # type: ignore[operator]  # it is there


def test_the_catalogue_reads_no_courses_one_by_one(sites):
    """More courses than are held in memory: their titles come in one statement, not course by course."""
    with sites() as stage:
        for number in range(70):
            name = f"course-{number}"
            stage.course({"01-m/index.md": "---\ntitle: Модуль\n---\n",
                          "01-m/01-l.md": "---\ntitle: Урок\nminutes: 45\n---\n\nТекст.\n"}, folder=name)  # fmt: skip
            stage.run(name, "spring", starts_on=date(2026, 3, 2))
        author = stage.person("Авторова", is_author=True)
        admin = stage.person("Админова", is_admin=True)
        counts = {
            path: statements(stage, caller, path)
            for caller in (Caller(stage), Caller(stage, author), Caller(stage, admin))
            for path in ("/courses/", "/", *(("/manage/courses",) if caller.person else ()))
        }
        assert {path: found for path, found in counts.items() if found is None or found > 6} == {}
