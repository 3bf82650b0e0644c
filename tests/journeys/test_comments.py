"""Comments on passages of a work: selected with a mouse, or copied without a script; read beside the text, on a phone too; what changed
in the next version; who may see it."""

import pytest

from tests.journeys.conftest import DESK, PHONE, Town
from tests.journeys.test_quiz_kinds import come, sign_in

pytestmark = pytest.mark.journey

LESSON = """---
title: Урок
minutes: 45
---

:::{project} Событие
---
id: event
shown: public
stages:
  - {id: plan, title: Замысел}
---
Придумайте событие.
:::
"""
TEXT = "Наш замысел прост: **собрать** коллег.\n\nМы соберём коллег ещё раз, и ещё раз, через месяц."


@pytest.fixture
def plugins():
    from lms_project import plugin

    return (plugin,)


def test_words_are_selected_said_about_and_read(town: Town) -> None:
    stage = town.stage
    files = {"01-module/index.md": "---\ntitle: Модуль\n---\n", "01-module/01-lesson.md": LESSON}
    run = stage.run(stage.course(files))
    works = f"{stage.base(run)}works/event/"
    anna = come(town, run, "anna", "ru", PHONE)
    tutor = come(town, run, "tutor", "ru", DESK, role="tutor")
    for person in (anna, tutor):
        sign_in(person)
    anna.go(f"{works}own/plan/").fill("text", TEXT).click("Hand in")

    # a double click selects a word; the second of the same words is known by those in front of it
    tutor.go(f"{works}1/").page.get_by_text("собрать", exact=True).dblclick()
    assert tutor.page.locator("[name=quote]").input_value().strip() == "собрать"
    tutor.page.locator(".noting [name=text]").fill("Кого именно?")
    tutor.click("Keep the comment")
    tutor.page.evaluate(
        """() => {
            const node = document.querySelectorAll("[data-passages] p")[1].lastChild;
            const range = document.createRange(), place = node.data.lastIndexOf("раз");
            range.setStart(node, place);
            range.setEnd(node, place + 3);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            document.querySelector("[data-passages]").dispatchEvent(new MouseEvent("mouseup"));
        }"""
    )
    tutor.page.locator(".noting [name=text]").fill("Зачем второй раз?")
    tutor.click("Keep the comment")
    page = tutor.page
    beside = page.locator(".remarks").bounding_box()
    text = page.locator("[data-passages]").bounding_box()
    assert beside is not None
    assert text is not None
    assert beside["x"] >= text["x"] + text["width"], "beside the text"
    assert page.locator("mark").all_inner_texts() == ["собрать", "раз"]
    tutor.fill("feedback", "Прочтите на полях.").click("Give it back for changes")

    anna.go(f"{works}own/plan/").reads("Зачем второй раз?")
    anna.page.locator('a[href="#comment-2"]').click()
    assert anna.page.locator("#comment-2").inner_text().startswith("раз")
    anna.page.locator('#comment-2 a[href="#passage-2"]').click()
    anna.fill("text", TEXT.replace(", и ещё раз", "")).click("Hand in")
    anna.page.locator('a[href$="/2/changes"]').click()
    anna.page.wait_for_load_state()
    assert anna.look().page.locator("del").all_inner_texts() == [" и ещё раз,"]

    tutor.go(f"{works}2/").click("Accept the work")
    anna.go(f"{works}own/plan/").page.get_by_text(anna.t("Everybody, without signing in")).click()
    anna.click("Save").go(f"{works}2/")
    visitor = town.person("visitor", "ru", PHONE)
    visitor.go(f"/works/{works.split('/')[2]}/event/2/").reads("Ёлкина Мария").sees(
        "Shown with the consent of those who wrote it."
    )
    assert "Зачем второй раз?" not in visitor.page.content()
    town.all_is_well()
