"""From an archive to a revision: what authors see, in words; what is on disk and in tables; two authors at once."""

import io
import re
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.db import db
from lms.publishing import service as publishing
from lms.publishing import sources
from lms.publishing.models import Revision, Source
from lms.studio import drafts, feature
from lms.studio.desk import desk
from lms.studio.models import Draft, DraftChange, DraftFile
from tests.lms.studio.conftest import FILES, WHY, Author, plain

BROKEN = {**FILES, WHY: str(FILES[WHY]).replace("minutes: 45", "minutes: many")}
CHANGED = str(FILES[WHY]).replace("Первый абзац.", "Первый абзац, исправленный.")
OTHER = str(FILES[WHY]).replace("Второй абзац.", "Второй абзац, другой рукой.")


def rows(*tables: type) -> list[int]:
    db.session.rollback()
    return [db.session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def files_of(slug: str = "network") -> dict[str, bytes]:
    """The files the course has now, by the hashes of its newest revision."""
    db.session.rollback()
    found = drafts.standing(slug)
    assert found is not None
    return found.hashes  # type: ignore[return-value]


# ------------------------------------------------------------------------------------------- upload


def test_a_folder_becomes_a_draft_and_then_a_revision(stage, anna):
    page = anna.upload(FILES)
    assert "The folder is taken as the draft." in page
    assert "Nothing is wrong in the files." in page
    assert rows(Draft, DraftFile, DraftChange, Revision) == [1, 5, 5, 0]
    page = anna.publish()
    assert "Revision 1 is published." in page
    assert rows(Draft, DraftFile, DraftChange, Revision, Source) == [0, 0, 0, 1, 5]
    assert anna.browser.get("/courses/network/about")


def test_mistakes_are_shown_with_their_lines(anna):
    page = anna.upload(BROKEN)
    said = plain(page)
    assert "Errors: 1" in said
    assert f"{WHY}:3:10" in said
    assert re.search(r"▸3</span>minutes: <mark>m</mark>any", page)
    assert "2</span>title: Зачем" in page
    page = anna.get("/draft/publish")
    assert "There is 1 error: correct it first." in page
    assert 'action="/manage/courses/network/draft/publish"' not in page
    anna.get("/draft")
    anna.post("/draft/publish", 422, mark=anna.hidden("mark"))
    assert rows(Draft, Revision) == [1, 0]


def test_an_archive_that_is_refused_leaves_nothing(stage, anna):
    bad = io.BytesIO()
    with zipfile.ZipFile(bad, "w") as packing:
        for name, data in FILES.items():
            packing.writestr(name, data)
        packing.writestr("../evil.md", "x")
    page = anna.upload(bad.getvalue(), status=422)
    assert "“network.zip” is not taken." in plain(page)
    assert "“../evil.md” leads out of the folder." in plain(page)
    assert "[traversal]" in page
    assert rows(Draft, DraftFile) == [0, 0]
    assert [path for path in (stage.folder / "sources").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("sent", [b"", b"no archive", b"PK\5\6"])
def test_what_is_no_archive_is_refused_in_words(anna, sent):
    assert "is not taken." in plain(anna.upload(sent, status=422))


def test_without_a_file_one_is_asked_for(anna):
    assert "Choose the archive first." in anna.browser.post("/manage/upload", {}, 422)


def test_the_same_folder_again_is_no_draft(published):
    page = published.upload(FILES, "/draft")
    assert "The archive holds what the course already has" in page
    assert rows(Draft) == [0]


def test_a_folder_of_another_course_is_refused(published):
    other = {**FILES, "course.md": str(FILES["course.md"]).replace("title: Сет", "id: another\ntitle: Сет")}
    page = published.upload(other, "/draft", 422)
    assert "The files make the course “another”, not “network”." in plain(page)
    published.upload(other)
    assert [row.slug for row in db.session.execute(select(Draft.slug))] == ["another"]


def test_uploads_are_counted(anna):
    for _ in range(drafts.UPLOADS):
        anna.upload(b"no archive", status=422)
    assert "There were too many tries." in plain(anna.upload(FILES, status=429))
    assert rows(Draft) == [0]


def test_a_body_that_is_too_large_is_not_read(stage, anna):
    with stage.outside():
        answer = anna.browser.client.post(
            "/manage/upload", data=b"", content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(101 * 1024 * 1024)},
        )  # fmt: skip
    assert answer.status_code == 413


# ------------------------------------------------------------------------------------------- looking


def test_a_draft_is_shown_as_pages_with_its_own_pictures(stage, anna):
    anna.upload(FILES)
    page = anna.get("/draft/preview/")
    assert "this is not published; only authors see it." in plain(page)
    assert "Описание модуля." in page
    page = anna.get("/draft/preview/start/how/")
    assert 'href="/manage/courses/network/draft/preview/start/why/"' in page
    page = anna.get("/draft/preview/start/why/")
    picture = re.search(r'src="(/manage/courses/network/draft/preview/media/[^"]+)"', page)
    assert picture is not None
    answer = anna.fetch(picture[1])
    assert (answer.data, answer.mimetype) == (FILES["01-start/media/map.png"], "image/png")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    anna.get("/draft/preview/start/other/", 404)
    anna.get("/draft/preview/other/why/", 404)
    assert not (stage.folder / "media").exists()


def test_a_broken_draft_can_be_looked_at_all_the_same(anna):
    anna.upload(BROKEN)
    assert "Первый абзац." in anna.get("/draft/preview/start/why/")


def test_files_can_be_taken_away_and_sent_again(stage, published):
    answer = published.fetch("/manage/courses/network/folder.zip?at=1")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed_again:
        found = {name: packed_again.read(name) for name in packed_again.namelist()}
    assert found == {
        f"network/{name}": data if isinstance(data, bytes) else data.encode() for name, data in FILES.items()
    }
    assert answer.headers["Content-Disposition"] == "attachment; filename=network-1.zip"
    assert "nothing to change" in published.upload(answer.data)
    one = published.fetch(f"/manage/courses/network/file?at=1&path={WHY}")
    assert one.data == str(FILES[WHY]).encode()
    assert one.headers["Content-Disposition"].startswith("attachment")


# ------------------------------------------------------------------------------------------- correcting


def test_a_text_is_corrected_and_published_and_taken_home_to_git(stage, published, tmp_path):
    assert published.open() == FILES[WHY]
    page = published.keep(CHANGED)
    assert "The text is kept in the draft." in page
    assert "Nothing is wrong in this text." in page
    assert "Первый абзац, исправленный." in published.get("/compare?to=draft")
    page = published.publish()
    assert "Revision 2 is published." in page
    address = re.search(r'href="(/manage/courses/network/compare\.patch\?[^"]+)"', page)
    assert address is not None
    patch = published.fetch(address[1].replace("&amp;", "&")).data
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / WHY).read_text("utf-8") == CHANGED


