"""What stands against a certificate, and what is printed on one, in words."""

from datetime import date

from lms.certificates.rules import Eligibility, Snapshot
from lms.i18n import gettext, ngettext
from lms.wording import day, number, share


def reasons(found: Eligibility) -> list[str]:
    """Why there is no certificate yet, a sentence each, in the language in force."""
    said: list[str] = []
    if found.no_rule:
        said.append(gettext("This course gives no certificate."))
    if found.unknown_kind:
        said.append(gettext("The course names an unknown kind of certificate: {kind}.", kind=found.unknown_kind))
    if found.begins:
        said.append(gettext("The run begins on {date}.", date=day(found.begins)))
    if found.least:
        said.append(
            gettext(
                "The programme has {hours} academic hours; this document needs at least {least} ({source}).",
                hours=number(found.hours), least=found.least.hours, source=found.least.source,
            )
        )  # fmt: skip
    if found.asked is not None:
        said.append(
            gettext("The score is {score}; {asked} is needed.", score=share(found.score), asked=share(found.asked))
        )
    if found.missing:
        said.append(gettext("Not done yet: {titles}.", titles=", ".join(f"«{title}»" for title in found.missing)))
    return said


def hours(value: float) -> str:
    """A volume: «16 академических часов»."""
    if value == int(value):
        return ngettext("{n} academic hour", "{n} academic hours", int(value))
    return gettext("{hours} academic hours", hours=number(value))


def volume(snapshot: Snapshot) -> str:
    """A volume with how much of it the holder was at meetings: «16 академических часов, из них на встречах — 4,5»."""
    whole = hours(snapshot.hours)
    if not snapshot.attended:
        return whole
    return gettext("{hours}, of them at meetings: {attended}", hours=whole, attended=number(snapshot.attended))


def period(first: date, last: date) -> str:
    """From and to: «2 марта 2026 г. – 1 июня 2026 г.»."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def printed(snapshot: Snapshot, number: str, issued_on: date, revoked_on: date | None) -> dict[str, object]:
    """Everything a certificate prints except its code, in the language in force."""
    return {
        "language": snapshot.language,
        "organisation": snapshot.organisation,
        "kind": snapshot.kind_title,
        "number": gettext("Registration number {number}", number=number),
        "opening": gettext("This document confirms that"),
        "holder": snapshot.holder,
        "did": gettext("has completed the programme"),
        "course": snapshot.course,
        "volume": gettext("The volume is {hours}", hours=volume(snapshot)),
        "period": gettext("Period of study: {period}", period=period(snapshot.starts_on, snapshot.ends_on)),
        "text": snapshot.text,
        "qualification": (
            gettext("Qualification: {title}", title=snapshot.qualification) if snapshot.qualification else ""
        ),
        "signed_by": list(snapshot.signed_by),
        "issued": gettext("Issued on {date}", date=day(issued_on)),
        "check": gettext("Check this document"),
        "qr": gettext("QR code with the address where this document can be checked"),
        "revoked": gettext("Revoked on {date}", date=day(revoked_on)) if revoked_on else "",
    }
