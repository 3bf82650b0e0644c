"""Pages of a run's discussions; those of its activities stand behind the same doors as the activities."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.discussion import following, moderating, searching, service
from lms.discussion import letters as letters_from
from lms.discussion.forms import HideForm, ReplyForm, SummaryForm, ThreadForm
from lms.i18n import gettext as _
from lms.plugin import LEARNER, PARTICIPANT, PUBLIC, STAFF, BadInput, Pages
from lms.visit import RunVisit

pages = Pages("discussion")
MOST_ID = 2**31 - 1
"""No post has a greater number."""


def _locked(visit: RunVisit, block: str) -> tuple[Markup, int] | None:
    """The page instead of the discussion of an activity that is not open yet; 404 for one that is not in the course."""
    if not block:
        return None
    item = visit.outline.items.get(block)
    if item is None or item.kind == "lesson":
        abort(404)
    verdict = visit.verdicts[block]
    return None if verdict.open else (visit.locked_page(item.title, verdict), 403)


def _number(name: str = "page", most: int = 100_000) -> int:
    try:
        return min(max(int(request.args.get(name, "1")), 1), most)
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
        follows=following.follows(run.id, block, visit.person.id),
    )  # fmt: skip


def _others(visit: RunVisit) -> list[tuple[str, str, int, int]]:
    """Discussions of activities that are open for this person: (title, address, number of threads, of those with new posts)."""
    found = service.discussed_blocks(visit.run.id)
    new = following.unread(visit.run.id, visit.person.id) if found else {}
    return [
        (item.title, f"{visit.run.base}discussion?block={item.id}", found[item.id], new.get(item.id, 0))
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
    quoted = service.quote(visit.run, thread, _number("quote", MOST_ID)) if "quote" in request.args else ""
    return _locked(visit, found.block) or _posts(visit, found, visit.form(ReplyForm, text=quoted))


@pages.get("/courses/<course>/discussion/<int:thread>/new", PARTICIPANT)
def unread(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """The first post the person has not read, or the thread."""
    found = _thread(visit, thread)
    post = following.first_unread(found.id, visit.person.id)
    return redirect(service.address(visit.run, thread, post), 303)


@pages.get("/courses/<course>/discussion/posts/<int:post>", PARTICIPANT)
def one_post(visit: RunVisit, post: int) -> ResponseReturnValue:
    """A post on the page of its thread where it stands now."""
    return redirect(service.address(visit.run, _thread_of(visit, post), post), 303)


def _thread_of(visit: RunVisit, post: int) -> int:
    try:
        return service.thread_of(visit.run.id, post)
    except LookupError:
        abort(404)


@pages.get("/courses/<course>/discussion/search", PARTICIPANT)
def search(visit: RunVisit) -> ResponseReturnValue:
    """Posts with the words of `?q=`, where the person may read."""
    question = request.args.get("q", "")[:200]
    titles = {"": _("Discussion")}
    titles |= {item.id: item.title for item in visit.outline.activities if visit.verdicts[item.id].open}
    reader = service.reader_of(visit)
    page = _number()
    found, count = searching.search(visit.run.id, list(titles), reader, question, page)
    here = f"{visit.run.base}discussion/search?{urlencode({'q': question})}"
    return visit.page(
        "discussion/search.html", question=question, found=found, count=count, titles=titles, page=page,
        pages=service.pages_of(count), here=here,
    )  # fmt: skip


def _posts(
    visit: RunVisit, found: service.Thread, form: ReplyForm, trouble: str = "", summary: SummaryForm | None = None
) -> Markup:
    count = service.count_posts(found.id)
    last = service.pages_of(count)
    # a reply that was sent back stands below the newest posts
    page = last if request.method == "POST" else min(_number(), last)
    posts = service.posts(visit.run.id, found.id, service.reader_of(visit), page)
    if summary is None and visit.may(STAFF):
        summary = visit.form(SummaryForm, formdata=None, summary=moderating.summary_of(found.id))
    return visit.page(
        "discussion/thread.html",
        thread=found, form=form, trouble=trouble, hide_form=visit.form(HideForm, formdata=None), page=page, pages=last,
        item=visit.outline.items.get(found.block), here=service.address(visit.run, found.id), posts=posts,
        is_staff=visit.may(STAFF), summary_form=summary,
        follows=following.follows_thread(found.id, visit.run.id, found.block, visit.person.id),
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


@pages.post("/courses/<course>/discussion/posts/<int:post>/seen", PARTICIPANT)
def seen(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Remember that the person has read a thread up to this post."""
    thread = _thread_of(visit, post)
    following.mark_seen(thread, visit.person.id, post)
    return redirect(service.address(visit.run, thread), 303)


@pages.post("/courses/<course>/discussion/seen", PARTICIPANT)
def all_seen(visit: RunVisit) -> ResponseReturnValue:
    """Remember that the person has read the whole discussion."""
    return _of_discussion(visit, lambda block: following.mark_all_seen(visit.run.id, block, visit.person.id), "")


@pages.post("/courses/<course>/discussion/follow", PARTICIPANT)
def follow(visit: RunVisit) -> ResponseReturnValue:
    """Be told of everything in the discussion."""
    done = _("You will be told of every new post in this discussion.")
    return _of_discussion(visit, lambda block: following.follow(visit.run.id, block, visit.person.id, True), done)


@pages.post("/courses/<course>/discussion/unfollow", PARTICIPANT)
def unfollow(visit: RunVisit) -> ResponseReturnValue:
    """No longer be told of everything in the discussion."""
    done = _("You will be told only of the threads you write in or follow.")
    return _of_discussion(visit, lambda block: following.follow(visit.run.id, block, visit.person.id, False), done)


