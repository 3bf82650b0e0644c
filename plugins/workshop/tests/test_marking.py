"""How marks are worked out in a workshop: six people by a table reckoned by hand, other ways shown before they are chosen, every mark
kept with what it was made of, one form for all, and reviews that differ."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from courses.evaluation import replay
from lms.criteria.models import WorkingRecord
from lms.criteria.service import BlockAssessments
from lms.db import db
from lms.notices.models import Notice

NAMES = ("Абрикосова", "Берёзкина", "Вишнёва", "Грушина", "Дубова", "Елова")

SIX = {
    # what three reviewers gave, of 100, and what their reviews are worth: mean and variance are reckoned by hand
    1: ((80, 85, 40), (100, 99.9384, 68.4384)),
    2: ((70, 70, 70), (100, 100, 100)),
    3: ((60, 70, 80), (97, 100, 97)),
    4: ((90, 90, 30), (100, 100, 46)),
    5: ((0, 50, 100), (85, 100, 85)),
    6: ((50, 50, 80), (100, 100, 73)),
}
MEANS = {1: 205 / 3, 2: 70, 3: 70, 4: 70, 5: 50, 6: 60}
MEDIANS = {1: 80, 2: 70, 3: 70, 4: 90, 5: 50, 6: 50}
TRIMMED = MEDIANS
"""Of three marks the highest and the lowest are left out: the one between stays."""


class Six:
    """A workshop of six with three reviews each; `grades` of everybody's reviews by name."""

    def __init__(self, room: Any) -> None:
        self.room = room
        room.learners(*NAMES)
        room.hand_in(*NAMES)
        room.move("review")
        self.grades: dict[str, list[float]] = {name: [] for name in NAMES}
        self.number: dict[str, int] = {}
        rows = {number: list(zip(*SIX[number], strict=True)) for number in SIX}
        for author, reviewer, number in room.pairs():
            points, grade = rows[number].pop(0)
            room.review(reviewer, number, clear=points * 0.8, useful=points * 0.2)
            self.grades[reviewer].append(grade)
            self.number[author] = number

    def shares(self, part: str) -> dict[str, float]:
        return {name: self.room.results(name)[f"sample.{part}"].share for name in NAMES}

    def works(self, table: dict[int, float]) -> dict[str, float]:
        return {name: table[self.number[name]] / 100 for name in NAMES}


@pytest.fixture
def six(room_with: Any) -> Six:
    return Six(room_with("reviewers: 3\n"))


def test_six_people_get_the_marks_reckoned_by_hand(six: Six) -> None:
    six.room.move("closed")
    assert six.shares("work") == pytest.approx(six.works(MEANS), abs=1e-6)
    expected = {name: sum(grades) / 3 / 100 for name, grades in six.grades.items()}
    assert six.shares("review") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("way", "table"), [("median", MEDIANS), ("trimmed", TRIMMED)])
def test_the_course_may_say_another_way(room_with: Any, way: str, table: dict[int, float], words: Any) -> None:
    six = Six(room_with(f"reviewers: 3\nmarking: {{work: {way}, reviews: finished}}\n"))
    six.room.move("closed")
    assert six.shares("work") == pytest.approx(six.works(table), abs=1e-6)
    assert six.shares("review") == dict.fromkeys(NAMES, 1.0)
    told = words(six.room.page("Абрикосова"))
    said = {
        "median": "The median of 3 assessments,",
        "trimmed": "The mean of 3 assessments without the highest and the lowest,",
    }
    assert said[way] in told
    assert "A finished review counts in full, an unfinished one 0." in told


