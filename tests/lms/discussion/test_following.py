"""People see what is new to them, and are told of what they want to be told of."""

import re

from lms.db import db
from lms.discussion import following
from lms.discussion.feature import DiscussionData
from lms.discussion.models import PostRecord
from lms.enrolment import service as enrolment
from lms.notices.models import OutgoingMail
from tests.lms.discussion.hall import Hall, post_number, posts, told


def new(page: str) -> list[str]:
    """What the badges of threads say."""
    return re.findall(r'<a class="badge" href="[^"]*/new">([^<]*)<', page)


def test_posts_of_others_are_new_until_they_are_read(hall: Hall) -> None:
    thread = hall.begin("Вопрос", "Раз", by=hall.anna)
    hall.reply(thread, "Два", by=hall.tutor)
    assert new(hall.browser(hall.olga).get(hall.list)) == ["2 new"]
    assert new(hall.browser(hall.anna).get(hall.list)) == ["1 new"]
    assert new(hall.browser(hall.tutor).get(hall.list)) == []
    olga = hall.browser(hall.olga)
    page = olga.get(thread)
    assert new(olga.get(hall.list)) == ["2 new"], "a page that is read writes nothing"
    form = re.search(r'<form[^>]*action="([^"]*/seen)" data-by-itself>', page)
    assert form is not None
    page = olga.post(form[1])
    assert "data-by-itself" not in page
    assert new(olga.get(hall.list)) == []
    hall.reply(thread, "Три", by=hall.anna)
    assert new(olga.get(hall.list)) == ["1 new"]
    olga.post(f"{hall.list}/posts/{post_number(page)}/seen")
    assert new(olga.get(hall.list)) == ["1 new"], "reading an old page takes nothing back"


def test_whoever_replies_has_read_what_stands_above(hall: Hall) -> None:
    thread = hall.begin()
    hall.reply(thread, "Ответ", by=hall.olga)
    assert new(hall.browser(hall.olga).get(hall.list)) == []


def test_the_way_to_the_first_new_post(hall: Hall) -> None:
    thread = hall.begin("Длинная", "0")
    olga = hall.browser(hall.olga)
    anna = hall.browser(hall.anna)
    for number in range(1, 35):
        anna.post(thread, {"text": str(number)})
    numbers = re.findall(r'id="post-(\d+)"', olga.get(thread)) + re.findall(
        r'id="post-(\d+)"', olga.get(f"{thread}?page=2")
    )
    olga.post(f"{hall.list}/posts/{numbers[31]}/seen")
    olga.get(f"{thread}/new")
    assert olga.response is not None
    assert olga.response.request.path == thread
    assert olga.response.request.args.to_dict() == {"page": "2"}
    with hall.stage.outside():
        location = olga.client.get(f"{thread}/new").headers["Location"]
    assert location == f"{thread}?page=2#post-{numbers[32]}"


def test_everything_is_read_at_once(hall: Hall) -> None:
    for title in ("Раз", "Два"):
        hall.begin(title)
    hall.begin("О форуме", block="forum")
    olga = hall.browser(hall.olga)
    page = olga.get(hall.list)
    assert (new(page), "1 with new posts" in page) == (["1 new", "1 new"], True)
    page = olga.post(f"{hall.list}/seen")
    assert (new(page), "Mark everything as read" in page, "1 with new posts" in page) == ([], False, True)
    olga.post(f"{hall.list}/seen", {"block": "forum"})
    assert "with new posts" not in olga.get(hall.list)
    olga.post(f"{hall.list}/seen", {"block": "late"}, 403)
    olga.post(f"{hall.list}/seen", {"block": "nothing"}, 404)


def test_what_is_not_there_is_not_read(hall: Hall) -> None:
    hall.begin()
    elsewhere = hall.stage.run(hall.course, "autumn")
    hall.stage.enrol(elsewhere, hall.olga)
    there = hall.stage.base(elsewhere) + "discussion"
    number = db.session.query(PostRecord.id).scalar()
    for path in (f"{there}/posts/{number}", f"{hall.list}/posts/{number + 1}"):
        hall.browser(hall.olga).post(f"{path}/seen", status=404)
        hall.browser(hall.olga).get(path, 404)


