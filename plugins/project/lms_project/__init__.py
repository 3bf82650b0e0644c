"""The project: a work done by one person or a team, stage by stage, answered and marked by tutors."""

from markupsafe import Markup

from lms.plugin import STAFF, Activity, ActivityPages, Plugin, Visit, mark
from lms_project import owner_views, store, team_views
from lms_project.asking import DefenceQuestions
from lms_project.demo import ProjectDemo
from lms_project.format import ProjectFormat, ProjectSettings
from lms_project.meetings import ProjectTimes
from lms_project.privacy import TeamNotes
from lms_project.views import pages
from lms_project.works import ProjectTeams, ProjectWorks


class Project(ProjectFormat, Activity[ProjectSettings]):
    """The project as an activity."""

    title = mark("Project")

    def show(self, visit: Visit) -> Markup:
        """The card in the lesson: the task, the stages, and what now."""
        standing, stages = store.standing(visit)
        learner = visit.role == "learner"
        now = visit.submissions.current(stages, standing.steps) if learner else None
        return visit.render(
            "project/card.html", stages=stages, steps=standing.steps, now=now, team=standing.team,
            result=visit.result() if learner else None, staff=visit.may(STAFF),
        )  # fmt: skip

    def pages(self) -> ActivityPages:
        """Its pages."""
        whole = ActivityPages()
        for part in (pages, team_views.pages, owner_views.pages):
            whole.routes += part.routes
        return whole


plugin = Plugin(
    "project",
    "lms_project",
    (Project(), ProjectWorks(), ProjectTeams(), ProjectTimes(), DefenceQuestions(), TeamNotes(), ProjectDemo()),
)
