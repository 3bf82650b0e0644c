"""A workshop of three hundred people, made by what people do there: for counting statements, and for the benchmark."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert, select

from lms.criteria.models import AssessmentRecord
from lms.db import db, writing
from lms.enrolment.models import Enrolment
from lms.enrolment.place import Place
from lms.i18n import speaking, use_catalogues
from lms.people.models import Person
from lms.plugin import Actor, Demo, Run
from lms.site import Site
from lms.submissions.models import SubmissionRecord
from lms.visit import RunVisit
from lms_workshop import stages
from lms_workshop.models import Work

PEOPLE = 300
BLOCK = "great"
LESSON = f"""Текст урока.

:::{{workshop}} Общая мастерская
---
id: {BLOCK}
reviewers: 3
appeals: 30
---
Напишите сценарий.

| Критерий | Баллы | Описание |
|---|---|---|
| Ясность | 10 | Понятно ли? |
| Польза | 0 нет; 3 отчасти; 5 да | Пригодится ли? |
| Смелость | 5 | Новое ли это? |
:::
"""


def crowd(site: Site, run_id: int, size: int) -> list[int]:
    """So many people with accounts, learners of the run; their ids."""
    now, names = site.now(), [f"Участница{run_id}-{number:03}" for number in range(size)]
    people = [
        {"email": f"{n}@many.example", "email_key": f"{n}@many.example", "password_hash": "", "surname": n,
         "given_name": "Анна", "patronymic": "Петровна", "language": "ru", "timezone": "Europe/Moscow", "theme": "auto",
         "created_at": now, "is_admin": False, "is_author": False, "mail_off": "activity"}
        for n in names
    ]  # fmt: skip
    db.session.execute(insert(Person), people)
    found = db.session.scalars(select(Person.id).where(Person.surname.in_(names)).order_by(Person.id)).all()
    enrolled = {"run_id": run_id, "role": "learner", "state": "active", "created_at": now, "changed_at": now}
    db.session.execute(insert(Enrolment), [{**enrolled, "person_id": person} for person in found])
    return list(found)


def lived(site: Site, run: Run, people: Sequence[int], until: str = "closed") -> None:
    """Everybody has handed in and, from reviewing on, reviewed; the tutor has moved the workshop to this phase.

    The first of them does it as people do; what that left behind is copied for the others, for three hundred would take minutes."""
    demo: Demo = next(one for one in site.of(Demo) if one.kind == "workshop")  # type: ignore[type-abstract]
    first = people[0]
    with _at(site, run, 0, "tutor") as visit:
        visit.phases.move("submission")
    with _at(site, run, first, "learner") as visit:
        demo.take_part(visit)
    here = (SubmissionRecord.run_id == run.id, SubmissionRecord.block == BLOCK)
    _copied(SubmissionRecord, here, [{"owner": f"person:{id}", "author_id": id} for id in people[1:]])
    _copied(Work, (Work.run_id == run.id, Work.block == BLOCK), [{"owner": f"person:{id}"} for id in people[1:]])
    db.session.commit()
    for phase in ("review", "evaluation", "closed"):
        with _at(site, run, 0, "tutor") as visit:
            visit.phases.move(phase)
        if phase == "review":
            for _ in range(3):  # one review an evening
                with _at(site, run, first, "learner") as visit:
                    demo.take_part(visit)
            with _at(site, run, 0, "tutor") as visit:
                _reviewed(run, [(one.subject, one.reviewer_id) for one in visit.allocation.reviews()], first)
                stages.restand(visit, people)
        if phase == until:
            return


def _reviewed(run: Run, pairs: Sequence[tuple[str, int]], first: int) -> None:
    """The forms of the first reviewer for all others too, in turn, so that works differ."""
    here = (AssessmentRecord.run_id == run.id, AssessmentRecord.block == BLOCK)
    for turn in range(3):
        others = [pair for pair in pairs if pair[1] != first][turn::3]
        copies = [{"subject": subject, "assessor_id": reviewer} for subject, reviewer in others]
        _copied(AssessmentRecord, (*here, AssessmentRecord.assessor_id == first), copies, turn)


def _copied(kind: Any, where: Sequence[Any], copies: Sequence[Mapping[str, Any]], place: int = 0) -> None:
    """The row at this place once more for each of `copies`, with what is said there."""
    table = kind.__table__
    row = db.session.execute(select(table).where(*where).order_by(table.c.id)).mappings().all()[place]
    whole = {name: value for name, value in row.items() if name != "id"}
    db.session.execute(insert(table), [{**whole, **copy} for copy in copies])


@contextmanager
def _at(site: Site, run: Run, person: int, role: str) -> Iterator[Any]:
    """A visit of somebody to the workshop, committed at the end."""
    use_catalogues(site.catalogues)
    with speaking("ru"), writing(True):
        visit = RunVisit(site, Actor(person, surname="Участница"), Place(run, role, 0))
        yield visit.at_block(visit.course.block(BLOCK))
        db.session.commit()
