"""What is handed in: short tasks of sessions, and the designs of groups with their phases and their groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup

from lms.plugin import (
    Message,
    Owner,
    Phased,
    StageRule,
    Step,
    Submission,
    Submitting,
    Teaming,
    TeamTerms,
    Visit,
    gettext,
    mark,
    speaking,
)
from lms_seminar import design, notes, service
from lms_seminar.board import of_author
from lms_seminar.format import SeminarSettings
from lms_seminar.store import DESIGN, TASK


class Works(Submitting):
    """Short tasks, which count once they are handed in, and the design: version after version until the final one, which a tutor
    accepts or gives back."""

    kind = "seminar"

    def stages(self, visit: Visit) -> Sequence[StageRule]:
        """The short tasks in the order of their sessions, then the design."""
        settings: SeminarSettings = visit.settings
        found = [
            StageRule(
                TASK + session.id,
                gettext("Task: {session}", session=session.title),
                visit.at(session.due, end_of_day=True) if session.due else None,
                refuse=session.late == "refuse",
                again=True,
            )
            for session in settings.tasks
        ]
        if settings.design:
            final = visit.phases.reached == "final"
            asked = settings.design.final if final else settings.design.draft
            title = gettext("Final design") if final else gettext("Draft of the design")
            files = settings.design.files
            found.append(StageRule(DESIGN, title, files=files, asked=asked, titled=True, again=not final))
        return found

    def team(self, visit: Visit) -> tuple[int, int]:
        """The size of a group."""
        return visit.settings.team_least, visit.settings.team_most

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """Drafts come in their phases; a final design once no question to the group lacks an answer."""
        if stage.id != DESIGN:
            return None
        phase = visit.phases.now
        if phase in ("draft", "questions"):
            return None
        if phase != "final":
            over = visit.phases.reached == "final"
            return Message(
                mark("The time for final designs is over.") if over else mark("Drafts are not handed in yet.")
            )
        team = visit.teams.of(visit.person.id)
        left = design.unanswered(visit).get(team.id, 0) if team else 0
        sentence = mark("Answer the questions to your group first; without an answer: {n}.")
        return Message(sentence, {"n": left}) if left else None

    def task(self, visit: Visit, stage: StageRule) -> Markup:
        """What a short task asks; for a design what the seminar is about."""
        settings: SeminarSettings = visit.settings
        session = settings.session(stage.id.removeprefix(TASK))
        text = of_author(session.task) if session else visit.html(settings.text)
        return Markup('<div class="prose">{}</div>').format(text)

    def may_read(self, visit: Visit, found: Submission) -> bool:
        """Designs are read by the other groups from the questions on, if they are shared."""
        return found.stage == DESIGN and design.shared_now(visit)

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        """Note for all of a group how far they are."""
        service.settle(visit, owner.people)


class Groups(Teaming):
    """Groups come about while it is their phase, and before."""

    kind = "seminar"

    def terms(self, visit: Visit) -> TeamTerms:
        """As the author says; chance makes them when their phase begins."""
        settings: SeminarSettings = visit.settings
        opens = visit.phases.dated("groups").opens if settings.design else None
        return TeamTerms(settings.team_least, settings.team_most, settings.team_made, draw_at=opens)

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """What they have handed in is that of the other group now."""
        service.settle(visit, people)


class DesignPhased(Phased):
    """A design seminar goes through its phases."""

    kind = "seminar"

    def settle(self, visit: Visit) -> Sequence[Message]:
        """When final designs begin, every group gets its draft back to make the final design of it."""
        if not visit.settings.design:
            return ()
        visit.lock()
        kept = visit.shared(notes.Arrangements) or notes.Arrangements()
        if visit.phases.reached != "final":
            if kept.given_back:
                visit.save_shared(kept.model_copy(update={"given_back": ()}))
            return ()
        drafts = [
            one for one in visit.submissions.latest(DESIGN)
            if one.state == "waiting" and one.owner not in kept.given_back
        ]  # fmt: skip
        owners = {key for key, steps in visit.submissions.steps().items() if DESIGN in steps}
        if owners <= set(kept.given_back):
            return ()
        visit.save_shared(kept.model_copy(update={"given_back": tuple(sorted(owners | set(kept.given_back)))}))
        with speaking(visit.course.language):
            words = gettext("Make the final design of your draft, and hand it in.")
        for one in drafts:
            visit.submissions.answer(one.id, "returned", words)
        if not drafts:
            return ()
        return [
            Message(
                "{n} group makes the final design now.", {"n": len(drafts)}, "{n} groups make the final design now."
            )
        ]

    def warning(self, visit: Visit, name: str) -> str:
        """Only the last phase does something by itself."""
        return gettext("Every group gets its draft back to make the final design of it.") if name == "final" else ""

    def waiting(self, visit: Visit) -> Collection[int]:
        """Who has no group yet, or whose group has something to do before the phase ends."""
        phase = visit.phases.now
        if phase not in ("groups", "draft", "questions", "final"):
            return ()
        teams = visit.teams.all()
        if phase == "groups":
            placed = {member.id for team in teams for member in team.members}
            return [member.id for member in visit.people() if member.id not in placed]
        if phase == "questions":
            lacking = set(design.unanswered(visit))
        else:
            steps = visit.submissions.steps()
            done = ("waiting", "accepted") if phase == "final" else ("waiting", "returned", "accepted")
            states = {team.id: steps.get(f"team:{team.id}", {}).get(DESIGN, Step()).state for team in teams}
            lacking = {id for id, state in states.items() if state not in done}
        return [member.id for team in teams if team.id in lacking for member in team.members]
