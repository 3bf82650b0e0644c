"""A load that remembers gives what a load from nothing gives, whatever was changed in between."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.load import Loaded, load
from courses.memory import Memory, of_file

from .conftest import KINDS, LESSON

HERE = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("LMS_TEST_CORPUS", HERE.parent / "shared" / "corpus"))

SMALL = {
    "course.md": "---\ntitle: Course\nlanguage: ru\nhours: 3\ncompletion: {activities: [essay]}\n---\n"
    "О курсе: [зачем](01-start/01-why.md), ![карта](01-start/media/map.png)\n",
    "course.en.md": "---\ntitle: The course\n---\nAbout: ![map](01-start/media/plan.png)\n",
    "01-start/index.md": "---\ntitle: Начало\n---\n[Дальше](../02-go/01-on.md#шаги)\n",
    "01-start/01-why.md": "---\ntitle: Зачем\nminutes: 45\n---\n# Зачем\n\n## Шаги\n\n[Дело](activity:essay), [ниже](#шаги)\n",
    "01-start/01-why.en.md": "---\ntitle: Why\n---\n# Why\n\n[On](../02-go/01-on.md#h-шаги)\n",
    "01-start/media/map.png": "map",
    "01-start/media/plan.png": "plan",
    "02-go/index.md": "---\ntitle: Дальше\n---\n",
    "02-go/01-on.md": "---\ntitle: Дальше\nminutes: 45\nrequires: [why]\naliases: [further]\n---\n# Шаги\n\n"
    "![карта](../01-start/media/map.png)\n\n:::{task} Эссе\n:id: essay\n:minutes: 45\n:due: day 5\n\nСм. [там](01-on.md#шаги)\n:::\n",
}


def own_course(folder: Path) -> None:
    """The course that comes with the program."""
    shutil.copytree(HERE / "content/network-community", folder)


def small_course(folder: Path) -> None:
    """A course of ours that holds every sort of dependence between its files."""
    for name, text in SMALL.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def corpus_course(folder: Path) -> None:
    """Some of a stranger's lessons that link to each other, where there is a corpus; else the course of our own."""
    source = CORPUS / "course-carpentries-instructor-training"
    if not source.is_dir():
        own_course(folder)
        return
    (folder / "01-all").mkdir(parents=True)
    (folder / "course.md").write_text("---\ntitle: Course\n---\n", "utf-8")
    (folder / "01-all/index.md").write_text("---\ntitle: Module\n---\n", "utf-8")
    for file in sorted(source.rglob("*.md"))[10:16]:
        (folder / "01-all" / file.name).write_text(file.read_text("utf-8"), "utf-8")


