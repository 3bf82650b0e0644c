"""Who reviews what in an activity, kept: handed out once, changed by hand, repaired."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import SystemRandom
from secrets import token_hex
from typing import cast

from markupsafe import Markup
from sqlalchemy import ColumnElement, delete, insert, select, update

from courses.teaming import folded
from lms.allocation import conflicts, rules, wishes, words
from lms.allocation.models import AllocationPair, AllocationRecord, Origin
from lms.allocation.rules import Ban, Outcome, Pair, Party, Terms, Work
from lms.db import Query, as_utc, db, lock
from lms.enrolment import service as enrolment
from lms.i18n import Message, mark
from lms.plugin import BadInput, Drawn, Offered, Review, ReviewTerms, Run
from lms.site import Site
from lms.teams.models import TeamMember

_COLUMNS = "SELECT id, subject, reviewer_id, number, by_hand, created_at, until FROM allocation_pair"
_HERE = " WHERE run_id = :run AND block = :block"
_ORDER = " ORDER BY subject, number, id"
_ALL = Query(_COLUMNS + _HERE + _ORDER)
_OF_SUBJECT = Query(_COLUMNS + _HERE + " AND subject = :subject" + _ORDER)
_OF_REVIEWER = Query(_COLUMNS + _HERE + " AND reviewer_id = :reviewer" + _ORDER)


class BlockAllocation:
    """What `lms.plugin.Allocation` promises."""

    def __init__(self, site: Site, run: Run, block: str) -> None:
        self.site = site
        self.run = run
        self.block = block

    @property
    def board(self) -> str:
        """Address of the board."""
        return f"{self.run.base}allocation/{self.block}"

    # ------------------------------------------------------------------ read

    def reviews(self, subject: str | None = None, reviewer_id: int | None = None) -> list[Review]:
        """Who reviews what (of one work, of one person). One statement."""
        here = {"run": self.run.id, "block": self.block}
        if reviewer_id is not None:
            rows = _OF_REVIEWER.plain(**here, reviewer=reviewer_id)
        elif subject is not None:
            rows = _OF_SUBJECT.plain(**here, subject=subject)
        else:
            rows = _ALL.plain(**here)
        found = []
        for id, of_work, reviewer, number, by_hand, created, until in rows:
            created_at = as_utc(created)
            assert created_at is not None
            if subject is None or of_work == subject:
                found.append(Review(id, of_work, reviewer, number, bool(by_hand), created_at, as_utc(until)))
        return found

    def why(self, subject: str, reviewer_id: int) -> list[str]:
        """Why somebody got a work. One statement."""
        stored = db.session.execute(
            select(AllocationPair.why).where(
                *self._here, AllocationPair.subject == subject, AllocationPair.reviewer_id == reviewer_id
            )
        ).scalar_one_or_none()
        return [str(Message.from_json(one)) for one in json.loads(stored or "[]")]

    @property
    def conflicts(self) -> str:
        """Address of the page where a participant names those they are to be kept apart from."""
        return f"{self.run.base}conflicts"

    def kept_apart(self) -> Collection[tuple[int, int]]:
        """Pairs of people who do not review each other. One statement."""
        pairs = conflicts.of(self.run.id)
        return {*pairs, *((other, one) for one, other in pairs)}

    # ------------------------------------------------------------------ what people would like to review

    def wishes(self) -> Mapping[tuple[str, int], int]:
        """Everybody's wishes. One statement."""
        return wishes.of(self.run.id, self.block)

    def ask_wishes(self, offered: Sequence[Offered], person_id: int) -> Markup:
        """The fields in which a person says what they would like to review. One statement."""
        return wishes.fields(self.run.id, self.block, offered, person_id)

    def keep_wishes(self, offered: Sequence[Offered], person_id: int) -> None:
        """Keep what was said in these fields."""
        self._hold()
        wishes.keep(self.run.id, self.block, offered, person_id)

    def is_drawn(self) -> bool:
        """Whether works have been handed out."""
        return db.session.get(AllocationRecord, (self.run.id, self.block)) is not None

    # ------------------------------------------------------------------ hand out and repair

    def draw(self, terms: ReviewTerms) -> Drawn | None:
        """Hand the works out; None when they are already."""
        self._hold()
        if self.is_drawn():
            return None
        seed = token_hex(16)
        whole = self._terms(terms)
        self._record(terms, seed)
        found = rules.allocate(whole, seed)
        self._insert(whole, found, found.added, rules.pseudonyms(seed, "reviewers", terms.reviewers))
        numbers = rules.pseudonyms(seed, "works", terms.works)
        return Drawn(found.pairs, numbers, found.missing, sorted({id for _, id in found.pairs}))

    def _record(self, terms: ReviewTerms, seed: str) -> None:
        here = {"run_id": self.run.id, "block": self.block}
        db.session.add(AllocationRecord(**here, seed=seed, authors=_json(terms.works), drawn_at=self.site.now()))
        db.session.flush()

    def proposal(self, terms: ReviewTerms) -> tuple[Terms, Outcome]:
        """What a repair would change, as things stand: the same whenever it is asked until something changes."""
        record = db.session.get(AllocationRecord, (self.run.id, self.block))
        reviews = self.reviews()
        whole = self._terms(terms)
        now = self.site.now()
        chosen = [one for one in reviews if one.by_hand or (one.until is not None and one.until > now)]
        held = {*terms.held, *terms.done, *((one.subject, one.reviewer_id) for one in chosen)}
        before = {(one.subject, one.reviewer_id) for one in reviews}
        seed = record.seed if record is not None else ""
        return whole, rules.repair(whole, before, f"{seed}/{len(before)}", held & before)

    def repair(self, terms: ReviewTerms) -> Drawn:
        """Make the best of it with the fewest changes."""
        self._hold()
        whole, found = self.proposal(terms)
        known = {one.reviewer_id: one.number for one in self.reviews()}
        gone = {(one.subject, one.reviewer_id): one.id for one in self.reviews()}
        ids = [gone[pair] for pair in found.removed]
        if ids:
            db.session.execute(delete(AllocationPair).where(AllocationPair.id.in_(ids)))
        fresh = sorted({id for _, id in found.added} - known.keys())
        highest = max(known.values(), default=0)
        known.update({id: highest + place for place, id in enumerate(fresh, start=1)})
        self._insert(whole, found, found.added, known)
        self._keep_authors(terms)
        people = sorted({id for _, id in (*found.added, *found.removed)})
        return Drawn(found.pairs, {}, found.missing, people)

    def _insert(self, whole: Terms, found: Outcome, pairs: Collection[Pair], numbers: Mapping[int, int]) -> None:
        why = rules.reasons(whole, [pair for pair in found.pairs if pair[1] in found.loads])
        rows = [
            {
                "run_id": self.run.id, "block": self.block, "subject": subject, "reviewer_id": reviewer,
                "number": numbers[reviewer], "by_hand": False, "created_at": self.site.now(),
                "why": _sentences(words.why(why[(subject, reviewer)])),
            }
            for subject, reviewer in pairs
        ]  # fmt: skip
        SystemRandom().shuffle(rows)  # reviewers meet the ids, which are not to tell whose work came first
        if rows:
            db.session.execute(insert(AllocationPair), rows)

    # ------------------------------------------------------------------ by hand

    def add(self, terms: ReviewTerms, subject: str, reviewer_id: int) -> None:
        """One more reviewer, chosen by staff, who may know better than schools and teams do."""
        self._hold()
        whole = self._terms(replace(terms, reviewers=[*terms.reviewers, reviewer_id]))
        if subject not in terms.works:
            raise BadInput(Message(mark("There is no such work here any more.")))
        if reviewer_id not in {member.id for member in enrolment.members(self.run.id)}:
            raise BadInput(Message(mark("Choose a participant of this course.")))
        ban = whole.banned[subject].get(reviewer_id)
        if ban == "self":
            raise BadInput(Message(mark("Nobody reviews their own work.")))
        if ban == "conflict":
            raise BadInput(Message(mark("These two are kept apart by a declared conflict. Take it back first.")))
        known = self.reviews()
        if any((one.subject, one.reviewer_id) == (subject, reviewer_id) for one in known):
            raise BadInput(Message(mark("This participant already reviews the work.")))
        self._add(known, subject, reviewer_id, Message(mark("The tutor chose you for this work.")), by_hand=True)
        self._keep_authors(terms)

    def ask(self, terms: ReviewTerms, subject: str, beside: Sequence[int] = ()) -> int | None:
        """One more reviewer for a work, of those who may: whoever has the fewest to review."""
        self._hold()
        known = self.reviews()
        loads = Counter(one.reviewer_id for one in known)
        taken = {one.reviewer_id for one in known if one.subject == subject}
        kept = self._terms(replace(terms, reviewers=[*terms.reviewers, *beside])).banned[subject]
        for people in (terms.reviewers, beside):
            able = [id for id in people if id not in kept and id not in taken]
            if able:
                chosen = min(able, key=lambda id: (loads[id], id))
                why = Message(mark("One more review of this work was wanted, and you had the fewest to write."))
                self._add(known, subject, chosen, why)
                return chosen
        return None

    def _add(
        self, known: Sequence[Review], subject: str, reviewer_id: int, why: Message, by_hand: bool = False,
        until: datetime | None = None,
    ) -> None:  # fmt: skip
        numbers = {one.reviewer_id: one.number for one in known}
        db.session.execute(
            insert(AllocationPair).values(
                run_id=self.run.id, block=self.block, subject=subject, reviewer_id=reviewer_id, by_hand=by_hand,
                number=numbers.get(reviewer_id, max(numbers.values(), default=0) + 1), created_at=self.site.now(),
                until=until, why=_sentences([why]),
            )
        )  # fmt: skip

    def remove(self, terms: ReviewTerms, review_id: int) -> Review:
        """Take a review that is not begun off somebody."""
        self._hold()
        found = next((one for one in self.reviews() if one.id == review_id), None)
        if found is None:
            raise LookupError(review_id)
        if (found.subject, found.reviewer_id) in set(terms.held):
            raise BadInput(Message(mark("This review is begun and stays.")))
        db.session.execute(delete(AllocationPair).where(AllocationPair.id == review_id))
        return found

    def aside(self, review_id: int) -> str:
        """Address of the page where a reviewer gives a work back."""
        return f"{self.board}/aside/{review_id}"

    def step_aside(self, terms: ReviewTerms, found: Review) -> int | None:
        """Take a review off somebody who cannot judge its authors, keep them apart from now on, and ask whoever has the fewest to
        review. Returns who that is; None when there is nobody, or when the work goes back to the queue it was taken from."""
        self.remove(replace(terms, held=terms.done), found.id)  # a draft goes with it
        inside = {member.id for member in enrolment.members(self.run.id)}
        authors = terms.works.get(found.subject, ())
        for author in sorted(inside.intersection(authors) - {found.reviewer_id}):
            conflicts.declare(self.site, self.run.id, found.reviewer_id, author)
        return self.ask(terms, found.subject) if authors and found.until is None else None

    # ------------------------------------------------------------------ one by one, for whoever asks

    def take(self, terms: ReviewTerms, reviewer_id: int, lease: timedelta) -> Review | None:
        """One work for somebody who asks for one."""
        self._hold()
        self._put_back(terms)
        now, done = self.site.now(), set(terms.done)
        known = self.reviews()
        own = {one.subject: one for one in known if one.reviewer_id == reviewer_id}
        for one in own.values():
            if one.until is not None and (one.subject, reviewer_id) not in done:
                return one
        banned = self._terms(replace(terms, reviewers=[*terms.reviewers, reviewer_id])).banned
        # what somebody began and let lie over its time does not keep others from the work
        counts = Counter(
            one.subject
            for one in known
            if (one.subject, one.reviewer_id) in done or one.until is None or one.until > now
        )
        able = [subject for subject in terms.works if subject not in own and reviewer_id not in banned[subject]]
        if not able:
            return None
        subject = min(able, key=lambda one: (one not in terms.first, counts[one]))  # the first of several
        if not self.is_drawn():  # nothing is ever drawn where everybody takes works one by one
            self._record(terms, token_hex(16))
        why = Message(mark("You asked for a work, and this one had the fewest reviews."))
        self._add(known, subject, reviewer_id, why, until=now + lease)
        self._keep_authors(terms)
        return next(one for one in self.reviews(subject, reviewer_id))

    def give_back(self, terms: ReviewTerms, over: bool = False) -> list[int]:
        """Put back what was taken and not begun within its lease; when reviewing is `over`, all that is not done."""
        self._hold()
        return self._put_back(terms, over)

    def _put_back(self, terms: ReviewTerms, over: bool = False) -> list[int]:
        stays, now = set(terms.done) if over else {*terms.held, *terms.done}, self.site.now()
        back = [
            one
            for one in self.reviews()
            if one.until is not None and (over or one.until <= now) and (one.subject, one.reviewer_id) not in stays
        ]
        if back:
            ids = [one.id for one in back]
            db.session.execute(delete(AllocationPair).where(AllocationPair.id.in_(ids)))
        return sorted({one.reviewer_id for one in back})

    def clear(self) -> None:
        """As if nothing had been handed out."""
        self._hold()
        db.session.execute(delete(AllocationPair).where(*self._here))
        db.session.execute(
            delete(AllocationRecord).where(AllocationRecord.run_id == self.run.id, AllocationRecord.block == self.block)
        )
        db.session.expire_all()

    # ------------------------------------------------------------------ what it rests on

    @property
    def _here(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return AllocationPair.run_id == self.run.id, AllocationPair.block == self.block

    def _hold(self) -> None:
        lock(f"allocation/{self.run.id}/{self.block}")

    def _keep_authors(self, terms: ReviewTerms) -> None:
        own = (AllocationRecord.run_id == self.run.id, AllocationRecord.block == self.block)
        db.session.execute(update(AllocationRecord).where(*own).values(authors=_json(terms.works)))

    def _terms(self, terms: ReviewTerms) -> Terms:
        """The plugin's terms with what the core knows of the people: teams, origins, conflicts, and what they do elsewhere."""
        origins = {one.person_id: one for one in origins_of(self.run.id)}
        teams = {
            person: str(team)
            for person, team in db.session.execute(
                select(TeamMember.person_id, TeamMember.team_id).where(
                    TeamMember.run_id == self.run.id, TeamMember.block == self.block
                )
            )
        }
        people = {
            id: Party(
                teams.get(id, ""),
                folded(origins[id].school) if id in origins else "",
                folded(origins[id].region) if id in origins else "",
            )
            for id in origins.keys() | teams.keys()
        }
        elsewhere, met = self._elsewhere()
        return Terms(
            tuple(Work(subject, tuple(authors)) for subject, authors in terms.works.items()),
            tuple(terms.reviewers), terms.each, terms.most, people, frozenset(conflicts.of(self.run.id)), met,
            terms.wishes, elsewhere, cast(frozenset[Ban], frozenset(terms.apart)),
        )  # fmt: skip

    def _elsewhere(self) -> tuple[Mapping[int, int], frozenset[tuple[int, int]]]:
        """What people review in other activities of the run: how many works, and whose."""
        others = (AllocationPair.run_id == self.run.id, AllocationPair.block != self.block)
        rows = db.session.execute(
            select(AllocationPair.block, AllocationPair.subject, AllocationPair.reviewer_id).where(*others)
        ).all()
        authors = {
            block: json.loads(stored)
            for block, stored in db.session.execute(
                select(AllocationRecord.block, AllocationRecord.authors).where(AllocationRecord.run_id == self.run.id)
            )
        }
        met = frozenset(
            (reviewer, author)
            for block, subject, reviewer in rows
            for author in authors.get(block, {}).get(subject, ())
        )
        return Counter(reviewer for _, _, reviewer in rows), met


# ------------------------------------------------------------------------------------------- where the people of a run come from


def origins_of(run_id: int) -> list[Origin]:
    """Where the people of a run come from, as far as it is known. One statement."""
    return list(db.session.execute(select(Origin).where(Origin.run_id == run_id).order_by(Origin.person_id)).scalars())


def keep_origins(run_id: int, origins: Mapping[int, tuple[str, str]]) -> None:
    """Keep school and region of members of a run; two blanks forget them."""
    lock(f"allocation/{run_id}")
    inside = {member.id for member in enrolment.members(run_id)}
    for person in sorted(inside & origins.keys()):
        school, region = (" ".join(part.split()) for part in origins[person])
        if len(school) > 100 or len(region) > 100:
            raise BadInput(Message(mark("A school or a region has at most {most} characters."), {"most": 100}))
        found = db.session.get(Origin, (run_id, person))
        if not school and not region:
            if found is not None:
                db.session.delete(found)
        elif found is None:
            db.session.add(Origin(run_id=run_id, person_id=person, school=school, region=region))
        else:
            found.school, found.region = school, region
    db.session.flush()


def _json(works: Mapping[str, Sequence[int]]) -> str:
    return json.dumps({subject: list(authors) for subject, authors in works.items()})


def _sentences(messages: Sequence[Message]) -> str:
    return json.dumps([one.to_json() for one in messages], ensure_ascii=False)
