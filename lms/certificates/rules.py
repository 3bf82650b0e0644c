"""Who may get a certificate, of which kind, under which number and code. Pure."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from lms.i18n import mark
from lms.plugin import Recorded, Run
from lms.progress.rules import progress
from lms.publishing.outline import Outline


@dataclass(frozen=True)
class Kind:
    """A kind of document: `title` for translation, `series` begins its numbers."""

    name: str
    title: str
    series: str


@dataclass(frozen=True)
class Volume:
    """The smallest volume of a programme for a kind of document, in academic hours, from a day on, and its source."""

    kind: str
    since: date
    hours: int
    source: str


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("advanced-training", mark("Certificate of advanced training"), "ПК"),
        Kind("retraining", mark("Diploma of professional retraining"), "ПП"),
        Kind("completion", mark("Certificate of completion"), "С"),
    )
}

_FORMER = "Приказ Минобрнауки России от 01.07.2013 № 499, п. 12"
_PRESENT = "Приказ Минобрнауки России от 24.03.2025 № 266, п. 18"
VOLUMES = (
    Volume("advanced-training", date(2013, 9, 1), 16, _FORMER),
    Volume("retraining", date(2013, 9, 1), 250, _FORMER),
    Volume("advanced-training", date(2025, 9, 1), 16, _PRESENT),
    Volume("retraining", date(2025, 9, 1), 250, _PRESENT),
)
"""Kinds that are not named here have no smallest volume."""


def volume(kind: str, on: date) -> Volume | None:
    """The smallest volume in force for a kind on a day, or None."""
    known = [found for found in VOLUMES if found.kind == kind and found.since <= on]
    return max(known, key=lambda found: found.since, default=None)


@dataclass(frozen=True)
class Eligibility:
    """Whether a certificate may be issued, and if not, everything that stands against it.

    `missing`: titles of what is not done; `score` (0–1) when it is below `asked`; `least`: the smallest volume the
    programme does not reach; `begins`: a run that has not begun.
    """

    no_rule: bool = False
    unknown_kind: str = ""
    missing: tuple[str, ...] = ()
    score: float | None = None
    asked: float | None = None
    hours: float | None = None
    least: Volume | None = None
    begins: date | None = None

    @property
    def eligible(self) -> bool:
        """Nothing stands against it."""
        return self == Eligibility()


def eligibility(
    outline: Outline, results: Mapping[str, Recorded], run: Run, now: datetime, hours: float
) -> Eligibility:
    """Whether a person with these results may get the course's certificate. `hours`: academic hours of the course."""
    rule = outline.course.certificate
    if rule is None:
        return Eligibility(no_rule=True)
    if rule.kind not in KINDS:
        return Eligibility(unknown_kind=rule.kind)
    today = now.astimezone(ZoneInfo(run.timezone)).date()
    least = volume(rule.kind, today)
    if least is not None and hours >= least.hours:
        least = None
    done = progress(outline, results)
    return Eligibility(
        missing=tuple(outline.items[id].title for id in done.missing),
        score=done.score if done.score_missing else None,
        asked=outline.score if done.score_missing else None,
        hours=hours if least else None,
        least=least,
        begins=run.starts_on if run.starts_on > today else None,
    )


class Snapshot(BaseModel):
    """What a certificate says, as it was when it was issued. `holder` is empty once the holder's data was removed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: str
    course: str
    hours: float
    starts_on: date
    ends_on: date
    organisation: str
    kind: str
    kind_title: str
    language: str
    signed_by: tuple[str, ...] = ()
    text: str = ""
    qualification: str = ""
    digest: str = ""
    attended: float = 0
    """Academic hours the holder was at meetings."""


def number(kind: Kind, year: int, n: int) -> str:
    """A registration number: «ПК-2026-0001»."""
    return f"{kind.series}-{year}-{n:04d}"


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""32 signs without those that are taken for one another (I, L, O, U)."""

LENGTH = 28
"""Signs of a code: 140 random bits."""

_ALIKE = str.maketrans("ОIL" + "АВЕКМНРСТУХ" + "O", "011" + "ABEKMHPCTYX" + "0")


def new_code() -> str:
    """A code nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """A code as it is stored, from what was typed: in any case or grouping, with Cyrillic letters that look the same.

    "" for what cannot be one."""
    found = "".join(sign for sign in typed.upper() if sign not in " -–—\u00a0\t").translate(_ALIKE)
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


def show_code(code: str) -> str:
    """A code in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


LONGEST_KEY = 320
"""Characters of a folded name that the register keeps: folding makes some letters longer."""


def fold(text: str) -> str:
    """A name or number as it is searched for: case, ё and spaces do not matter."""
    return " ".join(text.casefold().replace("ё", "е").split())
