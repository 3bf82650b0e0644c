"""Teams within an activity of a run, and who is in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.db import Instant, Model, column


class TeamRecord(Model):
    """A team of one activity. `name_key` is the folded name that must be unique there; ids are never used again."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("run_id", "block", "name_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    name: Mapped[str] = column(String(80), personal="content")
    name_key: Mapped[str] = column(String(160), personal="content")
    created_at: Mapped[datetime] = column(Instant)


class TeamMember(Model):
    """A person's place in a team. Run and block stand here too, so that the database itself refuses a second team."""

    __tablename__ = "team_member"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    team_id: Mapped[int] = column(ForeignKey("team.id"), index=True, personal="record")
    joined_at: Mapped[datetime] = column(Instant, personal="record")
