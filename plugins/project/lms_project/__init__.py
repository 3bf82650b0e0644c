"""The project: a work done by one person or a team, stage by stage, answered and marked by tutors."""

from markupsafe import Markup

from lms.plugin import STAFF, Activity, ActivityPages, Plugin, Visit, mark
from lms_project import board, rules, store
from lms_project.demo import ProjectDemo
from lms_project.format import ProjectFormat, ProjectSettings
from lms_project.privacy import HandIns
from lms_project.views import pages


class Project(ProjectFormat, Activity[ProjectSettings]):
    """The project as an activity."""

    title = mark("Project")

    def show(self, visit: Visit) -> Markup:
        """The card in the lesson: the task, the stages, and what now."""
        standing = visit.answer(store.Standing) or store.Standing()
        steps = {
            id: rules.Step(state, id in standing.late)  # type: ignore[arg-type]  # written from steps
            for id, state in standing.states.items()
        }
        stages = store.stage_rules(visit, standing.until)
        now = rules.current(stages, steps, visit.now) if visit.role == "learner" else None
        return visit.render(
            "project/card.html", lines=board.stage_lines(visit, stages, steps), now=now, team=standing.team,
            result=visit.result() if visit.role == "learner" else None, staff=visit.may(STAFF),
        )  # fmt: skip

    def pages(self) -> ActivityPages:
        """Its pages."""
        return pages


plugin = Plugin("project", "lms_project", (Project(), HandIns(), ProjectDemo()))
