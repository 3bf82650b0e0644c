"""What a learner finds on the project's page, read in a constant number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.plugin import Owner, StageRule, Step, Team, Visit
from lms_project import service
from lms_project.format import ProjectSettings


@dataclass(frozen=True)
class Mine:
    """The own work. `now` is the stage to work on; `teams` are those one may join, while one has none."""

    owner: Owner | None
    stages: Sequence[StageRule]
    steps: Mapping[str, Step]
    now: StageRule | None
    may_change_team: bool
    teams: Sequence[Team]


def of_learner(visit: Visit) -> Mine:
    """A learner's page."""
    settings: ProjectSettings = visit.settings
    works = visit.submissions
    owner = works.owner()
    key = owner.key if owner else service.person_key(visit)
    whole = works.steps()
    steps = whole.get(key, {})
    stages = works.stages(key)
    sent = {of for of, found in whole.items() if any(step.state not in ("open", "draft") for step in found.values())}
    in_team = owner is not None and owner.team is not None
    free = settings.team_most > 1 and not in_team and service.person_key(visit) not in sent
    open_teams = [
        team
        for team in (visit.teams.all() if free else ())
        if len(team.members) < settings.team_most and f"team:{team.id}" not in sent
    ]
    may_change = settings.team_most > 1 and (free or (in_team and key not in sent))
    return Mine(owner, stages, steps, works.current(stages, steps) if owner else None, may_change, open_teams)
