"""Where bytes lie that rows name (uploads, files of courses): one folder, each file named by the hash of its content.

Written to a temporary name, synced, renamed, the folder synced, and only then named by a row: so what the database
names is there. Forgotten bytes go in two steps a day apart, first aside, then for good, and come back from the first
when a row names them after all; so neither step needs a lock that uploads would wait for.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO

GRACE = timedelta(days=1)
"""How long bytes without a row are kept, in each of the two steps."""
_CHUNK = 1024 * 1024


class TooLarge(Exception):
    """The stream has more bytes than allowed."""


@dataclass(frozen=True)
class Received:
    """Bytes on disk that have no place yet."""

    file: BinaryIO
    path: Path
    size: int
    sha256: str


class Store:
    """The bytes below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._new = folder / "new"
        self._aside = folder / "aside"

    def receive(self, stream: IO[bytes], at_most: int) -> Received:
        """Copy a stream to a temporary file, for `keep` or `drop`. Raises TooLarge, leaving nothing behind."""
        path = self.unfinished()
        file = path.open("w+b")
        digest, size = hashlib.sha256(), 0
        try:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > at_most:
                    raise TooLarge
                digest.update(chunk)
                file.write(chunk)
            file.flush()
        except BaseException:
            file.close()
            path.unlink(missing_ok=True)
            raise
        return Received(file, path, size, digest.hexdigest())

    def unfinished(self) -> Path:
        """A new empty file beside the others, for what is not complete yet: what is left of it goes with the next sweep."""
        self._new.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._new)
        os.close(handle)
        return Path(name)

    def keep(self, received: Received, now: datetime) -> None:
        """Give received bytes their place; bytes that are there already are only marked as new."""
        place = self.place(received.sha256)
        moment = now.timestamp()
        with suppress(FileNotFoundError):
            if place.stat().st_size == received.size:
                os.utime(place, (moment, moment))
                self.drop(received)
                return
        os.fsync(received.file.fileno())
        received.file.close()
        os.utime(received.path, (moment, moment))
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            _sync(self.folder)
        received.path.replace(place)
        _sync(place.parent)

    def renew(self, sha256: str, now: datetime) -> bool:
        """Mark bytes that are in their place as new, for a row that is about to name them; False when they are not there."""
        with suppress(FileNotFoundError):
            os.utime(self.place(sha256), (now.timestamp(), now.timestamp()))
            return True
        return False

    def drop(self, received: Received) -> None:
        """Forget received bytes."""
        received.file.close()
        received.path.unlink(missing_ok=True)

    def place(self, sha256: str) -> Path:
        """Where bytes with this hash belong."""
        return self.folder / sha256[:2] / sha256

    def find(self, sha256: str) -> Path | None:
        """Where bytes with this hash are, or None when they are lost."""
        for path in (self.place(sha256), self._aside / sha256):
            if path.is_file():
                return path
        return None

    def sweep(self, named: Callable[[Collection[str]], Collection[str]], now: datetime) -> int:
        """Put aside bytes that no row names for a day, remove those put aside a day ago; returns how many were removed.
        `named` answers which of the given hashes a row names."""
        before = (now - GRACE).timestamp()
        moment = now.timestamp()
        for path in _old(self._new, before):
            path.unlink(missing_ok=True)
        removed = 0
        old = {path.name: path for path in _old(self._aside, before)}
        wanted = named(old)
        for sha256, path in old.items():
            if sha256 in wanted:
                self.place(sha256).parent.mkdir(parents=True, exist_ok=True)
                path.replace(self.place(sha256))
            else:
                path.unlink(missing_ok=True)
                removed += 1
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            old = {path.name: path for path in _old(folder, before)}
            wanted = named(old)
            for sha256 in old.keys() - wanted:
                self._aside.mkdir(exist_ok=True)
                target = self._aside / sha256
                with suppress(FileNotFoundError):
                    old[sha256].replace(target)
                    os.utime(target, (moment, moment))
        return removed


def _old(folder: Path, before: float) -> Iterator[Path]:
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    yield path


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return  # folders cannot be opened for syncing there
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
