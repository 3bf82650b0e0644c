"""Files: a shared part of activities that people hand something in to."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import delete, func, select

from lms.db import db
from lms.events import Tick
from lms.files import service
from lms.files.models import FileRecord
from lms.i18n import ngettext
from lms.plugin import On, PersonalData, Plugin
from lms.plugin import Site as AnySite
from lms.site import Site


class FileData(PersonalData):
    """What a person uploaded."""

    name = "files"
    tables = ("file",)

    def export(self, site: AnySite, person_id: int) -> Mapping[str, Any]:
        """Each file with its name, its size and its bytes."""
        store = service.store_of(cast(Site, site))
        rows = db.session.execute(
            select(FileRecord).where(FileRecord.owner_id == person_id).order_by(FileRecord.id)
        ).scalars()
        return {
            "files": [
                {
                    "file": store.find(row.sha256), "name": row.name, "size": row.size, "type": row.type,
                    "sha256": row.sha256, "run": row.run_id, "activity": row.block,
                    "uploaded_at": row.created_at.isoformat(),
                }
                for row in rows
            ]
        }  # fmt: skip

    def erase(self, site: AnySite, person_id: int) -> Sequence[str]:
        """Forget all files of the person; the bytes go within two days."""
        own = FileRecord.owner_id == person_id
        count = db.session.execute(select(func.count()).select_from(FileRecord).where(own)).scalar_one()
        db.session.execute(delete(FileRecord).where(own))
        return [ngettext("{n} file was removed.", "{n} files were removed.", count)] if count else []


def sweep(site: AnySite, tick: Tick) -> None:
    """Once a day, remove bytes that no row names."""
    if tick.since.date() != tick.now.date():
        service.sweep(cast(Site, site))


feature = Plugin("files", "lms.files", (FileData(), On(Tick, sweep)))
