"""Publishing: a checked course becomes an immutable revision, all of it in one transaction or nothing.

Files beside the text and the folder as it was written go first, under the hash of their content, so that a revision never names a
file that is not there.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from courses.problems import Problem
from courses.tree import Course
from lms.db import db, lock
from lms.events import CoursePublished
from lms.i18n import mark
from lms.plugin import BadInput, Message
from lms.publishing import sources
from lms.publishing.models import CourseRecord, Edition, LessonText, Revision, RunRecord, Source
from lms.site import Site

if TYPE_CHECKING:
    from courses.load import Loaded


@dataclass(frozen=True)
class Published:
    """What publishing did. `revision` is None when there were errors; `changed` is False when the content was already current."""

    course: str
    revision: int | None
    number: int
    changed: bool
    problems: tuple[Problem, ...]


def check(site: Site, folder: Path) -> "Loaded":
    """Read and check a folder with the kinds this site knows."""
    from courses.load import load  # noqa: PLC0415 - reading courses takes much that serving them does not

    return load(folder, site.registry.kinds)


def publish(site: Site, folder: Path, by: int | None = None) -> Published:
    """Check a folder and, if nothing is wrong with it, make it the course's current revision. A broken course changes nothing."""
    loaded = check(site, folder)
    if loaded.course is None:
        return Published(folder.name, None, 0, False, tuple(loaded.problems))
    return store(site, loaded, sources.keep(site, folder), by)


def store(site: Site, loaded: "Loaded", kept: Sequence[sources.Kept] = (), by: int | None = None) -> Published:
    """Make a course that was read its current revision; `kept` is the folder it was read from."""
    problems = tuple(loaded.problems)
    course = loaded.course
    assert course is not None
    editions = {course.language: course, **loaded.translations}
    documents = {language: _split(edition) for language, edition in editions.items()}
    keep_files(site, loaded.files)
    digest = _digest(documents, kept)
    lock(f"publish/{course.id}")
    record = db.session.execute(select(CourseRecord).where(CourseRecord.slug == course.id)).scalar_one_or_none()
    if record is None:
        record = CourseRecord(slug=course.id, created_at=site.now())
        db.session.add(record)
        db.session.flush()
    before = db.session.get(Revision, record.revision_id) if record.revision_id else None
    if before is not None and before.digest == digest:
        return Published(course.id, before.id, before.number, False, problems)
    last = db.session.execute(select(func.max(Revision.number)).where(Revision.course_id == record.id)).scalar() or 0
    revision = Revision(
        course_id=record.id,
        number=last + 1,
        digest=digest,
        language=course.language,
        created_at=site.now(),
        created_by=by,
    )
    db.session.add(revision)
    db.session.flush()
    for language, (document, lessons) in documents.items():
        edition = editions[language]
        db.session.add(
            Edition(
                revision_id=revision.id,
                language=language,
                title=edition.title,
                summary=edition.summary,
                document=document,
            )
        )
        db.session.add_all(
            LessonText(revision_id=revision.id, language=language, lesson=lesson, body=body)
            for lesson, body in lessons.items()
        )
    db.session.add_all(Source(revision_id=revision.id, path=f.path, sha256=f.sha256, size=f.size) for f in kept)
    record.revision_id = revision.id
    db.session.flush()
    site.emit(CoursePublished(record.id, before.id if before else None, revision.id))
    return Published(course.id, revision.id, revision.number, True, problems)


def _split(course: Course) -> tuple[str, dict[str, str]]:
    """A course as its document without the lessons' text, and the text of each lesson."""
    lessons = {
        lesson.id: json.dumps([{"html": part.html, "block": part.block} for part in lesson.body], ensure_ascii=False)
        for lesson in course.lessons()
    }
    bare = course.model_copy(
        update={
            "modules": tuple(
                module.model_copy(
                    update={"lessons": tuple(lesson.model_copy(update={"body": ()}) for lesson in module.lessons)}
                )
                for module in course.modules
            )
        }
    )
    return bare.model_dump_json(), lessons


def _digest(documents: dict[str, tuple[str, dict[str, str]]], kept: Sequence[sources.Kept]) -> str:
    whole = hashlib.sha256(json.dumps([(file.path, file.sha256) for file in kept]).encode())
    for language in sorted(documents):
        document, lessons = documents[language]
        whole.update(json.dumps([language, document, lessons], sort_keys=True).encode())
    return whole.hexdigest()


# ------------------------------------------------------------------ files of courses

_INLINE = {
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml", "audio/mpeg", "audio/mp4", "audio/ogg",
    "audio/wav", "video/mp4", "video/webm", "text/vtt",
}  # fmt: skip
_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "svg": "image/svg+xml", "pdf": "application/pdf", "mp3": "audio/mpeg", "mp4": "video/mp4",
    "m4v": "video/mp4", "webm": "video/webm", "m4a": "audio/mp4", "ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg",
    "wav": "audio/wav", "vtt": "text/vtt", "avif": "image/avif",
}  # fmt: skip


@dataclass(frozen=True)
class MediaFile:
    """A stored file of a course and how it is sent."""

    path: Path
    name: str
    type: str
    inline: bool


def _media_path(site: Site, name: str) -> Path:
    return site.config.data_dir.resolve() / "media" / name[:2] / name


def keep_files(site: Site, files: dict[str, Path]) -> None:
    """Copy files under their names (hash and ending), each complete or not at all; what is there already stays."""
    for name, source in files.items():
        target = _media_path(site, name)
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{name}.{secrets.token_hex(4)}")
        with part.open("wb") as file:
            file.write(source.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)


def media_file(site: Site, name: str) -> MediaFile | None:
    """The file of this name, or None."""
    stem, _, ending = name.partition(".")
    if len(stem) != 32 or not all(letter in "0123456789abcdef" for letter in stem):
        return None
    if not ending.isalnum() or len(ending) > 20:
        return None
    path = _media_path(site, name)
    return as_media(path, name) if path.is_file() else None


def as_media(path: Path, name: str) -> MediaFile:
    """A file of a course under its published name, and how it is sent."""
    kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return MediaFile(path, name, kind, kind in _INLINE)


# ------------------------------------------------------------------ runs


def open_run(
    site: Site, course: str, slug: str, starts_on: date, ends_on: date | None = None, *, title: str = "", capacity: int = 0,
    enrolment: str = "open", key_hash: str = "", by: int | None = None,
) -> RunRecord:  # fmt: skip
    """Open a run of a published course, pinned to its current revision. Raises BadInput."""
    record = db.session.execute(select(CourseRecord).where(CourseRecord.slug == course)).scalar_one_or_none()
    if record is None or record.revision_id is None:
        raise BadInput(Message(mark("There is no published course “{course}”."), {"course": course}))
    if ends_on is not None and ends_on < starts_on:
        raise BadInput(Message(mark("A run cannot end before it starts.")))
    taken = db.session.execute(
        select(RunRecord.id).where(RunRecord.course_id == record.id, RunRecord.slug == slug)
    ).scalar_one_or_none()
    if taken is not None:
        raise BadInput(Message(mark("The course already has a run “{slug}”."), {"slug": slug}))
    revision = db.session.get(Revision, record.revision_id)
    assert revision is not None
    edition = site.library.outline(record.revision_id, revision.language).course
    run = RunRecord(
        course_id=record.id, revision_id=record.revision_id, slug=slug, title=title, starts_on=starts_on, ends_on=ends_on,
        timezone=edition.timezone, capacity=capacity, enrolment=enrolment, key_hash=key_hash, created_at=site.now(), created_by=by,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    return run
