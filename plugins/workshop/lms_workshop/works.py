"""What the core's pages of works and teams ask of a workshop: what is handed in and until when, by whom, what to mind."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from sqlalchemy import select

from lms.plugin import Message, Owner, StageRule, Step, Submitting, Teaming, TeamTerms, Visit, db, mark
from lms_workshop import queue, rules, stages, store
from lms_workshop.format import WorkshopSettings
from lms_workshop.models import Work
from lms_workshop.store import SLOT, Standing


class WorkshopSubmitting(Submitting):
    """One work, which may be handed in again until reviewing begins. Where late works are taken, they are until reviewing ends, and find
    their reviewers by themselves."""

    kind = "workshop"
    lock = stages.LOCK

    def stages(self, visit: Visit) -> Sequence[StageRule]:
        """Due when the phase of handing in ends, by its dates or because the tutor moved on."""
        settings: WorkshopSettings = visit.settings
        due = visit.phases.dated("open" if stages.own_pace(visit) else "submission").closes
        return (
            StageRule(
                id=SLOT, due=due, refuse=settings.late == "refuse", penalty=settings.penalty, files=settings.files,
                asked=settings.asks, titled=True, again=True,
            ),
        )  # fmt: skip

    def team(self, visit: Visit) -> tuple[int, int]:
        """As the author says."""
        return visit.settings.team_least, visit.settings.team_most

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """What was handed in stays as it is once handing in is over; its reviewers read one and the same text."""
        kept = store.stage(visit)
        # the clock of this visit may have been read before it had to wait for the allocation
        overtaken = kept.allocated_at is not None and kept.allocated_at > visit.now
        # at the very instant at which handing in ends it is over already
        over = not stages.handing_in(visit) and stage.refuse and (stage.due is None or stage.due <= visit.now)
        if visit.phases.reached in ("", "evaluation", "closed") or overtaken or over:
            return Message(mark("Works are not accepted now: the time for handing in is over or has not begun."))
        if steps.get(SLOT, Step()).state not in ("open", "draft"):
            if not stages.handing_in(visit):
                return Message(mark("The work cannot be changed any more: the time for handing in is over."))
            own = store.own_work(visit) if stages.own_pace(visit) else None
            if own is not None and visit.allocation.reviews(store.subject(own.id)):
                return Message(mark("The work cannot be changed any more: somebody has taken it to review."))
            if visit.person.id in kept.read:
                return Message(mark("The work cannot be changed any more: somebody has begun to review it."))
        return None

    def task(self, visit: Visit, stage: StageRule) -> Markup:
        """The task, and what would say whose the work is where nobody is to know."""
        return visit.render("workshop/_above.html", names=_names_in_it(visit) if visit.settings.anonymous else ())

    def anonymous(self, visit: Visit) -> bool:
        """As the author says."""
        return bool(visit.settings.anonymous)

    def consents(self, visit: Visit) -> Sequence[str]:
        """As far as the author lets works be shown, with the names of those who wrote them."""
        return {"nobody": (), "run": ("run",), "public": ("run", "public")}[visit.settings.shown]

    def audiences(self, visit: Visit) -> Sequence[str]:
        """They are when the results are out: until then nobody is to know whose a work is, nor to copy it."""
        return self.consents(visit) if store.stage(visit).released_at is not None else ()

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        """A work that was handed in is one of the workshop's; a late one is handed out to reviewers."""
        if all(line.state == "draft" for line in visit.submissions.lines(owner.key)):
            return
        here = (Work.run_id == visit.run.id, Work.block == visit.block.id, Work.owner == owner.key)
        new = db.session.scalars(select(Work.id).where(*here)).first() is None
        if new:
            db.session.add(Work(run_id=visit.run.id, block=visit.block.id, owner=owner.key, number=0))
            db.session.flush()
        stages.restand(visit, owner.people)
        if new and stages.own_pace(visit):
            queue.tell_idle(visit)
        if new and store.stage(visit).allocated_at is not None and not stages.handing_in(visit):
            stages.hand_out_late(visit, db.session.scalars(select(Work.id).where(*here)).one())


def _names_in_it(visit: Visit) -> Sequence[str]:
    """Which of this person's own names stand in the latest version of the work. Three statements."""
    owner = visit.submissions.owner()
    versions = visit.submissions.versions(owner.key, SLOT) if owner is not None else ()
    if not versions:
        return ()
    last = versions[-1]
    names = [file.name for file in store.files_of(visit, last)]
    return rules.names_found("\n".join([last.title, last.text, *names]), [visit.person.surname, visit.person.email])


class WorkshopTeaming(Teaming):
    """Teams find together while works are handed in."""

    kind = "workshop"
    lock = stages.LOCK

    def terms(self, visit: Visit) -> TeamTerms:
        """As the author says."""
        settings: WorkshopSettings = visit.settings
        over = visit.phases.reached not in ("", "submission", "open")
        refusal = Message(mark("Teams stay as they are once works are reviewed.")) if over else None
        return TeamTerms(settings.team_least, settings.team_most, settings.team_made, refusal)

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Whoever comes to a team that has handed in has its work and reviews to write; whoever leaves one has not. Marks that are
        out stay."""
        wrote = {person for work in store.works(visit) for person in work.people}
        known, active = visit.answers(Standing), {member.id for member in visit.people()}
        were = {person: known.get(person, Standing()) for person in active.intersection(people)}
        moved = [id for id, one in were.items() if one.out_at is None and one.submitted != (id in wrote)]
        if moved:
            stages.restand(visit, moved)
