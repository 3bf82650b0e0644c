"""Teams of one activity in one run: made, joined and left so that nobody is in two and none has too many."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from markupsafe import Markup
from sqlalchemy import delete, func, insert, select, text, update

from lms import ui
from lms.db import db, lock
from lms.i18n import Message, mark
from lms.plugin import BadInput, Member, Team, Teaming
from lms.site import Site
from lms.teams.models import TeamMember, TeamRecord

if TYPE_CHECKING:
    from lms.visit import RunVisit

NAME_LENGTH = 80
GONE = mark("This team does not exist any more. Choose another one.")

_TEAMS = (
    "SELECT t.id, t.name, p.id AS person_id, p.surname, p.given_name, p.patronymic, e.role, e.id AS enrolment_id, o.school"
    " FROM team t LEFT JOIN team_member m ON m.team_id = t.id LEFT JOIN person p ON p.id = m.person_id"
    " LEFT JOIN enrolment e ON e.run_id = t.run_id AND e.person_id = m.person_id"
    " LEFT JOIN allocation_origin o ON o.run_id = t.run_id AND o.person_id = m.person_id"
    " WHERE t.run_id = :run"
)
_EVERYWHERE = text(_TEAMS + " ORDER BY t.id, m.joined_at, p.id")
_TEAMS += " AND t.block = :block"
_ALL = text(_TEAMS + " ORDER BY t.id, m.joined_at, p.id")
_OF = text(
    _TEAMS + " AND t.id ="  # noqa: S608 - constants
    " (SELECT team_id FROM team_member WHERE run_id = :run AND block = :block AND person_id = :person)"
    " ORDER BY m.joined_at, p.id"
)
_ONE = text(_TEAMS + " AND t.id = :team ORDER BY m.joined_at, p.id")


class BlockTeams:
    """What `lms.plugin.Teams` promises."""

    def __init__(self, site: Site, run_id: int, block: str, visit: "RunVisit | None" = None) -> None:
        self.site = site
        self.run_id = run_id
        self.block = block
        self.visit = visit

    def all(self) -> Sequence[Team]:
        """All teams with members, oldest first. One statement."""
        return _teams(db.session.execute(_ALL, {"run": self.run_id, "block": self.block}))

    def everywhere(self) -> Sequence[Team]:
        """The teams of all activities of the run, oldest first. One statement."""
        return _teams(db.session.execute(_EVERYWHERE, {"run": self.run_id}))

    def of(self, person_id: int) -> Team | None:
        """The team of a person. One statement."""
        rows = db.session.execute(_OF, {"run": self.run_id, "block": self.block, "person": person_id})
        return next(iter(_teams(rows)), None)

    def create(self, name: str, person_id: int | None = None) -> Team:
        """Make a team, with its first member."""
        name = " ".join(name.split())
        self._hold()
        self._check_name(name)
        key = _key(name)
        if person_id is not None:
            self._refuse_second(person_id)
        team = TeamRecord(run_id=self.run_id, block=self.block, name=name, name_key=key, created_at=self.site.now())
        db.session.add(team)
        db.session.flush()
        if person_id is not None:
            self._add(team.id, person_id)
        return self._one(team.id)

    def join(self, team_id: int, person_id: int, at_most: int) -> Team:
        """Add a member."""
        self._hold()
        own = (TeamRecord.id == team_id, TeamRecord.run_id == self.run_id, TeamRecord.block == self.block)
        if db.session.execute(select(TeamRecord.id).where(*own)).first() is None:
            raise BadInput(Message(GONE))
        self._refuse_second(person_id)
        count = select(func.count()).select_from(TeamMember).where(TeamMember.team_id == team_id)
        if db.session.execute(count).scalar_one() >= at_most:
            raise BadInput(Message(mark("This team is full: it has {most} members."), {"most": at_most}))
        self._add(team_id, person_id)
        return self._one(team_id)

    def leave(self, person_id: int) -> None:
        """Take a person out of their team; an empty team is removed."""
        self._hold()
        _take_out(self.run_id, self.block, person_id)

    def dissolve(self, team_ids: Sequence[int]) -> None:
        """Take everybody out of these teams, which are no more."""
        self._hold()
        if team_ids:
            own = (TeamRecord.run_id == self.run_id, TeamRecord.block == self.block, TeamRecord.id.in_(team_ids))
            db.session.execute(delete(TeamMember).where(TeamMember.team_id.in_(select(TeamRecord.id).where(*own))))
            db.session.execute(delete(TeamRecord).where(*own))
            db.session.expire_all()

    def seat(self, teams: Mapping[int, int]) -> None:
        """Put people who have no team into these, by person, however many there are."""
        self._hold()
        now, here = self.site.now(), {"run_id": self.run_id, "block": self.block}
        rows = [{**here, "person_id": person, "team_id": team, "joined_at": now} for person, team in teams.items()]
        if rows:
            db.session.execute(insert(TeamMember), rows)

    def rename(self, team_id: int, name: str) -> None:
        """Call a team otherwise."""
        self._hold()
        found = next((team for team in self.all() if team.id == team_id), None)
        name = " ".join(name.split())
        if found is None:
            raise BadInput(Message(GONE))
        if found.name != name:
            self._check_name(name, team_id)
            own = (TeamRecord.id == team_id, TeamRecord.run_id == self.run_id, TeamRecord.block == self.block)
            db.session.execute(update(TeamRecord).where(*own).values(name=name, name_key=_key(name)))

    def show(self) -> Markup:
        """The reader's own team, or the way to one. One statement."""
        assert self.visit is not None, "a page is somebody's"
        own = next((team for team in self.all() if any(one.id == self.visit.person.id for one in team.members)), None)
        source = source_of(self.visit)
        made = source.terms(cast(Any, self.visit)).made if source is not None else "choice"
        return ui.render("teams/_own.html", own=own, page=self.page, made=made)

    @property
    def page(self) -> str:
        """Address of the page of teams."""
        assert self.visit is not None, "a page stands in a run"
        return f"{self.visit.run.base}teams/{self.block}"

    def _hold(self) -> None:
        lock(f"teams/{self.run_id}/{self.block}")

    def _check_name(self, name: str, but: int = 0) -> None:
        if not name:
            raise BadInput(Message(mark("Give the team a name.")))
        if len(name) > NAME_LENGTH:
            raise BadInput(Message(mark("The name may have at most {most} characters."), {"most": NAME_LENGTH}))
        taken = select(TeamRecord.id).where(
            TeamRecord.run_id == self.run_id, TeamRecord.block == self.block, TeamRecord.name_key == _key(name),
            TeamRecord.id != but,
        )  # fmt: skip
        if db.session.execute(taken).first() is not None:
            sentence = mark("There is a team “{name}” already. Choose another name or join it.")
            raise BadInput(Message(sentence, {"name": name}))

    def _refuse_second(self, person_id: int) -> None:
        if db.session.get(TeamMember, (self.run_id, self.block, person_id)) is not None:
            raise BadInput(Message(mark("A person can be in one team only: leave the present one first.")))

    def _add(self, team_id: int, person_id: int) -> None:
        db.session.add(
            TeamMember(
                run_id=self.run_id, block=self.block, person_id=person_id, team_id=team_id, joined_at=self.site.now()
            )
        )
        db.session.flush()

    def _one(self, team_id: int) -> Team:
        return _teams(db.session.execute(_ONE, {"run": self.run_id, "block": self.block, "team": team_id}))[0]


