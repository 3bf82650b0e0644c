"""What moves a master class: critiques handed out and written, attempts handed in, and where everybody stands."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from markupsafe import Markup

from lms.plugin import (
    STAFF,
    Assessment,
    BadInput,
    Message,
    Owner,
    Phased,
    Result,
    Reviewing,
    ReviewTerms,
    StageRule,
    State,
    Step,
    Submission,
    Submitting,
    Visit,
    gettext,
    mark,
)
from lms_workshop.masterclass import rules, store
from lms_workshop.masterclass.store import STAGE, Attempts, Standing

KIND = "masterclass"
LOCK = "masterclass"
LEASE = timedelta(days=1)
"""How long an attempt is kept for somebody who asked for one and has not begun to write."""
CRITIC = "peer"
"""The role critiques are kept under."""
TUTOR = "tutor"
"""The role of those that a tutor writes, of any attempt and as many as they like."""


class Gone(LookupError):
    """There is no such attempt here for this person."""


# ------------------------------------------------------------------------------------------- attempts


class MasterclassSubmitting(Submitting):
    """One work, handed in twice."""

    kind = KIND
    lock = LOCK

    def stages(self, visit: Visit) -> Sequence[StageRule]:
        """A newer version may always come; when none does is for the phases to say."""
        return (StageRule(id=STAGE, title=gettext("Your attempt"), titled=True, again=True),)

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """Between the two attempts the first stays as it is: others are looking at it."""
        begun = store.begun(visit)
        if "closed" in begun:
            return Message(mark("The master class is over."))
        if "attempt" not in begun:
            return Message(mark("Attempts are not accepted yet. Look at the demonstration meanwhile."))
        tried = steps.get(STAGE, Step()).state not in ("open", "draft")
        if tried and "critique" in begun and "second" not in begun:
            return Message(
                mark("Others are looking at your first attempt. You try again when the second attempt begins.")
            )
        return None

    def task(self, visit: Visit, stage: StageRule) -> Markup:
        """What to try and, for the second attempt, what was said about the first."""
        received = critiques_of(visit, visit.person.id) if "second" in store.begun(visit) else ()
        return visit.render("workshop/masterclass/_above.html", received=received)

    def may_read(self, visit: Visit, found: Submission) -> bool:
        """Whoever may say something about it."""
        return may_look(visit, found)

    def consents(self, visit: Visit) -> Sequence[str]:
        """Attempts may be shown to the group."""
        return ("run",)

    def audiences(self, visit: Visit) -> Sequence[str]:
        """They are from the gallery on."""
        return ("run",) if "gallery" in store.begun(visit) else ()

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        """A first attempt that comes after critiques were handed out is one of them from now on."""
        shared = store.shared(visit)
        found = store.attempts(visit).get(owner.key)
        if found is not None and shared.drawn_at is not None and owner.key not in shared.first:
            visit.save_shared(shared.model_copy(update={"first": {**shared.first, owner.key: found.first}}))
        restand(visit, owner.people)


# ------------------------------------------------------------------------------------------- critiques


def critics_terms(visit: Visit, known: Mapping[str, Attempts] | None = None) -> ReviewTerms:
    """Whoever has tried looks at as many attempts as look at theirs; critiques that are begun stay."""
    active = {member.id for member in visit.people()}
    attempts = [one for one in (known or store.attempts(visit)).values() if store.person_of(one.owner) in active]
    begun = visit.assessments.of(role=CRITIC)
    return ReviewTerms(
        works={store.subject(one.first): [store.person_of(one.owner)] for one in attempts},
        reviewers=[store.person_of(one.owner) for one in attempts],
        each=visit.settings.critiques,
        apart=(),
        titles={store.subject(one.first): one.title for one in attempts},
        held=[(form.subject, form.assessor_id) for form in begun],
        done=[(form.subject, form.assessor_id) for form in begun if form.done_at is not None],
    )


class MasterclassReviewing(Reviewing):
    """Who writes a critique of what, on the core's board."""

    kind = KIND
    lock = LOCK

    def terms(self, visit: Visit) -> ReviewTerms:
        """As they stand."""
        return critics_terms(visit)

    def refusal(self, visit: Visit) -> Message | None:
        """Changes are for the time of critique."""
        begun = store.begun(visit)
        if "critique" not in begun or "closed" in begun:
            return Message(mark("Critiques are handed out when their time begins, and can be changed until the end."))
        return None

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Tell those who have something to look at now."""
        restand(visit, people)
        done = set(critics_terms(visit).done)
        owed = {one.reviewer_id for one in visit.allocation.reviews() if (one.subject, one.reviewer_id) not in done}
        visit.notify(sorted(owed.intersection(people)), to_look_at(visit))


def to_look_at(visit: Visit) -> Message:
    return Message(mark("“{title}”: attempts are waiting for what you have to say."), {"title": visit.block.title})


def take_one(visit: Visit) -> int:
    """One more attempt to look at for somebody who asks; returns its id. Raises BadInput when it is not the time, or none is left."""
    visit.lock(LOCK)
    begun = store.begun(visit)
    attempts = store.attempts(visit)
    if "critique" not in begun or "closed" in begun or f"person:{visit.person.id}" not in attempts:
        raise BadInput(Message(mark("Critiques are written by those who have tried, when their time has come.")))
    found = visit.allocation.take(critics_terms(visit, attempts), visit.person.id, LEASE)
    if found is None:
        raise BadInput(Message(mark("You have looked at every attempt there is. Thank you!")))
    restand(visit, [visit.person.id])
    return next(one.first for one in attempts.values() if store.subject(one.first) == found.subject)


def may_look(visit: Visit, found: Submission) -> bool:
    """Whether an attempt is one to say something about, and was handed out to this person or is shown to all."""
    if store.shared(visit).first.get(found.owner) != found.id:
        return False
    given = any(one.subject == found.subject for one in visit.allocation.reviews(reviewer_id=visit.person.id))
    return given or any(one.owner == found.owner for one in visit.submissions.shown("run"))


def target(visit: Visit, id: int) -> Submission:
    """The first attempt of another that this person may write a critique of: handed out to them, or shown to all; for staff any.
    Raises Gone."""
    found = visit.submissions.get(id)
    if found is None or found.owner == f"person:{visit.person.id}":
        raise Gone
    first = store.shared(visit).first.get(found.owner) == found.id
    if not (first if visit.may(STAFF) else may_look(visit, found)):
        raise Gone
    return found


def role_of(visit: Visit) -> str:
    """What this person's critiques are kept under."""
    return TUTOR if visit.may(STAFF) else CRITIC


