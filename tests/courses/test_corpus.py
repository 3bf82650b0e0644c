"""Strangers' lessons through the whole loader: nothing an author wrote may be lost, nothing dangerous may stay.

The texts are not part of the repository: `LMS_TEST_CORPUS` names their folder.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from courses.html import plain_text
from courses.load import Loaded, load

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


class Corpus:
    """The wrapped course: a module for every folder that holds Markdown, a lesson for every file."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.sources: dict[str, str] = {}  # path of the lesson -> the author's text without front matter
        self.folder = folder
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
            self.sources[path] = text
            matter = f"---\ntitle: Lesson {place}\nminutes: 45\n---\n"
            (folder / path).write_text(matter + text, encoding="utf-8")
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


def test_problems(corpus: Corpus) -> None:
    print(Counter(p.code for p in corpus.loaded.problems))
