"""What a team agrees upon: its contract, and how the work is shared.

Both go one way. Somebody proposes a version, everybody says yes or no to it, a new version asks everybody anew, and whoever is
against says why. It holds when all have said yes; about shares a tutor may decide instead. Only those who take part in the run count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import select

from courses.submissions import Asked, missing
from courses.teaming import folded
from courses.text import render_untrusted
from lms.plugin import BadInput, Message, Owner, Visit, db, mark
from lms_project.format import ProjectSettings
from lms_project.models import ROLE_LENGTH, Pact, Voice
from lms_project.shares import MOST_PARTS, weight

Kind = Literal["contract", "shares"]

KINDS: tuple[Kind, ...] = ("contract", "shares")
LOCK = "pacts"
"""What `visit.lock` takes wherever one is changed."""
TEXT_LENGTH = 20_000
WORDS_LENGTH = 2_000
MOST_VERSIONS = 50


@dataclass(frozen=True)
class Standing:
    """How far a team is with one of its pacts: a version, the newest, what the present members say to it, and the `earlier` ones.

    `silent` have not answered yet, `against` object; it `holds` when there are neither, or when a tutor decided."""

    pact: Pact | None = None
    voices: Mapping[int, Voice] = field(default_factory=dict)
    people: Sequence[int] = ()
    earlier: Sequence[Standing] = ()

    @property
    def silent(self) -> Sequence[int]:
        """Who has still to answer."""
        return [id for id in self.people if id not in self.voices or not self.voices[id].stance]

    @property
    def against(self) -> Sequence[int]:
        """Who objects."""
        return [id for id in self.people if id in self.voices and self.voices[id].stance == "against"]

    @property
    def holds(self) -> bool:
        """Whether this is agreed upon, or decided."""
        return self.pact is not None and (self.pact.decided or not (self.silent or self.against))

    @property
    def was_agreed(self) -> bool:
        """Whether this or an earlier version was agreed upon by all: what is being discussed anew does not undo it."""
        return self.holds or any(one.holds for one in self.earlier)

    @property
    def parts(self) -> Mapping[int, int]:
        """The parts of the work by person."""
        return {id: self.voices[id].part for id in self.people if id in self.voices}

    def weight(self, person_id: int) -> float:
        """How often the team's mark counts for a person."""
        return weight(self.parts, person_id)

    @property
    def token(self) -> str:
        """What a form for the next version was made from."""
        return str(self.pact.number if self.pact else 0)


def asked(settings: ProjectSettings, kind: Kind) -> bool:
    """Whether a project has such a thing."""
    return bool(settings.contract) if kind == "contract" else settings.shares == "agreed"


def all_asked(settings: ProjectSettings) -> list[Kind]:
    """What a project has of it."""
    return [kind for kind in KINDS if asked(settings, kind)]


def sent(visit: Visit, owner: Owner, kind: Kind) -> Mapping[int, str | int]:
    """What a form gives the members: roles or parts. Raises BadInput for what is no number."""
    given: dict[int, str | int] = {}
    for person in present(visit, owner):
        value = visit.sent(f"member-{person}")
        if kind == "shares":
            if not value.isascii() or not value.isdigit() or len(value) > 3:
                raise BadInput(Message(mark("A part is a whole number from 0 to {most}."), {"most": MOST_PARTS}))
            given[person] = int(value)
        else:
            given[person] = value
    return given


def present(visit: Visit, owner: Owner) -> list[int]:
    """Members who take part in the run now, in the team's order. One statement."""
    active = {member.id for member in visit.people()}
    return [person for person in owner.people if person in active]


def names(visit: Visit, owner: Owner) -> Mapping[int, str]:
    """What members are called, those of the run and those who have left the team's run. One statement."""
    team = owner.team.members if owner.team else ()
    return {member.id: member.name for member in (*visit.people(), *team)}


