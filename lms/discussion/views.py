"""Pages of a run's discussions; those of its activities stand behind the same doors as the activities."""

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.discussion import service
from lms.discussion.forms import HideForm, ReplyForm, ThreadForm
from lms.i18n import gettext as _
from lms.plugin import PARTICIPANT, STAFF, BadInput, Pages
from lms.visit import RunVisit

pages = Pages("discussion")


def _locked(visit: RunVisit, block: str) -> tuple[Markup, int] | None:
    """The page instead of the discussion of an activity that is not open yet; 404 for one that is not in the course."""
    if not block:
        return None
    item = visit.outline.items.get(block)
    if item is None or item.kind == "lesson":
        abort(404)
    verdict = visit.verdicts[block]
    return None if verdict.open else (visit.locked_page(item.title, verdict), 403)


def _number(name: str = "page") -> int:
    try:
        return min(max(int(request.args.get(name, "1")), 1), 100_000)
    except ValueError:
        return 1


def _thread(visit: RunVisit, thread_id: int) -> service.Thread:
    found = service.thread(visit.run.id, thread_id, service.reader_of(visit))
    if found is None:
        abort(404)
    return found


@pages.get("/courses/<course>/discussion", PARTICIPANT)
def threads(visit: RunVisit) -> ResponseReturnValue:
    """The list of threads: the general ones or, with `?block=`, those of an activity."""
    block = request.args.get("block", "")
    return _locked(visit, block) or _list(visit, block, visit.form(ThreadForm, block=block))


def _list(visit: RunVisit, block: str, form: ThreadForm) -> Markup:
    run = visit.run
    count = service.count_threads(run.id, block)
    page = min(_number(), service.pages_of(count))
    others = [] if block else _others(visit)
    return visit.page(
        "discussion/threads.html",
        form=form, block=block, item=visit.outline.items.get(block), others=others, page=page, count=count,
        pages=service.pages_of(count), threads=service.threads(run.id, block, service.reader_of(visit), page),
        here=f"{run.base}discussion" + (f"?block={block}" if block else ""),
    )  # fmt: skip


def _others(visit: RunVisit) -> list[tuple[str, str, int]]:
    """Discussions of activities that are open for this person: (title, address, number of threads)."""
    found = service.discussed_blocks(visit.run.id)
    return [
        (item.title, f"{visit.run.base}discussion?block={item.id}", found[item.id])
        for item in visit.outline.activities
        if item.id in found and visit.verdicts[item.id].open
    ]


@pages.post("/courses/<course>/discussion", PARTICIPANT)
def begin(visit: RunVisit) -> ResponseReturnValue:
    """Open a thread."""
    form = visit.form(ThreadForm)
    block = form.block.data or ""
    if locked := _locked(visit, block):
        return locked
    if not form.validate():
        return _list(visit, block, form), 422
    found = service.begin(visit.site, visit.run, block, visit.person, form.title.data or "", form.text.data or "")
    visit.say(_("The thread is open."))
    return redirect(service.address(visit.run, found), 303)


