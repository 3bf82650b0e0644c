"""Published courses in memory. A revision never changes, so that what was read once is right for ever: hot pages ask nothing."""

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import bindparam, text

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
_EDITIONS = text(
    "SELECT e.revision_id, e.document FROM edition e JOIN revision r ON r.id = e.revision_id"
    " WHERE e.revision_id IN :revisions AND (e.language = :language OR e.language = r.language)"
    " ORDER BY e.language = :language"
).bindparams(bindparam("revisions", expanding=True))
_ORIGINALS = text(
    "SELECT e.revision_id, e.document FROM edition e JOIN revision r ON r.id = e.revision_id AND r.language = e.language"
    " WHERE e.revision_id IN :revisions"
).bindparams(bindparam("revisions", expanding=True))
_LESSONS = text(
    "SELECT lesson, body FROM lesson_text WHERE revision_id = :revision AND language = :language AND lesson IN :lessons"
).bindparams(bindparam("lessons", expanding=True))
_LESSON = text(
    "SELECT body FROM lesson_text WHERE revision_id = :revision AND language = :language AND lesson = :lesson"
)


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson: HTML with links that begin at `/@course/`, or the id of an activity."""

    html: str
    block: str


@dataclass(frozen=True)
class Card:
    """What a list of courses shows of one; `hours` are academic ones, `lessons` how many there are."""

    title: str
    summary: str
    hours: float
    lessons: int


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
        self._cards = _Latest[tuple[int, str], Card](20_000)  # a list asks for all, so all have to stay
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

    def learn(self, revision: int, editions: Iterable[Course]) -> None:
        """Know a revision that was just stored, without reading it."""
        for course in editions:
            self._editions.put((revision, course.language), outline(course))

    def originals(self, revisions: Iterable[int]) -> Mapping[int, Outline]:
        """These courses in the language each is written in. One statement for all; what is found is not kept, as it is seldom
        asked for."""
        rows = db.session.execute(_ORIGINALS, {"revisions": sorted(set(revisions))})
        return {row.revision_id: outline(Course.model_validate_json(row.document)) for row in rows}

    def cards(self, revisions: Iterable[int], language: str) -> Mapping[int, Card]:
        """What a list shows of these courses, by revision. One statement for all that are not known yet."""
        found = {revision: self._cards.get((revision, language)) for revision in revisions}
        missing = [revision for revision, card in found.items() if card is None]
        if missing:
            rows = db.session.execute(_EDITIONS, {"revisions": missing, "language": language})
            documents = {row.revision_id: row.document for row in rows}  # in the language asked for, where there is one
            for revision, document in documents.items():
                course = json.loads(document)
                lessons = sum(len(module["lessons"]) for module in course["modules"])
                card = Card(course["title"], course["summary"], float(course["hours"]), lessons)
                found[revision] = self._cards.put((revision, language), card)
        return {revision: card for revision, card in found.items() if card is not None}

    def lesson(self, revision: int, language: str, lesson: str) -> tuple[Part, ...]:
        """The pieces of a lesson; `language` is that of an edition (`outline.course.language`). Raises KeyError."""
        found = self._lessons.get((revision, language, lesson))
        if found is not None:
            return found
        row = db.session.execute(_LESSON, {"revision": revision, "language": language, "lesson": lesson}).first()
        if row is None:
            raise KeyError(lesson)
        return self._lessons.put((revision, language, lesson), _parts(row.body))

    def lessons(self, revision: int, language: str, wanted: Iterable[str]) -> Mapping[str, tuple[Part, ...]]:
        """The pieces of several lessons. One statement for all that are not known yet; what it finds is not kept, so that a book
        does not push out the pages people read."""
        known = {lesson: self._lessons.get((revision, language, lesson)) for lesson in wanted}
        missing = [lesson for lesson, parts in known.items() if parts is None]
        found = {lesson: parts for lesson, parts in known.items() if parts is not None}
        if missing:
            rows = db.session.execute(_LESSONS, {"revision": revision, "language": language, "lessons": missing})
            found.update((row.lesson, _parts(row.body)) for row in rows)
        return found


def _parts(body: str) -> tuple[Part, ...]:
    return tuple(Part(piece.get("html", ""), piece.get("block", "")) for piece in json.loads(body))
