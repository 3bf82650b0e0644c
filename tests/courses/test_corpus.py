"""Strangers' lessons through the whole loader: nothing an author wrote may be lost, nothing dangerous may stay.

The texts are not part of the repository: `LMS_TEST_CORPUS` names their folder.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.html import plain_text
from courses.load import Loaded, load
from courses.problems import Problem
from courses.scan import masked
from courses.tree import Course

from .conftest import KINDS
from .test_html import harmless

ROOT = Path(os.environ.get("LMS_TEST_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
COURSES = (
    "course-carpentries-instructor-training",
    "course-cc-certificate-educators",
    "course-ru-iot",
    "course-ru-digital-literacy",
    "book-ru-rust",
)
FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)[ ]*\n", re.DOTALL)


@pytest.fixture(scope="module", params=COURSES)
def corpus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """One stranger's course, wrapped as one of ours and loaded."""
    source = ROOT / request.param
    if not source.is_dir():
        pytest.skip(f"no corpus: {source} is not there (LMS_TEST_CORPUS names its folder)")
    return Corpus(source, tmp_path_factory.mktemp("corpus") / request.param)


def wrapped(source: Path, folder: Path) -> dict[str, str]:
    """Make a stranger's material a course of ours: a module for every folder that holds Markdown, a lesson for every file.

    Gives by the path of each lesson the author's text without its front matter.
    """
    sources: dict[str, str] = {}
    folder.mkdir(parents=True)
    language = "ru" if "-ru-" in source.name else "en"
    (folder / "course.md").write_text(f"---\ntitle: {source.name}\nlanguage: {language}\n---\n", encoding="utf-8")
    homes: dict[Path, str] = {}
    for place, file in enumerate(sorted(source.rglob("*.md"))):
        module = homes.setdefault(file.parent, f"m{len(homes)}")
        if not (folder / module).exists():
            (folder / module).mkdir()
            (folder / module / "index.md").write_text(f"---\ntitle: {file.parent.name}\n---\n", encoding="utf-8")
        text = FRONT_MATTER.sub("", file.read_text(encoding="utf-8-sig").replace("\r\n", "\n"), count=1)
        path = f"{module}/l{place}.md"
        sources[path] = text
        matter = f"---\ntitle: Lesson {place}\nminutes: 45\n---\n"
        (folder / path).write_text(matter + text, encoding="utf-8")
    return sources


class Corpus:
    """The wrapped course, loaded."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.sources = wrapped(source, folder)
        self.folder = folder
        self.loaded: Loaded = load(folder, {}, lenient=True)
        assert self.loaded.course is not None
        self.pages = {lesson.path: lesson.html for lesson in self.loaded.course.lessons()}


# -- what counts as a word of the source -------------------------------------------------------------------------------

WORD = re.compile(r"[^\W_]+")


def words_of_source(text: str) -> Counter[str]:
    """The words an author expects people to read: text outside of markup.

    Left out are HTML comments and tags with their attributes, what scripts and styles hold, link targets and the
    definitions of reference links, the names of footnotes and abbreviations, attribute lists, directive fences with
    their options, and the language after a code fence. Kept are code, link texts, alternative texts, titles of
    pictures, headings, tables, formulas only as far as they are letters.
    """
    bare = _outside_code(text)
    return Counter(WORD.findall(unescape(bare)))


def _outside_code(text: str) -> str:
    code: list[str] = []

    def keep(match: re.Match[str]) -> str:
        code.append(match[0])
        return f" \x01{len(code) - 1}\x02 "

    text = re.sub(
        r"^([> \t]*)(`{3,}|~{3,})[^\n`]*\n(.*?)\n[> \t]*\2[ \t]*$", lambda m: keep(_code(m)), text, flags=re.M | re.S
    )
    text = re.sub(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", keep, text, flags=re.S)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.S)
    text = re.sub(r"<(script|style|iframe|noscript|object|template)\b.*?</\1>", " ", text, flags=re.S | re.I)
    text = re.sub(r"<(?:https?|mailto):[^>\s]*>", " ", text)
    text = re.sub(r"</?[A-Za-z][^<>]*>", " ", text)
    text = re.sub(
        r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S+.*$", lambda m: m[0] if m[0].lstrip().startswith("[^") else " ", text, flags=re.M
    )
    text = re.sub(r"\[\^[^\]]+\]:?", " ", text)
    text = re.sub(r"^[> \t]*(?:[-*+] +)?\d+[.)][ \t]", " ", text, flags=re.M)
    text = re.sub(r"\]\[[^\]]*\]", "] ", text)
    text = re.sub(r"\]\(\s*(?:<[^>\n]*>|[^()\n\"]*(?:\([^()\n]*\)[^()\n\"]*)*)", "] ", text)
    text = re.sub(r"\{:?\s*[.#:][^{}\n]*\}", " ", text)
    text = re.sub(r"\{[a-z]+=[^{}\n]*\}", " ", text)
    text = re.sub(r"^ {0,3}:{3,}.*$", " ", text, flags=re.M)
    return re.sub("\x01(\\d+)\x02", lambda m: code[int(m[1])], text)


def _code(match: re.Match[str]) -> re.Match[str]:
    return re.match(r"(?s).*", match[3])  # type: ignore[return-value]


def words_of_page(html: str) -> Counter[str]:
    """The words of a page, with those only a reader's voice says: alternative texts and titles."""
    spoken = " ".join(re.findall(r' (?:alt|title|alttext)="([^"]*)"', html))
    return Counter(WORD.findall(plain_text(html.replace("<wbr>", "")) + " " + unescape(spoken)))


