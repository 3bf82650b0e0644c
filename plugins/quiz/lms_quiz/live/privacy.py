"""What rounds know about a person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import delete, func, select, update

from lms.plugin import PersonalData, Site, db, ngettext
from lms_quiz.live.models import LiveAnswer, LivePlayer, LiveRound


class Rounds(PersonalData):
    """Rounds somebody was in, what they answered there, and rounds they led."""

    name = "quiz-rounds"
    tables: ClassVar[tuple[str, ...]] = ("quiz_live_round", "quiz_live_player", "quiz_live_answer")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Every round; what an answer was worth only when the round is over."""
        rows = db.session.execute(
            select(LivePlayer, LiveRound)
            .join(LiveRound, LiveRound.id == LivePlayer.round_id)
            .where(LivePlayer.person_id == person_id)
            .order_by(LivePlayer.id)
        )
        answers = db.session.execute(
            select(LiveAnswer, LiveRound)
            .join(LiveRound, LiveRound.id == LiveAnswer.round_id)
            .where(LiveAnswer.person_id == person_id)
            .order_by(LiveAnswer.id)
        )
        led = db.session.scalars(select(LiveRound).where(LiveRound.led_by_id == person_id).order_by(LiveRound.id))
        return {
            "played": [
                {
                    "run": played.run_id, "activity": played.block, "round": played.number, "team": one.team,
                    "at": one.joined_at.isoformat(),
                }
                for one, played in rows
            ],
            "answers": [
                {
                    "run": played.run_id, "activity": played.block, "round": played.number, "question": one.place + 1,
                    "seen_at": one.seen_at.isoformat(),
                    "at": one.answered_at.isoformat() if one.answered_at else None,
                    "answer": json.loads(one.reply) if one.reply else None,
                    **({"share": one.share, "bonus": one.bonus} if played.over_at else {}),
                }
                for one, played in answers
            ],
            "led": [
                {"run": one.run_id, "activity": one.block, "round": one.number, "at": one.opened_at.isoformat()}
                for one in led
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """The person is taken out of rounds. What they answered for a team stays the team's, without their name."""
        mine = LivePlayer.person_id == person_id
        count = db.session.scalar(select(func.count()).select_from(LivePlayer).where(mine)) or 0
        own = LiveAnswer.person_id == person_id
        db.session.execute(delete(LiveAnswer).where(own, LiveAnswer.side.startswith("p")))
        db.session.execute(update(LiveAnswer).where(own).values(person_id=None))
        db.session.execute(delete(LivePlayer).where(mine))
        db.session.execute(update(LiveRound).where(LiveRound.led_by_id == person_id).values(led_by_id=None))
        return (
            [ngettext("{n} played round was forgotten.", "{n} played rounds were forgotten.", count)] if count else []
        )
