"""What a tutor says of a session: place, link, materials, files, recording, minutes."""

import io

from lms.plugin import db

PAGE = "sessions/one/"
SHEET = {"seen": "0", "place": "", "link": "", "materials": "", "recording": "", "minutes": ""}


def keep(it, status: int = 200, **sent: object) -> str:
    return it.browser(it.tutor).post(f"{it.base}{PAGE}notes", {**SHEET, **sent}, status=status)


def test_the_tutor_says_where_it_is(group):
    it = group()
    anna = it.learners[0]
    assert "What you say of the session is kept." in keep(
        it, place="Школа 5, кабинет 12", link="https://other.example/x"
    )
    for page in (it.page(anna), it.page(anna, PAGE), it.browser(anna).get(it.lesson)):
        assert "Школа 5, кабинет 12" in page
        assert "https://other.example/x" not in page, "the doors are closed yet"
    it.move(hours=6)
    for page in (it.page(anna), it.page(anna, PAGE), it.browser(anna).get(it.lesson)):
        assert "https://other.example/x" in page
        assert "https://meet.example.org/one" not in page


def test_minutes_are_read_when_they_are_published(group):
    it = group(learners=2)
    anna, boris = it.learners
    it.tick((anna, "one"))
    keep(it, minutes="Решили: **попробовать**.", recording="https://video.example/1")
    assert "https://video.example/1" in it.page(anna, PAGE)
    assert "попробовать" not in it.page(anna, PAGE)
    it.browser(anna).get(f"{it.base}{PAGE}minutes", status=404)
    keep(it, seen="1", minutes="Решили: **попробовать**.", published="y")
    assert "<strong>попробовать</strong>" in it.page(anna, PAGE)
    printed = it.browser(boris).get(f"{it.base}{PAGE}minutes")
    assert "Слушатель01" in printed
    assert "Слушатель02" not in printed.partition("<main")[2], "who was not there"
    author = it.stage.browser(it.stage.person("Авторов", is_author=True))
    assert "попробовать" not in author.get(it.base + PAGE)
    author.get(f"{it.base}{PAGE}minutes", status=403)


def test_what_comes_afterwards_waits_for_the_end(group):
    from .conftest import LESSON

    it = group(lesson=LESSON.replace("    code: Ё", "    afterwards: Что читать дальше\n    code: Ё"))
    anna = it.learners[0]
    assert "Что читать дальше" not in it.page(anna, PAGE)
    assert "Что читать дальше" in it.page(it.tutor, PAGE)
    it.move(hours=7)
    assert "Что читать дальше" in it.page(anna, PAGE)


def test_two_who_write_at_once_do_not_overwrite_each_other(group):
    it = group()
    keep(it, minutes="Первые слова")
    page = keep(it, minutes="Вторые слова", status=422)
    assert "Somebody changed these notes meanwhile." in page
    assert "Первые слова" in page and "Вторые слова" in page
    assert 'value="1"' in page.partition('name="seen"')[2][:40], "sent once more it is kept"
    keep(it, seen="1", minutes="Вторые слова")
    assert "Вторые слова" in it.page(it.tutor, PAGE)


def test_an_address_nobody_can_open_is_refused_and_nothing_is_lost(group):
    it = group()
    for name in ("link", "recording"):
        page = keep(it, status=422, minutes="Длинные слова", **{name: "javascript:alert(1)"})
        assert "This is not an address people can open: javascript:alert(1)" in page
        assert "Длинные слова" in page
    page = keep(it, minutes="<script>alert(1)</script> [x](javascript:alert(2))", published="y")
    assert "<script>alert" not in page and 'href="javascript' not in page


def test_files_of_a_session(group):
    it = group()
    anna = it.learners[0]
    keep(it, files=(io.BytesIO("Слайды".encode()), "slides.txt"))
    page = it.page(anna, PAGE)
    address = page.partition(f"{PAGE}files/")[2].partition('"')[0]
    assert it.browser(anna).get(f"{it.base}{PAGE}files/{address}", buffered=True) == "Слайды"
    it.browser(anna).get(f"{it.base}sessions/two/files/{address}", status=404)
    it.browser(anna).post(f"{it.base}{PAGE}files/{address}/remove", status=403)
    it.browser(it.tutor).post(f"{it.base}{PAGE}files/{address}/remove")
    it.browser(anna).get(f"{it.base}{PAGE}files/{address}", status=404)


def test_who_may(group):
    it = group()
    for page in ("notes", "nothing"):
        it.browser(it.learners[0]).get(f"{it.base}{PAGE}{page}", status=403 if page == "notes" else 404)
    it.browser(it.learners[0]).get(f"{it.base}sessions/nothing/", status=404)
    it.browser(it.tutor).get(f"{it.base}sessions/nothing/notes", status=404)
    it.stage.browser(it.stage.person("Чужая")).get(it.base + PAGE, status=404)


def test_minutes_stay_when_their_author_goes(group):
    from lms_seminar.privacy import Notes

    it = group()
    keep(it, minutes="Решили", published="y")
    part = Notes()
    assert [one["minutes"] for one in part.export(it.stage.site, it.tutor)["minutes"]] == ["Решили"]
    assert part.erase(it.stage.site, it.tutor) == []
    db.session.commit()
    assert "Решили" in it.page(it.learners[0], PAGE)
