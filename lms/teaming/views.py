"""The page of an activity's teams: participants find theirs, staff make, draw and mend them. The same for every kind of activity."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from lms.i18n import gettext as _
from lms.i18n import mark, ngettext
from lms.plugin import LEARNER, PARTICIPANT, STAFF, BadInput, Message, Pages, Team
from lms.teaming.making import Making, Standing
from lms.visit import RunVisit

pages = Pages("teaming")
PAGE = "/courses/<course>/teams/<block>"
BOARD_PAGE = 40
"""Teams on one page of the board."""


def _enter(visit: RunVisit, block: str) -> Making:
    """What may be done with the block's teams; 404 for blocks whose people work alone, as far as learners may open them."""
    try:
        visit.enter_block(visit.course.block(block))
    except KeyError:
        abort(404)
    making = Making.of(visit)
    if making is None or (visit.role == "learner" and not visit.verdicts[block].open):
        abort(404)
    if making.source.terms(making.plain).most == 1:
        abort(404)
    return making


@dataclass(frozen=True)
class Line:
    """A team on the page: `people` are (id, name, school, whether they have left the course)."""

    team: Team
    people: Sequence[tuple[int, str, str, bool]]
    fixed: bool
    open: bool
    small: bool


def _lines(found: Standing) -> Sequence[Line]:
    return [
        Line(
            team, [(one.id, one.name, one.school, one.id not in found.people) for one in team.members],
            team.id in found.fixed, found.open_to(team), found.size(team) < found.terms.least,
        )
        for team in found.teams
    ]  # fmt: skip


@pages.get(PAGE, PARTICIPANT)
def teams(visit: RunVisit, block: str) -> ResponseReturnValue:
    """The teams: for a participant the own one first, for staff all that can be done with them."""
    making = _enter(visit, block)
    found = making.standing()
    lines = _lines(found)
    here = visit.teams.page
    if visit.may(STAFF):
        everybody = sorted(
            [*found.alone, *((one[0], one[1]) for line in lines for one in line.people if not one[3])],
            key=lambda one: one[1],
        )
        last = max(-(-len(lines) // BOARD_PAGE), 1)
        page = min(max(_number(request.args.get("page", "1")), 1), last)
        shown = lines[(page - 1) * BOARD_PAGE : page * BOARD_PAGE]
        return visit.page(
            "teaming/board.html", block=visit.block, found=found, lines=lines, shown=shown, here=here, page=page, last=last,
            everybody=everybody,
        )  # fmt: skip
    own = next((line for line in lines if any(one[0] == visit.person.id for one in line.people)), None)
    return visit.page("teaming/mine.html", block=visit.block, found=found, own=own, lines=lines, here=here)


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _back(visit: RunVisit) -> ResponseReturnValue:
    return redirect(visit.teams.page, 303)


# ------------------------------------------------------------------------------------------- participants


@pages.post(f"{PAGE}/make", LEARNER)
def make(visit: RunVisit, block: str) -> ResponseReturnValue:
    """A new team with this person in it."""
    _enter(visit, block).make(visit.sent("name"))
    visit.say(_("The team is made. Others can join it on this page."))
    return _back(visit)


@pages.post(f"{PAGE}/join", LEARNER)
def join(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Into a team."""
    _enter(visit, block).join(_number(visit.sent("team")))
    visit.say(_("You are in the team."))
    return _back(visit)


@pages.post(f"{PAGE}/leave", LEARNER)
def leave(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Out of one's team."""
    _enter(visit, block).leave()
    visit.say(_("You have left the team."))
    return _back(visit)


@pages.post(f"{PAGE}/rename", LEARNER)
def rename(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Call the own team otherwise."""
    _enter(visit, block).rename(visit.sent("name"))
    visit.say(_("The team has a new name."))
    return _back(visit)


# ------------------------------------------------------------------------------------------- staff


@pages.post(f"{PAGE}/put", STAFF)
def put(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Somebody into a team, or a new team."""
    making = _enter(visit, block)
    team = visit.sent("team")
    if not team and not visit.sent("name").strip():
        raise BadInput(Message(mark("Choose a team, or give a new one its name.")))
    making.put(_number(visit.sent("person")), _number(team), visit.sent("name"))
    visit.say(_("Done."))
    return _back(visit)


@pages.post(f"{PAGE}/out", STAFF)
def take_out(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Somebody out of their team."""
    _enter(visit, block).take_out(_number(visit.sent("person")))
    visit.say(_("Done."))
    return _back(visit)


@pages.post(f"{PAGE}/call", STAFF)
def call(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Call a team otherwise."""
    _enter(visit, block).call(_number(visit.sent("team")), visit.sent("name"))
    visit.say(_("The team has a new name."))
    return _back(visit)


@pages.get(f"{PAGE}/draw", STAFF)
def proposal(visit: RunVisit, block: str) -> ResponseReturnValue:
    """What chance would make, before anything is made. `seed` tells one draw from another."""
    making = _enter(visit, block)
    found = making.standing()
    anew = bool(request.args.get("anew"))
    asked, seed = _number(request.args.get("teams", "")), _number(request.args.get("seed", "")) or 1
    wanted = making.proposal(found, anew, asked, seed)
    names = dict(found.alone) | {one.id: one.name for team in found.teams for one in team.members}
    schools = {one.person_id: one.school for one in making.known_origins()}
    joined = [(team.name, [names[id] for id in wanted.placed.joined.get(team.id, ())]) for team in found.teams]
    new = [[(names[id], schools.get(id, "")) for id in people] for people in wanted.placed.new]
    return visit.page(
        "teaming/draw.html", block=visit.block, wanted=wanted, anew=anew, here=visit.teams.page, new=new,
        joined=[one for one in joined if one[1]], left=[names[id] for id in wanted.placed.left], found=found,
    )  # fmt: skip


@pages.post(f"{PAGE}/draw", STAFF)
def draw(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Make them."""
    making = _enter(visit, block)
    sent = _number(visit.sent("teams")), _number(visit.sent("seed")) or 1
    done = making.draw(bool(visit.sent("anew")), *sent, visit.sent("mark"))
    count = sum(map(len, (*done.placed.joined.values(), *done.placed.new)))
    visit.say(ngettext("{n} person has a team now.", "{n} people have a team now.", count))
    return _back(visit)
