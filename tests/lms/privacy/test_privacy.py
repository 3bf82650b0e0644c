"""One's own data handed out whole and erased, and no table with personal data forgotten."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import inspect, select, text

from lms.db import Model, db
from lms.enrolment import service as enrolment
from lms.enrolment.models import Enrolment
from lms.notices.models import Notice, OutgoingMail
from lms.people.models import Consent, Person, SignIn, Token
from lms.plugin import BadInput, PersonalData, Plugin, Result
from lms.plugin import Site as AnySite
from lms.privacy import service
from lms.privacy.models import Erasure
from lms.progress import service as progress
from lms.progress.models import Kept, ResultHistory, ResultRecord
from lms.registry import installed_plugins
from lms.testing.stage import Browser, Stage
from tests.lms.people.test_accounts import FORM, ask


def uncovered(parts: Sequence[PersonalData]) -> set[str]:
    """Tables with a personal column that no part answers for."""
    covered = {table for part in parts for table in part.tables}
    kinds = {"link", "identity", "content", "record"}
    personal = {
        table.name
        for table in Model.metadata.tables.values()
        if any(found.info.get("personal") in kinds for found in table.columns)
    }
    return personal - covered


def test_every_table_with_personal_data_is_answered_for(stage: Stage) -> None:
    brought = [part for plugin in installed_plugins() for part in plugin.contributes if isinstance(part, PersonalData)]
    parts = [*stage.site.of(PersonalData), *brought]
    assert uncovered(parts) == set()
    assert {table for part in parts for table in part.tables} - set(Model.metadata.tables) == set()


def test_a_forgotten_table_is_found(stage: Stage) -> None:
    parts = [part for part in stage.site.of(PersonalData) if part.name != "account"]
    assert "person" in uncovered(parts)


def test_every_column_says_what_it_holds() -> None:
    silent = [
        f"{table.name}.{found.name}"
        for table in Model.metadata.tables.values()
        for found in table.columns
        if "personal" not in found.info
    ]
    assert silent == []


class Life:
    """Two people with something of theirs in every part of the core."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.run = stage.run(stage.course(), capacity=2)
        self.tutor = stage.person("Тьюторова")
        stage.enrol(self.run, self.tutor, role="tutor")
        person = {**FORM, "email": "anna@school.example", "surname": "Канарейкина", "language": "en"}
        stage.browser().post("/sign-up", person)
        db.session.rollback()
        self.anna: int = db.session.execute(select(Person.id).where(Person.surname == "Канарейкина")).scalar_one()
        self.boris = stage.person("Воробьёв", email="boris@school.example")
        for person in (self.anna, self.boris):
            enrolment.ask(stage.site, self.run, person)
            self.record(person, None)
        db.session.add(
            Kept(
                run_id=self.run,
                block="poll",
                person_id=self.anna,
                name="answer",
                value='{"said": "чижик"}',
                updated_at=stage.site.now(),
            )
        )
        db.session.commit()

    def record(self, person: int, by: int | None) -> None:
        from lms.enrolment.place import find_place

        place = find_place(self.stage.actor(person), self.stage.base(self.run).split("/")[2])
        assert place is not None
        outline = self.stage.site.library.outline(place.run.revision_id, "ru")
        lesson = next(iter(outline.items))
        progress.record(self.stage.site, place.run, outline, person, lesson, "lesson", Result(True), by)


@pytest.fixture
def life(stage: Stage) -> Life:
    return Life(stage)


def archive(browser: Browser) -> zipfile.ZipFile:
    answer = ask(browser, "/me/export", method="POST", data={"csrf_token": browser.token()})
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.get_data()
    answer.close()
    return zipfile.ZipFile(io.BytesIO(data))


