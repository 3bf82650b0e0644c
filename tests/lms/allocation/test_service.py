"""Works are handed out once however many ask, changed by hand, repaired; what stands in the way is said."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.allocation import conflicts, service
from lms.allocation.feature import AllocationData
from lms.allocation.models import AllocationPair
from lms.allocation.service import BlockAllocation
from lms.db import db, lock, writing
from lms.enrolment.place import find_place
from lms.plugin import Actor, BadInput, ReviewTerms
from lms.testing.stage import Stage


class Group:
    """A run of learners, each with a work called after them."""

    def __init__(self, stage: Stage, size: int = 6) -> None:
        self.stage = stage
        self.run = stage.run(stage.course())
        self.people = [stage.person(f"Ученица{number}") for number in range(size)]
        stage.enrol(self.run, *self.people)
        place = find_place(Actor(self.people[0]), f"{stage.base(self.run).split('/')[2]}")
        assert place is not None
        self.place = place

    def of(self, block: str = "task") -> BlockAllocation:
        return BlockAllocation(self.stage.site, self.place.run, block)

    def terms(self, **values: object) -> ReviewTerms:
        given: dict[str, object] = {
            "works": {f"work:{id}": [id] for id in self.people}, "reviewers": self.people, "each": 2, **values,
        }  # fmt: skip
        return ReviewTerms(**given)  # type: ignore[arg-type]

    def pairs(self, block: str = "task") -> list[tuple[str, int]]:
        db.session.rollback()
        return sorted((one.subject, one.reviewer_id) for one in self.of(block).reviews())


@pytest.fixture
def group(stage: Stage) -> Group:
    return Group(stage)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as error:
        act()
    return str(error.value.message)


def test_works_are_handed_out_once(group: Group) -> None:
    drawn = group.of().draw(group.terms())
    db.session.commit()
    assert drawn is not None
    assert sorted(drawn.pairs) == group.pairs()
    assert Counter(id for _, id in group.pairs()) == Counter(dict.fromkeys(group.people, 2))
    assert sorted(drawn.numbers.values()) == [1, 2, 3, 4, 5, 6]
    assert (dict(drawn.missing), drawn.people) == ({}, sorted(group.people))
    assert group.of().draw(group.terms()) is None
    assert {one.number for one in group.of().reviews()} == {1, 2, 3, 4, 5, 6}
    reviewer = group.people[0]
    own = group.of().reviews(reviewer_id=reviewer)
    assert [one.subject for one in own] == [subject for subject, id in group.pairs() if id == reviewer]
    assert group.of().reviews(own[0].subject) == [one for one in group.of().reviews() if one.subject == own[0].subject]
    assert group.of().why(own[0].subject, reviewer) == [
        "Of 6 works 5 might have come to you: the others are your own or kept from you.",
        "Everybody reviews as many as you do: 2.",
        "What was still open then was decided by lot.",
    ]
    assert group.of("other").reviews() == []
    group.of().clear()
    db.session.commit()
    assert group.pairs() == []
    assert group.of().draw(group.terms()) is not None


def drawn_at_once(group: Group, times: int = 20) -> Counter[str]:
    """So many clicks in the same moment, each in its own transaction."""
    db.session.rollback()
    start = threading.Barrier(times)
    found: list[str] = []

    def click() -> None:
        with group.stage.app.app_context(), writing(True):
            start.wait()
            try:
                drawn = group.of().draw(group.terms())
                db.session.commit()
                found.append("already" if drawn is None else "drawn")
            except IntegrityError:
                db.session.rollback()
                found.append("broken")

    threads = [threading.Thread(target=click) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found)


def test_twenty_clicks_are_one_allocation(group: Group) -> None:
    assert drawn_at_once(group) == Counter({"drawn": 1, "already": 19})
    assert Counter(subject for subject, _ in group.pairs()) == Counter({f"work:{id}": 2 for id in group.people})


def test_without_the_lock_they_are_not(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "lock", lambda name: None)
    if db.session.get_bind().dialect.name == "sqlite":  # one writer at a time anyway: its own lock is the database's
        assert drawn_at_once(group) == Counter({"drawn": 1, "already": 19})
        return
    times = 8  # as many connections as there surely are: each has looked before any goes on, as in an unlucky moment
    looked = threading.Barrier(times)
    look = BlockAllocation.is_drawn

    def slowly(self: BlockAllocation) -> bool:
        found = look(self)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=60)
        return found

    monkeypatch.setattr(BlockAllocation, "is_drawn", slowly)
    assert drawn_at_once(group, times) == Counter({"drawn": 1, "broken": times - 1})
    # with the lock on only one looks at a time, and the others find it done
    looked.abort()
    monkeypatch.setattr(service, "lock", lock)
    group.of().clear()
    db.session.commit()
    assert drawn_at_once(group, times) == Counter({"drawn": 1, "already": times - 1})


def test_by_hand(group: Group) -> None:
    anna, *_ = group.people
    group.of().draw(group.terms())
    terms = group.terms()
    assert refused(lambda: group.of().add(terms, f"work:{anna}", anna)) == "Nobody reviews their own work."
    assert refused(lambda: group.of().add(terms, "work:0", anna)) == "There is no such work here any more."
    assert refused(lambda: group.of().add(terms, f"work:{anna}", 0)) == "Choose a participant of this course."
    busy = group.of().reviews(f"work:{anna}")[0]
    said = refused(lambda: group.of().add(terms, f"work:{anna}", busy.reviewer_id))
    assert said == "This participant already reviews the work."
    free = next(id for id in group.people[1:] if (f"work:{anna}", id) not in group.pairs())
    conflicts.declare(group.stage.site, group.run, free, anna)
    assert "kept apart by a declared conflict" in refused(lambda: group.of().add(terms, f"work:{anna}", free))
    conflicts.take_back(group.run, anna, free)
    group.of().add(terms, f"work:{anna}", free)
    db.session.commit()
    assert (f"work:{anna}", free) in group.pairs()
    assert group.of().why(f"work:{anna}", free) == ["The tutor chose you for this work."]
    added = next(one for one in group.of().reviews(f"work:{anna}") if one.reviewer_id == free)
    assert (added.by_hand, {one.number for one in group.of().reviews(reviewer_id=free)}) == (True, {added.number})
    held = group.terms(held=[(added.subject, free)])
    assert refused(lambda: group.of().remove(held, added.id)) == "This review is begun and stays."
    assert group.of().remove(terms, added.id) == added
    with pytest.raises(LookupError):
        group.of().remove(terms, added.id)


def test_a_repair_after_somebody_left_and_somebody_came(group: Group) -> None:
    group.of().draw(group.terms())
    db.session.commit()
    before = set(group.pairs())
    gone, *rest = group.people
    late = group.stage.person("Позднева")
    group.stage.enrol(group.run, late)
    begun = [pair for pair in before if pair[1] == gone][:1]  # finished before leaving: it stays
    now = group.terms(works={f"work:{id}": [id] for id in [*rest, late]}, reviewers=[*rest, late], held=begun)
    _, proposed = group.of().proposal(now)
    assert set(group.pairs()) == before  # a proposal changes nothing
    drawn = group.of().repair(now)
    db.session.commit()
    after = set(group.pairs())
    assert after == (before - set(proposed.removed)) | set(proposed.added)
    assert Counter(subject for subject, _ in after if subject != f"work:{gone}") == Counter(
        {f"work:{id}": 2 for id in [*rest, late]}
    )
    assert set(begun) <= after
    assert drawn.people == sorted({id for _, id in before ^ after})
    assert group.of().reviews(reviewer_id=late)[0].number == 7
    _, again = group.of().proposal(now)
    assert (again.added, again.removed) == ((), ())


def test_one_more_is_asked_of_whoever_has_the_fewest(group: Group) -> None:
    anna, berta, clara, *_, last = group.people
    assert group.of().ask(group.terms(reviewers=[anna, berta], each=0), f"work:{anna}", [clara, last]) == berta
    assert group.of().why(f"work:{anna}", berta) == [
        "One more review of this work was wanted, and you had the fewest to write."
    ]
    conflicts.declare(group.stage.site, group.run, anna, clara)
    assert group.of().ask(group.terms(reviewers=[anna, berta]), f"work:{anna}", [clara, last]) == last
    assert group.of().ask(group.terms(reviewers=[anna, berta]), f"work:{anna}", [clara, last]) is None
    assert group.of().ask(group.terms(), f"work:{clara}") == group.people[3]  # berta and the last have one each


def test_the_queue_gives_each_who_asks_the_work_with_the_fewest_reviews(group: Group) -> None:
    lease = timedelta(hours=8)
    anna, berta, clara, *_ = group.people
    first = group.of().take(group.terms(), anna, lease)
    assert first is not None
    assert (first.subject, first.reviewer_id) == (f"work:{berta}", anna)  # the first that is not hers
    assert first.until == group.stage.site.now() + lease
    assert group.of().take(group.terms(), anna, lease) == first  # one at a time
    second = group.of().take(group.terms(), clara, lease)
    assert second is not None
    assert second.subject == f"work:{anna}"
    assert group.of().why(second.subject, clara) == ["You asked for a work, and this one had the fewest reviews."]
    done = group.terms(held=[(first.subject, anna)], done=[(first.subject, anna)])
    third = group.of().take(done, anna, lease)
    assert third is not None
    assert third.subject == f"work:{clara}"
    db.session.commit()
    group.stage.move(hours=8)
    # clara has begun hers, anna has not: hers goes back, and does not keep others from the work
    begun = group.terms(held=[*done.held, (second.subject, clara)], done=done.done)
    assert group.of().give_back(begun) == [anna]
    assert [(one.subject, one.reviewer_id) for one in group.of().reviews()] == [
        (second.subject, clara), (first.subject, anna),
    ]  # fmt: skip
    other = group.of().take(begun, berta, lease)
    assert other is not None
    assert other.subject == f"work:{anna}"  # what clara let lie counts no more


def test_the_queue_keeps_people_apart_and_ends(group: Group) -> None:
    anna, berta, *rest = group.people
    conflicts.declare(group.stage.site, group.run, anna, berta)
    got: list[tuple[str, int]] = []
    for _ in range(4):
        found = group.of().take(group.terms(held=got, done=got), anna, timedelta(hours=1))
        assert found is not None
        got.append((found.subject, anna))
    assert got == [(f"work:{id}", anna) for id in rest]
    assert group.of().take(group.terms(held=got, done=got), anna, timedelta(hours=1)) is None


def test_twenty_who_ask_at_once_are_spread(stage: Stage) -> None:
    group = Group(stage, 20)
    db.session.rollback()
    start = threading.Barrier(20)

    def ask(person: int) -> None:
        with group.stage.app.app_context(), writing(True):
            start.wait()
            group.of().take(group.terms(), person, timedelta(hours=1))
            db.session.commit()

    threads = [threading.Thread(target=ask, args=(person,)) for person in group.people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(subject for subject, _ in group.pairs())
    # whoever comes last may find nothing but their own work without a review, and takes another
    assert (sum(counts.values()), len(counts) in (19, 20), max(counts.values()) <= 2) == (20, True, True)


def test_schools_conflicts_and_earlier_meetings_count(group: Group) -> None:
    site, run = group.stage.site, group.run
    one, two, three, four, five, six = group.people
    service.keep_origins(run, {one: ("Школа № 7", "Север"), two: ("школа №7", ""), six: ("", " "), 0: ("9", "")})
    assert [(found.person_id, found.school, found.region) for found in service.origins_of(run)] == [
        (one, "Школа № 7", "Север"), (two, "школа №7", ""),
    ]  # fmt: skip
    conflicts.declare(site, run, four, three)
    conflicts.declare(site, run, three, four)
    assert conflicts.of(run) == {(three, four): False}
    assert "two different participants" in refused(lambda: conflicts.declare(site, run, five, five))
    assert "two different participants" in refused(lambda: conflicts.declare(site, run, five, 0))
    assert "at most 100" in refused(lambda: service.keep_origins(run, {five: ("ш" * 101, "")}))
    group.of("first").draw(group.terms())
    db.session.commit()
    group.of("second").draw(group.terms(apart=["school", "earlier"]))
    db.session.commit()
    first, second = set(group.pairs("first")), set(group.pairs("second"))
    assert first & second == set()
    apart = {(f"work:{a}", b) for a, b in ((one, two), (two, one), (three, four), (four, three))}
    assert (first | second) & apart == set()
    service.keep_origins(run, {one: ("", ""), two: ("", "")})
    assert service.origins_of(run) == []


def test_what_a_person_gave_is_exported_and_erased(group: Group) -> None:
    anna = group.people[0]
    group.of().draw(group.terms())
    service.keep_origins(group.run, {anna: ("Лицей", "Урал")})
    conflicts.declare(group.stage.site, group.run, anna, group.people[1])
    db.session.commit()
    data = AllocationData()
    found = data.export(group.stage.site, anna)
    assert [(one["run"], one["activity"]) for one in found["reviews"]] == [(group.run, "task")] * 2
    assert found["origins"] == [{"run": group.run, "school": "Лицей", "region": "Урал"}]
    assert [one["run"] for one in found["conflicts"]] == [group.run]
    assert len(data.erase(group.stage.site, anna)) == 1
    db.session.commit()
    after = data.export(group.stage.site, anna)
    assert (after["origins"], after["conflicts"], len(after["reviews"])) == ([], [], 2)
    assert data.erase(group.stage.site, anna) == []
    assert db.session.execute(select(func.count()).select_from(AllocationPair)).scalar_one() == 12


def test_people_name_themselves_whom_they_do_not_review(group: Group) -> None:
    site, run = group.stage.site, group.run
    one, two, three, *_ = group.people
    conflicts.keep_own(site, run, two, [one, two, 0])
    conflicts.keep_own(site, run, one, [two, three])
    conflicts.declare(site, run, one, three)
    assert conflicts.of(run) == {(one, two): True, (one, three): True}
    conflicts.keep_own(site, run, one, [])
    # what the other said holds on, and so does what staff said
    assert conflicts.of(run) == {(one, two): True, (one, three): False}
    assert (conflicts.own(run, one), conflicts.own(run, two)) == (set(), {one})
    group.of().draw(group.terms())
    db.session.commit()
    apart = {(f"work:{a}", b) for a, b in ((one, two), (two, one), (one, three), (three, one))}
    assert set(group.pairs()) & apart == set()
    conflicts.take_back(run, two, one)
    assert conflicts.of(run) == {(one, three): False}


def test_nobody_is_kept_apart_from_everybody(group: Group) -> None:
    site, run, stage = group.stage.site, group.run, group.stage
    more = [stage.person(f"Ещё{number}") for number in range(6)]
    stage.enrol(run, *more)
    assert "at most 4" in refused(lambda: conflicts.keep_own(site, run, group.people[0], more))
    assert conflicts.of(run) == {}
    # of few people a third, so that nobody chooses whose works they get
    assert [conflicts.most_own(count) for count in (2, 5, 6, 11, 12, 15, 300)] == [1, 1, 2, 3, 4, 5, 5]


def test_wishes_are_followed(group: Group) -> None:
    from lms.allocation.models import Wish

    allocation = group.of()
    subjects = [f"work:{person}" for person in group.people]
    for place, person in enumerate(group.people):
        wanted = subjects[(place + 1) % len(subjects)]
        db.session.add(Wish(run_id=group.run, block="task", subject=wanted, person_id=person, wish=2))
    db.session.commit()
    found = allocation.wishes()
    assert found == {(subjects[(n + 1) % len(subjects)], person): 2 for n, person in enumerate(group.people)}
    allocation.draw(group.terms(wishes=found))
    db.session.commit()
    assert set(found) <= set(group.pairs())
    anna = group.people[0]
    data = AllocationData()
    assert data.export(group.stage.site, anna)["wishes"] == [{"run": group.run, "activity": "task", "wish": 2}]
    data.erase(group.stage.site, anna)
    assert data.export(group.stage.site, anna)["wishes"] == []


def test_the_page_of_whom_not_to_review(group: Group) -> None:
    anna, berta, *_ = group.people
    browser, page = group.stage.browser(anna), f"{group.stage.base(group.run)}conflicts"
    browser.post(page, {"other": [str(berta), "9" * 30, str(anna)]})
    assert f'value="{berta}" checked' in browser.get(page)
    assert f'value="{anna}"' not in browser.text
    assert "checked" not in group.stage.browser(berta).get(page)
    group.stage.browser(berta).get(page)
    browser.post(page)
    assert "checked" not in browser.get(page)
