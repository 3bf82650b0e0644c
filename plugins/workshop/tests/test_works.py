"""What is handed in to a workshop: late works, teams, what a work has to have, and who sees it in the end."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from lms.allocation.models import AllocationPair
from lms.plugin import db
from lms.submissions.models import SubmissionRecord
from lms_workshop.models import Work

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева", "Дубова", "Елина")
LATE = "late: allow\npenalty: 25%\n"


def test_an_author_learns_at_once_which_files_reviewers_cannot_get(room_with: Any, words: Callable[[str], str]) -> None:
    files = {"замок.pdf": b"%PDF-1.7\nnothing", "план.txt": "План".encode()}
    warning = "“замок.pdf” cannot be freed of properties that may tell whose it is, so reviewers will not get it."
    for anonymous in (True, False):
        room = room_with(f"anonymous: {str(anonymous).lower()}\n")
        author = NAMES[0]
        room.learners(author)
        page = words(room.send(author, "Труд", "Текст", files=files))
        assert (page.count("cannot be freed"), warning in page) == (int(anonymous), anonymous)
        assert (warning in words(room.browsers[author].get(room.own))) is anonymous


def test_the_gallery_opens_when_the_results_are_out(room_with: Any, words: Callable[[str], str]) -> None:
    room = room_with("shown: public\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    base = f"{room.stage.base(room.run)}works/sample/"
    shown = f"{base}shown/"
    room.browsers["Абрикосова"].post(f"{base}consent", {"audience": "public"})
    room.browsers["Берёзова"].post(f"{base}consent", {"audience": "run"})
    visitor = room.stage.browser()
    ids = {
        name: db.session.scalars(
            select(SubmissionRecord.id).where(SubmissionRecord.author_id == room.people[name])
        ).one()
        for name in NAMES[:2]
    }
    public = f"/works/{room.stage.base(room.run).split('/')[2]}/sample"
    for phase in ("review", "evaluation"):
        room.move(phase)
        room.browsers["Вишнёва"].get(shown, status=404)
        visitor.get(f"{public}/{ids[NAMES[0]]}/", status=404)
    room.move("closed")
    page = words(room.browsers["Вишнёва"].get(shown))
    assert [room.secret(name) in page for name in NAMES[:3]] == [True, True, False]
    assert "Абрикосова" in page
    assert room.secret("Абрикосова") in visitor.get(f"{public}/{ids[NAMES[0]]}/")
    visitor.get(f"{public}/{ids[NAMES[1]]}/", status=404)
    assert "works/sample/shown/" in room.page("Вишнёва")
    assert "works/sample/shown/" in room.tutor.get(room.base)
    room.move("review")
    room.browsers["Вишнёва"].get(shown, status=404)


# ------------------------------------------------------------------ late works


def test_a_late_work_finds_its_reviewers_and_costs_what_the_course_says(
    room_with: Any, words: Callable[[str], str]
) -> None:
    room = room_with(LATE)
    room.learners(*NAMES)
    room.hand_in(*NAMES[:4])
    room.move("review")
    room.review_all(clear=80)
    room.wait(hours=1)
    room.hand_in("Дубова")
    late = [(reviewer, number) for author, reviewer, number in room.pairs() if author == "Дубова"]
    assert [number for _, number in late] == [5, 5]
    assert {reviewer for reviewer, _ in late} <= set(NAMES[:4])
    # and whoever came late reviews as many as everybody
    own = room.of("Дубова")
    counts = Counter(author for author, reviewer, _ in room.pairs() if reviewer != "Дубова")
    assert (len(own), counts) == (2, Counter(dict.fromkeys(NAMES[:5], 2)))
    assert "works are waiting for your review." in words(room.browsers["Дубова"].get("/notices"))
    # what came in time stays as it is
    assert "The work cannot be changed any more" in words(room.send("Абрикосова", "Иное", "Иное", 422))
    for reviewer, number in (*late, *(("Дубова", number) for number in own)):
        room.review(reviewer, number, clear=60 if number == 5 else 80)
    room.move("closed")
    found = room.results("Дубова")["sample.work"]
    assert (round(found.points, 9), found.max_points) == (48, 80)  # 80% of 80, three quarters of it
    assert room.results("Абрикосова")["sample.work"].points == 80
    said = "The mean of 2 reviews: 80%, 80%. The work came late, which takes 25% of that: 60%."
    assert said in words(room.page("Дубова"))
    assert "Taken off for coming late 25%" in words(room.browsers["Дубова"].get(f"{room.base}marks/work/")).replace(
        "\xa0", " "
    )
    # set by hand it is what the tutor says
    room.tutor.post(f"{room.base}people/{room.people['Дубова']}/work/", {"percent": "90", "reason": "Болела."})
    assert room.results("Дубова")["sample.work"].points == 72
    room.stage.tick()
    assert room.results("Дубова")["sample.work"].points == 72
    assert list(room.stage.site.troubles) == []


def test_late_works_are_refused_unless_the_course_takes_them_or_the_tutor_gives_time(
    dated: Any, words: Callable[[str], str]
) -> None:
    room = dated
    room.learners(*NAMES[:4])
    room.wait(days=2)
    room.hand_in(*NAMES[:3])
    room.wait(days=3)
    room.stage.tick()
    assert "late works are not accepted" in words(room.send("Грушева", "Труд", "Текст", 422))
    base = f"{room.stage.base(room.run)}works/sample/"
    assert f"time/person/{room.people['Грушева']}/work/" in room.tutor.get(room.base)
    room.tutor.post(f"{base}time/person/{room.people['Грушева']}/work/", {"until": "2026-03-07T20:00"})
    room.hand_in("Грушева")
    assert Counter(author for author, _, _ in room.pairs())["Грушева"] == 2
    assert len(room.of("Грушева")) == 2
    room.wait(days=5)
    room.stage.tick()
    assert room.results("Грушева")["sample.work"].state == "waiting"


# ------------------------------------------------------------------ teams, and what a work has to have


def test_a_team_hands_in_one_work_and_each_member_reviews(room_with: Any, words: Callable[[str], str]) -> None:
    room = room_with("team: 1-2\nreviewers: 1\n")
    teams = f"{room.stage.base(room.run)}teams/sample"
    room.learners(*NAMES[:5])
    anna, berta = room.browsers["Абрикосова"], room.browsers["Берёзова"]
    anna.post(f"{teams}/make", {"name": "Мост"})
    berta.post(f"{teams}/join", {"team": "1"})
    assert "Мост" in room.page("Берёзова")
    room.hand_in("Абрикосова", "Вишнёва", "Грушева")
    assert [room.standing(name)[0] for name in ("Абрикосова", "Берёзова")] == ["pending", "pending"]
    # the other member goes on with the same work
    room.send("Берёзова", "Общее", "Вместе **дописали**.")
    assert "<strong>дописали</strong>" in room.page("Абрикосова")
    berta.post(f"{teams}/leave", status=422)
    assert "Works: 3. Reviewers of each work: 1." in words(room.move("review"))
    assert (
        "teams stay as they are" in words(room.browsers["Дубова"].post(f"{teams}/make", {"name": "Два"}, 422)).lower()
    )
    reviews = {
        (work.owner, one.reviewer_id)
        for one in pairs_of(room)
        for work in works_of(room)
        if one.subject == f"work:{work.id}"
    }
    members = {room.people["Абрикосова"], room.people["Берёзова"]}
    assert not {reviewer for owner, reviewer in reviews if owner.startswith("team:")} & members
    numbers = {work.id: work.number for work in works_of(room)}
    names = {id: name for name, id in room.people.items()}
    for one in pairs_of(room):
        room.review(names[one.reviewer_id], numbers[int(one.subject.partition(":")[2])], clear=60)
    room.move("closed")
    assert [room.results(name)["sample.work"].points for name in ("Абрикосова", "Берёзова", "Вишнёва")] == [64, 64, 64]
    assert "Общее" in words(room.page("Берёзова"))
    board = words(room.tutor.get(room.base))
    assert board.count("Общее") == 2
    assert list(room.stage.site.troubles) == []


def test_whoever_is_put_into_a_team_has_its_work(room_with: Any) -> None:
    room = room_with("team: 1-2\npace: own\nreviewers: 1\n")
    teams = f"{room.stage.base(room.run)}teams/sample"
    room.learners(*NAMES[:3])
    anna, berta, vera = NAMES[:3]
    room.browsers[anna].post(f"{teams}/make", {"name": "Мост"})
    room.hand_in(anna, vera)
    room.tutor.post(f"{teams}/put", {"person": str(room.people[berta]), "team": "1", "name": ""})
    assert room.standing(berta)[0] == "started", "there are reviews to write"
    room.browsers[berta].post(f"{room.base}reviews/take")
    room.review(berta, room.of(berta)[0], clear=60)
    assert room.standing(berta)[0] == "pending"


def pairs_of(room: Any) -> list[AllocationPair]:
    db.session.rollback()
    return list(db.session.scalars(select(AllocationPair).where(AllocationPair.run_id == room.run)))


def works_of(room: Any) -> list[Work]:
    db.session.rollback()
    return list(db.session.scalars(select(Work).where(Work.run_id == room.run)))


def test_a_work_has_what_the_course_asks_for(room_with: Any, words: Callable[[str], str]) -> None:
    room = room_with("files: 1\nasks: {least: 3, parts: [Цель]}\n")
    room.learners("Абрикосова")
    said = words(room.send("Абрикосова", "Труд", "Раз два", 422))
    assert "The text has 2 words; at least 3 are needed." in said
    assert "The part “Цель” is missing" in said
    assert room.results("Абрикосова") == {}
    # it is kept as a draft all the same
    assert "Раз два" in room.browsers["Абрикосова"].get(room.own)
    room.send("Абрикосова", "Труд", "## Цель\n\nРаз два три.")
    assert room.standing("Абрикосова")[0] == "pending"
