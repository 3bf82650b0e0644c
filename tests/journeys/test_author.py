"""An author works on a course in the site: an archive with a mistake, the line it is on, the correction, how it looks, publishing, and
the change taken home to git; a second author meanwhile."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from lms_project import plugin as project
from lms_quiz import plugin as quiz
from lms_seminar import plugin as seminar
from lms_thumbs import plugin as thumbs
from lms_workshop import plugin as workshop
from tests.journeys.conftest import DESK, PHONE, Person, Town
from tests.journeys.course import FILES
from tests.journeys.test_the_way import PASSWORD, sign_in

pytestmark = pytest.mark.journey

LESSON = "01-first/01-read.md"
BASE = "/manage/courses/journey"
EDIT = f"{BASE}/draft/edit?path={LESSON}"


@pytest.fixture
def plugins():
    return (project, quiz, seminar, thumbs, workshop)


def packed(folder: Path, files: dict[str, str], **more: bytes) -> Path:
    """The folder as an archive on the author's disk."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, text in files.items():
            packing.writestr(f"journey/{name}", text)
        for name, data in more.items():
            packing.writestr(name, data)
    path = folder / "journey.zip"
    path.write_bytes(made.getvalue())
    return path


def upload(person: Person, path: Path) -> None:
    person.page.set_input_files('[name="archive"]', path)
    person.click("Upload")


def change(person: Person, old: str, new: str) -> None:
    """Write into the text as it stands in the form."""
    text = person.page.locator("#text").input_value()
    assert old in text
    person.page.locator("#text").fill(text.replace(old, new))


def taken_away(person: Person, words: str, folder: Path) -> Path:
    """What a link downloads."""
    with person.page.expect_download() as found:
        person.page.get_by_role("link", name=person.t(words), exact=True).first.click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


@pytest.mark.parametrize(
    ("language", "viewport", "database_kind"),
    [
        pytest.param("ru", DESK, "sqlite", id="ru-desk-sqlite"),
        pytest.param("en", DESK, "postgresql", id="en-desk-postgresql"),
        pytest.param("ru", PHONE, "sqlite", id="ru-phone-sqlite"),
    ],
)
def test_from_an_archive_with_a_mistake_to_a_patch_for_git(
    town: Town, tmp_path: Path, language: str, viewport: dict[str, int]
):
    stage = town.stage
    for name in ("anna", "boris"):
        mail = f"{name}@school.example"
        stage.person("Иванова" if name == "anna" else "Петров", email=mail, password=PASSWORD, is_author=True, language=language,
                     given_name="Анна" if name == "anna" else "Борис")  # fmt: skip
    stage.course(FILES, folder="journey")

    # an archive that no archive should be, then the folder with a mistake
    anna = town.person("anna", language, viewport)
    sign_in(anna, "anna@school.example", PASSWORD)
    anna.go("/manage/courses").click("Upload a course", "link")
    upload(anna, packed(tmp_path, {}, **{"../evil.md": b"x"}))
    anna.reads("[traversal]")
    mistaken = {**FILES, LESSON: FILES[LESSON].replace("   - (x) форум\n", "   - ( ) форум\n")}
    upload(anna, packed(tmp_path, mistaken))
    anna.sees("The folder is taken as the draft.").reads("1. Какая форма не требует общего времени?").reads(
        f"{LESSON}:"
    )

    # the line leads to the text, which opens there
    anna.page.locator(".findings a").first.click()
    anna.page.wait_for_load_state()
    anna.look()
    assert "#text" in anna.page.url
    change(anna, "   - ( ) форум\n", "   - (x) форум\n")
    change(anna, "Текст урока", "Новый текст урока")
    anna.click("See how it looks").sees("Nothing is wrong in this text.").reads("Новый текст урока")
    preview = anna.page.locator(".draft-preview")
    preview.get_by_text("Проверьте себя").first.wait_for()
    assert preview.locator("[inert] button, [inert] a, [inert] form").count() > 0
    anna.click("Keep in the draft").sees("The text is kept in the draft.")

    # the draft as pages, on which nothing acts
    anna.click("To the draft", "link").sees("Nothing is wrong in the files.").click("Look at the pages", "link")
    anna.sees("this is not published; only authors see it.").press("Зачем нужно сообщество").reads("Новый текст урока")
    anna.go(f"{BASE}/draft").click("See what changes", "link").reads("+Новый текст урока")

    # a second author had the text open, and is told
    boris = town.person("boris", language)
    sign_in(boris, "boris@school.example", PASSWORD)
    boris.go(EDIT)
    anna.go(EDIT)
    change(anna, "Новый текст урока", "Самый новый текст урока")
    anna.click("Keep in the draft").sees("The text is kept in the draft.")
    change(boris, "title: Зачем нужно сообщество", "title: Зачем сообщество")
    boris.click("Keep in the draft").sees("{name} has changed this text in the meantime.", name="Иванова Анна")
    boris.reads("+Самый новый текст урока").reads("+title: Зачем сообщество")
    boris.click("Put both together").sees("Both changes stand in the form now. Look at them, then keep the text.")
    text = boris.page.locator("#text").input_value()
    assert "Самый новый текст урока" in text
    assert "title: Зачем сообщество" in text
    boris.click("Keep in the draft").sees("The text is kept in the draft.")

    # what it means, and publishing
    anna.go(f"{BASE}/draft").reads("Петров Борис").click("Go to publishing", "link").reads(LESSON)
    anna.click("Publish").sees("Revision {number} is published.", number=2)
    patch = taken_away(anna, "Download as a patch for git", tmp_path)
    folder = taken_away(anna, "Download the folder (ZIP)", tmp_path)
    anna.go(BASE).click("Work on the course", "link")

    home = tmp_path / "home"
    for name, was in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(was, "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=home, check=True)
    subprocess.run(["git", "apply", patch], cwd=home, check=True)
    assert (home / LESSON).read_text("utf-8") == text
    with zipfile.ZipFile(folder) as found:
        assert {name.removeprefix("journey/"): found.read(name).decode() for name in found.namelist()} == {
            **FILES,
            LESSON: text,
        }
    town.all_is_well()
