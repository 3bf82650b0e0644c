"""What works are called by for those who do not know their authors: numbers that say nothing of when a work came, unless it came late."""

from collections.abc import Mapping
from secrets import SystemRandom

from sqlalchemy import update

from lms.plugin import Visit, db
from lms_workshop import store
from lms_workshop.models import Work


def give(visit: Visit, drawn: Mapping[str, int]) -> None:
    """The numbers that were drawn with the reviewers, by subject; works that people have wished for keep those they are known by."""
    known = store.works(visit)
    if any(work.number for work in known):
        give_late(visit)
    else:
        _keep({work.id: drawn[store.subject(work.id)] for work in known if store.subject(work.id) in drawn})


def give_late(visit: Visit) -> None:
    """A work that came after handing out is called by the next number as soon as somebody reviews it."""
    known = store.works(visit)
    reviewed = {pair.work_id for pair in store.pairs(visit)}
    late = [work.id for work in known if not work.number and work.id in reviewed]
    highest = max((work.number for work in known), default=0)
    _keep({id: highest + place for place, id in enumerate(late, start=1)})


def give_for_wishes(visit: Visit) -> None:
    """Numbers for people to choose by before anything is handed out, by lot."""
    known = store.works(visit)
    new = [work.id for work in known if not work.number]
    SystemRandom().shuffle(new)
    highest = max((work.number for work in known), default=0)
    _keep({id: highest + place for place, id in enumerate(new, start=1)})


def _keep(numbers: Mapping[int, int]) -> None:
    if numbers:
        db.session.execute(update(Work), [{"id": id, "number": number} for id, number in numbers.items()])
