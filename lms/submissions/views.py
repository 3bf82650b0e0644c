"""The pages of works, the same for every kind of activity: to write and hand in, to read, to comment and answer, to give more time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from flask import abort, make_response, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.difference import words
from lms.bounds import whole
from lms.db import db
from lms.enrolment.place import Place, find_run
from lms.i18n import gettext as _
from lms.plugin import LEARNER, PARTICIPANT, PUBLIC, STAFF, BadInput, Owner, Pages, StageRule, Submission
from lms.submissions import answering, board, showing
from lms.submissions.forms import AnswerForm, CommentForm, MoreTimeForm, WorkForm
from lms.submissions.service import BlockSubmissions, source_of
from lms.submissions.writing import Lacking, token
from lms.visit import RunVisit

pages = Pages("submissions")
WORKS = "/courses/<course>/works/<block>"
T = TypeVar("T")


def _enter(visit: RunVisit, block: str) -> BlockSubmissions:
    """The works of a block; 404 for blocks without, and what stands in for a locked one."""
    block = visit.outline.aliases.get(block, block)
    try:
        found = visit.course.block(block)
    except KeyError:
        abort(404)
    if source_of(visit.site, found.kind) is None:
        abort(404)
    visit.enter_block(found)
    verdict = visit.verdicts[found.id]
    if not verdict.open:
        abort(make_response(visit.locked_page(found.title, verdict), 403))
    return visit.submissions


def _attempt(act: Callable[[], T]) -> T:
    """Do something that is either done wholly or, when it raises BadInput, not at all, although a page is shown then."""
    try:
        with db.session.begin_nested():
            return act()
    except LookupError:
        abort(404)


def _stage(works: BlockSubmissions, id: str) -> StageRule:
    try:
        return works.stage(id)
    except LookupError:
        abort(404)


# ------------------------------------------------------------------------------------------- the own work


@pages.get(f"{WORKS}/own/<stage>/", LEARNER)
def own(visit: RunVisit, block: str, stage: str) -> ResponseReturnValue:
    """A stage: the form while it may be handed in, what was handed in, and the answers."""
    works = _enter(visit, block)
    rule = _stage(works, stage)
    owner = works.owner()
    if owner is None:
        return redirect(visit.url(), 303)
    versions = works.versions(owner.key, rule.id)
    last = versions[-1] if versions else None
    given = {"title": last.title, "text": last.text} if last else {}
    form = visit.form(WorkForm, data={**given, "seen": token(versions)})
    return _own_page(works, owner, rule.id, form, versions)


@pages.post(f"{WORKS}/own/<stage>/", LEARNER)
def save(visit: RunVisit, block: str, stage: str) -> ResponseReturnValue:
    """Keep the draft, and hand it in if so. A draft that cannot be handed in yet is kept all the same."""
    works = _enter(visit, block)
    rule = _stage(works, stage)
    form = visit.form(WorkForm)
    hand_in = "hand_in" in request.form
    uploads, drop = request.files.getlist("files"), request.form.getlist("drop", type=whole)
    kept: Submission | None = None
    if form.validate_on_submit():
        words, title, seen = form.text.data or "", form.title.data or "", form.seen.data or ""
        try:
            kept = _attempt(lambda: works.save(rule.id, words, title, uploads, drop, seen))
            if hand_in:
                _attempt(lambda: works.hand_in(rule.id))
        except Lacking as error:
            form.form_errors += [str(message) for message in error.messages]
        except BadInput as error:
            form.form_errors.append(str(error.message))
        else:
            visit.say(_("The work is handed in.") if hand_in else _("The draft is kept. Only your side sees it."))
            return redirect(works.address(rule.id), 303)
    owner = works.owner()
    if owner is None:
        return redirect(visit.url(), 303)
    versions = works.versions(owner.key, rule.id)
    if kept is not None:
        # the draft is kept with its files: what is sent next is made from this state of it
        form.seen.data = token(versions)
        visit.say(_("What you wrote is kept as a draft."), "info")
    return _own_page(works, owner, rule.id, form, versions), 422


def _own_page(works: BlockSubmissions, owner: Owner, stage: str, form: WorkForm, versions: list[Submission]) -> Markup:
    visit = works.visit
    rule = next(one for one in works.stages(owner.key) if one.id == stage)
    steps = works.steps(owner.key).get(owner.key, {})
    line = board.stage_line(works, rule, steps)
    draft = versions[-1] if versions and (versions[-1].state in ("draft", "returned") or rule.again) else None
    sent = [one for one in reversed(versions) if one.state != "draft"]
    files = works.files([draft])[draft.id] if draft else []
    return visit.page(
        "submissions/own.html", works=works, owner=owner, rule=rule, line=line, form=form, block=visit.block,
        name=works.name_of(stage), task=works.source.task(cast(Any, visit), rule), dropped=request.form.getlist("drop"),
        files=files, telling=works.telling(files) if request.method == "GET" else (), draft=draft,
        read=board.reading(works, sent, answered=True),
        asking=showing.asking(works, owner),
    )  # fmt: skip


@pages.get(f"{WORKS}/own/<stage>/files/<int:file_id>", LEARNER)
def own_file(visit: RunVisit, block: str, stage: str, file_id: int) -> ResponseReturnValue:
    """A file of the own draft, or of anything that was handed in before."""
    works = _enter(visit, block)
    owner = works.owner()
    versions = works.versions(owner.key, stage) if owner else []
    found = next((one for one in versions if file_id in one.files), None)
    if found is None:
        abort(404)
    return works.send(found, file_id)


# ------------------------------------------------------------------------------------------- a work that was handed in


def _own(visit: RunVisit, works: BlockSubmissions, found: Submission) -> bool:
    """Whether this person is of those who wrote a work, or of staff."""
    owner = works.owner() if visit.may(LEARNER) else None
    return visit.may(STAFF) or (owner is not None and owner.key == found.owner)


def _handed_in(works: BlockSubmissions, id: int) -> Submission:
    found = works.get(id)
    if found is None:
        abort(404)
    return found


def _readable(visit: RunVisit, works: BlockSubmissions, id: int) -> tuple[Submission, bool]:
    """A work this person may read, and whether with what its tutor said; 404 for all others."""
    found = _handed_in(works, id)
    own = _own(visit, works, found)
    if not own and not works.source.may_read(cast(Any, visit), found) and not works.is_shown(found, "run"):
        abort(404)
    return found, own


@pages.get(f"{WORKS}/<int:id>/", PARTICIPANT)
def work(visit: RunVisit, block: str, id: int) -> ResponseReturnValue:
    """A work with its earlier versions; for staff also the forms to comment and answer it."""
    works = _enter(visit, block)
    return _work_page(works, *_readable(visit, works, id))


@pages.post(f"{WORKS}/<int:id>/", STAFF)
def answer(visit: RunVisit, block: str, id: int) -> ResponseReturnValue:
    """Accept a work or give it back; of works that are not answered, mark one."""
    works = _enter(visit, block)
    found = _handed_in(works, id)
    form = visit.form(AnswerForm)
    again = works.is_again(found.stage)
    state = "returned" if "give_back" in request.form else "accepted"
    words, seen = form.feedback.data or "", form.seen.data or ""
    try:
        if again and form.validate_on_submit():
            _attempt(lambda: answering.give_marks(works, id))
            visit.say(_("Your marks are kept."))
            return redirect(visit.url(), 303)
        if form.validate_on_submit():
            _attempt(lambda: answering.mark_and_answer(works, id, state, words, seen))
            back = state == "returned"
            visit.say(_("The work is given back; the author is told.") if back else _("The work is accepted."))
            return redirect(visit.url(), 303)
    except BadInput as error:
        form.form_errors.append(str(error.message))
    return _work_page(works, found, form=form), 422


@pages.post(f"{WORKS}/<int:id>/comments", STAFF)
def comment(visit: RunVisit, block: str, id: int) -> ResponseReturnValue:
    """Say something about a passage."""
    works = _enter(visit, block)
    found = _handed_in(works, id)
    form = visit.form(CommentForm)
    try:
        if form.validate_on_submit():
            given = form.quote.data or "", form.before.data or "", form.text.data or ""
            _attempt(lambda: answering.comment(works, found, *given))
            visit.say(_("The comment is kept. The author reads it together with your answer."))
            return redirect(works.address_of(id), 303)
    except BadInput as error:
        form.form_errors.append(str(error.message))
    return _work_page(works, found, noting=form), 422


@pages.post(f"{WORKS}/<int:id>/comments/<int:comment_id>/remove", STAFF)
def take_back(visit: RunVisit, block: str, id: int, comment_id: int) -> ResponseReturnValue:
    """Take one's own comment away."""
    works = _enter(visit, block)
    found = _handed_in(works, id)
    _attempt(lambda: answering.take_back(works, found, comment_id))
    visit.say(_("The comment is taken away."))
    return redirect(works.address_of(id), 303)