class Editor:
    """Somebody at work on a course: every edit is of the kind authors make, and changes the size of what it touches."""

    def __init__(self, folder: Path, draw: random.Random) -> None:
        self.folder = folder
        self.draw = draw
        self.grown = 0

    def edit(self) -> str:
        """Do something to the course and say what it was."""
        name = self.draw.choice([name for name in dir(self) if name.startswith("do_")])
        getattr(self, name)()
        return name

    def texts(self) -> list[Path]:
        return sorted(self.folder.rglob("*.md"))

    def names(self) -> list[str]:
        return [file.relative_to(self.folder).as_posix() for file in sorted(self.folder.rglob("*")) if file.is_file()]

    def some(self) -> Path:
        return self.draw.choice(self.texts() or [self.folder / "course.md"])

    def put(self, file: Path, text: str) -> None:
        self.grown += 1
        file.write_text(text + "\n" + " " * self.grown, "utf-8", "surrogateescape")

    def change(self, file: Path, how: Callable[[str], str]) -> None:
        if file.is_file():
            self.put(file, how(file.read_text("utf-8", "surrogateescape")))

    def do_link(self) -> None:
        file = self.some()
        to = Path(
            os.path.relpath(self.folder / self.draw.choice([*self.names(), "no/such.md", "x.png"]), file.parent)
        ).as_posix()
        anchor = self.draw.choice(["", "", "#шаги", "#essay", "#h-nowhere"])
        written = self.draw.choice(
            [f"[л]({to}{anchor})", f"![к]({to})", "[д](activity:essay)", "[б](activity:further)"]
        )
        self.change(file, lambda text: f"{text}\n\n{written}\n")

    def do_cut_headings(self) -> None:
        self.change(self.some(), lambda text: text.replace("\n#", "\n"))

    def do_cut_line(self) -> None:
        def cut(text: str) -> str:
            lines = text.split("\n")
            del lines[self.draw.randrange(len(lines))]
            return "\n".join(lines)

        self.change(self.some(), cut)

    def do_rename(self) -> None:
        file = self.some()
        if file.is_file():
            name = f"{self.draw.randrange(1, 99):02}-{self.draw.choice(['why', 'on', 'new', 'further'])}"
            file.rename(file.with_name(name + self.draw.choice([".md", ".en.md"])))

    def do_remove(self) -> None:
        self.some().unlink(missing_ok=True)

    def do_restore_course(self) -> None:
        self.put(self.folder / "course.md", SMALL["course.md"])

    def do_add(self) -> None:
        home = self.draw.choice([path for path in [*self.folder.iterdir()] if path.is_dir()] or [self.folder])
        self.put(home / f"{self.draw.randrange(99):02}-new.md", LESSON + "# Шаги\n\n[л](01-why.md#шаги)\n")

    def do_move_module(self) -> None:
        modules = sorted(path for path in self.folder.iterdir() if path.is_dir())
        if modules:
            self.draw.choice(modules).rename(
                self.folder / f"{self.draw.randrange(10, 99)}-moved{self.draw.randrange(99)}"
            )

    def do_media(self) -> None:
        media = [self.folder / name for name in self.names() if not name.endswith(".md")] or [self.folder / "x.png"]
        file = self.draw.choice(media)
        self.draw.choice([lambda: file.unlink(missing_ok=True), lambda: self.put(file, "picture")])()

    def do_new_media(self) -> None:
        self.put(self.some().parent / "x.png", "new")

    def do_language(self) -> None:
        to = self.draw.choice(["ru", "en", "de"])
        self.change(
            self.folder / "course.md",
            lambda text: text.replace("title:", f"language: {to}\ntitle:").replace("language: ru\n", "", 1),
        )

    def do_key(self) -> None:
        key = self.draw.choice(
            ["aliases: [further]", "aliases: [why, start]", "id: other", "requires: [on]", "minutes: 5", "x: 1"]
        )
        self.change(self.some(), lambda text: text.replace("title:", f"{key}\ntitle:", 1))

    def do_block(self) -> None:
        id = self.draw.choice(["essay", "шаги", f"task-{self.draw.randrange(9)}"])
        block = f":::{{{self.draw.choice(['task', 'note', 'poll', 'none'])}}} Т\n:id: {id}\n\nСлова [л](01-why.md)\n:::"
        self.change(self.some(), lambda text: f"{text}\n\n{block}\n")

    def do_table_and_note(self) -> None:
        self.change(self.some(), lambda text: f"{text}\n\n| а | б |\n|---|---|\n| [^n] | 2 |\n\n[^n]: note\n")

    def do_part(self) -> None:
        home = self.some().parent
        links = [
            "[л](01-why.md#шаги)",
            ":::{include} _part.md\n:::",
            ":::{task} Т\n:id: part\n:::",
            "{term}`шаг`",
            "# Шаги",
        ]
        self.put(home / "_part.md", f"{self.draw.choice(links)}\n")
        if self.draw.random() < 0.1:
            (home / "_part.md").unlink()

    def do_include(self) -> None:
        to = self.draw.choice(["_part.md", "../01-start/_part.md", "01-why.md"])
        self.change(self.some(), lambda text: f"{text}\n\n:::{{include}} {to}\n:::\n")

    def do_glossary(self) -> None:
        means = self.draw.choice(["одно", "**другое**", "[л](01-why.md)"])
        self.change(self.some(), lambda text: f"{text}\n\n:::{{glossary}}\nшаг\n: {means}\n:::\n")

    def do_term(self) -> None:
        written = self.draw.choice(
            ["{term}`шаг`", "{term}`шаги <шаг>`", "{term}`щаг`", "{{ day 5 }}", "{{ day five }}"]
        )
        self.change(self.some(), lambda text: f"{text}\n\n{written}\n")

    def do_old_times(self) -> None:
        file = self.some()
        self.change(file, lambda text: text.replace("е", "и"))
        if file.is_file():
            os.utime(file, (1, 1))

    def do_nothing(self) -> None:
        pass