def my_critique(visit: Visit, found: Submission) -> Assessment | None:
    """What this person has written about an attempt."""
    forms = visit.assessments.of([found.subject], role_of(visit))
    return next((form for form in forms if form.assessor_id == visit.person.id), None)


def save_critique(visit: Visit, id: int, finish: bool) -> bool:
    """Keep a critique as it was sent; returns whether it is done. A finished one stays finished. Raises Gone, BadInput."""
    visit.lock(LOCK)
    found = target(visit, id)
    if "closed" in store.begun(visit):
        raise BadInput(Message(mark("The master class is over.")))
    earlier = my_critique(visit, found)
    was_done = earlier is not None and earlier.done_at is not None
    done = finish or was_done
    criteria = visit.assessments.begin(visit.settings.form)
    values, comments, comment = visit.assessments.read(criteria, complete=done)
    visit.assessments.save(found.subject, criteria, values, comments, comment, visit.person.id, role_of(visit), done)
    if not visit.may(STAFF):
        restand(visit, [visit.person.id])
    if done and not was_done:
        text = Message(mark("“{title}”: somebody says what they saw in your attempt."), {"title": visit.block.title})
        visit.notify([store.person_of(found.owner)], text)
    return done


def critiques_of(visit: Visit, person_id: int) -> Sequence[tuple[str, Assessment]]:
    """Finished critiques of somebody's first attempt with who wrote them. Three statements."""
    found = store.attempts(visit).get(f"person:{person_id}")
    forms = visit.assessments.of([store.subject(found.first)]) if found else ()
    names = {member.id: member.name for role in ("learner", "tutor") for member in visit.people(role)} if forms else {}
    left = {CRITIC: gettext("somebody who has left the course"), TUTOR: gettext("The tutor")}
    return [(names.get(form.assessor_id, left[form.role]), form) for form in forms if form.done_at is not None]


