"""What the core's pages of works and teams ask of a project: its stages, who works together, what comes first, what a mark is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from lms.plugin import (
    Criteria,
    Message,
    Owner,
    StageRule,
    Step,
    Submission,
    Submitting,
    Teaming,
    TeamTerms,
    Visit,
    gettext,
    mark,
)
from lms_project import defence, pacts, results, rules, store
from lms_project.format import ProjectSettings


class ProjectWorks(Submitting):
    """The works of a project: a stage after the other, the last one marked by criteria."""

    kind = "project"

    def stages(self, visit: Visit) -> Sequence[StageRule]:
        """The stages with their instants in this run."""
        settings: ProjectSettings = visit.settings
        return [
            StageRule(
                stage.id, stage.title, None if stage.due is None else visit.at(stage.due, end_of_day=True),
                stage.late == "refuse", stage.penalty, settings.files, stage.asks,
            )
            for stage in settings.stages
        ]  # fmt: skip

    def team(self, visit: Visit) -> tuple[int, int]:
        """As the author says."""
        return visit.settings.team_least, visit.settings.team_most

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """Stages are done in order; before anything is handed in, the team has to be as the author wants it."""
        if rules.comes_later(self.stages(visit), steps, stage, visit.now):
            return Message(mark("First hand in the stage before this one."))
        begun = any(step.state not in ("open", "draft") for step in steps.values())
        return None if begun or visit.role != "learner" else pacts.bar(visit)

    def criteria(self, visit: Visit, stage: StageRule) -> Criteria | None:
        """The last stage is marked, where there are criteria."""
        settings: ProjectSettings = visit.settings
        return settings.form if stage.id == settings.final.id else None

    def consents(self, visit: Visit) -> Sequence[str]:
        """As far as the author lets works be shown."""
        return {"nobody": (), "run": ("run",), "public": ("run", "public")}[visit.settings.shown]

    def beside(self, visit: Visit, found: Submission) -> Markup:
        """The way to the questions about a work that is to be defended."""
        if visit.settings.defence is None or found.stage != visit.settings.final.id:
            return Markup()
        address = visit.questions.address(defence.subject(found.owner))
        return Markup('<p><a href="{}">{}</a></p>').format(address, gettext("Questions for the defence"))

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        """Results and cards follow."""
        results.settle(visit, owner)


class ProjectTeams(Teaming):
    """The teams of a project, as the author says."""

    kind = "project"

    def terms(self, visit: Visit) -> TeamTerms:
        """The author's words."""
        settings: ProjectSettings = visit.settings
        return TeamTerms(settings.team_least, settings.team_most, settings.team_made)

    def changed(self, visit: Visit, people: Sequence[int]) -> None:
        """Results and cards follow, those of whoever has no team now too."""
        left = set(people)
        for owner in visit.submissions.owners():
            if left & set(owner.people):
                results.settle(visit, owner)
                left -= set(owner.people)
        for person in sorted(left):
            visit.save_answer(store.Standing(), person)
