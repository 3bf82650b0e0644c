"""Pages of rounds: for the tutor, whose page hangs on the wall; for people at their phones; and where a code is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import LEARNER, MEMBER, SIGNED_IN, STAFF, ActivityPages, BadInput, Message, Pages, Query, Visit, mark
from lms.plugin import gettext as _
from lms_quiz.analysis import Answered, Choice, study
from lms_quiz.conduct import mark_of
from lms_quiz.kinds import Asked
from lms_quiz.live import rounds, rules
from lms_quiz.live.rounds import Player, Round
from lms_quiz.reading import kinds_of
from lms_quiz.studying import probe

pages = ActivityPages()

TOP = 10
"""Lines of the scoreboard between two questions."""


def card(visit: Visit) -> Markup:
    """What stands in the lesson: the way to the rounds."""
    return visit.render("quiz/live_card.html", learner=visit.may(LEARNER), staff=visit.may(STAFF))


@pages.get("live/", MEMBER)
def live_rounds(visit: Visit) -> ResponseReturnValue:
    """The round under way, those that were, and for tutors the way to open one."""
    _played(visit)
    known = rounds.rounds_of(visit)
    return visit.render(
        "quiz/live_rounds.html",
        now=next((one for one in known if one.over_at is None), None),
        past=[one for one in known if one.over_at is not None],
        staff=visit.may(STAFF),
        learner=visit.may(LEARNER),
        result=visit.result() if visit.may(LEARNER) else None,
        explanation=visit.explanation() if visit.may(LEARNER) and visit.settings.live == "count" else "",
    )


@pages.post("live/open", STAFF)
def live_open(visit: Visit) -> ResponseReturnValue:
    """Open a round, or go to the one that is under way."""
    _played(visit)
    return visit.redirect(f"live/{rounds.start(visit, visit.sent('teams') == '1')}/")


@pages.get("live/<int:number>/", MEMBER)
def live_round(visit: Visit, number: int) -> ResponseReturnValue:
    """The round: for the tutor (and whoever only looks) as it hangs on the wall, for learners as it is played."""
    found = _found(visit, number)
    return _play(visit, found) if visit.may(LEARNER) else _lead(visit, found)


@pages.get("live/<int:number>/pulse", MEMBER)
def live_pulse(visit: Visit, number: int) -> ResponseReturnValue:
    """What a page asks for again and again: whether it has to be loaded anew, and how many have answered."""
    found = rounds.pulse(visit, number)
    if found is None:
        abort(404)
    response = Response(mimetype="application/json")
    response.set_data(
        f'{{"stamp":"{_stamp(visit, found)}","open":{"true" if found.phase == "asking" else "false"},'
        f'"players":{found.players},"answered":{found.answered}}}\n'
    )
    response.add_etag()
    return response.make_conditional(request)


def _stamp(visit: Visit, found: rounds.Pulse) -> str:
    """What a page shows, in one word: another one means that it has to be loaded anew."""
    phase = "asked" if rules.taken(found.phase) else found.phase
    more = str(found.players) if found.phase == "lobby" and not visit.may(LEARNER) else "a" if found.mine else ""
    return f"{found.place}-{phase}-{more}"


# ------------------------------------------------------------------------------------------- the tutor


@pages.post("live/<int:number>/ask", STAFF)
def live_ask(visit: Visit, number: int) -> ResponseReturnValue:
    """Ask the next question."""
    found = _found(visit, number)
    seconds = visit.sent("seconds")
    if not (seconds.isdecimal() and len(seconds) < 6):
        seconds = str(visit.settings.seconds)
    rounds.ask(visit, found, _number(visit.sent("question")) - 1, int(seconds))
    return visit.redirect(f"live/{number}/")


@pages.post("live/<int:number>/close", STAFF)
def live_close(visit: Visit, number: int) -> ResponseReturnValue:
    """End the time of a question."""
    rounds.close(visit, _found(visit, number), _number(visit.sent("question")) - 1)
    return visit.redirect(f"live/{number}/")


@pages.post("live/<int:number>/end", STAFF)
def live_end(visit: Visit, number: int) -> ResponseReturnValue:
    """End the round."""
    rounds.end(visit, _found(visit, number))
    return visit.redirect(f"live/{number}/")


def _lead(visit: Visit, found: Round) -> Markup:
    players = rounds.players_of(found)
    names = _names(visit, players)
    questions = rounds.questions(visit, found)
    phase = found.phase(visit.now)
    asked = questions[found.place] if 0 <= found.place < len(questions) and phase != "over" else None
    kind = kinds_of(visit.site)[asked.question.kind] if asked else None
    shown = asked is not None and phase == "shown"
    now = rounds.pulse(visit, found.number)
    assert now is not None
    return visit.render(
        "quiz/live_lead.html",
        found=found,
        phase=phase,
        count=len(questions),
        asked=asked,
        fields=kind.fields(visit, asked) if kind and asked and not shown else "",
        review=kind.review(visit, asked) if kind and asked and shown else "",
        answers=_distribution(visit, found, asked, players) if asked and shown else (),
        board=_board(visit, found, players, names),
        names=[names[side] for side in dict.fromkeys(player.side for player in players)],
        staff=visit.may(STAFF),
        address=visit.site.url("/live").partition("://")[2],
        answered=now.answered,
        **_page(visit, found, now),
    )


def _distribution(visit: Visit, found: Round, asked: Asked[Any], players: Sequence[Player]) -> tuple[Choice, ...]:
    """How many gave which answer to the question that is shown; who gave none is counted too."""
    kind = kinds_of(visit.site)[asked.question.kind]
    given = [
        Answered(share * points, tuple(kind.labels(asked.data, reply)))
        for reply, share, points in rounds.replies(found)
    ]
    silent = max(0, len({player.side for player in players}) - len(given))
    rows = [[one] for one in (*given, *[Answered(0.0, ())] * silent)]
    known = probe(asked.number, asked.question, kind, rounds.here(visit, found).settings.partial)
    return study([known], rows).questions[0].answers


# ------------------------------------------------------------------------------------------- the players


def _play(visit: Visit, found: Round, error: Message | None = None) -> Markup:
    players = rounds.players_of(found)
    own = next((player for player in players if player.person_id == visit.person.id), None)
    questions = rounds.questions(visit, found)
    phase = found.phase(visit.now)
    asked = questions[found.place] if own and 0 <= found.place < len(questions) and phase != "over" else None
    given = rounds.given(found, own.side) if own and asked else None
    answered = given is not None and given.answered_at is not None
    hidden = bool(rounds.here(visit, found).settings.bonus) and given is None
    shown = asked is not None and phase == "shown"
    if asked and given and given.reply is not None:
        asked = replace(asked, reply=given.reply)
    kind = kinds_of(visit.site)[asked.question.kind] if asked else None
    return visit.render(
        "quiz/live_play.html",
        found=found,
        phase=phase,
        own=own,
        count=len(questions),
        asked=asked,
        answered=answered,
        hidden=hidden,
        fields=kind.fields(visit, asked) if kind and asked and not (shown or answered or hidden) else "",
        review=_review(visit, found, asked, given) if asked and shown else "",
        given=given,
        error=error,
        teams=_teams(players),
        board=_board(visit, found, players, _names(visit, players)) if phase in ("shown", "over") else (),
        **_page(visit, found, rounds.Pulse(found.place, phase, len(players), 0, answered)),
    )


@pages.post("live/<int:number>/join", LEARNER)
def live_join(visit: Visit, number: int) -> ResponseReturnValue:
    """Come in."""
    found = _found(visit, number)
    try:
        rounds.join(visit, found, visit.sent("team") or visit.sent("new"))
    except BadInput as error:
        return _play(visit, found, error.message), 422
    return visit.redirect(f"live/{number}/")


@pages.post("live/<int:number>/look", LEARNER)
def live_look(visit: Visit, number: int) -> ResponseReturnValue:
    """Show the question; its time begins for this person."""
    found = _found(visit, number)
    side = _side(visit, found)
    if side:
        rounds.look(visit, found, side)
    return visit.redirect(f"live/{number}/")


@pages.post("live/<int:number>/answer", LEARNER)
def live_answer(visit: Visit, number: int) -> ResponseReturnValue:
    """Take an answer."""
    found = _found(visit, number)
    side = _side(visit, found)
    sent = request.form.to_dict(flat=False)
    got = rounds.answer(visit, found, side, _number(visit.sent("question")) - 1, sent) if side else "late"
    if got == "late":
        visit.say(_("The time was over: this answer does not count."), "warning")
    elif got == "before":
        visit.say(_("There was an answer before this one: the first counts."), "warning")
    elif got == "empty":
        visit.say(_("There is no answer yet."), "warning")
    return visit.redirect(f"live/{number}/")


def _side(visit: Visit, found: Round) -> str:
    return next((one.side for one in rounds.players_of(found) if one.person_id == visit.person.id), "")


# ------------------------------------------------------------------------------------------- both


def _played(visit: Visit) -> None:
    if visit.settings.live == "no":
        abort(404)


def _found(visit: Visit, number: int) -> Round:
    found = rounds.round_of(visit, number)
    if found is None:
        abort(404)
    return found


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _page(visit: Visit, found: Round, now: rounds.Pulse) -> dict[str, Any]:
    """What the script of the page goes by: what it shows now, and how long the question is still open, in seconds."""
    left = max(0.0, (found.ends_at - visit.now).total_seconds()) if found.ends_at else 0.0
    return {"stamp": _stamp(visit, now), "left": left, "again": int(left + rules.GRACE.total_seconds()) + 1}


def _review(visit: Visit, found: Round, asked: Asked[Any], given: rounds.Given | None) -> Markup:
    """What is right, and what was answered; only asked for when no answer is taken any more."""
    kind = kinds_of(visit.site)[asked.question.kind]
    reply = given.reply if given else None
    given_mark = mark_of(kind, asked, rounds.here(visit, found).settings, reply)
    return kind.review(visit, replace(asked, reply=reply, mark=given_mark))


@dataclass(frozen=True)
class Row:
    """A line of the scoreboard with its name."""

    line: rules.Line
    name: str
    mine: bool


def _teams(players: Sequence[Player]) -> list[str]:
    """Names of the teams there are, as their first member wrote them."""
    names: dict[str, str] = {}
    for player in players:
        if player.team:
            names.setdefault(player.side, player.team)
    return sorted(names.values())


def _names(visit: Visit, players: Sequence[Player]) -> dict[str, str]:
    """What each side is called."""
    people = {member.id: member.name for member in visit.people("learner")} if players else {}
    names: dict[str, str] = {}
    for player in players:
        names.setdefault(player.side, player.team or people.get(player.person_id, _("Former learner")))
    return names


def _board(visit: Visit, found: Round, players: Sequence[Player], names: Mapping[str, str]) -> list[Row]:
    """The scoreboard, whole at the end; before, its top and the person's own line. Nothing before the first question is shown."""
    if found.last(visit.now) < 0:
        return []
    own = next((player.side for player in players if player.person_id == visit.person.id), "")
    rows = [Row(line, names[line.side], line.side == own) for line in rounds.standing(visit, found, players)]
    if found.over_at is not None:
        return rows
    return [row for place, row in enumerate(rows) if place < TOP or row.mine]


# ------------------------------------------------------------------------------------------- by code

doors = Pages("quiz_live")
_CODE = Query("SELECT run_id, block, number FROM quiz_live_round WHERE code = :code AND over_at IS NULL")


@doors.get("/live", SIGNED_IN)
def code(visit: Any) -> ResponseReturnValue:
    """Where the code of a round is typed."""
    return _code_page(visit)


@doors.post("/live", SIGNED_IN)
def enter(visit: Any) -> ResponseReturnValue:
    """Go to the round with this code. A round of others is no round."""
    typed = "".join(visit.sent("code").split())
    for run, block, number in _CODE.plain(code=typed[: rules.DIGITS + 1]):
        for there in visit.site.visits("quiz", [run]):
            people = [*there.people("learner"), *there.people("tutor")]
            if there.block.id == block and any(one.id == visit.person.id for one in people):
                return redirect(there.url(f"live/{number}/"), 303)
    return _code_page(visit, typed, Message(mark("There is no round with this code now."))), 422


def _code_page(visit: Any, typed: str = "", error: Message | None = None) -> Markup:
    page: Markup = visit.page("quiz/live_code.html", typed=typed, error=error, digits=rules.DIGITS)
    return page
