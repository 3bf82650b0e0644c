"""Enrolling a whole list: every row is done or named with what is wrong, and nothing is done by halves."""

from dataclasses import dataclass

from lms.db import db
from lms.enrolment import roster
from lms.enrolment.service import enrol, state_of, title_of
from lms.people import rules as people_rules
from lms.people.service import MAIL_FAULTS, NAME_FAULTS, create_person, find_person, invite
from lms.plugin import Actor, BadInput, Message, mark
from lms.site import Site

UNREADABLE = {
    "text": mark("This is not a text file with a list. Save the table as CSV and choose that file."),
    "empty": mark("There is nobody in this file."),
    "long": mark("The list is too long: at most 2000 people at once. Divide it."),
    "columns": mark("The first line names the columns, but none of them is the e-mail."),
}
FAULTS = {
    "columns": mark("There are more cells in this line than columns."),
    "role": mark("There is no role “{role}”: write learner or tutor."),
    "twice": mark("This address stands in the list already."),
}
DONE = {
    "enrolled": mark("Enrolled"),
    "invited": mark("Enrolled; a letter with a link to set a password is on its way"),
    "waiting": mark("On the waiting list: every seat is taken"),
    "changed": mark("Has the new role"),
    "same": mark("Was enrolled already"),
}


@dataclass(frozen=True)
class ImportRow:
    """What became of one line. `outcome`: enrolled, invited, waiting, changed, same or wrong."""

    line: int
    who: str
    outcome: str
    text: Message


@dataclass(frozen=True)
class ImportReport:
    """What became of a list. `kept`: whether anything was done; with all-or-nothing one wrong row undoes the rest."""

    rows: tuple[ImportRow, ...]
    kept: bool

    @property
    def wrong(self) -> tuple[ImportRow, ...]:
        """The rows that need correcting."""
        return tuple(row for row in self.rows if row.outcome == "wrong")

    @property
    def done(self) -> tuple[ImportRow, ...]:
        """The rows that are, or would have been, done."""
        return tuple(row for row in self.rows if row.outcome != "wrong")


def import_csv(site: Site, run_id: int, data: bytes, by: Actor, all_or_nothing: bool) -> ImportReport:
    """Enrol everybody on a list; people without an account get one, and a letter. Raises BadInput when the file
    cannot be read."""
    try:
        rows = roster.read(data)
    except roster.Unreadable as error:
        raise BadInput(Message(UNREADABLE[str(error)])) from None
    course = title_of(run_id)
    found = []
    with db.session.begin_nested() as whole:
        for row in rows:
            try:
                with db.session.begin_nested():
                    outcome = _import(site, run_id, row, by, course)
                text = Message(DONE[outcome])
            except BadInput as error:
                outcome, text = "wrong", error.message
            name = " ".join(part for part in (row.surname, row.given_name, row.patronymic) if part)
            found.append(ImportRow(row.line, row.email or name, outcome, text))
        kept = not (all_or_nothing and any(row.outcome == "wrong" for row in found))
        if not kept:
            whole.rollback()
    return ImportReport(tuple(found), kept)


def _import(site: Site, run_id: int, row: roster.Row, by: Actor, course: str) -> str:
    if row.fault:
        raise BadInput(Message(FAULTS[row.fault], {"role": row.role} if row.fault == "role" else {}))
    if fault := people_rules.mail_fault(row.email):
        raise BadInput(Message(MAIL_FAULTS[fault]))
    person = find_person(row.email)
    if person is not None:
        before = state_of(run_id, person.id)
        role_before = before[1]
        state = enrol(site, run_id, person.id, row.role, by)
        if before[0] == "active":
            return "same" if role_before == row.role else "changed"
        return "waiting" if state == "waiting" else "enrolled"
    names = [people_rules.clean_name(name) for name in (row.surname, row.given_name, row.patronymic)]
    if not names[0] or not names[1]:
        raise BadInput(Message(mark("There is no account with this address: a new one needs a surname and a name.")))
    for name in filter(None, names):
        if fault := people_rules.name_fault(name):
            raise BadInput(Message(mark("{name}: {fault}"), {"name": name, "fault": Message(NAME_FAULTS[fault])}))
    id = create_person(site, row.email, *names)
    state = enrol(site, run_id, id, row.role)
    invite(site, id, course)
    return "waiting" if state == "waiting" else "invited"
