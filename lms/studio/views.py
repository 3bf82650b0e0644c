"""The pages on which authors work at a draft. It is one module because they lead to each other in all directions and share their few
steps: find the course, act, tell what somebody else did meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from courses.ids import slug as slug_of
from courses.problems import Problem
from lms.bounds import whole
from lms.i18n import gettext as _
from lms.people.throttle import TooManyTries
from lms.plugin import AUTHOR, BadInput, Message, Pages, mark
from lms.publishing import words
from lms.publishing.service import as_media
from lms.publishing.sources import Kept, store_of
from lms.publishing.views import send_media
from lms.studio import archive, difference, drafts
from lms.studio.drafts import Outcome, Overtaken, Standing
from lms.studio.excerpt import Shown, excerpt
from lms.studio.folders import files_page
from lms.visit import RunVisit

if TYPE_CHECKING:
    from courses.load import Loaded

pages = Pages("studio")

BODY = 100 * 1024 * 1024
"""Bytes an archive may have as it is sent."""
MOST_PROBLEMS = 200


def _found(slug: str) -> Standing:
    found = drafts.standing(slug)
    if found is None:
        abort(404)
    return found


def _base(slug: str) -> str:
    return f"/manage/courses/{slug}/draft"


def _edit_url(slug: str, path: str) -> str:
    return f"{_base(slug)}/edit?path={quote(path)}"


# ------------------------------------------------------------------------------------------- problems


@dataclass(frozen=True)
class Finding:
    """A problem with the lines around it."""

    problem: Problem
    lines: list[Shown]
    href: str = ""


@dataclass
class Findings:
    """Errors and warnings apart, each in the order of the files; `more` are those that are not shown."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    more: int = 0


def _findings(
    visit: RunVisit, found: Standing, loaded: "Loaded", instead: Mapping[str, bytes], only: str = ""
) -> Findings:
    result, texts = Findings(), dict[str, str]()
    chosen = [problem for problem in loaded.problems if only in ("", problem.path)]
    chosen.sort(key=lambda problem: not problem.is_error)
    for problem in chosen[:MOST_PROBLEMS]:
        path = problem.path
        if path not in texts:
            data = instead.get(path) or (
                drafts.content(visit.site, found.files[path].sha256) if path in found.files else b""
            )
            texts[path] = (data or b"").decode("utf-8", "replace")
        href = f"{_edit_url(found.slug, path)}&line={problem.line}#text" if _may_edit(found, path) else ""
        finding = Finding(problem, excerpt(texts[path], problem.line, problem.column), href)
        (result.errors if problem.is_error else result.warnings).append(finding)
    result.more = max(0, len(chosen) - MOST_PROBLEMS)
    return result


def _may_edit(found: Standing, path: str) -> bool:
    return path in found.files and path.endswith(".md")


# ------------------------------------------------------------------------------------------- upload


@pages.get("/manage/upload", AUTHOR)
def upload(visit: RunVisit) -> ResponseReturnValue:
    """The form for a course that is to come in, new or not."""
    return visit.page("studio/upload.html", refusal=None, trouble="", overtaken=None)


@pages.post("/manage/upload", AUTHOR, body=BODY)
def send(visit: RunVisit) -> ResponseReturnValue:
    """Take a folder; which course it is, it says itself."""
    return _receive(visit, "")


