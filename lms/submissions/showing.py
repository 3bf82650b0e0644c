"""To whom works are shown besides those who wrote and answer them: as far, and as long, as everybody who wrote one agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup
from sqlalchemy import delete, select

from lms import ui
from lms.db import db
from lms.events import Withdrawn
from lms.i18n import Message, mark
from lms.plugin import BadInput, Owner, Site, Submission
from lms.submissions.models import Consent

if TYPE_CHECKING:
    from lms.submissions.service import BlockSubmissions  # it hands these acts out

AUDIENCES = ("run", "public")
"""From the narrower to the wider; whoever agrees to the wider agrees to the narrower."""


def reach(people: Sequence[int], said: Mapping[int, str]) -> str:
    """How far a work of these people may be shown: as far as the most careful of them agrees; "" to nobody else."""
    found = [said.get(person, "") for person in people]
    if not found or "" in found:
        return ""
    return min(found, key=AUDIENCES.index)


def fits(to: str, reached: str) -> bool:
    """Whether what may be shown so far may be shown to this audience."""
    return reached != "" and AUDIENCES.index(to) <= AUDIENCES.index(reached)


def _said(works: BlockSubmissions, owner: str | None = None) -> dict[str, dict[int, str]]:
    """What everybody agreed to, by owner and person. One statement."""
    query = select(Consent.owner, Consent.person_id, Consent.audience).where(
        Consent.run_id == works.visit.run.id, Consent.block == works.visit.block.id
    )
    if owner is not None:
        query = query.where(Consent.owner == owner)
    found: dict[str, dict[int, str]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.owner, {})[row.person_id] = row.audience
    return found


def consents(works: BlockSubmissions, owner: Owner) -> dict[int, str]:
    """To whom each of those who wrote it agrees to show a work ("": to nobody). One statement."""
    said = _said(works, owner.key).get(owner.key, {})
    return {person: said.get(person, "") for person in owner.people}


def agree(works: BlockSubmissions, audience: str) -> None:
    """Keep to whom this person agrees to show the work; "" takes it back. Raises BadInput."""
    works.visit.lock(works.source.lock)
    owner, person = works.owner(), works.visit.person.id
    if owner is None or audience not in ("", *works.source.consents(cast(Any, works.visit))):
        raise BadInput(Message(mark("Choose to whom the work may be shown.")))
    key = (works.visit.run.id, works.visit.block.id, owner.key, person)
    found = db.session.get(Consent, key)
    if not audience:
        if found is not None:
            db.session.delete(found)
    else:
        if found is None:
            found = Consent(run_id=key[0], block=key[1], owner=owner.key, person_id=person)
            db.session.add(found)
        found.audience, found.at = audience, works.visit.now
    db.session.flush()


def is_shown(works: BlockSubmissions, found: Submission, to: str) -> bool:
    """Whether a work is shown to this audience now. Three statements at most, none of which reads others' works."""
    source = works.source
    if to not in source.audiences(cast(Any, works.visit)) or found.stage != source.product(cast(Any, works.visit)):
        return False
    said = _said(works, found.owner).get(found.owner, {})
    if not fits(to, reach(works.owner_of(found.owner).people, said)) or not _counts(works, found):
        return False
    handed_in = [line.id for line in works.lines(found.owner) if line.stage == found.stage and line.state != "draft"]
    return handed_in[-1] == found.id


def _counts(works: BlockSubmissions, found: Submission) -> bool:
    """Whether a version that was handed in stands for its owner."""
    return found.state == "accepted" or works.is_again(found.stage)


def shown(works: BlockSubmissions, to: str) -> list[Submission]:
    """What is shown to this audience now: of every owner who agrees the latest version of the work, if it counts. Four statements at
    most."""
    if to not in works.source.audiences(cast(Any, works.visit)):
        return []
    said = _said(works)
    agreed = {owner.key for owner in works.owners_of(list(said)) if fits(to, reach(owner.people, said[owner.key]))}
    found = works.latest(works.source.product(cast(Any, works.visit)))
    return [one for one in found if one.owner in agreed and _counts(works, one)]


def asking(works: BlockSubmissions, owner: Owner) -> Markup:
    """The question to whom the work may be shown, with what the others of the team say; nothing where nobody is asked. One statement."""
    asked = works.source.consents(cast(Any, works.visit))
    if not asked:
        return Markup()
    said = consents(works, owner)
    others = {
        member.name: said[member.id]
        for member in (owner.team.members if owner.team else ())
        if member.id != works.visit.person.id
    }
    mine = said.get(works.visit.person.id, "")
    return ui.render("submissions/consent.html", works=works, asked=asked, mine=mine, others=others, owner=owner)


def forget(site: Site, event: Withdrawn) -> None:
    """Whoever has left can no longer take back what they agreed to, so nothing of theirs is shown any more."""
    gone = delete(Consent).where(Consent.run_id == event.run_id, Consent.person_id == event.person_id)
    db.session.execute(gone.execution_options(synchronize_session=False))
