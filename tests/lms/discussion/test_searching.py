"""What was said is found by those who may read it, and by nobody else."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from lms.db import db
from lms.discussion import service
from lms.enrolment.place import find_place
from lms.privacy import service as privacy
from tests.lms.discussion.hall import Hall, post_number


def find(hall: Hall, question: str, by: int = 0) -> list[tuple[str, str]]:
    """(subject, excerpt) of what is found."""
    page = hall.browser(by or hall.olga).get(f"{hall.list}/search?q={quote(question)}")
    found = re.findall(r'<a class="item-title"[^>]*>(.*?)</a>.*?<p>(.*?)</p>', page, re.DOTALL)
    return [(unescape(title), unescape(re.sub(r"</?mark>", "*", text)).strip()) for title, text in found]


def test_any_form_of_all_words_is_found(hall: Hall) -> None:
    thread = hall.begin("О чтении", "Как читают в **вашей** школе?")
    hall.reply(thread, "У нас ёлка и школы")
    assert find(hall, "школа") == [("О чтении", "У нас ёлка и *школы*"), ("О чтении", "Как читают в вашей *школе*?")]
    assert find(hall, "читать ШКОЛУ") == [("О чтении", "Как *читают* в вашей *школе*?")]
    assert find(hall, "елка") == [("О чтении", "У нас *ёлка* и школы")]
    assert find(hall, "чтение") == [("О чтении", "Как читают в вашей школе?")], "the subject counts with the first post"
    assert [find(hall, question) for question in ("школьник", "школа гимназия", "%", "_", "", "' OR 1=1 --")] == [
        []
    ] * 6


def test_a_star_finds_by_the_beginnings_of_words(hall: Hall) -> None:
    thread = hall.begin("Тема", "Летописец писал летопись.")
    hall.reply(thread, "Лето и писание")
    assert find(hall, "летопис*") == [("Тема", "*Летописец* писал *летопись*.")]
    assert find(hall, "лет* пис*") == [("Тема", "*Лето* и *писание*"), ("Тема", "*Летописец* *писал* *летопись*.")]
    assert [find(hall, question) for question in ("летопис", "*опись", "*", "%*", "_*")] == [[]] * 5
    page = hall.browser(hall.olga).get(f"{hall.list}/search?q=x")
    assert "A star stands for any ending: chron*." in page


def test_a_changed_text_is_found_by_its_new_words(hall: Hall) -> None:
    thread = hall.begin("Тема", "Старое")
    number = post_number(hall.browser(hall.anna).get(thread))
    hall.browser(hall.anna).post(f"{hall.list}/posts/{number}/edit", {"text": "Новое"})
    assert (find(hall, "старое"), len(find(hall, "новое")), len(find(hall, "тема"))) == ([], 1, 1)


def test_what_is_hidden_is_found_by_its_author_and_staff(hall: Hall) -> None:
    thread = hall.begin("Тема", "Добрая весть", by=hall.anna)
    page = hall.reply(thread, "Злая весть", by=hall.olga)
    hall.browser(hall.tutor).post(f"{hall.list}/posts/{post_number(page, -1)}/hide", {"reason": "Зло"})
    assert [len(find(hall, "злая", person)) for person in (hall.anna, hall.olga, hall.tutor)] == [0, 1, 1]
    hall.browser(hall.tutor).post(f"{hall.list}/posts/{post_number(page)}/hide", {"reason": "Зло"})
    hall.reply(thread, "Третья весть", by=hall.tutor)
    assert find(hall, "весть") == [("Hidden subject", "Третья *весть*"), ("Hidden subject", "Злая *весть*")]
    assert [find(hall, "тема", person) for person in (hall.olga, hall.tutor)] == [[], [("Тема", "Добрая весть")]]


def test_discussions_that_are_closed_to_one_and_other_runs_are_not_searched(hall: Hall) -> None:
    hall.browser(hall.tutor).post(hall.list, {"title": "Запертое", "text": "Слово", "block": "late"})
    hall.begin("Форум", "Слово", block="forum")
    assert find(hall, "слово") == [("Форум", "*Слово*")]
    assert [title for title, _ in find(hall, "слово", hall.tutor)] == ["Форум", "Запертое"]
    elsewhere = hall.stage.run(hall.course, "autumn")
    hall.stage.enrol(elsewhere, hall.olga)
    page = hall.browser(hall.olga).get(f"{hall.stage.base(elsewhere)}discussion/search?q={quote('слово')}")
    assert "Nothing was found" in page
    hall.browser(hall.stage.person("Чужая")).get(f"{hall.list}/search?q=x", 404)


def test_what_was_erased_is_not_found(hall: Hall) -> None:
    hall.begin("Тема", "Слово", by=hall.anna)
    privacy.erase(hall.stage.site, hall.anna)
    db.session.commit()
    assert (find(hall, "слово"), find(hall, "тема")) == ([], [])


def test_the_question_stays_text(hall: Hall) -> None:
    page = hall.browser(hall.olga).get(f"{hall.list}/search?q={quote('<script>alert(1)</script>')}")
    assert "<script>alert" not in page
    hall.begin("Тема", "Слово `<b>` &amp; знак")
    assert find(hall, "знак") == [("Тема", "Слово <b> & *знак*")]


def test_a_hit_leads_to_its_post(hall: Hall) -> None:
    thread = hall.begin("Длинная", "0")
    browser = hall.browser(hall.anna)
    for number in range(1, 32):
        browser.post(thread, {"text": f"Слово{number}"})
    page = browser.get(f"{hall.list}/search?q={quote('слово31')}")
    link = re.search(r'class="item-title" href="([^"]*)"', page)
    assert link is not None
    with hall.stage.outside():
        location = browser.client.get(link[1]).headers["Location"]
    assert re.fullmatch(re.escape(thread) + r"\?page=2#post-\d+", location)


@pytest.mark.parametrize("size", [40])
def test_many_hits_have_pages_and_always_the_same_number_of_statements(hall: Hall, size: int) -> None:
    def statements(page: int) -> int:
        browser = hall.browser(hall.olga)
        browser.get(hall.list)
        with hall.stage.statements() as found:
            browser.get(f"{hall.list}/search?q={quote('слово')}&page={page}")
        return len(found)

    thread = hall.begin("Тема", "Слово")
    few = statements(1)
    place = find_place(hall.stage.actor(hall.anna), hall.base.split("/")[2])
    assert place is not None
    for number in range(size):
        service.reply(
            hall.stage.site, place.run, int(thread.rpartition("/")[2]), hall.stage.actor(hall.anna), f"Слово {number}"
        )
    db.session.commit()
    assert [statements(1), statements(2)] == [few, few]
    page = hall.browser(hall.olga).get(f"{hall.list}/search?q={quote('слово')}&page=2")
    assert ("41 posts found" in page, page.count("<mark>")) == (True, 11)