def test_line_ends_and_the_mark_of_utf_8_stay(stage, anna):
    windows = b"\xef\xbb\xbf" + str(FILES[WHY]).replace("\n", "\r\n").encode()
    anna.upload({**FILES, WHY: windows})
    anna.open()
    anna.keep(CHANGED)
    found = anna.fetch(f"/manage/courses/network/file?at=draft&path={WHY}").data
    assert found == b"\xef\xbb\xbf" + CHANGED.replace("\n", "\r\n").encode()


def test_a_text_is_looked_at_before_it_is_kept(published):
    published.open()
    page = published.keep(CHANGED + "\n![нет](media/none.png)\n", act="preview")
    assert "Первый абзац, исправленный." in page.partition('id="preview-title"')[2]
    assert "media/none.png" in plain(page)
    assert f"{WHY}:" in plain(page)
    assert published.textarea() == CHANGED + "\n![нет](media/none.png)\n"
    assert rows(Draft) == [0]


def test_texts_of_modules_and_of_the_course_are_looked_at_too(published):
    for path, words in (("01-start/index.md", "Новое описание модуля."), ("course.md", "Новое описание курса.")):
        text = published.open(path)
        page = published.keep(text.rstrip() + "\n\n" + words + "\n", path, act="preview")
        assert words in page.partition('id="preview-title"')[2]