@pages.get("/courses/<course>/discussion/<int:thread>", PARTICIPANT)
def thread(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """A thread with its posts."""
    found = _thread(visit, thread)
    return _locked(visit, found.block) or _posts(visit, found, visit.form(ReplyForm))


def _posts(visit: RunVisit, found: service.Thread, form: ReplyForm, trouble: str = "") -> Markup:
    count = service.count_posts(found.id)
    last = service.pages_of(count)
    # a reply that was sent back stands below the newest posts
    page = last if request.method == "POST" else min(_number(), last)
    return visit.page(
        "discussion/thread.html",
        thread=found, form=form, trouble=trouble, hide_form=visit.form(HideForm, formdata=None), page=page, pages=last,
        item=visit.outline.items.get(found.block), here=service.address(visit.run, found.id),
        posts=service.posts(visit.run.id, found.id, service.reader_of(visit), page),
        is_staff=visit.may(STAFF), first_page=page == 1,
    )  # fmt: skip


@pages.post("/courses/<course>/discussion/<int:thread>", PARTICIPANT)
def reply(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Add a post to a thread."""
    found = _thread(visit, thread)
    if locked := _locked(visit, found.block):
        return locked
    form = visit.form(ReplyForm)
    if not form.validate():
        return _posts(visit, found, form), 422
    try:
        post_id = service.reply(visit.site, visit.run, thread, visit.person, form.text.data or "")
    except BadInput as error:
        return _posts(visit, _thread(visit, thread), form, str(error.message)), 422
    visit.say(_("Your reply is in the thread."))
    return redirect(service.address(visit.run, thread, post_id), 303)


@pages.get("/courses/<course>/discussion/posts/<int:post>/edit", PARTICIPANT)
def edit_page(visit: RunVisit, post: int) -> ResponseReturnValue:
    """The form to change one's own post."""
    found = service.post_to_edit(visit.run.id, post, visit.person.id)
    if found is None:
        abort(404)
    thread = _thread(visit, found.thread_id)
    form = visit.form(ReplyForm, text=found.text)
    return _locked(visit, thread.block) or visit.page("discussion/edit.html", thread=thread, post=found, form=form)


@pages.post("/courses/<course>/discussion/posts/<int:post>/edit", PARTICIPANT)
def edit(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Change one's own post."""
    found = service.post_to_edit(visit.run.id, post, visit.person.id)
    if found is None:
        abort(404)
    thread = _thread(visit, found.thread_id)
    if locked := _locked(visit, thread.block):
        return locked
    form = visit.form(ReplyForm)
    if not form.validate():
        return visit.page("discussion/edit.html", thread=thread, post=found, form=form), 422
    service.edit(visit.site, visit.run.id, post, visit.person, form.text.data or "")
    visit.say(_("The text is changed."))
    return redirect(service.address(visit.run, thread.id, post), 303)


@pages.post("/courses/<course>/discussion/posts/<int:post>/hide", STAFF)
def hide(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Hide a post, saying why."""
    form = visit.form(HideForm)
    try:
        if not form.validate():
            visit.say(_("Say why, so that the author knows."), "error")
            thread_id = service.thread_of(visit.run.id, post)
        else:
            thread_id = service.hide(visit.site, visit.run, post, visit.person, form.reason.data or "")
            visit.say(_("The post is hidden. Its author and those who lead the course still see it."))
    except LookupError:
        abort(404)
    return redirect(service.address(visit.run, thread_id, post), 303)


@pages.post("/courses/<course>/discussion/posts/<int:post>/show", STAFF)
def show(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Show a hidden post again."""
    try:
        thread_id = service.unhide(visit.site, visit.run, post)
    except LookupError:
        abort(404)
    visit.say(_("The post is shown again."))
    return redirect(service.address(visit.run, thread_id, post), 303)


@pages.post("/courses/<course>/discussion/<int:thread>/close", STAFF)
def close(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Close a thread."""
    return _set(visit, thread, service.set_closed, True, _("The thread is closed."))


@pages.post("/courses/<course>/discussion/<int:thread>/open", STAFF)
def open_again(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Open a closed thread again."""
    return _set(visit, thread, service.set_closed, False, _("The thread is open again."))


@pages.post("/courses/<course>/discussion/<int:thread>/pin", STAFF)
def pin(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Keep a thread on top of the list."""
    return _set(visit, thread, service.set_pinned, True, _("The thread stays on top of the list."))


@pages.post("/courses/<course>/discussion/<int:thread>/unpin", STAFF)
def unpin(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Let a thread take its place in the list."""
    return _set(visit, thread, service.set_pinned, False, _("The thread stands in order of time again."))


def _set(visit: RunVisit, thread: int, act: service.Setting, value: bool, done: str) -> ResponseReturnValue:
    try:
        act(visit.run.id, thread, value)
    except LookupError:
        abort(404)
    visit.say(done)
    return redirect(service.address(visit.run, thread), 303)