def test_every_word_is_on_the_page(corpus: Corpus) -> None:
    lost = {}
    for path, text in corpus.sources.items():
        missing = words_of_source(text) - words_of_page(corpus.pages[path])
        if missing:
            lost[path] = dict(missing)
    assert lost == {}


def test_every_heading_is_on_the_page(corpus: Corpus) -> None:
    for lesson in (corpus.loaded.course or pytest.fail("no course")).lessons():
        source = masked(corpus.sources[lesson.path])
        written = [match[1] for match in re.finditer(r"^#{1,6}[ \t]+(.*[^\W_].*?)[ \t]*#*$", source, re.M)]
        page = [" ".join(WORD.findall(plain_text(text))) for text in HEADING.findall(lesson.html)]
        # code in a heading is masked in the source: compare what is left of it
        lost = [text for text in written if not any(_within(_bare_heading(text), heading) for heading in page)]
        assert lost == []
        assert [heading.level for heading in lesson.headings if not 2 <= heading.level <= 6] == []
        ids = re.findall(r' id="([^"]*)"', lesson.html)
        assert len(ids) == len(set(ids))


HEADING = re.compile(r"<h[2-6][^>]*>(.*?)</h[2-6]>", re.DOTALL)


def _bare_heading(text: str) -> list[str]:
    return WORD.findall(unescape(_outside_code(text)))


def _within(words: list[str], heading: str) -> bool:
    rest = iter(heading.split())
    return all(word in rest for word in words)


def test_nothing_dangerous_is_left(corpus: Corpus) -> None:
    for html in corpus.pages.values():
        harmless(html)


def test_tags_are_balanced_in_every_piece(corpus: Corpus) -> None:
    assert corpus.loaded.course is not None
    for lesson in corpus.loaded.course.lessons():
        for tag in ("div", "ul", "ol", "li", "table", "p", "blockquote", "pre"):
            assert len(re.findall(rf"<{tag}[ >]", lesson.html)) == lesson.html.count(f"</{tag}>")


def test_problems_are_sentences_with_true_lines(corpus: Corpus) -> None:
    lines = {path: (corpus.folder / path).read_text("utf-8").split("\n") for path in corpus.sources}
    for problem in corpus.loaded.problems:
        sentence = problem.message()
        assert re.fullmatch(r"[A-Z“.:/].*[.]", sentence, re.DOTALL)
        assert "Traceback" not in sentence
        line = lines[problem.path][problem.line - 1]
        assert 1 <= problem.column <= len(line) + 1
        where = line[problem.column - 1 :]
        assert where.startswith(SIGNS.get(problem.code, lambda p: "")(problem))
    assert {problem.code for problem in corpus.loaded.problems} <= {
        *SIGNS,
        "list-not-seen",
        "alt-missing",
        "anchor-missing",
    }


