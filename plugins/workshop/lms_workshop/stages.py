"""Where a workshop stands, who reviews what in it, and how far everybody is."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from lms.plugin import (
    BadInput,
    Message,
    Result,
    Reviewing,
    ReviewTerms,
    State,
    Visit,
    mark,
)
from lms_workshop import numbers, results, rules, store
from lms_workshop.format import WorkshopSettings
from lms_workshop.store import Stage, Standing

LOCK = "workshop"
HANDED_IN: State = "pending"
"""The state of somebody who has done their part for now and waits for others."""


class Gone(LookupError):
    """There is no such work, review or phase here for this person."""


# ------------------------------------------------------------------------------------------- where it stands


def handing_in(visit: Visit) -> bool:
    """Whether works are handed in now."""
    return visit.phases.now in ("submission", "open")


def reviewing(visit: Visit) -> bool:
    """Whether reviews are written now."""
    return visit.phases.now in ("review", "open")


def own_pace(visit: Visit) -> bool:
    """Whether everybody goes at their own pace, taking works from a queue."""
    settings: WorkshopSettings = visit.settings
    return settings.pace == "own"


def handed_out(visit: Visit) -> bool:
    """Whether works have gone to reviewers, or go to whoever asks for one."""
    return own_pace(visit) or store.stage(visit).allocated_at is not None


def each(visit: Visit) -> int:
    """How many reviews each work was to get."""
    settings: WorkshopSettings = visit.settings
    return settings.reviewers if own_pace(visit) else store.stage(visit).given


def situation(visit: Visit) -> rules.Situation:
    """Where the workshop and this person are. Asks the database nothing inside a lesson."""
    standing = store.standing(visit)
    return rules.Situation(
        visit.phases.now, not visit.phases.reached, handed_out(visit), results.given_at(visit) is not None,
        standing.submitted, standing.assigned, standing.done, standing.taken,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- who reviews what


@dataclass(frozen=True)
class Outcome:
    """Whether something was done, and a sentence about it for staff."""

    done: bool
    text: Message


def allocate(visit: Visit) -> Outcome:
    """Hand the works out to reviewers, once: the second call changes nothing and says so."""
    visit.lock(LOCK)
    stage = store.stage(visit)
    if stage.allocated_at is not None:
        return Outcome(False, Message(mark("The works are already handed out to reviewers.")))
    if visit.phases.now in ("submission", "wishes") or not visit.phases.reached:
        raise BadInput(Message(mark("Works are still being handed in. Move the workshop on to reviewing first.")))
    terms = review_terms(visit)
    if not terms.works:
        return Outcome(False, Message(mark("Nobody has handed in a work, so there is nothing to review.")))
    drawn = visit.allocation.draw(terms)
    if drawn is None:
        return Outcome(False, Message(mark("The works are already handed out to reviewers.")))
    numbers.give(visit, drawn.numbers)
    given = min(terms.each, len(terms.works) - 1)
    short = sum(terms.each - lacking < given for lacking in drawn.missing.values())
    stage = stage.model_copy(
        update={
            "allocated_at": visit.now, "works": len(terms.works), "asked": terms.each, "given": given, "short": short,
        }
    )  # fmt: skip
    visit.save_shared(stage)
    load = Counter(reviewer for _, reviewer in drawn.pairs)
    for person in sorted(terms.reviewers):
        stands(visit, person, Standing(submitted=True, assigned=load[person]))
    if drawn.people:
        visit.notify(drawn.people, to_review(visit))
    words = allocation_in_words(stage)
    if given < terms.each or short:
        visit.notify([member.id for member in visit.people("tutor")], words)
    return Outcome(True, words)


def review_terms(visit: Visit) -> ReviewTerms:
    """Whoever handed in a work reviews as many as their own gets; reviews that are begun stay. For whoever is in the course now."""
    settings: WorkshopSettings = visit.settings
    active = {member.id for member in visit.people()}
    known = store.works(visit)
    works = [work for work in known if active.intersection(work.people)]
    begun = store.by_pair(visit.assessments.states("peer"))
    return ReviewTerms(
        works={store.subject(work.id): list(work.people) for work in works},
        reviewers=[person for work in works for person in work.people if person in active],
        each=settings.reviewers,
        apart=settings.apart,
        titles={store.subject(work.id): work.title for work in known},
        wishes=visit.allocation.wishes() if settings.wishes else {},
        held=list(begun),
        done=[pair for pair, form in begun.items() if form.done_at is not None],
    )


class WorkshopReviewing(Reviewing):
    """Who reviews what, on the core's board."""

    kind = "workshop"
    lock = LOCK

    def terms(self, visit: Visit) -> ReviewTerms:
        """As they stand."""
        return review_terms(visit)

    def refusal(self, visit: Visit) -> Message | None:
        """Changes are for the time of reviewing."""
        if not handed_out(visit) or visit.phases.now in ("evaluation", "closed"):
            return Message(mark("Reviewers can be added once works are handed out and until reviewing ends."))
        return None

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Late works get a number, people get told."""
        numbers.give_late(visit)
        restand(visit, people)
        active, kept = {member.id for member in visit.people()}, visit.answers(Standing)
        waiting = [id for id in sorted(active.intersection(people, kept)) if kept[id].done < kept[id].assigned]
        if waiting:
            visit.notify(waiting, to_review(visit))


def to_review(visit: Visit) -> Message:
    return Message(mark("“{title}”: works are waiting for your review."), {"title": visit.block.title})


def allocation_in_words(stage: Stage) -> Message:
    """What came of handing out, for staff, a shortfall included."""
    values = {"works": stage.works, "given": stage.given, "asked": stage.asked}
    if not stage.given:
        return Message(mark("Only one work was handed in, so nobody can review it: mark it yourself."))
    if stage.given < stage.asked:
        return Message(
            mark(
                "Works: {works}. Each gets {given} of the {asked} reviewers asked for, because there are no more "
                "participants who handed in a work. Add your own assessment where you find the reviews too few."
            ),
            values,
        )
    if stage.short:
        values["short"] = stage.short
        return Message(
            mark(
                "Works: {works}. Reviewers of each work: {given}, but {short} of them got fewer, because too many participants "
                "may not review them. The board of who reviews what says why."
            ),
            values,
        )
    return Message(mark("Works: {works}. Reviewers of each work: {given}."), values)


def stands(visit: Visit, person_id: int, standing: Standing) -> None:
    """Keep how far a participant is while reviews are written, and what is next for them."""
    visit.save_answer(standing, person_id)
    if standing.out_at is not None:
        return  # whoever has the marks keeps them
    state: State = HANDED_IN
    if standing.done < standing.assigned:
        state = "started"
        values = {"done": standing.done, "assigned": standing.assigned}
        words = Message(mark("Reviews done: {done} of {assigned}."), values)
    elif standing.assigned:
        words = Message(mark("All reviews are done. The marks come when the workshop is closed."))
    elif standing.submitted:
        words = Message(mark("The work is handed in. The marks come when the workshop is closed."))
    else:
        state, words = "started", Message(mark("There is nothing to do for you in this workshop."))
    visit.record(Result(completion=False, state=state, explanation=words), person_id)


def note_read(visit: Visit, people: Collection[int]) -> None:
    """Somebody reads the works of these people while works are handed in: they stay as they are from now on."""
    stage = store.stage(visit)
    read = {*stage.read, *people}
    if read != set(stage.read):
        visit.save_shared(stage.model_copy(update={"read": sorted(read)}))


def restand(visit: Visit, people: Collection[int]) -> None:
    """Count these participants' reviews anew after a change."""
    authors = {person for work in store.works(visit) for person in work.people}
    forms = store.by_pair(visit.assessments.states("peer"))
    standings = {person: Standing(submitted=person in authors) for person in people}
    if own_pace(visit):
        known, asked = visit.answers(Standing), visit.settings.reviewers
        for person in authors.intersection(standings):
            kept = known.get(person, Standing())
            standings[person] = kept.model_copy(update={"submitted": True, "assigned": asked, "done": 0, "taken": 0})
    for pair in store.pairs(visit):
        if pair.reviewer_id in standings:
            form = forms.get((store.subject(pair.work_id), pair.reviewer_id))
            before = standings[pair.reviewer_id]
            done = before.done + (form is not None and form.done_at is not None)
            taken = before.taken + 1
            counts = {"assigned": before.assigned + 1, "done": done}
            if own_pace(visit):
                counts = {"assigned": max(before.assigned, taken), "done": done, "taken": taken}
            standings[pair.reviewer_id] = before.model_copy(update=counts)
    for person in sorted(standings):
        stands(visit, person, standings[person])


