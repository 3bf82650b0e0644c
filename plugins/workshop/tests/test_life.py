"""The life of a workshop, phase by phase, as its people meet it in their browsers."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from lms.allocation.models import AllocationPair
from lms.people.models import Person
from lms.plugin import db

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева", "Дубова")


# ------------------------------------------------------------------ handing in


def test_a_work_is_handed_in_and_changed_until_the_phase_ends(room: Any, words: Callable[[str], str]) -> None:
    room.join("Абрикосова")
    assert "Hand in your work: a text, files, or both." in words(room.page("Абрикосова"))
    room.hand_in("Абрикосова")
    assert room.standing("Абрикосова") == ("pending", False, None, None)
    room.send("Абрикосова", "Новое", "Второй *вариант*")
    page = room.page("Абрикосова")
    assert "Второй <em>вариант</em>" in page
    assert room.secret("Абрикосова") not in page
    room.move("evaluation")
    answer = room.send("Абрикосова", "Поздно", "Поздно", status=422)
    assert "Works are not accepted now" in answer
    assert "Поздно" not in room.page("Абрикосова")


def test_an_empty_work_is_refused_with_a_sentence(room: Any) -> None:
    room.join("Абрикосова")
    assert "Give the work a title." in room.send("Абрикосова", text="Текст", status=422)
    assert "Write the work here or attach a file." in room.send("Абрикосова", "Имя", status=422)
    long = room.send("Абрикосова", "Имя", "я" * 50_001, status=422)
    assert "The text has 50001 characters, at most 50000 are accepted." in long
    assert room.results("Абрикосова") == {}


def test_learners_text_is_shown_harmless(room: Any) -> None:
    room.join("Абрикосова")
    room.send("Абрикосова", "<b>Имя</b>", "<script>alert(1)</script>")
    page = room.page("Абрикосова")
    assert "<script>alert" not in page
    assert "&lt;b&gt;Имя&lt;/b&gt;" in page


def test_files_are_kept_sent_and_removed(room: Any) -> None:
    anna = room.join("Абрикосова")
    room.hand_in("Абрикосова", files={"план.txt": b"one", "ещё.txt": b"two"})
    page = anna.get(room.own)
    assert [name in page for name in ("план.txt", "ещё.txt")] == [True, True]
    files = list(dict.fromkeys(re.findall(r"[^\"]*works/sample/\d+/files/\d+", page)))
    assert room.file("Абрикосова", files[1])[0] == b"two"
    one = files[0].partition("/files/")[2]
    room.send("Абрикосова", "Труд", "Текст", drop=one)
    assert [name in room.page("Абрикосова") for name in ("план.txt", "ещё.txt")] == [False, True]
    more = {f"{number}.txt": b"x" for number in range(5)}
    room.hand_in("Абрикосова", files=more, status=422)
    assert "A work has at most 5 files." in anna.text
    assert "0.txt" not in anna.get(room.own)


def test_a_name_in_an_anonymous_work_is_noticed(room: Any, room_with: Any) -> None:
    room.join("Абрикосова")
    said = room.send("Абрикосова", "Урок", "Работа Абрикосовой, 5 «А»")
    assert "your work says it: look for “Абрикосова” in it." in said
    email = db.session.scalars(select(Person.email).where(Person.surname == "Абрикосова")).one()
    room.send("Абрикосова", "Урок", f"Абрикосовой писать на {email}")
    in_russian = room.browsers["Абрикосова"].get(room.own + "?lang=ru")
    assert f"найдите в ней «Абрикосова», «{email}»." in in_russian
    room.browsers["Абрикосова"].get(room.own + "?lang=en")
    open_room = room_with("anonymous: false\n")
    open_room.join("Берёзова")
    assert "your work says it" not in open_room.send("Берёзова", "Берёзова", "я")


def test_a_form_that_counts_mistakes_says_so_before_anybody_marks(room: Any, room_with: Any) -> None:
    room.join("Абрикосова")
    counting = room_with("reviewers: 1\n", measure="Ошибки")
    counting.join("Берёзова")
    heads = [re.findall(r'<th scope="col"[^>]*>(Points|Mistakes)</th>', one) for one in (
        room.page("Абрикосова"), counting.page("Берёзова"),
    )]  # fmt: skip
    assert heads == [["Points"], ["Mistakes"]]


# ------------------------------------------------------------------ handing out


def test_moving_on_hands_the_works_out_once(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES, "Елина")
    room.hand_in(*NAMES)
    board = words(room.move("review"))
    assert "Works: 5. Reviewers of each work: 2." in board
    before = room.pairs()
    assert Counter(author for author, _, _ in before) == Counter(dict.fromkeys(NAMES, 2))
    assert Counter(reviewer for _, reviewer, _ in before) == Counter(dict.fromkeys(NAMES, 2))
    assert sorted({number for _, _, number in before}) == [1, 2, 3, 4, 5]
    assert "The works are already handed out to reviewers." in words(room.tutor.post(f"{room.base}allocate"))
    room.stage.tick()
    room.move("review")
    assert room.pairs() == before
    assert {room.standing(name) for name in NAMES} == {("started", False, None, None)}
    assert "0 of 2 done" in words(room.browsers[NAMES[0]].get(room.lesson))
    assert "You have not handed in a work" in words(room.page("Елина"))


def test_with_too_few_works_everyone_gets_all_the_others_and_the_tutor_is_told(
    room: Any, words: Callable[[str], str]
) -> None:
    room.learners("Абрикосова", "Берёзова")
    room.hand_in("Абрикосова", "Берёзова")
    sentence = "Works: 2. Each gets 1 of the 2 reviewers asked for, because there are no more participants"
    assert sentence in words(room.move("review"))
    assert sorted(pair[:2] for pair in room.pairs()) == [("Абрикосова", "Берёзова"), ("Берёзова", "Абрикосова")]
    assert sentence in words(room.tutor.get("/notices"))


def test_a_single_work_is_marked_by_the_tutor(room: Any, words: Callable[[str], str]) -> None:
    room.learners("Абрикосова", "Берёзова")
    room.hand_in("Абрикосова")
    assert "Only one work was handed in, so nobody can review it" in words(room.move("review"))
    assert room.pairs() == []
    assert "There is no work for you to review." in words(room.page("Абрикосова"))
    assert f"{1} work has no mark" in words(room.move("closed"))
    assert room.standing("Абрикосова") == ("waiting", True, None, None)
    data = {"criterion-clear": "60", "criterion-useful": "20", "comment": "За ясность."}
    room.tutor.post(f"{room.base}works/{room.work('Абрикосова')}/", data)
    # nothing was there to review, so the work alone is the whole
    assert room.standing("Абрикосова") == ("complete", True, True, 64.0)
    assert room.results("Абрикосова")["sample"].max_points == 80
    assert room.standing("Берёзова") == ("failed", False, False, 0.0)


def test_with_no_work_at_all_nothing_is_decided(room: Any, words: Callable[[str], str]) -> None:
    room.learners("Абрикосова", "Берёзова")
    assert "Nobody has handed in a work" in words(room.move("review"))
    room.move("submission")
    room.hand_in("Абрикосова", "Берёзова")
    room.move("review")
    assert len(room.pairs()) == 2


def test_somebody_who_left_neither_reviews_nor_is_reviewed(room: Any) -> None:
    from lms.enrolment.service import withdraw

    room.learners(*NAMES)
    room.hand_in(*NAMES)
    withdraw(room.stage.site, room.run, room.people["Вишнёва"], None)
    db.session.commit()
    room.move("review")
    assert (
        {author for author, _, _ in room.pairs()}
        == {reviewer for _, reviewer, _ in room.pairs()}
        == set(NAMES) - {"Вишнёва"}
    )
    assert "Вишнёва" not in room.tutor.get(room.base)


def test_moved_back_before_any_review_the_works_are_handed_out_anew(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES[:2])
    room.move("review")
    said = words(room.move("submission"))
    assert "the works will be handed out anew when reviewing begins" in said
    assert room.pairs() == []
    assert room.standing(NAMES[0]) == ("pending", False, None, None)
    room.hand_in(*NAMES)
    room.move("review")
    assert len(room.pairs()) == 10


def test_moved_back_after_a_review_has_begun_it_stays_decided(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES[:3])
    room.move("review")
    before = room.pairs()
    author, reviewer, number = before[0]
    room.review(reviewer, number, finish=False)
    said = words(room.move("submission"))
    assert "it stays decided who reviews what" in said
    # whose work is being read may not change it any more, the others may
    answer = room.send(author, "Иное", "Иное", 422)
    assert "somebody has begun to review it" in words(answer)
    untouched = next(name for name in NAMES[:3] if name != author)
    room.hand_in(untouched)
    # a work that comes now is given reviewers by hand
    room.hand_in("Дубова")
    room.move("review")
    assert room.pairs() == before
    assert "You have not handed in" not in words(room.page("Дубова"))
    page = f"{room.base}works/{room.work('Дубова')}/"
    room.tutor.post(f"{page}reviewers", {"reviewer": room.people["Абрикосова"]})
    assert [pair for pair in room.pairs() if pair not in before] == [("Дубова", "Абрикосова", 4)]
    assert room.of("Абрикосова")[-1] == 4
    room.review("Абрикосова", 4)


def test_reviewers_by_hand_are_checked(room: Any) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES[:3])
    room.move("review")
    page = f"{room.base}works/{room.work('Абрикосова')}/"

    def refused(reviewer: str) -> str:
        room.tutor.post(f"{page}reviewers", {"reviewer": reviewer}, status=422)
        return str(room.tutor.text)

    assert "Nobody reviews their own work." in refused(room.people["Абрикосова"])
    assert "This participant already reviews the work." in refused(room.people["Берёзова"])
    assert "Choose a participant of this course." in refused(room.people["Ведущая"])
    assert "Choose a participant of this course." in refused("1e9")
    before = room.pairs()
    room.tutor.post(f"{page}reviewers", {"reviewer": room.people["Дубова"]})
    added = [pair for pair in room.pairs() if pair not in before]
    assert [pair[:2] for pair in added] == [("Абрикосова", "Дубова")]
    assert "0 of 1 done" in room.page("Дубова")
    db.session.rollback()
    pair = db.session.execute(
        select(AllocationPair.id).where(AllocationPair.reviewer_id == room.people["Дубова"])
    ).scalar_one()
    room.tutor.post(f"{page}reviewers/{pair}/remove")
    assert room.pairs() == before
    room.move("evaluation")
    room.tutor.post(f"{page}reviewers", {"reviewer": room.people["Дубова"]}, status=422)


# ------------------------------------------------------------------ reviewing


def test_a_review_is_drafted_finished_and_changed(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    first, second = room.of("Абрикосова")
    berta = room.browsers["Абрикосова"]
    berta.post(f"{room.base}reviews/{first}/", {"criterion-clear": "50"})
    assert "The draft is kept." in berta.text
    assert 'value="50' in berta.get(f"{room.base}reviews/{first}/")
    said = berta.post(f"{room.base}reviews/{first}/", {"criterion-clear": "50", "finish": "1"}, status=422)
    assert "“Польза”: Give points." in words(said)
    said = room.review("Абрикосова", first, comment="", status=422)
    assert "Write at least one comment" in said
    room.review("Абрикосова", first, clear=50)
    assert "1 of 2 done" in words(berta.get(room.lesson))
    room.review("Абрикосова", first, clear=60, finish=False)  # what is finished stays finished
    assert "1 of 2 done" in words(berta.get(room.lesson))
    room.review("Абрикосова", second)
    assert room.standing("Абрикосова") == ("pending", False, None, None)
    assert "All your reviews are done" in words(berta.get(room.lesson))
    room.move("evaluation")
    assert "the time for reviewing is over" in room.review("Абрикосова", second, clear=1, status=422)


def test_only_the_reviewer_opens_a_work(room: Any) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.move("review")
    for name in NAMES:
        own = room.of(name)
        for number in range(0, 8):
            room.browsers[name].get(f"{room.base}reviews/{number}/", status=200 if number in own else 404)
        room.browsers[name].get(f"{room.base}works/{room.work(name)}/", status=403)
    room.tutor.get(f"{room.base}reviews/1/", status=403)


# ------------------------------------------------------------------ marks


def test_marks_come_when_the_workshop_is_closed(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    given: dict[str, list[float]] = {}
    for place, (author, reviewer, number) in enumerate(room.pairs()):
        room.review(reviewer, number, clear=40 + 5 * place, comment=f"ОТЗЫВ{place}")
        given.setdefault(author, []).append((60 + 5 * place) / 100)
    room.move("evaluation")
    assert "ОТЗЫВ" not in "".join(room.page(name) for name in NAMES[:3])
    assert [set(room.results(name)) for name in NAMES[:3]] == [{"sample"}] * 3
    room.move("closed")
    for name in NAMES[:3]:
        work = sum(given[name]) / 2
        found = room.results(name)
        assert found["sample.work"].share is not None
        assert abs(found["sample.work"].share - work) < 1e-9
        assert found["sample.review"].points == 20  # two reviewers cannot be compared: all done counts in full
        assert abs((found["sample"].points or 0) - (80 * work + 20)) < 1e-9
        assert (found["sample"].completed, found["sample"].success, found["sample"].state) == (True, True, "complete")
        page = words(room.page(name))
        assert page.count("ОТЗЫВ") == 2
        assert "The mean of 2 reviews:" in page
        assert "so each finished one counts in full" in page


def test_unfinished_reviews_count_nothing_and_leave_the_workshop_incomplete(
    room: Any, words: Callable[[str], str]
) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    lazy = NAMES[0]
    for _, reviewer, number in room.pairs():
        room.review(reviewer, number, finish=not (reviewer == lazy and number == room.of(lazy)[0]))
    room.move("closed")
    assert room.results(lazy)["sample.review"].points == 10
    assert room.results(lazy)["sample.review"].completed is False
    assert room.standing(lazy) == ("failed", False, False, 90.0)
    assert "Only 1 of 2 reviews are done" in words(room.page(lazy))
    assert {room.standing(name) for name in NAMES[1:3]} == {("complete", True, True, 100.0)}


def test_three_reviews_are_compared_with_the_best(room_with: Any) -> None:
    room = room_with("reviewers: 3\npass: 75%\n")
    room.learners(*NAMES[:4])
    room.hand_in(*NAMES[:4])
    room.move("review")
    points = {number: iter((64.0, 68.0, 32.0)) for number in range(1, 5)}
    for _, reviewer, number in room.pairs():
        clear = next(points[number])
        room.review(reviewer, number, clear=clear, useful=clear / 4)
    shares = {name: [] for name in NAMES[:4]}  # type: ignore[var-annotated]
    grades = iter((1, 0.999384, 0.684384) * 4)
    for _, reviewer, _ in room.pairs():
        shares[reviewer].append(next(grades))
    room.move("closed")
    for name in NAMES[:4]:
        found = room.results(name)
        assert abs((found["sample.work"].share or 0) - (0.8 + 0.85 + 0.4) / 3) < 1e-9
        assert abs((found["sample.review"].share or 0) - sum(shares[name]) / 3) < 1e-6
        assert found["sample"].success is ((found["sample"].share or 0) >= 0.75)


def test_the_tutors_assessment_counts_in_place_of_the_reviews(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    address = f"{room.base}works/{room.work('Абрикосова')}/"
    data = {"criterion-clear": "20", "criterion-useful": "10"}
    assert "The work may still change" in room.tutor.post(address, {**data, "comment": "Рано"}, status=422)
    room.move("review")
    room.review_all()
    said = room.tutor.post(address, data, status=422)
    assert "Explain your assessment in the general comment" in said
    room.tutor.post(address, {**data, "comment": "Не по теме."})
    room.move("closed")
    assert room.results("Абрикосова")["sample.work"].points == 24
    page = words(room.page("Абрикосова"))
    assert "The tutor's assessment, 30%, counts in place of the reviews: Не по теме." in page
    # changed after closing, the mark changes with it
    room.tutor.post(address, {"criterion-clear": "80", "criterion-useful": "10", "comment": "Передумала."})
    assert room.results("Абрикосова")["sample.work"].points == 72


def test_marks_set_by_hand(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    room.review_all()
    person = room.people["Абрикосова"]
    address = f"{room.base}people/{person}"
    assert "Say why" in room.tutor.post(f"{address}/work/", {"percent": "50", "reason": " "}, status=422)
    assert "From 0 to 100." in room.tutor.post(f"{address}/work/", {"percent": "101", "reason": "Так"}, status=422)
    room.tutor.post(f"{address}/work/", {"percent": "50", "reason": "Списано."})
    room.tutor.post(f"{address}/review/", {"percent": "0", "reason": "Отписки."})
    room.move("closed")
    assert room.standing("Абрикосова") == ("complete", True, False, 40.0)
    page = words(room.page("Абрикосова"))
    assert "The tutor set 50%: Списано." in page
    assert "The tutor set 0%: Отписки." in page
    room.tutor.post(f"{address}/work/", {"percent": "", "reason": ""})
    assert room.standing("Абрикосова") == ("complete", True, True, 80.0)
    room.tutor.get(f"{address}/other/", status=404)
    room.tutor.get(f"{room.base}people/{room.people['Ведущая']}/work/", status=404)


def test_moved_back_from_closed_the_marks_are_hidden_again(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    room.review_all(clear=60)
    room.move("closed")
    assert room.standing("Абрикосова") == ("complete", True, True, 84.0)
    assert "the marks are hidden" in words(room.move("evaluation"))
    found = room.results("Абрикосова")
    assert {item: (one.completed, one.points) for item, one in found.items()} == {
        "sample": (False, None), "sample.work": (False, None), "sample.review": (False, None),
    }  # fmt: skip
    assert "Хорошо." not in room.page("Абрикосова")
    room.move("closed")
    assert room.standing("Абрикосова") == ("complete", True, True, 84.0)


def test_reviewing_without_points(room_with: Any) -> None:
    room = room_with("review-points: 0\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    room.review_all()
    room.move("closed")
    assert set(room.results("Абрикосова")) == {"sample", "sample.work"}
    assert room.standing("Абрикосова") == ("complete", True, True, 80.0)
    room.tutor.get(f"{room.base}people/{room.people['Абрикосова']}/review/", status=404)


# ------------------------------------------------------------------ dates


def test_dates_move_the_workshop(dated: Any, words: Callable[[str], str]) -> None:
    dated.learners(*NAMES)
    assert "Works are not accepted yet." in words(dated.page("Абрикосова"))
    dated.hand_in("Абрикосова", status=422)
    dated.wait(days=1)
    dated.stage.tick()
    dated.hand_in(*NAMES[:4])
    dated.wait(days=4)  # the sixth day: reviewing began at midnight, the tick has not come yet
    assert "come back a little later" in words(dated.page("Абрикосова"))
    dated.hand_in("Дубова", status=422)
    dated.stage.tick()
    before = dated.pairs()
    assert len(before) == 8
    dated.stage.tick()
    assert dated.pairs() == before
    dated.review_all(clear=40)
    dated.wait(days=3)
    dated.stage.tick()
    assert "The tutor looks at the works" in words(dated.page("Абрикосова"))
    dated.wait(days=2)
    assert "The tutor looks at the works" in words(dated.page("Абрикосова"))
    dated.stage.tick()
    assert dated.standing("Абрикосова") == ("complete", True, True, 68.0)
    assert dated.standing("Дубова") == ("failed", False, False, 0.0)
    dated.stage.tick()
    assert list(dated.stage.site.troubles) == []
    assert "the results are out" in words(dated.browsers["Абрикосова"].get("/notices"))


def test_the_tutor_gives_the_workshop_back_to_its_dates(dated: Any) -> None:
    dated.learners(*NAMES[:3])
    dated.move("submission")
    dated.hand_in(*NAMES[:3])
    dated.move("review")
    assert len(dated.pairs()) == 6
    dated.move("")  # the first day: before handing in
    assert dated.pairs() == []
    assert "Works are not accepted yet." in dated.page("Абрикосова")
    dated.tutor.post(f"{dated.stage.base(dated.run)}phases/sample", {"phase": "elsewhere"}, status=404)


def test_in_the_gap_between_phases_works_can_be_handed_out_and_stay_so(room_with: Any) -> None:
    room = room_with("phases:\n  submission: {closes: day 2}\n  review: {opens: day 5}\n")
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.tutor.post(f"{room.base}allocate", status=422)
    room.wait(days=2)
    room.tutor.post(f"{room.base}allocate")
    before = room.pairs()
    assert len(before) == 6
    room.stage.tick()
    assert room.pairs() == before
    room.review("Абрикосова", room.of("Абрикосова")[0], status=422)
    room.wait(days=2)
    room.review_all()


# ------------------------------------------------------------------ pages


def test_the_board_costs_the_same_for_any_group(room: Any) -> None:
    counts = []
    for size in (1, 3, 30):
        room.learners(*(f"Ученица{size}-{number}" for number in range(size - len(room.people) + 1)))
        everyone = [name for name in room.people if name != "Ведущая"]
        room.hand_in(*everyone)
        room.move("review")
        for page in ("", f"works/{room.work(everyone[0])}/", f"people/{room.people[everyone[0]]}/work/"):
            room.tutor.get(f"{room.base}{page}")
            with room.stage.statements() as found:
                room.tutor.get(f"{room.base}{page}")
            counts.append((page.partition("/")[0], len(found)))
        for name in everyone[:1]:
            with room.stage.statements() as found:
                room.page(name)
            counts.append(("participant", len(found)))
        room.move("submission")
    by_page = {page: {count for name, count in counts if name == page} for page, _ in counts}
    # alone there is nobody to review, so two statements fewer are needed
    assert {page: len(found) for page, found in by_page.items() if page != "participant"} == {
        "": 1,
        "works": 1,
        "people": 1,
    }
    assert len({count for name, count in counts[4:] if name == "participant"}) == 1
    assert max(by_page[""]) <= 16


def test_authors_of_the_course_read_the_task_alone(room: Any) -> None:
    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    author = room.stage.browser(room.stage.person("Авторова", is_author=True))
    page = author.get(room.base)
    assert "Напишите сценарий." in page
    assert [name for name in NAMES if name in page] == []
    for address in (room.own, f"{room.base}reviews/1/", f"{room.base}works/{room.work('Абрикосова')}/"):
        author.get(address, status=403)
    for address in (f"{room.stage.base(room.run)}phases/sample", f"{room.base}allocate", room.own):
        author.post(address, status=403)
        if address != room.own:
            room.browsers["Абрикосова"].post(address, status=403)


def test_everything_a_person_gave_is_exported_and_erased(room: Any) -> None:
    from lms.criteria.feature import AssessmentData
    from lms_workshop import WorkshopData

    room.learners(*NAMES[:3])
    room.hand_in(*NAMES[:3])
    room.move("review")
    anna = room.people["Абрикосова"]
    room.tutor.post(f"{room.base}people/{anna}/work/", {"percent": "50", "reason": "ПРИЧИНА"})
    db.session.rollback()
    data, workings = WorkshopData(), AssessmentData()
    assert data.export(room.stage.site, anna)["marks_by_hand"] == [], "marks are not out yet"
    room.review_all()
    room.move("closed")
    assert [one["part"] for one in workings.export(room.stage.site, anna)["marks"]] == ["work", "review"]
    found = data.export(room.stage.site, anna)
    assert [(one["part"], one["share"], one["reason"]) for one in found["marks_by_hand"]] == [("work", 0.5, "ПРИЧИНА")]
    room.move("review")
    assert data.export(room.stage.site, anna)["marks_by_hand"] == [], "they are hidden again"
    assert workings.export(room.stage.site, anna)["marks"] == []
    room.move("closed")
    assert data.erase(room.stage.site, anna) == []
    db.session.commit()
    assert "ПРИЧИНА" not in str(data.export(room.stage.site, anna))
    assert data.erase(room.stage.site, room.people["Ведущая"]) == []
    assert db.session.execute(select(func.count()).select_from(AllocationPair)).scalar_one() == 6
    room.move("review")
    number = room.of("Берёзова")[0]
    room.review("Берёзова", number)
