"""Courses as authors bring them, and two authors at two browsers."""

import html
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms.testing import Browser, Stage

COURSE = """---
title: Сетевое сообщество
language: ru
hours: 2
timezone: Europe/Moscow
authors: [Автор]
---

О курсе.
"""
FILES: dict[str, str | bytes] = {
    "course.md": COURSE,
    "01-start/index.md": "---\ntitle: Начало\n---\n\nОписание модуля.\n",
    "01-start/01-why.md": "---\ntitle: Зачем\nminutes: 45\n---\n\nПервый абзац.\n\nВторой абзац.\n\n![схема](media/map.png)\n",
    "01-start/02-how.md": "---\ntitle: Как\nminutes: 45\n---\n\nТекст.\n\nСмотрите [начало](01-why.md).\n",
    "01-start/media/map.png": b"\x89PNG\r\n\x1a\n\0" + b"map" * 20,
}
WHY = "01-start/01-why.md"


def packed(files: Mapping[str, str | bytes], top: str = "network/") -> bytes:
    """The folder as an author packs it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, data in files.items():
            packing.writestr(top + name, data)
    return made.getvalue()


class Author:
    """Somebody at a browser, on the pages of one course."""

    def __init__(self, stage: Stage, surname: str, **values: Any) -> None:
        self.stage = stage
        self.id = stage.person(surname, **{"is_author": True, **values})
        self.browser: Browser = stage.browser(self.id)

    def get(self, path: str = "", status: int = 200) -> str:
        """A page below the course's."""
        return self.browser.get(f"/manage/courses/network{path}", status)

    def post(self, path: str, status: int = 200, **data: Any) -> str:
        return self.browser.post(f"/manage/courses/network{path}", data, status)

    def fetch(self, address: str) -> TestResponse:
        """What is sent as a file, read to its end."""
        with self.stage.outside():
            answer = self.browser.client.get(address)
        answer.get_data()
        answer.close()
        return answer

    def upload(self, files: Mapping[str, str | bytes] | bytes, path: str = "", status: int = 200, **data: Any) -> str:
        """Send a folder; `path` "" for the page of any course."""
        archive = files if isinstance(files, bytes) else packed(files)
        where = f"/manage/courses/network{path}" if path else "/manage/upload"
        return self.browser.post(where, {"archive": (io.BytesIO(archive), "network.zip"), **data}, status)

    def hidden(self, name: str) -> str:
        """A hidden field of the latest page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.browser.text)
        assert found is not None, f"no {name} on the page"
        return found[1]

    def textarea(self) -> str:
        """The text in the form of the latest page, as a browser reads it."""
        found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", self.browser.text, re.S)
        assert found is not None
        return html.unescape(found[1])

    def open(self, path: str = WHY) -> str:
        """Open a text; returns it."""
        self.get(f"/draft/edit?path={path}")
        return self.textarea()

    def keep(self, text: str, path: str = WHY, status: int = 200, act: str = "save", **data: Any) -> str:
        """Send the form of the latest page."""
        seen = data.pop("seen", None) or self.hidden("seen")
        # a browser sends line ends like this
        sent = {"text": text.replace("\n", "\r\n"), "seen": seen, "act": act, **data}
        return self.post(f"/draft/edit?path={path}", status, **sent)

    def publish(self, status: int = 200, **data: Any) -> str:
        """Go through the page of publishing."""
        self.get("/draft/publish")
        return self.post("/draft/publish", status, mark=self.hidden("mark"), **data)


def plain(page: str) -> str:
    """What a page says, without tags."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2])))


@pytest.fixture
def anna(stage: Stage) -> Author:
    return Author(stage, "Иванова")


@pytest.fixture
def boris(stage: Stage) -> Author:
    return Author(stage, "Петров", given_name="Борис")


@pytest.fixture
def published(stage: Stage, anna: Author) -> Author:
    """A course that is published, and who published it."""
    anna.upload(FILES)
    anna.publish()
    return anna
