"""Many at once, on both databases: works are handed out once, and a work handed in at the last moment is never lost between."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import String, cast, func, insert, literal, select

from lms.allocation.models import AllocationPair
from lms.plugin import db
from lms.submissions.models import SubmissionRecord
from lms_workshop.models import Work

REVIEWERS = 3
PEOPLE = 60
OPTIONS = f"""reviewers: {REVIEWERS}
phases:
  submission: {{closes: day 2}}
  review: {{opens: day 3}}
"""


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of it at the same moment; what each gave, in order."""
    barrier = Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def act(place: int) -> None:
        barrier.wait()
        found[place] = acts[place]()

    threads = [Thread(target=act, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def poster(browser: Any, path: str, **data: str) -> Callable[[], int]:
    """A form ready to be sent; gives the status."""
    whole = {"csrf_token": browser.token(), **data}
    return lambda: int(browser.client.post(path, data=whole).status_code)


def ticker(stage: Any) -> Callable[[], None]:
    """The scheduled job, as another process would run it."""

    def act() -> None:
        from lms.notices.tick import tick

        with stage.app.app_context():
            tick(stage.site)
            db.session.remove()

    return act


def crowd(room: Any, size: int) -> list[int]:
    """So many learners with works."""
    people = [room.stage.person(f"Ученица{number}") for number in range(size)]
    room.stage.enrol(room.run, *people)
    now = room.stage.site.now()
    row = {
        "run_id": room.run, "block": "sample", "stage": "work", "number": 1, "state": "waiting", "title": "Труд", "text": "Текст",
        "changed_at": now, "handed_in_at": now,
    }  # fmt: skip
    owners = [(person, f"person:{person}") for person in people]
    db.session.execute(insert(SubmissionRecord), [{**row, "owner": key, "author_id": person} for person, key in owners])
    db.session.execute(
        insert(Work), [{"run_id": room.run, "block": "sample", "owner": key, "number": 0} for _, key in owners]
    )
    db.session.commit()
    return people


def test_twenty_clicks_and_the_scheduled_job_hand_the_works_out_once(room_with: Any) -> None:
    room = room_with(OPTIONS)
    people = crowd(room, PEOPLE)
    room.wait(days=2)
    clicks = [poster(room.stage.browser(room.people["Ведущая"]), f"{room.base}allocate") for _ in range(20)]
    statuses = at_once([*clicks, ticker(room.stage)])[:20]
    assert Counter(statuses) == Counter({303: 20})
    db.session.rollback()
    rows = db.session.execute(
        select(Work.id.label("work_id"), AllocationPair.reviewer_id, Work.owner).join(
            Work, AllocationPair.subject == literal("work:") + cast(Work.id, String)
        )
    ).all()
    assert len(rows) == len({(row.work_id, row.reviewer_id) for row in rows}) == PEOPLE * REVIEWERS
    assert set(Counter(row.work_id for row in rows).values()) == {REVIEWERS}
    assert Counter(row.reviewer_id for row in rows) == Counter(dict.fromkeys(people, REVIEWERS))
    assert [row for row in rows if f"person:{row.reviewer_id}" == row.owner] == []
    numbers = db.session.execute(select(Work.number).order_by(Work.number)).scalars().all()
    assert list(numbers) == list(range(1, PEOPLE + 1))
    assert list(room.stage.site.troubles) == []
    assert "The works are already handed out to reviewers." in room.tutor.post(f"{room.base}allocate")


def test_a_work_handed_in_while_the_tutor_moves_on_is_reviewed_or_refused(room: Any) -> None:
    names = [f"Ученица{number}" for number in range(8)]
    room.learners(*names)
    room.hand_in(*names[:3])
    late = [
        poster(room.browsers[name], room.own, title="Труд", text="Текст", seen="1.0", hand_in="1") for name in names[3:]
    ]
    *statuses, moved = at_once([*late, poster(room.tutor, f"{room.stage.base(room.run)}phases/sample", phase="review")])
    assert moved == 303
    assert set(statuses) <= {303, 422}
    db.session.rollback()
    accepted = 3 + statuses.count(303)
    works = db.session.execute(select(Work.id)).scalars().all()
    assert len(works) == accepted
    reviewed = db.session.execute(select(AllocationPair.subject, func.count()).group_by(AllocationPair.subject)).all()
    assert {tuple(row) for row in reviewed} == {(f"work:{work}", 2) for work in works}


def test_two_copies_of_one_form_make_one_work(room: Any) -> None:
    room.learners("Абрикосова")
    browsers = [room.stage.browser(room.people["Абрикосова"]) for _ in range(8)]
    statuses = at_once([poster(one, room.own, title="Труд", text="Текст", seen="1.0", hand_in="1") for one in browsers])
    db.session.rollback()
    count = db.session.execute(select(func.count()).select_from(Work)).scalar_one()
    versions = db.session.scalars(select(SubmissionRecord.state)).all()
    assert (Counter(statuses), count, versions) == (Counter({303: 1, 422: 7}), 1, ["waiting"])
