"""What the core's own tables hold about a person, and what becomes of it when the account goes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import delete, func, select, update

from lms.db import db
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment
from lms.i18n import Message, gettext, ngettext, speaking
from lms.people import sessions
from lms.people.models import Consent, Person, SignIn, Token
from lms.plugin import PersonalData, Site
from lms.progress.models import Kept, ResultHistory, ResultRecord
from lms.publishing.models import CourseRecord, Revision, RunMove, RunRecord
from lms.site import Site as RunningSite


def run_names() -> dict[int, str]:
    """How each run is named in addresses, by id."""
    rows = db.session.execute(
        select(RunRecord.id, CourseRecord.slug, RunRecord.slug.label("run")).join(
            CourseRecord, CourseRecord.id == RunRecord.course_id
        )
    )
    return {row.id: f"{row.slug}@{row.run}" for row in rows}


def _of(table: Any, person_id: int, *order: Any) -> Sequence[Any]:
    return db.session.execute(select(table).where(table.person_id == person_id).order_by(*order)).scalars().all()


class ProgressData(PersonalData):
    """Results, how they came about, and the small answers that activities keep."""

    name = "progress"
    tables = ("result", "result_history", "kept")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Present results, every earlier one, and answers, by course."""
        runs = run_names()
        results = _of(ResultRecord, person_id, ResultRecord.run_id, ResultRecord.item)
        history = _of(ResultHistory, person_id, ResultHistory.id)
        kept = _of(Kept, person_id, Kept.run_id, Kept.block, Kept.name)
        return {
            "results": [self._result(runs, row, row.updated_at) for row in results],
            "history": [self._result(runs, row, row.at) for row in history],
            "answers": [
                {
                    "course": runs[row.run_id],
                    "activity": row.block,
                    "answer": json.loads(row.value),
                    "at": row.updated_at,
                }
                for row in kept
                if row.name == "answer"
            ],
        }

    def _result(self, runs: Mapping[int, str], row: Any, at: Any) -> dict[str, Any]:
        explanation = str(Message.from_json(json.loads(row.explanation))) if row.explanation else ""
        return {
            "course": runs[row.run_id], "item": row.item, "state": row.state, "completed": row.completed,
            "success": row.success, "points": row.points, "of": row.max_points, "explanation": explanation, "at": at,
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Results, history and answers go; who marked others' work is forgotten, the marks stay."""
        count = db.session.execute(
            select(func.count()).select_from(ResultRecord).where(ResultRecord.person_id == person_id)
        ).scalar_one()
        for table in (ResultRecord, ResultHistory, Kept):
            db.session.execute(delete(table).where(table.person_id == person_id))
        db.session.execute(update(ResultHistory).where(ResultHistory.by == person_id).values(by=None))
        if not count:
            return []
        return [ngettext("{n} result was removed.", "{n} results were removed.", count)]


class EnrolmentData(PersonalData):
    """Which runs a person is or was in, and which runs and revisions they made."""

    name = "enrolment"
    tables = ("enrolment", "run", "revision", "run_move")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Places in runs, and what was opened and published."""
        runs = run_names()
        found = _of(Enrolment, person_id, Enrolment.id)
        published = db.session.execute(
            select(CourseRecord.slug, Revision.number, Revision.created_at)
            .join(CourseRecord, CourseRecord.id == Revision.course_id)
            .where(Revision.created_by == person_id)
            .order_by(Revision.id)
        )
        opened = db.session.execute(
            select(RunRecord).where(RunRecord.created_by == person_id).order_by(RunRecord.id)
        ).scalars()
        moved = db.session.execute(select(RunMove).where(RunMove.by == person_id).order_by(RunMove.id)).scalars()
        return {
            "places": [
                {
                    "course": runs[row.run_id], "role": row.role, "state": row.state, "since": row.created_at,
                    "changed_at": row.changed_at, "completed_at": row.completed_at,
                }
                for row in found
            ],
            "runs_opened": [{"course": runs[row.id], "at": row.created_at} for row in opened],
            "runs_moved": [{"course": runs[row.run_id], "at": row.at} for row in moved],
            "revisions_published": [
                {"course": row.slug, "number": row.number, "at": row.created_at} for row in published
            ],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """The person leaves every run. Their places stay as bare numbers of nobody, so that counts and the register
        stay true."""
        running = cast(RunningSite, site)
        places = db.session.execute(
            select(Enrolment.run_id).where(
                Enrolment.person_id == person_id, Enrolment.state.in_(("active", "requested", "waiting"))
            )
        ).scalars()
        left = list(places)
        for run_id in left:
            enrolment.withdraw(running, run_id, person_id, quietly=True)
        for table in (RunRecord, Revision):
            db.session.execute(update(table).where(table.created_by == person_id).values(created_by=None))
        db.session.execute(update(RunMove).where(RunMove.by == person_id).values(by=None))
        return [ngettext("Left {n} course.", "Left {n} courses.", len(left))] if left else []


class PeopleData(PersonalData):
    """The account itself, its sessions, links and consents. It goes last: the other parts may need to know who is
    meant."""

    name = "account"
    tables = ("person", "sign_in", "token", "consent", "erasure")

    def export(self, site: Site, person_id: int) -> Mapping[str, Any]:
        """Everything but the secrets."""
        person = db.session.get_one(Person, person_id)
        devices = _of(SignIn, person_id, SignIn.created_at, SignIn.hash)
        links = _of(Token, person_id, Token.created_at, Token.hash)
        consents = _of(Consent, person_id, Consent.id)
        return {
            "email": person.email, "surname": person.surname, "name": person.given_name,
            "patronymic": person.patronymic,
            "language": person.language, "timezone": person.timezone, "theme": person.theme, "admin": person.is_admin,
            "author": person.is_author, "created_at": person.created_at, "confirmed_at": person.confirmed_at,
            "letters_not_wanted": person.mail_off.split(),
            "sessions": [{"browser": row.agent, "since": row.created_at, "last_used": row.seen_at} for row in devices],
            "links": [{"purpose": row.purpose, "made": row.created_at, "used": row.used_at} for row in links],
            "consents": [{"edition": row.edition, "language": row.language, "at": row.at} for row in consents],
        }  # fmt: skip

    def erase(self, site: Site, person_id: int) -> Sequence[str]:
        """Names, address and settings go; the row stays as nobody, because others' work points to it."""
        running = cast(RunningSite, site)
        person = db.session.get_one(Person, person_id)
        sessions.end_all(person_id)
        for table in (Token, Consent):
            db.session.execute(delete(table).where(table.person_id == person_id))
        with speaking(running.config.language):
            nobody = gettext("Deleted account")
        person.email = person.email_key = f"erased-{person_id}@invalid"
        person.password_hash = person.given_name = person.patronymic = person.mail_off = ""
        person.surname = nobody
        person.language, person.timezone, person.theme = running.config.language, running.config.timezone, "auto"
        person.is_admin = person.is_author = False
        person.confirmed_at = None
        person.erased_at = site.now()
        db.session.flush()
        return [gettext("Name, address, password and settings were removed; every session was ended.")]


PARTS = (ProgressData(), EnrolmentData(), PeopleData())
