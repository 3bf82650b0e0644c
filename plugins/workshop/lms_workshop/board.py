"""What the pages show, read in a constant number of statements and put together as plain values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from lms.plugin import Assessment, FormState, Message, Submission, Visit, gettext
from lms_workshop import marks, replies, rules, service, spread, stages, store, words
from lms_workshop.marks import Marks
from lms_workshop.replies import Answer
from lms_workshop.stages import Gone
from lms_workshop.store import Pair, Stage, WorkLine


def closes(visit: Visit) -> datetime | None:
    """When the present phase ends by its dates."""
    return visit.phases.closes


def neutral_name(number: int, place: int) -> str:
    """What a file of an anonymous work is called for its reviewers, without its ending."""
    return gettext("Work {number}, file {place}", number=number, place=place)


# ------------------------------------------------------------------------------------------- for participants


@dataclass(frozen=True)
class ToReview:
    """A work as its reviewer sees it: `name` is the author's, "" while the workshop is anonymous; `files`: what each is called, and whether
    it can be looked at."""

    number: int
    title: str
    state: str
    name: str = ""
    text: Markup | None = None
    files: Sequence[tuple[str, bool]] = ()
    form: Assessment | None = None
    why: Sequence[str] = ()
    answer: Answer | None = None
    """What the author said to the review."""
    aside: str = ""
    """Where it is given back by somebody who cannot judge the author."""


@dataclass(frozen=True)
class Received:
    """A review of the own work; `name` is the reviewer's, or a pseudonym; `answer` what this author said to it."""

    number: int
    name: str
    form: Assessment
    answer: Answer | None


@dataclass(frozen=True)
class Mine:
    """All a participant finds on the first page. What is not out yet is not in it."""

    step: rules.Step
    closes: datetime | None
    opens: datetime | None
    work: WorkLine | None
    text: Submission | None
    """What it is now."""
    to_review: Sequence[ToReview]
    received: Sequence[Received]
    tutor: Assessment | None
    explanations: Mapping[str, str]
    own: Assessment | None
    """What this person gave the own work."""
    judges: bool
    """Whether it is asked for now."""


def of_participant(visit: Visit) -> Mine:
    """The first page of a participant."""
    now = stages.situation(visit)
    step = rules.step(now)
    mine = visit.person.id
    reviews = visit.allocation.reviews(reviewer_id=mine) if now.assigned else []
    known = store.some_works(visit, [store.id_of(one.subject) for one in reviews], store.own_keys(visit))
    work = next((one for one in known if mine in one.people), None)
    pairs = store.pairs_among(reviews, known)
    names = _names(visit)
    titles = {one.id: one.title for one in known}
    own = store.subject(work.id) if work is not None else ""
    all_forms = visit.assessments.of([store.subject(pair.work_id) for pair in pairs] + ([own] if own else []))
    forms = store.by_pair(all_forms)
    of_own = [form for form in all_forms if form.subject == own]
    received = _received(visit, work, of_own, names) if work is not None and step == "results" else []
    parts = ("work", "review", "")
    return Mine(
        step,
        closes(visit),
        next((one.opens for one in visit.phases.timeline() if one.state == "next"), None),
        work,
        store.text_of(visit, work) if work is not None else None,
        [
            ToReview(
                pair.work_number,
                titles[pair.work_id],
                store.state_of(forms.get((store.subject(pair.work_id), mine))),
                _named(pair.authors, names),
            )
            for pair in pairs
        ],
        received,
        store.tutors(of_own).get(own) if step == "results" else None,
        {part: visit.explanation(f"{visit.block.id}.{part}" if part else None) for part in parts}
        if step == "results"
        else {},
        next((form for form in of_own if (form.role, form.assessor_id) == ("self", mine)), None)
        if visit.settings.self_assessment
        else None,
        service.may_judge_oneself(visit, work),
    )


def _names(visit: Visit) -> Mapping[int, str]:
    """Names by person id where the workshop is open, nothing where it is anonymous."""
    return {} if visit.settings.anonymous else {member.id: member.name for member in visit.people()}


def _named(people: Sequence[int], names: Mapping[int, str], gone: str = "") -> str:
    """Several people in one line."""
    return ", ".join(name for person in people if (name := names.get(person, gone)))


