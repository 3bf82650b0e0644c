"""Rounds: open one, come in, ask, answer, end; and what is known of one.

Answers of a round arrive all at once. None of them takes a lock: a side has one row for a question, and the first answer that finds it
without one is the answer.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from lms.plugin import BadInput, Message, Query, Result, Score, Visit, as_utc, language, mark
from lms_quiz import banks
from lms_quiz.conduct import mark_of
from lms_quiz.kinds import Asked, Reply
from lms_quiz.live import rules
from lms_quiz.live.options import LEAST, MOST
from lms_quiz.reading import kinds_of
from lms_quiz.rules import passed
from lms_quiz.service import amount


@dataclass(frozen=True)
class Round:
    """A round as it is read: the columns of `models.LiveRound`."""

    id: int
    number: int
    code: str
    seed: str
    drawn: str
    revision_id: int
    teams: bool
    opened_at: datetime
    place: int
    asked_at: datetime | None
    ends_at: datetime | None
    over_at: datetime | None

    def phase(self, now: datetime) -> rules.Phase:
        """Where it stands."""
        return rules.phase(now, self.ends_at, self.over_at is not None)

    def last(self, now: datetime) -> int:
        """Place of the last question of which it may be known what is right; −1 before the first."""
        return self.place - (self.phase(now) in ("asking", "counting"))


_COLUMNS = "id, number, code, seed, drawn, revision_id, teams, opened_at, place, asked_at, ends_at, over_at"
_HERE = f"SELECT {_COLUMNS} FROM quiz_live_round WHERE run_id = :run AND block = :block"  # noqa: S608 - a constant
_ALL = Query(_HERE + " ORDER BY number DESC")
_ONE = Query(_HERE + " AND number = :number")


def _round(row: tuple[Any, ...]) -> Round:
    id, number, code, seed, drawn, revision, teams, opened_at, place, asked, ends, over = row
    opened = as_utc(opened_at)
    assert opened is not None
    times = as_utc(asked), as_utc(ends), as_utc(over)
    return Round(id, number, code, seed, drawn, revision, bool(teams), opened, place, *times)


def rounds_of(visit: Visit) -> Sequence[Round]:
    """All rounds of the quiz in this run, the newest first. One statement."""
    return [_round(row) for row in _ALL.plain(run=visit.run.id, block=visit.block.id)]


def round_of(visit: Visit, number: int) -> Round | None:
    """One of them. One statement."""
    rows = _ONE.plain(run=visit.run.id, block=visit.block.id, number=number)
    return _round(rows[0]) if rows else None


@dataclass(frozen=True)
class Pulse:
    """What pages ask for every second. `answered`: sides that have answered the present question, `mine`: whether the person's has."""

    place: int
    phase: rules.Phase
    players: int
    answered: int
    mine: bool


_PULSE = Query(
    "SELECT r.place, r.ends_at, r.over_at, (SELECT COUNT(*) FROM quiz_live_player p WHERE p.round_id = r.id),"
    " (SELECT COUNT(*) FROM quiz_live_answer a WHERE a.round_id = r.id AND a.place = r.place AND a.answered_at IS NOT NULL),"
    " (SELECT COUNT(*) FROM quiz_live_player p JOIN quiz_live_answer a ON a.round_id = p.round_id AND a.side = p.side"
    " WHERE p.round_id = r.id AND p.person_id = :person AND a.place = r.place AND a.answered_at IS NOT NULL)"
    " FROM quiz_live_round r WHERE r.run_id = :run AND r.block = :block AND r.number = :number"
)


def pulse(visit: Visit, number: int) -> Pulse | None:
    """How a round stands now. One statement."""
    rows = _PULSE.plain(run=visit.run.id, block=visit.block.id, number=number, person=visit.person.id)
    if not rows:
        return None
    place, ends, over, players, answered, mine = rows[0]
    return Pulse(place, rules.phase(visit.now, as_utc(ends), over is not None), players, answered, bool(mine))


# ------------------------------------------------------------------------------------------- its questions


def here(visit: Visit, found: Round) -> Visit:
    """The visit to the quiz as it was when the round was opened."""
    if visit.run.revision_id == found.revision_id:
        return visit
    return visit.edition(found.revision_id, language()) or visit


def questions(visit: Visit, found: Round) -> list[Asked[Any]]:
    """What the round asks, alike for all: questions that the program can mark."""
    then = here(visit, found)
    kinds = kinds_of(visit.site)
    asked = banks.questions_of(then.settings, found.drawn) or ()
    fitting = [each for each in asked if each.kind in kinds and not kinds[each.kind].by_hand]
    return [
        kinds[each.kind].asked(place, each, found.seed, then.settings.shuffle) for place, each in enumerate(fitting)
    ]


# ------------------------------------------------------------------------------------------- the tutor's acts


