"""What a team keeps beside its work: what it agrees upon, its diary, its defence. Instants are UTC."""

from datetime import date, datetime

from markupsafe import Markup
from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from lms.plugin import Model, column

ROLE_LENGTH = 200


def shown(html: str) -> Markup:
    """What somebody wrote, as it stands in a page."""
    return Markup(html)  # noqa: S704 - made by render_untrusted, where it is stored


class Pact(Model):
    """One version of what a team agrees upon: its "contract" or the "shares" of its members.

    `owner` is `team:<id>`; `number` counts the team's versions of its kind from 1; `decided`: by a tutor, who asks nobody, and `text`
    is the reason."""

    __tablename__ = "project_pact"
    __table_args__ = (UniqueConstraint("run_id", "block", "owner", "kind", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    owner: Mapped[str] = column(String(40), index=True)
    kind: Mapped[str] = column(String(20))
    number: Mapped[int] = column(Integer)
    text: Mapped[str] = column(Text, default="", personal="content")
    html: Mapped[str] = column(Text, default="", personal="content")
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(personal="record")
    decided: Mapped[bool] = column(Boolean, default=False, personal="record")

    @property
    def shown(self) -> Markup:
        """The text, as it stands in a page."""
        return shown(self.html)


class Voice(Model):
    """A member in a version: the role or the part of the work it gives them, and what they say to it.

    `stance`: "" not yet, "for", "against"; `words`: why against; `at` when."""

    __tablename__ = "project_voice"

    pact_id: Mapped[int] = column(ForeignKey("project_pact.id"), primary_key=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), primary_key=True, index=True, personal="link")
    role: Mapped[str] = column(String(ROLE_LENGTH), default="", personal="content")
    part: Mapped[int] = column(Integer, default=0, personal="record")
    stance: Mapped[str] = column(String(10), default="", personal="record")
    words: Mapped[str] = column(Text, default="", personal="content")
    at: Mapped[datetime | None] = column(personal="record")


class Entry(Model):
    """What somebody did on a day of the project. It belongs to who wrote it, and goes with them into another team."""

    __tablename__ = "project_entry"
    __table_args__ = (Index("ix_project_entry_run_id_block", "run_id", "block"), {"sqlite_autoincrement": True})

    id: Mapped[int] = column(Integer, primary_key=True)
    run_id: Mapped[int] = column(ForeignKey("run.id"))
    block: Mapped[str] = column(String(80), item=True)
    person_id: Mapped[int] = column(ForeignKey("person.id"), index=True, personal="link")
    day: Mapped[date] = column(Date, personal="record")
    text: Mapped[str] = column(Text, personal="content")
    html: Mapped[str] = column(Text, personal="content")
    at: Mapped[datetime] = column(personal="record")

    @property
    def shown(self) -> Markup:
        """The text, as it stands in a page."""
        return shown(self.html)


class Minutes(Model):
    """What was asked and answered at a defence. `edits` counts changes, so that two do not overwrite each other."""

    __tablename__ = "project_minutes"

    run_id: Mapped[int] = column(ForeignKey("run.id"), primary_key=True)
    block: Mapped[str] = column(String(80), primary_key=True, item=True)
    owner: Mapped[str] = column(String(40), primary_key=True, personal="link")
    text: Mapped[str] = column(Text, default="", personal="content")
    html: Mapped[str] = column(Text, default="", personal="content")
    edits: Mapped[int] = column(Integer, default=0)
    by_id: Mapped[int | None] = column(ForeignKey("person.id"), index=True, personal="link")
    at: Mapped[datetime] = column(personal="record")

    @property
    def shown(self) -> Markup:
        """The text, as it stands in a page."""
        return shown(self.html)
