"""Published courses in memory. A revision never changes, so that what was read once is right for ever: hot pages ask nothing."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import text

from courses.tree import Course
from lms.db import db
from lms.publishing.outline import Outline, outline

K = TypeVar("K")
V = TypeVar("V")

_EDITION = text(
    "SELECT e.language, e.document FROM edition e JOIN revision r ON r.id = e.revision_id"
    " WHERE e.revision_id = :revision AND (e.language = :language OR e.language = r.language)"
    " ORDER BY e.language = :language DESC LIMIT 1"
)
_LESSON = text(
    "SELECT body FROM lesson_text WHERE revision_id = :revision AND language = :language AND lesson = :lesson"
)


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson: HTML with links that begin at `/@course/`, or the id of an activity."""

    html: str
    block: str


class _Latest(Generic[K, V]):
    """The most recently used values, at most `size`."""

    def __init__(self, size: int) -> None:
        self._size, self._values, self._lock = size, OrderedDict[K, V](), Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        return None

    def put(self, key: K, value: V) -> V:
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


class Library:
    """Editions and lessons by revision and language. Unknown languages give the course's own."""

    def __init__(self) -> None:
        self._editions = _Latest[tuple[int, str], Outline](64)
        self._lessons = _Latest[tuple[int, str, str], tuple[Part, ...]](2000)

    def outline(self, revision: int, language: str) -> Outline:
        """A course with its outline. Raises KeyError for an unknown revision."""
        found = self._editions.get((revision, language))
        if found is not None:
            return found
        row = db.session.execute(_EDITION, {"revision": revision, "language": language}).first()
        if row is None:
            raise KeyError(revision)
        if row.language != language and (same := self._editions.get((revision, row.language))):
            return self._editions.put((revision, language), same)
        made = self._editions.put((revision, row.language), outline(Course.model_validate_json(row.document)))
        return self._editions.put((revision, language), made)

    def lesson(self, revision: int, language: str, lesson: str) -> tuple[Part, ...]:
        """The pieces of a lesson; `language` is that of an edition (`outline.course.language`). Raises KeyError."""
        found = self._lessons.get((revision, language, lesson))
        if found is not None:
            return found
        row = db.session.execute(_LESSON, {"revision": revision, "language": language, "lesson": lesson}).first()
        if row is None:
            raise KeyError(lesson)
        parts = tuple(Part(piece.get("html", ""), piece.get("block", "")) for piece in json.loads(row.body))
        return self._lessons.put((revision, language, lesson), parts)
