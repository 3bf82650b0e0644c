"""What people do with a project: find a team, hand in, give back, accept. Whoever calls has been let in by a policy."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from courses.text import UNTRUSTED_LIMIT, render_untrusted
from lms.plugin import BadInput, Message, Visit, db, mark
from lms_project import results, rules, store
from lms_project.format import ProjectSettings
from lms_project.models import HandIn, MoreTime
from lms_project.store import Owner

FEEDBACK_LENGTH = 10_000

BARS: Mapping[str, str] = {
    "accepted": mark("This stage is accepted: nothing more is to be handed in."),
    "waiting": mark("The work is handed in and waits for the tutor. It can be changed if the tutor gives it back."),
    "earlier": mark("First hand in the stage before this one."),
    "closed": mark("This stage is over, and late works are not accepted."),
}


class Gone(Exception):
    """There is no such thing for this person."""


# ------------------------------------------------------------------------------------------- teams


def create_team(visit: Visit, name: str) -> None:
    """Make a team with this person in it. Raises BadInput."""
    visit.lock()
    _check_free(visit)
    team = visit.teams.create(name, visit.person.id)
    _move_drafts(visit, store.person_key(visit.person.id), store.team_key(team.id))
    results.settle(visit, store.owner_of_team(team))


def join_team(visit: Visit, team_id: int) -> None:
    """Put this person into a team that has handed in nothing yet. Raises BadInput; Gone for a team of another place."""
    visit.lock()
    _check_free(visit)
    if not any(team.id == team_id for team in visit.teams.all()):
        raise Gone
    _check_unsent(visit, store.team_key(team_id))
    team = visit.teams.join(team_id, visit.person.id, visit.settings.team_most)
    _move_drafts(visit, store.person_key(visit.person.id), store.team_key(team_id))
    results.settle(visit, store.owner_of_team(team))


def leave_team(visit: Visit) -> None:
    """Take this person out of their team, before it has handed in anything. Raises BadInput."""
    visit.lock()
    team = visit.teams.of(visit.person.id)
    if team is None:
        raise BadInput(Message(mark("You are in no team.")))
    _check_unsent(visit, store.team_key(team.id))
    visit.teams.leave(visit.person.id)
    if len(team.members) == 1:
        # what the last one has begun goes with them, for the team is no more
        _move_drafts(visit, store.team_key(team.id), store.person_key(visit.person.id))
    visit.save_answer(store.Standing())


def _check_free(visit: Visit) -> None:
    if visit.settings.team_most == 1:
        raise Gone
    _check_unsent(visit, store.person_key(visit.person.id))


def _check_unsent(visit: Visit, key: str) -> None:
    if any(line.state != "draft" for line in store.lines(visit, key)):
        raise BadInput(Message(mark("Something was handed in already: the team stays as it is. Ask the tutor.")))


def _move_drafts(visit: Visit, source: str, target: str) -> None:
    taken = {line.stage for line in store.lines(visit, target)}
    for line in store.lines(visit, source):
        if line.state == "draft" and line.stage not in taken:
            db.session.execute(update(HandIn).where(HandIn.id == line.id).values(owner=target))


# ------------------------------------------------------------------------------------------- handing in


def token(versions: Sequence[HandIn]) -> str:
    """What a form was made from: the version and how often it had been changed."""
    if versions and versions[-1].state == "draft":
        return f"{versions[-1].number}.{versions[-1].edits}"
    return f"{len(versions) + 1}.0"


def save(
    visit: Visit, stage_id: str, text: str, uploads: Sequence[FileStorage], seen: str, hand_in: bool
) -> None:  # fmt: skip
    """Keep the draft of a stage, and hand it in if so. `seen` is the `token` the form was made from.

    Raises BadInput when it is not the time, when nothing or too much is handed in, or when somebody else of the team has
    changed it meanwhile; Gone when there is no such stage.
    """
    visit.lock()
    owner, rule, versions = _to_write(visit, stage_id)
    settings: ProjectSettings = visit.settings
    if seen != token(versions):
        raise BadInput(
            Message(
                mark(
                    "This work was changed meanwhile, by your team or in another window. Copy your text, open the page anew "
                    "and bring the two together."
                )
            )
        )
    text = text.replace("\r\n", "\n").strip()
    if len(text) > UNTRUSTED_LIMIT:
        values = {"length": len(text), "most": UNTRUSTED_LIMIT}
        raise BadInput(Message(mark("The text has {length} characters, at most {most} are accepted."), values))
    uploads = [upload for upload in uploads if upload.filename]
    found = _draft(visit, owner, stage_id, versions)
    kept = store.file_ids(found)
    if len(kept) + len(uploads) > settings.files:
        raise BadInput(Message(mark("A work has at most {most} files."), {"most": settings.files}))
    found.text, found.html = text, render_untrusted(text)
    found.author_id, found.changed_at, found.edits = visit.person.id, visit.now, found.edits + 1
    db.session.flush()
    kept += [visit.files.save(upload, store.purpose(found.id)).id for upload in uploads]
    found.files = json.dumps(kept)
    if hand_in:
        if not text and not kept:
            raise BadInput(Message(mark("Write the work here or attach a file.")))
        if len(owner.people) < settings.team_least:
            values = {"now": len(owner.people), "least": settings.team_least}
            raise BadInput(
                Message(mark("The team has too few members: {now} instead of at least {least}."), values)
            )  # fmt: skip
        found.state, found.handed_in_at = "waiting", visit.now
        found.late = versions[0].late if versions and versions[0] is not found else rules.is_late(rule, visit.now)
    db.session.flush()
    results.settle(visit, owner)
    if hand_in:
        others = [person for person in owner.people if person != visit.person.id]
        sentence = mark("{name} has handed in “{stage}” for the team.")
        visit.notify(
            others, Message(sentence, {"name": visit.person.short_name, "stage": rule.title}), f"stages/{stage_id}/"
        )


def remove_file(visit: Visit, stage_id: str, file_id: int) -> None:
    """Take a file out of the draft; in earlier versions it stays. Raises BadInput, Gone."""
    visit.lock()
    owner, _, versions = _to_write(visit, stage_id)
    # something may be taken out only of what is there: without a draft that is what was given back
    found = _draft(visit, owner, stage_id, versions)
    kept = store.file_ids(found)
    if file_id not in kept:
        raise Gone
    found.files = json.dumps([id for id in kept if id != file_id])
    found.edits, found.changed_at = found.edits + 1, visit.now
    visit.files.remove(file_id, store.purpose(found.id))
    db.session.flush()
    results.settle(visit, owner)


def _to_write(visit: Visit, stage_id: str) -> tuple[Owner, rules.StageRule, Sequence[HandIn]]:
    """Whose work of which stage this person may change now, with its versions."""
    if visit.settings.stage(stage_id) is None:
        raise Gone
    owner = store.my_owner(visit)
    if owner is None:
        raise BadInput(Message(mark("This project is done in teams: make or join one first.")))
    stages = store.rules_of(visit, owner)
    rule = next(stage for stage in stages if stage.id == stage_id)
    bar = rules.barred(stages, store.steps_of(store.lines(visit, owner.key)), rule, visit.now)
    if bar:
        raise BadInput(Message(BARS[bar]))
    return owner, rule, store.versions(visit, owner.key, stage_id)


def _draft(visit: Visit, owner: Owner, stage_id: str, versions: Sequence[HandIn]) -> HandIn:
    """The version that may be changed: the draft, or a new one that begins with what was given back."""
    last = versions[-1] if versions else None
    if last is not None and last.state == "draft":
        return last
    found = HandIn(
        run_id=visit.run.id, block=visit.block.id, owner=owner.key, stage=stage_id, number=len(versions) + 1,
        state="draft", author_id=visit.person.id, text=last.text if last else "", html=last.html if last else "",
        files=last.files if last else "[]", edits=0, late=False, changed_at=visit.now, feedback="",
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    return found


# ------------------------------------------------------------------------------------------- answering


def answer_token(found: HandIn) -> str:
    """What a tutor's form was made from: the latest answer."""
    return found.answered_at.isoformat() if found.answered_at else ""