def test_the_same_text_is_no_change(published):
    published.keep(published.open())
    assert "The text is the same as before." in published.browser.text
    assert rows(Draft) == [0]


def test_a_new_text_begins_at_its_path(published):
    path = "01-start/03-more.md"
    assert published.open(path) == ""
    page = published.keep("---\ntitle: Ещё\n---\n\nНовое.\n", path, seen=" ")
    assert "The text is kept in the draft." in page
    assert "New" in plain(published.get("/draft"))
    assert "Новое." in published.get("/draft/preview/start/more/")
    published.get("/draft/edit?path=01-START/03-more.md")
    assert "There is a file “01-start/03-more.md” already." in plain(
        published.keep("x", "01-START/03-more.md", 422, seen=" ")
    )


@pytest.mark.parametrize("path", ["../x.md", "/etc/x.md", "x.png", "CON.md", ".git/x.md", "", "a/" * 9 + "x.md"])
def test_no_text_has_a_path_that_leads_elsewhere(published, path):
    published.get(f"/draft/edit?path={path}")
    assert "notice-error" in published.browser.text
    published.keep("x", path, 422, seen=" ")
    assert rows(Draft) == [0]


def test_a_text_too_long_is_refused_and_stays_in_the_form(published):
    published.open()
    page = published.keep("я" * 500_001, status=422)
    assert "The text is too long" in page
    assert len(published.textarea()) == 500_001


def test_what_is_no_utf_8_is_not_opened(anna):
    anna.upload({**FILES, WHY: "---\ntitle: Зачем\n---\n".encode("cp1251")})
    assert "This file is not UTF-8." in anna.get(f"/draft/edit?path={WHY}")


# ------------------------------------------------------------------------------------------- two authors


def test_two_texts_at_once_disturb_nobody(published, boris):
    published.open()
    boris.open("01-start/02-how.md")
    published.keep(CHANGED)
    boris.keep(str(FILES["01-start/02-how.md"]) + "Ещё.\n", "01-start/02-how.md")
    page = plain(boris.get("/draft"))
    assert "Text changed: 01-start/02-how.md" in page
    assert f"Text changed: {WHY}" in page
    assert rows(Draft, DraftChange) == [1, 2]


def test_the_second_is_told_who_was_first_and_loses_nothing(published, boris):
    published.open()
    boris.open()
    published.keep(CHANGED)
    page = boris.keep(OTHER, status=409)
    said = plain(page)
    assert "Иванова Анна has changed this text in the meantime." in said
    assert boris.textarea() == OTHER
    assert "<del>-Первый абзац.\n</del><ins>+Первый абзац, исправленный.\n</ins>" in page
    assert "<del>-Второй абзац.\n</del><ins>+Второй абзац, другой рукой.\n</ins>" in page
    both = CHANGED.replace("Второй абзац.", "Второй абзац, другой рукой.")
    boris.keep(OTHER, act="merge", base=boris.hidden("base"))
    assert boris.textarea() == both
    page = boris.keep(boris.textarea())
    assert "The text is kept in the draft." in page
    assert boris.open() == both


def test_the_second_may_insist_and_the_first_ones_text_stays_in_the_history(published, boris):
    published.open()
    boris.open()
    published.keep(CHANGED)
    mine = str(FILES[WHY]).replace("Первый абзац.", "Первый, мой.")
    page = boris.keep(mine, status=409)
    assert "Put both together" not in page
    page = boris.keep(mine, act="merge", status=422, base=boris.hidden("base"))
    assert "Both changed the same lines" in page
    assert boris.textarea() == mine
    boris.keep(mine)
    assert boris.open() == mine
    assert "+Первый абзац, исправленный." in boris.get("/draft/changes/1")
    assert "-Первый абзац, исправленный." in boris.get("/draft/changes/2")
    boris.get("/draft/changes/3", 404)


