"""Courses as they were published: immutable revisions, one document a language, and the runs pinned to them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class CourseRecord(Model):
    """A course by its id in the files; `revision_id` is the current one, None before the first publication."""

    __tablename__ = "course"

    id: Mapped[int] = column(Integer, primary_key=True)
    slug: Mapped[str] = column(String(80), unique=True)
    revision_id: Mapped[int | None] = column(
        ForeignKey("revision.id", use_alter=True, name="fk_course_revision_id_revision")
    )
    created_at: Mapped[datetime] = column(Instant)


class Revision(Model):
    """What was published at one moment; never changed afterwards. `digest` is the hash of everything in it."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    course_id: Mapped[int] = column(ForeignKey("course.id"), index=True)
    number: Mapped[int] = column(Integer)
    digest: Mapped[str] = column(String(64))
    language: Mapped[str] = column(String(8))
    created_at: Mapped[datetime] = column(Instant)
    created_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")


class Edition(Model):
    """A revision in one language: the course's tree without the text of its lessons, as JSON (`courses.tree.Course`)."""

    __tablename__ = "edition"

    revision_id: Mapped[int] = column(ForeignKey("revision.id"), primary_key=True)
    language: Mapped[str] = column(String(8), primary_key=True)
    title: Mapped[str] = column(String(300))
    summary: Mapped[str] = column(Text, default="")
    document: Mapped[str] = column(Text)


class LessonText(Model):
    """The rendered pieces of one lesson in one language, as JSON (`[{"html": …}, {"block": id}]`)."""

    __tablename__ = "lesson_text"

    revision_id: Mapped[int] = column(ForeignKey("revision.id"), primary_key=True)
    language: Mapped[str] = column(String(8), primary_key=True)
    lesson: Mapped[str] = column(String(80), primary_key=True)
    body: Mapped[str] = column(Text)


class Source(Model):
    """A file of the folder a revision was published from: its path there and the hash of its bytes, which lie in `sources/`."""

    __tablename__ = "source"

    revision_id: Mapped[int] = column(ForeignKey("revision.id"), primary_key=True)
    path: Mapped[str] = column(String(1000), primary_key=True)
    sha256: Mapped[str] = column(String(64), index=True)
    size: Mapped[int] = column(BigInteger)


class RunRecord(Model):
    """A dated offering of a course. `enrolment`: open, key, request or closed (staff enrol). `capacity` 0: no limit."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    course_id: Mapped[int] = column(ForeignKey("course.id"), index=True)
    revision_id: Mapped[int] = column(ForeignKey("revision.id"))
    slug: Mapped[str] = column(String(60))
    title: Mapped[str] = column(String(200), default="")
    starts_on: Mapped[date] = column(Date)
    ends_on: Mapped[date | None] = column(Date)
    timezone: Mapped[str] = column(String(64))
    capacity: Mapped[int] = column(Integer, default=0)
    enrolment: Mapped[str] = column(String(10), default="open")
    key_hash: Mapped[str] = column(String(64), default="", personal="secret")
    created_at: Mapped[datetime] = column(Instant)
    created_by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")


class RunMove(Model):
    """That a run was moved from one revision to another: by whom, when, and which harmful codes were accepted, separated by
    spaces."""

    __tablename__ = "run_move"

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"), index=True)
    before_id: Mapped[int] = column(ForeignKey("revision.id"))
    after_id: Mapped[int] = column(ForeignKey("revision.id"))
    accepted: Mapped[str] = column(Text, default="")
    at: Mapped[datetime] = column(Instant)
    by: Mapped[int | None] = column(ForeignKey("person.id"), personal="link")
