"""A quiz is changed while people answer it: what the report says, word for word, and that nobody loses anything."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from courses.load import load
from lms.db import db
from lms.enrolment.models import Enrolment
from lms.i18n import set_language
from lms.progress.models import ResultHistory
from lms.publishing import impact, service, words
from lms.publishing.move import Moved, move, preview
from lms.testing import Stage
from lms_quiz.models import Attempt

COURSE = """---
title: Сетевое сообщество
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
completion: {lessons: all, activities: all}
certificate: {kind: course-certificate}
---

О курсе.
"""
LESSON = """---
title: Формы работы
minutes: 45
---

Чтобы учиться вместе, не нужно сидеть в одной комнате.

:::{quiz} Проверьте себя
:id: forms-quiz
:pass: 50%

1. Какая форма работы не требует общего времени?
   - ( ) видеоконференция
   - (x) форум
   - ( ) чат
2. Отметьте всё, что относится к асинхронному общению.
   - [x] рассылка
   - [x] доска объявлений
   - [ ] телефонный разговор
:::
"""
ANSWERS = ({"q1": "форум", "q2": ["рассылка", "доска объявлений"]}, {"q1": "чат", "q2": ["рассылка"]})
NAME = "01-forms/01-forms.md"
GROUP = 30


class Live:
    """A run in which thirty learners have read the lesson and answered the quiz, each second one all right."""

    def __init__(self, stage: Stage, sit: type) -> None:
        self.stage = stage
        self.course = stage.course(
            {"course.md": COURSE, "01-forms/index.md": "---\ntitle: Формы\n---\n", NAME: LESSON}, folder="network"
        )
        self.folder: Path = stage.folder / "courses" / "network"
        self.name = NAME
        self.run = stage.run(self.course)
        self.base = stage.base(self.run)
        self.learners = [stage.person(f"Ученикова{number}") for number in range(GROUP)]
        stage.enrol(self.run, *self.learners)
        for place, learner in enumerate(self.learners):
            browser = stage.browser(learner)
            browser.post(f"{self.base}forms/forms/read")
            sit(browser, f"{self.base}activities/forms-quiz/").start().finish(ANSWERS[place % 2])

    def edit(self, *changes: tuple[str, str]) -> None:
        path = self.folder / self.name
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def report(self) -> impact.Impact:
        db.session.rollback()
        loaded = load(self.folder, self.stage.site.registry.kinds)
        assert loaded.course is not None, "\n".join(map(str, loaded.problems))
        return impact.report(self.stage.site, loaded.course)

    def said(self, tongue: str = "en") -> str:
        set_language(tongue)
        try:
            return "\n".join(words.lines(self.report()))
        finally:
            set_language("en")

    def publish(self) -> None:
        assert service.publish(self.stage.site, self.folder).changed
        db.session.commit()

    def move(self, *accept: str, to: int | None = None) -> Moved:
        db.session.rollback()
        done = move(self.stage.site, self.run, to, accept)
        db.session.commit()
        return done

    def kept(self, item: str = "forms-quiz") -> dict[str, object]:
        """Everything that is stored of everybody at the quiz."""
        db.session.rollback()
        attempts = db.session.execute(
            select(Attempt.person_id, Attempt.points, Attempt.max_points, Attempt.answers, Attempt.marks)
            .where(Attempt.run_id == self.run, Attempt.block == item)
            .order_by(Attempt.person_id, Attempt.number)
        ).all()
        history = db.session.execute(
            select(ResultHistory.person_id, ResultHistory.points, ResultHistory.state)
            .where(ResultHistory.run_id == self.run, ResultHistory.item == item)
            .order_by(ResultHistory.id)
        ).all()
        results = {
            person: (found.points, found.max_points, found.completed, found.success)
            for person in self.learners
            if (found := self.stage.results(self.run, person).get(item)) is not None
        }
        return {"attempts": attempts, "history": history, "results": results}


@pytest.fixture
def live(stage: Stage, hand: type) -> Live:
    return Live(stage, hand)


# ------------------------------------------------------------------ a key that was wrong


def test_a_changed_key_after_thirty_attempts(live: Live) -> None:
    before = live.kept()
    live.edit(("- (x) форум", "- ( ) форум"), ("- ( ) чат", "- (x) чат"), ("нужно сидеть", "надо сидеть"))
    assert live.said() == (
        "network@spring, now at revision 1, 30 learners:\n"
        "  01-forms/01-forms.md:12: harmful: “Проверьте себя”: question 1 has another right answer;"
        " marks given stay as they are [key-changed], 30 people"
    )
    assert live.said("ru") == (
        "network@spring, сейчас редакция 1, 30 слушателей:\n"
        "  01-forms/01-forms.md:12: осторожно: «Проверьте себя»: у вопроса 1 другой верный ответ;"
        " выставленные оценки остаются прежними [key-changed], 30 человек"
    )
    live.publish()
    assert live.move().refused == ("key-changed",)
    assert live.move("key-changed").done
    assert live.kept() == before
    assert live.report().runs[0].effects == ()
    page = live.stage.browser(live.learners[0]).get(f"{live.base}activities/forms-quiz/attempts/1/")
    assert ("2 of 2" in page, "The marks of this attempt are kept" in page) == (True, True)


# ------------------------------------------------------------------ a quiz that was taken out


def test_a_removed_quiz(live: Live) -> None:
    before, completed = live.kept(), finished(live)
    assert sum(completed.values()) == 15
    path = live.folder / NAME
    path.write_text(re.sub(r":::\{quiz\}.*:::\n", "", path.read_text("utf-8"), flags=re.S), "utf-8")
    assert live.said() == (
        "network@spring, now at revision 1, 30 learners:\n"
        "  harmful: The activity “Проверьте себя” (forms-quiz) is gone. Results in it are kept, and no longer count."
        " [item-vanished], 30 people"
    )
    assert live.said("ru") == (
        "network@spring, сейчас редакция 1, 30 слушателей:\n"
        "  осторожно: Задания «Проверьте себя» (forms-quiz) больше нет. Результаты хранятся, но больше не учитываются."
        " [item-vanished], 30 человек"
    )
    live.publish()
    assert live.move("item-vanished").done
    assert live.kept() == before
    # whoever had finished has, and those who only lacked the quiz have now
    assert all(finished(live).values())
    assert live.stage.browser(live.learners[0]).get(f"{live.base}activities/forms-quiz/", status=404)
    # back again: everything is where it was
    assert live.move(*preview(live.stage.site, live.run, 1).refused, to=1).done
    assert live.kept() == before
    assert "форум" in live.stage.browser(live.learners[0]).get(f"{live.base}activities/forms-quiz/attempts/1/")


def finished(live: Live) -> dict[int, bool]:
    db.session.rollback()
    rows = db.session.execute(
        select(Enrolment.person_id, Enrolment.completed_at).where(Enrolment.run_id == live.run).order_by(Enrolment.id)
    )
    return {row.person_id: row.completed_at is not None for row in rows}


# ------------------------------------------------------------------ another id


def test_a_rename_without_and_with_an_alias(live: Live) -> None:
    before = live.kept()
    live.edit((":id: forms-quiz", ":id: check"), ("title: Формы работы", "title: Формы совместной работы"))
    (live.folder / NAME).rename(live.folder / "01-forms/01-together.md")
    assert live.said() == (
        "network@spring, now at revision 1, 30 learners:\n"
        "  01-forms/01-together.md:1: harmful: “Формы работы” (forms) seems to be “Формы совместной работы” (together) now."
        " As it stands, what people did in it does not count there. [renamed], 30 people\n"
        "      If it is the same lesson, add a line to the head of 01-forms/01-together.md: aliases: [forms]\n"
        "  01-forms/01-together.md:8: harmful: “Проверьте себя” (forms-quiz) seems to be “Проверьте себя” (check) now."
        " As it stands, what people did in it does not count there. [renamed], 30 people\n"
        "      If it is the same, add a line to its options in 01-forms/01-together.md: :aliases: forms-quiz"
    )
    assert live.said("ru") == (
        "network@spring, сейчас редакция 1, 30 слушателей:\n"
        "  01-forms/01-together.md:1: осторожно: «Формы работы» (forms), похоже, теперь «Формы совместной работы» (together)."
        " Пока сделанное в прежнем здесь не засчитывается. [renamed], 30 человек\n"
        "      Если это тот же урок, добавьте строку в начало файла 01-forms/01-together.md: aliases: [forms]\n"
        "  01-forms/01-together.md:8: осторожно: «Проверьте себя» (forms-quiz), похоже, теперь «Проверьте себя» (check)."
        " Пока сделанное в прежнем здесь не засчитывается. [renamed], 30 человек\n"
        "      Если это то же самое, добавьте строку к его параметрам в 01-forms/01-together.md: :aliases: forms-quiz"
    )
    live.name = "01-forms/01-together.md"
    live.edit((":id: check", ":id: check\n:aliases: forms-quiz"), ("minutes: 45", "minutes: 45\naliases: [forms]"))
    assert live.said() == (
        "network@spring, now at revision 1, 30 learners:\n"
        "  01-forms/01-together.md:1: “Формы работы” (forms) goes on as “Формы совместной работы” (together):"
        " what people did moves with it. [carried-over], 30 people\n"
        "  01-forms/01-together.md:9: “Проверьте себя” (forms-quiz) goes on as “Проверьте себя” (check):"
        " what people did moves with it. [carried-over], 30 people"
    )
    done = finished(live)
    live.publish()
    assert live.kept() == before
    assert live.move().done
    assert live.kept("check") == before
    assert live.kept() == {"attempts": [], "history": [], "results": {}}
    assert finished(live) == done
    # the addresses people have noted lead on, acts too
    browser = live.stage.browser(live.learners[1])
    with live.stage.outside():
        found = browser.client.get(f"{live.base}forms/forms/")
        assert (found.status_code, found.headers["Location"]) == (308, f"{live.base}forms/together/")
        found = browser.client.get(f"{live.base}activities/forms-quiz/attempts/1/?lang=en")
        assert found.headers["Location"] == f"{live.base}activities/check/attempts/1/?lang=en"
    assert "форум" in browser.get(f"{live.base}activities/forms-quiz/attempts/1/")
    browser.post(f"{live.base}forms/forms/read", status=308, follow=False)
    assert browser.response.headers["Location"] == f"{live.base}forms/together/read"
    # and back
    assert live.move(to=1).done
    assert live.kept() == before