def standings(
    visit: Visit, people: Mapping[str, Sequence[int]], kinds: Collection[Kind]
) -> Mapping[tuple[Kind, str], Standing]:
    """How far these owners are with each of `kinds`, by kind and key; `people` are their present members. Two statements, none when
    nothing is asked."""
    pacts: dict[tuple[str, str], list[Pact]] = {}
    for pact in db.session.scalars(
        select(Pact)
        .where(
            Pact.run_id == visit.run.id, Pact.block == visit.block.id, Pact.kind.in_(kinds), Pact.owner.in_(list(people))
        )
        .order_by(Pact.number.desc())
        .execution_options(populate_existing=True)
    ) if kinds and people else ():  # fmt: skip
        pacts.setdefault((pact.kind, pact.owner), []).append(pact)
    ids = [pact.id for versions in pacts.values() for pact in versions]
    voices: dict[int, dict[int, Voice]] = {id: {} for id in ids}
    for voice in db.session.scalars(
        select(Voice).where(Voice.pact_id.in_(ids)).execution_options(populate_existing=True)
    ) if ids else ():  # fmt: skip
        voices[voice.pact_id][voice.person_id] = voice

    def of(kind: Kind, key: str) -> Standing:
        members = people[key]
        versions = [Standing(pact, voices[pact.id], members) for pact in pacts.get((kind, key), ())]
        newest, *earlier = versions or [Standing(people=members)]
        return replace(newest, earlier=tuple(earlier))

    return {(kind, key): of(kind, key) for kind in kinds for key in people}


def bar(visit: Visit) -> Message | None:
    """Why this person's team cannot hand in anything yet, or None. Four statements at most; none where a project is done alone."""
    settings: ProjectSettings = visit.settings
    if not settings.contract and settings.schools == 1:
        return None
    owner = visit.submissions.owner()
    if owner is None or owner.team is None:
        return None
    schools = {folded(member.school) for member in owner.team.members} - {""}
    if settings.schools > 1 and len(schools) < settings.schools:
        values = {"least": settings.schools, "now": len(schools)}
        return Message(mark("The team has to come from at least {least} schools; it comes from {now}."), values)
    if settings.contract and not standing(visit, owner, "contract").was_agreed:
        return Message(mark("First everybody of your team has to agree to the contract."))
    return None


def is_sealed(visit: Visit, kind: Kind) -> bool:
    """Whether marks rest on it already, so that the tutor alone may change it."""
    result = visit.result()
    return kind == "shares" and result is not None and result.completed


def _check_open(visit: Visit, kind: Kind) -> None:
    if is_sealed(visit, kind):
        raise BadInput(Message(mark("The marks are given already: whatever is to change, ask the tutor.")))


def standing(visit: Visit, owner: Owner, kind: Kind) -> Standing:
    """How far one owner is. Three statements."""
    return standings(visit, {owner.key: present(visit, owner)}, [kind])[kind, owner.key]


# ------------------------------------------------------------------------------------------- acting


def propose(
    visit: Visit, owner: Owner, kind: Kind, text: str, given: Mapping[int, str | int], seen: str
) -> None:  # fmt: skip
    """A new version, in force when everybody has agreed; whoever proposes it has. `given`: the role (contract) or the part (shares) of
    each present member; `seen` is the `token` the form was made from. Raises BadInput."""
    _check_open(visit, kind)
    pact = _write(visit, owner, kind, text, given, seen)
    mine = db.session.get(Voice, (pact.id, visit.person.id))
    if mine is not None:
        mine.stance, mine.at = "for", visit.now
    db.session.flush()
    sentences = {
        "contract": mark("{name} proposes a contract for your team in “{project}”: say whether you agree."),
        "shares": mark("{name} proposes how to share the work of your team in “{project}”: say whether you agree."),
    }
    others = [person for person in given if person != visit.person.id]
    visit.notify(others, _said(visit, sentences[kind]), f"{kind}/")


def decide(visit: Visit, owner: Owner, reason: str, given: Mapping[int, str | int], seen: str) -> None:
    """The tutor's word on how the work is shared, with a reason that the team reads. Raises BadInput."""
    if not reason.strip():
        raise BadInput(Message(mark("Give a reason: the team will read it.")))
    _write(visit, owner, "shares", reason, given, seen).decided = True
    db.session.flush()
    sentence = mark("The tutor has decided how the work of your team in “{project}” is shared: read why.")
    visit.notify(list(given), _said(visit, sentence), "shares/")


