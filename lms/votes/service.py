"""Votes of people for subjects: at most so many each, nobody's for their own, none when the vote is closed."""

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from markupsafe import Markup
from sqlalchemy import delete, insert

from lms import ui
from lms.db import Query, db
from lms.i18n import Message, mark
from lms.plugin import BadInput, Ballot
from lms.votes.models import VoteRecord

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit has votes, not the other way round

_COUNTS = Query(
    "SELECT subject, count(*) FROM vote WHERE run_id = :run AND block = :block AND ballot = :ballot GROUP BY subject"
)
_MINE = Query(
    "SELECT subject FROM vote WHERE run_id = :run AND block = :block AND ballot = :ballot AND person_id = :person"
)


class BlockVotes:
    """What `lms.plugin.Votes` promises."""

    def __init__(self, visit: "RunVisit") -> None:
        self.visit = visit
        self._here = {"run": visit.run.id, "block": visit.block.id}

    def counts(self, name: str = "") -> dict[str, int]:
        """How many votes each subject has. One statement."""
        return {subject: int(count) for subject, count in _COUNTS.plain(**self._here, ballot=name)}

    def mine(self, name: str = "") -> Set[str]:
        """What this person voted for. One statement."""
        return {subject for (subject,) in _MINE.plain(**self._here, ballot=name, person=self.visit.person.id)}

    def cast(self, ballot: Ballot, subject: str, vote: bool = True) -> None:
        """Vote for a subject, or take the vote back."""
        person = self.visit.person.id
        # whoever votes in two windows at once waits for themselves, and for nobody else
        self.visit.lock(f"votes/{ballot.name}/{person}")
        refusal = self._refusal(ballot, subject)
        if refusal:
            raise BadInput(Message(refusal))
        mine = self.mine(ballot.name)
        if vote == (subject in mine):
            return
        if not vote:
            self._delete([subject], ballot.name, VoteRecord.person_id == person)
            return
        if ballot.most is not None and len(mine & ballot.subjects.keys()) >= ballot.most:
            sentence = mark("Your votes here are given, {most} of {most}: take one back first.")
            raise BadInput(Message(sentence, {"most": ballot.most}))
        values = {
            "run_id": self.visit.run.id, "block": self.visit.block.id, "ballot": ballot.name, "subject": subject,
            "person_id": person, "at": self.visit.now,
        }  # fmt: skip
        db.session.execute(insert(VoteRecord), [values])

    def _refusal(self, ballot: Ballot, subject: str) -> str:
        if subject not in ballot.subjects:
            return mark("What you voted for is no longer here.")
        if self._closed(ballot):
            return mark("The vote is closed.")
        if self.visit.person.id in ballot.subjects[subject]:
            return mark("One does not vote for one's own.")
        return ""

    def _closed(self, ballot: Ballot) -> bool:
        return ballot.closes is not None and self.visit.now >= ballot.closes

    def show(
        self, ballot: Ballot, subject: str, title: str, page: str, counts: Mapping[str, int] | None = None,
        mine: Set[str] = frozenset(),
    ) -> Markup:  # fmt: skip
        """The button of a subject, and its votes where they are given."""
        return ui.render(
            "votes/button.html", subject=subject, title=title, action=page if page.startswith("/") else self.visit.url(page),
            voted=subject in mine,
            count=None if counts is None else counts.get(subject, 0),
            may=not self._refusal(ballot, subject),
            left=ballot.most is None or len(mine & ballot.subjects.keys()) < ballot.most,
        )  # fmt: skip

    def read(self, ballot: Ballot) -> None:
        """Cast what the button sent."""
        self.cast(ballot, self.visit.sent("subject"), self.visit.sent("vote") == "yes")

    def clear(self, subjects: Sequence[str], name: str = "") -> None:
        """Forget the votes for these subjects."""
        self._delete(subjects, name)

    def _delete(self, subjects: Sequence[str], name: str, *more: object) -> None:
        db.session.execute(
            delete(VoteRecord).where(
                VoteRecord.run_id == self.visit.run.id, VoteRecord.block == self.visit.block.id,
                VoteRecord.ballot == name, VoteRecord.subject.in_(subjects), *more,  # type: ignore[arg-type]  # conditions
            )
        )  # fmt: skip