def accept(visit: Visit, handin_id: int, feedback: str, seen: str) -> None:
    """Accept a work; that of the final stage with the marking form that was sent, where there are criteria.

    An accepted work may be marked anew. Raises BadInput for an incomplete form or when another tutor was faster, Gone.
    """
    visit.lock()
    found = _to_answer(visit, handin_id, seen)
    settings: ProjectSettings = visit.settings
    if settings.form is not None and found.stage == settings.final.id:
        criteria = visit.assessments.begin(settings.form)
        values, comments, feedback = visit.assessments.read(criteria)
        visit.assessments.save(store.subject(found.id), criteria, values, comments, feedback, visit.person.id, "tutor")
    take(visit, found, feedback)


def take(visit: Visit, found: HandIn, feedback: str) -> None:
    """Write down that a work is accepted, after its marking form was stored, and tell its people."""
    _answer(visit, found, "accepted", feedback)
    _tell(visit, found, mark("“{stage}” of “{project}” is accepted."))


def give_back(visit: Visit, handin_id: int, feedback: str, seen: str) -> None:
    """Give a work back to be changed; what to change has to be said. Points given so far are kept as a draft.

    Raises BadInput without words or when another tutor was faster, Gone.
    """
    visit.lock()
    found = _to_answer(visit, handin_id, seen)
    settings: ProjectSettings = visit.settings
    if settings.form is not None and found.stage == settings.final.id:
        criteria = visit.assessments.begin(settings.form)
        values, comments, feedback = visit.assessments.read(criteria, complete=False)
        visit.assessments.save(
            store.subject(found.id), criteria, values, comments, feedback, visit.person.id, "tutor", done=False
        )
    if not feedback.strip():
        raise BadInput(Message(mark("Say what is to be changed: the author will read it.")))
    _answer(visit, found, "returned", feedback)
    _tell(visit, found, mark("“{stage}” of “{project}” was given back to be changed: read why."))