def test_a_text_written_while_the_draft_was_published_is_told_so(published, boris):
    published.open()
    boris.open()
    published.keep(CHANGED)
    published.publish()
    page = boris.keep(OTHER, status=409)
    assert "Иванова Анна has changed this text in the meantime." in plain(page)
    boris.keep(OTHER, act="merge", base=boris.hidden("base"))
    boris.keep(boris.textarea())
    boris.publish()
    assert boris.open() == CHANGED.replace("Второй абзац.", "Второй абзац, другой рукой.")


def test_a_text_is_not_lost_when_its_draft_is_discarded(anna, boris):
    anna.upload(FILES)
    boris.open()
    anna.get("/draft")
    anna.post("/draft/discard", mark=anna.hidden("mark"))
    page = boris.keep(OTHER, status=409)
    assert "This text has been removed in the meantime." in plain(page)
    assert boris.textarea() == OTHER


def test_a_text_is_not_lost_when_its_file_is_removed(published, boris):
    boris.open()
    published.upload({name: data for name, data in FILES.items() if name != WHY}, "/draft")
    page = boris.keep(OTHER, status=409)
    assert "This text has been removed in the meantime." in plain(page)
    assert boris.textarea() == OTHER
    boris.keep(OTHER, seen=" ")
    assert boris.open() == OTHER


def test_of_twenty_who_save_at_once_one_is_first(stage, published):
    """On threads of their own, as requests are."""
    seen = drafts.standing("network").hashes[WHY]
    actor, outcomes = stage.actor(published.id), []
    db.session.remove()
    together = threading.Barrier(20)

    def act(number: int) -> None:
        with stage.app.app_context():
            together.wait(30)
            try:
                drafts.save(stage.site, "network", WHY, f"{FILES[WHY]}{number}\n".encode(), seen, actor)
                db.session.commit()
                outcomes.append("kept")
            except drafts.Overtaken as error:
                outcomes.append(error.who.name)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] + ["Иванова Анна"] * 19
    assert rows(Draft, DraftChange) == [1, 1]


def test_an_archive_does_not_replace_what_its_sender_has_not_seen(published, boris):
    published.open()
    published.keep(CHANGED)
    page = boris.upload({**FILES, WHY: OTHER}, "/draft", 409)
    assert "Your archive was not taken." in plain(page)
    assert "Иванова Анна" in plain(page)
    page = boris.upload({**FILES, WHY: OTHER}, status=409)
    assert "There is a draft of the course “network” already." in plain(page)
    boris.get("/draft")
    mark = boris.hidden("mark")
    published.open("01-start/02-how.md")
    published.keep("---\ntitle: Как\nminutes: 45\n---\n\nИначе.\n", "01-start/02-how.md")
    boris.upload({**FILES, WHY: OTHER}, "/draft", 409, mark=mark, replace="1")
    assert boris.open() == CHANGED
    boris.get("/draft")
    boris.upload({**FILES, WHY: OTHER}, "/draft", mark=boris.hidden("mark"), replace="1")
    assert boris.open() == OTHER
    assert "-Первый абзац, исправленный." in boris.get("/draft/changes/3")


def test_a_draft_that_was_changed_is_neither_published_nor_discarded_unseen(published, boris):
    published.open()
    published.keep(CHANGED)
    boris.get("/draft/publish")
    mark = boris.hidden("mark")
    published.open("01-start/02-how.md")
    published.keep("---\ntitle: Как\nminutes: 45\n---\n\nИначе.\n", "01-start/02-how.md")
    for act in ("publish", "discard"):
        assert "Иванова Анна has changed it in the meantime." in plain(boris.post(f"/draft/{act}", mark=mark))
    assert rows(Draft, Revision) == [1, 1]