def source_of(visit: "RunVisit") -> Teaming | None:
    """What a kind of block says about its teams; None for kinds without."""
    kinds: Sequence[Teaming] = visit.site.of(Teaming)
    return next((one for one in kinds if one.kind == visit.block.kind), None)


def leave_all(person_id: int) -> int:
    """Take a person out of every team on the site, for erasure; returns how many there were."""
    places = db.session.execute(
        select(TeamMember.run_id, TeamMember.block).where(TeamMember.person_id == person_id).order_by(
            TeamMember.run_id, TeamMember.block
        )
    ).all()  # fmt: skip
    for run_id, block in places:
        lock(f"teams/{run_id}/{block}")
        _take_out(run_id, block, person_id)
    return len(places)


def _take_out(run_id: int, block: str, person_id: int) -> None:
    found = db.session.get(TeamMember, (run_id, block, person_id))
    if found is None:
        return
    team_id = found.team_id
    db.session.delete(found)
    db.session.flush()
    if db.session.execute(select(TeamMember.person_id).where(TeamMember.team_id == team_id)).first() is None:
        db.session.execute(delete(TeamRecord).where(TeamRecord.id == team_id))


def _key(name: str) -> str:
    return name.casefold().replace("ё", "е")[: 2 * NAME_LENGTH]  # a few letters are longer when folded


def _teams(rows: Any) -> list[Team]:
    names: dict[int, str] = {}
    members: dict[int, list[Member]] = {}
    for row in rows:
        names[row.id] = row.name
        found = members.setdefault(row.id, [])
        if row.person_id is not None:
            name = " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)
            found.append(Member(row.person_id, name, row.role or "learner", row.enrolment_id or 0, row.school or ""))
    return [Team(id, name, tuple(members[id])) for id, name in names.items()]
