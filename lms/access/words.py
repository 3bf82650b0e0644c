"""Why something is locked, and what unlocks it, in words."""

from collections.abc import Iterable

from courses.requires import Reason
from lms.i18n import gettext
from lms.publishing.outline import Outline
from lms.wording import instant, share


def unlock_sentences(reasons: Iterable[Reason], outline: Outline, timezone: str) -> list[str]:
    """What is still missing, a sentence each, in the language in force; times in the reader's zone."""
    return [_sentence(reason, outline, timezone) for reason in reasons]


def _title(id: str, outline: Outline) -> str:
    owner = outline.owner.get(id)
    return outline.items[owner].title if owner else id


def _sentence(reason: Reason, outline: Outline, timezone: str) -> str:
    title = _title(reason.id, outline) if reason.id else ""
    when = instant(reason.at, timezone) if reason.at else ""
    if reason.kind == "done":
        return gettext("First complete “{title}”.", title=title)
    if reason.kind == "score":
        return gettext("First reach {share} in “{title}”.", share=share(reason.share or 0), title=title)
    if reason.kind == "from":
        return gettext("Opens on {when}.", when=when)
    if reason.kind == "until":
        return gettext("Was open until {when}.", when=when)
    inner = " ".join(_sentence(part, outline, timezone) for part in reason.of)
    if reason.kind == "any":
        return gettext("One of these is enough: {conditions}", conditions=inner)
    return gettext("Closed, because this already holds: {conditions}", conditions=inner)


def unlock_steps(reasons: Iterable[Reason], outline: Outline) -> list[str]:
    """Ids of the items to go to next, so that a locked page can link there."""
    found: list[str] = []
    for reason in reasons:
        owner = outline.owner.get(reason.id) if reason.id else None
        if reason.kind in ("done", "score") and owner:
            found.append(owner)
        if reason.kind == "any":
            found += unlock_steps(reason.of, outline)
    return list(dict.fromkeys(found))