def test_a_draft_is_brought_up_to_date_when_the_course_was_published_from_elsewhere(stage, published, tmp_path):
    how = "01-start/02-how.md"
    published.open()
    published.keep(CHANGED)
    published.open(how)
    published.keep(str(FILES[how]).replace("Текст.", "Мой текст."), how)
    root = tmp_path / "network"
    elsewhere = {
        **FILES,
        WHY: OTHER,
        how: str(FILES[how]).replace("Текст.", "Их текст."),
        "01-start/index.md": "---\ntitle: Начало\n---\n\nДругими словами.\n",
    }
    for name, data in elsewhere.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    publishing.publish(stage.site, root)
    db.session.commit()
    assert "The course has been published anew since the draft was begun: revision 2" in plain(published.get("/draft"))
    page = published.get("/draft/publish")
    said = plain(page)
    assert "Taken over from the revision 01-start/index.md" in said
    assert f"Both changes put together {WHY}" in said
    assert "Changed on both sides" in said
    assert "<del>-Их текст.\n</del><ins>+Мой текст.\n</ins>" in page
    published.post("/draft/publish", mark=published.hidden("mark"))
    assert rows(Revision) == [2]
    published.get("/draft/update")
    published.post("/draft/update", mark=published.hidden("mark"), theirs=[how])
    assert published.open() == CHANGED.replace("Второй абзац.", "Второй абзац, другой рукой.")
    assert published.open(how) == elsewhere[how]
    assert published.open("01-start/index.md") == elsewhere["01-start/index.md"]
    assert "Revision 3 is published." in published.publish()


# ------------------------------------------------------------------------------------------- publishing


def test_harmful_changes_have_to_be_ticked(stage, published):
    from lms.enrolment.models import Enrolment

    run = stage.run("network")
    learner = stage.person("Ученикова")
    stage.enrol(run, learner)
    assert rows(Enrolment) == [1]
    browser = stage.browser(learner)
    browser.post(f"{stage.base(run)}start/why/read")
    published.upload({name: data for name, data in FILES.items() if not name.startswith(WHY)} | {
        "01-start/02-how.md": str(FILES["01-start/02-how.md"]).replace("Смотрите [начало](01-why.md).", ""),
        "course.md": str(FILES["course.md"]).replace("hours: 2", "hours: 1"),
    }, "/draft")  # fmt: skip
    page = published.get("/draft/publish")
    assert "network@spring" in plain(page)
    assert "Ученикова" not in page
    codes = re.findall(r'name="accept" value="([^"]+)"', page)
    assert "item-vanished" in codes
    page = published.publish(422)
    assert "Tick what you mean to do all the same." in page
    assert rows(Revision) == [1]
    assert "Revision 2 is published." in published.publish(accept=codes)
    assert "item-vanished" not in plain(published.get("/files?at=2"))


def test_a_draft_with_another_id_is_not_published_under_the_old_one(published):
    text = published.open("course.md")
    published.keep(text.replace("title:", "id: other\ntitle:"), "course.md")
    page = published.publish(422)
    assert "The files make the course “other”, not “network”." in plain(page)


def test_revisions_are_compared_and_their_files_listed(published):
    published.open()
    published.keep(CHANGED)
    published.publish()
    assert "+Первый абзац, исправленный." in published.get("/compare?from=1&to=2")
    assert "-Первый абзац, исправленный." in published.get("/compare?from=2&to=1")
    assert "Nothing differs." in published.get("/compare?from=2&to=2")
    assert WHY in published.get("/files?at=1")
    assert 'href="/manage/courses/network/files?at=2"' in published.get()
    for address in (
        "/files?at=3",
        "/files?at=draft",
        "/compare?from=9",
        "/file?at=1&path=none",
        "/folder.zip?at=x",
        "/files?at=" + "9" * 30,
    ):
        published.get(address, 404)


def test_pictures_differ_by_size(published):
    published.upload({**FILES, "01-start/media/map.png": b"\x89PNG\0" + b"x" * 3000}, "/draft")
    page = plain(published.get("/compare?to=draft"))
    assert "0.07 KB → 2.93 KB" in page


def test_revisions_from_before_files_were_kept_say_so(stage, published):
    db.session.query(Source).delete()
    db.session.commit()
    for address in ("/files?at=1", "/draft"):
        assert "The files of this revision were not kept" in published.get(address)
    published.get("/folder.zip?at=1", 404)
    published.upload({**FILES, WHY: CHANGED}, "/draft")
    assert "Revision 2 is published." in published.publish()