def _work_page(
    works: BlockSubmissions, found: Submission, own: bool = True, form: AnswerForm | None = None,
    noting: CommentForm | None = None,
) -> Markup:  # fmt: skip
    visit = works.visit
    staff = visit.may(STAFF)
    rule = next((one for one in works.stages() if one.id == found.stage), None)
    versions = works.versions(found.owner, found.stage) if own else [found]
    sent = [one for one in versions if one.state != "draft" and one.number <= found.number]
    answers = staff and rule is not None and not rule.again
    given = {"feedback": found.feedback, "seen": answering.answer_token(found)}
    return visit.page(
        "submissions/work.html", works=works, owner=works.owner_of(found.owner), found=found, rule=rule, staff=staff,
        block=visit.block, name=works.name_of(found.stage), read=board.reading(works, sent[::-1], own), answers=answers,
        more=works.source.beside(cast(Any, visit), found),
        is_last=versions[-1].id == found.id, marking=_marking(works, found, rule) if staff and rule else "",
        form=form or visit.form(AnswerForm, data=given, formdata=None), noting=noting or visit.form(CommentForm, formdata=None),
    )  # fmt: skip


def _marking(works: BlockSubmissions, found: Submission, rule: StageRule) -> Markup:
    """The form a tutor marks a work by, filled with what they gave before, or others did; nothing where none is asked."""
    visit = works.visit
    criteria = works.source.criteria(cast(Any, visit), rule)
    if criteria is None:
        return Markup()
    forms = visit.assessments.of([found.subject], "tutor")
    mine = next((one for one in forms if one.assessor_id == visit.person.id), None)
    newest = mine or max(forms, key=lambda one: one.id, default=None)
    return visit.assessments.form(visit.assessments.in_use(criteria), newest)


