"""The running site: facts and who hears them, and what is remembered of what went wrong."""

from collections.abc import Callable

import pytest
from markupsafe import Markup
from sqlalchemy import func, select

from lms.db import db
from lms.events import CourseCompleted, CoursePublished, Event, Withdrawn
from lms.notices.models import Notice
from lms.plugin import Activity, ActivitySettings, On, Plugin, Visit
from lms.site import Site
from lms.testing import Stage

CALLS: list[str] = []


def note(site: Site, person: int, text: str) -> None:
    db.session.add(Notice(person_id=person, kind="activity", text=text, url="/", created_at=site.now()))
    db.session.flush()


def good(name: str) -> Callable[[Site, Event], None]:
    def handler(site: Site, event: CourseCompleted) -> None:
        CALLS.append(name)
        note(site, event.person_id, name)

    return handler  # type: ignore[return-value]  # it is called for this event alone


def broken(site: Site, event: CourseCompleted) -> None:
    CALLS.append("broken")
    note(site, event.person_id, "half done")
    raise RuntimeError("no luck")


def clumsy(site: Site, event: CourseCompleted) -> None:
    """What it writes only fails when the database sees it."""
    CALLS.append("clumsy")
    db.session.add(Notice(person_id=None, kind="activity", text="nobody's", url="/", created_at=site.now()))


class Probe(Activity[ActivitySettings]):
    """An activity with nothing but an id."""

    name, title, Settings = "probe", "Probe", ActivitySettings
    summary = "Nothing to do."

    def show(self, visit: Visit) -> Markup:
        return Markup()


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    CALLS.clear()
    return (
        Plugin("ant", "lms.notices", (On(CourseCompleted, good("ant")),)),
        Plugin("bee", "lms.notices", (Probe(), On(CourseCompleted, broken), On(CourseCompleted, clumsy))),
        Plugin(
            "cat", "lms.notices", (On(CourseCompleted, good("cat")), On(Event, lambda site, event: CALLS.append("any")))
        ),
    )


def notices() -> list[str]:
    return list(db.session.execute(select(Notice.text).order_by(Notice.id)).scalars())


def test_a_handler_that_raises_undoes_only_its_own_part_and_is_named(stage: Stage) -> None:
    person = stage.person("Ученикова")
    note(stage.site, person, "before")
    stage.site.emit(CourseCompleted(1, person))
    note(stage.site, person, "after")
    db.session.commit()
    assert CALLS == ["ant", "broken", "clumsy", "cat", "any"]
    assert notices() == ["before", "ant", "cat", "after"]
    found = list(stage.site.troubles)
    assert found[0] == "2026-03-02 09:00 bee: CourseCompleted: RuntimeError: no luck"
    assert [line.partition("IntegrityError")[0] for line in found[1:]] == ["2026-03-02 09:00 bee: CourseCompleted: "]


def test_what_fails_at_one_block_leaves_the_others_done(stage: Stage) -> None:
    person = stage.person("Ученикова")
    course = stage.course(lesson="\n\n".join(f":::{{probe}}\n:id: {id}\n:::" for id in ("first", "second", "third")))
    stage.run(course)

    def work(visit: Visit) -> None:
        note(stage.site, person, visit.block.id)
        if visit.block.id == "second":
            raise RuntimeError("no luck")

    stage.site.each("probe", work)
    db.session.commit()
    assert notices() == ["first", "third"]
    assert list(stage.site.troubles) == [f"2026-03-02 09:00 probe: {course}@spring, second: RuntimeError: no luck"]


def test_what_handlers_did_goes_with_the_transaction(stage: Stage) -> None:
    person = stage.person("Ученикова")
    stage.site.emit(CourseCompleted(1, person))
    db.session.rollback()
    assert db.session.execute(select(func.count()).select_from(Notice)).scalar_one() == 0


def test_a_handler_hears_its_own_kind_of_fact_and_one_of_all_hears_all(stage: Stage) -> None:
    stage.site.emit(CoursePublished(1, None, 1))
    stage.site.emit(Withdrawn(1, 1))
    assert CALLS == ["any", "any"]


def test_the_latest_fifty_troubles_are_remembered(stage: Stage) -> None:
    for number in range(60):
        stage.site.trouble("bee", f"trouble {number}")
    assert [line.rpartition(" ")[2] for line in stage.site.troubles] == [str(number) for number in range(10, 60)]


def test_addresses_come_from_the_configuration_and_never_from_a_request(stage: Stage) -> None:
    with stage.app.test_request_context("/", base_url="http://evil.example"):
        assert stage.site.url("/x") == "http://localhost/x"