def test_the_export_holds_everything_of_ones_own_and_nothing_of_others(stage: Stage, life: Life) -> None:
    browser = stage.browser(life.anna)
    assert "Download my data" in browser.get("/me/export")
    found = archive(browser)
    names = {part.name for part in stage.site.of(PersonalData)}
    assert {name for name in found.namelist() if not name.startswith("files/")} == {
        f"{name}.json" for name in names
    } | {"index.html"}
    account = json.loads(found.read("account.json"))
    assert (account["email"], account["surname"], account["timezone"]) == (
        "anna@school.example",
        "Канарейкина",
        "Asia/Omsk",
    )
    assert [consent["edition"] for consent in account["consents"]] == ["2026-11"]
    places = json.loads(found.read("enrolment.json"))["places"]
    assert [(place["role"], place["state"]) for place in places] == [("learner", "active")]
    kept = json.loads(found.read("progress.json"))
    assert (len(kept["results"]), len(kept["history"])) == (1, 1)
    assert kept["answers"][0]["answer"] == {"said": "чижик"}
    everything = b"".join(found.read(name) for name in found.namelist()).decode()
    assert "Канарейкина" in found.read("index.html").decode()
    assert "чижик" in found.read("index.html").decode()
    secrets = [db.session.get_one(Person, life.anna).password_hash, *db.session.execute(select(SignIn.hash)).scalars()]
    for foreign in ("Воробьёв", "boris@school.example", "Тьюторова", *secrets):
        assert foreign not in everything


def test_the_export_is_for_the_owner_and_not_endless(stage: Stage, life: Life) -> None:
    visitor = stage.browser()
    assert ask(visitor, "/me/export").headers["Location"] == "/sign-in?next=/me/export"
    browser = stage.browser(life.anna)
    for _ in range(5):
        archive(browser)
    assert "too many tries" in browser.post("/me/export", status=429)
    stage.move(hours=1)
    archive(stage.browser(life.anna))


class Notes(PersonalData):
    """A part that holds a file and raises when told to."""

    name = "notes"
    broken: ClassVar[bool] = False
    file: ClassVar[Path]

    def export(self, site: AnySite, person_id: int) -> Mapping[str, Any]:
        return {
            "notes": [{"name": "../эссе?.txt", "file": self.file}, {"file": self.file}],
            "seen": {1, 2},
            "at": site.now(),
        }

    def erase(self, site: AnySite, person_id: int) -> Sequence[str]:
        if self.broken:
            raise RuntimeError("not today")
        return ["The notes are gone."]


class TestPlugins:
    """What plugins know is part of it."""

    @pytest.fixture
    def plugins(self, tmp_path: Path) -> tuple[Plugin, ...]:
        Notes.file = tmp_path / "stored"
        Notes.file.write_text("Содержание", "utf-8")
        Notes.broken = False
        return (Plugin("notes", "lms.privacy", (Notes(),)),)

    def test_files_go_into_the_export_under_harmless_names(self, stage: Stage) -> None:
        found = archive(stage.browser(stage.person("Иванова")))
        files = [name for name in found.namelist() if name.startswith("files/")]
        assert files == ["files/notes/1-_эссе_.txt", "files/notes/1-stored"]
        assert found.read(files[0]).decode() == "Содержание"
        told = json.loads(found.read("notes.json"))
        assert [note["file"] for note in told["notes"]] == files
        assert told["at"] == "2026-03-02T09:00:00+00:00"

    def test_plugins_erase_too(self, stage: Stage) -> None:
        anna = stage.person("Иванова")
        assert "The notes are gone." in service.erase(stage.site, anna)

    def test_a_part_that_fails_stops_the_whole(self, stage: Stage) -> None:
        anna = stage.person("Иванова")
        Notes.broken = True
        browser = stage.browser(anna)
        browser.post("/me/delete", {"password": "correct horse"}, 500)
        db.session.rollback()
        assert db.session.get_one(Person, anna).erased_at is None
        browser.get("/me")