@pages.get(f"{WORKS}/<int:id>/changes", PARTICIPANT)
def changes(visit: RunVisit, block: str, id: int) -> ResponseReturnValue:
    """What a version says otherwise than the one before it, word by word. For those who wrote it and for staff."""
    works = _enter(visit, block)
    found = _handed_in(works, id)
    if not _own(visit, works, found):
        abort(404)
    versions = works.versions(found.owner, found.stage)
    before = next((one for one in reversed(versions) if one.number < found.number), None)
    if before is None:
        abort(404)
    files = works.files([before, found])
    return visit.page(
        "submissions/changes.html", works=works, found=found, before=before, block=visit.block, name=works.name_of(found.stage),
        owner=works.owner_of(found.owner), stretches=words(before.text, found.text),
        came=[file for file in files[found.id] if file.id not in before.files],
        went=[file for file in files[before.id] if file.id not in found.files],
    )  # fmt: skip


@pages.get(f"{WORKS}/<int:id>/files/<int:file_id>", PARTICIPANT)
def file(visit: RunVisit, block: str, id: int, file_id: int) -> ResponseReturnValue:
    """A file of a work that was handed in."""
    works = _enter(visit, block)
    return works.send(_readable(visit, works, id)[0], file_id)


# ------------------------------------------------------------------------------------------- shown to others


@pages.post(f"{WORKS}/consent", LEARNER)
def agree(visit: RunVisit, block: str) -> ResponseReturnValue:
    """Say to whom the own work may be shown, or take it back."""
    works = _enter(visit, block)
    showing.agree(works, visit.sent("audience"))
    visit.say(_("What you agree to is kept. You can change it at any time."))
    return redirect(works.address(works.source.product(cast(Any, visit))), 303)


