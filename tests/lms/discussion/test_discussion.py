"""People of a run talk; those who lead it moderate; what is hidden reaches nobody it should not."""

import re

import pytest

from lms.db import db
from lms.discussion import service
from lms.discussion.feature import DiscussionData
from lms.enrolment import service as enrolment
from lms.enrolment.place import find_place
from tests.lms.discussion.hall import Hall, post_number, posts, titles, told


def test_a_question_and_its_answer(hall: Hall) -> None:
    thread = hall.begin("Вопрос & ответ", "Как **быть**?")
    assert thread.startswith(hall.list + "/")
    page = hall.reply(thread, "Так: [ссылка](https://example.org)")
    assert "<strong>быть</strong>" in page
    assert 'href="https://example.org" rel="nofollow' in page
    assert posts(page) == ["Как быть ?", "Так: ссылка"]
    assert "<h1>Вопрос &amp; ответ</h1>" in page
    assert titles(hall.browser(hall.tutor).get(hall.list)) == ["Вопрос & ответ"]


def test_those_who_wrote_are_told_of_replies_and_others_are_not(hall: Hall) -> None:
    thread = hall.begin("Вопрос")
    hall.reply(thread, "Ответ", by=hall.olga)
    assert told(hall, hall.anna) == ["Ольга Петрова replied in “Вопрос”"]
    hall.reply(thread, "Спасибо", by=hall.anna)
    assert told(hall, hall.olga) == ["Анна Иванова replied in “Вопрос”"]
    assert told(hall, hall.tutor) == []
    assert len(told(hall, hall.anna)) == 1


def test_who_left_the_run_is_told_nothing_and_sees_nothing(hall: Hall) -> None:
    thread = hall.begin()
    enrolment.withdraw(hall.stage.site, hall.run, hall.anna)
    db.session.commit()
    hall.reply(thread, "Ответ")
    assert told(hall, hall.anna) == []
    hall.browser(hall.anna).get(thread, 404)


def test_strangers_and_authors_do_not_read_what_a_group_says(hall: Hall) -> None:
    thread = hall.begin()
    stranger = hall.stage.person("Чужая")
    author = hall.stage.person("Автор", is_author=True)
    for path in (hall.list, thread):
        hall.browser(stranger).get(path, 404)
        hall.browser(author).get(path, 403)
    visitor = hall.stage.browser()
    visitor.get(thread)
    assert "Как быть?" not in visitor.text


def test_threads_of_another_run_are_not_there(hall: Hall) -> None:
    thread = hall.begin()
    number = thread.rpartition("/")[2]
    post = post_number(hall.browser(hall.anna).get(thread))
    elsewhere = hall.stage.run(hall.course, "autumn")
    hall.stage.enrol(elsewhere, hall.anna)
    hall.stage.enrol(elsewhere, hall.tutor, role="tutor")
    there = hall.stage.base(elsewhere) + "discussion"
    hall.browser(hall.anna).get(f"{there}/{number}", 404)
    hall.browser(hall.anna).get(f"{there}/posts/{post}/edit", 404)
    hall.browser(hall.anna).post(f"{there}/{number}", {"text": "x"}, 404)
    for act in ("close", "open", "pin", "unpin"):
        hall.browser(hall.tutor).post(f"{there}/{number}/{act}", status=404)
    hall.browser(hall.tutor).post(f"{there}/posts/{post}/hide", {"reason": "x"}, 404)
    hall.browser(hall.tutor).post(f"{there}/posts/{post}/show", status=404)
    assert posts(hall.browser(hall.olga).get(thread)) == ["Как быть?"]


