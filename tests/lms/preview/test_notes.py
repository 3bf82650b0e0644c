"""Notes in a course: before the paragraph or the activity whose line a problem names, in both languages' editions."""

import re
from pathlib import Path

from courses.blocks import ActivitySettings, BlockKind
from courses.load import load
from lms.preview.notes import Noted, Notes


class Task(BlockKind[ActivitySettings]):
    name, Settings, summary = "task", ActivitySettings, "Something to do."


KINDS = {"task": Task()}
COURSE = "---\ntitle: Course\nlanguage: en\nhours: 1\ntimezone: UTC\nauthors: [One]\n---\n"
INDEX = "---\ntitle: Module\n---\n\nWhat it is about.\n"
HEAD = "---\ntitle: Lesson\nminutes: 45\n---\n\n"


def make(folder: Path, lesson: str, **files: str) -> Noted:
    """A course of one lesson, with a note such as `<b>3</b>` for a problem in line 3 of its file. Further files are named with
    two underscores for the slash and none for the ending."""
    texts = {"course": COURSE, "01-module__index": INDEX, "01-module__01-lesson": HEAD + lesson, **files}
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    loaded = load(folder, KINDS, lenient=True)
    return Notes(folder, lambda id, problem, line: f"<b>{problem.line}</b>").put(loaded, KINDS)


def page(noted: Noted, language: str = "") -> str:
    """The lesson as one line: its words, activities as {id}, the lines of notes in brackets (several about one line as one)."""
    course = noted.loaded.translations[language] if language else noted.loaded.course
    assert course is not None
    html = "".join(part.html or f"{{{part.block}}}" for part in course.lesson("lesson").body)
    words = " ".join(re.sub(r"<(?!/?b>)[^>]*>", " ", html).replace("<b>", " [").replace("</b>", "] ").split())
    return re.sub(r"(\[\d+\])( \1)+", r"\1", words)


def test_a_course_without_problems_stays_as_it_is(tmp_path):
    noted = make(tmp_path, "Text.\n")
    assert (noted.loaded.problems, noted.places, page(noted)) == ([], {}, "Text.")


def test_a_note_stands_before_the_paragraph_its_line_is_in(tmp_path):
    noted = make(tmp_path, "First.\n\nSecond ![](media/none.png) here.\n\nThird.\n")
    assert page(noted) == "First. [8] Second here. Third."
    assert [noted.places[number] for number in range(len(noted.loaded.problems))] == [
        f"module/lesson/#problem-{number + 1}" for number in range(len(noted.loaded.problems))
    ]


def test_of_paragraphs_alike_the_place_decides(tmp_path):
    noted = make(tmp_path, "See [it](gone.md).\n\nSee it too.\n\nAnd this.\n\nSee [it](away.md).\n")
    assert page(noted) == "[6] See it . See it too. And this. [12] See it ."


def test_a_line_in_a_list_is_told_before_the_list(tmp_path):
    noted = make(tmp_path, "Before.\n\n- one\n- two ![](media/none.png)\n- three\n\nAfter.\n")
    assert page(noted) == "Before. [9] one two three After."


def test_a_note_about_an_activity_stands_before_it(tmp_path):
    noted = make(tmp_path, "Before.\n\n:::{task} Do\n:id: do\n:requires: [gone]\n:::\n\nAfter.\n")
    assert page(noted) == "Before. [10] {do} After."


def test_a_block_that_cannot_be_made_is_found_by_its_words(tmp_path):
    noted = make(tmp_path, "Before.\n\nBetween.\n\n:::{task} Answer\n:id: do\n:minutes: much\n:::\n")
    assert page(noted) == "Before. Between. [12] Answer"


def test_text_between_two_activities_is_not_looked_for_beyond_them(tmp_path):
    tasks = [f":::{{task}} Do\n:id: do-{number}\n:::\n\n" for number in (1, 2)]
    noted = make(tmp_path, f"See [it](gone.md).\n\n{tasks[0]}See [it](gone.md).\n\n{tasks[1]}See [it](gone.md).\n")
    assert page(noted) == "[6] See it . {do-1} [12] See it . {do-2} [18] See it ."


def test_front_matter_is_told_at_the_top(tmp_path):
    noted = make(tmp_path, "", **{"01-module__01-lesson": "---\ntitle: Lesson\nminutes: 45\nfoo: 1\n---\n\nText.\n"})
    assert page(noted) == "[4] Text."


def test_each_edition_has_the_notes_of_its_own_file(tmp_path):
    russian = "---\ntitle: Урок\n---\n\nСм. [это](нет.md).\n"
    noted = make(tmp_path, "See [it](gone.md).\n", **{"01-module__01-lesson.ru": russian})
    assert [page(noted), page(noted, "ru")] == ["[6] See it .", "[5] См. это ."]


def test_a_modules_file_is_told_in_its_description(tmp_path):
    noted = make(tmp_path, "Text.\n", **{"01-module__index": "---\ntitle: Module\nfoo: 1\n---\n\nAbout.\n"})
    assert noted.loaded.course is not None
    assert noted.loaded.course.modules[0].description_html == "<b>3</b><p>About.</p>"
    assert noted.places == {0: "?module=module#problem-01-module-1"}


def test_problems_of_no_page_have_no_place(tmp_path):
    noted = make(tmp_path, "Text.\n", course=COURSE.replace("hours: 1\n", "hours: 1\nfoo: 1\n"))
    assert (len(noted.loaded.problems), noted.places, page(noted)) == (1, {}, "Text.")
