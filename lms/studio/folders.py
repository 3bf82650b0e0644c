"""A course as the folder it is: the files of a revision or a draft, what differs between two of them, and all of it to take away."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from flask import Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from lms.bounds import whole
from lms.plugin import AUTHOR, Pages
from lms.publishing.sources import Kept, store_of
from lms.studio import difference, drafts
from lms.studio.drafts import Change, Standing
from lms.visit import RunVisit

pages = Pages("folders")

ON_A_PAGE = 200
LINES = 3_000
"""Lines of differences on one page; the patch has all."""


def files_page(files: Mapping[str, Kept]) -> tuple[list[Kept], int, int]:
    """The files of the page asked for, its number and that of the last one."""
    last = max(1, -(-len(files) // ON_A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=whole)), last)
    return list(files.values())[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], page, last


def _found(slug: str) -> Standing:
    found = drafts.standing(slug)
    if found is None:
        abort(404)
    return found


def _state(found: Standing, at: str) -> tuple[str, Mapping[str, Kept]]:
    """A state of the folder by its name in addresses: "draft", a number, or "" for the current revision (the draft of a course
    that has none)."""
    if at == "draft" or not (at or found.revision):
        if not found.drafted:
            abort(404)
        return "draft", found.files
    try:
        number = whole(at) if at else found.revision
    except ValueError:
        abort(404)
    state = drafts.revision_files(found.slug, number)
    if state is None:
        abort(404)
    return str(number), state[1]


@pages.get("/manage/courses/<slug>/files", AUTHOR)
def files(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """The files a revision was published from."""
    found = _found(slug)
    at, state = _state(found, request.args.get("at", ""))
    shown, page, last = files_page(state)
    before = str(int(at) - 1) if at.isdecimal() and int(at) > 1 else ""
    return visit.page(
        "studio/files.html", found=found, at=at, before=before, files=shown, page=page, last=last, total=len(state)
    )


@pages.get("/manage/courses/<slug>/file", AUTHOR)
def file(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """One file as it was written, to take away."""
    _, state = _state(_found(slug), request.args.get("at", ""))
    path = request.args.get("path", "")
    if path not in state:
        abort(404)
    place = store_of(visit.site).find(state[path].sha256)
    if place is None:
        abort(404)
    kind = "text/markdown; charset=utf-8" if path.endswith(".md") else "application/octet-stream"
    return _to_take_away(
        send_file(place.absolute(), mimetype=kind, as_attachment=True, download_name=path.rpartition("/")[2])
    )


def _to_take_away(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/manage/courses/<slug>/folder.zip", AUTHOR)
def folder(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """The whole folder as an archive, which may be uploaded again."""
    at, state = _state(_found(slug), request.args.get("at", ""))
    if not state:
        abort(404)
    store = store_of(visit.site)
    packed = cast(IO[bytes], SpooledTemporaryFile(max_size=10_000_000))  # noqa: SIM115 - it is closed with the answer
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as packing:
        for path, kept in state.items():
            place = store.find(kept.sha256)
            if place is None:
                abort(404)
            # the same files make the same archive, so the time of packing is left out
            entry = zipfile.ZipInfo(f"{slug}/{path}", (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            packing.writestr(entry, place.read_bytes())
    packed.seek(0)
    name = f"{slug}-{at}.zip"
    return _to_take_away(send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name))


# ------------------------------------------------------------------------------------------- two states


@dataclass(frozen=True)
class Compared:
    """A file that differs: its lines, or None for what is no text or what the page has no room for."""

    change: Change
    hunks: list[list[difference.Line]] | None
    text: bool


def _two(found: Standing) -> tuple[str, Mapping[str, Kept], str, Mapping[str, Kept]]:
    """The two states asked for: by default what the draft began from and the draft, or the last two revisions."""
    to = request.args.get("to", "") or ("draft" if found.drafted else "")
    after_name, after = _state(found, to)
    since = request.args.get("from", "")
    if since:
        return (*_state(found, since), after_name, after)
    if after_name == "draft":
        number = drafts.number_of(found.base_id) if found.base_id else 0
        return str(number or ""), drafts.began_from(found), after_name, after
    before = drafts.revision_files(found.slug, int(after_name) - 1) if int(after_name) > 1 else None
    return str(int(after_name) - 1) if before else "", before[1] if before else {}, after_name, after


@pages.get("/manage/courses/<slug>/compare", AUTHOR)
def compare(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """What differs between two states of the folder."""
    found = _found(slug)
    since, before, to, after = _two(found)
    room, shown = LINES, []
    for change in drafts.changes(before, after):
        old, new = _bytes(visit, change.before), _bytes(visit, change.after)
        text = difference.is_text(old) and difference.is_text(new)
        hunks = None
        if text and room > 0:
            hunks = difference.hunks(old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))
            room -= sum(map(len, hunks))
            if room < 0:
                hunks = None
        shown.append(Compared(change, hunks, text))
    return visit.page("studio/compare.html", found=found, since=since, to=to, shown=shown, numbers=drafts.numbers(slug))


def _bytes(visit: RunVisit, kept: Kept | None) -> bytes:
    return (drafts.content(visit.site, kept.sha256) if kept is not None else None) or b""


@pages.get("/manage/courses/<slug>/compare.patch", AUTHOR)
def patch(visit: RunVisit, slug: str) -> ResponseReturnValue:
    """The same as a patch for git: of all files, or of the one named."""
    found = _found(slug)
    since, before, to, after = _two(found)
    only = request.args.get("path", "")
    body = b"".join(
        difference.patch(
            change.path,
            drafts.content(visit.site, change.before.sha256) if change.before else None,
            drafts.content(visit.site, change.after.sha256) if change.after else None,
        )
        for change in drafts.changes(before, after)
        if only in ("", change.path)
    )
    response = Response(body, mimetype="text/x-patch; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{since or "0"}-{to}.patch"'
    return _to_take_away(response)
