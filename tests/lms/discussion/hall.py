"""A run whose people talk, and what its pages say."""

import re
from html import unescape

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.db import db
from lms.notices import service as notices
from lms.plugin import MEMBER, Activity, ActivityPages, ActivitySettings, Visit, mark
from lms.testing.stage import Browser, Stage

pages = ActivityPages()


class Forum(Activity[ActivitySettings]):
    """Shows its discussion and how many posts the person wrote."""

    name, title, Settings = "forum", mark("Forum"), ActivitySettings
    summary = "Talks."

    def show(self, visit: Visit) -> Markup:
        return Markup("forum")

    def pages(self) -> ActivityPages:
        return pages


@pages.get("", MEMBER)
def look(visit: Visit) -> ResponseReturnValue:
    return Markup("<p>count: {}</p>{}").format(visit.discussion.count(visit.person.id), visit.discussion.show())


@pages.get("closed", MEMBER)
def closed(visit: Visit) -> ResponseReturnValue:
    return visit.discussion.show(open_for_posts=False)


LESSON = ":::{forum} Форум\n:id: forum\n:::\n\n:::{forum} Закрытый\n:id: late\n:requires: forum\n:::\n"


class Hall:
    """A run with a tutor and two learners, each at a browser."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.course = stage.course(lesson=LESSON)
        self.run = stage.run(self.course)
        self.anna = stage.person("Иванова")
        self.olga = stage.person("Петрова", given_name="Ольга")
        self.tutor = stage.person("Ведущая")
        stage.enrol(self.run, self.anna, self.olga)
        stage.enrol(self.run, self.tutor, role="tutor")
        self.base = stage.base(self.run)
        self.list = self.base + "discussion"

    def browser(self, person: int) -> Browser:
        return self.stage.browser(person)

    def begin(self, title: str = "Вопрос", text: str = "Как быть?", by: int = 0, block: str = "") -> str:
        """Open a thread; its address."""
        browser = self.browser(by or self.anna)
        browser.post(self.list, {"title": title, "text": text, "block": block}, 303, follow=False)
        assert browser.response is not None
        return browser.response.headers["Location"]

    def reply(self, thread: str, text: str, by: int = 0, status: int = 200) -> str:
        return self.browser(by or self.olga).post(thread, {"text": text}, status)


def posts(page: str) -> list[str]:
    """The posts on a page as text, without what can be done with them."""
    found = []
    for article in re.findall(r'<article class="post[^"]*" id="post-\d+">(.*?)</article>', page, re.DOTALL):
        words = re.sub(r"<footer.*?</footer>|<header.*?</header>", "", article, flags=re.DOTALL)
        found.append(" ".join(unescape(re.sub(r"<[^>]*>", " ", words)).split()))
    return found


def titles(page: str) -> list[str]:
    return [unescape(title) for title in re.findall(r'class="item-title" href="[^"]*">(.*?)</a>', page)]


def post_number(page: str, place: int = 0) -> str:
    return re.findall(r'id="post-(\d+)"', page)[place]


def told(hall: Hall, person: int) -> list[str]:
    db.session.rollback()
    return [line.text for line in notices.page_of(person, 1)[0]]