EXAMPLES = int(os.environ.get("LMS_FUZZ", "12"))


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 10**9))
def test_any_edits_of_a_small_course(seed: int) -> None:
    edited(small_course, seed)


@pytest.mark.parametrize("make", [own_course, corpus_course])
@settings(deadline=None, max_examples=max(EXAMPLES // 12, 1))
@given(seed=st.integers(0, 10**9))
def test_any_edits_of_real_courses(make: Callable[[Path], None], seed: int) -> None:
    edited(make, seed)


def edited(make: Callable[[Path], None], seed: int) -> None:
    """Edit a course again and again; both memories must give what a load from nothing gives each time."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "course"
        make(folder)
        editor = Editor(folder, draw)
        trusting, careful = Memory(settled_after=0), Memory()
        done: list[str] = []
        for _ in range(5):
            kinds = KINDS if draw.random() < 0.9 else {"note": KINDS["note"]}
            cold = load(folder, kinds, lenient=True)
            assert load(folder, kinds, lenient=True, memory=trusting) == cold, done
            assert load(folder, kinds, lenient=True, memory=careful) == cold, done
            assert load(folder, kinds, memory=careful) == load(folder, kinds), done
            done += [editor.edit() for _ in range(draw.randrange(1, 4))]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """The small course on disk."""
    folder = tmp_path / "demo"
    small_course(folder)
    yield folder


def made_again(before: Loaded, after: Loaded) -> list[str]:
    """The lessons whose pages hold other objects than before."""
    assert before.course is not None
    assert after.course is not None
    known = {id(piece) for lesson in before.course.lessons() for piece in lesson.body}
    return [lesson.id for lesson in after.course.lessons() if not {id(piece) for piece in lesson.body} <= known]


def test_only_what_depends_on_a_change_is_made_again(small: Path) -> None:
    memory = Memory()

    def loaded() -> Loaded:
        return load(small, KINDS, lenient=True, memory=memory)

    first = loaded()
    assert made_again(first, second := loaded()) == []
    on = small / "02-go/01-on.md"
    on.write_text(on.read_text("utf-8") + "\nЕщё\n", "utf-8")
    assert made_again(second, third := loaded()) == ["on"]
    on.write_text(on.read_text("utf-8").replace(":id: essay", ":id: paper"), "utf-8")
    assert made_again(third, fourth := loaded()) == ["why", "on"]  # a link to the activity leads nowhere now
    (small / "01-start/media/map.png").write_text("another map", "utf-8")
    assert made_again(fourth, loaded()) == ["on"]


def test_a_settled_file_is_not_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    reads: list[str] = []

    def read() -> str:
        reads.append(file.read_text("utf-8"))
        return reads[-1]

    memory = Memory(settled_after=0)
    for text in ("one", None, "three", None):
        if text:
            file.write_text(text, "utf-8")
        memory.begin()
        of_file(memory, "a.md", file, read)
        memory.end()
    assert reads == ["one", "three"]


def test_a_file_just_written_is_read_again_but_stays_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("one", "utf-8")
    memory = Memory()
    found: list[list[str]] = []
    for _ in range(2):
        memory.begin()
        found.append(of_file(memory, "a.md", file, lambda: [file.read_text("utf-8")]))
        memory.end()
    assert found[0] is found[1]


def test_another_folder_starts_anew(small: Path, tmp_path: Path) -> None:
    memory = Memory()
    load(small, KINDS, memory=memory)
    other = tmp_path / "other"
    own_course(other)
    assert load(other, KINDS, lenient=True, memory=memory) == load(other, KINDS, lenient=True)
    assert load(small, KINDS, memory=memory) == load(small, KINDS)
