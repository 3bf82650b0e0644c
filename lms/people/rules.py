"""What an address, a name, a password and a way back must be like, and who has to wait. Pure: no database, no request.

Faults are named by a word ("mixed", "short", …); the service puts them into sentences.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST = 8
SHORTEST_OF_STAFF = 12
LONGEST = 128

FREE_TRIES = 5
"""Failures in a row that cost an account no waiting."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGET = timedelta(hours=1)
"""An account left alone for so long starts anew."""
ADDRESS_TRIES = 300
"""Tries a minute from one network address: a whole school may stand behind it."""
MINUTE = timedelta(minutes=1)
LETTERS = 5
"""Letters an hour that strangers can cause to one mail address."""
HOUR = timedelta(hours=1)


# ------------------------------------------------------------------------------------------- letters that deceive


def _is_hidden(letter: str) -> bool:
    """Control, zero-width, direction-changing, private and unassigned characters."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ", 1)[0] if letter.isalpha() else ""


ALIKE = frozenset({"CYRILLIC", "LATIN", "GREEK"})
"""Alphabets whose letters look like one another's."""


def mixes_scripts(word: str) -> bool:
    """Whether a word holds letters of more than one of the alphabets that look alike, as imitations of a name do."""
    return len(ALIKE & {_script(letter) for letter in word}) > 1


# ------------------------------------------------------------------------------------------- mail address


def mail_key(email: str) -> str:
    """The folded address by which an account is found: look-alikes that mail systems treat as one are one account."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).strip().casefold())
    local, at, domain = folded.rpartition("@")
    try:
        return local + at + domain.encode("idna").decode("ascii") if domain else folded
    except UnicodeError:
        return folded


_LOCAL = re.compile(r"[^\s,;:<>\"()\[\]\\@]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def mail_fault(email: str) -> str:
    """What is wrong with a mail address: "" (nothing), "hidden", "mixed" or "shape"."""
    address = email.strip()
    if any(_is_hidden(letter) for letter in address):
        return "hidden"
    key = mail_key(address)
    local, at, domain = key.rpartition("@")
    if not at or len(address) > 254 or len(key) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return "shape"
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "shape"
    labels = domain.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or (len(labels) < 2 and domain != "localhost"):
        return "shape"
    # full-width and other compatibility letters would be shown unlike the key by which the account is found
    if unicodedata.normalize("NFKC", address) != unicodedata.normalize("NFC", address) or mixes_scripts(local):
        return "mixed"
    return ""


# ------------------------------------------------------------------------------------------- names


def clean_name(name: str) -> str:
    """A name as it is kept: composed letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def name_fault(name: str) -> str:
    """What is wrong with a (cleaned) surname, name or patronymic: "", "hidden", "letters", "mixed" or "long"."""
    if any(_is_hidden(letter) for letter in name):
        return "hidden"
    if len(name) > 100:
        return "long"
    if not any(letter.isalpha() for letter in name):
        return "letters"
    if any(unicodedata.category(letter)[0] not in "LM" and letter not in " -'’.‐ʼ" for letter in name):
        return "letters"
    if any(mixes_scripts(word) for word in re.split(r"[ -]", name)):
        return "mixed"
    return ""


# ------------------------------------------------------------------------------------------- passwords


@lru_cache(maxsize=1)
def commonest() -> frozenset[str]:
    """The passwords that are tried first by whoever guesses."""
    lines = (Path(__file__).parent / "commonest.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip())


def password_fault(password: str, own: Sequence[str], shortest: int = SHORTEST) -> str:
    """What is wrong with a new password: "", "short", "long", "common" or "own" (one of the person's `own` words with
    a few figures around it at most)."""
    if len(password) < shortest:
        return "short"
    if len(password) > LONGEST:
        return "long"
    folded = unicodedata.normalize("NFKC", password).casefold()
    core = folded.strip("0123456789!@#$%^&*()_-+=.,?<>~ ")
    if folded in commonest() or len(set(folded)) < 3 or (core in commonest() and len(core) >= 4):
        return "common"
    parts = {part for name in own for part in re.split(r"[\s@.+_-]+", name.casefold()) if len(part) >= 4}
    wholes = {name.casefold() for name in own if name}
    if folded in wholes or core in parts:
        return "own"
    return ""


# ------------------------------------------------------------------------------------------- the way back


def own_path(target: str | None, otherwise: str = "/") -> str:
    """The address to go on to if every browser takes it for a path of this site, else `otherwise`."""
    if not target or len(target) > 2000 or not target.startswith("/") or not target.isprintable():
        return otherwise
    folded = unicodedata.normalize("NFKC", target)
    if any(letter.isspace() and letter != " " for letter in target) or "\\" in folded:
        return otherwise
    path = folded.partition("?")[0].partition("#")[0]
    if "//" in path or any(part in (".", "..") for part in path.lower().replace("%2e", ".").split("/")):
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target


# ------------------------------------------------------------------------------------------- who has to wait


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many failures in a row: nothing, then half a minute, doubled each time."""
    if failures < FREE_TRIES:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FREE_TRIES, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def try_account(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    """A further try at an account with `count` failures that may be tried again at `until`: the new count and
    instant, and how long to wait instead of trying (zero: go on). The try counts as a failure until it has
    succeeded."""
    if count >= FREE_TRIES and now < until:
        return count, until, until - now
    if now - until >= FORGET:
        count = 0
    return count + 1, now + wait_after(count + 1), timedelta(0)


def try_window(
    count: int, until: datetime, now: datetime, most: int, window: timedelta
) -> tuple[int, datetime, timedelta]:
    """The same for a plain number of tries in a window of time that ends at `until`."""
    if now >= until:
        return 1, now + window, timedelta(0)
    return (count, until, until - now) if count >= most else (count + 1, until, timedelta(0))
