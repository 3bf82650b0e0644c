"""Who gave which answer, and what is advised, from answers made up for it."""

from collections.abc import Sequence

from lms_quiz.analysis import Answered, Choice, Probe, study

OPTIONS = ("right", "near", "far", "never")
CHOSEN = Probe(1, "Which?", 1, 0.25, OPTIONS, (1.0, 0.0, 0.0, 0.0))
TYPED = Probe(2, "What?", 1)


def rows(*people: tuple[int, str, str], rest: int = 8) -> list[list[Answered | None]]:
    """(how many, what they chose, what they typed) with as many right answers to eight further questions as `typed` says."""
    found: list[list[Answered | None]] = []
    for count, chosen, good in people:
        for _ in range(count):
            one = Answered(1.0 if chosen == "right" else 0.0, (chosen,) if chosen else ())
            others = [Answered(1.0 if place < int(good) else 0.0, ("yes",)) for place in range(rest)]
            found.append([one, *others])
    return found


def probes(rest: int = 8) -> list[Probe]:
    return [CHOSEN, *(Probe(place + 2, "And?", 1) for place in range(rest))]


def codes(given: Sequence[Sequence[Answered | None]]) -> list[tuple[str, object]]:
    return [(one.code, one.values["number"]) for one in study(probes(), given).advice if one.values.get("number") == 1]


class TestAnswers:
    def test_what_can_be_chosen_stands_in_its_order_with_those_who_chose_it(self) -> None:
        found = study(probes(), rows((6, "right", "8"), (2, "near", "4"), (2, "", "0"))).questions[0].answers
        assert found == (
            Choice("right", 6, 0.6, 1.0, worth=1.0),
            Choice("near", 2, 0.2, 4 / 9, worth=0.0),
            Choice("far", 0, 0.0, None, worth=0.0),
            Choice("never", 0, 0.0, None, worth=0.0),
            Choice("", 2, 0.2, 0.0, "blank"),
        )

    def test_what_is_typed_is_counted_together_but_for_spelling_and_the_seldom_ones_in_one_line(self) -> None:
        words = ["Owl", "owl ", "OWL", *(f"word {place:02}" for place in range(12))]
        found = study([TYPED], [[Answered(0, (word,))] for word in words]).questions[0].answers
        assert [(one.label, one.count, one.kind) for one in found] == [
            ("Owl", 3, "answer"), *((f"word {place:02}", 1, "answer") for place in range(9)), ("", 3, "other"),
        ]  # fmt: skip

    def test_who_was_not_asked_is_no_part_of_it(self) -> None:
        found = study([TYPED], [[Answered(1, ("a",))], [None]]).questions[0]
        assert (found.item.asked, [one.share for one in found.answers]) == (1, [1.0])

    def test_tries_are_counted_one_by_one_where_there_are_several(self) -> None:
        several = [
            Answered(1, ("right",), (("near",), ("far",), ("right",))),
            Answered(0, ("far",), (("near",), ("far",))),
        ]
        found = study([CHOSEN], [[one] for one in (*several, Answered(1, ("right",)))]).questions[0].tries
        assert found == (("right", (0, 0, 1)), ("near", (2, 0, 0)), ("far", (0, 2, 0)), ("never", (0, 0, 0)))
        typed = Answered(1, ("Owl",), (("crow",), ("Owl",)))
        assert study([TYPED], [[typed]]).questions[0].tries == (("Owl", (0, 1)), ("crow", (1, 0)))
        assert study([CHOSEN], [[Answered(1, ("right",))]]).questions[0].tries == ()

    def test_totals_lie_in_tenths(self) -> None:
        found = study([Probe(1, "?", 10)], [[Answered(points)] for points in (0, 0.5, 1, 3, 9.9, 10)])
        assert found.totals == (2, 1, 0, 1, 0, 0, 0, 0, 0, 2)

    def test_nobody_gives_nothing(self) -> None:
        found = study(probes(), [])
        assert (found.advice, found.totals, found.questions[0].answers[0].total) == ((), (0,) * 10, None)


class TestAdvice:
    def test_strong_people_fail(self) -> None:
        assert codes(rows((10, "near", "8"), (10, "right", "2"), (4, "far", "1"), (3, "never", "3"))) == [("key", 1)]

    def test_a_wrong_option_draws_better_people(self) -> None:
        given = rows((12, "right", "6"), (5, "near", "8"), (11, "far", "0"), (2, "never", "1"))
        found = next(one for one in study(probes(), given).advice if one.values.get("number") == 1)
        assert (found.code, found.values) == ("better", {"number": 1, "label": "near"})

    def test_almost_everybody_is_right(self) -> None:
        assert codes(rows((39, "right", "5"), (1, "near", "1"))) == [("easy", 1)]

    def test_no_better_than_guessing(self) -> None:
        given = rows((8, "right", "6"), (8, "near", "5"), (8, "far", "4"), (8, "never", "3"))
        assert codes(given) == [("guess", 1)]

    def test_hardly_anybody_is_right(self) -> None:
        sure = Probe(1, "What?", 1)
        given = rows((3, "right", "8"), (27, "near", "4"))
        found = study([sure, *probes()[1:]], given).advice
        assert [one.code for one in found if one.values.get("number") == 1] == ["hard"]

    def test_hardly_tells_the_strong_from_the_weak(self) -> None:
        given = rows((12, "right", "5"), (6, "near", "4"), (6, "far", "5"), (13, "right", "4"), (1, "never", "4"))
        found = study([Probe(1, "What?", 1), *probes()[1:]], given)
        assert found.questions[0].item.weak
        assert [one.code for one in found.advice if one.values.get("number") == 1] == ["weak"]

    def test_nobody_chose(self) -> None:
        found = study(probes(), rows((20, "right", "7"), (6, "near", "4"), (6, "far", "2"))).advice
        assert [(one.code, one.values["label"]) for one in found if one.code == "unused"] == [("unused", "never")]

    def test_below_twenty_people_nothing_is_advised(self) -> None:
        given = rows((9, "near", "8"), (10, "right", "2"))
        assert study(probes(), given).figures.few
        assert study(probes(), given).advice == ()
        assert study(probes(), [*given, *rows((1, "right", "1"))]).advice[0].code == "key"
