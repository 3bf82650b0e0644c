"""Marks of some people are what they are among everybody's, although less is read for them."""

from typing import Any

import pytest

from lms_workshop import marks

NAMES = ("Абрикосова", "Берёзкина", "Вишнёва", "Грушина", "Дубова", "Елова", "Жукова")


@pytest.mark.parametrize(
    ("options", "measure"),
    [
        ("", "Баллы"),
        ("marking: {work: median, weights: {peer: 0, tutor: 2}}\n", "Баллы"),
        ("marking: {work: reliability}\n", "Баллы"),
        ("marking: {reviews: calibrated}\n", "Баллы"),
        ("", "Сравнение"),
    ],
)
def test_marks_of_one_are_those_among_all(room_with: Any, options: str, measure: str) -> None:
    room = room_with(f"reviewers: 2\n{options}", measure)
    room.learners(*NAMES)
    room.hand_in(*NAMES[:6])
    room.move("review")
    for turn, (_, reviewer, number) in enumerate(room.pairs()[:9]):  # three stay unwritten
        if measure == "Баллы":
            room.review(reviewer, number, clear=40 + turn * 4, useful=turn)
        else:
            lower = [one for one in room.of(reviewer) if one < number]
            given = {f"criterion-{what}-vs-{one}": "2.0" for what in ("clear", "useful") for one in lower}
            room.browsers[reviewer].post(f"{room.base}reviews/{number}/", {**given, "comment": "Так.", "finish": "1"})
    room.move("evaluation")
    if measure == "Баллы":
        given = {"criterion-clear": "50", "criterion-useful": "10", "comment": "Читала."}
        room.tutor.post(f"{room.base}works/{room.work(NAMES[0])}/", given)
    visit = next(iter(room.stage.site.visits("workshop")))
    people = [room.people[name] for name in NAMES]
    known = marks.work_out(visit.settings, marks.collect(visit), people)
    assert len({(one.work.share, one.review.share) for one in known.values()}) > 2, "they differ"
    for person in people:
        part = marks.collect(visit, [person])
        assert marks.work_out(visit.settings, part, [person]) == {person: known[person]}
        without = {id for id in people[:6] if known[id].work.share is None}
        assert marks.without_mark(visit.settings, part, visit.assessments.states()) == without