def _of_discussion(visit: RunVisit, act: Callable[[str], None], done: str) -> ResponseReturnValue:
    block = visit.sent("block")
    if locked := _locked(visit, block):
        return locked
    act(block)
    if done:
        visit.say(done)
    return redirect(f"{visit.run.base}discussion" + (f"?block={block}" if block else ""), 303)


@pages.post("/courses/<course>/discussion/<int:thread>/follow", PARTICIPANT)
def follow_thread(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Be told of new posts in the thread."""
    return _follow(visit, thread, True, _("You will be told of new posts in this thread."))


@pages.post("/courses/<course>/discussion/<int:thread>/unfollow", PARTICIPANT)
def unfollow_thread(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """No longer be told of new posts in the thread."""
    return _follow(visit, thread, False, _("You will not be told of this thread any more."))


def _follow(visit: RunVisit, thread: int, value: bool, done: str) -> ResponseReturnValue:
    found = _thread(visit, thread)
    if locked := _locked(visit, found.block):
        return locked
    following.follow_thread(found.id, visit.person.id, value)
    visit.say(done)
    return redirect(service.address(visit.run, thread), 303)


@pages.get("/letters/<token>", PUBLIC)
def letters(visit: RunVisit, token: str) -> ResponseReturnValue:
    """Where a letter leads that somebody wants no more of; whoever has it needs not sign in."""
    return visit.page("discussion/letters.html", leaving=_leaving(visit, token))


@pages.post("/letters/<token>", PUBLIC)
def no_more_letters(visit: RunVisit, token: str) -> ResponseReturnValue:
    """Tell whoever the letter was for no more of the thread or of the whole discussion."""
    _leaving(visit, token).leave(everything="everything" in request.form)
    return redirect(letters_from.BASE + token, 303)


def _leaving(visit: RunVisit, token: str) -> letters_from.Leaving:
    found = letters_from.read(visit.site, token)
    if found is None:
        abort(404)
    return found


@pages.post("/courses/<course>/discussion/<int:thread>/summary", STAFF)
def summary(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Put a summary above the thread, or take it away."""
    found = _thread(visit, thread)
    form = visit.form(SummaryForm)
    if not form.validate():
        return _posts(visit, found, visit.form(ReplyForm, formdata=None), summary=form), 422
    words = form.summary.data or ""
    moderating.sum_up(visit.site, visit.run, thread, visit.person, words)
    visit.say(_("The summary stands above the thread.") if words else _("The thread has no summary any more."))
    return redirect(service.address(visit.run, thread), 303)


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


@pages.post("/courses/<course>/discussion/posts/<int:post>/report", LEARNER)
def report(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Ask those who lead the course to look at somebody's post."""
    found = _thread(visit, _thread_of(visit, post))
    if locked := _locked(visit, found.block):
        return locked
    done = _("Those who lead the course are told that you ask them to look at the post.")
    return _moderate(visit, post, lambda: moderating.report(visit.site, visit.run, post, visit.person), done)


@pages.post("/courses/<course>/discussion/posts/<int:post>/leave", STAFF)
def leave_as_it_is(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Let a post stay that was reported."""
    done = _("The post stays; whoever reported it is told.")
    return _moderate(visit, post, lambda: moderating.leave_as_it_is(visit.site, visit.run, post), done)


def _moderate(visit: RunVisit, post: int, act: Callable[[], int], done: str) -> ResponseReturnValue:
    try:
        thread_id = act()
    except LookupError:
        abort(404)
    visit.say(done)
    return redirect(service.address(visit.run, thread_id, post), 303)


@pages.post("/courses/<course>/discussion/posts/<int:post>/hide", STAFF)
def hide(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Hide a post, saying why."""
    form = visit.form(HideForm)
    try:
        if not form.validate():
            visit.say(_("Say why, so that the author knows."), "error")
            thread_id = service.thread_of(visit.run.id, post)
        else:
            thread_id = moderating.hide(visit.site, visit.run, post, visit.person, form.reason.data or "")
            visit.say(_("The post is hidden. Its author and those who lead the course still see it."))
    except LookupError:
        abort(404)
    return redirect(service.address(visit.run, thread_id, post), 303)


@pages.post("/courses/<course>/discussion/posts/<int:post>/show", STAFF)
def show(visit: RunVisit, post: int) -> ResponseReturnValue:
    """Show a hidden post again."""
    done = _("The post is shown again.")
    return _moderate(visit, post, lambda: moderating.unhide(visit.site, visit.run, post), done)


@pages.post("/courses/<course>/discussion/<int:thread>/close", STAFF)
def close(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Close a thread."""
    return _set(visit, thread, moderating.set_closed, True, _("The thread is closed."))


@pages.post("/courses/<course>/discussion/<int:thread>/open", STAFF)
def open_again(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Open a closed thread again."""
    return _set(visit, thread, moderating.set_closed, False, _("The thread is open again."))


@pages.post("/courses/<course>/discussion/<int:thread>/pin", STAFF)
def pin(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Keep a thread on top of the list."""
    return _set(visit, thread, moderating.set_pinned, True, _("The thread stays on top of the list."))


@pages.post("/courses/<course>/discussion/<int:thread>/unpin", STAFF)
def unpin(visit: RunVisit, thread: int) -> ResponseReturnValue:
    """Let a thread take its place in the list."""
    return _set(visit, thread, moderating.set_pinned, False, _("The thread stands in order of time again."))


def _set(visit: RunVisit, thread: int, act: moderating.Setting, value: bool, done: str) -> ResponseReturnValue:
    try:
        act(visit.run.id, thread, value)
    except LookupError:
        abort(404)
    visit.say(done)
    return redirect(service.address(visit.run, thread), 303)
