"""Places on a picture: what is read, what is sent, how it is marked."""

import re
from typing import Any

import pytest

from courses.blocks import BodySource
from courses.problems import Report
from lms_quiz.activity import Quiz
from lms_quiz.kinds import STANDARD
from lms_quiz.kinds.hotspot import Hotspot, Hotspots, Place, Spots
from lms_quiz.question import Question

TEXT = """:::{quiz} Карта
:id: sample
%OPTIONS%

1. Где север?

   ![Карта](https://example.org/map.png)

   - ( ) {area="0,40 20,20"}
     > ОТЗЫВЗАПАД
   - (x) вверху {area="40,0 20,20"}
     > ОТЗЫВСЕВЕР
   - ( ) {circle="90,50 10"}
2. Где тепло? {points=4}
   ![Карта](https://example.org/map.png)
   - [x] {circle="50,90 5.5"}
   - [x] {circle="60,90 5.5"}
   - [ ] {circle="50,10 5.5"}
:::
"""


def read(body: str) -> tuple[list[Any], list[str]]:
    report = Report("lesson.md")
    found = Quiz(STANDARD).body(BodySource(body, 10, "lesson.md"), report)
    return list(found["questions"]), [f"{one.line}:{one.column} {one.code}" for one in report.problems]


def test_boxes_with_places() -> None:
    body = TEXT.split("%OPTIONS%\n")[1].removesuffix(":::\n")
    (one, many), problems = read(body)
    assert problems == []
    assert (one["kind"], many["kind"]) == ("hotspot", "hotspots")
    data = Spots.model_validate(one["data"])
    assert [option.html for option in data.options] == ["", "вверху", ""]
    assert [option.right for option in data.options] == [False, True, False]
    assert data.places == (
        Place(form="area", figures=(0, 40, 20, 20)),
        Place(form="area", figures=(40, 0, 20, 20)),
        Place(form="circle", figures=(90, 50, 10)),
    )
    assert [place.middle for place in data.places] == [(10, 50), (50, 10), (90, 50)]
    assert data.places[2].box == (80, 40, 20, 20)


PICTURE = "1. Где?\n   ![К](k.png)\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('1. Где?\n   - (x) {area="1,1 2,2"}\n   - ( ) {area="5,5 2,2"}\n', ["10:1 quiz-hotspot-picture"]),
        ('1. Где?\n   - [x] {circle="1,1 2"}\n   - [ ] {circle="5,5 2"}\n', ["10:1 quiz-hotspot-picture"]),
        (PICTURE + '   - (x) {area="1,1 2,2"}\n   - ( ) там\n', ["13:4 quiz-hotspot-place"]),
        (PICTURE + '   - [x] тут\n   - [ ] {circle="1,1 2"}\n', ["12:4 quiz-hotspot-place"]),
        (PICTURE + '   - (x) {area="90,1 20,2"}\n   - ( ) {area="5,5 2,2"}\n', ["12:4 quiz-hotspot-area"]),
        (PICTURE + '   - (x) {area="1,1 2"}\n   - ( ) {circle="5,5 0"}\n', ["12:4 quiz-hotspot-area", "13:4 quiz-hotspot-area"]),
        (PICTURE + '   - (x) {circle="a,5 3"}\n   - ( ) {circle="5,5 1"}\n', ["12:4 quiz-hotspot-area"]),
        (PICTURE + '   - (x) {area="1,1 2,2"}\n', ["12:4 quiz-option-alone"]),
        (PICTURE + '   - ( ) {area="1,1 2,2"}\n   - ( ) {area="5,5 2,2"}\n', ["10:1 quiz-no-right"]),
        (PICTURE + '   - (x) {area="1,1 2,2"}\n   - (x) {area="5,5 2,2"}\n', ["13:4 quiz-two-right"]),
        (PICTURE + '   - (x) {area="1,1 2,2"}\n   - ( ) {area="1,1 2,2"}\n', ["13:4 quiz-option-twice"]),
    ],
)  # fmt: skip
def test_a_problem_is_found_where_it_is(body: str, expected: list[str]) -> None:
    found, problems = read(body)
    assert (found, problems) == ([], expected)


def spots(*rights: bool, at: int = 0) -> Spots:
    options = [{"html": "", "right": right} for right in rights]
    places = [{"form": "circle", "figures": (10 * n + at, 50, 4)} for n in range(len(rights))]
    return Spots.model_validate({"options": options, "places": places})