_INSERT = Query(
    "INSERT INTO quiz_live_round (run_id, block, number, code, seed, drawn, revision_id, teams, led_by_id, opened_at, place)"
    " VALUES (:run, :block, :number, :code, :seed, :drawn, :revision, :teams, :by, :now, -1) ON CONFLICT DO NOTHING"
)


def start(visit: Visit, teams: bool) -> int:
    """The number of the round that is under way, a new one if there is none."""
    visit.lock("live")
    known = rounds_of(visit)
    for one in known:
        if one.over_at is None:
            return one.number
    number = max((one.number for one in known), default=0) + 1
    seed = secrets.token_hex(16)
    values = {
        "run": visit.run.id, "block": visit.block.id, "number": number, "seed": seed, "teams": teams, "by": visit.person.id,
        "drawn": banks.drawn(visit.settings, seed), "revision": visit.run.revision_id, "now": visit.now,
    }  # fmt: skip
    while not _INSERT.run(code="".join(secrets.choice(rules.ALPHABET) for _ in range(rules.DIGITS)), **values):
        pass  # another round under way has this code
    return number


_ASK = Query(
    "UPDATE quiz_live_round SET place = :place, asked_at = :now, ends_at = :ends WHERE id = :round AND place = :before"
    " AND over_at IS NULL"
)


def ask(visit: Visit, found: Round, place: int, seconds: int) -> bool:
    """Ask the next question; pressed twice, or while the present one is still open, it changes nothing."""
    if place != found.place + 1 or found.phase(visit.now) not in ("lobby", "shown"):
        return False
    if place >= len(questions(visit, found)):
        return False
    ends = visit.now + timedelta(seconds=min(MOST, max(LEAST, seconds)))
    return bool(_ASK.run(round=found.id, place=place, before=found.place, now=visit.now, ends=ends))


_CLOSE = Query("UPDATE quiz_live_round SET ends_at = :now WHERE id = :round AND place = :place AND ends_at > :now")


def close(visit: Visit, found: Round, place: int) -> None:
    """End the time of the present question now."""
    _CLOSE.run(round=found.id, place=place, now=visit.now)


_END = Query("UPDATE quiz_live_round SET over_at = :now WHERE id = :round AND over_at IS NULL")


def end(visit: Visit, found: Round) -> None:
    """End the round; where the author says so, everybody's best round is their result."""
    if _END.run(round=found.id, now=visit.now) and here(visit, found).settings.live == "count":
        _record(visit, found)


_WORTH = Query(
    "SELECT side, SUM(share * points) FROM quiz_live_answer WHERE round_id = :round AND answered_at IS NOT NULL GROUP BY side"
)


def _record(visit: Visit, found: Round) -> None:
    """What each player's answers are worth, of all questions that were asked; being quick counts in the game alone."""
    settings = here(visit, found).settings
    most = sum(each.question.points for each in questions(visit, found)[: found.place + 1])
    if not most:
        return
    worth: Mapping[str, float] = dict(_WORTH.plain(round=found.id))
    before = visit.results()
    for player in players_of(found):
        points = worth.get(player.side, 0.0)
        share = points / most
        old = before.get((player.person_id, visit.block.id))
        if old is not None and old.share is not None and old.share >= share:
            continue
        good = passed(share, settings.pass_mark)
        success = None if settings.pass_mark is None else good
        values = {
            "number": found.number, "points": amount(points), "max": amount(most), "share": int(share * 100 + 1e-9),
        }  # fmt: skip
        text = Message(mark("Round {number}: {points} of {max} points, {share}%."), values)
        state: Literal["complete", "failed"] = "complete" if good else "failed"
        visit.record(Result(good, success, Score(points, most), None, state, text), player.person_id)


# ------------------------------------------------------------------------------------------- the players' acts


@dataclass(frozen=True)
class Player:
    """Somebody in a round."""

    person_id: int
    side: str
    team: str


_PLAYERS = Query("SELECT person_id, side, team FROM quiz_live_player WHERE round_id = :round ORDER BY id")
_JOIN = Query(
    "INSERT INTO quiz_live_player (round_id, person_id, side, team, joined_at)"
    " VALUES (:round, :person, :side, :team, :now) ON CONFLICT DO NOTHING"
)


def players_of(found: Round) -> Sequence[Player]:
    """Everybody in a round, in the order they came. One statement."""
    return [Player(*row) for row in _PLAYERS.plain(round=found.id)]


def join(visit: Visit, found: Round, team: str) -> None:
    """Come into a round, with teams by the name of one. Raises BadInput without a name. Who is in stays as they are."""
    side, name = rules.side_of_person(visit.person.id), ""
    if found.teams:
        name = " ".join(team.split())[: rules.LONGEST_NAME]
        side = rules.side_of_team(name)
        if side == rules.side_of_team(""):
            raise BadInput(Message(mark("Write the name of your team.")))
    if found.over_at is None:
        _JOIN.run(round=found.id, person=visit.person.id, side=side, team=name, now=visit.now)


@dataclass(frozen=True)
class Given:
    """What a side has given to a question: None for no reply yet."""

    seen_at: datetime
    answered_at: datetime | None
    reply: Reply | None
    share: float
    bonus: float