@pages.get(f"{WORKS}/shown/", PARTICIPANT)
def gallery(visit: RunVisit, block: str) -> ResponseReturnValue:
    """The works that are shown to everybody in the course."""
    works = _enter(visit, block)
    if "run" not in works.source.audiences(cast(Any, visit)):
        abort(404)
    found = works.shown("run")
    return visit.page("submissions/gallery.html", works=works, block=visit.block, found=found, whose=works.whose(found))


def _public(visit: RunVisit, course: str, block: str, id: int) -> tuple[BlockSubmissions, Submission]:
    """A work that is shown to everybody; 404 for all others."""
    run = find_run(course)
    if run is None:
        abort(404)
    within = RunVisit(visit.site, visit.person, Place(run, "visitor", 0))
    try:
        within.enter_block(within.course.block(block))
    except KeyError:
        abort(404)
    if source_of(visit.site, within.block.kind) is None:
        abort(404)
    found = within.submissions.get(id)
    if found is None or not within.submissions.is_shown(found, "public"):
        abort(404)
    return within.submissions, found


PUBLIC_WORK = "/works/<course>/<block>/<int:id>/"


@pages.get(PUBLIC_WORK, PUBLIC)
def public(visit: RunVisit, course: str, block: str, id: int) -> ResponseReturnValue:
    """A work with the names of those who wrote it, for everybody."""
    works, found = _public(visit, course, block, id)
    owner = works.owner_of(found.owner)
    files = [(file.name, f"{works.public_address(id)}files/{file.id}") for file in works.files([found])[id]]
    return works.visit.page(
        "submissions/public.html", works=works, found=found, owner=owner, files=files, block=works.visit.block
    )


@pages.get(f"{PUBLIC_WORK}files/<int:file_id>", PUBLIC)
def public_file(visit: RunVisit, course: str, block: str, id: int, file_id: int) -> ResponseReturnValue:
    """A file of such a work."""
    works, found = _public(visit, course, block, id)
    return works.send(found, file_id)


# ------------------------------------------------------------------------------------------- more time


def _whose(works: BlockSubmissions, key: str, stage: str) -> tuple[Owner, StageRule]:
    """Whose time for which stage is spoken of; 404 for those who are not in the run and for what is never due."""
    rule, owner = _stage(works, stage), works.owner_of(key)
    active = {member.id for member in works.visit.people()}
    if rule.due is None or not active & set(owner.people):
        abort(404)
    return owner, rule


TIME = f"{WORKS}/time/<any(person, team):kind>/<int:number>/<stage>/"


@pages.get(TIME, STAFF)
def more_time(visit: RunVisit, block: str, kind: str, number: int, stage: str) -> ResponseReturnValue:
    """The form to give somebody more time for a stage."""
    works = _enter(visit, block)
    owner, rule = _whose(works, f"{kind}:{number}", stage)
    until = works.times(owner.key).get(owner.key, {}).get(stage)
    local = until.astimezone(ZoneInfo(visit.run.timezone)) if until else None
    return _time_page(works, owner, rule, visit.form(MoreTimeForm, data={"until": local}))


@pages.post(TIME, STAFF)
def give_time(visit: RunVisit, block: str, kind: str, number: int, stage: str) -> ResponseReturnValue:
    """Give somebody more time, or take it back."""
    works = _enter(visit, block)
    owner, rule = _whose(works, f"{kind}:{number}", stage)
    form = visit.form(MoreTimeForm)
    if form.validate_on_submit():
        given = form.until.data
        until = given.replace(tzinfo=ZoneInfo(visit.run.timezone)).astimezone(UTC) if given else None
        try:
            _attempt(lambda: answering.give_time(works, owner, rule, until))
        except BadInput as error:
            form.until.errors = [str(error.message)]
        else:
            visit.say(_("There is more time now; they are told.") if until else _("The time is as for everybody."))
            return redirect(visit.url(), 303)
    return _time_page(works, owner, rule, form), 422


def _time_page(works: BlockSubmissions, owner: Owner, rule: StageRule, form: MoreTimeForm) -> Markup:
    return works.visit.page(
        "submissions/time.html", form=form, owner=owner, rule=rule, block=works.visit.block, name=works.name_of(rule.id)
    )
