"""Letters are written into a table in the transaction they belong to, and leave afterwards (see `lms.notices.sender`)."""

from sqlalchemy import insert

from lms.db import db
from lms.notices.models import OutgoingMail
from lms.site import Site


def queue(site: Site, to: str, subject: str, text: str, html: str = "", person_id: int | None = None) -> None:
    """Put one letter in the outbox: plain text and, if given, the same as HTML. `person_id`: whose letter it is.

    Raises ValueError for an address with a line break or anything else that could become a header of its own.
    """
    now = site.now()
    values = {
        "person_id": person_id, "recipient": checked_address(to), "subject": one_line(subject)[:300],
        "text": text, "html": html, "calendar": "", "created_at": now, "not_before": now, "attempts": 0, "error": "",
    }  # fmt: skip
    db.session.execute(insert(OutgoingMail), [values])


def checked_address(address: str) -> str:
    """The address if it is exactly one, without names, comments or control characters. Raises ValueError."""
    if not address.isprintable() or any(sign in address for sign in ' ,;<>"()[]\\') or address.count("@") != 1:
        raise ValueError("not a mail address")
    return address


def one_line(text: str) -> str:
    """Text as a header may hold it: control characters and line breaks become spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
