"""How long people were at the meetings of a run, whatever activities they belong to."""

from collections import Counter
from collections.abc import Sequence

from courses.tree import ACADEMIC_HOUR
from lms.db import Query
from lms.enrolment.place import Place
from lms.plugin import Actor, Gathering, Run
from lms.site import Site
from lms.visit import RunVisit

_PRESENT = Query(
    "SELECT block, meeting, person_id, minutes FROM attendance"
    " WHERE run_id = :run AND state = 'present' AND person_id IN :people"
)


def of_people(site: Site, run: Run, people: Sequence[int]) -> dict[int, float]:
    """Academic hours at meetings, to a tenth, of those of these people who were at any. Nothing is asked for courses without
    meetings; else three statements and those of their kinds."""
    kinds = {source.kind for source in site.of(Gathering)}  # type: ignore[type-abstract]  # the registry gives what derives from it
    visit = RunVisit(site, Actor(0), Place(run, "tutor", 0))
    blocks = {block.id: block for block in visit.course.blocks() if block.kind in kinds}
    rows = _PRESENT.plain(run=run.id, people=list(people)) if blocks and people else []
    where = sorted({row[0] for row in rows} & blocks.keys())
    if not where:
        return {}
    visit.read_kept(where)
    lengths = {
        (block, one.id): one.minutes for block in where for one in visit.at_block(blocks[block]).attendance.meetings()
    }
    found: Counter[int] = Counter()
    for block, meeting, person, minutes in rows:
        planned = lengths.get((block, meeting), 0)  # a meeting that is no more counts nothing
        found[person] += planned if minutes is None else min(minutes, planned)
    return {person: round(minutes / ACADEMIC_HOUR, 1) for person, minutes in found.items() if minutes}
