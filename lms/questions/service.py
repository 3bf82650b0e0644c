"""Questions put to somebody, with votes for them and their answers: kept and shown as the activity's `Asking` says."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, cast

from markupsafe import Markup
from sqlalchemy import func, select

from lms import ui
from lms.db import db
from lms.i18n import Message, gettext, mark
from lms.notices import service as notices
from lms.plugin import PARTICIPANT, STAFF, Asking, BadInput, Ballot, Question, QuestionTerms, Visit
from lms.questions.forms import QuestionForm
from lms.questions.models import QuestionRecord

if TYPE_CHECKING:
    from lms.visit import RunVisit  # a visit has questions, not the other way round

LONGEST = 1000
"""Characters of a question."""
LONGEST_ANSWER = 10_000
MOST_OPEN = 10
"""Questions without an answer that one person may have put to one subject."""
BALLOT = "questions"
"""What votes for questions are called among others of an activity."""

_TOLD = {
    "answered": mark("Your question in “{activity}” is answered."),
    "spoken": mark("Your question in “{activity}” is answered."),
    "hidden": mark("Your question in “{activity}” was hidden; its page says why."),
}


def source_of(visit: "RunVisit | Visit") -> Asking | None:
    """What the block's kind says about questions, or None."""
    sources: Sequence[Asking] = visit.site.of(Asking)  # type: ignore[type-abstract]  # the registry gives what derives from it
    return next((one for one in sources if one.kind == visit.block.kind), None)


def vote_subject(id: int) -> str:
    """How votes name a question."""
    return f"question:{id}"


