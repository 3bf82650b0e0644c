"""Model works: written by the author, marked by participants, compared with the expert, and what that says of a reviewer."""

from pathlib import Path

import pytest

from courses.load import load
from lms_workshop.format import WorkshopFormat
from lms_workshop.model_works import ModelWork

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева")
QUIET = """---
title: Тихий чат
marks:
  Ясность: 60
  useful: 20
why:
  clear: "ЭКСПЕРТ: начало неясно."
comment: "ЭКСПЕРТ: в целом хорошо."
---

Соберёмся **на час**.
"""
DULL = "---\ntitle: Скучный план\nmarks: {Ясность: 40, Польза: 0}\n---\n\nПлан.\n"
FILES = {"models/quiet.md": QUIET, "models/dull.md": DULL}
TABLE = "| Критерий | Баллы |\n|---|---|\n| Ясность | 10 |\n| Польза | 0 нет; 5 да |\n"


def form(clear: float, useful: float) -> dict[str, str]:
    return {"criterion-clear": f"{clear:g}", "criterion-useful": f"{useful:g}", "comment": "МОЁ"}


# ------------------------------------------------------------------ as authors write them


def told(folder: Path, options: str, models: dict[str, str], body: str = TABLE) -> list[str]:
    lesson = f"---\ntitle: Урок\nminutes: 45\n---\n\n:::{{workshop}} Сценарий\n---\nid: peer\n{options}---\n{body}:::\n"
    files = {
        "course.md": "---\ntitle: Курс\nlanguage: ru\nhours: 1\n---\n", "01-start/index.md": "---\ntitle: Начало\n---\n",
        "01-start/01-why.md": lesson, **{f"models/{name}.md": text for name, text in models.items()},
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    found = load(folder, {"workshop": WorkshopFormat()})
    if found.course is not None:
        settings = WorkshopFormat().settings_of(found.course.block("peer"))
        assert [one.name for one in settings.model_works] == list(settings.models)
    return [f"{one.path}:{one.line}:{one.column} {one.code}" for one in found.problems]


@pytest.mark.parametrize(
    ("models", "found"),
    [
        ("Ясность: 7\n  Польза: 5", []),
        ("h: 7\n  Ясность: 1\n  Польза: 0", ["models/one.md:4:3 workshop-model-criterion"]),
        ("Ясность: 11\n  Польза: 0", ["models/one.md:4:12 workshop-model-mark"]),
        ("Ясность: 1\n  Польза: 3", ["models/one.md:5:11 workshop-model-mark"]),
        ("Польза: 5", ["models/one.md:4:3 workshop-model-mark"]),
        ("Ясность: много\n  Польза: 5", ["models/one.md:4:12 value"]),
    ],
)
def test_what_the_expert_gives_must_be_what_one_can_give(tmp_path: Path, models: str, found: list[str]) -> None:
    one = f"---\ntitle: Один\nmarks:\n  {models}\n---\n\nРабота.\n"
    assert told(tmp_path, "models: [one]\n", {"one": one}) == found


def test_a_model_work_must_be_there(tmp_path: Path) -> None:
    assert told(tmp_path, "models: [one, ../two]\n", {}) == ["01-start/01-why.md:9:9 workshop-model-unknown"] * 2


def test_pairs_are_not_practised(tmp_path: Path) -> None:
    body = "| Критерий | Сравнение |\n|---|---|\n| Ясность | 1 |\n"
    found = told(tmp_path, "models: [one]\n", {"one": "---\ntitle: Один\n---\n\nРабота.\n"}, body)
    assert found[0] == "01-start/01-why.md:9:9 workshop-models-pairwise"


def test_a_change_of_the_experts_marks_is_told() -> None:
    from courses.blocks import Block
    from lms_workshop.format import WorkshopSettings

    def block(value: float, first: bool = False) -> Block[WorkshopSettings]:
        one = ModelWork(name="one", title="Один", text="", values={"clear": value})
        criteria = [{"id": "clear", "title": "Ясность", "points": 10}]
        values = {"id": "peer", "criteria": criteria, "model_works": [one], "practise_first": first}
        stored = WorkshopSettings.model_validate(values).model_dump(mode="json")
        return Block(id="peer", kind="workshop", title="W", path="x.md", line=1, lesson="x", settings=stored)

    kind = WorkshopFormat()
    assert [one.code for one in kind.compare(block(5), block(5))] == []
    assert [one.code for one in kind.compare(block(5), block(6))] == ["models-changed"]
    assert [one.code for one in kind.compare(block(5), block(5, True))] == ["practice-changed"]


# ------------------------------------------------------------------ as participants meet them


def test_a_model_work_is_marked_once_and_then_compared(room_with, words) -> None:
    room = room_with("models: [quiet, dull]\n", files=FILES)
    anna = room.join("Абрикосова")
    assert words(room.page("Абрикосова")).count("Not marked yet") == 2
    page = anna.get(f"{room.base}practice/1/")
    assert ("Соберёмся <strong>на\N{NO-BREAK SPACE}час</strong>" in page, "ЭКСПЕРТ" in page) == (True, False)
    said = anna.post(f"{room.base}practice/1/", {"criterion-clear": "50"}, status=422)
    assert ("“Польза”: Give points." in words(said), "ЭКСПЕРТ" in said, 'value="50' in said) == (True, False, True)
    said = words(anna.post(f"{room.base}practice/1/", form(50, 10)))
    # 50 of 80 against 60 is 12.5 away, 10 of 20 against 20 is 50
    assert "you are 31 percentage points away from the expert." in said
    assert ("ЭКСПЕРТ: начало неясно." in said, "ЭКСПЕРТ: в целом хорошо." in said, "МОЁ" in said) == (True, True, True)
    said = words(anna.post(f"{room.base}practice/1/", form(60, 20), status=422))
    assert "You have marked this model work already" in said
    assert "31 percentage points" in said
    anna.get(f"{room.base}practice/3/", status=404)
    anna.post(f"{room.base}practice/0/", form(60, 20), status=404)
    assert words(room.page("Абрикосова")).count("Not marked yet") == 1
    assert "1 participant has marked it" in words(room.tutor.get(room.base))
    assert room.results("Абрикосова") == {}


def test_practice_is_over_when_reviewing_is(room_with, words) -> None:
    room = room_with("models: [dull]\n", files=FILES)
    anna = room.join("Абрикосова")
    room.move("evaluation")
    said = anna.get(f"{room.base}practice/1/")
    assert ("The expert's marks" in words(said), "<form method" in said.partition("<main")[2]) == (True, False)
    assert "until reviewing ends" in words(anna.post(f"{room.base}practice/1/", form(1, 1), status=422))


def test_who_leads_or_wrote_the_course_sees_the_experts_marks(room_with) -> None:
    room = room_with("models: [quiet]\n", files=FILES)
    author = room.stage.browser(room.stage.person("Составитель", is_author=True))
    assert ["ЭКСПЕРТ" in one.get(f"{room.base}practice/1/") for one in (room.tutor, author)] == [True, True]
    room.tutor.post(f"{room.base}practice/1/", form(1, 1), status=403)


def test_reviewing_can_wait_for_practice(room_with, words) -> None:
    room = room_with("models: [quiet]\npractise-first: true\n", files=FILES)
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    number = room.of("Абрикосова")[0]
    page = words(room.browsers["Абрикосова"].get(f"{room.base}reviews/{number}/"))
    assert ("Mark the model works first" in page, "Finish the review" in page) == (True, False)
    assert "Mark the model works first" in words(room.review("Абрикосова", number, status=422))
    room.browsers["Абрикосова"].post(f"{room.base}practice/1/", form(60, 20))
    room.review("Абрикосова", number)
    assert room.standing("Абрикосова") == ("started", False, None, None)


def test_whoever_marks_like_the_expert_may_be_relied_upon(room_with, words) -> None:
    room = room_with(
        "models: [quiet, dull]\nreviewers: 3\nmarking: {reviews: calibrated, work: reliability}\n", files=FILES
    )
    room.learners(*NAMES)
    near, far = room.browsers["Абрикосова"], room.browsers["Берёзова"]
    for place, given in ((1, (60, 20)), (2, (40, 0))):
        near.post(f"{room.base}practice/{place}/", form(*given))
    for place, given in ((1, (0, 0)), (2, (80, 20))):
        far.post(f"{room.base}practice/{place}/", form(*given))
    room.hand_in(*NAMES)
    room.move("review")
    given = {"Абрикосова": (80, 20), "Берёзова": (0, 0), "Вишнёва": (40, 10), "Грушева": (40, 10)}
    for _, reviewer, number in room.pairs():
        room.review(reviewer, number, *given[reviewer])
    room.move("closed")
    # 75, 100, 50 and 100 per cent off: accuracy 1 − 0.8125; around this mean 0.1875, of which the usual consistency takes 0.666
    far_off = 0.1875 * (1 - 0.666 * 0.1875)
    reviewing = {name: room.results(name)["sample.review"].points / 20 for name in NAMES}
    assert reviewing == pytest.approx({"Абрикосова": 1, "Берёзова": far_off, "Вишнёва": 1, "Грушева": 1})
    usual = (1 + far_off) / 2  # of those of whom nothing is known: the mean of the others
    work = (1 * 1 + 0 * far_off + 0.5 * usual) / (1 + far_off + usual)
    assert room.results("Вишнёва")["sample.work"].share == pytest.approx(work)
    assert "the expert's of model works" in words(room.page("Берёзова"))