def _received(
    visit: Visit, work: WorkLine, forms: Sequence[Assessment], names: Mapping[int, str]
) -> list[Received]:  # fmt: skip
    peers = store.by_pair(forms)
    answers = replies.of(visit, subject=store.subject(work.id))
    found = []
    for pair in store.pairs_among(visit.allocation.reviews(store.subject(work.id)), [work]):
        form = peers.get((store.subject(work.id), pair.reviewer_id))
        if form is not None and form.done_at is not None:
            name = names.get(pair.reviewer_id) or gettext("Reviewer {number}", number=pair.number)
            found.append(Received(pair.number, name, form, answers.get((store.subject(work.id), pair.reviewer_id))))
    return found


def to_review(visit: Visit, number: int) -> ToReview:
    """A work for its reviewer. Raises Gone when it is not theirs to review."""
    pair = service.my_pair(visit, number)
    work = store.work(visit, pair.work_id)
    assert work is not None, "a review belongs to a work"
    form = service.own_form(visit, work.id, "peer")
    names, text = _names(visit), store.text_of(visit, work)
    files = [
        (neutral_name(number, place) if visit.settings.anonymous else file.name, file.looked_at)
        for place, file in enumerate(store.files_of(visit, text), start=1)
    ]
    why = visit.allocation.why(store.subject(work.id), visit.person.id)
    answer = replies.of(visit, store.subject(work.id), visit.person.id).get((store.subject(work.id), visit.person.id))
    return ToReview(
        number, work.title, store.state_of(form), _named(work.people, names), text.html, files, form, why, answer,
        visit.allocation.aside(pair.id),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- for staff


@dataclass(frozen=True)
class Cell:
    """One reviewer of a work on the board."""

    name: str
    state: str
    share: float | None


@dataclass(frozen=True)
class Row:
    """One participant on the board; `work` is None without one."""

    person_id: int
    name: str
    work: WorkLine | None
    reviewers: Sequence[Cell]
    tutor_share: float | None
    marks: Marks


PAGE = 40
"""Participants on one page of the board."""


@dataclass(frozen=True)
class Board:
    """The whole workshop at a glance: of `people` participants those on this page, and counts of all."""

    rows: Sequence[Row]
    people: int
    handed_in: int
    """How many of them have a work."""
    reviews: tuple[int, int]
    """Reviews done and asked for."""
    unmarked: int
    """How many of them have a work without a mark as yet."""
    stage: Stage
    phase: str
    reached: str
    words: Message | None
    """What came of handing the works out."""
    differ: Sequence[WorkLine]
    """Works whose reviews differ too much, and that wait for the tutor."""
    practised: Mapping[str, int]
    """How many marked each model work, by subject."""
    page: int
    pages: int
    more_time: bool
    """Whether somebody may be given more time to hand in."""


def of_staff(visit: Visit, page: int = 1) -> Board:
    """The board: nine statements, whatever the size of the group. Marks are worked out for those on the page."""
    people = visit.people()
    pages = max(-(-len(people) // PAGE), 1)
    page = min(max(page, 1), pages)
    shown = people[(page - 1) * PAGE : page * PAGE]
    found = marks.collect(visit, [member.id for member in shown])
    states = visit.assessments.states()
    known = marks.work_out(visit.settings, found, [member.id for member in shown])
    names = {member.id: member.name for member in people}
    of_work = {person: work for work in found.works for person in work.people}
    peers, tutors = store.by_pair(states), store.tutors(states)
    pairs_of = marks.by_work(found.pairs)
    rows = []
    for member in shown:
        work = of_work.get(member.id)
        pairs = pairs_of.get(work.id, []) if work is not None else []
        tutor = tutors.get(store.subject(work.id)) if work is not None else None
        cells = [_cell(pair, peers, names) for pair in pairs]
        rows.append(Row(member.id, member.name, work, cells, tutor.share if tutor else None, known[member.id]))
    stage = store.stage(visit)
    words = stages.allocation_in_words(stage) if stage.allocated_at is not None else None
    needed = spread.wanted(found, states, stages.each(visit))
    late = not stages.reviewing(visit)
    differ = [
        work
        for work in found.works
        if needed.get(work.id) == "tutor" or (work.id in needed and (late or work.id in stage.told))
    ]
    practised = Counter(form.subject for form in states if form.subject in found.models)
    there = {of_work[id].id for id in names if id in of_work}
    asked = [
        store.state_of(peers.get((store.subject(one.work_id), one.reviewer_id)))
        for one in found.pairs
        if one.work_id in there
    ]
    unmarked = len(names.keys() & marks.without_mark(visit.settings, found, states)) if late else 0
    # a team that has not handed in has no row of its own here
    more = visit.settings.team_most == 1 and visit.submissions.stages()[0].due is not None
    return Board(
        rows, len(people), sum(id in of_work for id in names), (asked.count("complete"), len(asked)), unmarked, stage,
        visit.phases.now, visit.phases.reached, words, differ, practised, page, pages, more,
    )  # fmt: skip


def _cell(pair: Pair, peers: Mapping[tuple[str, int], FormState], names: Mapping[int, str]) -> Cell:
    form = peers.get((store.subject(pair.work_id), pair.reviewer_id))
    name = names.get(pair.reviewer_id) or gettext("somebody who has left the course")
    return Cell(name, store.state_of(form), form.share if form is not None else None)


@dataclass(frozen=True)
class StaffReview:
    """One reviewer of a work and what they wrote."""

    pair_id: int
    name: str
    state: str
    form: Assessment | None
    answer: Answer | None


@dataclass(frozen=True)
class StaffWork:
    """A work with everything about it, names included."""

    work: WorkLine
    text: Submission
    name: str
    reviews: Sequence[StaffReview]
    tutor: Assessment | None
    own_form: Assessment | None
    may_assess: bool
    candidates: list[tuple[int, str]]


def of_work(visit: Visit, work_id: int) -> StaffWork:
    """A work for staff. Raises Gone."""
    work = store.work(visit, work_id)
    if work is None:
        raise Gone
    people = visit.people()
    names = {member.id: member.name for member in people}
    left = gettext("somebody who has left the course")
    forms = visit.assessments.of([store.subject(work_id)])
    peers = store.by_pair(forms)
    pairs = store.pairs(visit, work_id=work_id)
    answers = replies.of(visit, store.subject(work_id))
    reviews = []
    for pair in pairs:
        form = peers.get((store.subject(work_id), pair.reviewer_id))
        answer = answers.get((store.subject(work_id), pair.reviewer_id))
        reviews.append(StaffReview(pair.id, names.get(pair.reviewer_id, left), store.state_of(form), form, answer))
    busy = {pair.reviewer_id for pair in pairs} | set(work.people)
    phase = visit.phases.now
    addable = stages.handed_out(visit) and phase not in ("evaluation", "closed")
    own = next((form for form in forms if form.role == "tutor" and form.assessor_id == visit.person.id), None)
    return StaffWork(
        work,
        store.text_of(visit, work),
        _named(work.people, names, left),
        reviews,
        store.tutors(forms).get(store.subject(work_id)),
        own,
        phase != "submission" and bool(visit.phases.reached),
        [(member.id, member.name) for member in people if member.id not in busy] if addable else [],
    )


@dataclass(frozen=True)
class StaffMark:
    """A mark to be set by hand: what was worked out, and what is set."""

    person_id: int
    name: str
    part: str
    worked_out: float | None
    explanation: str
    percent: int | None
    reason: str


def of_person(visit: Visit, person_id: int, part: str) -> StaffMark:
    """The mark of one participant for "work" or "review". Raises Gone."""
    name = next((member.name for member in visit.people() if member.id == person_id), None)
    if name is None or part not in ("work", "review") or (part == "review" and not visit.settings.review_points):
        raise Gone
    found = marks.collect(visit, [person_id])
    hand = found.by_hand.get((person_id, part))
    plain = replace(found, by_hand={})
    known = marks.work_out(visit.settings, plain, [person_id])[person_id]
    mark = known.work if part == "work" else known.review
    why = words.explain_work(known) if part == "work" else words.explain_review(known)
    return StaffMark(
        person_id, name, part, mark.share, str(why), words.percent(hand.share) if hand else None,
        hand.reason if hand else "",
    )  # fmt: skip