def add_reviewer(visit: Visit, work_id: int, reviewer_id: int) -> None:
    """Ask one more participant to review a work, by hand. Raises BadInput for the author, strangers and repetitions."""
    visit.lock(LOCK)
    if store.work(visit, work_id) is None:
        raise Gone
    if not handed_out(visit) or visit.phases.now in ("evaluation", "closed"):
        raise BadInput(Message(mark("Reviewers can be added once works are handed out and until reviewing ends.")))
    visit.allocation.add(review_terms(visit), store.subject(work_id), reviewer_id)
    numbers.give_late(visit)
    restand(visit, [reviewer_id])
    visit.notify([reviewer_id], to_review(visit))


def ask_one_more(visit: Visit, work_id: int) -> int | None:
    """Ask somebody to review a work beside its reviewers: those who handed in first, then others. Returns who it is, or None."""
    terms = review_terms(visit)
    subject = store.subject(work_id)
    if subject not in terms.works:
        return None
    beside = [member.id for member in visit.people() if member.id not in set(terms.reviewers)]
    done = set(terms.done)
    owing = {one.reviewer_id for one in visit.allocation.reviews() if (one.subject, one.reviewer_id) not in done}
    free = replace(terms, reviewers=[id for id in terms.reviewers if id not in owing])
    # whoever has done theirs does one more sooner than whoever has not begun
    chosen = visit.allocation.ask(free, subject) or visit.allocation.ask(terms, subject, beside)
    if chosen is not None:
        numbers.give_late(visit)
        restand(visit, [chosen])
        visit.notify([chosen], to_review(visit))
    return chosen


