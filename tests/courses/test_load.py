"""A folder becomes a course: what it holds, what is wrong with it, where its links lead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.load import Loaded, load
from courses.moments import Moment
from courses.tree import Completion, Course, Heading, Piece

from .conftest import COURSE, INDEX, KINDS, LESSON, said

Load = Callable[..., Loaded]

FULL = {
    "course.md": """---
id: demo-course
title: 2026
language: ru
hours: 2
timezone: Europe/Moscow
authors: [А. Иванова, Б. Петров]
summary: О курсе
completion:
  lessons: none
  activities: [essay]
  score: 60%
certificate: {kind: advanced-training, title: Удостоверение}
tags: one
---
Описание, [первый урок](01-start/01-why.md).
""",
    "01-start/index.md": "---\ntitle: Начало\n---\nО модуле.\n",
    "01-start/01-why.md": """---
title: Зачем
minutes: 30
objectives: [понять]
---
# Введение

Текст.

:::{task} Эссе
:id: essay
:minutes: 15
:points: 5
:due: day 5 18:00

Пишите **кратко**.
:::

Дальше.

:::{note}
Заметка
:::
""",
    "01-start/02-how.md": "---\ntitle: Как\nminutes: 45\nrequires: [why, {score: {essay: 70%}}]\n---\nТекст.\n",
    "02-end/index.md": "---\ntitle: Конец\nid: finish\n---\n",
    "02-end/10-last.md": "---\ntitle: Последний\nid: the-last\nminutes: 0\n---\n",
    "02-end/9-before.md": "---\ntitle: Предпоследний\nminutes: 0\n---\n",
    "README.md": "Not part of the course",
    "notes.txt": "Neither",
}


def test_a_whole_course(course: Load) -> None:
    loaded = course(FULL)
    assert loaded.problems == []
    tree = loaded.course
    assert tree is not None
    assert (tree.id, tree.title, tree.language, tree.hours, tree.timezone) == (
        "demo-course",
        "2026",
        "ru",
        2,
        "Europe/Moscow",
    )
    assert (tree.authors, tree.tags) == (("А. Иванова", "Б. Петров"), ("one",))
    assert tree.completion == Completion(lessons="none", activities=("essay",), score=0.6)
    assert tree.certificate is not None
    assert tree.certificate.title == "Удостоверение"
    assert tree.description_html == '<p>Описание, <a href="/@course/start/why/">первый урок</a>.</p>'
    assert [(module.id, [lesson.id for lesson in module.lessons]) for module in tree.modules] == [
        ("start", ["why", "how"]),
        ("finish", ["before", "the-last"]),
    ]
    why = tree.lesson("why")
    assert (why.module, why.minutes, why.objectives, why.blocks) == ("start", 30, ("понять",), ("essay",))
    assert why.headings == (Heading(level=2, id="h-введение", text="Введение"),)
    assert [(piece.html.strip(), piece.block) for piece in why.body] == [
        ('<h2 id="h-введение">Введение</h2>\n<p>Текст.</p>', ""),
        ("", "essay"),
        ('<p>Дальше.</p>\n<aside class="note"><p>Заметка</p></aside>', ""),
    ]
    essay = tree.block("essay")
    assert (essay.kind, essay.title, essay.path, essay.line, essay.lesson) == (
        "task",
        "Эссе",
        "01-start/01-why.md",
        10,
        "why",
    )
    assert essay.settings["text"] == "<p>Пишите <strong>кратко</strong>.</p>"
    assert [item.model_dump() for item in tree.grade_items] == [
        {"id": "essay", "title": "Эссе", "max_points": 5.0, "weight": 1.0}
    ]
    assert [(deadline.moment, deadline.item) for deadline in tree.deadlines] == [(Moment("day 5 18:00"), "essay")]
    assert [item.id for item in tree.items()] == ["why", "essay", "how", "before", "the-last"]


def test_a_course_is_the_same_after_a_trip_through_json(course: Load) -> None:
    tree = course(FULL).course
    assert tree is not None
    again = Course.model_validate_json(tree.model_dump_json())
    assert again == tree
    assert KINDS["task"].settings_of(again.block("essay")).due == Moment("day 5 18:00")
    assert again == tree
    assert json.loads(tree.model_dump_json())["modules"][0]["lessons"][1]["requires"]["kind"] == "all"


def test_loading_twice_gives_the_same(write: Callable[..., Path]) -> None:
    folder = write(FULL)
    assert load(folder, KINDS) == load(folder, KINDS)


def test_an_error_means_no_course_unless_lenient(course: Load) -> None:
    files = {"01-start/01-why.md": LESSON + ":::{task}\n:points: many\nДела\n:::\n"}
    strict = course(files)
    assert (strict.course, strict.files, strict.translations) == (None, {}, {})
    lenient = course(files, lenient=True)
    assert lenient.problems == strict.problems
    assert lenient.course is not None
    assert lenient.course.lesson("why").html.strip() == "<p>Дела</p>"


def test_a_warning_does_not_stop_a_course(course: Load) -> None:
    loaded = course({"01-start/01-why.md": "---\ntitle: A\n---\nText"})
    assert [problem.code for problem in loaded.problems] == ["minutes-missing"]
    assert loaded.errors == []
    assert loaded.course is not None


# -- mistakes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matter", "problems"),
    [
        ("minutes: 45", ["1:1: The key “title” is missing. [missing-key]"]),
        ("title: A\nminutes: 1O", ["3:10: “minutes” must be a whole number, not “1O”. [value]"]),
        ("title: A\nminutes: -1", ["3:10: “minutes” must be at least 0, not “-1”. [value]"]),
        ("title: A\nminutes:", ["1:1: The lesson does not say how many minutes it takes. [minutes-missing]"]),
        ("title: A\nminutes: [1]", ["3:10: “minutes” must be a whole number, not “…”. [value]"]),
        ("title: ''\nminutes: 1", ["2:8: “title” must not be empty. [value]"]),
        ("title: {a: b}\nminutes: 1", ["2:8: “title” must be a text. [value]"]),
        ("title: A\nminuts: 1\nminutes: 1", ["3:1: There is no key “minuts” here. [unknown-key]"]),
        ("title: A\nminutes: 1\nid: Bad Id", ["4:5: “Bad Id” cannot be an id. [id]"]),
        (
            "title: A\nminutes: 1\nrequires: [nope]",
            ["4:12: There is no lesson or activity “nope” in this course. [requires-unknown]"],
        ),
        (
            "title: A\nminutes: 1\nrequires: why",
            ["4:11: “why” requires itself, so it would never open. [requires-itself]"],
        ),
        ("title: A\nminutes: 1\nrequires: {from: 2026-02-30}", ["4:18: No calendar has “2026-02-30”. [moment]"]),
        ("title: A\nminutes: 1\nrequires:\n  - {frm: day 5}", ["5:6: “requires” has no key “frm”. [unknown-key]"]),
        (
            "title: A\nminutes: 1\nrequires: {score: {why: 70%}}",
            ["4:20: “why” requires itself, so it would never open. [requires-itself]"],
        ),
        (
            "title: A\ntitle: B\nminutes: 1",
            ["3:1: The key “title” is written twice; the first is on line 2. [duplicate-key]"],
        ),
        (
            "titel: A\nminutes: x",
            [
                "2:1: There is no key “titel” here. [unknown-key]",
                "3:10: “minutes” must be a whole number, not “x”. [value]",
            ],
        ),
    ],
)
def test_front_matter_of_a_lesson(course: Load, matter: str, problems: list[str]) -> None:
    found = said(course({"01-start/01-why.md": f"---\n{matter}\n---\nText"}))
    assert [problem for problem in found if "requires-ungraded" not in problem] == problems


def test_unknown_keys_get_a_guess(course: Load) -> None:
    (problem,) = course({"01-start/01-why.md": "---\ntitle: A\nminuts: 1\nminutes: 1\n---\n"}).problems
    assert problem.hint_text() == (
        "Did you mean “minutes”? Known keys: aliases, id, ignore, minutes, objectives, requires, summary, tags, title."
    )


@pytest.mark.parametrize(
    ("matter", "problem"),
    [
        (
            "hours: 10",
            "3:8: The lessons and activities take 45 minutes, 1 academic hours, but “hours” says 10. [hours-sum]",
        ),
        ("timezone: Mars/Base", "3:11: There is no time zone “Mars/Base”. [timezone]"),
        ("timezone: ../../etc/passwd", "3:11: There is no time zone “../../etc/passwd”. [timezone]"),
        ("language: Russian", "3:11: “Russian” is no code of a language. [value]"),
        ("completion: {score: 160%}", "3:21: “score” must be a share such as 60%, not “160%”. [share]"),
        (
            "completion: {score: 60%}",
            "3:21: A score is asked, but nothing in this course gives points. [completion-score]",
        ),
        (
            "completion:\n  activities: [nope]",
            "4:16: There is no activity “nope” in this course. [completion-unknown]",
        ),
        ("completion: {lesson: all}", "3:14: There is no key “lesson” here. [unknown-key]"),
        (
            "certificate: {kind: x}",
            "3:14: A certificate says how many hours the course took, but “hours” is not given. [hours-missing]",
        ),
        ("certificate: {title: x}\nhours: 1", "3:1: The key “kind” is missing. [missing-key]"),
    ],
)
def test_front_matter_of_the_course(course: Load, matter: str, problem: str) -> None:
    loaded = course({"course.md": f"---\ntitle: A\n{matter}\n---\n"})
    assert [str(found) for found in loaded.problems] == [f"course.md:{problem}"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (":::{task} A\n:::", ["5:1: The key “id” is missing. [missing-key]"]),
        (":::{task} A\n:id: Bad\n:::", ["6:6: “Bad” cannot be an id. [id]"]),
        (":::{task} A\n:id: a\n:point: 3\n:::", ["7:2: There is no key “point” here. [unknown-key]"]),
        (":::{task} A\n:id: a\n:text: 3\n:::", ["7:2: There is no key “text” here. [unknown-key]"]),
        (":::{task} A\n:id: a\n:due: 2026-02-30\n:::", ["7:7: No calendar has “2026-02-30”. [moment]"]),
        (":::{task} A\n:id: a\n:late-days: 31\n:::", ["5:1: Nobody waits 31 days. [late]"]),
        (
            ":::{task} A\n:id: a\n:required: maybe\n:::",
            ["7:12: “required” must be true or false, not “maybe”. [value]"],
        ),
        (":::{task} A\n---\nid: a\npoints: [1]\n---\n:::", ["8:9: “points” must be a number, not “…”. [value]"]),
        (
            ":::{task} A\n:id: a\n:requires: [b]\n:::",
            ["7:13: There is no lesson or activity “b” in this course. [requires-unknown]"],
        ),
        (
            ":::{poll} A\n:id: a\n\nText\n:::",
            ["8:1: A block “poll” has options only, no text of its own. [body-unexpected]"],
        ),
        (
            ":::{poll} A\n:id: a\n:::\n\n:::{poll} A\n:id: a\n:::",
            ["9:1: The id “a” is taken: see 01-start/01-why.md, line 5. [duplicate-id]"],
        ),
        (":::{poll} A\n:id: why\n:::", ["5:1: The id “why” is taken: see 01-start/01-why.md, line 1. [duplicate-id]"]),
        (
            "- x\n\n  :::{poll} A\n  :id: a\n  :::",
            [
                "7:3: The block “poll” stands inside a list, a quotation or HTML, where no activity can be. [block-place]"
            ],
        ),
        (
            "::::{task} A\n:id: a\n:::{poll} B\n:id: b\n:::\n::::",
            [
                "7:1: The block “poll” stands inside another block or a description, where no activity can be. [block-nested]"
            ],
        ),
        (
            ":::{broken}\n:id: a\n:::",
            ["5:1: The block “broken” cannot be read: ZeroDivisionError: oops. [block-failed]"],
        ),
        ("![a](no.png)", ["5:6: There is no file no.png here. [media-missing]"]),
        ("[a](no.md)", ["5:5: There is no file no.md here. [link-missing]"]),
        ("[a](../../etc/passwd)", ["5:5: ../../etc/passwd lies outside of the course folder. [link-outside]"]),
        ("[a](activity:no)", ["5:5: There is no activity “no” in this course. [link-missing]"]),
        ("[a](01-why.md#no)", ["5:5: The lesson is there, but it has no place called “no”. [anchor-missing]"]),
        (
            "[a](/courses/)",
            ["5:5: The link /courses/ begins with a slash, so it leads out of the course. [link-absolute]"],
        ),
        ("[a](javascript:x)", ["5:5: Links of the form “javascript:” are not allowed. [link-unsafe]"]),
        (
            "::::{task} A\n:id: a\n\nText\n- a\n\n![](no.png)\n::::",
            [
                "9:1: This looks like a list but is shown as plain text. [list-not-seen]",
                "11:5: The picture no.png has no description for those who cannot see it. [alt-missing]",
                "11:5: There is no file no.png here. [media-missing]",
            ],
        ),
    ],
)
def test_text_of_a_lesson(lesson: Load, text: str, problems: list[str]) -> None:
    assert said(lesson(text)) == problems


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        ({"course.md": b""}, ["course.md:1:1: The key “title” is missing. [missing-key]"]),
        (
            {"course.md": b"\xef\xbb\xbf---\r\ntitle: A\r\n---\r\n"},
            ["course.md:1:1: There is an invisible byte order mark here. [bom]"],
        ),
        ({"course.md": b"---\r\ntitle: A\r\n---\r\n"}, []),
        ({"course.md": "---\ntitle: A\n"}, None),
        ({"01-start/01-why.md": "---\ntitle: Привет\n---\n".encode("cp1251")}, None),
        ({"01-start/01-why.md": b"\x00\xff\xfe" * 50}, None),
        (
            {"01-start/01-why.md": "---\n- a\n---\n"},
            ["01-start/01-why.md:2:1: Keys are expected here, one a line, as in title: Beginning. [yaml-not-keys]"],
        ),
        (
            {"02-x/01-a.md": LESSON},
            ["02-x/index.md:1:1: The folder “02-x” holds lessons but has no index.md. [module-index-missing]"],
        ),
        (
            {"activities/index.md": INDEX},
            ["activities/index.md:1:1: No module can be called “activities”. [id-reserved]"],
        ),
        (
            {"02-start/index.md": INDEX},
            ["02-start/index.md:1:1: The id “start” is taken: see 01-start/index.md, line 1. [duplicate-id]"],
        ),
        (
            {"01-start/05-why.md": LESSON},
            ["01-start/05-why.md:1:1: The id “why” is taken: see 01-start/01-why.md, line 1. [duplicate-id]"],
        ),
        ({"01-start/02-Урок.md": LESSON}, ["01-start/02-Урок.md:1:1: The name “Урок” cannot be an id. [id]"]),
        (
            {"lost.md": "x"},
            ["lost.md:1:1: This file is no part of the course: lessons lie in the folder of a module. [file-ignored]"],
        ),
        (
            {"01-start/deep/x.md": "x"},
            [
                "01-start/deep/x.md:1:1: This file is no part of the course: lessons lie in the folder of a module. [file-ignored]"
            ],
        ),
        (
            {"01-start/02-dir.md/x": "x"},
            ["01-start/02-dir.md:1:1: This is not a file, though its name ends in .md. [not-a-file]"],
        ),
        (
            {"01-start/02-x.en.md": LESSON},
            ["01-start/02-x.en.md:1:1: This translates a lesson that is not there. [translation-orphan]"],
        ),
        (
            {"01-start/01-why.ru.md": LESSON},
            [
                "01-start/01-why.ru.md:1:1: The course itself is written in “ru”, so this file translates nothing. [translation-of-itself]"
            ],
        ),
        (
            {"01-start/01-why.md": LESSON + ":::{poll} A\n:id: a\n:::", "01-start/01-why.en.md": LESSON + "none"},
            ["01-start/01-why.en.md:1:1: The translation lacks the block “a” (poll). [translation-block-missing]"],
        ),
        (
            {
                "01-start/01-why.md": LESSON + ":::{poll} A\n:id: a\n:::",
                "01-start/01-why.en.md": LESSON + ":::{task} A\n:id: a\n:::",
            },
            [
                "01-start/01-why.en.md:5:1: The block “a” is of the kind “task” here and “poll” in the original. [translation-block-kind]"
            ],
        ),
        (
            {"01-start/01-why.en.md": LESSON + ":::{poll} A\n:id: a\n:::"},
            ["01-start/01-why.en.md:5:1: The original has no block “a”. [translation-block-extra]"],
        ),
        (
            {
                "01-start/01-why.md": LESSON + ":::{task} A\n:id: a\n:::",
                "01-start/01-why.en.md": LESSON + ":::{task} A\n:id: a\n:points: 3\n:::",
            },
            [
                "01-start/01-why.en.md:5:1: The blocks of this translation give other points than those of the original."
                " [translation-grades]"
            ],
        ),
        (
            {
                "01-start/01-why.md": "---\ntitle: A\nminutes: 1\nrequires: b\n---\n",
                "01-start/02-b.md": LESSON + ":::{poll} A\n:id: p\n:requires: c\n:::",
                "01-start/03-c.md": "---\ntitle: A\nminutes: 1\nrequires: [why, p]\n---\n",
            },
            ["01-start/02-b.md:7:12: These wait for each other, so none would ever open: p → c → p. [requires-circle]"],
        ),
        (
            {
                "01-start/01-why.md": "---\ntitle: A\nminutes: 1\nrequires: b\n---\n",
                "01-start/02-b.md": "---\ntitle: A\nminutes: 1\nrequires: {any_of: [[why, c], why]}\n---\n",
                "01-start/03-c.md": LESSON,
            },
            [
                "01-start/01-why.md:4:11: These wait for each other, so none would ever open: why → b → why. [requires-circle]"
            ],
        ),
        (
            {"01-start/01-why.md": "---\ntitle: A\nminutes: 1\nrequires: p\n---\n:::{poll} A\n:id: p\n:::"},
            [
                "01-start/01-why.md:4:11: These wait for each other, so none would ever open: why → p → why. [requires-circle]"
            ],
        ),
        (
            {
                "01-start/02-b.md": "---\ntitle: A\nminutes: 1\nrequires: {score: {p: 50%}}\n---\n:::{poll} A\n:id: p2\n:::",
                "01-start/01-why.md": LESSON + ":::{poll} A\n:id: p\n:::",
            },
            ["01-start/02-b.md:4:20: “p” gives no points, so no score can be asked of it. [requires-ungraded]"],
        ),
    ],
)
def test_files_of_a_course(course: Load, files: dict[str, str | bytes], problems: list[str] | None) -> None:
    loaded = course(files, lenient=True)
    if problems is not None:
        assert [str(problem) for problem in loaded.problems] == problems
    else:
        assert loaded.errors != []
    assert loaded.course is not None


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder, sentence in (
        (tmp_path, "The folder has no course.md, so it is not a course."),
        (tmp_path / "nowhere", "There is no such folder."),
        (tmp_path / "file", "There is no such folder."),
    ):
        loaded = load(folder, KINDS, lenient=True)
        assert loaded.course is None
        assert [problem.message() for problem in loaded.problems] == [sentence]


def test_an_encoding_is_told_at_its_place(course: Load) -> None:
    text = b"---\ntitle: A\nminutes: 1\n---\nab \xcf\xf0\xe8\xe2\xe5\xf2"
    assert said(course({"01-start/01-why.md": text})) == ["5:4: The file is not UTF-8 from here on. [encoding]"]


def test_links_out_of_the_folder_are_never_read(course: Load, write: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\nsecret")
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = write({"01-start/01-why.md": LESSON + "![a](media/a.png) ![b](media/b.png)", "01-start/media/b.png": b"b"})
    (folder / "01-start/media/a.png").symlink_to(tmp_path / "secret.png")
    (folder / "01-start/02-secret.md").symlink_to(tmp_path / "secret.md")
    (folder / "02-loop").symlink_to(folder / "02-loop")
    (folder / "03-out").symlink_to(tmp_path)
    loaded = load(folder, KINDS, lenient=True)
    assert [(problem.path, problem.code) for problem in loaded.errors] == [
        ("01-start/01-why.md", "media-missing"),
        ("01-start/02-secret.md", "path-outside"),
        ("01-start/media/a.png", "path-outside"),
        ("02-loop", "path-outside"),
        ("03-out", "path-outside"),
    ]
    assert [path.read_bytes() for path in loaded.files.values()] == [b"b"]
    assert loaded.course is not None
    assert "secret" not in loaded.course.model_dump_json().replace("01-start/02-secret", "")


# -- links and media ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("01-why.md", "/@course/start/why/"),
        ("./01-why.md#начало", "/@course/start/why/#h-начало"),
        ("../01-start/01-why.md#poll-a", "/@course/start/why/#poll-a"),
        ("01-why.en.md", "/@course/start/why/"),
        ("../course.md", "/@course/"),
        ("../01-start/", "/@course/"),
        ("index.md", "/@course/"),
        ("activity:poll-a", "/@course/activities/poll-a/"),
        ("poll:poll-a", "/@course/activities/poll-a/"),
        ("https://x.org/a?b=c#d", "https://x.org/a?b=c#d"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("tel:+7", "tel:+7"),
        ("//x.org/a", "//x.org/a"),
    ],
)
def test_links(course: Load, link: str, address: str) -> None:
    loaded = course(
        {
            "01-start/01-why.md": LESSON + "# Начало\n\n:::{poll} A\n:id: poll-a\n:::\n",
            "01-start/01-why.en.md": LESSON + "# Начало\n\n:::{poll} A\n:id: poll-a\n:::\n",
            "01-start/02-b.md": LESSON + f"[x]({link})",
        }
    )
    assert loaded.problems == []
    assert loaded.course is not None
    assert f'href="{address}"' in loaded.course.lesson("b").html


def test_links_on_the_page_itself(lesson: Load) -> None:
    loaded = lesson("# Начало\n\n[a](#начало) [b](#poll-a)\n\n:::{poll} A\n:id: poll-a\n:::\n")
    assert loaded.course is not None
    assert '<a href="#h-начало">a</a> <a href="#poll-a">b</a>' in loaded.course.lesson("why").html


def test_media_are_named_by_what_they_hold(course: Load) -> None:
    digest = hashlib.sha256(b"png").hexdigest()
    loaded = course(
        {
            "01-start/media/карта 1.PNG": b"png",
            "01-start/media/same.png": b"png",
            "01-start/media/unused.png": b"other",
            "doc.pdf": b"pdf",
            "01-start/01-why.md": LESSON
            + '![a](<media/карта 1.PNG>) ![b](media/%D0%BA%D0%B0%D1%80%D1%82%D0%B0%201.PNG) <img alt="c" src="media/same.png">'
            + " [d](../doc.pdf)",
        }
    )
    assert [str(problem) for problem in loaded.problems] == [
        "01-start/media/unused.png:1:1: No text of this course shows this file or links to it. [media-unused]"
    ]
    assert loaded.course is not None
    name = f"{digest[:32]}.png"
    assert loaded.course.lesson("why").html.count(f'src="/media/{name}"') == 3
    assert sorted(media.type for media in loaded.course.media.values()) == ["application/pdf", "image/png"]
    assert {key: path.read_bytes() for key, path in loaded.files.items()}[name] == b"png"
    assert loaded.course.media[name].sha256 == digest
    assert loaded.course.media[name].size == 3


# -- blocks on the page ------------------------------------------------------------------------------------------------


def test_blocks_split_the_page_where_they_stand(lesson: Load) -> None:
    loaded = lesson(":::{poll} A\n:id: a\n:::\nbetween\n```{poll} B\n:id: b\n```\n:::{poll} C\n:id: c\n:::")
    assert loaded.problems == []
    assert loaded.course is not None
    assert [piece for piece in loaded.course.lesson("why").body if piece.block or piece.html.strip()] == [
        Piece(block="a"),
        Piece(html="\n<p>between</p>\n"),
        Piece(block="b"),
        Piece(block="c"),
    ]


def test_a_misplaced_activity_is_kept_after_what_it_stood_in(lesson: Load) -> None:
    loaded = lesson("- x\n\n  :::{poll} A\n  :id: a\n  :::\n\n- y\n\nend", lenient=True)
    assert loaded.course is not None
    first, second, third = loaded.course.lesson("why").body
    assert first.html.count("<li>") == first.html.count("</li>") == 2
    assert second == Piece(block="a")
    assert third.html.strip() == "<p>end</p>"


def test_static_blocks_may_stand_anywhere(lesson: Load) -> None:
    loaded = lesson("- x\n\n  :::{note}\n  inner\n  :::\n\n::::{task} T\n:id: t\n\n:::{note}\nin task\n:::\n::::")
    assert loaded.problems == []
    assert loaded.course is not None
    body = loaded.course.lesson("why").body
    assert '<aside class="note"><p>inner</p></aside>' in body[0].html
    assert loaded.course.block("t").settings["text"] == '<aside class="note"><p>in task</p></aside>'


def test_footnotes_of_a_page_and_its_blocks_do_not_meet(lesson: Load) -> None:
    note = "x[^1]\n\n[^1]: n\n"
    loaded = lesson(f"{note}\n:::{{task}} A\n:id: a\n\n{note}:::\n\n:::{{task}} B\n:id: b\n\n{note}:::\n")
    assert loaded.course is not None
    html = loaded.course.lesson("why").html + "".join(b.settings["text"] for b in loaded.course.blocks())
    ids = [part.split('"')[0] for part in html.split(' id="')[1:]]
    assert len(ids) == len(set(ids)) == 6
    assert all(f'href="#{id}"' in html for id in ids)


def test_unknown_blocks_show_their_words(lesson: Load) -> None:
    loaded = lesson(":::::: challenge\n\n## Task\n\n::: solution\n\nAnswer\n\n:::\n::::::\n", lenient=True)
    assert [problem.code for problem in loaded.problems] == ["directive-unknown"] * 2
    assert loaded.course is not None
    assert loaded.course.lesson("why").html.strip() == '<h2 id="h-task">Task</h2>\n<p>Answer</p>'


# -- translations ------------------------------------------------------------------------------------------------------


def test_every_language_is_a_whole_course(course: Load) -> None:
    loaded = course(
        {
            **FULL,
            "course.en.md": "---\ntitle: Network\nsummary: About\n---\n[first](01-start/01-why.md)\n",
            "01-start/index.en.md": "---\ntitle: Start\n---\n",
            "01-start/01-why.en.md": "---\ntitle: Why\n---\n:::{task} Essay\n:id: essay\n:minutes: 15\n:points: 5\n:::",
        }
    )
    assert loaded.problems == []
    (english,) = loaded.translations.values()
    assert (english.language, english.title, english.summary, english.id, english.hours) == (
        "en",
        "Network",
        "About",
        "demo-course",
        2,
    )
    assert [module.title for module in english.modules] == ["Start", "Конец"]
    assert [lesson.title for lesson in english.lessons()] == ["Why", "Как", "Предпоследний", "Последний"]
    assert english.lesson("why").minutes == 30
    assert english.block("essay").title == "Essay"
    assert loaded.course is not None
    assert loaded.course.block("essay").title == "Эссе"
    assert [lesson.id for lesson in english.lessons()] == [lesson.id for lesson in loaded.course.lessons()]


def test_course_defaults(course: Load) -> None:
    tree = course({"course.md": "---\ntitle: A\n---\n"}).course
    assert tree is not None
    assert (tree.id, tree.language, tree.timezone, tree.hours) == ("demo", "en", "UTC", 0)
    assert tree.completion == Completion(lessons="all", activities="all", score=None)
    assert COURSE.startswith("---")
