"""Works are written and handed in: a draft by whoever of its owners, then a version that stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import update
from werkzeug.datastructures import FileStorage

from courses.submissions import StageRule, is_late, missing
from courses.text import UNTRUSTED_LIMIT, render_untrusted
from lms.db import db
from lms.files import rules as file_rules
from lms.i18n import Message, mark
from lms.plugin import BadInput, Owner, Submission
from lms.submissions.models import SubmissionRecord

if TYPE_CHECKING:
    from lms.submissions.service import BlockSubmissions  # it hands these acts out

TITLE_LENGTH = 200


class Lacking(BadInput):
    """A draft that cannot be handed in yet, with everything it lacks."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(messages[0])
        self.messages = tuple(messages)


def token(versions: Sequence[Submission]) -> str:
    """What a form was made from: the version and how often it had been changed."""
    if versions and versions[-1].state == "draft":
        return f"{versions[-1].number}.{versions[-1].edits}"
    return f"{len(versions) + 1}.0"


def purpose(id: int) -> str:
    """How files name the version they were sent with."""
    return f"submission:{id}"


def save(
    works: BlockSubmissions, stage: str, text: str, title: str = "", uploads: Sequence[FileStorage] = (), drop: Sequence[int] = (),
    seen: str | None = None,
) -> Submission:  # fmt: skip
    """Keep this person's draft. Raises BadInput, LookupError."""
    works.visit.lock(works.source.lock)
    owner, rule, versions = _to_write(works, stage)
    if seen is not None and seen != token(versions):
        raise BadInput(
            Message(
                mark(
                    "This work was changed meanwhile, by your team or in another window. Copy your text, open the page anew "
                    "and bring the two together."
                )
            )
        )
    text, title = text.replace("\r\n", "\n").strip(), " ".join(title.split())
    if len(text) > UNTRUSTED_LIMIT:
        values = {"length": len(text), "most": UNTRUSTED_LIMIT}
        raise BadInput(Message(mark("The text has {length} characters, at most {most} are accepted."), values))
    if len(title) > TITLE_LENGTH:
        raise BadInput(Message(mark("A title has at most {most} characters."), {"most": TITLE_LENGTH}))
    uploads = [upload for upload in uploads if upload.filename]
    if not (versions or text or title or uploads):
        raise BadInput(Message(mark("Write the work here or attach a file.")))
    found = _draft(works, owner, stage, versions)
    kept = [id for id in json.loads(found.files) if id not in drop]
    if len(kept) + len(uploads) > rule.files:
        raise BadInput(Message(mark("A work has at most {most} files."), {"most": rule.files}))
    for id in set(json.loads(found.files)) - set(kept):
        works.visit.files.remove(id, purpose(found.id))  # one that an earlier version has too is kept there
    found.text, found.html, found.title = text, render_untrusted(text), title if rule.titled else ""
    found.author_id, found.changed_at, found.edits = works.visit.person.id, works.visit.now, found.edits + 1
    kept += [works.visit.files.save(upload, purpose(found.id)).id for upload in uploads]
    found.files = json.dumps(kept)
    db.session.flush()
    works.source.changed(cast(Any, works.visit), owner, stage)
    return works.versions(owner.key, stage)[-1]


def hand_in(works: BlockSubmissions, stage: str) -> Submission:
    """Hand in this person's draft. Raises BadInput, LookupError."""
    works.visit.lock(works.source.lock)
    owner, rule, versions = _to_write(works, stage)
    if not versions or versions[-1].state != "draft":
        raise BadInput(Message(mark("Write the work here or attach a file.")))
    draft, least = versions[-1], works.source.team(cast(Any, works.visit))[0]
    if not (draft.text or draft.files):
        raise BadInput(Message(mark("Write the work here or attach a file.")))
    if len(owner.people) < least:
        count = {"now": len(owner.people), "least": least}
        raise BadInput(Message(mark("The team has too few members: {now} instead of at least {least}."), count))
    lacks = lacking(works, rule, draft)
    if lacks:
        raise Lacking(lacks)
    first = rule.again or len(versions) == 1
    late = is_late(rule, works.visit.now) if first else versions[0].late
    values = {"state": "waiting", "handed_in_at": works.visit.now, "late": late}
    db.session.execute(update(SubmissionRecord).where(SubmissionRecord.id == draft.id).values(values))
    works.source.changed(cast(Any, works.visit), owner, stage)
    others = [person for person in owner.people if person != works.visit.person.id]
    sentence = mark("{name} has handed in “{work}” for the team.")
    works.tell(others, stage, Message(sentence, {"name": works.visit.person.short_name, "work": works.name_of(stage)}))
    return works.versions(owner.key, stage)[-1]


def lacking(works: BlockSubmissions, rule: StageRule, draft: Submission) -> list[Message]:
    """What a draft lacks to be handed in. One statement where something is asked of files."""
    asked = rule.asked
    files = works.files([draft])[draft.id] if asked.attach or asked.kinds else ()
    endings = [file_rules.extension_of(file.type).lstrip(".") for file in files]
    found = [Message(one.text, dict(one.params)) for one in missing(asked, draft.text, endings)]
    if rule.titled and not draft.title:
        found.insert(0, Message(mark("Give the work a title.")))
    return found


def _to_write(works: BlockSubmissions, stage: str) -> tuple[Owner, StageRule, list[Submission]]:
    """Whose work of which stage this person may change now, with its versions."""
    works.stage(stage)
    owner = works.owner()
    if owner is None:
        raise BadInput(Message(mark("This is done in teams: make or join one first.")))
    rule = next(one for one in works.stages(owner.key) if one.id == stage)
    refused = works.refusal(rule, works.steps(owner.key).get(owner.key, {}))
    if refused is not None:
        raise BadInput(refused)
    return owner, rule, works.versions(owner.key, stage)


def _draft(works: BlockSubmissions, owner: Owner, stage: str, versions: Sequence[Submission]) -> SubmissionRecord:
    """The version that may be changed: the draft, or a new one that begins with the latest."""
    last = versions[-1] if versions else None
    if last is not None and last.state == "draft":
        return db.session.get_one(SubmissionRecord, last.id, populate_existing=True)
    found = SubmissionRecord(
        run_id=works.visit.run.id, block=works.visit.block.id, owner=owner.key, stage=stage, number=len(versions) + 1,
        state="draft", author_id=works.visit.person.id, title=last.title if last else "", text=last.text if last else "",
        html=last.html if last else "", files=json.dumps(last.files if last else ()), edits=0, late=False,
        changed_at=works.visit.now, feedback="",
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


def move(works: BlockSubmissions, source: str, target: str) -> None:
    """Give the drafts of one owner to another, where that has none."""
    taken = {line.stage for line in works.lines(target)}
    ids = [line.id for line in works.lines(source) if line.state == "draft" and line.stage not in taken]
    # the first of the new owner, whatever went before it with the former one
    db.session.execute(update(SubmissionRecord).where(SubmissionRecord.id.in_(ids)).values(owner=target, number=1))
