"""Teams: a shared part of activities that people do together."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from lms.db import as_utc, db
from lms.i18n import gettext as _
from lms.plugin import PersonalData, Plugin, Site
from lms.teams import service

_MINE = text(
    "SELECT t.run_id, t.block, t.name, m.joined_at FROM team_member m JOIN team t ON t.id = m.team_id"
    " WHERE m.person_id = :person ORDER BY m.joined_at, t.id"
)


class TeamData(PersonalData):
    """Which teams a person is in."""

    name = "teams"
    tables = ("team", "team_member")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """The person's teams."""
        rows = db.session.execute(_MINE, {"person": person_id})
        return {
            "teams": [
                {"run": row.run_id, "activity": row.block, "team": row.name, "joined_at": str(as_utc(row.joined_at))}
                for row in rows
            ]
        }

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Take the person out of all teams."""
        return [_("You are no longer in any team.")] if service.leave_all(person_id) else []


feature = Plugin("teams", "lms.teams", (TeamData(),))
