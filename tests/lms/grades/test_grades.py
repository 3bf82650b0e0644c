"""Marks: one's own with their reasons, and the gradebook of any size as a page, as everybody, and as a file for a spreadsheet."""

import csv
import io
import re
from collections.abc import Sequence
from html import unescape

import pytest
from markupsafe import Markup
from sqlalchemy import insert, select

from lms.db import db
from lms.enrolment.models import Enrolment
from lms.enrolment.place import run_of
from lms.grades import sheet
from lms.grades.views import plain
from lms.people.models import Person
from lms.people.rules import mail_key
from lms.plugin import Activity, ActivitySettings, GradeItem, Message, Plugin, Result, Run, Score, Visit
from lms.progress import service as progress
from lms.progress.models import ResultRecord
from lms.publishing.models import CourseRecord, RunRecord
from lms.testing import Browser, Stage

COURSE = """---
title: Курс с отметками
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
completion: {lessons: all, activities: all, score: 60%}
---

О курсе.
"""
LESSON = """---
title: Урок
minutes: 45
---

:::{task} Задание
:id: task
:weight: 2
:::

:::{task} =Формула
:id: odd
:requires: [task]
:::
"""


class Task(Activity[ActivitySettings]):
    name, title, Settings = "task", "Task", ActivitySettings
    summary = "Something to do."

    def grade_items(self, block):
        return (GradeItem(id=block.id, title=block.title, max_points=10),)

    def show(self, visit: Visit) -> Markup:
        return Markup("")


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (Plugin("task", "lms.grades", (Task(),)),)


