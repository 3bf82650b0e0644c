"""A marking form as it was sent: the one place of this feature that reads the request."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import has_request_context, request

from courses.criteria import Criteria, Criterion
from lms.i18n import Message, mark

COMMENT_LENGTH = 5_000
"""Characters of one comment."""

MOST_EARLIER = 12
"""Earlier comments that are offered."""


@dataclass(frozen=True)
class Sent:
    """What was sent. `raw` is what to show again; `errors`: sentences by criterion id ("" for the general comment)."""

    values: dict[str, float] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    raw: dict[str, float | str] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)


def sent_fields(criteria: Criteria) -> Mapping[str, str] | None:
    """The fields of the request that belong to this form, or None when none was sent."""
    if not has_request_context() or request.method != "POST":
        return None
    known = {f"{part}-{item.id}" for part in ("criterion", "comment") for item in criteria.items} | {"comment"}
    found = {name: value for name, value in request.form.items() if name in known}
    return found or None


def chosen() -> list[str]:
    """The earlier comments that were ticked."""
    if not has_request_context() or request.method != "POST":
        return []
    return [_text(one) for one in request.form.getlist("again")]


def with_earlier(comment: str, ticked: Sequence[str]) -> str:
    """A comment with those earlier ones below it that it does not hold as yet, as far as there is room."""
    for one in ticked:
        longer = f"{comment}\n\n{one}".strip()
        if one and one not in comment and len(longer) <= COMMENT_LENGTH:
            comment = longer
    return comment


def paragraphs(comments: Iterable[str], now: str) -> list[str]:
    """The paragraphs of earlier comments, the most used first, without those that stand in the present one."""
    counts = Counter(part.strip() for one in comments for part in re.split(r"\n\s*\n", one) if part.strip())
    known = {part.strip() for part in re.split(r"\n\s*\n", now)}
    order = sorted(counts, key=lambda part: (-counts[part], part))
    return [part for part in order if part not in known][:MOST_EARLIER]


def understand(criteria: Criteria, fields: Mapping[str, str], complete: bool = True) -> Sent:
    """Read the fields `criterion-<id>` (points), `comment-<id>` and `comment`; nothing may be missing if `complete`."""
    sent = Sent(comment=_text(fields.get("comment", "")))
    if len(sent.comment) > COMMENT_LENGTH:
        sent.errors[""] = _too_long()
    for item in criteria.items:
        comment = _text(fields.get(f"comment-{item.id}", ""))
        if comment:
            sent.comments[item.id] = comment
        if len(comment) > COMMENT_LENGTH:
            sent.errors[item.id] = _too_long()
        if criteria.strategy == "comments" or not item.points:
            if complete and not comment and criteria.strategy == "comments":
                sent.errors[item.id] = Message(mark("Write a comment."))
            continue
        written = fields.get(f"criterion-{item.id}", "").strip()
        if not written:
            if criteria.strategy == "checklist" and not item.levels:
                sent.values[item.id] = 0.0  # a box that is not ticked sends nothing
            elif complete:
                sent.errors[item.id] = _missing(criteria, item)
            continue
        value = _number(written)
        sent.raw[item.id] = written if value is None else value
        if value is None or not _fits(criteria, item, value):
            sent.errors[item.id] = _wrong(criteria, item)
        else:
            sent.values[item.id] = value
    return sent


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").strip()


def _number(written: str) -> float | None:
    try:
        # a decimal comma is what Russian keyboards give; blanks may come from figures that were pasted
        return float(written.replace(",", ".").replace("\N{NO-BREAK SPACE}", ""))
    except ValueError:
        return None


def _fits(criteria: Criteria, item: Criterion, value: float) -> bool:
    if item.levels:
        return any(level.points == value for level in item.levels)
    if criteria.strategy == "checklist" or (criteria.strategy == "errors" and item.points == 1):
        return value in (0.0, item.points)
    return 0 <= value <= item.points


def _missing(criteria: Criteria, item: Criterion) -> Message:
    if item.levels:
        return Message(mark("Choose one of the levels."))
    if criteria.strategy == "errors" and item.points == 1:
        return Message(mark("Say whether there is this mistake."))
    if criteria.strategy == "errors":
        return Message(mark("Say how many mistakes there are; 0 if there are none."))
    return Message(mark("Give points."))


def _wrong(criteria: Criteria, item: Criterion) -> Message:
    if item.levels or criteria.strategy == "checklist":
        return Message(mark("Choose one of the levels."))
    if criteria.strategy == "errors" and item.points == 1:
        return Message(mark("Say whether there is this mistake."))
    return Message(mark("Write a number from 0 to {most}."), {"most": f"{item.points:g}"})


def _too_long() -> Message:
    return Message(mark("A comment may have at most {most} characters."), {"most": COMMENT_LENGTH})