def _write(visit: Visit, owner: Owner, kind: Kind, text: str, given: Mapping[int, str | int], seen: str) -> Pact:
    found = standing(visit, owner, kind)
    text = text.replace("\r\n", "\n").strip()
    if seen != found.token:
        raise BadInput(
            Message(mark("There is a newer version meanwhile: open the page anew, and copy your text before."))
        )
    if len(found.earlier) + 1 >= MOST_VERSIONS:
        raise BadInput(
            Message(mark("There are {most} versions already: that is as many as may be."), {"most": MOST_VERSIONS})
        )
    if len(text) > TEXT_LENGTH:
        raise BadInput(Message(mark("The text may have at most {most} characters."), {"most": TEXT_LENGTH}))
    if kind == "contract":
        for one in missing(Asked(parts=visit.settings.contract), text, ()):
            raise BadInput(Message(one.text, one.params))
    if set(given) != set(found.people):
        raise BadInput(Message(mark("The team has other members meanwhile: open the page anew.")))
    for value in given.values():
        if isinstance(value, str) and len(value) > ROLE_LENGTH:
            raise BadInput(Message(mark("A role may have at most {most} characters."), {"most": ROLE_LENGTH}))
        if isinstance(value, int) and not 0 <= value <= MOST_PARTS:
            raise BadInput(Message(mark("A part is a whole number from 0 to {most}."), {"most": MOST_PARTS}))
    if kind == "shares" and not any(given.values()):
        raise BadInput(Message(mark("Somebody must have done a part of the work.")))
    pact = Pact(
        run_id=visit.run.id, block=visit.block.id, owner=owner.key, kind=kind,
        number=found.pact.number + 1 if found.pact else 1, text=text, html=render_untrusted(text),
        by_id=visit.person.id, at=visit.now, decided=False,
    )  # fmt: skip
    db.session.add(pact)
    db.session.flush()
    for person, value in given.items():
        role, part = (" ".join(value.split()), 0) if isinstance(value, str) else ("", value)
        db.session.add(Voice(pact_id=pact.id, person_id=person, role=role, part=part, stance="", words=""))
    return pact


def answer(visit: Visit, owner: Owner, kind: Kind, number: int, agrees: bool, words: str) -> None:
    """Say yes or no to the newest version; whoever says no says why, and tutors are told where it is about shares.

    Raises BadInput when there is a newer version, when it is decided already or when the reason is missing."""
    found = standing(visit, owner, kind)
    words = words.replace("\r\n", "\n").strip()
    if found.pact is None or found.pact.number != number:
        raise BadInput(Message(mark("There is a newer version meanwhile: read that one first.")))
    if found.pact.decided:
        raise BadInput(Message(mark("The tutor has decided about this already.")))
    _check_open(visit, kind)
    if not agrees and not words:
        raise BadInput(Message(mark("Say why you do not agree: the others will read it.")))
    if len(words) > WORDS_LENGTH:
        raise BadInput(Message(mark("The reason may have at most {most} characters."), {"most": WORDS_LENGTH}))
    mine = found.voices.get(visit.person.id)
    if mine is None:  # somebody who came later
        mine = Voice(pact_id=found.pact.id, person_id=visit.person.id, role="", part=0)
        db.session.add(mine)
    mine.stance, mine.words, mine.at = ("for", "", visit.now) if agrees else ("against", words, visit.now)
    db.session.flush()
    if agrees:
        return
    others = [person for person in found.people if person != visit.person.id]
    visit.notify(others, _said(visit, mark("{name} does not agree in “{project}”: read why.")), f"{kind}/")
    if kind == "shares":
        sentence = mark("A team does not agree how the work in “{project}” is shared: please decide.")
        visit.notify(
            [tutor.id for tutor in visit.people("tutor")], _said(visit, sentence),
            f"owners/{owner.key.replace(':', '/')}/",
        )  # fmt: skip


def _said(visit: Visit, sentence: str) -> Message:
    values = {"name": visit.person.short_name, "project": visit.block.title}
    return Message(sentence, {name: value for name, value in values.items() if f"{{{name}}}" in sentence})
