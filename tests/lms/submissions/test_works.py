"""Works through their pages: written, handed in, given back, accepted."""

from tests.lms.submissions.conftest import changes


def test_a_whole_life(group):
    it = group()
    anna = it.learners[0]
    assert "The draft is kept." in it.send(text="Черновик", hand_in=False)
    assert it.rows() == [(f"person:{anna}", "plan", 1, "draft", False)]
    assert "Черновик" not in it.browser(it.tutor).get(it.board)
    page = it.send(files=[("plan.txt", "План".encode())])
    assert "The work is handed in." in page
    assert changes == [
        (f"person:{anna}", "plan", "draft"),
        (f"person:{anna}", "plan", "draft"),
        (f"person:{anna}", "plan", "waiting"),
    ]
    assert f'href="{it.base}1/"' in it.browser(it.tutor).get(it.board)
    page = it.browser(it.tutor).get(f"{it.base}1/")
    assert "<strong>замысел</strong>" in page
    assert "plan.txt" in page
    it.answer(1, accept=False, feedback="Сузьте вопрос.")
    page = it.browser(anna).get(f"{it.base}own/plan/")
    assert "Сузьте вопрос." in page
    assert it.notices(anna) == ["“Сочинение: Замысел” was given back to be changed: read why."]
    it.send(text="Узкий замысел.")
    assert [row[2:4] for row in it.rows()] == [(1, "returned"), (2, "waiting")]
    it.answer(2, feedback="Теперь хорошо.")
    assert it.rows()[1][3] == "accepted"
    it.browser(anna).get(it.lesson)
