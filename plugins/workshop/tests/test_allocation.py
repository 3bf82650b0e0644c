"""Who reviews what as the tutor sees it: somebody leaves, somebody comes late, two are kept apart, and it is repaired."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from lms.allocation.models import AllocationPair
from lms.enrolment.service import withdraw
from lms.plugin import db

NAMES = ("Абрикосова", "Берёзова", "Вишнёва", "Грушева", "Дубова", "Елина")


def board(room: Any) -> str:
    return f"{room.stage.base(room.run)}allocation/sample"


def open_room(room: Any) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    room.move("review")


def test_the_board_shows_works_reviewers_and_loads(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    page = words(room.tutor.get(board(room)))
    assert "There are no works yet" in page
    room.hand_in(*NAMES[:4])
    page = words(room.tutor.get(board(room)))
    assert "Reviewers can be added once works are handed out" in page
    assert "How much everybody reviews" not in page
    room.move("review")
    page = words(room.tutor.get(board(room)))
    for author, reviewer, _ in room.pairs():
        assert f"{room.secret(author)} {author}" in page
        assert f"Take off : {reviewer} Анна Петровна, Труд {room.secret(author)}" in page
    assert "2 4 " + ", ".join(f"{name} Анна Петровна" for name in NAMES[:4]) in page
    author, reviewer, number = room.pairs()[0]
    room.review(reviewer, number, finish=False)
    page = words(room.tutor.get(board(room)))
    assert f"{reviewer} Анна Петровна Begun" in page
    assert room.tutor.get(f"{room.stage.base(room.run)}allocation/nowhere", status=404) is not None
    room.browsers[author].get(board(room), status=403)


def test_by_hand_on_the_board(room: Any, words: Callable[[str], str]) -> None:
    open_room(room)
    before = room.pairs()
    work = room.work("Абрикосова")
    free = next(name for name in NAMES[1:] if ("Абрикосова", name) not in [pair[:2] for pair in before])
    data = {"subject": f"work:{work}", "reviewer": room.people[free]}
    assert "is added and told" in words(room.tutor.post(f"{board(room)}/add", data))
    assert [pair[:2] for pair in room.pairs() if pair not in before] == [("Абрикосова", free)]
    assert "0 of 3 done" in words(room.page(free))
    assert "already reviews the work" in room.tutor.post(f"{board(room)}/add", data, status=422)
    nonsense = {"subject": "work:0", "reviewer": "x"}
    assert "no such work" in room.tutor.post(f"{board(room)}/add", nonsense, status=422)
    db.session.rollback()
    query = select(AllocationPair.id).where(AllocationPair.by_hand)
    pair = db.session.execute(query).scalar_one()
    assert "is taken off" in words(room.tutor.post(f"{board(room)}/remove", {"review": pair}))
    assert room.pairs() == before
    assert "Nobody is asked for this review" in room.tutor.post(f"{board(room)}/remove", {"review": pair}, status=422)
    room.move("evaluation")
    room.tutor.post(f"{board(room)}/add", data, status=422)
    room.tutor.get(f"{board(room)}/repair", status=422)


def test_somebody_leaves_and_a_repair_gives_their_reviews_to_others(room: Any, words: Callable[[str], str]) -> None:
    open_room(room)
    before = room.pairs()
    done, begun = [(author, number) for author, reviewer, number in before if reviewer == "Вишнёва"]
    room.review("Вишнёва", done[1])
    withdraw(room.stage.site, room.run, room.people["Вишнёва"], None)
    db.session.commit()
    page = words(room.tutor.get(f"{board(room)}/repair"))
    assert f"somebody who has left the course: Труд {room.secret(begun[0])}" in page
    assert f": Труд {room.secret('Вишнёва')}" in page
    assert room.pairs() == before
    room.tutor.post(f"{board(room)}/repair")
    after = room.pairs()
    rest = [name for name in NAMES if name != "Вишнёва"]
    # the finished review stays, the other goes to somebody else; nobody reviews the work of who is gone
    assert {pair for pair in after if pair[1] == "Вишнёва"} == {(done[0], "Вишнёва", done[1])}
    assert Counter(author for author, _, _ in after) == Counter(dict.fromkeys(rest, 2))
    loads = Counter(reviewer for _, reviewer, _ in after)
    assert max(loads[name] for name in rest) - min(loads[name] for name in rest) <= 1
    kept = [pair for pair in before if pair in after]
    assert len(before) - len(kept) == 3  # one review to give away, two of the work that is gone
    page = words(room.tutor.get(f"{board(room)}/repair"))
    assert "Nothing: it cannot be made better" in page
    assert "Nothing had to be changed." in words(room.tutor.post(f"{board(room)}/repair"))
    for name in rest:
        assert f"0 of {loads[name]} done" in words(room.page(name))


def test_a_late_work_gets_its_reviewers_and_a_number(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES[:5])
    room.move("review")
    before = room.pairs()
    _, reviewer, number = before[0]
    room.review(reviewer, number)
    room.move("submission")
    room.hand_in("Елина")
    room.move("review")
    assert room.pairs() == before
    page = words(room.tutor.get(board(room)))
    assert "2 reviewers are missing" in page
    room.tutor.post(f"{board(room)}/repair")
    after = room.pairs()
    assert Counter(one for one, _, _ in after) == Counter(dict.fromkeys(NAMES, 2))
    assert Counter(one for _, one, _ in after) == Counter(dict.fromkeys(NAMES, 2))
    assert {number for one, _, number in after if one == "Елина"} == {6}
    assert before[0] in after
    assert len([pair for pair in before if pair not in after]) == 2  # two works for the newcomer, nothing else moves
    room.review("Елина", room.of("Елина")[0])
    assert "work 6" in words(room.tutor.get(room.base))


def test_schools_and_conflicts_keep_people_apart(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES)
    room.hand_in(*NAMES)
    one, two, three, four, *_ = (room.people[name] for name in NAMES)
    data = {f"school-{one}": "Школа № 7", f"school-{two}": "школа №7", f"region-{three}": "Север"}
    assert "Schools and regions are kept." in words(room.tutor.post(f"{room.stage.base(room.run)}origins/sample", data))
    assert 'value="Школа № 7"' in room.tutor.get(f"{room.stage.base(room.run)}origins/sample")
    room.tutor.post(f"{board(room)}/conflicts", {"one": three, "other": four})
    room.tutor.post(f"{board(room)}/conflicts", {"one": three, "other": three}, status=422)
    assert "Вишнёва Анна Петровна — Грушева Анна Петровна" in words(room.tutor.get(f"{board(room)}/conflicts"))
    room.move("review")
    apart = {("Абрикосова", "Берёзова"), ("Вишнёва", "Грушева")}
    pairs = {pair[:2] for pair in room.pairs()}
    assert [pair for pair in pairs if pair in apart or pair[::-1] in apart] == []
    assert Counter(author for author, _ in pairs) == Counter(dict.fromkeys(NAMES, 2))
    # declared later, a conflict counts with the next repair
    author, reviewer = sorted(pairs)[0]
    ids = {"one": room.people[author], "other": room.people[reviewer]}
    room.tutor.post(f"{board(room)}/conflicts", ids)
    assert (author, reviewer) in {pair[:2] for pair in room.pairs()}
    room.tutor.post(f"{board(room)}/repair")
    assert (author, reviewer) not in {pair[:2] for pair in room.pairs()}
    room.tutor.post(f"{board(room)}/conflicts/remove", ids)
    assert words(room.tutor.get(f"{board(room)}/conflicts")).count(" — ") == 1


def test_what_cannot_be_full_is_told_with_the_reason(room: Any, words: Callable[[str], str]) -> None:
    room.learners(*NAMES[:4])
    room.hand_in(*NAMES[:4])
    room.tutor.post(
        f"{room.stage.base(room.run)}origins/sample", {f"school-{room.people[name]}": "Лицей" for name in NAMES[:3]}
    )
    said = words(room.move("review"))
    sentence = (
        "Works: 4. Reviewers of each work: 2, but 3 of them got fewer, because too many participants may not review"
    )
    assert sentence in said
    assert sentence in words(room.tutor.get("/notices"))
    found = Counter(author for author, _, _ in room.pairs())
    assert found == Counter({"Грушева": 2, "Абрикосова": 1, "Берёзова": 1, "Вишнёва": 1})
    assert "1 reviewer is missing" in words(room.tutor.get(board(room)))
    page = words(room.tutor.get(f"{board(room)}/repair"))
    for name in NAMES[:3]:
        needed = f"“Труд {room.secret(name)}”: 2 reviews are needed, 1 can be had: nobody else may review it."
        assert needed in page
    assert "Kept from it: 2 (the same school)." in page


def test_a_reviewer_reads_why(room: Any, words: Callable[[str], str]) -> None:
    open_room(room)
    page = words(room.browsers["Елина"].get(f"{room.base}reviews/{room.of('Елина')[0]}/"))
    assert "Why did you get this work?" in page
    assert "Of 6 works 5 might have come to you" in page
    assert "Everybody reviews as many as you do: 2." in page


def test_the_board_costs_the_same_for_any_group(room: Any) -> None:
    counts = []
    for size in (3, 30):
        room.learners(*(f"Ученица{size}-{number}" for number in range(size - len(room.people) + 1)))
        room.hand_in(*(name for name in room.people if name != "Ведущая"))
        room.move("review")
        for page in (board(room), f"{room.stage.base(room.run)}origins/sample", f"{board(room)}/repair"):
            with room.stage.statements() as found:
                room.tutor.get(page)
            counts.append((page, len(found)))
        room.move("submission")
    assert counts[:3] == counts[3:]
    assert max(count for _, count in counts) <= 20


def test_a_volunteer_takes_one_more_and_lets_it_lie(room: Any, words: Callable[[str], str]) -> None:
    open_room(room)
    before = room.pairs()
    anna = room.browsers["Абрикосова"]
    take = f"{room.base}reviews/take"
    assert "Do the reviews you were given first" in anna.post(take, status=422)
    for author, reviewer, number in before:
        if reviewer == "Абрикосова" or (author, reviewer) == before[-1][:2]:
            room.review(reviewer, number)
    assert "Take one more work" in words(room.page("Абрикосова"))
    assert "The work is yours for 1 day" in words(anna.post(take))
    (taken,) = [pair for pair in room.pairs() if pair not in before]
    assert taken[1] == "Абрикосова"
    assert "2 of 3 done" in words(room.page("Абрикосова"))
    anna.post(take)
    assert [pair for pair in room.pairs() if pair not in before] == [taken]  # one at a time
    room.wait(days=1)
    room.stage.tick()
    assert room.pairs() == before  # not begun within a day: it went back, and nothing is held against her
    assert "All your reviews are done" in words(room.page("Абрикосова"))
    room.browsers["Абрикосова"].post(take)
    (again,) = [pair for pair in room.pairs() if pair not in before]
    room.review("Абрикосова", again[2], finish=False)
    room.wait(days=2)
    room.stage.tick()
    assert again in room.pairs()  # begun, it stays until reviewing is over
    room.move("evaluation")
    assert room.pairs() == before
    room.browsers["Абрикосова"].post(take, status=422)
    assert list(room.stage.site.troubles) == []


def test_a_review_a_volunteer_finished_counts(room: Any) -> None:
    open_room(room)
    before = room.pairs()
    for _, reviewer, number in before:
        room.review(reviewer, number)
    room.browsers["Елина"].post(f"{room.base}reviews/take")
    (taken,) = [pair for pair in room.pairs() if pair not in before]
    room.review("Елина", taken[2], clear=40)
    room.move("closed")
    assert taken in room.pairs()
    # two reviews of 100 and one of 60
    assert abs((room.results(taken[0])["sample.work"].share or 0) - 2.6 / 3) < 1e-9
