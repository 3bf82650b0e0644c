"""The defence of a work: each member of a commission marks it by criteria, and the minutes say what was asked and answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.criteria import Criteria
from courses.text import render_untrusted
from lms.plugin import Assessment, BadInput, Message, Owner, Visit, db, mark
from lms_project.models import Minutes

FORM = "defence"
"""How the marking form of defences is told from that of works."""
MINUTES_LENGTH = 20_000
NOTHING = mark("There is nothing to defend yet: the work of the last stage is not handed in.")


def subject(key: str) -> str:
    """How marking forms name the defence of an owner."""
    return f"defence:{key}"


@dataclass(frozen=True)
class Defended:
    """A defence: finished marking forms of the commission, oldest first, and how many are `needed`."""

    forms: Sequence[Assessment] = ()
    needed: int = 1

    @property
    def share(self) -> float | None:
        """The mean of the commission; None until enough have marked it."""
        shares = [form.share for form in self.forms if form.share is not None]
        return sum(shares) / len(shares) if len(shares) >= self.needed else None


def defended(visit: Visit, keys: Sequence[str]) -> Mapping[str, Defended]:
    """The defences of these owners. One statement, none where a project has no defence."""
    options = visit.settings.defence
    if options is None:
        return {}
    found: dict[str, list[Assessment]] = {subject(key): [] for key in keys}
    for form in visit.assessments.of(list(found), "tutor"):
        if form.done_at is not None:
            found[form.subject].append(form)
    return {key: Defended(tuple(found[subject(key)]), options.assessors) for key in keys}


def criteria(visit: Visit) -> Criteria:
    """The form in use."""
    return visit.assessments.in_use(visit.settings.defence.criteria, FORM)


def assess(visit: Visit, owner: Owner) -> None:
    """Keep this person's form for the defence as it was sent. Raises BadInput for one that is not complete, and when the work that is
    to be defended is not handed in yet."""
    visit.lock()
    final = visit.settings.final.id
    steps = visit.submissions.steps(owner.key).get(owner.key, {})
    if final not in steps or steps[final].state in ("open", "draft"):
        raise BadInput(Message(NOTHING))
    form = visit.assessments.begin(visit.settings.defence.criteria, FORM)
    values, comments, comment = visit.assessments.read(form)
    visit.assessments.save(subject(owner.key), form, values, comments, comment, visit.person.id, "tutor")


def minutes(visit: Visit, key: str) -> Minutes | None:
    """What was written down at a defence. One statement."""
    return db.session.get(Minutes, (visit.run.id, visit.block.id, key), populate_existing=True)


def write_minutes(visit: Visit, owner: Owner, text: str, seen: str) -> None:
    """Keep the minutes; `seen` is the number of changes they had when the form was made. Raises BadInput."""
    visit.lock("minutes")
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MINUTES_LENGTH:
        raise BadInput(Message(mark("The text may have at most {most} characters."), {"most": MINUTES_LENGTH}))
    found = minutes(visit, owner.key)
    if seen != str(found.edits if found else 0):
        raise BadInput(
            Message(mark("Somebody has changed the minutes meanwhile: copy your text and open the page anew."))
        )
    if found is None:
        found = Minutes(run_id=visit.run.id, block=visit.block.id, owner=owner.key, edits=0)
        db.session.add(found)
    found.text, found.html, found.edits = text, render_untrusted(text), found.edits + 1
    found.by_id, found.at = visit.person.id, visit.now
    db.session.flush()