def test_a_form_that_lacks_something_comes_back_as_it_was(hall: Hall) -> None:
    browser = hall.browser(hall.anna)
    page = browser.post(hall.list, {"title": " ", "text": "Длинный рассказ"}, 422)
    assert "Write the subject." in page
    assert re.search(r"<textarea[^>]*>\s*Длинный рассказ</textarea>", page)
    assert "At most 150 characters fit here." in browser.post(hall.list, {"title": "я" * 151, "text": "x"}, 422)
    assert "At most 20000 characters fit here." in browser.post(hall.list, {"title": "я", "text": "x" * 20_001}, 422)
    thread = hall.begin()
    assert "Write the text." in hall.reply(thread, " \n ", status=422)
    assert titles(browser.get(hall.list)) == ["Вопрос"]


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    '[x](https://a "onmouseover=alert(1)")',
    "![x](https://tracker.example/a.png)",
    "<style>body{display:none}</style>",
    "</article></main><form action=//evil>",
    "{{ config.SECRET_KEY }} {% raw %}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_a_person_writes_runs(hall: Hall, text: str) -> None:
    thread = hall.begin(text[:150], text)
    for page in (
        hall.reply(thread, text),
        hall.browser(hall.olga).get(hall.list),
        hall.browser(hall.tutor).get(thread),
    ):
        inside = page[page.index("<main") : page.index("</main>")]
        assert (
            re.findall(r"<(?:script|img|style|iframe)\b|<[^>]*\son\w+=|<[^>]*javascript:|<[^>]*action=//", inside) == []
        )
        assert "SECRET_KEY" not in inside or "{{ config.SECRET_KEY }}" in inside
    assert len(posts(hall.browser(hall.tutor).get(thread))) == 2


def test_a_hidden_post_is_seen_by_its_author_and_staff_only(hall: Hall) -> None:
    thread = hall.begin()
    page = hall.reply(thread, "Грубое слово", by=hall.olga)
    number = post_number(page, -1)
    tutor = hall.browser(hall.tutor)
    page = tutor.post(f"{hall.list}/posts/{number}/hide", {"reason": "Грубость"})
    assert posts(page)[1] == "Hidden from the others: Грубость Грубое слово"
    for path in (thread, hall.list):
        page = hall.browser(hall.anna).get(path)
        assert "Груб" not in page
    assert posts(hall.browser(hall.anna).get(thread))[1] == "This post was hidden by those who lead the course."
    assert posts(hall.browser(hall.olga).get(thread))[1] == "Hidden from the others: Грубость Грубое слово"
    assert told(hall, hall.olga) == ["Your post in “Вопрос” was hidden: Грубость"]
    assert "1 post" in hall.browser(hall.anna).get(hall.list)
    hall.browser(hall.olga).get(f"{hall.list}/posts/{number}/edit", 404)
    hall.browser(hall.olga).post(f"{hall.list}/posts/{number}/edit", {"text": "x"}, 404)
    tutor.post(f"{hall.list}/posts/{number}/show")
    assert posts(hall.browser(hall.anna).get(thread)) == ["Как быть?", "Грубое слово"]


def test_with_the_opening_post_goes_the_subject(hall: Hall) -> None:
    thread = hall.begin("Грубая тема", "Грубое слово")
    hall.reply(thread, "Ответ")
    tutor = hall.browser(hall.tutor)
    number = post_number(tutor.get(thread))
    tutor.post(f"{hall.list}/posts/{number}/hide", {"reason": "Нельзя"})
    for path in (thread, hall.list, hall.base + "activities/forum/"):
        assert "Груб" not in hall.browser(hall.olga).get(path)
    assert titles(hall.browser(hall.olga).get(hall.list)) == ["Hidden subject"]
    assert titles(tutor.get(hall.list)) == ["Грубая тема"]
    hall.reply(thread, "Ещё", by=hall.tutor)
    assert told(hall, hall.olga) == ["Анна Ведущая replied in “…”"]
    tutor.post(f"{hall.list}/posts/{number}/show")
    assert titles(hall.browser(hall.olga).get(hall.list)) == ["Грубая тема"]


def test_hiding_needs_a_reason(hall: Hall) -> None:
    thread = hall.begin()
    tutor = hall.browser(hall.tutor)
    number = post_number(tutor.get(thread))
    assert "Say why, so that the author knows." in tutor.post(f"{hall.list}/posts/{number}/hide", {"reason": " "})
    assert posts(hall.browser(hall.olga).get(thread)) == ["Как быть?"]


