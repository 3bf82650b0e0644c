"""People hand files in and get them back: within limits, under their own names, and nobody else's."""

import io
import re
import threading
from typing import Any
from urllib.parse import unquote

import pytest
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse
from wtforms import FileField

from lms.db import db, writing
from lms.files import apart, service
from lms.files.feature import FileData
from lms.files.models import FileRecord
from lms.files.service import BlockFiles
from lms.plugin import PARTICIPANT, Activity, ActivityPages, ActivitySettings, BadInput, Form, Plugin, Visit, mark
from lms.testing.stage import Browser, Stage
from tests.lms.files import marked

pages = ActivityPages()


class UploadForm(Form):
    file = FileField()


class Desk(Activity[ActivitySettings]):
    """Takes a file for the purpose "work" and gives it back."""

    name, title, Settings = "desk", mark("Desk"), ActivitySettings
    summary = "Takes files."

    def show(self, visit: Visit) -> Markup:
        return Markup("desk")

    def pages(self) -> ActivityPages:
        return pages


@pages.post("", PARTICIPANT)
def upload(visit: Visit) -> ResponseReturnValue:
    try:
        found = visit.files.save(visit.form(UploadForm).file.data, "work")
    except BadInput as error:
        return str(error.message), 422
    return str(found.id)


@pages.get("<int:number>", PARTICIPANT)
def download(visit: Visit, number: int) -> ResponseReturnValue:
    return visit.files.send(number, "work")


@pages.get("anonymous/<int:number>", PARTICIPANT)
def anonymous(visit: Visit, number: int) -> ResponseReturnValue:
    return visit.files.send(number, "work", "note", name="Work 7")


@pytest.fixture
def plugins() -> tuple[object, ...]:
    return (Plugin("desk", "lms", (Desk(),)),)


TWO_DESKS = ":::{desk} A\n:id: desk\n:::\n\n:::{desk} B\n:id: other\n:::\n"


