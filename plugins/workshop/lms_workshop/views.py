"""The workshop's pages. Reviewers meet a work under its number and files under their place; ids stay with staff."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.plugin import (
    LEARNER,
    MEMBER,
    STAFF,
    ActivityPages,
    BadInput,
    StoredFile,
    Visit,
    db,
    gettext,
    ngettext,
)
from lms_workshop import appeals, board, marks, practice, queue, replies, service, stages, store
from lms_workshop.forms import HandMarkForm, ReviewerForm

pages = ActivityPages()
T = TypeVar("T")


def _found(act: Callable[[], T]) -> T:
    try:
        return act()
    except stages.Gone:
        abort(404)


def _attempt(act: Callable[[], T]) -> T:
    """Do something wholly or, when it raises BadInput, not at all, although a page is shown then."""
    with db.session.begin_nested():
        return _found(act)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@pages.get("", MEMBER)
def index(visit: Visit) -> ResponseReturnValue:
    """What now: the board for staff, the own work and reviews for participants, the task for authors of the course."""
    if visit.may(STAFF):
        found = board.of_staff(visit, _number(request.args.get("page", "1")))
        return visit.render("workshop/board.html", board=found, appeals=appeals.count(visit))
    mine = board.of_participant(visit) if visit.may(LEARNER) else None
    return visit.render(
        "workshop/index.html", mine=mine, models=practice.tried(visit),
        practising=practice.is_open(visit), helped=replies.choices(), appealing=appeals.asking_until(visit),
    )  # fmt: skip


def _file(files: Sequence[StoredFile], place: int) -> StoredFile:
    if not 1 <= place <= len(files):
        abort(404)
    return files[place - 1]


# ------------------------------------------------------------------------------------------- reviewing


@pages.get("reviews/<int:number>/", LEARNER)
def review(visit: Visit, number: int) -> ResponseReturnValue:
    """A work to review and the marking form."""
    return _review_page(visit, number)


@pages.post("reviews/take", LEARNER)
def take_one(visit: Visit) -> ResponseReturnValue:
    """One more work to review, for those who have done theirs."""
    number = _attempt(lambda: queue.take_one(visit))
    if number is None:
        visit.say(gettext("There is no work for you to review just now. You will get a notice when one comes."), "info")
        return visit.redirect()
    days = visit.settings.lease if stages.own_pace(visit) else 1
    visit.say(
        ngettext(
            "Thank you! The work is yours for {n} day; begun, it stays with you.",
            "Thank you! The work is yours for {n} days; begun, it stays with you.",
            days,
        )
    )
    return visit.redirect(f"reviews/{number}/")


@pages.post("reviews/<int:number>/", LEARNER)
def save_review(visit: Visit, number: int) -> ResponseReturnValue:
    """Keep the review, as a draft or finished."""
    try:
        done = _attempt(lambda: service.save_review(visit, number, finish=bool(visit.sent("finish"))))
    except BadInput as error:
        return _review_page(visit, number, str(error.message)), 422
    visit.say(gettext("The review is finished. Thank you!") if done else gettext("The draft is kept."))
    return visit.redirect() if done else visit.redirect(f"reviews/{number}/")


def _review_page(visit: Visit, number: int, error: str = "") -> Markup:
    found = _found(lambda: board.to_review(visit, number))
    open_now = stages.reviewing(visit)
    # what was sent too late is shown again, so that it is not lost
    form = None
    if open_now or error:
        criteria = service.form_of(visit, number, found.form)
        form = visit.assessments.form(criteria, found.form)
    return visit.render(
        "workshop/review.html", found=found, form=form, error=error, closes=board.closes(visit),
        model=practice.first_missing(visit) if open_now else None,
    )  # fmt: skip


@pages.get("reviews/<int:number>/files/<int:place>", LEARNER)
def review_file(visit: Visit, number: int, place: int) -> ResponseReturnValue:
    """A file of a work to review, under a neutral name while the workshop is anonymous."""
    pair = _found(lambda: service.my_pair(visit, number))
    found = store.work(visit, pair.work_id)
    assert found is not None, "a review belongs to a work"
    work = store.text_of(visit, found)
    name = board.neutral_name(number, place) if visit.settings.anonymous else None
    return visit.submissions.send(work, _file(store.files_of(visit, work), place).id, name=name)


@pages.get("self/", LEARNER)
def own_marks(visit: Visit) -> ResponseReturnValue:
    """The form to mark one's own work."""
    if not service.may_judge_oneself(visit, store.own_work(visit)):
        return visit.redirect()
    return _own_page(visit)


