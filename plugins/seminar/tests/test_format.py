from datetime import date
from zoneinfo import ZoneInfo

import pytest

from courses.load import load
from courses.moments import Moment
from lms_seminar import Seminar
from lms_seminar.format import SeminarSettings, later

COURSE = "---\ntitle: Курс\nlanguage: ru\nhours: 1\ntimezone: Europe/Moscow\n---\n\nО курсе.\n"
HEAD = "---\ntitle: Урок\nminutes: 45\n---\n\n"
GOOD = """:::{seminar} Встречи
---
id: talks
need: 50%
seats: 30
sessions:
  - id: one
    title: Первая
    starts: day 5 18:00
    minutes: 60
    link: https://meet.example.org/one
    speaker: Ирина Ветрова
    code: мост
    materials: |
      Записи: [здесь](https://meet.example.org/notes).
  - id: two
    title: Вторая
    starts: day 15 23:30
    link: https://meet.example.org/two
---
О чём мы говорим.
:::
"""


def read(tmp_path, block: str):
    folder = tmp_path / "course"
    for name, text in {
        "course.md": COURSE,
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        "01-module/01-lesson.md": HEAD + block,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(folder, {"seminar": Seminar()})


def test_a_good_seminar_is_read_whole(tmp_path):
    loaded = read(tmp_path, GOOD)
    assert [str(problem) for problem in loaded.problems] == []
    kind = Seminar()
    block = loaded.course.block("talks")
    settings = kind.settings_of(block)
    assert (settings.need, settings.seats, settings.sessions[1].minutes) == (0.5, 30, 60)
    assert [(one.title, str(one.moment), str(one.end), one.item) for one in kind.deadlines(block)] == [
        ("Встречи: Первая", "day 5 18:00", "day 5 19:00", "talks"),
        ("Встречи: Вторая", "day 15 23:30", "day 16 00:30", "talks"),
    ]
    assert list(kind.grade_items(block)) == []
    assert SeminarSettings.model_validate(settings.model_dump(mode="json")) == settings


def test_search_finds_neither_links_nor_code_words(tmp_path):
    kind = Seminar()
    words = kind.text(read(tmp_path, GOOD).course.block("talks"))
    assert words == "О чём мы говорим. Первая Ирина Ветрова Вторая"


def changed(*pairs: str) -> str:
    text = GOOD
    for before, after in zip(pairs[::2], pairs[1::2], strict=True):
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (changed("need: 50%", "need: 0%"), [(9, "seminar-need")]),
        (changed("need: 50%", "need: 0"), [(9, "seminar-need")]),
        (changed("id: two", "id: one"), [(21, "seminar-session-twice")]),
        (changed("sessions:\n", "sessions:\n  - {id: two, title: Нулевая, starts: day 1 9:00}\n"),
         [(22, "seminar-session-twice")]),
        (changed("day 5 18:00", "day 5"), [(14, "seminar-session-time")]),
        (changed("day 15 23:30", "2026-03-01"), [(23, "seminar-session-time")]),
        (changed("https://meet.example.org/two", "javascript:alert(1)"), [(24, "seminar-link")]),
        (changed("https://meet.example.org/one", "meet.example.org"), [(16, "seminar-link")]),
        (changed("code: мост", "code: ' а б '"), [(18, "seminar-code")]),
        (changed("code: мост", "code: 42"), [(18, "seminar-code")]),
        (changed("[здесь](https://meet.example.org/notes)", "<script>alert(1)</script>"), [(6, "html-removed")]),
        (changed("[здесь](https://meet.example.org/notes)", "[здесь](javascript:alert(1))"), [(6, "link-unsafe")]),
        (changed("id: two", "id: one", "day 5 18:00", "day 5", "need: 50%", "need: 0%"),
         [(9, "seminar-need"), (14, "seminar-session-time"), (21, "seminar-session-twice")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_line(tmp_path, block, expected):
    assert [(problem.line, problem.code) for problem in read(tmp_path, block).problems] == expected


def test_there_must_be_a_session(tmp_path):
    found = read(tmp_path, GOOD[: GOOD.index("sessions:")] + "---\nТекст.\n:::\n").problems
    assert [(problem.line, problem.code) for problem in found] == [(6, "missing-key")]


@pytest.mark.parametrize(
    ("starts", "minutes", "ends"),
    [
        ("day 5 18:00", 60, "day 5 19:00"),
        ("day 5 23:59", 1, "day 6 00:00"),
        ("week 2 18:00", 1440, "day 9 18:00"),
        ("2026-02-28 23:30", 45, "2026-03-01 00:15"),
        ("2026-12-31T23:30+03:00", 60, "2027-01-01T00:30+03:00"),
        ("2026-03-01T18:00Z", 30, "2026-03-01T18:30Z"),
    ],
)
def test_ends_of_sessions(starts, minutes, ends):
    found = later(Moment(starts), minutes)
    assert found == Moment(ends)
    start, zone = date(2026, 3, 2), ZoneInfo("Europe/Moscow")
    assert (found.resolve(start, zone) - Moment(starts).resolve(start, zone)).total_seconds() == minutes * 60


DESIGN = GOOD.replace(
    "seats: 30\n",
    "team: 3-5\nteam-made: random\ndesign:\n  phases:\n    draft: {opens: ведущий, closes: day 9}\n    final: {closes: day 20 21:00}\n",
).replace("    code: мост\n", "    code: мост\n    place: Школа 12\n    task: Запишите\n    due: day 7\n")


def test_a_design_seminar_is_read_whole(tmp_path):
    loaded = read(tmp_path, DESIGN)
    assert [str(problem) for problem in loaded.problems] == []
    kind = Seminar()
    block = loaded.course.block("talks")
    settings = kind.settings_of(block)
    assert (settings.team_least, settings.team_most, settings.team_made) == (3, 5, "random")
    assert [session.id for session in settings.tasks] == ["one"]
    phases = kind.phases(block)
    assert [phase.name for phase in phases] == ["problem", "groups", "draft", "questions", "final"]
    assert [phase.name for phase in phases if phase.by_tutor] == ["draft"]
    assert [(one.title, str(one.moment), one.phase) for one in kind.deadlines(block) if one.end is None] == [
        ("Встречи: сдать задание — Первая", "day 7", ""),
        ("Встречи: сдать черновик проекта", "day 9", "draft"),
        ("Встречи: сдать итоговый проект", "day 20 21:00", "final"),
    ]
    assert SeminarSettings.model_validate(settings.model_dump(mode="json")) == settings


def test_a_seminar_without_a_design_has_no_phases(tmp_path):
    assert list(Seminar().phases(read(tmp_path, GOOD).course.block("talks"))) == []


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (DESIGN.replace("team: 3-5", "team: 1"), [(13, "seminar-groups")]),
        (DESIGN.replace("team: 3-5", "team: many"), [(10, "team-size")]),
        (DESIGN.replace("  phases:", "  files: 0\n  draft: {attach: 1}\n  phases:"), [(14, "work-attach")]),
        (DESIGN.replace("https://meet.example.org/two", "jitsi"), []),
        (DESIGN.replace("https://meet.example.org/two", "zoom"), [(32, "seminar-link")]),
        (DESIGN.replace("task: Запишите", "task: <script>alert(1)</script>"), [(6, "html-removed")]),
    ],
)
def test_what_is_wrong_in_a_design_seminar(tmp_path, block, expected):
    assert [(problem.line, problem.code) for problem in read(tmp_path, block).problems] == expected