class Place:
    """A run with two desks, a learner at a browser."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.course = stage.course(lesson=TWO_DESKS)
        self.run = stage.run(self.course)
        self.learner = stage.person("Иванова")
        stage.enrol(self.run, self.learner)
        self.browser = stage.browser(self.learner)
        self.desk = stage.base(self.run) + "activities/desk/"

    def files(self, run: int = 0, block: str = "desk", person: int = 0) -> BlockFiles:
        return BlockFiles(self.stage.site, run or self.run, block, person or self.learner)

    def send(self, content: bytes, name: str = "a.txt", browser: Browser | None = None, status: int = 200) -> str:
        return (browser or self.browser).post(self.desk, {"file": (io.BytesIO(content), name)}, status)


@pytest.fixture
def place(stage: Stage) -> Place:
    return Place(stage)


def given(content: bytes, name: str = "a.txt") -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


def refused(files: BlockFiles, upload: FileStorage) -> str:
    with pytest.raises(BadInput) as error:
        files.save(upload, "work")
    return str(error.value.message)


def test_a_file_comes_back_as_it_was_sent_and_runs_nowhere(place: Place) -> None:
    number = place.send("Привет".encode(), "Итоговая работа №1.txt")
    place.browser.get(place.desk + number, buffered=True)
    response = place.browser.response
    assert response is not None
    assert response.data == "Привет".encode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Cache-Control"] == "private, no-cache"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    name = "%D0%98%D1%82%D0%BE%D0%B3%D0%BE%D0%B2%D0%B0%D1%8F%20%D1%80%D0%B0%D0%B1%D0%BE%D1%82%D0%B0%20%E2%84%961.txt"
    assert disposition.endswith(f"filename*=UTF-8''{name}")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!doctype html><script>alert(1)</script>", "page.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "picture.svg"),
        (b"<?xml version='1.0'?><?xml-stylesheet href='a.xsl'?><a/>", "a.xml"),
        (b"<?php system('id');", "shell.phtml"),
        (b"<html>", "photo.jpg"),
        (b"GIF89a\x01\0\x01\0\0\0\0=1;alert(1)", "a.js"),
    ],
)
def test_hostile_files_are_bytes_to_a_browser(place: Place, content: bytes, name: str) -> None:
    number = place.send(content, name)
    place.browser.get(place.desk + number, buffered=True)
    response = place.browser.response
    assert response is not None
    assert response.mimetype == ("image/gif" if name == "a.js" else "application/octet-stream")
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_an_anonymous_name_gets_the_ending_of_the_type(place: Place) -> None:
    number = place.send(marked.pdf(), "Иванова.pdf")
    head = answer(place, f"anonymous/{number}").headers
    assert head["Content-Disposition"] == 'attachment; filename="Work 7.pdf"'


def answer(place: Place, address: str) -> TestResponse:
    with place.stage.outside():
        response = place.browser.client.get(f"{place.desk}{address}", buffered=True)
    assert response.status_code == 200
    return response


def sent(place: Place, address: str) -> bytes:
    return answer(place, address).data


@pytest.mark.parametrize("ending", ["docx", "pdf", "jpg", "mp3", "svg", "zip"])
def test_properties_go_with_the_name(place: Place, ending: str) -> None:
    content = marked.ALL[ending]()
    number = place.send(content, f"{marked.MARK}.{ending}")
    assert sent(place, number) == content, "whoever may know gets what was handed in"
    assert marked.sightings(sent(place, f"anonymous/{number}")) == 0
    head = str(place.browser.response and place.browser.response.headers)
    assert (marked.MARK in unquote(head), "Last-Modified" in head) == (False, False)
    made = sorted(
        path.name.rpartition("-clean-")[1] for path in apart.folder(service.store_of(place.stage.site)).iterdir()
    )
    assert made == ["-clean-"], "made once"
    assert sent(place, f"anonymous/{number}") == sent(place, f"anonymous/{number}")


def test_what_cannot_be_cleaned_is_kept_back_and_told_to_the_operator(place: Place) -> None:
    number = place.send(b"%PDF-1.7\nnothing", "Иванова.pdf")
    page = place.browser.get(f"{place.desk}anonymous/{number}", 422)
    assert "“Work 7.pdf” cannot be freed of properties that may tell whose it is, so it is not shown." in page
    assert "Иванова.pdf" not in page
    assert [line.split(": ")[1] for line in place.stage.site.troubles] == [f"file {number}"]
    assert sent(place, number) == b"%PDF-1.7\nnothing"


def test_files_that_tell_whose_they_are_are_known_beforehand(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    files = place.files()
    given_files = [files.save(given(content, name), "work") for content, name in (
        (b"%PDF-1.7\nnothing", "a.pdf"), (marked.jpeg(), "b.jpg"), (b"text", "c.txt"), (marked.docx(), "d.docx"),
        (marked.archive({"e.txt": "x", "e.exe": b"MZ\0"}), "e.zip"),
    )]  # fmt: skip
    db.session.commit()
    assert [files.telling(given_files), files.telling([])] == [{given_files[0].id, given_files[4].id}, set()]
    assert place.files(block="other").telling(given_files) == set(), "of another activity nothing is said"
    monkeypatch.setattr(apart.subprocess, "run", None)
    assert files.telling(given_files) == {given_files[0].id, given_files[4].id}, "what was found out is kept"
    for one in given_files:
        files.remove(one.id, "work")
    db.session.commit()
    for _ in range(2):
        place.stage.move(days=1, minutes=1)
        service.sweep(place.stage.site)
    assert list(apart.folder(service.store_of(place.stage.site)).iterdir()) == []


def test_a_document_is_looked_at_as_pictures_of_its_pages(place: Place) -> None:
    number = place.send(marked.pdf(3), "План.pdf")
    page = place.browser.get(f"{place.desk}{number}?look")
    assert "<h1>План.pdf</h1>" in page
    shown = re.findall(r'<img src="([^"]*)" alt="([^"]*)"', page)
    assert shown == [(f"{place.desk}{number}?page={one}", f"Page {one} of “План.pdf”") for one in (1, 2, 3)]
    response = answer(place, f"{number}?page=2")
    with Image.open(io.BytesIO(response.data)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (900, 600))
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    for wrong in ("0", "4", "-1", "x", "²", "99999999999999999999", "9" * 5000):
        place.browser.get(f"{place.desk}{number}?page={wrong}", 404)


def test_a_picture_is_looked_at_as_another_picture(place: Place) -> None:
    number = place.send(marked.jpeg(), "Фото.jpg")
    shown = re.findall(r'<img src="([^"]*)" alt="([^"]*)"', place.browser.get(f"{place.desk}{number}?look"))
    assert shown == [(f"{place.desk}{number}?page=1", "Фото.jpg")]
    picture = sent(place, f"{number}?page=1")
    assert marked.sightings(picture) == 0
    with Image.open(io.BytesIO(picture)) as found:
        assert found.size == (20, 40)


def test_a_text_is_looked_at_as_text(place: Place) -> None:
    number = place.send("\ufeff<script>alert(1)</script>\nПривет".encode(), "page.html")
    page = place.browser.get(f"{place.desk}{number}?look")
    assert '<pre class="leaf-text">&lt;script&gt;alert(1)&lt;/script&gt;\nПривет</pre>' in page
    place.browser.get(f"{place.desk}{number}?page=1", 404)
    long = place.send(b"a" * 200_001, "long.txt")
    assert "Only the beginning is shown: all of it is in the file." in place.browser.get(f"{place.desk}{long}?look")


def test_whoever_may_not_know_whose_it_is_looks_at_the_cleaned_copy(place: Place) -> None:
    number = place.send(marked.svg(), "Рисунок.svg")
    page = place.browser.get(f"{place.desk}anonymous/{number}?look")
    assert (marked.SEEN in page, marked.MARK in page, "Рисунок" in page) == (True, False, False)
    assert "<h1>Work 7</h1>" in page
    photo = place.send(marked.pdf(), f"{marked.MARK}.pdf")
    page = place.browser.get(f"{place.desk}anonymous/{photo}?look")
    assert ("<h1>Work 7.pdf</h1>" in page, marked.MARK in page) == (True, False)


def test_what_no_page_can_show_is_only_downloaded(place: Place) -> None:
    number = place.send(marked.mp3(), "song.mp3")
    place.browser.get(f"{place.desk}{number}?look", 404)
    broken = place.send(b"%PDF-1.7\nnothing", "a.pdf")
    assert "“a.pdf” cannot be shown here" in place.browser.get(f"{place.desk}{broken}?look", 422)


def test_what_was_made_of_a_file_goes_with_it(place: Place) -> None:
    number = place.send(marked.jpeg(), "a.jpg")
    sent(place, f"anonymous/{number}")
    sent(place, f"{number}?page=1")
    made = apart.folder(service.store_of(place.stage.site))
    assert len(list(made.iterdir())) == 3
    place.files().remove(int(number), "work")
    db.session.commit()
    for _ in range(2):
        assert len(list(made.iterdir())) == 3
        place.stage.move(days=1, minutes=1)
        service.sweep(place.stage.site)
    assert list(made.iterdir()) == []


def test_a_file_of_another_activity_run_or_purpose_is_not_there(place: Place) -> None:
    stage = place.stage
    elsewhere = stage.run(place.course, "autumn")
    stage.enrol(elsewhere, place.learner)
    note = place.files().save(given(b"note"), "note").id
    other = place.files(block="other").save(given(b"other"), "work").id
    abroad = place.files(run=elsewhere).save(given(b"abroad"), "work").id
    own = place.files().save(given(b"own"), "work").id
    gone = place.files().save(given(b"gone"), "work").id
    place.files().remove(gone, "work")
    db.session.commit()
    for number in (note, other, abroad, gone, gone + 1000):
        place.browser.get(f"{place.desk}{number}", 404)
    place.browser.get(f"{place.desk}{own}", buffered=True)


def test_removing_reaches_only_this_activity_and_these_purposes(place: Place) -> None:
    note = place.files().save(given(b"note"), "note").id
    other = place.files(block="other").save(given(b"other"), "work").id
    place.files().remove(note, "work")
    place.files().remove(other, "work")
    place.files().remove(987, "work")
    assert [file.id for file in place.files().of("note")] == [note]
    assert [file.id for file in place.files(block="other").of("work")] == [other]
    place.files().remove(note, "work", "note")
    assert place.files().of("note") == []


def test_files_are_listed_oldest_first_in_one_statement(place: Place) -> None:
    for number in range(3):
        place.files().save(given(b"x" * (number + 1), f"{number}.txt"), "work")
        place.stage.move(minutes=1)
    place.files().save(given(b"n"), "note")
    db.session.commit()
    with place.stage.statements() as found:
        listed = place.files().of("work")
    assert [(file.name, file.size, file.type) for file in listed] == [
        ("0.txt", 1, "text/plain"), ("1.txt", 2, "text/plain"), ("2.txt", 3, "text/plain"),
    ]  # fmt: skip
    assert len(found) == 1


def test_what_is_not_kept(place: Place) -> None:
    files = place.files()
    assert refused(files, given(b"", "пусто.txt")) == "“пусто.txt” is empty. Choose a file and send it again."
    assert refused(files, given(b"MZ\0\0", "a.exe")).startswith("“a.exe” is of a kind that is not accepted.")
    assert db.session.query(FileRecord).count() == 0
    folder = place.stage.site.config.data_dir / "files"
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_is_refused_to_the_byte(stage_factory: Any) -> None:
    stage = stage_factory(max_upload=2048)
    place = Place(stage)
    place.send(b"x" * 2048)
    answer = place.send(b"x" * 2049, status=422)
    assert answer == "“a.txt” is too large: at most 2 KB are accepted."
    assert db.session.query(FileRecord).count() == 1


def test_the_room_of_one_person_in_a_course_is_counted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "QUOTA", 1000)
    place.files().save(given(b"x" * 600), "work")
    assert refused(place.files(block="other"), given(b"y" * 401)).startswith("There is no room")
    full = place.files().save(given(b"y" * 400), "note")
    assert refused(place.files(), given(b"z")).startswith("There is no room")
    place.files().remove(full.id, "note")
    place.files().save(given(b"z"), "work")
    neighbour = place.stage.person("Петрова")
    place.files(person=neighbour).save(given(b"z" * 1000), "work")
    assert sum(file.size for file in place.files().of("work", "note")) == 1601


def test_the_room_holds_when_files_come_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "QUOTA", 1000)
    outcome: list[str] = []
    start = threading.Barrier(4)

    def send(number: int) -> None:
        with place.stage.app.app_context(), writing(True):
            start.wait()
            try:
                place.files().save(given(bytes([65 + number]) * 400), "work")
                db.session.commit()
                outcome.append("kept")
            except BadInput:
                db.session.rollback()
                outcome.append("refused")

    db.session.rollback()
    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome) == ["kept", "kept", "refused", "refused"]
    assert [file.size for file in place.files().of("work")] == [400, 400]


def test_bytes_of_removed_files_go_and_shared_ones_stay(place: Place) -> None:
    shared = place.files().save(given(b"shared"), "work")
    place.files(block="other").save(given(b"shared"), "work")
    lonely = place.files().save(given(b"lonely"), "work")
    place.files().remove(shared.id, "work")
    place.files().remove(lonely.id, "work")
    db.session.commit()
    for _ in range(3):
        place.stage.move(days=1, hours=1)
        service.sweep(place.stage.site)
    folder = place.stage.site.config.data_dir / "files"
    assert [path.read_bytes() for path in folder.rglob("*") if path.is_file()] == [b"shared"]


def test_lost_bytes_are_reported_and_not_found(place: Place) -> None:
    number = place.send(b"lost")
    for path in (place.stage.site.config.data_dir / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    place.browser.get(place.desk + number, 404)
    assert [trouble.partition("files: ")[2].partition(" (")[0] for trouble in place.stage.site.troubles] == [
        f"the bytes of file {number}"
    ]


def test_a_person_gets_their_files_and_can_have_them_forgotten(place: Place) -> None:
    neighbour = place.stage.person("Петрова")
    place.files().save(given("моё".encode(), "моё.txt"), "work")
    place.files(person=neighbour).save(given(b"theirs"), "work")
    data = FileData()
    exported = data.export(place.stage.site, place.learner)
    assert [(row["name"], row["size"], row["activity"]) for row in exported["files"]] == [("моё.txt", 6, "desk")]
    assert [row["file"].read_bytes() for row in exported["files"]] == ["моё".encode()]
    assert data.erase(place.stage.site, place.learner) == ["1 file was removed."]
    assert [file.owner_id for file in place.files().of("work")] == [neighbour]
    assert data.erase(place.stage.site, place.learner) == []