def test_another_way_is_shown_before_it_is_chosen_and_told_with_its_reason(six: Six, words: Any) -> None:
    room = six.room
    room.move("closed")
    before = six.shares("work")
    address = f"{room.base}marking/"
    shown = words(room.tutor.get(f"{address}?work=median&reviews=best&strictness=5.0"))
    # of six works three change, and with them whoever wrote them
    assert "The results of 3 participants change." in shown
    author = next(name for name in NAMES if six.number[name] == 4)
    assert re.search(rf"{author}[^%]* 70% → 90% ", shown)
    assert six.shares("work") == before
    chosen = {"work": "median", "reviews": "best", "strictness": "5.0"}
    assert "Say why: the participants will read it." in room.tutor.post(address, chosen, 422)
    assert six.shares("work") == before
    room.tutor.post(address, {**chosen, "reason": "Один небрежный рецензент не должен решать."})
    assert six.shares("work") == pytest.approx(six.works(MEDIANS), abs=1e-6)
    own = words(room.browsers[author].get(f"{room.base}marks/work/"))
    assert "The tutor decided how marks are worked out here: Один небрежный рецензент не должен решать." in own
    assert "the median: half of what counts is below it, half above" in own
    # what held before can still be looked up
    assert "How it was before" in own
    assert "the mean of what counts" in own
    assert [name for name in NAMES if name in own and name != author] == []


def test_marks_of_an_open_workshop_are_previewed_too_and_wrong_figures_are_refused(six: Six, words: Any) -> None:
    address = f"{six.room.base}marking/"
    shown = words(six.room.tutor.get(f"{address}?work=mean&reviews=finished&strictness=5.0&tutor=1,5"))
    # the work with 50% reaches the 60% asked only with full points for reviewing: 40 + 20
    least = next(name for name in NAMES if six.number[name] == 5)
    passing = 6 if six.grades[least] == [100, 100, 100] else 5
    assert f"As it is, {passing} pass; it would be 6." in shown
    wrong = words(six.room.tutor.get(f"{address}?work=mean&reviews=finished&strictness=5.0&spread=140"))
    assert "From 0 to 100." in wrong
    assert "What it would give" not in wrong
    six.room.browsers[NAMES[0]].get(address, status=403)
    assert "What was counted" not in six.room.browsers[NAMES[0]].get(f"{six.room.base}marks/work/")
    six.room.browsers[NAMES[0]].get(f"{six.room.base}marks/other/", status=404)


def test_every_mark_is_kept_with_what_it_was_made_of(six: Six) -> None:
    six.room.move("closed")
    db.session.rollback()
    rows = db.session.execute(select(WorkingRecord).order_by(WorkingRecord.id)).scalars().all()
    assert len(rows) == 12
    marks = BlockAssessments(six.room.stage.site, six.room.run, "sample")
    for row in rows:
        (kept,) = marks.workings(row.person_id, row.part)
        assert kept.working.version == 1
        assert replay(kept.part, kept.basis, kept.marking) == kept.working
        surname = next(name for name, id in six.room.people.items() if id == row.person_id)
        assert kept.working.share == pytest.approx(six.room.results(surname)[f"sample.{row.part}"].share)
        # a basis names nobody: reviewers are numbers
        assert [name for name in six.room.people if name in row.basis] == []
        assert str(row.person_id) not in re.findall(r'"by":"(\d+)"', row.basis) or row.person_id <= 6
    # reliability is kept too, so that what is stored gives the other marks exactly
    of_first = next(row for row in rows if row.part == "work")
    assert set(json.loads(of_first.basis)["reliability"]) == {"best", "calibrated"}


def test_staff_see_a_mark_in_all_ways(six: Six, words: Any) -> None:
    room = six.room
    room.move("closed")
    author = next(name for name in NAMES if six.number[name] == 1)
    page = words(room.tutor.get(f"{room.base}people/{room.people[author]}/work/working/"))
    assert "The mean of its reviews as it is 68.3% The median of its reviews 80%" in page
    reviewers = [reviewer for _, reviewer, number in room.pairs() if number == 1]
    assert [name for name in reviewers if name in page] == reviewers
    page = words(room.tutor.get(f"{room.base}people/{room.people[author]}/review/working/"))
    assert "A finished review counts in full 100%" in page
    room.tutor.get(f"{room.base}people/{room.people[author]}/other/working/", status=404)
    room.tutor.get(f"{room.base}people/987654/work/working/", status=404)


