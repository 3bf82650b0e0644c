"""A site with the quiz alone, and a hand that fills in its forms."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape

import pytest

from lms.db import db
from lms.plugin import Plugin
from lms.publishing.move import move, preview
from lms.publishing.service import publish
from lms.testing import Browser, Stage
from lms_quiz import plugin

QUIZ = """:::{quiz} Проверьте себя
:id: sample
:pass: 60%
%OPTIONS%

Введение.

1. Сколько будет дважды два?
   - (x) четыре
     > ОТЗЫВЧЕТЫРЕ
   - ( ) пять
     > ОТЗЫВПЯТЬ
   > ПОЯСНЕНИЕОДИН
2. Отметьте чётные. {points=3}
   - [x] два
     > ОТЗЫВДВА
   - [ ] три
     > ОТЗЫВТРИ
   - [x] восемь
   - [x] десять
   > ПОЯСНЕНИЕДВА
3. Москва — столица России.
   = верно
     > ОТЗЫВВЕРНО
   > ПОЯСНЕНИЕТРИ
4. Корень из числа?
   = 987654,5 ± 0,125
     > ОТЗЫВЧИСЛО
   > ПОЯСНЕНИЕЧЕТЫРЕ
5. Как зовут того, кто записывает?
   = ЛЕТОПИСЕЦ | КЛЮЧВТОРОЙ
     > ОТЗЫВТЕКСТ
   > ПОЯСНЕНИЕПЯТЬ
:::
"""

_OPTION = re.compile(
    r'<label class="choice"><input type="(?:radio|checkbox)" name="(\w+)" value="(\w+)"( checked)?> <span>(.*?)</span>',
    re.S,
)


class Sitting:
    """A learner at one quiz. `base` is the address of the activity."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base
        self.page = ""
        self.number = 0

    def start(self) -> "Sitting":
        """Start, and read the questions."""
        self.page = self.browser.post(f"{self.base}start")
        found = re.search(r"attempts/(\d+)/finish", self.page)
        self.number = int(found[1]) if found else 0
        return self

    @property
    def options(self) -> dict[tuple[str, str], str]:
        """Values of the options by (field, label)."""
        return {(name, unescape(label)): value for name, value, _, label in _OPTION.findall(self.page)}

    @property
    def checked(self) -> list[str]:
        """Labels of what is chosen."""
        return [unescape(label) for _, _, checked, label in _OPTION.findall(self.page) if checked]

    def form(self, answers: Mapping[str, str | Sequence[str]]) -> dict[str, object]:
        """What the page would send: answers by field, options by their labels."""
        data: dict[str, object] = {
            name: re.search(rf'name="{name}" value="(\w+)"', self.page)[1]  # type: ignore[index]
            for name in ("page", "version")
        }
        for field, answer in answers.items():
            given = [answer] if isinstance(answer, str) else list(answer)
            data[field] = [self.options.get((field, one), one) for one in given]
        return data

    def save(self, answers: Mapping[str, str | Sequence[str]], status: int = 204) -> None:
        """As the page does while answers are given."""
        path = f"{self.base}attempts/{self.number}/save"
        self.browser.post(path, self.form(answers), status=status, headers={"X-Requested-With": "fetch"})

    def finish(self, answers: Mapping[str, str | Sequence[str]], confirmed: bool = True, status: int = 200) -> str:
        """Hand in."""
        data = self.form(answers) | ({"confirmed": "1"} if confirmed else {})
        return self.browser.post(f"{self.base}attempts/{self.number}/finish", data, status=status)


RIGHT = {"q1": "четыре", "q2": ["два", "восемь", "десять"], "q3": "True", "q4": "987 654.6", "q5": "летописец"}
PARTLY = {"q1": "пять", "q2": ["два", "восемь"], "q3": "False", "q4": "1", "q5": "никто"}


class Place:
    """One run with one quiz."""

    def __init__(self, stage: Stage, options: str, text: str = QUIZ, files: Mapping[str, str] | None = None) -> None:
        self.stage = stage
        self.text = text
        lesson = f"---\ntitle: Урок\nminutes: 45\n---\n\n{self.lesson(options)}\n"
        whole = {"01-module/index.md": "---\ntitle: Модуль\n---\n", "01-module/01-lesson.md": lesson, **(files or {})}
        self.course = stage.course(whole)
        self.run = stage.run(self.course)
        self.lesson_url = f"{stage.base(self.run)}module/lesson/"
        self.base = f"{stage.base(self.run)}activities/sample/"

    def lesson(self, options: str) -> str:
        """The lesson's Markdown."""
        return self.text.replace("%OPTIONS%\n", f"{options}\n" if options else "")

    def republish(self, lesson: str, files: Mapping[str, str] | None = None) -> None:
        """Publish this lesson (and these other files) instead, and move the run to it."""
        folder = self.stage.folder / "courses" / f"course-{self.stage._courses}"
        path = folder / "01-module" / "01-lesson.md"
        head = path.read_text("utf-8").partition("\n:::")[0]
        path.write_text(f"{head}\n{lesson}", "utf-8")
        for name, text in (files or {}).items():
            (folder / name).write_text(text, "utf-8")
        db.session.rollback()
        assert publish(self.stage.site, folder).changed
        db.session.commit()
        refused = preview(self.stage.site, self.run, None).refused
        assert move(self.stage.site, self.run, None, refused).done
        db.session.commit()

    def learner(self, surname: str = "Ученикова", **values: object) -> int:
        """An enrolled learner."""
        person = self.stage.person(surname, **values)
        self.stage.enrol(self.run, person)
        return person

    def sit(self, person: int) -> Sitting:
        """Somebody at the quiz."""
        return Sitting(self.stage.browser(person), self.base)

    def tutor(self) -> Browser:
        """The browser of a tutor."""
        person = self.stage.person("Ведущий")
        self.stage.enrol(self.run, person, role="tutor")
        return self.stage.browser(person)


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (plugin,)


@pytest.fixture
def hand() -> type[Sitting]:
    """What fills in a quiz's forms: `hand(browser, address of the activity)`."""
    return Sitting


@pytest.fixture
def right() -> dict[str, str | list[str]]:
    """Answers that are all right."""
    return dict(RIGHT)


@pytest.fixture
def partly() -> dict[str, str | list[str]]:
    """Two thirds of three points, of seven."""
    return dict(PARTLY)


@pytest.fixture
def place(stage: Stage) -> Place:
    """A quiz with any number of attempts."""
    return Place(stage, "")


@pytest.fixture
def place_with(stage: Stage) -> Callable[..., Place]:
    """A quiz with these option lines."""

    def make(*options: str, text: str = QUIZ, files: Mapping[str, str] | None = None) -> Place:
        return Place(stage, "\n".join(options), text, files)

    return make


@pytest.fixture
def quiz_text() -> str:
    """The Markdown of the sample quiz."""
    return QUIZ
