"""What the core's pages of works ask of a project: its stages, who works together, what comes first, what a mark is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lms.plugin import Criteria, Message, Owner, StageRule, Step, Submitting, Visit, mark
from lms_project import results, rules
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
                stage.late == "refuse", stage.penalty, settings.files,
            )
            for stage in settings.stages
        ]  # fmt: skip

    def team(self, visit: Visit) -> tuple[int, int]:
        """As the author says."""
        return visit.settings.team_least, visit.settings.team_most

    def refusal(self, visit: Visit, stage: StageRule, steps: Mapping[str, Step]) -> Message | None:
        """Stages are done in order."""
        if rules.comes_later(self.stages(visit), steps, stage, visit.now):
            return Message(mark("First hand in the stage before this one."))
        return None

    def criteria(self, visit: Visit, stage: StageRule) -> Criteria | None:
        """The last stage is marked, where there are criteria."""
        settings: ProjectSettings = visit.settings
        return settings.form if stage.id == settings.final.id else None

    def changed(self, visit: Visit, owner: Owner, stage: str) -> None:
        """Results and cards follow."""
        results.settle(visit, owner)