class BlockQuestions:
    """What `lms.plugin.Questions` promises, and what the core's pages need beside it."""

    def __init__(self, visit: "RunVisit") -> None:
        self.visit = visit
        self._terms: dict[str, QuestionTerms | None] = {}
        self._here = (QuestionRecord.run_id == visit.run.id, QuestionRecord.block == visit.block.id)

    def terms(self, subject: str) -> QuestionTerms | None:
        """What this person may do about the questions to a subject, asked once; None for one that is not theirs to read."""
        if subject not in self._terms:
            # what people ask is read by those who take part, not by authors who look at the course
            source = source_of(self.visit) if self.visit.may(PARTICIPANT) else None
            self._terms[subject] = source.terms(cast(Visit, self.visit), subject) if source is not None else None
        return self._terms[subject]

    def _known(self, subject: str) -> QuestionTerms:
        terms = self.terms(subject)
        if terms is None:
            raise LookupError(subject)
        return terms

    # ------------------------------------------------------------------ what is kept

    def rows(self, subjects: Sequence[str]) -> Sequence[Question]:
        """The questions put to these subjects, oldest first. One statement."""
        found = select(QuestionRecord).where(*self._here, QuestionRecord.subject.in_(subjects))
        return [_plain(one) for one in db.session.scalars(found.order_by(QuestionRecord.id))]

    def waiting(self) -> Mapping[str, int]:
        """How many questions have no answer yet, by subject. One statement."""
        found = (
            select(QuestionRecord.subject, func.count())
            .where(*self._here, QuestionRecord.state == "open")
            .group_by(QuestionRecord.subject)
        )
        return {subject: int(count) for subject, count in db.session.execute(found)}

    def get(self, id: int) -> Question | None:
        """A question of this activity that its reader may see, read anew. One statement, and those of its terms."""
        found = self._record(id)
        return _plain(found) if found is not None and self._sees(_plain(found)) else None

    def _record(self, id: int) -> QuestionRecord | None:
        found = select(QuestionRecord).where(*self._here, QuestionRecord.id == id)
        return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()

    def _sees(self, found: Question) -> bool:
        return self.terms(found.subject) is not None and (
            found.state != "hidden" or found.asker_id == self.visit.person.id or self.visit.may(STAFF)
        )

    # ------------------------------------------------------------------ what is done

    def ask(self, subject: str, text: str) -> Question:
        """Put a question, and tell those who answer."""
        terms, text, person = self._known(subject), text.replace("\r\n", "\n").strip(), self.visit.person.id
        if not terms.asks:
            raise LookupError(subject)
        if terms.refusal is not None:
            raise BadInput(terms.refusal)
        if not text:
            raise BadInput(Message(mark("Write your question.")))
        if len(text) > LONGEST:
            raise BadInput(Message(mark("The question may have at most {most} characters."), {"most": LONGEST}))
        self.visit.lock("questions")
        mine = select(func.count()).where(
            *self._here, QuestionRecord.subject == subject, QuestionRecord.asker_id == person,
            QuestionRecord.state == "open",
        )  # fmt: skip
        if db.session.execute(mine).scalar_one() >= MOST_OPEN:
            sentence = mark("{most} of your questions wait for an answer: that is as many as one person may have.")
            raise BadInput(Message(sentence, {"most": MOST_OPEN}))
        found = QuestionRecord(
            run_id=self.visit.run.id, block=self.visit.block.id, subject=subject, asker_id=person, text=text,
            asked_at=self.visit.now, state="open", answer="",
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
        self._tell(terms.people, mark("A question was put to you in “{activity}”."), subject)
        return _plain(found)

    def answer(self, id: int, state: str, words: str = "") -> Question:
        """Answer a question, note that it was answered aloud, hide it, or open it again. Who asked is told; those who answer are told of
        one that is open again."""
        self.visit.lock("questions")
        found = self._record(id)
        if found is None or state not in self.may(_plain(found)):
            raise LookupError(id)
        words = words.replace("\r\n", "\n").strip()
        if len(words) > LONGEST_ANSWER:
            raise BadInput(Message(mark("The answer may have at most {most} characters."), {"most": LONGEST_ANSWER}))
        if state == "answered" and not words:
            raise BadInput(Message(mark("Write the answer.")))
        if state == "hidden" and not words:
            raise BadInput(Message(mark("Say why the question is hidden: who asked it reads that.")))
        # what was answered stays in view when the question is open again; a reason for hiding does not
        if state == "open":
            words = found.answer if found.state != "hidden" else ""
        if (found.state, found.answer) == (state, words):
            return _plain(found)
        found.state, found.answer = state, words
        found.answered_by, found.answered_at = (
            (None, None) if state == "open" else (self.visit.person.id, self.visit.now)
        )
        db.session.flush()
        if state == "open":
            again = mark("A question to you in “{activity}” is open again: answer it once more.")
            self._tell(self._known(found.subject).people, again, found.subject)
        elif found.asker_id is not None:
            self._tell([found.asker_id], _TOLD[state], found.subject)
        return _plain(found)

    def may(self, found: Question) -> Set[str]:
        """The states this person may bring a question to."""
        if not self._sees(found):
            return frozenset()
        terms, staff = self._known(found.subject), self.visit.may(STAFF)
        states = {"hidden"} if staff else set()
        if terms.answers and (found.state != "hidden" or staff):
            states.add("answered")
        if (terms.answers or staff) and found.state != "hidden" and not terms.must:
            states.add("spoken")
        insists = bool(terms.must) and found.asker_id == self.visit.person.id and found.state == "answered"
        if found.state != "open" and (staff or insists):
            states.add("open")
        return states

    def mine(self) -> Set[int]:
        """Questions this person voted for. One statement."""
        return {int(one.rpartition(":")[2]) for one in self.visit.votes.mine(BALLOT)}

    def withdraw(self, id: int) -> Question:
        """Take one's own question back while nobody has answered it."""
        self.visit.lock("questions")
        found = self._record(id)
        if found is None or found.asker_id != self.visit.person.id or self.terms(found.subject) is None:
            raise LookupError(id)
        if found.state != "open":
            raise BadInput(Message(mark("The question is answered already: it stays.")))
        gone = _plain(found)
        self.visit.votes.clear([vote_subject(id)], BALLOT)
        db.session.delete(found)
        db.session.flush()
        return gone

    def vote(self, id: int, vote: bool = True) -> None:
        """Vote for a question of others, or take the vote back."""
        found = self.get(id)
        if found is None or not self._known(found.subject).votes:
            raise LookupError(id)
        ballot = self._ballot(self._known(found.subject), self.rows([found.subject]))
        self.visit.votes.cast(ballot, vote_subject(id), vote)

    def _ballot(self, terms: QuestionTerms, found: Iterable[Question]) -> Ballot:
        subjects = {vote_subject(one.id): [one.asker_id or 0] for one in found if one.state != "hidden"}
        return Ballot(subjects, terms.most_votes, BALLOT, terms.votes_until)

    def _tell(self, people: Sequence[int], sentence: str, subject: str) -> None:
        told = [id for id in people if id != self.visit.person.id]
        if told:
            message = Message(sentence, {"activity": self.visit.block.title})
            notices.notify(self.visit.site, told, "activity", message, self.address(subject))

    # ------------------------------------------------------------------ where and how it is shown

    @property
    def base(self) -> str:
        """Below which address the core's pages of questions are."""
        return f"{self.visit.run.base}questions/{self.visit.block.id}/"

    def address(self, subject: str) -> str:
        """Where the questions to a subject stand."""
        terms = self.terms(subject)
        return self.visit.url(terms.page) if terms is not None and terms.page else f"{self.base}to/{subject}/"

    def show(self, subject: str) -> Markup:
        """The questions to a subject, those most voted for first, and the form to put one."""
        terms = self.terms(subject)
        if terms is None:
            return Markup()
        return ui.render(
            "questions/list.html", title=terms.title, cards=[card for _one, card in self.cards(subject)],
            form=self.form(subject),
        )  # fmt: skip

    def cards(self, subject: str) -> Sequence[tuple[Question, Markup]]:
        """Each question with its answer and what this person may do about it."""
        terms = self.terms(subject)
        found = [one for one in self.rows([subject]) if self._sees(one)] if terms is not None else []
        if terms is None or not found:
            return []
        names, counts, mine = self._names(), {}, frozenset[str]()
        ballot = self._ballot(terms, found)
        if terms.voted:
            counts = dict(self.visit.votes.counts(BALLOT))
            mine = frozenset(self.visit.votes.mine(BALLOT)) if terms.votes else mine
            found = sorted(found, key=lambda one: (-counts.get(vote_subject(one.id), 0), one.id))
        cards = []
        for one in found:
            button = Markup()
            if terms.voted and one.state != "hidden":
                button = self._button(ballot if terms.votes else Ballot({}, name=BALLOT), one, counts, mine)
            may = self.may(one)
            card = ui.render(
                "questions/_card.html", asked=one, asker=_name(names, one.asker_id), by=names.get(one.answered_by or 0, ""),
                button=button, base=self.base, must=bool(terms.must), answers="answered" in may, may=may,
                takes_back=one.asker_id == self.visit.person.id and one.state == "open", staff=self.visit.may(STAFF),
            )  # fmt: skip
            cards.append((one, card))
        return cards

    def _button(self, ballot: Ballot, one: Question, counts: Mapping[str, int], mine: Set[str]) -> Markup:
        return self.visit.votes.show(
            ballot, vote_subject(one.id), one.text[:60], f"{self.base}{one.id}/vote", counts, mine
        )

    def form(self, subject: str, form: QuestionForm | None = None) -> Markup:
        """The form to put one, or why none is put now; nothing for those who do not ask. `form`: as it was sent, with its faults."""
        terms = self.terms(subject)
        if terms is None or not terms.asks:
            return Markup()
        form = form or self.visit.form(QuestionForm, formdata=None)
        return ui.render(
            "questions/form.html", form=form, action=f"{self.base}to/{subject}/", terms=terms, longest=LONGEST
        )

    def written(self, subject: str) -> Markup:
        """Questions and answers to read and to print."""
        found = (
            [one for one in self.rows([subject]) if one.state != "hidden" and one.text] if self.terms(subject) else []
        )
        if not found:
            return Markup()
        names = self._names()
        return ui.render("questions/written.html", questions=[(one, _name(names, one.asker_id)) for one in found])

    def called(self, found: Question) -> str:
        """The name of whoever asked. Two statements."""
        return _name(self._names(), found.asker_id)

    def _names(self) -> dict[int, str]:
        return {member.id: member.name for role in ("learner", "tutor") for member in self.visit.people(role)}


def _name(names: Mapping[int, str], id: int | None) -> str:
    return names.get(id or 0) or gettext("Somebody who has left")


def _plain(found: QuestionRecord) -> Question:
    return Question(
        found.id, found.subject, found.asker_id, found.text, found.asked_at, found.state, found.answer, found.answered_by,
        found.answered_at,
    )  # fmt: skip
