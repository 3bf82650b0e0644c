"""To whom works are shown: as far, and as long, as everybody who wrote one agrees."""

import pytest

from lms.db import db
from lms.enrolment import service as enrolment
from lms.submissions.models import Consent
from lms.submissions.showing import fits, reach

BOTH = "[run, public]"


def agree(it, person, audience, status=200):
    return it.browser(person).post(f"{it.base}consent", {"audience": audience}, status=status)


def public(it, id=1):
    course, _, rest = it.base.removeprefix("/courses/").partition("/works/")
    return f"/works/{course}/{rest}{id}/"


@pytest.mark.parametrize(
    ("people", "said", "found"),
    [
        ([], {}, ""),
        ([1], {}, ""),
        ([1], {1: "run"}, "run"),
        ([1, 2], {1: "public"}, ""),
        ([1, 2], {1: "public", 2: "run"}, "run"),
        ([1, 2], {1: "public", 2: "public", 3: "run"}, "public"),
    ],
)
def test_a_work_is_shown_as_far_as_the_most_careful_agrees(people, said, found):
    assert reach(people, said) == found


@pytest.mark.parametrize(
    ("to", "reached", "shown"),
    [
        ("run", "", False),
        ("run", "run", True),
        ("run", "public", True),
        ("public", "run", False),
        ("public", "public", True),
    ],
)
def test_the_wider_holds_the_narrower(to, reached, shown):
    assert fits(to, reached) is shown


def test_nobody_is_asked_unless_the_activity_does(group):
    it = group()
    assert "Who may see this work" not in it.browser(it.learners[0]).get(f"{it.base}own/text/")
    agree(it, it.learners[0], "run", status=422)
    it.browser(it.learners[0]).get(f"{it.base}shown/", status=404)


def test_a_work_is_shown_when_it_is_accepted_and_as_long_as_its_author_agrees(group):
    it = group(learners=2, audiences=BOTH)
    anna, boris = it.learners
    it.send(anna, stage="text", files=[("a.txt", b"a")])
    agree(it, anna, "public")
    gallery, visitor = f"{it.base}shown/", it.stage.browser()
    assert "Nothing is shown yet" in it.browser(boris).get(gallery), "it is not accepted yet"
    visitor.get(public(it), status=404)
    it.answer(1, feedback="Тайный ответ.")
    it.browser(it.tutor).post(f"{it.base}1/comments", {"quote": "Мой", "text": "Тайное замечание"})
    page = it.browser(boris).get(gallery)
    assert f'href="{it.base}1/"' in page
    assert "Антонова Анна Петровна" in page
    for page in (it.browser(boris).get(f"{it.base}1/"), visitor.get(public(it))):
        assert "<strong>замысел</strong>" in page
        assert "Тайн" not in page
    assert visitor.get(f"{public(it)}files/1", buffered=True) == "a"
    assert it.browser(boris).get(f"{it.base}1/files/1", buffered=True) == "a"
    visitor.get(public(it, 2), status=404)
    visitor.get(f"{public(it)}files/2", status=404)

    agree(it, anna, "run")
    visitor.get(public(it), status=404)
    visitor.get(f"{public(it)}files/1", status=404)
    it.browser(boris).get(f"{it.base}1/")
    agree(it, anna, "")
    it.browser(boris).get(f"{it.base}1/", status=404)
    assert "Nothing is shown yet" in it.browser(boris).get(gallery)
    assert "Choose to whom the work may be shown." in agree(it, anna, "world", status=422)


def test_everybody_in_the_course_is_nobody_who_only_looks_at_it(group):
    it = group(learners=2, audiences=BOTH)
    it.send(stage="text", files=[("a.txt", b"a")])
    it.answer(1)
    agree(it, it.learners[0], "run")
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    for page in ("shown/", "1/", "1/changes", "1/files/1"):
        assert "Антонова" not in author.get(f"{it.base}{page}", status=403)


def test_only_what_the_activity_asks_about(group):
    it = group(audiences="[run]")
    it.send(stage="text")
    it.answer(1)
    agree(it, it.learners[0], "public", status=422)
    agree(it, it.learners[0], "run")
    it.stage.browser().get(public(it), status=404)


def test_another_stage_is_not_shown(group):
    it = group(learners=2, audiences=BOTH)
    it.send(it.learners[0], stage="plan")
    it.answer(1)
    agree(it, it.learners[0], "public")
    it.browser(it.learners[1]).get(f"{it.base}1/", status=404)
    it.stage.browser().get(public(it), status=404)


def test_of_works_that_come_again_the_latest_is_shown(group):
    it = group(learners=2, audiences=BOTH, again="true")
    anna, boris = it.learners
    it.send(anna, stage="text", text="Первая")
    it.send(anna, stage="text", text="Вторая", seen="2.0")
    agree(it, anna, "run")
    assert "Вторая" in it.browser(boris).get(f"{it.base}2/")
    it.browser(boris).get(f"{it.base}1/", status=404)


def test_all_members_of_a_team_have_to_agree(group):
    it = group(learners=4, least_team=2, most_team=3, audiences=BOTH)
    anna, boris, vera, gala = it.learners
    it.team("Мост", anna, boris)
    it.team("Берег", vera, gala)
    it.send(anna, stage="text")
    it.answer(1)
    agree(it, anna, "public")
    it.browser(vera).get(f"{it.base}1/", status=404)
    agree(it, boris, "run")
    page = it.browser(anna).get(f"{it.base}own/text/")
    assert "Борисова Анна Петровна: Everybody in this course" in page
    it.browser(vera).get(f"{it.base}1/")
    it.stage.browser().get(public(it), status=404)
    agree(it, boris, "public")
    page = it.stage.browser().get(public(it))
    assert "Антонова Анна Петровна, Борисова Анна Петровна" in page


def test_whoever_leaves_is_shown_no_more(group):
    it = group(audiences=BOTH)
    anna = it.learners[0]
    it.send(stage="text")
    it.answer(1)
    agree(it, anna, "public")
    it.stage.browser().get(public(it))
    enrolment.withdraw(it.stage.site, it.run, anna, by=None)
    db.session.commit()
    it.stage.browser().get(public(it), status=404)
    assert db.session.query(Consent).count() == 0