# ------------------------------------------------------------------ who counts


def test_a_weighed_tutor_counts_among_the_others_and_calibrates_reviewers(room_with: Any, words: Any) -> None:
    room = room_with("reviewers: 2\nmarking: {reviews: calibrated, weights: {tutor: 2}}\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    for author, reviewer, number in room.pairs():
        points = 80 if author == NAMES[0] else 50
        room.review(reviewer, number, clear=points * 0.8, useful=points * 0.2)
    data = {"criterion-clear": "56", "criterion-useful": "14", "comment": "Так."}
    room.tutor.post(f"{room.base}works/{room.work(NAMES[0])}/", data)
    room.move("closed")
    # (80 + 80 + 2·70)/4
    assert room.results(NAMES[0])["sample.work"].share == pytest.approx(0.75)
    assert "The weighed mean of 3 assessments, 75%: 80%, 80%, 70% × 2." in words(room.page(NAMES[0]))
    # both who met that work are off by 0.1 in both criteria: accuracy 0.9, always alike
    assert [room.results(name)["sample.review"].share for name in NAMES[1:3]] == pytest.approx([0.9, 0.9])
    # the author of it met no work the tutor marked
    assert room.results(NAMES[0])["sample.review"].share == 1
    assert "The tutor has marked none of these works" in words(room.page(NAMES[0]))


# ------------------------------------------------------------------ one form for all


def test_a_new_edition_of_the_criteria_changes_nothing_for_works_being_marked(room: Any) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    (first_author, first, number), *rest = room.pairs()
    room.review(first, number)
    marks = BlockAssessments(room.stage.site, room.run, "sample")
    db.session.rollback()
    used = marks.in_use(marks.of()[0].form)
    other = used.model_copy(update={"items": used.items[:1]})
    assert marks.in_use(other) == used
    assert marks.in_use(other, "elsewhere") == other
    for _, reviewer, number in rest:
        room.review(reviewer, number)
    room.move("closed")
    assert room.results(first_author)["sample.work"].share == 1


# ------------------------------------------------------------------ reviews that differ


def differing(room: Any) -> tuple[str, int]:
    """Everybody reviews; the work of the first gets 90 and 20. Returns its author and number."""
    room.learners(*NAMES[:4])
    room.hand_in(*NAMES[:4])
    room.move("review")
    author, _, number = room.pairs()[0]
    points = iter((90, 20))
    for _, reviewer, one in room.pairs():
        given = next(points) if one == number else 70
        room.review(reviewer, one, clear=given * 0.8, useful=given * 0.2)
    return author, number


def later(room: Any) -> None:
    """An hour passes, and the site notices."""
    room.wait(hours=1)
    room.stage.tick()


def notices(room: Any) -> list[str]:
    db.session.rollback()
    rows = db.session.execute(
        select(Notice).where(Notice.person_id == room.people["Ведущая"]).order_by(Notice.id)
    ).scalars()
    return [row.text for row in rows]


def test_reviews_that_differ_are_settled_by_one_more_reviewer_and_then_by_the_tutor(room_with: Any, words: Any) -> None:
    room = room_with("reviewers: 2\nmarking: {spread: 40%}\n")
    author, number = differing(room)
    before = room.pairs()
    later(room)
    (added,) = [pair for pair in room.pairs() if pair not in before]
    assert (added[0], added[2]) == (author, number)
    later(room)
    assert len(room.pairs()) == len(before) + 1
    told = len(notices(room))
    room.review(added[1], number, clear=40, useful=10)
    later(room)
    # 90, 20 and 50 still differ by more than 40
    assert len(room.pairs()) == len(before) + 1
    assert [text for text in notices(room)[told:] if "differ very much" in text] == notices(room)[told:]
    assert len(notices(room)) == told + 1
    later(room)
    assert len(notices(room)) == told + 1
    board = words(room.tutor.get(room.base))
    assert "Reviews of these works differ very much." in board
    data = {"criterion-clear": "40", "criterion-useful": "10", "comment": "Так."}
    room.tutor.post(f"{room.base}works/{room.work(author)}/", data)
    assert "Reviews of these works differ very much." not in words(room.tutor.get(room.base))


def test_without_a_limit_nobody_is_asked(room: Any) -> None:
    differing(room)
    before = room.pairs()
    later(room)
    assert room.pairs() == before


def test_where_nobody_can_be_asked_the_tutor_is_told(room_with: Any) -> None:
    room = room_with("reviewers: 2\nmarking: {spread: 40%}\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    points = iter((90, 20))
    for _, reviewer, one in room.pairs():
        given = next(points) if one == 1 else 70
        room.review(reviewer, one, clear=given * 0.8, useful=given * 0.2)
    before, told = room.pairs(), len(notices(room))
    later(room)
    assert (room.pairs(), len(notices(room))) == (before, told + 1)


# ------------------------------------------------------------------ self-assessment


def test_a_self_assessment_counts_as_the_course_says(room_with: Any, words: Any) -> None:
    room = room_with("self-assessment: true\nmarking: {weights: {self: 0.5}}\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    browser, address = room.browsers[NAMES[0]], f"{room.base}self/"
    own = {"criterion-clear": "40", "criterion-useful": "10", "comment": "Могла бы лучше."}
    assert "You mark your own work while others' works are reviewed." in words(browser.post(address, own, 422))
    room.move("review")
    assert f'href="{address}"' in room.page(NAMES[0])
    assert "Give points." in browser.post(address, {"criterion-clear": "40"}, 422)
    browser.post(address, own)
    room.review_all()
    room.move("closed")
    # (100 + 100 + 0.5·50)/2.5
    assert room.results(NAMES[0])["sample.work"].share == pytest.approx(0.9)
    assert room.results(NAMES[1])["sample.work"].share == 1
    page = words(room.page(NAMES[0]))
    assert "The weighed mean of 3 assessments, 90%: 100%, 100%, 50% × 0.5." in page
    assert "Могла бы лучше." in page
    assert "Могла бы лучше." not in room.page(NAMES[1])
    assert "Self-assessment 50% 0.5 —" in words(browser.get(f"{room.base}marks/work/"))


def test_nobody_is_asked_unless_the_course_says_so(room: Any) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    room.browsers[NAMES[0]].post(f"{room.base}self/", {"comment": "Я"}, 404)
    assert f"{room.base}self/" not in room.page(NAMES[0])


# ------------------------------------------------------------------ which of two works is the better one


def test_works_are_compared_in_pairs(room_with: Any, words: Any) -> None:
    room = room_with("reviewers: 2\nreview-points: 0\n", "Сравнение")
    room.learners(*NAMES[:4])
    room.hand_in(*NAMES[:4])
    room.move("review")
    compared = []
    for _, reviewer, number in room.pairs():
        lower = [one for one in room.of(reviewer) if one < number]
        page = words(room.browsers[reviewer].get(f"{room.base}reviews/{number}/"))
        asked = [
            f"Ясность: Work {one} Понятно ли? The other work is better Both are alike This work is better"
            for one in lower
        ]
        assert [one for one in asked if one not in page] == []
        assert ("This work is better" in page) == bool(lower)
        # the work with the greater number is always the better one
        data = {f"criterion-{what}-vs-{one}": "2.0" for what in ("clear", "useful") for one in lower}
        room.browsers[reviewer].post(f"{room.base}reviews/{number}/", {**data, "comment": "Так.", "finish": "1"})
        compared += [(number, one) for one in lower]
    assert len(compared) == 4
    room.move("closed")
    numbers = {author: number for author, _, number in room.pairs()}
    shares = {numbers[name]: room.results(name)["sample.work"].share for name in numbers}
    # nobody beats the last one, the first one beats nobody; each comparison says so
    assert [(a, b) for a, b in compared if not shares[a] > shares[b]] == []
    assert shares[4] > 0.5 > shares[1]
    assert "how likely this work would be thought better than a middling one" in words(room.page(NAMES[0]))
