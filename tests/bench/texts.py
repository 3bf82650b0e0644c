"""A course of any size made of real texts: sections of strangers' lessons in a seeded order, with links that lead somewhere.

The texts are no part of the repository: `LMS_TEST_CORPUS` names their folder. Without it the project's own course gives the words.
"""

import os
import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("LMS_TEST_CORPUS", HERE.parent / "shared" / "corpus"))
COURSES = (
    "course-carpentries-instructor-training", "course-cc-certificate-educators", "course-openscience-module5", "course-ru-iot",
    "course-ru-digital-literacy", "course-ru-python-hexlet", "book-ru-rust",
)  # fmt: skip
_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)[ ]*\n", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*(?::{3,}|`{3,}\{).*$", re.M)
_STRANGE = re.compile(r"<(?:img|iframe|script|a)\b[^>]*>|^[ ]{0,3}\[[^\]\n]+\]:.*$|\{\{.*?\}\}|[\x00-\x08\x7f]", re.M)
_HEADING = re.compile(r"^(?=#{1,3} )", re.M)
_OTHER_LINK = re.compile(r"\]\((?!https?:|mailto:|#)|\bsrc=")
_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\((?!https?:|mailto:|#)(?:[^()]|\([^()\n]*\))*\)")
_QUIZ = """
:::{{quiz}} Проверьте себя
:id: quiz-{number}

1. Что из этого верно?
   - ( ) первое
   - (x) второе
     > Да, **второе**.
   - ( ) третье
2. Отметьте всё, что подходит.
   - [x] одно
   - [x] другое
   - [ ] третье
:::
"""


@dataclass(frozen=True)
class Written:
    """A course on disk and the text of each lesson below its front matter, by path."""

    folder: Path
    texts: dict[str, str]


@cache
def sections() -> tuple[str, ...]:
    """Pieces of real lessons that begin with a heading; code and tables stay whole."""
    folders = [CORPUS / name for name in COURSES if (CORPUS / name).is_dir()] or [HERE / "content"]
    files = [file for folder in folders for file in sorted(folder.rglob("*.md"))]
    texts = [_MATTER.sub("", file.read_text("utf-8-sig", "replace").replace("\r\n", "\n")) for file in files]
    # directives of other systems, pictures and definitions written in HTML would only be mistakes here
    texts = [_STRANGE.sub("", _FENCE.sub("", text)) for text in texts]
    whole = [part for text in texts for part in _HEADING.split(text) if "```" not in part or part.count("```") % 2 == 0]
    return tuple(part for part in whole if 200 < len(part) < 12_000 and not _OTHER_LINK.search(_LINK.sub("", part)))


def write(folder: Path, lessons: int, *, size: int = 6000, seed: int = 1, quizzes: bool = False) -> Written:
    """A course of so many lessons of about `size` characters in modules of twenty, ten pictures, every third lesson with a quiz."""
    draw = random.Random(seed)  # the same course every time is the point
    media = folder / "01-module-1" / "media"
    media.mkdir(parents=True)
    for number in range(10):
        (media / f"picture-{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + draw.randbytes(40_000))
    names = [f"{n // 20 + 1:02d}-module-{n // 20 + 1}/{n % 20 + 1:02d}-lesson-{n}.md" for n in range(lessons)]

    def linked(match: re.Match[str]) -> str:
        if match[1]:
            return f"![{match[2] or 'рисунок'}](../01-module-1/media/picture-{draw.randrange(10)}.png)"
        return f"[{match[2]}](../{draw.choice(names)})"

    (folder / "course.md").write_text("---\ntitle: Большой курс\nlanguage: ru\n---\n\nО курсе.\n", "utf-8")
    texts: dict[str, str] = {}
    for number, name in enumerate(names):
        if number % 20 == 0:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).with_name("index.md").write_text(f"---\ntitle: Модуль {number // 20 + 1}\n---\n", "utf-8")
        text = ""
        while len(text) < size:
            text += "\n\n" + _LINK.sub(linked, draw.choice(sections()))
        texts[name] = text + (_QUIZ.format(number=number) if quizzes and number % 3 == 0 else "")
        (folder / name).write_text(f"---\ntitle: Урок {number}\nminutes: 45\n---\n{texts[name]}", "utf-8")
    return Written(folder, texts)
