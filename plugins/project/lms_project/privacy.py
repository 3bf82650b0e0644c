"""What is known about a person beside the works: contracts, shares, the diary, defences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, func, select, update

from lms.plugin import PersonalData, Site, db, ngettext
from lms_project.models import Entry, Minutes, Pact, Voice


class TeamNotes(PersonalData):
    """What a person said and wrote in a team. Marks of a defence are the core's to export and erase."""

    name = "project_team"
    tables: ClassVar[tuple[str, ...]] = ("project_pact", "project_voice", "project_entry", "project_minutes")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Their diary, what they proposed, and what was said of them and by them about contracts and shares."""
        entries = db.session.scalars(select(Entry).where(Entry.person_id == person_id).order_by(Entry.id))
        pacts = db.session.scalars(select(Pact).where(Pact.by_id == person_id).order_by(Pact.id))
        voices = db.session.execute(
            select(Pact, Voice)
            .join(Voice, Voice.pact_id == Pact.id)
            .where(Voice.person_id == person_id)
            .order_by(Pact.id)
        )
        minutes = db.session.scalars(
            select(Minutes).where((Minutes.owner == f"person:{person_id}") | (Minutes.by_id == person_id))
        )
        return {
            "diary": [
                {"run": one.run_id, "activity": one.block, "day": one.day.isoformat(), "text": one.text} for one in entries
            ],
            "proposed": [
                {"run": one.run_id, "activity": one.block, "kind": one.kind, "version": one.number, "text": one.text,
                 "at": one.at.isoformat()}
                for one in pacts
            ],
            "agreements": [
                {"run": pact.run_id, "activity": pact.block, "kind": pact.kind, "version": pact.number, "role": voice.role,
                 "part": voice.part, "says": voice.stance, "why": voice.words}
                for pact, voice in voices
            ],
            "minutes": [{"run": one.run_id, "activity": one.block, "text": one.text} for one in minutes],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """The diary goes, and what was said in words; a contract belongs to the team, parts stay because marks rest on them."""
        count = db.session.execute(
            select(func.count()).select_from(Entry).where(Entry.person_id == person_id)
        ).scalar_one()
        db.session.execute(delete(Entry).where(Entry.person_id == person_id))
        db.session.execute(update(Voice).where(Voice.person_id == person_id).values(role="", words=""))
        db.session.execute(update(Pact).where(Pact.by_id == person_id).values(by_id=None))
        own = Minutes.owner == f"person:{person_id}"
        db.session.execute(update(Minutes).where(own).values(text="", html=""))
        db.session.execute(update(Minutes).where(Minutes.by_id == person_id).values(by_id=None))
        if not count:
            return []

        return [
            ngettext(
                "{n} entry of a project's diary was removed.", "{n} entries of diaries of projects were removed.", count
            )
        ]