def test_marks() -> None:
    one, many = Hotspot(), Hotspots()
    assert [one.mark(spots(False, True), {"chosen": [n]}, True).share for n in (0, 1)] == [0, 1]
    assert one.mark(spots(False, True), None, True).text == "No answer"
    assert many.mark(spots(True, True, False), {"chosen": [0]}, True).share == 0.5
    assert many.mark(spots(True, True, False), {"chosen": [0]}, False).share == 0
    assert one.guess(spots(True, False, False, False), True) == 0.25


def test_what_a_change_means() -> None:
    kind = Hotspot()
    before = spots(True, False, False)
    assert list(kind.differences(before, before)) == []
    assert list(kind.differences(before, spots(False, True, False))) == ["key"]
    assert list(kind.differences(before, spots(True, False))) == ["choices"]
    moved = Spots(options=before.options[::-1], places=before.places[::-1])
    assert list(kind.differences(before, moved)) == ["order"]


def test_answers_on_one_line() -> None:
    data = spots(True, False, False)
    kind = Hotspots()
    assert kind.spoken(data, "1 | Place 3") == {"chosen": [0, 2]}
    assert kind.labels(data, {"chosen": [0, 2]}) == ("Place 1", "Place 3")
    with pytest.raises(ValueError):
        kind.spoken(data, "4")


def test_questions_survive_json() -> None:
    (one, _), _problems = read(TEXT.split("%OPTIONS%\n")[1].removesuffix(":::\n"))
    assert Hotspot().data_of(Question.model_validate(one)).places[1].figures == (40, 0, 20, 20)


class TestPages:
    def test_the_picture_with_numbers_and_the_boxes(self, place_with: Any) -> None:
        place = place_with(":shuffle: true", text=TEXT)
        page = place.sit(place.learner()).start().page
        assert page.count('<svg class="hotspot-places" aria-hidden="true"') == 2
        assert page.count("<img") == 2
        ids = re.findall(r'<label class="choice"><input type="radio" id="(q1-\d)" name="q1" value="\w{16}"', page)
        assert ids == ["q1-1", "q1-2", "q1-3"]
        assert re.findall(r'class="hotspot-click" for="(q1-\d)"', page) == ids
        assert sorted(re.findall(r"\((\d+% from the left, \d+% from the top)\)", page))[:2] == [
            "10% from the left, 50% from the top", "50% from the left, 10% from the top",
        ]  # fmt: skip
        assert page.count('id="q1-text"') == 1
        assert "style=" not in page.split("<main")[1]
        assert "ОТЗЫВ" not in page

    def test_nothing_that_is_sent_tells_the_right_place(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        page = place.sit(place.learner()).start().page
        first = page.split('id="q1"')[1].split('id="q2"')[0]
        boxes = re.findall(r'<(?:rect|label class="choice"><input)[^>]*>', first)
        bare = [re.sub(r'(value|id)="[^"]*"|\d+(\.\d+)?%', "", box) for box in boxes]
        assert len(set(bare)) == 2  # rectangles are alike, and so are boxes

    def test_a_whole_attempt(self, place_with: Any) -> None:
        place = place_with(text=TEXT)
        learner = place.learner()
        sitting = place.sit(learner).start()
        values = dict(re.findall(r'id="(q\d-\d)" name="q\d" value="(\w+)"', sitting.page))
        review = sitting.finish({"q1": values["q1-2"], "q2": [values["q2-1"]]})
        result = place.stage.results(place.run, learner)["sample"]
        assert (result.points, result.max_points) == (3, 5)
        assert "ОТЗЫВСЕВЕР" in review
        assert "Your choice, right" in review
        assert "1 of 2 right" in review
        assert '<rect class="hotspot-place is-right"' in review
        assert "hotspot-click" not in review

    def test_in_a_self_check_ids_are_unique(self, place_with: Any) -> None:
        place = place_with(":self-check: true", text=TEXT)
        browser = place.stage.browser(place.learner())
        page = browser.get(place.lesson_url)
        values = dict(re.findall(r'id="sample-(q\d-\d)" name="[\w-]+" value="(\w+)"', page))
        browser.post(f"{place.base}check", {"sample-q1": values["q1-2"]})
        page = browser.get(place.lesson_url)
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert sorted(ids) == sorted(set(ids))
