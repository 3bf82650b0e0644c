"""Short tasks of sessions: handed in by everybody, counted towards completing."""

from .conftest import LESSON

TASK = LESSON.replace("    code: Ё", "    task: Напишите **один** вопрос\n    due: day 3\n    code: Ё")


def hand_in(it, person: int, text: str, status: int = 200) -> str:
    """Write the task and hand it in, as on its page."""
    address = f"{it.stage.base(it.run)}works/talks/own/task-one/"
    page = it.browser(person).get(address)
    seen = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    return it.browser(person).post(address, {"seen": seen, "text": text, "hand_in": "1"}, status=status)


def test_attendance_and_the_task_complete_it_together(group):
    it = group(lesson=TASK)
    anna = it.learners[0]
    assert "<strong>один</strong>" in it.page(anna, "sessions/one/")
    assert "Short task to hand in" in it.page(anna)
    it.tick((anna, "one"))
    assert it.explanation(anna) == "1 of 2 sessions attended. 0 of 1 short tasks handed in."
    assert (it.result(anna).state, it.result(anna).completed) == ("started", False)
    hand_in(it, anna, "Как начать?")
    assert it.explanation(anna) == "1 of 2 sessions attended. 1 of 1 short tasks handed in."
    assert (it.result(anna).state, it.result(anna).completed) == ("complete", True)
    assert "Short task handed in" in it.page(anna)
    assert "Short tasks handed in: 1 of 1" in it.browser(anna).get(it.lesson)


def test_a_task_alone_is_kept_and_may_be_changed(group):
    it = group(learners=2, lesson=TASK)
    anna, boris = it.learners
    hand_in(it, anna, "Первая мысль")
    hand_in(it, anna, "Вторая мысль")
    assert it.explanation(anna) == "0 of 2 sessions attended. 1 of 1 short tasks handed in."
    assert it.result(boris) is None
    board = it.page(it.tutor, "works")
    assert "Слушатель01" in board
    it.browser(anna).get(f"{it.base}works", status=403)


def test_a_seminar_without_works_has_no_board_of_them(group):
    it = group()
    it.browser(it.tutor).get(f"{it.base}works", status=404)
    it.browser(it.tutor).get(f"{it.base}design/", status=404)


def test_a_task_may_be_refused_once_its_time_is_over(group):
    it = group(learners=2, lesson=TASK.replace("due: day 3", "due: day 3\n    late: refuse"))
    anna, boris = it.learners
    hand_in(it, anna, "Вовремя")
    it.move(days=10)
    hand_in(it, boris, "Поздно", status=422)
    assert it.explanation(anna) == "0 of 2 sessions attended. 1 of 1 short tasks handed in."
    assert it.result(boris) is None
