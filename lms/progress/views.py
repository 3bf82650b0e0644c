"""The pages a learner lives on: home with "what now", the catalogue, a course, a lesson. Everything here is read hot: plain rows,
rendered text from memory, the same number of statements whatever the size of the course or the group."""

import logging
from typing import NamedTuple

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.requires import Verdict
from lms import served
from lms.enrolment import service as enrolment
from lms.enrolment.place import find_place
from lms.i18n import gettext as _
from lms.plugin import LEARNER, MEMBER, PUBLIC, Pages, Recorded, Result
from lms.progress import listing, rules
from lms.progress import service as progress
from lms.publishing.outline import Item, Outline
from lms.visit import RunVisit

pages = Pages("progress")
log = logging.getLogger("lms")


class Line(NamedTuple):
    """An item as a page shows it to one person."""

    item: Item
    title: str
    state: str
    href: str
    verdict: Verdict
    result: Recorded | None


def state_of(result: Recorded | None, verdict: Verdict) -> str:
    """The word for an item's state: what is done stays done, else locked, else as it stands."""
    if result is not None and (result.completed or result.state != "started"):
        return "complete" if result.completed else result.state
    if not verdict.open:
        return "locked"
    return "started" if result is not None else "open"


def lines(visit: RunVisit, items: tuple[Item, ...]) -> list[Line]:
    """Items with this person's state."""
    result_of, verdicts, base = visit.my_result, visit.verdicts, visit.run.base
    found = []
    for item in items:
        result, verdict = result_of(item.id), verdicts[item.id]
        found.append(Line(item, item.title, state_of(result, verdict), base + item.path, verdict, result))
    return found


@pages.get("/", PUBLIC)
def home(visit: RunVisit) -> ResponseReturnValue:
    """For a visitor what this is; for a learner what now; for staff who needs them."""
    if not visit.person.id:
        return visit.page("progress/welcome.html", courses=listing.catalogue(visit.site, visit.person.id)[:6])
    mine = listing.my_runs(visit.site, visit.person)
    return visit.page("progress/home.html", learning=mine.learning, leading=mine.leading, waiting=mine.waiting)


@pages.get("/courses/", PUBLIC)
def catalogue(visit: RunVisit) -> ResponseReturnValue:
    """All courses with runs one may join."""
    return visit.page("progress/catalogue.html", courses=listing.catalogue(visit.site, visit.person.id))


@pages.get("/courses/<course>/", PUBLIC)
def course(visit: RunVisit, course: str) -> ResponseReturnValue:
    """A member's way through the run; everyone else sees what the course is and how to join."""
    place = find_place(visit.person, course) if visit.person.id else None
    if place is None:
        return about(visit, course)
    here = RunVisit(visit.site, visit.person, place)
    outline = here.outline
    known = rules.progress(outline, here.my_results) if here.role == "learner" else None
    step = rules.next_item(outline, here.my_results, here.verdicts) if known is not None else None
    opened = opened_modules(outline, request.args.get("module", ""), step)
    modules = [
        (module, lines(here, outline.by_module[module.id]) if module.id in opened else None)
        for module in outline.course.modules
    ]
    done = {
        module: sum(1 for item in items if (result := here.my_results.get(item.id)) is not None and result.completed)
        for module, items in outline.by_module.items()
        if module not in opened
    }
    return here.page(
        "progress/course.html",
        modules=modules,
        done=done,
        counts={module: len(items) for module, items in outline.by_module.items()},
        progress=known,
        step=step,
        step_state=state_of(here.my_results.get(step.id), here.verdicts[step.id]) if step else "",
        due=listing.due_ahead(here.site, here.run, step),
    )


SHOWN = 120
"""Up to so many items a course page shows them all."""


def opened_modules(outline: Outline, asked: str, step: Item | None) -> frozenset[str]:
    """Modules whose items the course page lists: in a long course the one asked for, else the one with the next step, else the
    first; so that a page of a thousand items neither costs nor weighs twenty times that of forty."""
    every = frozenset(outline.modules)
    if len(outline.items) <= SHOWN or len(every) < 2:
        return every
    return frozenset({asked if asked in every else step.module if step else outline.course.modules[0].id})


@pages.get("/courses/<course>/about", PUBLIC)
def about(visit: RunVisit, course: str) -> ResponseReturnValue:
    """What the course is: for anyone."""
    found = listing.about(visit.site, course.partition("@")[0])
    if found is None:
        abort(404)
    offers = enrolment.enrol_options(visit.site, visit.person, found.course_id)
    named = course.partition("@")[2]
    if named:
        offers = [offer for offer in offers if offer.run.slug == named] or offers
    return visit.page(
        "progress/about.html",
        course=found.outline.course,
        description=served.shown(found.outline.course.description_html, f"/courses/{found.slug}/"),
        outline=found.outline,
        slug=found.slug,
        offers=offers,
    )