_GIVEN = Query(
    "SELECT seen_at, answered_at, reply, share, bonus FROM quiz_live_answer"
    " WHERE round_id = :round AND place = :place AND side = :side"
)
_SEEN = Query(
    "INSERT INTO quiz_live_answer (round_id, place, side, person_id, seen_at, reply, share, points, bonus)"
    " VALUES (:round, :place, :side, :person, :now, '', 0, :points, 0) ON CONFLICT DO NOTHING"
)
_ANSWER = Query(
    "UPDATE quiz_live_answer SET person_id = :person, answered_at = :now, reply = :reply, share = :share, bonus = :bonus"
    " WHERE round_id = :round AND place = :place AND side = :side AND answered_at IS NULL"
)


def given(found: Round, side: str) -> Given | None:
    """What a side has given to the present question; None while it was not even sent to it. One statement."""
    rows = _GIVEN.plain(round=found.id, place=found.place, side=side)
    if not rows:
        return None
    seen, answered, reply, share, bonus = rows[0]
    at = as_utc(seen)
    assert at is not None
    return Given(at, as_utc(answered), json.loads(reply) if reply else None, share, bonus)


def look(visit: Visit, found: Round, side: str) -> None:
    """Note that the present question is sent to this side now; the first time counts."""
    if rules.taken(found.phase(visit.now)):
        _see(visit, found, side, questions(visit, found)[found.place], visit.now)


def _see(visit: Visit, found: Round, side: str, asked: Asked[Any], at: datetime) -> None:
    points = asked.question.points
    _SEEN.run(round=found.id, place=found.place, side=side, person=visit.person.id, now=at, points=points)


Answer = Literal["done", "before", "late", "empty"]
"""done · before: the side has answered already · late: no answer is taken any more, or not to this question · empty: there is no
answer in the form"""


_HOLD = Query("SELECT over_at FROM quiz_live_round WHERE id = :round", postgresql=" FOR SHARE")


def answer(visit: Visit, found: Round, side: str, place: int, sent: Mapping[str, Sequence[str]]) -> Answer:
    """Take the answer of a side, at the moment the server has received it, and mark it; nobody is told the mark yet."""
    if place != found.place or not rules.taken(found.phase(visit.now)):
        return "late"
    if (
        _HOLD.plain(round=found.id)[0][0] is not None
    ):  # until this is done the round does not end: no answer is taken and not counted
        return "late"
    assert found.asked_at is not None and found.ends_at is not None
    then = here(visit, found)
    asked = questions(visit, found)[place]
    kind = kinds_of(visit.site)[asked.question.kind]
    reply = kind.read(asked, asked.sent(sent))
    if not reply:
        return "empty"
    mark = mark_of(kind, asked, then.settings, reply)
    _see(visit, found, side, asked, found.asked_at)  # who answers without having looked has seen it elsewhere
    bonus = 0.0
    if then.settings.bonus and (before := given(found, side)) is not None:
        seen = rules.since(found.asked_at, before.seen_at)
        seconds = (found.ends_at - found.asked_at).total_seconds()
        bonus = rules.bonus(mark.share, asked.question.points, then.settings.bonus, seen, visit.now, seconds)
    changed = _ANSWER.run(
        round=found.id, place=place, side=side, person=visit.person.id, now=visit.now, share=mark.share, bonus=bonus,
        reply=json.dumps(dict(reply), ensure_ascii=False),
    )  # fmt: skip
    return "done" if changed else "before"


# ------------------------------------------------------------------------------------------- the standing


_SUMS = Query(
    "SELECT side, SUM(share * points + bonus), SUM(CASE WHEN place = :last THEN share * points + bonus ELSE 0 END)"
    " FROM quiz_live_answer WHERE round_id = :round AND place <= :last AND answered_at IS NOT NULL GROUP BY side"
)


def standing(visit: Visit, found: Round, players: Sequence[Player]) -> list[rules.Line]:
    """The scoreboard after the last question of which it may be known what is right. One statement."""
    rows = _SUMS.plain(round=found.id, last=found.last(visit.now))
    sums = {side: (float(total), float(gained)) for side, total, gained in rows}
    sides = dict.fromkeys(player.side for player in players)
    nothing = (0.0, 0.0)
    return rules.standing(
        {side: sums.get(side, nothing)[0] for side in sides}, {side: sums.get(side, nothing)[1] for side in sides}
    )


_REPLIES = Query(
    "SELECT reply, share, points FROM quiz_live_answer"
    " WHERE round_id = :round AND place = :place AND answered_at IS NOT NULL ORDER BY id"
)


def replies(found: Round) -> Sequence[tuple[Reply, float, float]]:
    """All answers to the present question: the answer, its share, the points of the question. One statement."""
    rows = _REPLIES.plain(round=found.id, place=found.place)
    return [(json.loads(reply), share, points) for reply, share, points in rows]
