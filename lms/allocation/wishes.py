"""What people would rather review, or rather not: asked before works are handed out, followed where it costs nobody a reviewer."""

from collections.abc import Mapping, Sequence

from flask import request
from markupsafe import Markup
from sqlalchemy import delete, insert, select

from lms import ui
from lms.allocation.models import Wish
from lms.db import db
from lms.i18n import gettext, mark
from lms.plugin import Offered

WISHES: Mapping[int, str] = {2: mark("Gladly"), 0: mark("No matter"), -2: mark("Rather not")}


def of(run_id: int, block: str) -> Mapping[tuple[str, int], int]:
    """Everybody's wishes, by work and person. One statement."""
    rows = db.session.execute(
        select(Wish.subject, Wish.person_id, Wish.wish).where(Wish.run_id == run_id, Wish.block == block)
    )
    return {(subject, person): wish for subject, person, wish in rows}


def fields(run_id: int, block: str, offered: Sequence[Offered], person_id: int) -> Markup:
    """A choice for each work, to stand within a form."""
    known = of(run_id, block)
    mine = {one.subject: known.get((one.subject, person_id), 0) for one in offered}
    choices = [(value, gettext(words)) for value, words in WISHES.items()]
    return ui.render("allocation/wishes.html", offered=offered, mine=mine, choices=choices)


def keep(run_id: int, block: str, offered: Sequence[Offered], person_id: int) -> None:
    """Keep what was sent; "no matter" is not kept."""
    mine = (Wish.run_id == run_id, Wish.block == block, Wish.person_id == person_id)
    db.session.execute(delete(Wish).where(*mine, Wish.subject.in_([one.subject for one in offered])))
    known = {str(value): value for value in WISHES}
    rows = [
        {"run_id": run_id, "block": block, "subject": one.subject, "person_id": person_id, "wish": wish}
        for one in offered
        if (wish := known.get(request.form.get(f"wish-{one.number}", "")))
    ]
    if rows:
        db.session.execute(insert(Wish), rows)