@pages.post("/manage/courses/<slug>/draft", AUTHOR, body=BODY)
def send_to(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """Take a folder as the draft of this course."""
    _found(slug)
    return _receive(visit, slug)


def _receive(visit: RunVisit, slug: str) -> ResponseReturnValue:
    def back(status: int = 422, **said: Any) -> ResponseReturnValue:
        given = {"refusal": None, "trouble": "", "overtaken": None, **said}
        if slug:
            return _draft_page(visit, _found(slug), **given), status
        return visit.page("studio/upload.html", **given), status

    sent = request.files.get("archive")
    if sent is None or not sent.filename:
        return back(trouble=_("Choose the archive first."))
    seen = visit.sent("mark") if visit.sent("replace") else None
    try:
        drafts.may_upload(visit.site, visit.person)
        packed = archive.read(cast(BinaryIO, sent.stream), archive.Limits(file=visit.site.config.max_upload))
    except TooManyTries as error:
        return back(429, trouble=error.sentence)
    except archive.Refused as error:
        return back(refusal=Refusal(_name_of(sent), error))
    files = drafts.take(visit.site, packed)
    try:
        name = slug or slug_of(packed.name or PurePosixPath(_name_of(sent)).stem) or "course"
        made = drafts.course_of(visit.site, files, name)
        if slug and made != slug:
            raise BadInput(
                Message(mark("The files make the course “{other}”, not “{slug}”."), {"other": made, "slug": slug})
            )
        done = drafts.upload(visit.site, made, files, seen, visit.person)
    except BadInput as error:
        return back(trouble=str(error.message))
    except Overtaken as error:
        return back(409, overtaken=error.who, **({} if slug else {"made": made}))
    if done is None:
        visit.say(_("The archive holds what the course already has: there is nothing to change."), "info")
    else:
        visit.say(_("The folder is taken as the draft."))
    return redirect(_base(made), 303)


def _name_of(sent: FileStorage) -> str:
    return (sent.filename or "").replace("\\", "/").rpartition("/")[2][:100]


@dataclass(frozen=True)
class Refusal:
    """Why an archive was not taken."""

    name: str
    error: archive.Refused

    @property
    def text(self) -> str:
        """The reason."""
        return _(self.error.text, **self.error.values)

    @property
    def hint(self) -> str:
        """What to do."""
        return _(self.error.hint)


# ------------------------------------------------------------------------------------------- the draft


@pages.get("/manage/courses/<slug>/draft", AUTHOR)
def draft(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """The draft: what is wrong with it, what it changes, who changed it, its files."""
    return _draft_page(visit, _found(slug), refusal=None, trouble="", overtaken=None)


def _draft_page(visit: RunVisit, found: Standing, **given: Any) -> Markup:
    changed, steps = [], []
    findings: Findings | None
    if found.drafted:
        changed = drafts.changes(drafts.began_from(found), found.files)
        steps = drafts.history(found.draft_id)
    shown, page, last = files_page(found.files)
    findings = Findings()
    if found.drafted:
        try:
            findings = _findings(visit, found, drafts.read(visit.site, found), {})
        except BadInput as error:  # this page is where the folder can be uploaded again
            given["trouble"] = given["trouble"] or str(error.message)
            findings = None
    return visit.page(
        "studio/draft.html", found=found, findings=findings, changed=changed, steps=steps,
        states={each.path: each.state for each in changed}, files=shown, page=page, last=last, **given,
    )  # fmt: skip


@pages.post("/manage/courses/<slug>/draft/discard", AUTHOR)
def discard(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """Forget the draft."""
    try:
        drafts.discard(visit.site, slug, visit.sent("mark"))
    except LookupError:
        abort(404)
    except Overtaken as error:
        _tell(visit, error)
        return redirect(_base(slug), 303)
    visit.say(_("The draft is discarded."))
    return redirect(f"/manage/courses/{slug}" if drafts.standing(slug) else "/manage/courses", 303)


def _tell(visit: RunVisit, error: Overtaken) -> None:
    who = error.who
    if who is not None and who.name:
        visit.say(_("{name} has changed it in the meantime. Look at it before you go on.", name=who.name), "warning")
    else:
        visit.say(_("It has been changed in the meantime. Look at it before you go on."), "warning")


@pages.get("/manage/courses/<slug>/draft/changes/<int:version>", AUTHOR)
def change(visit: RunVisit, slug: str, version: int) -> ResponseReturnValue:
    """What one version of the draft changed: also what stood there before."""
    found = _found(slug)
    rows = drafts.changed_by_version(found.draft_id, version) if found.drafted else []
    step = next((step for step in drafts.history(found.draft_id, version - 1) if step.version == version), None)
    if not rows or step is None:
        abort(404)
    shown = [
        (path, "added" if not before else "removed" if not after else "changed", _hunks(visit, before, after))
        for path, before, after in rows[:50]
    ]
    return visit.page("studio/change.html", found=found, step=step, shown=shown, more=len(rows) - len(shown))


def _hunks(visit: RunVisit, before: str, after: str) -> list[list[difference.Line]] | None:
    """The lines that differ between two hashes; None for what is no text."""
    old, new = (drafts.content(visit.site, sha256) or b"" for sha256 in (before, after))
    if not (difference.is_text(old) and difference.is_text(new)):
        return None
    return difference.hunks(old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))


# ------------------------------------------------------------------------------------------- one text


@dataclass
class Editing:
    """The form of a text: `text` as it stands in it, `seen` the hash of what its writer began from."""

    path: str
    text: str
    seen: str
    line: int = 0
    preview: Markup | None = None
    findings: Findings | None = None
    trouble: str = ""
    who: drafts.Author | None = None
    """Who was faster."""
    conflict: bool = False
    theirs: list[list[difference.Line]] | None = None
    mine: list[list[difference.Line]] | None = None
    base: str = ""
    """The hash both began from."""
    mergeable: bool = False


def _text(visit: RunVisit, sha256: str) -> str | None:
    """A text as a form shows it; None for what is no UTF-8."""
    data = drafts.content(visit.site, sha256)
    try:
        return None if data is None else data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None


def _bytes(visit: RunVisit, text: str, like: str) -> bytes:
    """A text out of a form as the file had it: its line ends and its mark of UTF-8 stay, so that a patch is small."""
    data = drafts.content(visit.site, like) or b""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if b"\r\n" in data and data.count(b"\r\n") == data.count(b"\n"):
        plain = plain.replace("\n", "\r\n")
    return (b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b"") + plain.encode()


@pages.get("/manage/courses/<slug>/draft/edit", AUTHOR)
def edit(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """The form for one text, or for a new one."""
    found, path = _found(slug), request.args.get("path", "")
    try:
        drafts.check_new(path)
    except BadInput as error:
        visit.say(str(error.message), "error")
        return redirect(_base(slug), 303)
    sha256 = _sha(found.files, path)
    text = _text(visit, sha256) if sha256 else ""
    if text is None:
        visit.say(_("This file is not UTF-8. Take it away, save it as UTF-8 and upload the folder again."), "warning")
        return redirect(_base(slug), 303)
    editing = Editing(path, text, sha256, request.args.get("line", 0, type=whole))
    if found.drafted and sha256:
        editing.findings = _findings(visit, found, drafts.read(visit.site, found), {}, path)
    return _edit_page(visit, found, editing)


def _edit_page(visit: RunVisit, found: Standing, editing: Editing, status: int = 200) -> ResponseReturnValue:
    return visit.page("studio/edit.html", found=found, editing=editing), status


@pages.post("/manage/courses/<slug>/draft/edit", AUTHOR)
def save(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """Look at a text as a page, or keep it, or put it together with what somebody else wrote."""
    path, seen = request.args.get("path", ""), _hash(visit.sent("seen"))
    editing = Editing(path, visit.sent("text").replace("\r\n", "\n"), seen)
    found = drafts.standing(slug)
    if found is None and not editing.text:
        abort(404)
    if found is None:  # a draft of what was never published has been discarded: the text is not
        gone = Standing(slug, slug, None, 0, None, 0, 0, None, None, {})
        return _overtaken(visit, gone, editing, Overtaken(None))
    data = _bytes(visit, editing.text, seen or _sha(found.files, path))
    act = visit.sent("act")
    if act == "merge":
        return _merged(visit, found, editing)
    try:
        drafts.check_new(path)
        if act == "preview":
            _preview(visit, found, editing, data)
            return _edit_page(visit, found, editing)
        done = drafts.save(visit.site, slug, path, data, seen, visit.person)
    except BadInput as error:
        editing.trouble = str(error.message)
        return _edit_page(visit, found, editing, 422)
    except Overtaken as error:
        return _overtaken(visit, found, editing, error)
    if done is None:
        visit.say(_("The text is the same as before."), "info")
    else:
        visit.say(_("The text is kept in the draft."))
    return redirect(_edit_url(slug, path), 303)


def _hash(text: str) -> str:
    return text if len(text) == 64 and all(sign in "0123456789abcdef" for sign in text) else ""


def _preview(visit: RunVisit, found: Standing, editing: Editing, data: bytes) -> None:
    """The page that this text would make, and what is wrong with it."""
    from lms.studio import looking  # noqa: PLC0415 - a visit imports most features

    loaded = drafts.read(visit.site, found, {editing.path: data})
    editing.findings = _findings(visit, found, loaded, {editing.path: data}, editing.path)
    page = looking.page_of(loaded, editing.path) if loaded.course is not None else None
    if page is None:
        editing.preview = Markup()
        return
    course, lesson = page
    here = looking.DraftVisit(visit.site, visit.person, found.slug, course)
    editing.preview = here.lesson_body(lesson) if lesson else looking.text_of(here, editing.path)


def _overtaken(visit: RunVisit, found: Standing, editing: Editing, error: Overtaken) -> ResponseReturnValue:
    """Both texts, and who wrote the other: what was sent stays in the form."""
    base = _hash(editing.seen)
    editing.conflict, editing.who, editing.base = True, error.who, base
    _compare(visit, editing, error.theirs)
    editing.seen = error.theirs
    return _edit_page(visit, found, editing, 409)


def _compare(visit: RunVisit, editing: Editing, theirs: str) -> None:
    origin, other = _text(visit, editing.base) if editing.base else None, _text(visit, theirs) or ""
    if origin is None:
        editing.mine, editing.theirs = None, difference.hunks(other, editing.text)
        return
    editing.theirs = difference.hunks(origin, other)
    editing.mine = difference.hunks(origin, editing.text)
    editing.mergeable = difference.merge(origin, editing.text, other) is not None


def _merged(visit: RunVisit, found: Standing, editing: Editing) -> ResponseReturnValue:
    present = _sha(found.files, editing.path)
    base, theirs = _text(visit, _hash(visit.sent("base"))), _text(visit, present)
    both = difference.merge(base, editing.text, theirs) if base is not None and theirs is not None else None
    if both is None:
        editing.trouble = _("Both changed the same lines: put the texts together by hand.")
        return _edit_page(visit, found, editing, 422)
    editing.text, editing.seen = both, present
    _preview(visit, found, editing, _bytes(visit, both, editing.seen))
    visit.say(_("Both changes stand in the form now. Look at them, then keep the text."), "info")
    return _edit_page(visit, found, editing)


# ------------------------------------------------------------------------------------------- the draft as pages


def _look(visit: RunVisit, slug: str) -> Any:
    from lms.studio import looking  # noqa: PLC0415 - a visit imports most features

    found = _found(slug)
    loaded = drafts.read(visit.site, found)
    if loaded.course is None:
        abort(404)
    return looking.DraftVisit(visit.site, visit.person, slug, looking.edition(loaded))


@pages.get("/manage/courses/<slug>/draft/preview/", AUTHOR)
def preview(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """The course page of the draft."""
    here = _look(visit, slug)
    return here.page("studio/preview_course.html", slug=slug)  # type: ignore[no-any-return]


@pages.get("/manage/courses/<slug>/draft/preview/<module>/<lesson>/", AUTHOR)
def preview_lesson(visit: RunVisit, slug: str, module: str, lesson: str) -> ResponseReturnValue:
    """A lesson of the draft."""
    here = _look(visit, slug)
    item = here.outline.items.get(lesson)
    if item is None or item.kind != "lesson" or item.module != module:
        abort(404)
    order, place = here.outline.lessons, here.outline.place[lesson]
    around = [order[at] if 0 <= at < len(order) else None for at in (place - 1, place + 1)]
    return here.page(  # type: ignore[no-any-return]
        "studio/preview_lesson.html", slug=slug, item=item, module=here.outline.modules[module],
        lesson=here.course.lesson(lesson), body=here.lesson_body(lesson),
        around=[(other.title, here.run.base + other.path) if other else None for other in around],
    )  # fmt: skip


@pages.get("/manage/courses/<slug>/draft/preview/to/<item>/", AUTHOR)
def preview_item(visit: RunVisit, slug: str, item: str) -> ResponseReturnValue:
    """An activity of the draft, where it stands in its lesson."""
    here = _look(visit, slug)
    found = here.outline.items.get(item)
    if found is None or found.kind == "lesson":
        abort(404)
    return redirect(f"{here.run.base}{here.outline.items[found.lesson].path}#{item}", 303)


@pages.get("/manage/courses/<slug>/draft/preview/media/<name>", AUTHOR)
def preview_media(visit: RunVisit, slug: str, name: str) -> ResponseReturnValue:
    """A picture of the draft."""
    from lms.studio import looking  # noqa: PLC0415 - a visit imports most features

    found = _found(slug)
    loaded = drafts.read(visit.site, found)
    path = (looking.media_path(loaded, name) if loaded.course is not None else None) or ""
    file = store_of(visit.site).find(_sha(found.files, path)) if path in found.files else None
    if file is None:
        abort(404)
    return send_media(as_media(file.absolute(), name))


# ------------------------------------------------------------------------------------------- publishing


@pages.get("/manage/courses/<slug>/draft/publish", AUTHOR)
def publishing(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """What publishing the draft would mean."""
    found = _found(slug)
    if not found.drafted:
        return redirect(_base(slug), 303)
    if found.outdated:
        return redirect(f"{_base(slug)}/update", 303)
    return _publish_page(visit, found, drafts.consider(visit.site, found), ())


def _publish_page(
    visit: RunVisit, found: Standing, outcome: Outcome, accepted: tuple[str, ...], trouble: str = ""
) -> Markup:
    return visit.page(
        "studio/publish.html", found=found, outcome=outcome, accepted=accepted, trouble=trouble, words=words,
        changed=drafts.changes(drafts.began_from(found), found.files),
        reasons=_reasons(outcome), errors=len(outcome.loaded.errors), warnings=len(outcome.loaded.problems) - len(outcome.loaded.errors),
    )  # fmt: skip


def _reasons(outcome: Outcome) -> dict[str, str]:
    """For each harmful code the first thing it says."""
    found: dict[str, str] = {}
    for run in outcome.impact.runs if outcome.impact is not None else ():
        for effect in run.effects:
            if effect.harmful:
                found.setdefault(effect.code, str(effect.text))
    return found


@pages.post("/manage/courses/<slug>/draft/publish", AUTHOR)
def publish(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """Publish it, unless something speaks against it."""
    accepted = tuple(request.form.getlist("accept"))
    found = _found(slug)
    try:
        outcome = drafts.publish(visit.site, slug, visit.sent("mark"), accepted, visit.person)
    except LookupError:
        abort(404)
    except Overtaken as error:
        _tell(visit, error)
        return redirect(_base(slug), 303)
    except BadInput as error:
        return _publish_page(visit, found, drafts.consider(visit.site, found), accepted, str(error.message)), 422
    if outcome.published is None:
        trouble = _("Tick what you mean to do all the same.") if outcome.refused else ""
        return _publish_page(visit, found, outcome, accepted, trouble), 422
    done = outcome.published
    if done.changed:
        visit.say(_("Revision {number} is published.", number=done.number))
    else:
        visit.say(_("Revision {number} is the same already.", number=done.number), "info")
    return redirect(f"/manage/courses/{slug}/files?at={done.number}", 303)


@pages.get("/manage/courses/<slug>/draft/update", AUTHOR)
def updating(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """What a revision that came meanwhile means for the draft."""
    found = _found(slug)
    if not found.outdated:
        return redirect(_base(slug), 303)
    catching, current = drafts.catching_up(visit.site, found)
    both = [(path, _hunks(visit, _sha(current, path), _sha(found.files, path))) for path in catching.both]
    return visit.page("studio/update.html", found=found, catching=catching, both=both)


def _sha(files: Mapping[str, Kept], path: str) -> str:
    return files[path].sha256 if path in files else ""


@pages.post("/manage/courses/<slug>/draft/update", AUTHOR)
def bring_up_to_date(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """Bring the draft up to date."""
    try:
        drafts.catch_up(visit.site, slug, visit.sent("mark"), request.form.getlist("theirs"), visit.person)
    except LookupError:
        abort(404)
    except Overtaken as error:
        _tell(visit, error)
    else:
        visit.say(_("The draft is up to date with the published course."))
    return redirect(_base(slug), 303)
