"""The board of who reviews what, for staff: seen, changed by hand, repaired. The same for every kind of activity."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.allocation import conflicts, service, words
from lms.db import db
from lms.i18n import gettext as _
from lms.i18n import mark, ngettext
from lms.notices import service as notices
from lms.plugin import LEARNER, STAFF, BadInput, Message, Pages, Review, Reviewing
from lms.visit import RunVisit

pages = Pages("allocation")
BOARD = "/courses/<course>/allocation/<block>"


def _enter(visit: RunVisit, block: str) -> Reviewing:
    """What the block's kind says about its reviews; 404 for blocks without."""
    try:
        found = visit.course.block(block)
    except KeyError:
        abort(404)
    kinds: Sequence[Reviewing] = visit.site.of(Reviewing)
    source = next((one for one in kinds if one.kind == found.kind), None)
    if source is None:
        abort(404)
    visit.enter_block(found)
    return source


@dataclass(frozen=True)
class Line:
    """A work on the board; `reviews` are (review, name, how far it is: "", "started" or "complete")."""

    subject: str
    title: str
    authors: str
    reviews: Sequence[tuple[Review, str, str]]
    lacks: int


@dataclass(frozen=True)
class Board:
    """All of it, of which a page shows some `lines`. `loads`: how many review so many works, the most first, and who, where it is few."""

    works: int
    lacking: int
    lines: Sequence[Line]
    loads: Sequence[tuple[int, int, str]]
    refusal: str
    people: Sequence[tuple[int, str]]
    drawn: bool
    page: int
    pages: int


PAGE = 40
"""Works on one page of the board."""
FEW = 8
"""So many people are named who review a number of works."""


