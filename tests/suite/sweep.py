"""Everything a person can get hold of on a site, searched for marks: names, addresses, numbers and file names of other people, and what
their files carry in them.

A reader opens every page that links, pictures and files lead to, and then, as somebody curious would, every address of the site with
every number there is (where their role is refused before anybody looks at numbers, with one; below a page that is closed to them, the
files that lie there); takes their own export, calendar, mails and notices; and searches the discussions for the marks.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from html import unescape
from itertools import product
from urllib.parse import quote, unquote, urljoin, urlsplit

from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.allocation.models import AllocationPair
from lms.db import db
from lms.discussion.models import PostRecord, ThreadRecord
from lms.files.models import FileRecord
from lms.notices.models import Notice, OutgoingMail
from lms.notices.service import page_of
from lms.submissions.models import SubmissionRecord
from tests.lms.files import marked
from tests.suite.routes import ROLES, Address, addresses, general
from tests.suite.world import Caller, Group

STATIC = ("/static/", "/media/")


def readable(answer: TestResponse) -> str:
    """All there is to read in an answer: its head, its body, what lies packed in it, and addresses and entities as what they mean."""
    head = unquote("\n".join(f"{name}: {value}" for name, value in answer.headers))
    body = marked.everything(answer.get_data())
    forms = [body.decode("utf-8", "replace")]
    if answer.mimetype not in ("text/html", "text/calendar"):
        forms += [
            body.decode("utf-16-le", "replace"),
            body[1:].decode("utf-16-le", "replace"),
            body.decode("cp1251", "replace"),
        ]
    text = "\n".join(forms).replace("\r\n ", "")  # a calendar breaks its lines
    return f"{head}\n{text}\n{unescape(text)}\n{unquote(text)}".casefold()


class Sweep:
    """What one reader gets to see in one run. `blocks`: kinds of activities by id; `role`: one of `ROLES`, as the reader is in the run."""

    def __init__(self, group: Group, caller: Caller, role: str, blocks: Mapping[str, str]) -> None:
        self.group = group
        self.role = ROLES.index(role)
        self.caller = caller
        self.blocks = blocks
        self.answers: dict[str, int] = {}
        """The status of every address that was asked for."""

    def found(self, marks: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        """Whose marks were met where: places by owner."""
        folded = {owner: [mark.casefold() for mark in own] for owner, own in marks.items()}
        met: dict[str, set[str]] = {}
        questions = [own[0] for own in marks.values()]
        for place, text in self.everything(questions):
            for owner, own in folded.items():
                if any(mark in text for mark in own):
                    met.setdefault(owner, set()).add(place)
        return met

    def everything(self, questions: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """(place, text) of all that this reader gets."""
        yield from self._linked()
        yield from self._guessed()
        for question in questions:
            page = self._ask(f"{self.group.base}discussion/search?q={quote(question)}")
            text = page.get_data(as_text=True)
            # what was asked for stands in the field of the form: that is no answer
            yield "search", unescape(text.partition("<ol")[2].partition("</ol>")[0]).casefold()
        if self.caller.person:
            yield "export", readable(self.caller.send("POST", "/me/export"))
            yield "calendar", self._calendar()
            yield from self._told()

    def _ask(self, path: str) -> TestResponse:
        answer = self.caller.send("GET", path)
        self.answers[path] = answer.status_code
        assert answer.status_code < 500, (path, answer.status_code)
        return answer

    def _linked(self) -> Iterator[tuple[str, str]]:
        base = self.group.base
        waiting = [
            "/",
            "/courses/",
            base,
            f"{base}module/lesson/",
            f"{base}grades",
            f"{base}discussion",
            "/notices",
            "/calendar",
            "/me",
        ]
        waiting += [f"{base}activities/{block}/" for block in self.blocks]
        while waiting:
            path = waiting.pop()
            if path in self.answers:
                continue
            answer = self._ask(path)
            yield path, readable(answer)
            links = (
                re.findall(r'(?:href|src|action)="([^"]+)"', answer.get_data(as_text=True))
                if answer.mimetype == "text/html"
                else []
            )
            for link in [*links, answer.headers.get("Location", "")]:
                found = urlsplit(urljoin(f"http://localhost{path}", unescape(link)))
                address = found.path + (f"?{found.query}" if found.query else "")
                if found.netloc == "localhost" and not found.path.startswith(STATIC) and "lang=" not in found.query:
                    waiting.append(address)

    def _guessed(self) -> Iterator[tuple[str, str]]:
        values, theirs = self._values(), self._files()
        for address in addresses(self.caller.stage.app):
            if address.method != "GET" or not all(name in values or name == "block" for name in address.parameters):
                continue
            refused = general(address.policy)[self.role] != "ok"
            for path in _filled(address, values, self.blocks):
                page, _, file = path.rpartition("files/")
                elsewhere = address.parameters[-2:] == ["id", "file_id"] and (page.split("/")[-2], file) not in theirs
                if path not in self.answers and not (elsewhere and self.answers.get(page) != 200):
                    # where it sends its reader to sign in, an answer names the address that was asked for
                    yield path, readable(self._ask(path)).replace(path.casefold(), "")
                if refused and self.answers.get(path) in (303, 403, 404):
                    break

    def _files(self) -> set[tuple[str, str]]:
        """The ids of works and of the files that lie in them."""
        works = select(SubmissionRecord.id, SubmissionRecord.files).where(SubmissionRecord.run_id == self.group.run)
        return {(str(row.id), str(file)) for row in db.session.execute(works) for file in json.loads(row.files)}

    def _values(self) -> dict[str, list[object]]:
        db.session.rollback()
        run = self.group.run

        def ids(column, *where) -> list[object]:
            return list(db.session.execute(select(column).where(*where)).scalars())

        works = ids(SubmissionRecord.id, SubmissionRecord.run_id == run)
        pairs = ids(AllocationPair.id, AllocationPair.run_id == run)
        small = list(range(1, 2 + max(4, len(works))))
        found: dict[str, list[object]] = {
            "course": [self.group.base.split("/")[2]], "module": ["module"], "lesson": ["lesson"],
            "id": works, "work_id": works, "file_id": ids(FileRecord.id, FileRecord.run_id == run), "pair_id": pairs,
            "number": small, "place": small, "appeal_id": small, "part": ["work", "review"], "stage": ["work"], "kind": ["person"],
            "person_id": list(self.group.learners), "person": list(self.group.learners),
            "thread": ids(ThreadRecord.id, ThreadRecord.run_id == run),
            "post": ids(PostRecord.id, ThreadRecord.run_id == run, ThreadRecord.id == PostRecord.thread_id),
            "notice_id": ids(Notice.id), "run_id": [run], "slug": [self.group.base.split("/")[2].partition("@")[0]],
            "item": list(self.blocks), "team_id": small, "certificate_id": small,
        }  # fmt: skip
        db.session.rollback()
        return found

    def _calendar(self) -> str:
        page = self.caller.send("POST", "/calendar")
        feed = re.search(r'/calendar\.ics\?[^"<\s]+', page.get_data(as_text=True))
        whole = readable(page)
        return whole + readable(self._ask(unescape(feed[0]))) if feed else whole

    def _told(self) -> Iterator[tuple[str, str]]:
        mails = db.session.execute(select(OutgoingMail).where(OutgoingMail.person_id == self.caller.person)).scalars()
        for row in mails.all():
            kept = [
                str(getattr(row, column.name))
                for column in OutgoingMail.__table__.columns
                if column.name != "recipient"
            ]
            yield "mail", "\n".join(kept).casefold()
        for row in db.session.execute(select(Notice.text, Notice.url).where(Notice.person_id == self.caller.person)):
            yield "notice", f"{row.text}\n{row.url}".casefold()
        yield "notices", "\n".join(line.text for line in page_of(self.caller.person, 1)[0]).casefold()
        db.session.rollback()


def _filled(address: Address, values: Mapping[str, list[object]], blocks: Mapping[str, str]) -> Iterator[str]:
    own = [block for block, kind in blocks.items() if not address.kind or kind == address.kind]
    names = address.parameters
    for chosen in product(*(own if name == "block" else values[name] for name in names)):
        yield address.path({}, **dict(zip(names, chosen, strict=True)))