def test_learners_do_not_moderate(hall: Hall) -> None:
    thread = hall.begin()
    number = post_number(hall.browser(hall.anna).get(thread))
    browser = hall.browser(hall.olga)
    for path in (f"{hall.list}/posts/{number}/hide", f"{hall.list}/posts/{number}/show"):
        browser.post(path, {"reason": "x"}, 403)
    for act in ("close", "open", "pin", "unpin"):
        browser.post(f"{thread}/{act}", status=403)
    page = browser.get(thread)
    assert re.findall(r'action="[^"]*(?:hide|show|close|pin)"', page) == []


def test_nothing_is_added_to_a_closed_thread(hall: Hall) -> None:
    thread = hall.begin()
    tutor = hall.browser(hall.tutor)
    number = post_number(tutor.get(thread))
    page = tutor.post(f"{thread}/close")
    assert "This thread is closed: it can be read, nothing can be added." in page
    assert f'action="{thread}#reply"' not in page
    assert "This thread is closed: nothing can be added." in hall.reply(thread, "Ответ", status=422)
    hall.browser(hall.anna).get(f"{hall.list}/posts/{number}/edit", 404)
    tutor.post(f"{thread}/open")
    assert posts(hall.reply(thread, "Ответ")) == ["Как быть?", "Ответ"]


def test_pinned_threads_stand_first_then_the_latest(hall: Hall) -> None:
    threads = []
    for title in ("Первая", "Вторая", "Третья"):
        threads.append(hall.begin(title))
        hall.stage.move(minutes=1)
    browser = hall.browser(hall.tutor)
    assert titles(browser.get(hall.list)) == ["Третья", "Вторая", "Первая"]
    hall.reply(threads[1], "Ответ")
    assert titles(browser.get(hall.list)) == ["Вторая", "Третья", "Первая"]
    browser.post(f"{threads[0]}/pin")
    assert titles(browser.get(hall.list)) == ["Первая", "Вторая", "Третья"]
    browser.post(f"{threads[0]}/unpin")
    assert titles(browser.get(hall.list)) == ["Вторая", "Третья", "Первая"]


def test_authors_change_their_own_posts_only(hall: Hall) -> None:
    thread = hall.begin()
    browser = hall.browser(hall.anna)
    number = post_number(browser.get(thread))
    assert re.search(r"<textarea[^>]*>\s*Как быть\?</textarea>", browser.get(f"{hall.list}/posts/{number}/edit"))
    page = browser.post(f"{hall.list}/posts/{number}/edit", {"text": "Как *быть* и что делать?"})
    assert posts(page) == ["Как быть и что делать?"]
    assert "<em>быть</em>" in page
    assert re.search(r">\s*changed\s*<time", page)
    for other in (hall.olga, hall.tutor):
        hall.browser(other).get(f"{hall.list}/posts/{number}/edit", 404)
        hall.browser(other).post(f"{hall.list}/posts/{number}/edit", {"text": "x"}, 404)
    assert posts(browser.get(thread)) == ["Как быть и что делать?"]


def test_long_threads_and_lists_have_pages_and_always_the_same_number_of_statements(hall: Hall) -> None:
    def statements(path: str) -> int:
        browser = hall.browser(hall.anna)
        browser.get(path)
        with hall.stage.statements() as found:
            browser.get(path)
        return len(found)

    thread = hall.begin("Длинная")
    hall.begin("О форуме", block="forum")
    counts = [(statements(hall.list), statements(thread), statements(hall.base + "activities/forum/"))]
    place = find_place(hall.stage.actor(hall.anna), hall.base.split("/")[2])
    assert place is not None
    actor = hall.stage.actor(hall.anna)
    for size in (3, 33):
        for number in range(size):
            hall.stage.move(minutes=1)
            service.begin(hall.stage.site, place.run, "", actor, f"Тема {number}", "x")
            service.begin(hall.stage.site, place.run, "forum", actor, f"Тема {number}", "x")
            service.reply(hall.stage.site, place.run, int(thread.rpartition("/")[2]), actor, f"Ответ {number}")
        db.session.commit()
        counts.append((statements(hall.list), statements(thread), statements(hall.base + "activities/forum/")))
    assert counts[1:] == [counts[0]] * 2
    browser = hall.browser(hall.anna)
    assert [len(titles(browser.get(f"{hall.list}?page={page}"))) for page in (1, 2)] == [30, 7]
    assert [len(posts(browser.get(f"{thread}?page={page}"))) for page in (1, 2, 3, "x")] == [30, 7, 7, 30]
    last = service.reply(hall.stage.site, place.run, int(thread.rpartition("/")[2]), actor, "Ответ")
    assert service.address(place.run, int(thread.rpartition("/")[2]), last) == f"{thread}?page=2#post-{last}"


