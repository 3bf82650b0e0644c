"""Who wants what by mail, where a notice may lead, when a letter is tried again. Pure."""

from datetime import timedelta

ATTEMPTS = 8
"""A letter that could not be sent so many times stays, with its error, for the operator."""

LEASE = timedelta(minutes=5)
"""How long a sender has a letter for itself; a sender that died loses it after that."""


def wants_mail(kind: str, by_mail: bool, mail_off: str) -> bool:
    """Whether a person wants notices of this kind by mail.

    `by_mail` is the kind's default, `mail_off` the person's choices, separated by spaces: `name` takes a kind out,
    `+name` takes in one that is not mailed by default.
    """
    choices = mail_off.split()
    return kind not in choices if by_mail else f"+{kind}" in choices


def delay(attempts: int) -> timedelta:
    """How long to wait after this many failed attempts: a minute, then three times longer each, at most a day."""
    return min(timedelta(minutes=3 ** (attempts - 1)), timedelta(days=1))


def is_own_address(url: str) -> bool:
    """Whether an address is a path on this site: what a browser might take for another host is not."""
    return url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable() and "\\" not in url


def subject(text: str, longest: int = 110) -> str:
    """A sentence as the subject of a letter: one line, cut at a word with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–—") + "…"