@pages.get("/courses/<course>/<module>/<lesson>/", MEMBER)
def lesson(visit: RunVisit, module: str, lesson: str) -> ResponseReturnValue:
    """A lesson with its activities as they stand for this person."""
    outline = visit.outline
    item = outline.items.get(lesson)
    if item is None or item.kind != "lesson" or item.module != module:
        return _at_former_address(visit, module, lesson)
    visit.stay_within(module)
    verdict = visit.verdicts[lesson]
    if not verdict.open:
        return visit.locked_page(item.title, verdict), 403
    parts = visit.site.library.lesson(visit.run.revision_id, outline.course.language, lesson)
    here = outline.by_lesson[lesson]
    if here:
        visit.read_kept([block.id for block in here])
    body = [visit.html(part.html) if part.html else _block(visit, part.block) for part in parts]
    return visit.page(
        "progress/lesson.html",
        item=item,
        lesson=outline.course.lesson(lesson),
        module=outline.modules[module],
        body=Markup().join(body),
        read=visit.my_result(lesson) is not None,
        beside=lines(visit, tuple(other for other in outline.by_module[module] if other.kind == "lesson")),
        around=_around(visit, item),
    )


def _at_former_address(visit: RunVisit, module: str, lesson: str, page: str = "") -> ResponseReturnValue:
    """Where the lesson is now whose address this was; not found, if it never was one."""
    item = visit.outline.lesson_at(module, lesson)
    if item is None:
        abort(404)
    return redirect(f"{visit.run.base}{item.path}{page}", 308)


def _block(visit: RunVisit, id: str) -> Markup:
    here = visit.at_block(visit.course.block(id))
    kind = visit.site.registry.activity(here.block.kind)
    item = visit.outline.items[id]
    verdict = visit.verdicts[id]
    if kind is None:
        return here.page("progress/_missing.html", block=here.block)
    if not verdict.open:
        return here.page("progress/_locked.html", block=here.block, item=item, reasons=here.unlock(verdict))
    try:
        shown = kind.show(here)
    except Exception as error:
        # one broken activity must not take the lesson's text away from everybody
        visit.site.trouble(here.block.kind, f"show: {type(error).__name__}: {error}")
        log.exception("the activity %s could not be shown", here.block.kind)
        return here.page("progress/_missing.html", block=here.block)
    return here.page("progress/_activity.html", block=here.block, item=item, shown=shown)


def _around(visit: RunVisit, item: Item) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    order = visit.outline.lessons
    here = visit.outline.place[item.id]
    before = order[here - 1] if here else None
    after = order[here + 1] if here + 1 < len(order) else None
    return (
        (before.title, visit.run.base + before.path) if before else None,
        (after.title, visit.run.base + after.path) if after else None,
    )


@pages.post("/courses/<course>/<module>/<lesson>/read", LEARNER)
def read(visit: RunVisit, module: str, lesson: str) -> ResponseReturnValue:
    """The learner says the lesson is read, and goes on."""
    item = visit.outline.items.get(lesson)
    if item is None or item.kind != "lesson" or item.module != module:
        return _at_former_address(visit, module, lesson, "read")
    verdict = visit.verdicts[lesson]
    if not verdict.open:
        return visit.locked_page(item.title, verdict), 403
    undone = [other for other in visit.outline.by_lesson[lesson] if other.required and other.id not in visit.my_results]
    progress.record(
        visit.site,
        visit.run,
        visit.outline,
        visit.person.id,
        lesson,
        "lesson",
        Result(completion=True),
        visit.person.id,
    )
    if undone and request.form.get("stay"):
        return redirect(f"{visit.run.base}{item.path}#{undone[0].id}", 303)
    visit.say(_("“{title}” is marked as read.", title=item.title))
    here = visit.outline.place[item.id]
    after = visit.outline.lessons[here + 1] if here + 1 < len(visit.outline.lessons) else None
    if after is None or not _verdicts_now(visit)[after.id].open:
        return redirect(visit.run.base, 303)  # where it says what comes next, and what a lock waits for
    return redirect(visit.run.base + after.path, 303)


def _verdicts_now(visit: RunVisit) -> rules.Verdicts:
    """Which items are open after what this request has recorded."""
    return rules.Verdicts(visit.outline, progress.mine(visit.run.id, visit.person.id), visit.run, visit.now)