def test_a_thread_is_followed_and_left_by_one_click(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    tutor = hall.browser(hall.tutor)
    page = tutor.post(f"{thread}/follow")
    assert "You will be told of new posts in this thread." in page
    hall.reply(thread, "Ответ", by=hall.olga)
    assert told(hall, hall.tutor) == ["Ольга Петрова replied in “Вопрос”"]
    assert f'action="{thread}/unfollow"' in page
    tutor.post(f"{thread}/unfollow")
    hall.browser(hall.anna).post(f"{thread}/unfollow")
    hall.reply(thread, "Ещё", by=hall.olga)
    assert (len(told(hall, hall.tutor)), len(told(hall, hall.anna))) == (1, 1)
    assert f'action="{thread}/follow"' in hall.browser(hall.anna).get(thread), "even for whoever wrote here"
    mails = (
        db.session.query(OutgoingMail.person_id)
        .filter(OutgoingMail.subject.contains("Вопрос"))
        .order_by(OutgoingMail.id)
    )
    assert [row.person_id for row in mails] == [hall.anna, hall.tutor]


def test_a_whole_discussion_is_followed(hall: Hall) -> None:
    tutor = hall.browser(hall.tutor)
    assert "You will be told of every new post in this discussion." in tutor.post(f"{hall.list}/follow")
    first = hall.begin("Первая", by=hall.anna)
    hall.begin("О форуме", block="forum", by=hall.anna)
    hall.reply(first, "Ответ", by=hall.olga)
    assert told(hall, hall.tutor) == ["Ольга Петрова replied in “Первая”", "Анна Иванова began “Первая”"]
    tutor.post(f"{first}/unfollow")
    hall.reply(first, "Ещё", by=hall.olga)
    assert len(told(hall, hall.tutor)) == 2
    tutor.post(f"{hall.list}/unfollow")
    hall.begin("Вторая", by=hall.anna)
    assert len(told(hall, hall.tutor)) == 2


def test_following_what_is_closed_to_one_is_not_possible(hall: Hall) -> None:
    olga = hall.browser(hall.olga)
    for act in ("follow", "unfollow"):
        olga.post(f"{hall.list}/{act}", {"block": "late"}, 403)
        olga.post(f"{hall.list}/{act}", {"block": "nothing"}, 404)
        olga.post(f"{hall.list}/99/{act}", status=404)


def test_whoever_left_is_told_nothing_any_more(hall: Hall) -> None:
    hall.browser(hall.olga).post(f"{hall.list}/follow")
    enrolment.withdraw(hall.stage.site, hall.run, hall.olga)
    db.session.commit()
    before = told(hall, hall.olga)
    hall.begin(by=hall.anna)
    assert told(hall, hall.olga) == before


def test_a_post_is_quoted_without_its_authors_name(hall: Hall) -> None:
    thread = hall.begin("Вопрос", "Как **быть**?\nИ что?")
    page = hall.browser(hall.olga).get(thread)
    number = post_number(page)
    link = re.search(r'<a href="([^"]*quote=\d+#reply)">', page)
    assert link is not None
    page = hall.browser(hall.olga).get(link[1].replace("&amp;", "&"))
    area = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.DOTALL)
    assert area is not None
    assert area[1].replace("\r\n", "\n").strip() == (
        f"[In reply to this post]({thread}#post-{number}):\n\n&gt; Как **быть**?\n&gt; И что?"
    )
    page = hall.reply(thread, area[1].replace("&gt;", ">") + "\n\nТак.")
    assert "<blockquote>" in page
    assert f'href="{thread}#post-{number}"' in page
    assert posts(page)[1] == "In reply to this post : Как быть ? И что? Так."


def test_what_is_hidden_or_elsewhere_is_not_quoted(hall: Hall) -> None:
    thread = hall.begin("Вопрос", "Грубое слово")
    other = hall.begin("Другой", "Иное слово")
    number = post_number(hall.browser(hall.anna).get(thread))
    elsewhere = post_number(hall.browser(hall.anna).get(other))
    hall.browser(hall.tutor).post(f"{hall.list}/posts/{number}/hide", {"reason": "Грубость"})
    for wrong in (number, elsewhere, "x", "0", "9" * 30):
        page = hall.browser(hall.olga).get(f"{thread}?quote={wrong}")
        assert re.search(r'<textarea[^>]*id="text"[^>]*>\s*</textarea>', page), wrong
        assert "слово" not in page


def test_a_thread_is_summed_up_and_those_who_follow_it_are_told(hall: Hall) -> None:
    thread = hall.begin(block="forum")
    tutor = hall.browser(hall.tutor)
    page = tutor.post(f"{thread}/summary", {"summary": "Решили **так**."})
    assert "<strong>так</strong>" in page
    assert re.search(r'<textarea[^>]*id="summary"[^>]*>\s*Решили \*\*так\*\*\.</textarea>', page)
    assert told(hall, hall.anna) == ["Анна Ведущая summed up “Вопрос”"]
    for path in (thread, hall.base + "activities/forum/"):
        page = hall.browser(hall.olga).get(path)
        assert "<strong>так</strong>" in page
        assert "Sum the thread up" not in page
    assert "Summed up" in hall.browser(hall.olga).get(f"{hall.list}?block=forum")
    tutor.post(f"{thread}/summary", {"summary": "Решили **так**."})
    assert len(told(hall, hall.anna)) == 1, "the same again is no news"
    page = tutor.post(f"{thread}/summary", {"summary": "я" * 20_001}, 422)
    assert ("At most 20000 characters fit here." in page, "я" * 20_001 in page) == (True, True)
    hall.browser(hall.olga).post(f"{thread}/summary", {"summary": "Нет"}, 403)
    page = tutor.post(f"{thread}/summary", {"summary": " "})
    assert ("The thread has no summary any more." in page, "thread-summary" in page) == (True, False)


def test_a_hostile_summary_does_not_run(hall: Hall) -> None:
    thread = hall.begin()
    page = hall.browser(hall.tutor).post(
        f"{thread}/summary", {"summary": "<script>alert(1)</script>[x](javascript:alert(1))"}
    )
    inside = page[page.index('id="thread-summary"') : page.index("</section>")]
    assert re.findall(r"<script|javascript:[^)]*\"", inside) == []


def test_what_somebody_read_and_follows_is_theirs_to_take_and_to_erase(hall: Hall) -> None:
    thread = hall.begin()
    number = int(thread.rpartition("/")[2])
    olga = hall.browser(hall.olga)
    olga.post(f"{thread}/follow")
    olga.post(f"{hall.list}/follow", {"block": "forum"})
    hall.browser(hall.tutor).post(f"{thread}/summary", {"summary": "Итог"})
    db.session.rollback()
    part = DiscussionData()
    found = part.export(hall.stage.site, hall.olga)
    assert found["read"] == [{"thread": number, "up_to": 0, "following": True}]
    assert found["followed"] == [{"run": hall.run, "activity": "forum"}]
    assert [one["text"] for one in part.export(hall.stage.site, hall.tutor)["summaries"]] == ["Итог"]
    for person in (hall.olga, hall.tutor):
        part.erase(hall.stage.site, person)
    db.session.commit()
    assert following.export(hall.olga) == {"read": [], "followed": []}
    assert "Итог" not in hall.browser(hall.anna).get(thread)
