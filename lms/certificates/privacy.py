"""What the register knows about a person. Issued documents stay in the book of issue; the name goes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.certificates import rules
from lms.certificates.models import Certificate
from lms.db import db
from lms.i18n import gettext
from lms.plugin import PersonalData
from lms.plugin import Site as AnySite


class CertificatesData(PersonalData):
    """Certificates of a person."""

    name = "certificates"
    tables = ("certificate",)

    def export(self, site: AnySite, person_id: int) -> Mapping[str, Any]:
        """Every certificate with all that is printed on it."""
        return {
            "certificates": [
                {
                    "number": found.number, "code": rules.show_code(found.code),
                    "printed": rules.Snapshot.model_validate_json(found.snapshot).model_dump(mode="json"),
                    "issued_at": found.issued_at.isoformat(),
                    "revoked_at": found.revoked_at and found.revoked_at.isoformat(),
                    "revoked_reason": found.revoked_reason,
                }
                for found in _of(person_id)
            ]
        }  # fmt: skip

    def erase(self, site: AnySite, person_id: int) -> Sequence[str]:
        """Take the name out of the entries. That something was issued under a number stays in the book of issue."""
        done: list[str] = []
        for found in _of(person_id):
            snapshot = rules.Snapshot.model_validate_json(found.snapshot)
            found.snapshot = snapshot.model_copy(update={"holder": ""}).model_dump_json()
            found.holder_key = found.revoked_reason = ""
            done.append(gettext("The name was taken out of the register's entry {number}.", number=found.number))
        db.session.flush()
        return done


def _of(person_id: int) -> Sequence[Certificate]:
    return db.session.execute(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id)
    ).scalars().all()  # fmt: skip