def test_a_deleted_account_leaves_nothing_of_the_person(stage: Stage, life: Life) -> None:
    other = stage.browser(life.anna)
    browser = stage.browser(life.anna)
    assert "This cannot be undone" in browser.get("/me/delete")
    browser.post("/me/delete", {"password": "wrong"}, 422)
    browser.post("/me/delete", {"password": ""}, 422)
    browser.post("/me/delete", {"password": "correct horse"})
    assert "Your account is deleted" in browser.text
    for client in (browser, other):
        assert ask(client, "/me").status_code == 303
    db.session.rollback()
    person = db.session.get_one(Person, life.anna)
    assert person.erased_at == stage.site.now()
    assert (person.given_name, person.patronymic, person.password_hash, person.confirmed_at) == ("", "", "", None)
    assert person.surname == "Удалённая учётная запись"
    for table in (SignIn, Token, Consent, ResultRecord, ResultHistory, Kept, Notice):
        assert db.session.query(table).filter_by(person_id=life.anna).count() == 0, table
    place = db.session.execute(select(Enrolment.state).where(Enrolment.person_id == life.anna)).scalar_one()
    assert place == "withdrawn"
    journal = db.session.execute(select(Erasure)).scalar_one()
    assert (journal.person_id, journal.at) == (life.anna, stage.site.now())
    assert len(json.loads(journal.done)) >= 3
    for name in inspect(db.session.connection()).get_table_names():
        for row in db.session.execute(text(f"SELECT * FROM {name}")):
            assert not any(word in str(row) for word in ("Канарейкина", "anna@school", "чижик")), name
    assert db.session.query(ResultRecord).filter_by(person_id=life.boris).count() == 1


def test_the_address_is_free_again(stage: Stage, life: Life) -> None:
    service.erase(stage.site, life.anna)
    db.session.commit()
    browser = stage.browser()
    browser.post("/sign-in", {"email": "anna@school.example", "password": "correct horse"}, 422)
    browser.post("/forgot", {"email": "anna@school.example"})
    assert db.session.query(OutgoingMail).filter_by(recipient="anna@school.example", sent_at=None).count() == 0
    browser.post("/sign-up", {**FORM, "email": "anna@school.example"})
    assert "Анна Иванова" in browser.text


def test_the_seat_of_who_goes_is_given_on_quietly(stage: Stage, life: Life) -> None:
    vera = stage.person("Третья")
    assert enrolment.ask(stage.site, life.run, vera) == "waiting"
    service.erase(stage.site, life.anna)
    db.session.commit()
    assert enrolment.state_of(life.run, vera) == ("active", "learner")
    assert db.session.query(Notice).filter_by(person_id=life.tutor).count() == 0


def test_marks_a_person_gave_stay_without_their_name(stage: Stage, life: Life) -> None:
    life.record(life.boris, life.tutor)
    history = ResultHistory(
        run_id=life.run,
        person_id=life.boris,
        item="x",
        state="complete",
        completed=True,
        at=stage.site.now(),
        by=life.tutor,
    )
    db.session.add(history)
    db.session.commit()
    service.erase(stage.site, life.tutor)
    db.session.commit()
    assert set(db.session.execute(select(ResultHistory.by).where(ResultHistory.person_id == life.boris)).scalars()) == {
        None
    }


def test_the_last_administrator_stays(stage: Stage) -> None:
    boss = stage.person("Админ", is_admin=True)
    page = stage.browser(boss).post("/me/delete", {"password": "correct horse"}, 422)
    assert "You are the only administrator" in page
    with pytest.raises(BadInput):
        service.erase(stage.site, boss)
    stage.person("Другой", is_admin=True)
    service.erase(stage.site, boss)


def test_passwords_are_not_guessed_on_the_page(stage: Stage) -> None:
    browser = stage.browser(stage.person("Иванова"))
    for _ in range(5):
        browser.post("/me/delete", {"password": "wrong"}, 422)
    browser.post("/me/delete", {"password": "correct horse"}, 429)


def test_the_text_about_personal_data_is_for_everybody_in_both_languages(stage: Stage) -> None:
    browser = stage.browser()
    assert "How personal data are handled" in browser.get("/privacy")
    assert "Как обрабатываются персональные данные" in browser.get("/privacy?lang=ru")