def hand_out_late(visit: Visit, work_id: int) -> None:
    """A work that came late finds its reviewers among those who have the fewest to write, and those who wrote it review as many works as
    everybody: the ones with the fewest reviews."""
    wanted = min(each(visit), len(store.works(visit)) - 1)
    for _ in range(wanted):
        ask_one_more(visit, work_id)
    terms, own = review_terms(visit), store.subject(work_id)
    for person in terms.works[own]:
        counts = Counter(one.subject for one in visit.allocation.reviews())
        others = sorted((subject for subject in terms.works if subject != own), key=lambda subject: counts[subject])
        alone, taken = replace(terms, reviewers=[person]), 0
        for subject in others:
            if taken < wanted and visit.allocation.ask(alone, subject) is not None:
                taken += 1
    restand(visit, terms.works[own])
    visit.notify(list(terms.works[own]), to_review(visit))


def remove_reviewer(visit: Visit, work_id: int, pair_id: int) -> None:
    """Take a review of this work off somebody who has not finished it. Raises BadInput when they have."""
    visit.lock(LOCK)
    pair = next((pair for pair in store.pairs(visit) if (pair.work_id, pair.id) == (work_id, pair_id)), None)
    if pair is None:
        raise Gone
    form = store.by_pair(visit.assessments.of([store.subject(pair.work_id)], "peer")).get(
        (store.subject(pair.work_id), pair.reviewer_id)
    )
    if form is not None and form.done_at is not None:
        raise BadInput(Message(mark("This review is finished and stays. You can set the mark by hand instead.")))
    if store.stage(visit).released_at is not None:
        raise BadInput(Message(mark("The workshop is closed. Move it back to change who reviews what.")))
    drafts = replace(review_terms(visit), held=())  # a draft may be taken off by hand
    visit.allocation.remove(drafts, pair_id)
    restand(visit, [pair.reviewer_id])