@pages.post("self/", LEARNER)
def save_own_marks(visit: Visit) -> ResponseReturnValue:
    """Keep what the author gives the own work."""
    try:
        _attempt(lambda: service.save_own(visit))
    except BadInput as error:
        return _own_page(visit, str(error.message)), 422
    visit.say(gettext("Your self-assessment is kept. You may change it while works are reviewed."))
    return visit.redirect()


def _own_page(visit: Visit, error: str = "") -> Markup:
    found = store.own_work(visit)
    if found is None or not visit.settings.self_assessment:
        abort(404)
    form = visit.assessments.form(service.tutors_form(visit), service.own_form(visit, found.id, "self"))
    weight = marks.marking_of(visit).weights.own
    return visit.render(
        "workshop/own.html", work=store.text_of(visit, found), form=form, error=error, counts=weight > 0
    )


# ------------------------------------------------------------------------------------------- for staff


@pages.post("allocate", STAFF)
def allocate(visit: Visit) -> ResponseReturnValue:
    """Hand the works out now."""
    outcome = _attempt(lambda: stages.allocate(visit))
    visit.say(str(outcome.text), "success" if outcome.done else "info")
    return visit.redirect()


@pages.get("works/<int:work_id>/", STAFF)
def marking(visit: Visit, work_id: int) -> ResponseReturnValue:
    """A work with all its reviews, the tutor's own assessment, and who else may review it."""
    return _marking_page(visit, work_id)


@pages.post("works/<int:work_id>/", STAFF)
def assess(visit: Visit, work_id: int) -> ResponseReturnValue:
    """Keep the tutor's own assessment."""
    try:
        _attempt(lambda: service.assess(visit, work_id))
    except BadInput as error:
        return _marking_page(visit, work_id, str(error.message)), 422
    visit.say(gettext("Your assessment is kept and counts in place of the reviews."))
    return visit.redirect(f"works/{work_id}/")


def _marking_page(visit: Visit, work_id: int, error: str = "") -> Markup:
    found = _found(lambda: board.of_work(visit, work_id))
    return visit.render(
        "workshop/marking.html", found=found, error=error,
        form=visit.assessments.form(service.tutors_form(visit), found.own_form) if found.may_assess else None,
        reviewer_form=ReviewerForm(found.candidates, formdata=None) if found.candidates else None,
    )  # fmt: skip


@pages.post("works/<int:work_id>/reviewers", STAFF)
def add_reviewer(visit: Visit, work_id: int) -> ResponseReturnValue:
    """Ask one more participant to review the work."""
    _attempt(lambda: stages.add_reviewer(visit, work_id, _number(visit.sent("reviewer"))))
    visit.say(gettext("The reviewer is added and told about it."))
    return visit.redirect(f"works/{work_id}/")


@pages.post("works/<int:work_id>/reviewers/<int:pair_id>/remove", STAFF)
def remove_reviewer(visit: Visit, work_id: int, pair_id: int) -> ResponseReturnValue:
    """Take an unfinished review off somebody."""
    _attempt(lambda: stages.remove_reviewer(visit, work_id, pair_id))
    visit.say(gettext("The review is taken off this participant."))
    return visit.redirect(f"works/{work_id}/")


@pages.get("people/<int:person_id>/<part>/", STAFF)
def hand_mark(visit: Visit, person_id: int, part: str) -> ResponseReturnValue:
    """The form to set a mark by hand."""
    found = _found(lambda: board.of_person(visit, person_id, part))
    values = {"percent": found.percent, "reason": found.reason}
    return visit.render("workshop/mark.html", found=found, form=visit.form(HandMarkForm, data=values))


@pages.post("people/<int:person_id>/<part>/", STAFF)
def set_mark(visit: Visit, person_id: int, part: str) -> ResponseReturnValue:
    """Set a mark by hand, or let the worked-out one count again."""
    found = _found(lambda: board.of_person(visit, person_id, part))
    form = visit.form(HandMarkForm)
    if form.validate_on_submit():
        share = None if form.percent.data is None else form.percent.data / 100
        try:
            _attempt(lambda: service.set_mark(visit, person_id, part, share, form.reason.data or ""))
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            taken = gettext("The worked-out mark counts again.")
            visit.say(gettext("The mark is set.") if share is not None else taken)
            return visit.redirect()
    return visit.render("workshop/mark.html", found=found, form=form), 422
