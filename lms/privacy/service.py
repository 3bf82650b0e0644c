"""One's own data: handed out whole, or erased, by asking every part of the site and every plugin."""

import json
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import IO, Any

from sqlalchemy import func, select

from lms import ui
from lms.db import db, lock
from lms.people import rules, throttle
from lms.people.models import Person
from lms.people.service import proves_password
from lms.plugin import Actor, BadInput, Message, PersonalData, mark
from lms.privacy.models import Erasure
from lms.privacy.parts import PeopleData
from lms.site import Site

EXPORTS = 5
"""Exports an hour for one person."""
IN_MEMORY = 8 * 1024 * 1024
"""A larger export goes through a temporary file that is gone when it is closed."""


def collect(site: Site, person_id: int) -> dict[str, Mapping[str, Any]]:
    """What every part of the site knows about a person, by the part's name."""
    return {part.name: part.export(site, person_id) for part in _parts(site)}


def _parts(site: Site) -> Sequence[PersonalData]:
    """All parts. The account goes last: the others may have to know whose data they are."""
    found = site.of(PersonalData)  # type: ignore[type-abstract]  # the registry gives what derives from it
    return sorted(found, key=lambda part: isinstance(part, PeopleData))


def export(site: Site, person: Actor) -> IO[bytes]:
    """A zip of everything about the person: a JSON file for each part, the files they sent, and a page to read it all.

    Raises TooManyTries when it was made several times within the hour.
    """
    key = throttle.key_of("export", str(person.id))
    throttle.check(site, key, lambda count, until, now: rules.try_window(count, until, now, EXPORTS, rules.HOUR))
    found = collect(site, person.id)
    buffer: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by whoever sends it
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        plain = {}
        for name, part in found.items():
            plain[name] = _plain(part, archive, name)
            archive.writestr(f"{name}.json", json.dumps(plain[name], ensure_ascii=False, indent=2))
        page = ui.render("privacy/export_file.html", person=person, parts=plain, made=site.now())
        archive.writestr("index.html", page)
    buffer.seek(0)
    return buffer


def _plain(value: Any, archive: zipfile.ZipFile, folder: str) -> Any:
    """The value as JSON can hold it; files go into the archive, and their place in it stands for them."""
    if isinstance(value, Mapping):
        name = str(value.get("name") or "")
        return {
            str(key): _file(item, archive, folder, name) if isinstance(item, Path) else _plain(item, archive, folder)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, archive, folder) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return _file(value, archive, folder, value.name)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _file(path: Path, archive: zipfile.ZipFile, folder: str, name: str) -> str:
    clean = re.sub(r"[^\w .()-]", "_", name or path.name).strip(". ")[-100:]
    taken = set(archive.namelist())
    place = next(found for number in count(1) if (found := f"files/{folder}/{number}-{clean or 'file'}") not in taken)
    if path.is_file():
        archive.write(path, place)
    return place


def erase(site: Site, person_id: int, by: str = "self") -> list[str]:
    """Erase a person's data everywhere. Returns what was done, a sentence an entry; the journal keeps the same.

    Raises BadInput for the last administrator: nobody could manage the site any more.
    """
    lock("erasure")
    person = db.session.execute(select(Person).where(Person.id == person_id, Person.erased_at.is_(None))).scalar_one()
    if person.is_admin and _admins() == 1:
        raise BadInput(Message(mark("You are the only administrator. First make somebody else one.")))
    done = [sentence for part in _parts(site) for sentence in part.erase(site, person_id)]
    db.session.add(Erasure(person_id=person_id, at=site.now(), by=by, done=json.dumps(done, ensure_ascii=False)))
    db.session.flush()
    return done


def erase_own(site: Site, person: Actor, password: str) -> list[str] | None:
    """Erase one's own account, proved by the password; None when it is wrong. Raises TooManyTries and BadInput."""
    if not proves_password(site, person.id, password):
        return None
    return erase(site, person.id)


def _admins() -> int:
    return db.session.execute(
        select(func.count()).select_from(Person).where(Person.is_admin.is_(True), Person.erased_at.is_(None))
    ).scalar_one()
