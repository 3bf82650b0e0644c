"""Files of activities: taken in within limits, found by run and activity, sent so that no browser ever runs them."""

from collections.abc import Collection, Sequence

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, delete, func, select
from werkzeug.datastructures import FileStorage

from lms.db import db, lock
from lms.files import apart, rules, sending
from lms.files.models import FileRecord
from lms.i18n import Message, mark
from lms.plugin import BadInput, StoredFile
from lms.site import Site
from lms.store import Store, TooLarge
from lms.wording import number

QUOTA = 200 * 1024 * 1024
"""Bytes one person may keep in one run."""

REASONS: dict[rules.Reason, str] = {
    "type": mark(
        "“{name}” is of a kind that is not accepted. Send PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, "
        "pictures (PNG, JPEG, GIF, WebP), texts in UTF-8 (TXT, MD, CSV), MP3, MP4 or a ZIP archive."
    ),
    "pixels": mark(
        "The picture “{name}” is too large: at most 25 million pixels are accepted. Make it smaller and send it again."
    ),
    "damaged": mark("“{name}” cannot be read: it seems to be damaged. Save it anew and send it again."),
    "entries": mark("The archive “{name}” holds too many files: at most 5,000 are accepted."),
    "macros": mark("“{name}” holds macros. Save it without them and send it again."),
}

_COLUMNS = (
    FileRecord.id, FileRecord.name, FileRecord.size, FileRecord.type, FileRecord.owner_id, FileRecord.purpose,
    FileRecord.created_at,
)  # fmt: skip


class BlockFiles:
    """What `lms.plugin.Files` promises. `person_id` owns what is saved without saying whose it is, `activity` is the title and
    the address of where files belong."""

    def __init__(
        self, site: Site, run_id: int, block: str, person_id: int, activity: tuple[str, str] = ("", "")
    ) -> None:
        self.activity = activity
        self.site = site
        self.run_id = run_id
        self.block = block
        self.person_id = person_id

    def save(self, upload: FileStorage, purpose: str, owner_id: int | None = None) -> StoredFile:
        """Keep an upload. Raises BadInput when it is empty, too large, not of an allowed type, or one too many."""
        owner_id = owner_id or self.person_id
        assert owner_id, "a visitor has no files"
        name = rules.clean_name(upload.filename or "")
        most = self.site.config.max_upload
        store = store_of(self.site)
        try:
            received = store.receive(upload.stream, most)
        except TooLarge:
            values = {"name": name, "most": size_words(most)}
            raise BadInput(Message(mark("“{name}” is too large: at most {most} are accepted."), values)) from None
        try:
            if not received.size:
                raise BadInput(Message(mark("“{name}” is empty. Choose a file and send it again."), {"name": name}))
            type = self._type(received.file, name)
            self._check_quota(owner_id, received.size)
            now = self.site.now()
            store.keep(received, now)
        finally:
            store.drop(received)
        record = FileRecord(
            run_id=self.run_id, block=self.block, purpose=purpose, owner_id=owner_id, name=name, size=received.size,
            type=type, sha256=received.sha256, created_at=now,
        )  # fmt: skip
        db.session.add(record)
        db.session.flush()
        return StoredFile(record.id, name, received.size, type, owner_id, purpose, now)

    def of(self, *purposes: str) -> Sequence[StoredFile]:
        """All files with one of these purposes, oldest first. One statement."""
        chosen = select(*_COLUMNS).where(*self._own(purposes)).order_by(FileRecord.created_at, FileRecord.id)
        return [StoredFile(*row) for row in db.session.execute(chosen)]

    def send(self, file_id: int, *purposes: str, name: str | None = None) -> ResponseReturnValue:
        """The file as the address asks for it (`lms.files.sending`); 404 unless it belongs to this activity, this run and one of
        these purposes."""
        row = db.session.execute(
            select(FileRecord.name, FileRecord.type, FileRecord.sha256).where(
                FileRecord.id == file_id, *self._own(purposes)
            )
        ).first()
        if row is None:
            abort(404)
        shown = row.name
        if name is not None:
            shown = rules.clean_name(name)
            shown += "" if "." in shown else rules.extension_of(row.type)
        file = sending.Sent(file_id, shown, row.type, row.sha256, name is not None, self.activity)
        return sending.answer(self.site, store_of(self.site), file)

    def telling(self, files: Collection[StoredFile]) -> set[int]:
        """Ids of those of which nothing can be had that does not tell whose they are. For pages that only read: it may take some seconds
        when it is asked first, and what was made is kept for readers. One statement."""
        hashes = select(FileRecord.id, FileRecord.type, FileRecord.sha256).where(
            FileRecord.id.in_([one.id for one in files]),
            FileRecord.run_id == self.run_id,
            FileRecord.block == self.block,
        )
        found = set()
        for row in db.session.execute(hashes).all() if files else ():
            try:
                apart.clean(store_of(self.site), row.sha256, row.type)
            except apart.Failed:
                found.add(row.id)
            except FileNotFoundError:
                continue  # lost bytes are told to the operator when somebody asks for them
        return found

    def remove(self, file_id: int, *purposes: str) -> None:
        """Forget a file; unknown ones are ignored. Its bytes are swept when no row names them."""
        db.session.execute(delete(FileRecord).where(FileRecord.id == file_id, *self._own(purposes)))

    def _own(self, purposes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
        return (
            FileRecord.run_id == self.run_id,
            FileRecord.block == self.block,
            FileRecord.purpose.in_(purposes),
        )

    def _type(self, file: object, name: str) -> str:
        try:
            return rules.find_type(file, name)  # type: ignore[arg-type]
        except rules.Refused as refused:
            raise BadInput(Message(REASONS[refused.reason], {"name": name})) from None

    def _check_quota(self, owner_id: int, size: int) -> None:
        lock(f"files/{self.run_id}/{owner_id}")
        kept = db.session.execute(
            select(func.coalesce(func.sum(FileRecord.size), 0)).where(
                FileRecord.owner_id == owner_id, FileRecord.run_id == self.run_id
            )
        ).scalar_one()
        if int(kept) + size > QUOTA:
            raise BadInput(
                Message(
                    mark("There is no room: one person's files in a course may have {most} in all. Remove something."),
                    {"most": size_words(QUOTA)},
                )
            )


def size_words(size: int) -> Message:
    """A size in words, in units of 1024."""
    if size < 1024 * 1024:
        return Message(mark("{size} KB"), {"size": number(size / 1024)})
    return Message(mark("{size} MB"), {"size": number(size / 1024 / 1024)})


def store_of(site: Site) -> Store:
    """Where this site keeps the bytes."""
    return Store(site.config.data_dir / "files")


def sweep(site: Site) -> int:
    """Remove bytes that no row has named for two days, and what broken uploads left; returns how many files went."""
    store = store_of(site)
    removed = store.sweep(_named, site.now())
    apart.sweep(store)
    return removed


def _named(hashes: Collection[str]) -> set[str]:
    found: set[str] = set()
    asked = sorted(hashes)
    for begin in range(0, len(asked), 500):
        part = asked[begin : begin + 500]
        found |= set(db.session.execute(select(FileRecord.sha256).where(FileRecord.sha256.in_(part))).scalars())
    return found
