"""Three hundred people in one workshop: pages need as many statements as for twelve, and stay small enough for a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from lms.allocation.models import AllocationPair
from lms.db import db
from lms.enrolment.place import find_run
from lms.testing import Stage
from lms_workshop.models import Work
from tests.suite.great import BLOCK, LESSON, PEOPLE, crowd, lived
from tests.suite.world import Caller

FEW = 12
LARGEST = 100_000
"""Bytes of a page without its pictures, at most."""

TUTOR = (
    "", "module/lesson/", "people", "group", "gradebook", "gradebook?all=1", "{own}", "{own}marking/", "{own}forecast/", "{own}appeals/",
    "{own}works/{work}/", "{own}people/{person}/work/", "{own}people/{person}/review/working/", f"allocation/{BLOCK}",
    f"allocation/{BLOCK}/repair", f"origins/{BLOCK}", f"phases/{BLOCK}",
)  # fmt: skip
LEARNER = (
    "", "module/lesson/", "{own}", "{own}reviews/{number}/", "{own}marks/work/", "{own}marks/review/", "conflicts", "grades",
    f"phases/{BLOCK}",
)  # fmt: skip
LONG = {"people", "gradebook?all=1", f"origins/{BLOCK}"}
"""Pages that are asked for with everybody on them."""


@dataclass
class Great:
    """A run with the workshop, and what its addresses need."""

    base: str
    values: dict[str, Any]
    learner: Caller
    tutor: Caller

    @classmethod
    def of(cls, stage: Stage, course: str, size: int, phase: str) -> "Great":
        """So many people who have come to this phase."""
        slug = f"of-{size}-{phase}"
        run = stage.run(course, slug)
        tutor = stage.person(f"Ведущая{run}")
        stage.enrol(run, tutor, role="tutor")
        people = crowd(stage.site, run, size)
        db.session.commit()
        found = find_run(f"{course}@{slug}")
        assert found is not None
        lived(stage.site, found, people, phase)
        reviewed = select(AllocationPair.subject).where(
            AllocationPair.run_id == run, AllocationPair.reviewer_id == people[0]
        )
        subject = db.session.scalars(reviewed).first()
        assert subject is not None
        number = db.session.scalar(select(Work.number).where(Work.id == int(subject.removeprefix("work:"))))
        work = db.session.scalars(select(Work.id).where(Work.run_id == run).order_by(Work.id)).first()
        values = {"own": f"activities/{BLOCK}/", "number": number, "work": work, "person": people[1]}
        db.session.rollback()
        return cls(f"/courses/{course}@{slug}/", values, Caller(stage, people[0]), Caller(stage, tutor))


@pytest.fixture(scope="module")
def site(sites: Any) -> Iterator[tuple[Stage, str]]:
    with sites() as stage:
        yield stage, stage.course(lesson=LESSON)


@pytest.mark.parametrize("phase", ["review", "closed"])
def test_pages_need_as_many_statements_for_300_people_as_for_12(site: tuple[Stage, str], phase: str) -> None:
    stage, course = site
    few, many = (Great.of(stage, course, size, phase) for size in (FEW, PEOPLE))
    wrong, counted = [], 0
    for role, paths in (("tutor", TUTOR), ("learner", LEARNER)):
        for path in paths:
            counts, sizes = [], []
            for group in (few, many):
                caller, address = getattr(group, role), group.base + path.format(**group.values)
                answer = caller.send("GET", address)
                with stage.statements() as found:
                    answer = caller.send("GET", address)
                if answer.status_code == 200:
                    counts.append(len(found))
                    sizes.append(len(answer.get_data()))
            counted += len(counts) == 2
            if len(set(counts)) > 1 or max(counts, default=0) > 16:
                wrong.append(f"{path} as {role}: {counts} statements")
            if path not in LONG and max(sizes, default=0) > LARGEST:
                wrong.append(f"{path} as {role}: {sizes} bytes")
    assert not wrong, "\n".join(wrong)
    assert counted >= 22  # what is not there in this phase answers with an error, and is not counted
