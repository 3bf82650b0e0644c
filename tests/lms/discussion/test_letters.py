"""A thread is left from a letter, without signing in, by a button and by nothing else."""

import re
from html import unescape

import pytest

from lms.db import db
from lms.discussion import letters
from lms.notices.models import OutgoingMail
from lms.privacy import service as privacy
from tests.lms.discussion.hall import Hall

GONE = "You get no letters about it."


def last_letter(hall: Hall, person: int) -> OutgoingMail:
    db.session.rollback()
    found = db.session.query(OutgoingMail).filter_by(person_id=person).order_by(OutgoingMail.id.desc()).first()
    assert found is not None
    return found


def leaving(hall: Hall, person: int) -> str:
    """Where the last letter of somebody leads who wants no more."""
    letter = last_letter(hall, person)
    (path,) = re.findall(r"http://localhost(/letters/\S+)", letter.text)
    assert [unescape(one) for one in re.findall(r'href="http://localhost(/letters/[^"]+)"', letter.html)] == [path]
    return path


def count(person: int) -> int:
    db.session.rollback()
    return db.session.query(OutgoingMail).filter_by(person_id=person).count()


def test_a_button_on_the_page_the_letter_leads_to_leaves_the_thread(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    hall.reply(thread, "Ответ", by=hall.olga)
    path = leaving(hall, hall.anna)
    visitor = hall.stage.browser()
    page = visitor.get(path)
    assert ("The thread “Вопрос”" in page, GONE in page, "whole discussion" in page) == (True, False, False)
    hall.reply(thread, "Ещё", by=hall.olga)
    assert count(hall.anna) == 2, "looking changes nothing"
    assert GONE in visitor.post(path)
    hall.reply(thread, "Третий", by=hall.olga)
    assert count(hall.anna) == 2
    assert GONE in visitor.get(path)
    hall.browser(hall.anna).post(f"{thread}/follow")
    assert GONE not in visitor.get(path)


@pytest.mark.parametrize("everything", [False, True])
def test_a_whole_discussion_is_left_too(hall: Hall, everything: bool) -> None:
    hall.browser(hall.tutor).post(f"{hall.list}/follow")
    hall.begin(by=hall.anna)
    path = leaving(hall, hall.tutor)
    page = hall.stage.browser().get(path)
    assert ("Do not write to me about this thread" in page, "about the whole discussion" in page) == (True, True)
    hall.stage.browser().post(path, {"everything": "1"} if everything else {})
    hall.begin("Другая", by=hall.anna)
    assert count(hall.tutor) == (1 if everything else 2)


def test_letters_to_many_lead_everybody_to_their_own(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    for person in (hall.olga, hall.tutor):
        hall.browser(person).post(f"{thread}/follow")
    hall.browser(hall.tutor).post(thread, {"text": "Ответ"})
    paths = {person: leaving(hall, person) for person in (hall.anna, hall.olga)}
    number = int(thread.rpartition("/")[2])
    assert paths == {person: letters.address(hall.stage.site, person, number) for person in paths}
    hall.stage.browser().post(paths[hall.olga])
    hall.browser(hall.tutor).post(thread, {"text": "Ещё"})
    assert [count(person) for person in (hall.anna, hall.olga)] == [2, 1]


def test_other_letters_lead_nowhere_of_the_kind(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    page = hall.browser(hall.anna).get(thread)
    number = re.findall(r'id="post-(\d+)"', page)[0]
    hall.browser(hall.tutor).post(f"{hall.list}/posts/{number}/hide", {"reason": "Не сюда"})
    letter = last_letter(hall, hall.anna)
    assert ("/letters/" in letter.text + letter.html, letters_sign(letter)) == (False, [])


def letters_sign(letter: OutgoingMail) -> list[str]:
    """Signs that stand for an address and were not replaced."""
    return [sign for sign in letter.text + letter.html if "\ue000" <= sign <= "\uf8ff"]


def test_only_a_signed_address_opens(hall: Hall) -> None:
    thread = hall.begin(by=hall.anna)
    hall.reply(thread, "Ответ", by=hall.olga)
    path = leaving(hall, hall.anna)
    assert letters_sign(last_letter(hall, hall.anna)) == []
    person, number, sign = path.removeprefix("/letters/").split("-")
    visitor = hall.stage.browser()
    wrong = (
        f"{hall.olga}-{number}-{sign}", f"{person}-{int(number) + 1}-{sign}", f"{person}-{number}-", f"{person}-{number}",
        f"{person}-{number}-{sign[:-1]}", f"{person}-{number}-{sign}0", f"0{person}-{number}-{sign}x", "x", "--", "²-1-x",
        f"{'9' * 30}-{number}-{sign}",
    )  # fmt: skip
    for token in wrong:
        visitor.get(f"/letters/{token}", 404)
        visitor.post(f"/letters/{token}", status=404)
    hall.reply(thread, "Ещё", by=hall.olga)
    assert count(hall.anna) == 2


def test_a_hidden_subject_is_not_told_and_whoever_is_erased_leaves_nothing(hall: Hall) -> None:
    thread = hall.begin("Тайна", by=hall.anna)
    hall.reply(thread, "Ответ", by=hall.olga)
    path = leaving(hall, hall.anna)
    page = hall.browser(hall.anna).get(thread)
    number = re.findall(r'id="post-(\d+)"', page)[0]
    hall.browser(hall.tutor).post(f"{hall.list}/posts/{number}/hide", {"reason": "Не сюда"})
    page = hall.stage.browser().get(path)
    assert "Тайна" not in page
    privacy.erase(hall.stage.site, hall.anna)
    db.session.commit()
    hall.stage.browser().get(path, 404)