class Group:
    """A run with a tutor, and learners made by the dozen."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        files = {
            "course.md": COURSE,
            "01-module/index.md": "---\ntitle: Модуль\n---\n",
            "01-module/01-lesson.md": LESSON,
        }
        self.run_id = stage.run(stage.course(files, folder="marks"))
        self.base = stage.base(self.run_id)
        self.tutor = stage.person("Ведущий")
        stage.enrol(self.run_id, self.tutor, role="tutor")

    def run(self) -> Run:
        columns = (*RunRecord.__table__.columns, CourseRecord.slug.label("course_slug"))
        query = select(*columns).join(CourseRecord, CourseRecord.id == RunRecord.course_id)
        return run_of(db.session.execute(query.where(RunRecord.id == self.run_id)).one())

    def outline(self):
        return self.stage.site.library.outline(self.run().revision_id, "ru")

    def learners(self, names: Sequence[tuple[str, str]]) -> list[int]:
        """Learners with these surnames and names, enrolled; their ids. Two statements."""
        now, first = self.stage.site.now(), 1000
        people = [
            {
                "id": first + number, "email": f"p{number}@school.example", "email_key": mail_key(f"p{number}@school.example"),
                "password_hash": "", "surname": surname, "given_name": given, "patronymic": "", "language": "ru",
                "timezone": "Europe/Moscow", "created_at": now, "confirmed_at": now,
            }
            for number, (surname, given) in enumerate(names)
        ]  # fmt: skip
        if people:
            db.session.execute(insert(Person), people)
            db.session.execute(
                insert(Enrolment),
                [
                    {
                        "run_id": self.run_id,
                        "person_id": one["id"],
                        "role": "learner",
                        "state": "active",
                        "created_at": now,
                        "changed_at": now,
                    }
                    for one in people
                ],
            )
        db.session.commit()
        return [int(one["id"]) for one in people]

    def marks(self, points: dict[int, float], item: str = "task") -> None:
        now = self.stage.site.now()
        db.session.execute(
            insert(ResultRecord),
            [
                {"run_id": self.run_id, "person_id": person, "item": item, "kind": "task", "state": "complete", "completed": True,
                 "success": None, "points": value, "max_points": 10, "explanation": "", "updated_at": now}
                for person, value in points.items()
            ],
        )  # fmt: skip
        db.session.commit()

    def browser(self) -> Browser:
        return self.stage.browser(self.tutor)

    def file(self, language: str) -> tuple[bytes, list[list[str]]]:
        """The file as it comes, and its rows as a spreadsheet of that language reads them."""
        browser = self.browser()
        browser.get(f"{self.base}gradebook.csv?lang={language}")
        assert browser.response is not None
        content = browser.response.data
        text = content.decode("utf-8-sig")
        return content, list(csv.reader(io.StringIO(text), delimiter=";" if language == "ru" else ","))


@pytest.fixture
def group(stage: Stage) -> Group:
    return Group(stage)


def rows(page: str) -> list[str]:
    """The rows of a gradebook page."""
    return re.findall(r"<tr><th scope=\"row\">.*?</tr>", page, re.S)


def names(page: str) -> list[str]:
    return [unescape(re.search(r'scope="row">(.*?)</th>', row)[1]) for row in rows(page)]  # type: ignore[index]  # is there


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", "<" + main)).split())


# ------------------------------------------------------------------ one's own


def test_my_grades_say_what_and_why(group: Group) -> None:
    stage = group.stage
    learner = stage.person("Ученикова")
    stage.enrol(group.run_id, learner)
    browser = stage.browser(learner)
    assert (
        "Course score 0% Needed to complete the course 60% Done 0 of 3 Activities Activity State Points Why"
        " Задание Available — =Формула Locked — First complete “Задание”."
    ) in words(browser.get(f"{group.base}grades"))
    progress.record(
        stage.site, group.run(), group.outline(), learner, "task", "task",
        Result(True, score=Score(7.5, 10), explanation=Message("First reach {share} in “{title}”.", {"share": "75%", "title": "x"})),
    )  # fmt: skip
    db.session.commit()
    assert (
        "Course score 50% Needed to complete the course 60% Done 1 of 3 Activities Activity State Points Why"
        " Задание Complete 7.5 of 10 First reach 75% in “x”. =Формула Available —"
    ) in words(browser.get(f"{group.base}grades"))
    assert "7,5" in words(browser.get(f"{group.base}grades?lang=ru"))
    group.browser().get(f"{group.base}grades", 403)


def test_the_gradebook_is_for_staff(group: Group) -> None:
    learner = group.stage.person("Ученикова")
    group.stage.enrol(group.run_id, learner)
    for page in ("gradebook", "gradebook?all=1", "gradebook.csv", "group"):
        group.stage.browser(learner).get(f"{group.base}{page}", 403)


# ------------------------------------------------------------------ the gradebook


@pytest.mark.parametrize(
    ("count", "screens"), [(0, [0]), (1, [1]), (49, [49]), (50, [50]), (51, [50, 1]), (101, [50, 50, 1])]
)
def test_screens_show_everybody_once_in_the_order_of_a_register(group: Group, count: int, screens: list[int]) -> None:
    # a third have the same surname, half of those the same name too
    ids = group.learners(
        [(("Иванова" if n % 3 else f"Ким{n % 7}"), ("Анна" if n % 2 else f"Вера{n % 5}")) for n in range(count)]
    )
    group.marks({person: float(number % 11) for number, person in enumerate(ids)}) if ids else None
    run, outline = group.run(), group.outline()
    pages: list[list[sheet.Row]] = []
    after = 0
    while True:
        with group.stage.statements() as statements:
            found, after = sheet.screen(run, outline, after)
        assert len(statements) == 1
        pages.append(found)
        if not after:
            break
    assert [len(page) for page in pages] == screens
    shown = [row for page in pages for row in page]
    people = {one.id: (one.surname, one.given_name, one.id) for one in db.session.execute(select(Person)).scalars()}
    assert [row.person_id for row in shown] == sorted(ids, key=lambda id: people[id])
    assert [row.results["task"].points for row in shown] == [float(ids.index(row.person_id) % 11) for row in shown]
    db.session.rollback()
    assert list(sheet.stream(run, outline)) == shown
    assert sheet.count(run) == count


def test_yo_is_ordered_as_ye(group: Group) -> None:
    ids = group.learners(
        [("Жук", "Анна"), ("Ёлкина", "Анна"), ("Ежова", "Анна"), ("Артёмова", "Яна"), ("Артемова", "Анна")]
    )
    found, _ = sheet.screen(group.run(), group.outline(), 0)
    assert [row.name.split()[0] for row in found] == ["Артемова", "Артёмова", "Ежова", "Ёлкина", "Жук"]
    after, _ = sheet.screen(group.run(), group.outline(), ids[2])
    assert [row.name.split()[0] for row in after] == ["Ёлкина", "Жук"]


def test_the_pages_lead_on_and_everybody_at_once_is_the_same_rows(group: Group) -> None:
    ids = group.learners([(f"Фамилия{n:03}", "Анна") for n in range(101)])
    group.marks({ids[0]: 10, ids[100]: 2.5})
    browser = group.browser()
    found: list[str] = []
    address: str | None = f"{group.base}gradebook"
    while address:
        page = browser.get(address)
        found += rows(page)
        more = re.search(r'href="(\?after=\d+)" rel="next"', page)
        address = f"{group.base}gradebook{more[1]}" if more else None
    assert rows(browser.get(f"{group.base}gradebook?all=1")) == found
    assert names("".join(found)) == [f"Фамилия{n:03} Анна" for n in range(101)]
    cells = [re.findall(r'<td class="number">(.*?)</td>', found[place]) for place in (0, 1, 100)]
    assert cells == [["66.7%", "1/3", "10", ""], ["0%", "0/3", "", ""], ["16.7%", "1/3", "2.5", ""]]


def test_those_who_left_and_those_who_lead_are_not_in_it(group: Group) -> None:
    first, second = group.learners([("Первая", "Анна"), ("Вторая", "Анна")])
    db.session.execute(select(Enrolment).where(Enrolment.person_id == first)).scalar_one().state = "withdrawn"
    db.session.commit()
    assert names(group.browser().get(f"{group.base}gradebook")) == ["Вторая Анна"]
    # somebody who left while a page was open is still a place to go on from
    assert [row.person_id for row in sheet.screen(group.run(), group.outline(), first)[0]] == []
    assert [row.person_id for row in sheet.screen(group.run(), group.outline(), second)[0]] == []


def test_a_name_is_never_taken_for_html(group: Group) -> None:
    group.learners([("<b>О’Нил</b>", "&amp;")])
    for page in ("gradebook", "gradebook?all=1", "group"):
        text = group.browser().get(f"{group.base}{page}")
        assert "<b>О" not in text
        assert "&lt;b&gt;О’Нил&lt;/b&gt; &amp;amp;" in text


def test_an_address_made_up_by_hand_is_no_fault_of_ours(group: Group) -> None:
    group.learners([("Первая", "Анна")])
    browser = group.browser()
    for page in ("gradebook", "group"):
        for after in ("x", "-1", "999999999", "9" * 30):
            browser.get(f"{group.base}{page}?after={after}")


# ------------------------------------------------------------------ the file


def test_the_file_in_russian_and_in_english(group: Group) -> None:
    first, second, third = group.learners([("Ёлкина", "Анна"), ("Щукина", "Вера; «Ника»"), ("Юрьев", 'Пётр "Мл."')])
    group.marks({first: 7.25, second: 0})
    group.marks({first: 10}, "odd")
    content, russian = group.file("ru")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert russian == [
        ["Имя", "Электронная почта", "Балл за курс, %", "Сделано", "Нужно", "Задание (10)", "'=Формула (10)"],
        ["Ёлкина Анна", "p0@school.example", "81,67", "2", "3", "7,25", "10"],
        ["Щукина Вера; «Ника»", "p1@school.example", "0", "1", "3", "0", ""],
        ['Юрьев Пётр "Мл."', "p2@school.example", "0", "0", "3", "", ""],
    ]
    _, english = group.file("en")
    assert english[0] == ["Name", "E-mail", "Course score, %", "Done", "Asked", "Задание (10)", "'=Формула (10)"]
    assert english[1] == ["Ёлкина Анна", "p0@school.example", "81.67", "2", "3", "7.25", "10"]
    assert [row[0] for row in english] == ["Name", *(row[0] for row in russian[1:])]
    assert third


def test_the_file_is_a_download_that_no_cache_keeps(group: Group) -> None:
    browser = group.browser()
    browser.get(f"{group.base}gradebook.csv")
    assert browser.response is not None
    assert {
        name: browser.response.headers[name] for name in ("Content-Type", "Content-Disposition", "Cache-Control")
    } == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": "attachment; filename=marks-spring.csv",
        "Cache-Control": "no-store",
    }


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("+7", "'+7"), ("-2", "'-2"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"),
        ("Иванова", "Иванова"), ("А=1", "А=1"), ("", ""),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert plain(text) == cell


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(group: Group) -> None:
    group.learners([("=HYPERLINK(1)", "Анна"), ("@Иванова", "Вера"), ("-Ким", "Ли"), ("+7", "900")])
    for language in ("ru", "en"):
        assert sorted(row[0] for row in group.file(language)[1][1:]) == [
            "'+7 900",
            "'-Ким Ли",
            "'=HYPERLINK(1) Анна",
            "'@Иванова Вера",
        ]


def test_a_hundred_learners_are_all_in_the_file(group: Group) -> None:
    group.learners([("Иванова", "Анна")] * 101)
    found = group.file("ru")[1]
    assert len(found) == 102
    assert len({row[1] for row in found[1:]}) == 101