def _to_answer(visit: Visit, handin_id: int, seen: str) -> HandIn:
    found = store.handed_in(visit, handin_id)
    if found is None:
        raise Gone
    later = select(HandIn.id).where(
        HandIn.run_id == found.run_id, HandIn.block == found.block, HandIn.owner == found.owner,
        HandIn.stage == found.stage, HandIn.number > found.number,
    )  # fmt: skip
    if db.session.execute(later).first() is not None:
        raise BadInput(Message(mark("A newer version is being written: answer that one when it is handed in.")))
    if answer_token(found) != seen:
        raise BadInput(
            Message(mark("Somebody has answered this work meanwhile. Open the page anew to see the answer."))
        )
    return found


def _answer(visit: Visit, found: HandIn, state: str, feedback: str) -> None:
    feedback = feedback.replace("\r\n", "\n").strip()
    if len(feedback) > FEEDBACK_LENGTH:
        raise BadInput(Message(mark("The answer may have at most {most} characters."), {"most": FEEDBACK_LENGTH}))
    found.state, found.feedback = state, feedback
    found.answered_at, found.answered_by = visit.now, visit.person.id
    db.session.flush()
    results.settle(visit, store.owner_of(visit, found.owner))


def _tell(visit: Visit, found: HandIn, sentence: str) -> None:
    stage = visit.settings.stage(found.stage)
    owner = store.owner_of(visit, found.owner)
    values = {"stage": stage.title if stage else found.stage, "project": visit.block.title}
    visit.notify(owner.people, Message(sentence, values), f"stages/{found.stage}/")


def give_time(visit: Visit, key: str, stage_id: str, until: datetime | None) -> None:
    """Give an owner time for a stage until this instant, later than it is due; None takes it back.

    Raises BadInput for an instant that gives nothing, Gone for somebody or something that is not there.
    """
    visit.lock()
    stage = next((stage for stage in store.stage_rules(visit) if stage.id == stage_id), None)
    owner = store.owner_of(visit, key)
    active = {member.id for member in visit.people()}
    if stage is None or stage.due is None or not active & set(owner.people):
        raise Gone
    if until is not None and until <= max(stage.due, visit.now):
        raise BadInput(Message(mark("Choose a moment that is ahead, and later than the stage is due.")))
    found = db.session.get(MoreTime, (visit.run.id, visit.block.id, key, stage_id))
    if until is None:
        if found is not None:
            db.session.delete(found)
    else:
        if found is None:
            found = MoreTime(run_id=visit.run.id, block=visit.block.id, owner=key, stage=stage_id)
            db.session.add(found)
        found.until, found.by_id, found.at = until, visit.person.id, visit.now
    db.session.flush()
    results.settle(visit, owner)
    if until is not None:
        sentence = mark("You have more time for “{stage}” of “{project}”.")
        values = {"stage": stage.title, "project": visit.block.title}
        visit.notify(owner.people, Message(sentence, values), f"stages/{stage_id}/")
