"""Texts put into other texts: at their place, with their own lines, never from outside, never without end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.includes import MOST_DEEP, MOST_FILES
from courses.load import Loaded, load
from courses.memory import Memory

from .conftest import KINDS, LESSON

Course = Callable[..., Loaded]


def page(loaded: Loaded) -> str:
    assert loaded.course is not None, loaded.problems
    return loaded.course.lesson("why").html


def put(*paths: str) -> str:
    """A text that puts in these files."""
    return "\n".join(f":::{{include}} {path}\n:::\n" for path in paths)


def problems(loaded: Loaded) -> list[str]:
    return [str(problem) for problem in loaded.problems]


def test_a_file_stands_where_it_is_put(course: Course) -> None:
    loaded = course(
        {
            "01-start/01-why.md": LESSON + "# A\n\na\n\n" + put("_part.md") + "\n## D\n\nd\n",
            "01-start/_part.md": "---\nanything: here\n---\n## B\n\nb ![p](../media/p.png)\n\n"
            + put("../media/_deep.md"),
            "media/_deep.md": "### C\n\n![p](p.png)\n",
            "media/p.png": "p",
        }
    )
    assert loaded.problems == []
    picture = next(iter(loaded.course.media))  # type: ignore[union-attr]
    assert page(loaded).replace("\n", "") == (
        '<h2 id="h-a">A</h2><p>a</p><h3 id="h-b">B</h3>'
        f'<p>b <img alt="p" src="/media/{picture}" loading="lazy"></p>'
        f'<h4 id="h-c">C</h4><p><img alt="p" src="/media/{picture}" loading="lazy"></p><h3 id="h-d">D</h3><p>d</p>'
    )
    assert [(heading.level, heading.text) for heading in loaded.course.lesson("why").headings] == [  # type: ignore[union-attr]
        (2, "A"), (3, "B"), (4, "C"), (3, "D"),
    ]  # fmt: skip


def test_activities_of_a_file_are_the_lesson_s(course: Course) -> None:
    part = "## P\n\n:::{poll} Опрос\n:id: asked\n:::\n\nend\n"
    loaded = course({"01-start/01-why.md": LESSON + "a\n\n" + put("_part.md") + "b\n", "01-start/_part.md": part})
    assert loaded.problems == []
    assert loaded.course is not None
    lesson = loaded.course.lesson("why")
    assert [piece.block or "text" for piece in lesson.body] == ["text", "asked", "text"]
    block = loaded.course.block("asked")
    assert (block.path, block.line, block.lesson) == ("01-start/_part.md", 3, "why")
    twice = course({"01-start/01-why.md": LESSON + put("_part.md", "_part.md"), "01-start/_part.md": part})
    assert problems(twice) == [
        "01-start/_part.md:3:1: The id “asked” is taken: see 01-start/_part.md, line 3. [duplicate-id]"
    ]


def test_a_misplaced_activity_is_told_at_its_own_line(course: Course) -> None:
    loaded = course(
        {
            "01-start/01-why.md": LESSON + "::::{note}\n" + put("_part.md") + "::::\n",
            "01-start/_part.md": "a\n\n:::{poll} Опрос\n:id: asked\n:::\n",
        }
    )
    assert problems(loaded) == [
        "01-start/_part.md:3:1: The block “poll” stands inside another block or a description, where no activity can be."
        " [block-nested]"
    ]


def test_findings_have_the_lines_of_their_own_file(course: Course) -> None:
    loaded = course(
        {
            "01-start/01-why.md": LESSON + put("_part.md"),
            "01-start/_part.md": "---\na: b\n---\ntext\n\n![](a.png) {{ run.start }} {term}`x`\n\n:::{nothing}\n:::\n",
        }
    )
    assert [(problem.path, problem.line, problem.column, problem.code) for problem in loaded.problems] == [
        ("01-start/_part.md", 6, 5, "alt-missing"),
        ("01-start/_part.md", 6, 5, "media-missing"),
        ("01-start/_part.md", 6, 12, "variable-unknown"),
        ("01-start/_part.md", 6, 28, "term-unknown"),
        ("01-start/_part.md", 8, 1, "directive-unknown"),
    ]


def test_the_same_file_twice_gives_no_id_twice(course: Course) -> None:
    part = "## P\n\n[here](#p)[^1]\n\n[^1]: note\n"
    html = page(
        course({"01-start/01-why.md": LESSON + "# P\n\n" + put("_part.md", "_part.md"), "01-start/_part.md": part})
    )

    ids = re.findall(r' id="([^"]*)"', html)
    assert sorted(set(ids)) == sorted(ids)
    assert ids == ["h-p", "h-p-2", "h-fnref:1", "h-fn:1", "h-p-3", "h-fnref:1-2", "h-fn:1-2"]
    assert [href for href in re.findall(r'href="#([^"]*)"', html) if href not in ids] == []


WRONG = [
    ("_nothing.md", "01-start/01-why.md:5:1: There is no file _nothing.md to put in. [include-missing]"),
    ("", "01-start/01-why.md:5:1: ? is no file of the course, so nothing can be put in. [include-missing]"),
    (
        "../../x.md",
        "01-start/01-why.md:5:1: ../../x.md is no file of the course, so nothing can be put in. [include-missing]",
    ),
    (
        "/etc/passwd",
        "01-start/01-why.md:5:1: /etc/passwd is no file of the course, so nothing can be put in. [include-missing]",
    ),
    ("link.md", "01-start/01-why.md:5:1: There is no file link.md to put in. [include-missing]"),
    (
        "01-why.md",
        "01-start/01-why.md:5:1: These put each other in without end: 01-start/01-why.md → 01-start/01-why.md. [include-circle]",
    ),
]


@pytest.mark.parametrize(("path", "problem"), WRONG)
def test_nothing_from_outside_and_nothing_without_end(write: Callable[..., Path], path: str, problem: str) -> None:
    folder = write({"01-start/01-why.md": LESSON + put(path)})
    (folder.parent / "x.md").write_text("secret of the house")
    (folder / "01-start/link.md").symlink_to(folder.parent / "x.md")
    loaded = load(folder, KINDS, lenient=True)
    assert [found for found in problems(loaded) if "include" in found] == [problem]
    assert "secret" not in page(loaded)


def test_a_circle_through_other_files(course: Course) -> None:
    loaded = course(
        {
            "01-start/01-why.md": LESSON + put("_a.md"),
            "01-start/_a.md": put("_b.md"),
            "01-start/_b.md": "x\n\n::::{note}\n" + put("_a.md") + "::::\n",
        }
    )
    assert problems(loaded) == [
        "01-start/_b.md:4:1: These put each other in without end: 01-start/_a.md → 01-start/_b.md → 01-start/_a.md."
        " [include-circle]"
    ]


def test_depth_is_bounded(course: Course) -> None:
    files = {f"01-start/_{n}.md": put(f"_{n + 1}.md") for n in range(20)} | {"01-start/_20.md": "end"}
    loaded = course({"01-start/01-why.md": LESSON + put("_0.md"), **files})
    assert [(problem.path, problem.code) for problem in loaded.problems] == [
        (f"01-start/_{MOST_DEEP - 1}.md", "include-too-much")
    ]


@pytest.mark.parametrize("holder", ["{}", "::::{{note}}\n{}::::\n"])
def test_small_files_do_not_grow_into_a_large_page(course: Course, holder: str) -> None:
    files = {f"01-start/_{n}.md": holder.format(put(*[f"_{n + 1}.md"] * 10)) for n in range(6)}
    loaded = course({"01-start/01-why.md": LESSON + put("_0.md"), **files, "01-start/_6.md": "end"}, lenient=True)
    assert {problem.code for problem in loaded.problems} == {"include-too-much"}
    assert page(loaded).count("end") <= MOST_FILES


def test_a_file_that_is_put_in_is_no_stray(course: Course) -> None:
    files = {"01-start/parts/a.md": "a", "01-start/parts/b.md": "b"}
    assert [
        (problem.path, problem.code)
        for problem in course({"01-start/01-why.md": LESSON + put("parts/a.md"), **files}).problems
    ] == [("01-start/parts/b.md", "file-ignored")]


def test_a_changed_part_is_seen_by_a_load_that_remembers(write: Callable[..., Path]) -> None:
    folder = write(
        {
            "01-start/01-why.md": LESSON + put("_a.md") + "{term}`x`\n",
            "01-start/_a.md": "before\n\n:::{glossary}\nX\n: one\n:::\n",
        }
    )
    memory = Memory(settled_after=0)
    assert "before" in page(load(folder, KINDS, memory=memory))
    kept = load(folder, KINDS, memory=memory)
    (folder / "01-start/_a.md").write_text("after\n\n:::{glossary}\nX\n: two\n:::\n")
    os.utime(folder / "01-start/_a.md", ns=(1, 1))
    changed = load(folder, KINDS, memory=memory)
    assert "before" in page(kept)
    assert "after" in page(changed)
    assert page(changed).count("two") == 2
    (folder / "01-start/_a.md").unlink()
    assert problems(load(folder, KINDS, memory=memory)) == problems(load(folder, KINDS))
    (folder / "01-start/_a.md").write_text("again\n\n:::{glossary}\nX\n: two\n:::\n")
    assert load(folder, KINDS, memory=memory) == load(folder, KINDS)
