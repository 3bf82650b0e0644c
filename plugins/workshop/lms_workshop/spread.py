"""Works whose reviews differ too much: one more reviewer is asked, and if that does not settle it, the tutor."""

from collections.abc import Sequence

from courses.evaluation import Attention, attention
from lms.plugin import Event, FormState, Message, Site, Tick, Visit, mark
from lms_workshop import marks, stages, store
from lms_workshop.marks import Collected


def wanted(found: Collected, states: Sequence[FormState], asked: int) -> dict[int, Attention]:
    """What each work needs whose reviews differ, by its id. `states`: of all forms; `asked`: reviews each work was to get."""
    if found.marking.spread is None:
        return {}
    given, assigned = marks.shares(found, states), marks.by_work(found.pairs)
    needed: dict[int, Attention] = {}
    for id, forms in given.items():
        finished = sum(form.role == "peer" for form in forms)
        what = attention(forms, found.marking, asked, len(assigned.get(id, ())) - finished)
        if what:
            needed[id] = what
    return needed


def settle(visit: Visit) -> Sequence[int]:
    """Ask one more reviewer for each work that needs one, while reviews are written; returns the ids of those works.

    Whoever has the fewest reviews to write is asked first. Where nobody can be, the tutor is told, as of works that need one.
    Harmless when called again: a work with a review to come needs nothing.
    """
    if marks.marking_of(visit).spread is None or not stages.reviewing(visit):
        return ()
    visit.lock(stages.LOCK)
    found = marks.collect(visit, ())
    stage = store.stage(visit)
    needed = wanted(found, visit.assessments.states(), stages.each(visit))
    helped, left = [], set()
    for work in found.works:
        if needed.get(work.id) == "another":
            if stages.ask_one_more(visit, work.id) is None:
                left.add(work.id)
            else:
                helped.append(work.id)
        elif needed.get(work.id) == "tutor":
            left.add(work.id)
    new = left - set(stage.told)
    if new:
        visit.save_shared(store.stage(visit).model_copy(update={"told": sorted(left | set(stage.told))}))
        for work in found.works:
            if work.id in new:
                words = Message(
                    mark("“{title}”: the reviews of “{work}” differ very much. Look at it and mark it yourself."),
                    {"title": visit.block.title, "work": work.title},
                )
                visit.notify([member.id for member in visit.people("tutor")], words, f"works/{work.id}/")
    return helped


def on_tick(site: Site, event: Event) -> None:
    """Look at the reviews that were finished meanwhile."""
    assert isinstance(event, Tick)
    site.each("workshop", settle)