# what stands at the place a problem names, by its code
SIGNS: dict[str, Callable[[Problem], str]] = {
    "directive-unknown": lambda problem: ":::",
    "heading-skip": lambda problem: "#",
    "link-missing": lambda problem: str(problem.params["address"]),
    "media-missing": lambda problem: str(problem.params["address"]),
    "link-outside": lambda problem: str(problem.params["address"]),
    "link-absolute": lambda problem: str(problem.params["address"]),
    "html-removed": lambda problem: f"<{problem.params['tag']}",
    "control-character": lambda problem: "\x00",
}


# -- mutilated lessons never raise -------------------------------------------------------------------------------------

SEEDS = [
    "---\ntitle: A\nminutes: 45\nrequires: [b, {score: {c: 70%}}]\n---\n# B\n\n:::{task} T\n:id: t\n:due: day 5\n\n"
    '1. a\n   - b\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n:::\n\n![p](a.png "t"){.c} x[^1]\n\n[^1]: n\n'
]
PIECES = [
    "---", ":::", ":::{task}", ":::{note}", "::::", "```", "~~~", "`", ":id: t", "\t", "\x00", "\ufeff", "$$", "$", "<!--",
    "-->", "<div>", "</div>", "<script>", "> ", "- ", "1. ", "    ", "\n", "\n\n", "|", "[^1]", "](", "[", "]: ", "{", "}",
    "!!! note\n", "&", "*", "***", "# ", "\r", "\ud800", "\ue0000\ue001", "!!python/object:x", "title: [", "requires: {", "\\",
]  # fmt: skip


@cache
def seeds() -> list[str]:
    """A few real lessons (where there is a corpus) and one of ours that holds everything."""
    found = [ROOT / name for name in COURSES if (ROOT / name).is_dir()]
    files = [file for folder in found for file in sorted(folder.rglob("*.md"))[::7]]
    return SEEDS + [f"---\ntitle: A\n---\n{FRONT_MATTER.sub('', file.read_text('utf-8-sig'))[:6000]}" for file in files]


def mutilated(draw: st.DrawFn) -> bytes:
    """A lesson with lines cut out, doubled and swapped, strange pieces put in, and perhaps bytes that are no text."""
    lines = list(draw(st.sampled_from(seeds())).split("\n"))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, max(len(lines) - 1, 0)))
        action = draw(st.sampled_from(["cut", "double", "insert", "into", "swap"]))
        if action == "cut" and lines:
            del lines[place : place + draw(st.integers(1, 5))]
        elif action == "double":
            lines[place:place] = lines[place : place + 3]
        elif action == "insert":
            lines.insert(place, draw(st.sampled_from(PIECES)))
        elif action == "into" and lines:
            column = draw(st.integers(0, len(lines[place])))
            lines[place] = lines[place][:column] + draw(st.sampled_from(PIECES)) + lines[place][column:]
        elif lines:
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
    raw = "\n".join(lines).encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        return raw
    cut = draw(st.integers(0, len(raw)))
    return raw[:cut] + draw(st.binary(max_size=4)) + raw[cut:]


@settings(deadline=None, max_examples=int(os.environ.get("LMS_FUZZ", "40")))
@given(st.composite(mutilated)())
def test_mutilated_lessons_never_raise(lesson: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "01-a").mkdir()
        (folder / "course.md").write_text("---\ntitle: A\n---\n")
        (folder / "01-a/index.md").write_text("---\ntitle: A\n---\n")
        (folder / "01-a/01-b.md").write_bytes(lesson)
        loaded = load(folder, KINDS, lenient=True)
        assert loaded.course is not None
        assert load(folder, KINDS).problems == loaded.problems
        assert Course.model_validate_json(loaded.course.model_dump_json()) == loaded.course
        for page in loaded.course.lessons():
            harmless(page.html)
        length = lesson.count(b"\n") + lesson.count(b"\r") + 2
        for problem in loaded.problems:
            assert problem.code not in ("block-failed", "markdown-failed")
            assert 1 <= problem.line <= length
            assert "\n" not in str(problem) + problem.hint_text()
