"""Why and why not, in sentences. What is said to a reviewer tells nothing of whose the work is."""

from collections.abc import Iterator, Mapping, Sequence

from lms.allocation.rules import Ban, Bottleneck, Outcome, Why
from lms.i18n import Message, mark

KEPT: Mapping[Ban, str] = {
    "self": mark("their own"),
    "conflict": mark("a declared conflict"),
    "team": mark("the same team"),
    "school": mark("the same school"),
    "earlier": mark("they have met in another activity"),
}


def why(found: Why) -> list[Message]:
    """Why a reviewer got this work, for themselves."""
    values = {"among": found.among, "works": found.works}
    said = [
        Message(
            mark("Of {works} works {among} might have come to you: the others are your own or kept from you."), values
        )
    ]
    if found.least == found.most:
        said.append(Message(mark("Everybody reviews as many as you do: {load}."), {"load": found.load}))
    else:
        values = {"load": found.load, "least": found.least, "most": found.most}
        said.append(Message(mark("You review {load}, others from {least} to {most}."), values))
    if found.wish > 0:
        said.append(Message(mark("You had asked for it.")))
    elif found.wish < 0:
        said.append(Message(mark("You would rather not have got it, but without you it would lack a reviewer.")))
    if found.far:
        said.append(Message(mark("It comes from another region, so that you read something you do not see every day.")))
    said.append(Message(mark("What was still open then was decided by lot.")))
    return said


def why_not(found: Outcome, titles: Mapping[str, str], names: Mapping[int, str]) -> list[Message]:
    """What is missing and what stands in the way, for staff; nothing when every work has its reviewers with even loads."""
    said = list(_missing(found, titles, names))
    low, high = found.spread
    if found.full and high - low > 1:
        values = {"low": low, "high": high}
        said.append(
            Message(
                mark(
                    "Every work has its reviewers, but loads are from {low} to {high}: those who may review most works "
                    "have to stand in for others, or what they have is begun already."
                ),
                values,
            )
        )
    return said


def _missing(found: Outcome, titles: Mapping[str, str], names: Mapping[int, str]) -> Iterator[Message]:
    for one in found.bottlenecks:
        values: dict[str, object] = {
            "works": _list([titles.get(key, key) for key in one.works]), "needed": one.needed, "possible": one.possible,
        }  # fmt: skip
        if one.reviewers:
            values["people"] = _list([names.get(id, "—") for id in one.reviewers])
            yield Message(
                mark(
                    "{works}: {needed} reviews are needed, {possible} can be had. {people} might write more, but have as many "
                    "as one person may."
                ),
                values,
            )
        else:
            yield Message(
                mark("{works}: {needed} reviews are needed, {possible} can be had: nobody else may review it."), values
            )
        because = _because(one)
        if because is not None:
            yield because


def _because(one: Bottleneck) -> Message | None:
    """How many people are kept away, by what."""
    kept = [(count, KEPT[ban]) for ban, count in sorted(one.because.items()) if ban != "self"]
    if not kept:
        return None
    # the reasons are put into words one by one, so that each is translated where it is read
    parts: dict[str, object] = {}
    for place, (count, reason) in enumerate(kept):
        parts[f"n{place}"], parts[f"why{place}"] = count, Message(reason)
    return Message(_KEPT_AWAY[len(kept)], parts)


_KEPT_AWAY: Mapping[int, str] = {
    1: mark("Kept from it: {n0} ({why0})."),
    2: mark("Kept from it: {n0} ({why0}), {n1} ({why1})."),
    3: mark("Kept from it: {n0} ({why0}), {n1} ({why1}), {n2} ({why2})."),
    4: mark("Kept from it: {n0} ({why0}), {n1} ({why1}), {n2} ({why2}), {n3} ({why3})."),
}


def _list(names: Sequence[str]) -> str:
    """«A», «B» and as many more: nobody reads a list of hundred."""
    shown = ", ".join(f"“{name}”" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} + {len(names) - 5}"
