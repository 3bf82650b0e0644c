"""Who is to be kept apart from whom in reviewing: declared by staff, or by one of the two."""

from collections.abc import Collection, Mapping, Set

from sqlalchemy import and_, delete, literal, or_, select

from lms.allocation.models import Conflict, OwnConflict
from lms.db import db, lock
from lms.enrolment import service as enrolment
from lms.i18n import Message, mark
from lms.plugin import BadInput
from lms.site import Site


def of(run_id: int) -> Mapping[tuple[int, int], bool]:
    """Pairs of people of a run who are kept apart, in their order, and whether one of the two said so. One statement."""
    declared = select(Conflict.one_id, Conflict.other_id, literal(0)).where(Conflict.run_id == run_id)
    by_one = select(OwnConflict.person_id, OwnConflict.other_id, literal(1)).where(OwnConflict.run_id == run_id)
    found: dict[tuple[int, int], bool] = {}
    for one, other, self_declared in db.session.execute(declared.union_all(by_one)):
        pair = (min(one, other), max(one, other))
        found[pair] = found.get(pair, False) or bool(self_declared)
    return dict(sorted(found.items()))


def declare(site: Site, run_id: int, one: int, other: int) -> None:
    """Keep two members of a run apart in all its activities; nothing happens when they are."""
    one, other = sorted((one, other))
    inside = {member.id for member in enrolment.members(run_id)}
    if one == other or not {one, other} <= inside:
        raise BadInput(Message(mark("Choose two different participants of this course.")))
    lock(f"allocation/{run_id}")
    if db.session.get(Conflict, (run_id, one, other)) is None:
        db.session.add(Conflict(run_id=run_id, one_id=one, other_id=other, at=site.now()))
        db.session.flush()


def take_back(run_id: int, one: int, other: int) -> None:
    """They may review each other again."""
    one, other = sorted((one, other))
    between_them = (Conflict.run_id == run_id, Conflict.one_id == one, Conflict.other_id == other)
    db.session.execute(delete(Conflict).where(*between_them))
    between = or_(
        and_(OwnConflict.person_id == one, OwnConflict.other_id == other),
        and_(OwnConflict.person_id == other, OwnConflict.other_id == one),
    )
    db.session.execute(delete(OwnConflict).where(OwnConflict.run_id == run_id, between))


MOST_OWN = 5
"""People somebody may ask to be kept apart from: a reason for each is believed without asking."""


def most_own(members: int) -> int:
    """The same in a run of so many participants: a third of them at most, or one could choose whose works one gets."""
    return max(1, min(MOST_OWN, members // 3))


def own(run_id: int, person_id: int) -> Set[int]:
    """Whom a person asked to be kept apart from. One statement."""
    mine = (OwnConflict.run_id == run_id, OwnConflict.person_id == person_id)
    return set(db.session.execute(select(OwnConflict.other_id).where(*mine)).scalars())


def keep_own(site: Site, run_id: int, person_id: int, others: Collection[int]) -> None:
    """Keep a person apart from these participants, and no longer from others they had named. Raises BadInput for too many."""
    members = {member.id for member in enrolment.members(run_id)}
    wanted, most = members & set(others) - {person_id}, most_own(len(members))
    if len(wanted) > most:
        raise BadInput(Message(mark("Choose at most {most} people, and ask the tutor about others."), {"most": most}))
    lock(f"allocation/{run_id}")
    before = own(run_id, person_id)
    mine = (OwnConflict.run_id == run_id, OwnConflict.person_id == person_id)
    db.session.execute(delete(OwnConflict).where(*mine, OwnConflict.other_id.in_(before - wanted)))
    for other in sorted(wanted - before):
        db.session.add(OwnConflict(run_id=run_id, person_id=person_id, other_id=other, at=site.now()))
    db.session.flush()
