import pytest

from lms_seminar import outcome
from lms_seminar.format import SeminarSettings
from lms_seminar.store import Standing

SESSIONS = [
    {"id": "one", "title": "Первая", "starts": "day 1 18:00", "task": "Запишите"},
    {"id": "two", "title": "Вторая", "starts": "day 8 18:00"},
]
WHOLE = SeminarSettings.model_validate({"id": "talks", "need": 0.5, "team": "2-3", "design": {}, "sessions": SESSIONS})
PLAIN = SeminarSettings.model_validate(
    {"id": "talks", "need": 0.5, "sessions": [{**one, "task": ""} for one in SESSIONS]}
)


def standing(attended: int, tasks: int, design: str) -> Standing:
    return Standing(attended=("one", "two")[:attended], tasks=("one",)[:tasks], design=design)


@pytest.mark.parametrize(
    ("attended", "tasks", "design", "state"),
    [
        (0, 0, "", "started"),
        (1, 1, "accepted", "complete"),
        (1, 0, "accepted", "started"),
        (0, 1, "accepted", "started"),
        (1, 1, "draft", "started"),
        (1, 1, "waiting", "waiting"),
        (0, 0, "returned", "returned"),
    ],
)
def test_it_takes_all_three(attended, tasks, design, state):
    found = outcome.of(WHOLE, standing(attended, tasks, design), 2)
    assert (found.state, found.completion) == (state, state == "complete")


@pytest.mark.parametrize(("attended", "state"), [(0, "started"), (1, "complete"), (2, "complete")])
def test_attendance_alone(attended, state):
    found = outcome.of(PLAIN, standing(attended, 1, "accepted"), 2)
    assert (found.state, str(found.explanation)) == (state, f"{attended} of 2 sessions attended.")


def test_tasks_that_are_no_more_do_not_count():
    found = outcome.of(WHOLE, Standing(attended=("one",), tasks=("zero",), design="accepted"), 2)
    assert str(found.explanation) == "1 of 2 sessions attended. 0 of 1 short tasks handed in. The design is accepted."


def test_when_all_sessions_are_called_off_it_is_said():
    found = outcome.of(PLAIN, Standing(), 0)
    assert (found.completion, str(found.explanation)) == (
        False, "All sessions are called off, so none can be attended: ask the tutor what to do instead.",
    )  # fmt: skip
