"""Comments on passages: found by their words, beside the text, read together with the answer."""

from lms.db import db
from lms.submissions.models import PassageComment

TEXT = "Первый **важный** абзац.\n\nВторой абзац."


def say(it, text="Что это значит?", quote="важный абзац", status=200, who=0, id=1, **more):
    return it.browser(who or it.tutor).post(
        f"{it.base}{id}/comments", {"quote": quote, "text": text, **more}, status=status
    )


def test_a_comment_stands_beside_its_passage_and_is_read_with_the_answer(group):
    it = group()
    anna = it.learners[0]
    it.send(text=TEXT)
    page = say(it)
    assert (
        '<mark><span id="passage-1"></span>важный</mark></strong><mark> абзац</mark><sup class="passage"><a href="#comment-1"'
        in page
    )
    assert '<li id="comment-1" value="1">' in page
    assert "Что это значит?" in page
    assert "Что это значит?" not in it.browser(anna).get(f"{it.base}own/plan/"), "not before the answer"
    assert it.notices(anna) == []
    it.answer(1, accept=False, feedback="Прочтите комментарии.")
    page = it.browser(anna).get(f"{it.base}own/plan/")
    assert "Что это значит?" in page
    assert 'href="#passage-1"' in page
    assert "Take the comment away" not in page
    say(it, "И ещё.", "Второй")
    assert it.notices(anna)[0] == "There is a new comment on your work “Сочинение: Замысел”."


def test_words_have_to_be_there_once(group):
    it = group()
    it.send(text=TEXT)
    assert "These words do not stand in the work" in say(it, quote="Третий", status=422)
    page = say(it, quote="абзац", status=422)
    assert "These words stand in the work 2 times" in page
    assert "Что это значит?" in page, "what was written is not lost"
    say(it, quote="абзац", before="Второй")
    assert "Copy the words you mean" in say(it, quote=" ", status=422)
    assert "Write what you want to say" in say(it, text=" ", status=422)
    assert "At most 2000 characters fit here." in say(it, text="я" * 2001, status=422)
    db.session.rollback()
    assert [(row.quote, row.text) for row in db.session.query(PassageComment)] == [("абзац", "Что это значит?")]


def test_numbers_go_through_all_versions_of_a_page(group):
    it = group()
    it.send(text=TEXT)
    say(it, "К первой", "Первый")
    it.answer(1, accept=False, feedback="Ещё.")
    it.send(text=TEXT + " Третий.")
    say(it, "Ко второй", "Третий", id=2)
    say(it, "Раньше в тексте", "Первый", id=2)
    page = it.browser(it.tutor).get(f"{it.base}2/")
    places = [
        page.index(text)
        for text in ('id="comment-1"', "Раньше в тексте", 'id="comment-2"', "Ко второй", 'id="comment-3"', "К первой")
    ]
    assert places == sorted(places)


def test_comments_are_taken_away_by_those_who_made_them(group):
    it = group()
    it.send(text=TEXT)
    say(it)
    other = it.stage.person("Вторая")
    it.stage.enrol(it.run, other, role="tutor")
    assert "Take the comment away" not in it.browser(other).get(f"{it.base}1/")
    it.browser(other).post(f"{it.base}1/comments/1/remove", status=404)
    assert "The comment is taken away." in it.browser(it.tutor).post(f"{it.base}1/comments/1/remove")
    it.browser(it.tutor).post(f"{it.base}1/comments/1/remove", status=404)
    it.browser(it.learners[0]).post(f"{it.base}1/comments", {"quote": "Первый", "text": "x"}, status=403)


def test_comments_are_harmless(group):
    it = group()
    it.send(text="Тут `<b>код</b>` & всё.")
    page = say(it, "<script>alert(1)</script>", "<b>код</b> & всё")
    assert "<script>alert" not in page
    assert "<b>код" not in page
    assert page.count("&lt;b&gt;код&lt;/b&gt; &amp; всё") >= 1
