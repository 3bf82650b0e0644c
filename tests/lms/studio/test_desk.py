"""What lies on the desk is always what was asked for, whatever lay there before."""

from lms.studio import drafts
from lms.studio.desk import PLACES, Desk
from tests.lms.studio.conftest import FILES, WHY


def hashes(stage, files) -> dict[str, str]:
    return {
        path: drafts._keep(stage.site, data if isinstance(data, bytes) else data.encode())[0]
        for path, data in files.items()
    }


def test_files_come_change_and_go(stage):
    desk, site = Desk(), stage.site
    whole = hashes(stage, FILES)
    first = desk.read(site, "network", whole)
    assert first.problems == []
    assert [lesson.id for lesson in first.course.lessons()] == ["why", "how"]
    assert desk.read(site, "network", whole) is first
    other = desk.read(site, "network", whole, {WHY: b"---\ntitle: New\nminutes: 45\n---\n\nText.\n"})
    assert other.course.lesson("why").title == "New"
    assert [problem.code for problem in other.problems] == ["media-unused"]
    less = desk.read(site, "network", {path: sha for path, sha in whole.items() if "02-how" not in path})
    assert [lesson.id for lesson in less.course.lessons()] == ["why"]
    again = desk.read(site, "network", whole)
    assert (again.course, again.problems) == (first.course, first.problems)


def test_a_file_may_become_a_folder_and_back(stage):
    desk, site = Desk(), stage.site
    base = {"course.md": FILES["course.md"], "01-start/index.md": FILES["01-start/index.md"]}
    one = hashes(stage, {**base, "01-start/media": "a file"})
    two = hashes(stage, {**base, "01-start/media/map.png": b"png"})
    for files in (one, two, one):
        assert desk.read(site, "network", files).course is not None


def test_the_oldest_is_put_away(stage):
    desk, files = Desk(), hashes(stage, FILES)
    folders = []
    for number in range(PLACES + 1):
        desk.read(stage.site, f"course-{number}", files)
        folders += [place.folder for place in desk._places.values() if place.folder not in folders]
    assert [folder.is_dir() for folder in folders] == [False] + [True] * PLACES
    desk.clear()
    assert not any(folder.is_dir() for folder in folders)


def test_lost_bytes_stop_the_reading_and_nothing_stays_half(stage):
    desk, files = Desk(), hashes(stage, FILES)
    desk.read(stage.site, "network", files)
    try:
        desk.read(stage.site, "network", {**files, WHY: "0" * 64})
    except LookupError as error:
        lost = str(error)
    assert "0" * 64 in lost
    assert desk.read(stage.site, "network", files).problems == []
