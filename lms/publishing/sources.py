"""The files a revision was published from, kept as they were written: shown, compared, edited and taken away as a folder again."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from lms.db import db
from lms.publishing.models import Source
from lms.site import Site
from lms.store import Store

ANY_SIZE = 1 << 62
"""What a course may hold is the loader's to say; whatever it published is kept."""


@dataclass(frozen=True, order=True)
class Kept:
    """A file by its path in the course's folder; the bytes are in the store under their hash."""

    path: str
    sha256: str
    size: int


def store_of(site: Site) -> Store:
    """Where this site keeps the files of courses."""
    return Store(site.config.data_dir / "sources")


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a course's folder by its path in it, in order. Hidden ones (of git, of editors) are no part of the course, and
    nothing outside of the folder is."""
    real = folder.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place) / name
            path = file.relative_to(folder).as_posix()
            legible = not any("\ud800" <= sign <= "\udfff" for sign in path)
            if legible and not name.startswith(".") and file.is_file() and file.resolve().is_relative_to(real):
                yield path, file


def keep(site: Site, folder: Path) -> tuple[Kept, ...]:
    """Take the files of a folder into the store, each complete or not at all; those that are there already only marked as new."""
    store, now, found = store_of(site), site.now(), []
    for path, file in files_of(folder):
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            if not store.renew(sha256, now):
                stream.seek(0)
                received = store.receive(stream, ANY_SIZE)
                sha256 = received.sha256
                try:
                    store.keep(received, now)
                finally:
                    store.drop(received)
            found.append(Kept(path, sha256, stream.tell()))
    return tuple(found)


def of(revision_id: int) -> tuple[Kept, ...]:
    """The files of a revision by path; none for one that was published before they were kept."""
    rows = db.session.execute(
        select(Source.path, Source.sha256, Source.size).where(Source.revision_id == revision_id).order_by(Source.path)
    )
    return tuple(Kept(*row) for row in rows)


def write(site: Site, files: Mapping[str, str], folder: Path) -> None:
    """Make the folder again out of hashes by path. Raises LookupError for bytes that are lost."""
    store = store_of(site)
    for path, sha256 in files.items():
        target = folder / path
        assert target.resolve().is_relative_to(folder.resolve()), path
        found = store.find(sha256)
        if found is None:
            raise LookupError(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, target)
