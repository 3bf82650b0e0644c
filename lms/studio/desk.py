"""Courses that are being worked at: a folder for each, kept beside what the last reading of it found out, so that looking at a draft
again costs what has changed.

Nothing rests on what lies on a desk. It belongs to one process, is made of hashes in the store whenever it is asked for, and may be
cleared at any time.
"""

import hashlib
import shutil
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import Any
from weakref import finalize

from courses.blocks import BlockKind
from courses.load import Loaded, load
from courses.memory import Memory
from lms.publishing import sources
from lms.site import Site

PLACES = 4
"""How many courses lie on the desk at once."""


class Place:
    """The folder of one course. One at a time reads it."""

    def __init__(self, slug: str) -> None:
        self.lock = Lock()
        kept = mkdtemp(prefix="trajectory-draft-")
        finalize(self, shutil.rmtree, kept, ignore_errors=True)  # with the last who reads it, or the process
        self.folder = Path(kept) / slug
        self.folder.mkdir()
        self._memory = Memory()
        self._lies: dict[str, str] = {}
        self._found: tuple[Any, ...] = ()

    def read(self, site: Site, files: Mapping[str, str], instead: Mapping[str, bytes]) -> Loaded:
        """The course of these files."""
        wanted = {**files, **{path: hashlib.sha256(data).hexdigest() for path, data in instead.items()}}
        kinds: Mapping[str, BlockKind[Any]] = site.registry.kinds
        if self._found and self._found[0] is kinds and self._found[1] == wanted:
            found: Loaded = self._found[2]
            return found
        self._found = ()
        self._arrange(site, wanted, instead)
        loaded = load(self.folder, kinds, lenient=True, memory=self._memory)
        self._found = (kinds, wanted, loaded)
        return loaded

    def _arrange(self, site: Site, wanted: Mapping[str, str], instead: Mapping[str, bytes]) -> None:
        for path in [path for path in self._lies if path not in wanted]:
            del self._lies[path]
            (self.folder / path).unlink(missing_ok=True)
        new = {path: sha256 for path, sha256 in wanted.items() if self._lies.get(path) != sha256}
        for path in new:
            self._lies.pop(path, None)
            if (self.folder / path).is_dir():
                shutil.rmtree(self.folder / path)
        sources.write(site, {path: sha256 for path, sha256 in new.items() if path not in instead}, self.folder)
        for path, data in instead.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(data)
        self._lies.update(new)


class Desk:
    """The latest courses of this process."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[str, str], Place] = OrderedDict()
        self._lock = Lock()

    def read(
        self, site: Site, slug: str, files: Mapping[str, str], instead: Mapping[str, bytes] | None = None
    ) -> Loaded:
        """The course that hashes by path make, with other bytes `instead` of some; with a course even where there are errors.

        Raises LookupError for bytes that are lost."""
        key = (str(site.config.data_dir), slug)
        with self._lock:
            place = self._places.pop(key, None) or Place(slug)
            self._places[key] = place
            if len(self._places) > PLACES:
                self._places.popitem(last=False)
        with place.lock:
            return place.read(site, files, instead or {})

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._places.clear()


desk = Desk()
"""That of this process. What it gives depends on nothing but what it is asked for."""