# ------------------------------------------------------------------------------------------- phases


class MasterclassPhased(Phased):
    """What each phase brings."""

    kind = KIND
    lock = LOCK

    def settle(self, visit: Visit) -> Sequence[Message]:
        """Critiques are handed out when their time begins; what is possible now is noted for everybody."""
        said = _hand_out(visit)
        restand(visit, [member.id for member in visit.people()])
        return said

    def warning(self, visit: Visit, name: str) -> str:
        """Said to staff before they move it."""
        if name in ("demonstration", "attempt", "gallery"):
            return gettext("If no critique is begun, attempts will be handed out anew when their time comes.")
        if name == "critique":
            return gettext("First attempts stay as they are from now on, and are handed out to those who have tried.")
        return gettext("Nothing more can be handed in or written.") if name == "closed" else ""

    def waiting(self, visit: Visit) -> Collection[int]:
        """Who could do now what the phase is for."""
        asked = {"attempt": ("try",), "critique": ("critique",), "second": ("again", "critique", "try")}.get(
            visit.phases.now, ()
        )
        kept = visit.answers(Standing)
        return [
            member.id
            for member in visit.people()
            if rules.step(store.situation(visit, kept.get(member.id, Standing()))) in asked
        ]


def _hand_out(visit: Visit) -> list[Message]:
    shared, begun = store.shared(visit), store.begun(visit)
    if "critique" in begun and shared.drawn_at is None:
        visit.lock(LOCK)
        attempts = store.attempts(visit)
        terms = critics_terms(visit, attempts)
        first = {one.owner: one.first for one in attempts.values()}
        visit.save_shared(store.Shared(drawn_at=visit.now, first=first))
        drawn = visit.allocation.draw(terms) if terms.each and len(terms.works) > 1 else None
        if drawn is not None:
            visit.notify(drawn.people, to_look_at(visit))
        return [Message(mark("Attempts handed out: {n}."), {"n": len(terms.works)})]
    if "critique" not in begun and shared.drawn_at is not None:
        visit.lock(LOCK)
        if visit.assessments.of():
            return [Message(mark("Some critiques are begun, so it stays decided who looks at what."))]
        visit.allocation.clear()
        visit.save_shared(store.Shared())
        return [Message(mark("No critique was begun, so attempts will be handed out anew."))]
    return []


# ------------------------------------------------------------------------------------------- where people stand


def restand(visit: Visit, people: Collection[int]) -> None:
    """Note how far these participants are, and give whoever stands elsewhere than before their result. Six statements and those of the
    results that change."""
    attempts, kept = store.attempts(visit), visit.answers(Standing)
    given = Counter(form.assessor_id for form in visit.assessments.of(role=CRITIC) if form.done_at is not None)
    apart = Counter(one for one, other in visit.allocation.kept_apart() if f"person:{other}" in attempts)
    for person in people:
        needed = rules.asked(visit.settings.critiques, len(attempts) - 1 - apart[person])
        own = attempts.get(f"person:{person}")
        found = Standing(
            first=own is not None, second=bool(own and own.second), given=given[person], needed=needed if own else 0
        )
        found = found.model_copy(update={"step": rules.step(store.situation(visit, found))})
        if found != kept.get(person, Standing()):
            visit.save_answer(found, person)
            if found.first:
                visit.record(_result(found), person)


_STATES: Mapping[str, State] = {"done": "complete", "over": "failed", "critique": "started", "again": "started"}
_WORDS: Mapping[str, str] = {
    "done": mark("You tried, told others what you saw in their attempts, and tried again."),
    "over": mark("The master class is over without a second attempt, or without the critiques that others waited for."),
    "critique": mark("Critiques written: {given} of {needed}."),
    "again": mark("Read what was said about your first attempt, and try again."),
}


def _result(standing: Standing) -> Result:
    words = _WORDS.get(standing.step, mark("Your first attempt is handed in. The next phase brings what comes now."))
    values = {"given": standing.given, "needed": standing.needed} if standing.step == "critique" else {}
    return Result(
        completion=standing.step == "done",
        state=_STATES.get(standing.step, "pending"),
        explanation=Message(words, values),
    )