def _board(visit: RunVisit, source: Reviewing, page: int) -> Board:
    terms, allocation = source.terms(visit), visit.allocation
    members = visit.people()
    names = {member.id: member.name for member in members}
    of_subject: dict[str, list[Review]] = {}
    reviews = allocation.reviews()
    for one in reviews:
        of_subject.setdefault(one.subject, []).append(one)
    far = dict.fromkeys(terms.held, "started") | dict.fromkeys(terms.done, "complete")
    refused = source.refusal(visit)
    gone = _("somebody who has left the course")
    lacks = {subject: max(terms.each - len(of_subject.get(subject, ())), 0) for subject in terms.works}
    last = max(-(-len(terms.works) // PAGE), 1)
    page = min(max(page, 1), last)
    lines = [
        Line(
            subject, terms.titles.get(subject, subject), ", ".join(names.get(id, gone) for id in terms.works[subject]),
            [
                (one, names.get(one.reviewer_id, gone), far.get((subject, one.reviewer_id), ""))
                for one in of_subject.get(subject, ())
            ],
            lacks[subject],
        )
        for subject in list(terms.works)[(page - 1) * PAGE : page * PAGE]
    ]  # fmt: skip
    counts = Counter(one.reviewer_id for one in reviews)
    having: dict[int, list[str]] = {}
    for id in terms.reviewers:
        if id in names:
            having.setdefault(counts[id], []).append(names[id])
    loads = [
        (n, len(some), ", ".join(some) if len(some) <= FEW else "") for n, some in sorted(having.items(), reverse=True)
    ]
    everybody = [(member.id, member.name) for member in members]
    lacking = sum(missing > 0 for missing in lacks.values())
    return Board(
        len(terms.works), lacking, lines, loads, str(refused or ""), everybody, allocation.is_drawn(), page, last,
    )  # fmt: skip


@pages.get(BOARD, STAFF)
def board(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Works with their reviewers, and how much everybody reviews."""
    source = _enter(visit, block)
    found = _board(visit, source, _number(request.args.get("page", "1")))
    return visit.page("allocation/board.html", board=found, block=visit.block, here=visit.allocation.board)


def _changing(visit: RunVisit, block: str) -> Reviewing:
    """The same, where something is to be changed, with everybody kept off. Raises BadInput when it may not be."""
    source = _enter(visit, block)
    visit.lock(source.lock)
    refused = source.refusal(visit)
    if refused is not None:
        raise BadInput(refused)
    return source


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def _back(visit: RunVisit) -> ResponseReturnValue:
    return redirect(visit.allocation.board, 303)


@pages.post(f"{BOARD}/add", STAFF)
def add(visit: RunVisit, block: str) -> ResponseReturnValue:
    """One more reviewer of a work."""
    source = _changing(visit, block)
    reviewer = _number(visit.sent("reviewer"))
    visit.allocation.add(source.terms(visit), visit.sent("subject"), reviewer)
    source.changed(visit, [reviewer])
    visit.say(_("The reviewer is added and told about it."))
    return _back(visit)


@pages.post(f"{BOARD}/remove", STAFF)
def remove(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Take a review off somebody."""
    source = _changing(visit, block)
    try:
        found = visit.allocation.remove(source.terms(visit), _number(visit.sent("review")))
    except LookupError:
        raise BadInput(Message(mark("Nobody is asked for this review any more."))) from None
    source.changed(visit, [found.reviewer_id])
    visit.say(_("The review is taken off this participant."))
    return _back(visit)


@dataclass(frozen=True)
class Proposal:
    """What a repair would do: (work, reviewer) by name."""

    added: Sequence[tuple[str, str]]
    removed: Sequence[tuple[str, str]]
    missing: Sequence[str]


@pages.get(f"{BOARD}/repair", STAFF)
def proposal(visit: RunVisit, block: str) -> ResponseReturnValue:
    """What a repair would change, before anything is changed."""
    source = _changing(visit, block)
    terms = source.terms(visit)
    _whole, found = visit.allocation.proposal(terms)
    names = _names(visit)
    gone = _("somebody who has left the course")
    titles = {subject: terms.titles.get(subject, _("a work that is gone")) for subject, _reviewer in found.removed}
    titles.update({subject: terms.titles.get(subject, subject) for subject in terms.works})

    def named(pairs: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
        return [(titles[subject], names.get(reviewer, gone)) for subject, reviewer in pairs]

    said = [str(one) for one in words.why_not(found, titles, names)]
    shown = Proposal(named(found.added), named(found.removed), said)
    return visit.page("allocation/repair.html", found=shown, block=visit.block, here=visit.allocation.board)


@pages.post(f"{BOARD}/repair", STAFF)
def repair(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Make the fewest changes that give every work its reviewers."""
    source = _changing(visit, block)
    drawn = visit.allocation.repair(source.terms(visit))
    source.changed(visit, drawn.people)
    count = len(drawn.people)
    visit.say(
        ngettext("Done: something changed for {n} person.", "Done: something changed for {n} people.", count)
        if count
        else _("Nothing had to be changed.")
    )
    return _back(visit)


def _names(visit: RunVisit) -> Mapping[int, str]:
    return {member.id: member.name for member in visit.people()}


# ------------------------------------------------------------------------------------------- a reviewer who cannot judge


MOST_REASON = 500
"""Characters of a reason: tutors read it in a notice."""


def _own_review(visit: RunVisit, source: Reviewing, id: int) -> Review:
    """A review of this participant that may be given back; 404 for others'. Raises BadInput when it may not be."""
    found = next((one for one in visit.allocation.reviews(reviewer_id=visit.person.id) if one.id == id), None)
    if found is None:
        abort(404)
    refused = source.refusal(visit)
    if refused is not None:
        raise BadInput(refused)
    if (found.subject, found.reviewer_id) in set(source.terms(visit).done):
        raise BadInput(Message(mark("This review is finished and stays.")))
    return found


@pages.get(f"{BOARD}/aside/<int:review_id>", LEARNER)
def aside(visit: RunVisit, block: str, review_id: int) -> ResponseReturnValue:
    """Where a reviewer gives a work back."""
    return _aside_page(visit, _own_review(visit, _enter(visit, block), review_id))


@pages.post(f"{BOARD}/aside/<int:review_id>", LEARNER)
def step_aside(visit: RunVisit, block: str, review_id: int) -> ResponseReturnValue:
    """Give it back: somebody else is asked, the tutors are told why."""
    source = _enter(visit, block)
    visit.lock(source.lock)
    found = _own_review(visit, source, review_id)
    reason = " ".join(visit.sent("reason").split())
    if not reason or len(reason) > MOST_REASON:
        error = _("Say why you cannot review it, in at most {most} characters.", most=MOST_REASON)
        return _aside_page(visit, found, reason, error), 422
    terms = source.terms(visit)
    other = visit.allocation.step_aside(terms, found)
    source.changed(visit, [id for id in (found.reviewer_id, other) if id is not None])
    alone = found.until is None and other is None
    words = (
        mark("“{title}”: {name} cannot review “{work}”, and nobody else is free to. Their reason: {reason}")
        if alone
        else mark("“{title}”: {name} cannot review “{work}”, which goes to somebody else. Their reason: {reason}")
    )
    values = {"title": visit.block.title, "name": visit.person.short_name, "reason": reason}
    text = Message(words, {**values, "work": terms.titles.get(found.subject, found.subject)})
    notices.notify(visit.site, [one.id for one in visit.people("tutor")], "activity", text, visit.allocation.board)
    visit.say(_("Thank you for saying so. You do not review this work any more; the tutor reads your reason."))
    return redirect(visit.url(), 303)


def _aside_page(visit: RunVisit, found: Review, reason: str = "", error: str = "") -> Markup:
    return visit.page(
        "allocation/aside.html", block=visit.block, here=visit.allocation.aside(found.id), reason=reason, error=error,
        most=MOST_REASON,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- who is kept apart


@pages.get(f"{BOARD}/conflicts", STAFF)
def apart(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Who does not review whom."""
    _enter(visit, block)
    people = [(member.id, member.name) for member in visit.people()]
    names, gone = dict(people), _("somebody who has left the course")
    pairs = [
        (one, other, f"{names.get(one, gone)} — {names.get(other, gone)}", own)
        for (one, other), own in conflicts.of(visit.run.id).items()
    ]
    return visit.page(
        "allocation/apart.html", pairs=pairs, people=people, block=visit.block, here=visit.allocation.board
    )


@pages.post(f"{BOARD}/conflicts", STAFF)
def declare(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Keep two people apart, in this run and all its activities."""
    _enter(visit, block)
    conflicts.declare(visit.site, visit.run.id, _number(visit.sent("one")), _number(visit.sent("other")))
    visit.say(
        _("These two will not be given each other's works. What is handed out already changes when you repair it.")
    )
    return redirect(f"{visit.allocation.board}/conflicts", 303)


@pages.post(f"{BOARD}/conflicts/remove", STAFF)
def take_back(visit: RunVisit, block: str) -> ResponseReturnValue:
    """They may review each other again."""
    _enter(visit, block)
    conflicts.take_back(visit.run.id, _number(visit.sent("one")), _number(visit.sent("other")))
    visit.say(_("These two may be given each other's works again."))
    return redirect(f"{visit.allocation.board}/conflicts", 303)


ORIGINS = "/courses/<course>/origins/<block>"


def _at(visit: RunVisit, block: str) -> None:
    try:
        visit.enter_block(visit.course.block(block))
    except KeyError:
        abort(404)


@pages.get(ORIGINS, STAFF)
def origins(visit: RunVisit, block: str) -> ResponseReturnValue:
    """School and region of everybody, on the way from an activity that minds them."""
    _at(visit, block)
    known = {one.person_id: (one.school, one.region) for one in service.origins_of(visit.run.id)}
    rows = [(member.id, member.name, *known.get(member.id, ("", ""))) for member in visit.people()]
    return visit.page("allocation/origins.html", rows=rows, block=visit.block)


@pages.post(ORIGINS, STAFF)
def keep_origins(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Keep them."""
    _at(visit, block)
    sent = {
        member.id: (visit.sent(f"school-{member.id}"), visit.sent(f"region-{member.id}")) for member in visit.people()
    }
    service.keep_origins(visit.run.id, sent)
    visit.say(
        _("Schools and regions are kept. Who reviews what changes when you repair it, teams when they are drawn anew.")
    )
    return redirect(f"{visit.run.base}origins/{block}", 303)


# ------------------------------------------------------------------------------------------- said by participants themselves


@pages.get("/courses/<course>/conflicts", LEARNER)
def own(visit: RunVisit) -> ResponseReturnValue:
    """Whom this participant is to be kept apart from."""
    return _own_page(visit, conflicts.own(visit.run.id, visit.person.id))


@pages.post("/courses/<course>/conflicts", LEARNER)
def keep_own(visit: RunVisit) -> ResponseReturnValue:
    """Keep it."""
    others = {_number(value) for value in request.form.getlist("other")}
    try:
        with db.session.begin_nested():
            conflicts.keep_own(visit.site, visit.run.id, visit.person.id, others)
    except BadInput as error:
        return _own_page(visit, others, str(error.message)), 422
    visit.say(_("It is kept: you will not be given each other's works."))
    return redirect(f"{visit.run.base}conflicts", 303)


def _own_page(visit: RunVisit, chosen: Collection[int], error: str = "") -> Markup:
    members = visit.people()
    people = [(member.id, member.name) for member in members if member.id != visit.person.id]
    most = conflicts.most_own(len(members))
    return visit.page("allocation/own.html", people=people, chosen=chosen, most=most, error=error)