# ------------------------------------------------------------------------------------------- who may, and what is left


@pytest.mark.parametrize("address", ["/upload", *(f"/courses/network/{rest}" for rest in (
    "draft", f"draft/edit?path={WHY}", "draft/preview/", "draft/preview/start/why/", "draft/publish", "draft/update",
    "draft/changes/1", "files", "file?path=course.md", "folder.zip", "compare", "compare.patch",
))])  # fmt: skip
def test_nobody_but_authors_sees_sources(stage, published, address):
    run = stage.run("network")
    learner, tutor = stage.person("Ученикова"), stage.person("Ведущий")
    stage.enrol(run, learner)
    stage.enrol(run, tutor, role="tutor")
    for person in (learner, tutor):
        stage.browser(person).get(f"/manage{address}", 404)
    with stage.outside():
        assert stage.browser().client.get(f"/manage{address}").status_code == 303


def test_bytes_that_nobody_names_are_removed_in_two_days(stage, published):
    published.open()
    published.keep(CHANGED)
    published.get("/draft")
    kept = drafts.standing("network").hashes[WHY]
    store = sources.store_of(stage.site)
    stage.move(days=3)
    drafts.sweep(stage.site)
    stage.move(days=3)
    drafts.sweep(stage.site)
    assert store.find(kept) is not None
    published = Author(stage, "Третья")
    published.get("/draft")
    published.post("/draft/discard", mark=published.hidden("mark"))
    for _ in range(3):
        stage.move(days=2)
        stage.tick()
    assert store.find(kept) is None
    assert all(store.find(sha256) is not None for sha256 in files_of().values())


def test_what_a_person_changed_is_exported_and_goes_on_without_a_name(stage, published):
    published.open()
    published.keep(CHANGED)
    [part] = [part for part in feature.feature.contributes if getattr(part, "name", "") == "drafts"]
    found = part.export(stage.site, published.id)
    assert [(each["course"], each["file"], each["how"]) for each in found["changes"]] == [("network", WHY, "edit")]
    part.erase(stage.site, published.id)
    db.session.commit()
    assert part.export(stage.site, published.id) == {"changes": []}
    assert "By command" in plain(published.get("/draft"))


def test_lost_bytes_are_said_and_noted(stage, published):
    published.open()
    published.keep(CHANGED)
    found = drafts.standing("network")
    sources.store_of(stage.site).place(found.hashes[WHY]).unlink()
    desk.clear()
    for address, status in (("/draft", 200), ("/draft/publish", 422), ("/draft/preview/", 422)):
        assert "Files of this course are missing on the server." in plain(published.get(address, status))
    assert any("are missing" in trouble for trouble in stage.site.troubles)
    assert drafts.lost(stage.site) == 1
    published.get("/draft")
    published.upload({**FILES, WHY: CHANGED}, "/draft", mark=published.hidden("mark"), replace="1")
    assert "Revision 2 is published." in published.publish()


def test_publishing_from_the_command_line_keeps_the_folder_too(stage, tmp_path):
    root = tmp_path / "network"
    for name, data in {**FILES, ".git/config": "x", "README.md": "# Курс\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (root / "outside.md").symlink_to(Path("/etc/hostname"))
    done = publishing.publish(stage.site, root)
    if done.revision is None:  # the link is a mistake of its own
        (root / "outside.md").unlink()
        done = publishing.publish(stage.site, root)
    db.session.commit()
    assert done.revision is not None
    kept = sources.of(done.revision)
    assert [file.path for file in kept] == sorted([*FILES, "README.md"])
    folder = tmp_path / "again"
    sources.write(stage.site, {file.path: file.sha256 for file in kept}, folder)
    assert (folder / "README.md").read_text("utf-8") == "# Курс\n"
    assert publishing.publish(stage.site, root).changed is False
    (root / "README.md").write_text("# Другое\n", "utf-8")
    assert publishing.publish(stage.site, root).changed is True
    assert drafts.lost(stage.site) == 0
