"""What notices and letters know about a person."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select

from lms.db import db
from lms.i18n import Message, gettext
from lms.notices.models import Notice, OutgoingMail
from lms.people.models import Person
from lms.plugin import PersonalData
from lms.plugin import Site as AnySite


class NoticesData(PersonalData):
    """Notices and letters of a person."""

    name = "notices"
    tables = ("notice", "outbox")

    def export(self, site: AnySite, person_id: int) -> Mapping[str, Any]:
        """Everything the person was told."""
        notices = db.session.execute(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)).scalars()
        letters = db.session.execute(
            select(OutgoingMail).where(OutgoingMail.person_id == person_id).order_by(OutgoingMail.id)
        ).scalars()
        return {
            "notices": [
                {
                    "kind": notice.kind, "text": str(Message.from_json(json.loads(notice.text))), "url": notice.url,
                    "created_at": notice.created_at.isoformat(),
                    "read_at": notice.read_at and notice.read_at.isoformat(),
                }
                for notice in notices
            ],
            "letters": [
                {
                    "to": letter.recipient, "subject": letter.subject, "text": letter.text,
                    "calendar": letter.calendar,
                    "created_at": letter.created_at.isoformat(),
                    "sent_at": letter.sent_at and letter.sent_at.isoformat(),
                }
                for letter in letters
            ],
        }  # fmt: skip

    def erase(self, site: AnySite, person_id: int) -> Sequence[str]:
        """Remove notices, and letters to the person whether they left or not; forget the name in what others were told."""
        address = select(Person.email).where(Person.id == person_id).scalar_subquery()
        db.session.execute(delete(Notice).where(Notice.person_id == person_id))
        db.session.execute(
            delete(OutgoingMail)
            .where(or_(OutgoingMail.person_id == person_id, OutgoingMail.recipient == address))
            .execution_options(synchronize_session=False)
        )
        naming = select(Notice).where(Notice.text.contains(f'"person": {person_id},'))
        for notice in db.session.scalars(naming):
            told = Message.from_json(json.loads(notice.text))
            notice.text = json.dumps(told.without(person_id).to_json(), ensure_ascii=False)
        return [gettext("Notices and letters were removed.")]
