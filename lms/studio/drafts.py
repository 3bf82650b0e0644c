"""The draft of a course: what it holds, who changed it, and how two authors get along.

It is one module because each act is the same few steps: hold the draft, see whether what the person has seen still stands, write the
files, write down what was there before. Whoever comes second is told who was first (`Overtaken`) and loses nothing: what was
replaced stays in the history of the draft until the draft is published or discarded.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from lms.db import db, lock
from lms.people.models import Person
from lms.people.rules import try_window
from lms.people.throttle import check as count_try
from lms.people.throttle import key_of
from lms.plugin import Actor, BadInput, Message, mark
from lms.publishing import impact, sources
from lms.publishing import service as publishing
from lms.publishing.models import CourseRecord, Revision, Source
from lms.publishing.sources import Kept
from lms.site import Site
from lms.studio import archive, difference
from lms.studio.models import Draft, DraftChange, DraftFile

if TYPE_CHECKING:
    from courses.load import Loaded

TEXT = 1_000_000
"""Bytes a text may have: as many as are read of one when a course is checked."""
UPLOADS = 30
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Author:
    """Who did something, and when. `name` "" for the command line and for somebody who is no more."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """How a course stands: its current revision, if it has one, and its draft, if there is one.

    `files` are the draft's or, without one, the revision's. `mark` changes with every change of either."""

    slug: str
    title: str
    revision_id: int | None
    revision: int
    published: Author | None
    draft_id: int
    version: int
    base_id: int | None
    changed_at: datetime | None
    files: Mapping[str, Kept]

    @property
    def drafted(self) -> bool:
        """Whether there is a draft."""
        return bool(self.draft_id)

    @property
    def mark(self) -> str:
        """What a form carries, so that it is known what its writer had seen."""
        return f"{self.draft_id}.{self.version}.{self.revision_id or 0}"

    @property
    def outdated(self) -> bool:
        """Whether the course has been published since the draft was begun."""
        return self.drafted and self.base_id != self.revision_id

    @property
    def hashes(self) -> dict[str, str]:
        """Hashes by path."""
        return {path: file.sha256 for path, file in self.files.items()}


class Overtaken(Exception):
    """Somebody was faster. `who` changed it, `theirs` is the hash of what stands there now ("" for nothing)."""

    def __init__(self, who: Author | None, theirs: str = "") -> None:
        super().__init__(theirs)
        self.who, self.theirs = who, theirs


# ------------------------------------------------------------------------------------------- looking


def _name(row: Any) -> str:
    return " ".join(part for part in (row.surname, row.given_name) if part)


def standing(slug: str) -> Standing | None:
    """How a course stands; None when there is neither a revision nor a draft of it. Three statements."""
    from lms.publishing.models import Edition  # noqa: PLC0415 - beside its only use

    title = (
        select(Edition.title)
        .where(Edition.revision_id == Revision.id, Edition.language == Revision.language)
        .scalar_subquery()
    )
    course = db.session.execute(
        select(
            Revision.id, Revision.number, Revision.created_at, Person.surname, Person.given_name, title.label("title")
        )
        .join(CourseRecord, CourseRecord.revision_id == Revision.id)
        .outerjoin(Person, Person.id == Revision.created_by)
        .where(CourseRecord.slug == slug)
    ).first()
    draft = db.session.execute(
        select(Draft.id, Draft.version, Draft.base_id, Draft.changed_at).where(Draft.slug == slug)
    ).first()
    if course is None and draft is None:
        return None
    files = _files(draft.id) if draft is not None else {file.path: file for file in sources.of(course.id)}  # type: ignore[union-attr]  # one of them is there
    return Standing(
        slug,
        course.title if course is not None else slug,
        course.id if course is not None else None,
        course.number if course is not None else 0,
        Author(_name(course), course.created_at) if course is not None else None,
        draft.id if draft is not None else 0,
        draft.version if draft is not None else 0,
        draft.base_id if draft is not None else None,
        draft.changed_at if draft is not None else None,
        files,
    )


def _files(draft_id: int) -> dict[str, Kept]:
    rows = db.session.execute(
        select(DraftFile.path, DraftFile.sha256, DraftFile.size)
        .where(DraftFile.draft_id == draft_id)
        .order_by(DraftFile.path)
    )
    return {row.path: Kept(*row) for row in rows}


def began_from(found: Standing) -> Mapping[str, Kept]:
    """The files the draft began from; none when it is of a new course."""
    return {file.path: file for file in sources.of(found.base_id)} if found.base_id else {}


def revision_files(slug: str, number: int) -> tuple[int, Mapping[str, Kept]] | None:
    """Id and files of a revision by its number; None when the course has none of that number. Two statements."""
    found = db.session.execute(
        select(Revision.id)
        .join(CourseRecord, CourseRecord.id == Revision.course_id)
        .where(CourseRecord.slug == slug, Revision.number == number)
    ).scalar_one_or_none()
    return (found, {file.path: file for file in sources.of(found)}) if found is not None else None


def number_of(revision_id: int) -> int:
    """The number of a revision."""
    return db.session.execute(select(Revision.number).where(Revision.id == revision_id)).scalar_one()


def numbers(slug: str) -> list[int]:
    """Numbers of the latest hundred revisions, the newest first. One statement."""
    return list(
        db.session.execute(
            select(Revision.number)
            .join(CourseRecord, CourseRecord.id == Revision.course_id)
            .where(CourseRecord.slug == slug)
            .order_by(Revision.number.desc())
            .limit(100)
        ).scalars()
    )


@dataclass(frozen=True)
class Step:
    """A version of a draft: who made it, how (upload, edit, update), of how many files, and the first of them."""

    version: int
    who: Author
    how: str
    files: int
    path: str


def history(draft_id: int, since: int = 0) -> list[Step]:
    """The latest fifty versions after `since`, the newest first. One statement."""
    rows = db.session.execute(
        select(
            DraftChange.version, DraftChange.at, DraftChange.how, Person.surname, Person.given_name,
            func.count().label("files"), func.min(DraftChange.path).label("path"),
        )
        .outerjoin(Person, Person.id == DraftChange.by)
        .where(DraftChange.draft_id == draft_id, DraftChange.version > since)
        .group_by(DraftChange.version, DraftChange.at, DraftChange.how, Person.surname, Person.given_name)
        .order_by(DraftChange.version.desc())
        .limit(50)
    )  # fmt: skip
    return [Step(row.version, Author(_name(row), row.at), row.how, row.files, row.path) for row in rows]


def changed_by_version(draft_id: int, version: int) -> list[tuple[str, str, str]]:
    """What a version did: (path, hash before, hash after). One statement."""
    rows = db.session.execute(
        select(DraftChange.path, DraftChange.before, DraftChange.after)
        .where(DraftChange.draft_id == draft_id, DraftChange.version == version)
        .order_by(DraftChange.path)
    )
    return [(row.path, row.before, row.after) for row in rows]


@dataclass(frozen=True)
class Change:
    """A file that differs between two states. `state`: added, removed or changed."""

    path: str
    before: Kept | None
    after: Kept | None

    @property
    def state(self) -> str:
        """What happened to it."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def changes(before: Mapping[str, Kept], after: Mapping[str, Kept]) -> list[Change]:
    """What differs between two states of a folder, by path."""
    return [
        Change(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if (before[path].sha256 if path in before else "") != (after[path].sha256 if path in after else "")
    ]


def content(site: Site, sha256: str) -> bytes | None:
    """The bytes of a hash, None when they are lost."""
    found = sources.store_of(site).find(sha256) if sha256 else None
    return found.read_bytes() if found is not None else None


def read(site: Site, found: Standing, instead: Mapping[str, bytes] | None = None) -> "Loaded":
    """The course as the files of this standing make it, with all problems. May take long: gives the database back meanwhile, so
    nothing may have been written yet. Raises BadInput when files are lost."""
    from lms.studio.desk import desk  # noqa: PLC0415 - reading courses takes much that serving them does not

    db.session.rollback()
    try:
        return desk.read(site, found.slug, found.hashes, instead)
    except LookupError as error:
        site.trouble("studio", f"the bytes {error} of the course {found.slug} are missing")
        raise BadInput(
            Message(mark("Files of this course are missing on the server. Upload the folder again."))
        ) from None


# ------------------------------------------------------------------------------------------- changing


def _hold(slug: str) -> Standing | None:
    """How the course stands, and nobody changes it until the transaction ends."""
    lock(f"draft/{slug}")
    lock(f"publish/{slug}")
    return standing(slug)


def _keep(site: Site, data: Iterable[bytes] | bytes) -> tuple[str, int]:
    """Bytes into the store: hash and size."""
    store, now = sources.store_of(site), site.now()
    received = store.receive(BytesIO(data) if isinstance(data, bytes) else _Joined(data), sources.ANY_SIZE)
    try:
        store.keep(received, now)
    finally:
        store.drop(received)
    return received.sha256, received.size


class _Joined(BytesIO):
    """Pieces to be read as one stream; a read gives one piece, whatever its size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(pieces)

    def read(self, size: int | None = -1, /) -> bytes:
        return next(self._pieces, b"")


def _write(
    site: Site, found: Standing, files: Mapping[str, Kept], how: str, by: Actor, base_id: int | None
) -> Standing:
    """Make these the files of the draft, one version on, and write down what was there before."""
    now, version = site.now(), found.version + 1
    draft_id = found.draft_id
    if not draft_id:
        draft = Draft(slug=found.slug, base_id=base_id, version=version, created_at=now, changed_at=now)
        db.session.add(draft)
        db.session.flush()
        draft_id = draft.id
        present: Mapping[str, Kept] = {}
    else:
        values = {"version": version, "base_id": base_id, "changed_at": now}
        db.session.execute(update(Draft).where(Draft.id == draft_id).values(**values))
        present = found.files
    moved = changes(present, files)
    gone = [change.path for change in moved if change.before is not None]
    for begin in range(0, len(gone), 500):
        db.session.execute(
            delete(DraftFile).where(DraftFile.draft_id == draft_id, DraftFile.path.in_(gone[begin : begin + 500]))
        )
    new = [each.after for each in moved if each.after is not None]
    if new:
        db.session.execute(
            insert(DraftFile),
            [{"draft_id": draft_id, "path": f.path, "sha256": f.sha256, "size": f.size} for f in new],
        )
    written = changes(found.files, files)
    if written:
        db.session.execute(
            insert(DraftChange),
            [
                {
                    "draft_id": draft_id, "version": version, "path": each.path, "how": how, "at": now, "by": by.id or None,
                    "before": each.before.sha256 if each.before else "", "after": each.after.sha256 if each.after else "",
                }
                for each in written
            ],
        )  # fmt: skip
    return replace(found, draft_id=draft_id, version=version, base_id=base_id, changed_at=now, files=files)


def save(site: Site, slug: str, path: str, data: bytes, seen: str, by: Actor) -> Standing | None:
    """Put a text into the draft, which begins with it if there is none; None when it is the same already.

    `seen` is the hash of the text its writer began from, "" for a file that was not there. Raises Overtaken when another stands
    there by now, LookupError without such a course, BadInput when it is too large or cannot have this path."""
    if len(data) > TEXT:
        raise BadInput(Message(mark("The text is too long: at most {most} bytes are read."), {"most": TEXT}))
    check_new(path)
    sha256, size = _keep(site, data)
    found = _hold(slug)
    if found is None:
        raise LookupError(slug)
    present = found.files[path].sha256 if path in found.files else ""
    if present == sha256:
        return None
    if present != seen:
        raise Overtaken(_last(found, path), present)
    if not present and (other := next((p for p in found.files if archive.alike(p) == archive.alike(path)), None)):
        raise BadInput(Message(mark("There is a file “{name}” already."), {"name": other}))
    files = {**found.files, path: Kept(path, sha256, size)}
    return _write(site, found, files, "edit", by, found.base_id if found.drafted else found.revision_id)


def check_new(path: str) -> None:
    """Whether a text may have this path. Raises BadInput."""
    try:
        archive.check_path(path)
    except archive.Refused as refused:
        raise BadInput(Message(refused.text, refused.values)) from None
    if not path.endswith(".md") or archive.hidden(path):
        raise BadInput(Message(mark("A text of a course is a file whose name ends in .md.")))


def _last(found: Standing, path: str = "") -> Author | None:
    """Who made the latest change (of one file) that the draft or, without one, the revision has."""
    if found.drafted:
        row = db.session.execute(
            select(DraftChange.at, Person.surname, Person.given_name)
            .outerjoin(Person, Person.id == DraftChange.by)
            .where(DraftChange.draft_id == found.draft_id, *([DraftChange.path == path] if path else []))
            .order_by(DraftChange.version.desc())
            .limit(1)
        ).first()
        if row is not None:
            return Author(_name(row), row.at)
    return found.published


def may_upload(site: Site, by: Actor) -> None:
    """Count an upload. Raises TooManyTries; ends the transaction in force."""
    count_try(site, key_of("course-upload", str(by.id)), _upload_rule)


def _upload_rule(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    return try_window(count, until, now, UPLOADS, HOUR)


def take(site: Site, packed: archive.Archive) -> dict[str, Kept]:
    """The files of a checked archive, in the store."""
    found = {}
    for entry in packed.files:
        sha256, size = _keep(site, packed.chunks(entry))
        found[entry.path] = Kept(entry.path, sha256, size)
    return found


def course_of(site: Site, files: Mapping[str, Kept], name: str) -> str:
    """The id of the course that files make in a folder of this name."""
    from lms.studio.desk import desk  # noqa: PLC0415 - reading courses takes much that serving them does not

    db.session.rollback()
    loaded = desk.read(site, name, {path: file.sha256 for path, file in files.items()})
    return loaded.course.id if loaded.course is not None else name


def upload(site: Site, slug: str, files: Mapping[str, Kept], seen: str | None, by: Actor) -> Standing | None:
    """Make a whole folder the draft; None when the course is just that already.

    `seen` is the mark of the draft that is to be replaced, None when the writer knows of none. Raises Overtaken when there is
    another."""
    found = _hold(slug)
    if found is None:
        found = Standing(slug, slug, None, 0, None, 0, 0, None, None, {})
    if found.drafted and found.mark != seen:
        raise Overtaken(_last(found))
    if not changes(found.files, files):
        return None
    return _write(site, found, files, "upload", by, found.revision_id)


def _of(slug: str, seen: str) -> Standing:
    """The draft, held, if it is the one that was seen. Raises Overtaken, or LookupError without a draft."""
    found = _hold(slug)
    if found is None or not found.drafted:
        raise LookupError(slug)
    if found.mark != seen:
        raise Overtaken(_last(found))
    return found


def discard(site: Site, slug: str, seen: str) -> None:
    """Forget the draft. Raises Overtaken, LookupError."""
    _forget(_of(slug, seen).draft_id)


def _forget(draft_id: int) -> None:
    for table in (DraftChange, DraftFile):
        db.session.execute(delete(table).where(table.draft_id == draft_id))
    db.session.execute(delete(Draft).where(Draft.id == draft_id))


@dataclass(frozen=True)
class Outcome:
    """What publishing a draft came to: `published`, or why not: errors in the course, or harmful codes nobody accepted."""

    published: publishing.Published | None
    loaded: "Loaded"
    impact: "impact.Impact | None" = None
    refused: tuple[str, ...] = ()


def consider(site: Site, found: Standing) -> Outcome:
    """What publishing the draft would mean; changes nothing. Raises BadInput."""
    loaded = read(site, found)
    if loaded.errors or loaded.course is None:
        return Outcome(None, loaded)
    report = impact.report(site, loaded.course)
    return Outcome(None, loaded, report, report.harmful)


def publish(site: Site, slug: str, seen: str, accepted: Collection[str], by: Actor) -> Outcome:
    """Make the draft the current revision of its course. Raises Overtaken when it is not the draft that was seen or the course
    was published since, LookupError without a draft, BadInput when the files make another course."""
    before = standing(slug)
    if before is None or not before.drafted:
        raise LookupError(slug)
    read(site, before)  # takes long the first time: nothing is held meanwhile
    found = _of(slug, seen)
    if found.outdated:
        raise Overtaken(found.published)
    from lms.studio.desk import desk  # noqa: PLC0415 - reading courses takes much that serving them does not

    loaded = desk.read(site, slug, found.hashes)
    if loaded.errors or loaded.course is None:
        return Outcome(None, loaded)
    if loaded.course.id != slug:
        raise BadInput(
            Message(
                mark("The files make the course “{other}”, not “{slug}”."), {"other": loaded.course.id, "slug": slug}
            )
        )
    report = impact.report(site, loaded.course)
    if refused := report.refused(accepted):
        return Outcome(None, loaded, report, refused)
    store = sources.store_of(site)
    media = {
        name: each.path for one in (loaded.course, *loaded.translations.values()) for name, each in one.media.items()
    }
    # not from the desk, which another reader may be changing by now
    files = {name: place for name, path in media.items() if (place := store.find(found.files[path].sha256))}
    done = publishing.store(site, replace(loaded, files=files), tuple(found.files.values()), by.id or None)
    _forget(found.draft_id)
    return Outcome(done, loaded, report)


# ------------------------------------------------------------------------------------------- after another's publication


@dataclass(frozen=True)
class Catching:
    """What bringing a draft up to date with a newer revision means: `files` as they would be, `both` where draft and revision
    changed the same lines (what stands in `files` there is the draft's), `taken` and `merged` paths."""

    files: Mapping[str, Kept]
    taken: tuple[str, ...]
    merged: tuple[str, ...]
    both: tuple[str, ...]


def catching_up(site: Site, found: Standing) -> tuple[Catching, Mapping[str, Kept]]:
    """Put the draft and the current revision together, file by file; also the revision's files."""
    base, current = began_from(found), _current(found)
    files, taken, merged, both = dict(found.files), [], [], []
    for change in changes(base, current):
        path, mine, theirs = change.path, found.files.get(change.path), change.after
        if _same(mine, theirs):
            continue
        if _same(mine, change.before):
            taken.append(path)
            _put(files, path, theirs)
        elif (joined := _joined(site, change.before, mine, theirs)) is not None:
            merged.append(path)
            files[path] = Kept(path, *_keep(site, joined))
        else:
            both.append(path)
    return Catching(files, tuple(taken), tuple(merged), tuple(both)), current


def _current(found: Standing) -> Mapping[str, Kept]:
    return {file.path: file for file in sources.of(found.revision_id)} if found.revision_id else {}


def _same(one: Kept | None, other: Kept | None) -> bool:
    return (one.sha256 if one else "") == (other.sha256 if other else "")


def _put(files: dict[str, Kept], path: str, file: Kept | None) -> None:
    if file is None:
        files.pop(path, None)
    else:
        files[path] = file


def _joined(site: Site, base: Kept | None, mine: Kept | None, theirs: Kept | None) -> bytes | None:
    texts = [content(site, each.sha256) if each is not None else None for each in (base, mine, theirs)]
    if any(text is None or not difference.is_text(text) for text in texts):
        return None
    first, second, third = (text.decode("utf-8", "surrogateescape") for text in texts if text is not None)
    found = difference.merge(first, second, third)
    return found.encode("utf-8", "surrogateescape") if found is not None else None


def catch_up(site: Site, slug: str, seen: str, theirs: Collection[str], by: Actor) -> Standing:
    """Bring the draft up to date; of files changed on both sides those in `theirs` become the revision's, the others stay as they
    are in the draft. Raises Overtaken, LookupError."""
    found = _of(slug, seen)
    if not found.outdated:
        return found
    catching, current = catching_up(site, found)
    files = dict(catching.files)
    for path in catching.both:
        if path in theirs:
            _put(files, path, current.get(path))
    return _write(site, found, files, "update", by, found.revision_id)


# ------------------------------------------------------------------------------------------- bytes nobody names


def sweep(site: Site) -> int:
    """Remove bytes that no revision and no draft has named for two days; returns how many files went."""
    return sources.store_of(site).sweep(_named, site.now())


def lost(site: Site) -> int:
    """How many files of published revisions and drafts the store has not. Two statements."""
    store = sources.store_of(site)
    named: set[str] = set()
    for name in (Source.sha256, DraftFile.sha256):
        named |= set(db.session.execute(select(name).distinct()).scalars())
    return sum(store.find(sha256) is None for sha256 in named)


def _named(hashes: Collection[str]) -> set[str]:
    found: set[str] = set()
    asked = sorted(hashes)
    for begin in range(0, len(asked), 500):
        part = asked[begin : begin + 500]
        for name in (Source.sha256, DraftFile.sha256, DraftChange.before, DraftChange.after):
            found |= set(db.session.execute(select(name).where(name.in_(part)).distinct()).scalars())
    return found