def test_the_discussion_of_an_activity_stands_within_it_in_two_statements(hall: Hall) -> None:
    thread = hall.begin("О форуме", "Первое", block="forum")
    hall.begin("Общее")
    hall.reply(thread, "Последнее")
    hall.reply(thread, "Скрытое")
    tutor = hall.browser(hall.tutor)
    tutor.post(f"{hall.list}/posts/{post_number(tutor.get(thread), -1)}/hide", {"reason": "x"})
    page = hall.browser(hall.olga).get(hall.base + "activities/forum/")
    assert titles(page) == ["О форуме"]
    assert posts(page) == ["Последнее"]
    assert "<p>count: 1</p>" in page
    assert 'name="block" value="forum"' in page
    assert 'name="block"' not in hall.browser(hall.olga).get(hall.base + "activities/forum/closed")
    assert titles(hall.browser(hall.olga).get(hall.list)) == ["Общее"]
    assert titles(hall.browser(hall.olga).get(hall.list + "?block=forum")) == ["О форуме"]
    assert f'href="{hall.list}?block=forum"' in hall.browser(hall.olga).get(hall.list)


def test_an_author_who_looks_at_the_run_gets_no_form(hall: Hall) -> None:
    author = hall.stage.person("Автор", is_author=True)
    page = hall.browser(author).get(hall.base + "activities/forum/")
    assert "<form" not in page
    hall.browser(author).post(hall.list, {"title": "x", "text": "x", "block": "forum"}, 403)


def test_the_discussion_of_a_locked_or_unknown_activity_is_closed_too(hall: Hall) -> None:
    thread = hall.begin("Рано", "Тайна", by=hall.tutor, block="late")
    number = post_number(hall.browser(hall.tutor).get(thread))
    learner = hall.browser(hall.anna)
    for path in (thread, hall.list + "?block=late"):
        assert "Тайна" not in learner.get(path, 403)
    learner.post(thread, {"text": "x"}, 403)
    learner.post(hall.list, {"title": "x", "text": "x", "block": "late"}, 403)
    assert f'href="{hall.list}?block=late"' not in learner.get(hall.list)
    for block in ("no-such", "01-lesson", "lesson"):
        learner.get(f"{hall.list}?block={block}", 404)
        learner.post(hall.list, {"title": "x", "text": "x", "block": block}, 404)
    assert posts(hall.browser(hall.tutor).get(thread)) == ["Тайна"]
    assert number == post_number(hall.browser(hall.tutor).get(thread))


def test_a_person_gets_what_they_wrote_and_can_have_it_taken_away(hall: Hall) -> None:
    thread = hall.begin("Моя тема", "Мой текст", by=hall.anna)
    hall.reply(thread, "Чужой ответ", by=hall.olga)
    data = DiscussionData()
    exported = data.export(hall.stage.site, hall.anna)
    assert [row["title"] for row in exported["threads"]] == ["Моя тема"]
    assert [row["text"] for row in exported["posts"]] == ["Мой текст"]
    assert data.erase(hall.stage.site, hall.anna) == ["The text of 1 post was removed."]
    db.session.commit()
    page = hall.browser(hall.olga).get(thread)
    assert posts(page) == ["The text was removed together with its author's data.", "Чужой ответ"]
    assert "Моя тема" not in page and "<h1>Removed subject</h1>" in page
    assert data.erase(hall.stage.site, 987) == []


def test_the_pages_speak_russian(hall: Hall) -> None:
    thread = hall.begin()
    assert "<h1>Обсуждение</h1>" in hall.browser(hall.tutor).get(hall.list + "?lang=ru")
    page = hall.browser(hall.tutor).get(thread + "?lang=ru")
    for words in ("Отправить ответ", "Закрепить", "Скрыть это сообщение?", "Можно использовать Markdown"):
        assert words in page
