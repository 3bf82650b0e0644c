"""Marks stay what they were when they were given, and their arithmetic can be followed."""

import re
from html import unescape
from typing import Any

import pytest
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.criteria import Criteria, against
from courses.evaluation import Hand, Marking, WorkBasis, given, of_work, replay
from lms.criteria.feature import AssessmentData
from lms.criteria.service import BlockAssessments
from lms.db import db
from lms.plugin import (
    MEMBER,
    PARTICIPANT,
    Activity,
    ActivityPages,
    ActivitySettings,
    BadInput,
    KeptWorking,
    Plugin,
    Visit,
    mark,
)  # fmt: skip
from lms.progress.models import ResultRecord
from lms.testing.stage import Stage

POINTS = Criteria.model_validate(
    [
        {"id": "idea", "title": "Замысел", "points": 5, "weight": 2},
        {"id": "text", "title": "Текст <b>", "points": 10, "description": "Ясность"},
    ]
)
LEVEL = {"points": 3, "title": "есть"}
RUBRIC = Criteria.model_validate(
    {
        "items": [
            {"id": "idea", "title": "Замысел", "levels": [{"points": 0, "title": "нет"}, LEVEL]},
            {"id": "text", "title": "Текст", "points": 2},
        ],
        "strategy": "rubric",
    }
)
ERRORS = Criteria.model_validate(
    {"items": [{"id": "idea", "title": "Замысел", "points": 10, "weight": 2}], "strategy": "errors"}
)
COMMENTS = Criteria.model_validate({"items": [{"id": "idea", "title": "Замысел"}], "strategy": "comments"})
SLIPS = Criteria.model_validate(
    {
        "items": [{"id": "idea", "title": "Есть ссылка"}, {"id": "text", "title": "Опечатки", "points": 9}],
        "strategy": "errors",
        "marks": [{"mistakes": 1, "mark": "80%"}, {"mistakes": 3, "mark": "50%"}],
    }
)
LIFTED = Criteria.model_validate(
    {
        "items": [
            {"id": "idea", "title": "Замысел", "levels": [{"points": 1, "title": "нет"}, {"points": 5, "title": "да"}]},
            {"id": "text", "title": "Слова", "points": 0},
        ],
        "strategy": "rubric",
    }
)
PAIRS = against(
    Criteria.model_validate({"items": [{"id": "idea", "title": "Замысел"}], "strategy": "pairwise"}),
    {7: "Работа 7"},
    ("другая", "поровну", "эта"),
)
FORMS = {
    "points": POINTS, "rubric": RUBRIC, "errors": ERRORS, "comments": COMMENTS, "slips": SLIPS, "lifted": LIFTED, "pairs": PAIRS,
}  # fmt: skip

pages = ActivityPages()


class Jury(Activity[ActivitySettings]):
    """Marks the one work there is; each page uses one of the forms above."""

    name, title, Settings = "jury", mark("Jury"), ActivitySettings
    summary = "Marks."

    def show(self, visit: Visit) -> Markup:
        return Markup("jury")

    def pages(self) -> ActivityPages:
        return pages


@pages.get("<form>", MEMBER)
def look(visit: Visit, form: str) -> ResponseReturnValue:
    found = [one for one in visit.assessments.of(["work:1"]) if one.assessor_id == visit.person.id]
    return visit.assessments.form(FORMS[form], found[0] if found else None)


@pages.post("<form>", PARTICIPANT)
def save(visit: Visit, form: str) -> ResponseReturnValue:
    criteria = FORMS[form]
    done = visit.sent("draft") != "1"
    try:
        values, comments, comment = visit.assessments.read(criteria, complete=done)
    except BadInput as error:
        return Markup("{}{}").format(str(error.message), visit.assessments.form(criteria)), 422
    found = visit.assessments.save("work:1", criteria, values, comments, comment, visit.person.id, "peer", done)
    return visit.assessments.show(found)


@pytest.fixture
def plugins() -> tuple[object, ...]:
    return (Plugin("jury", "lms", (Jury(),)),)


class Room:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.run = stage.run(stage.course(lesson=":::{jury} A\n:id: jury\n:::\n"))
        self.people = [stage.person("Иванова"), stage.person("Петрова")]
        stage.enrol(self.run, *self.people)
        self.browser = stage.browser(self.people[0])
        self.page = stage.base(self.run) + "activities/jury/"

    def marks(self, block: str = "jury") -> BlockAssessments:
        return BlockAssessments(self.stage.site, self.run, block)

    def save(self, subject: str = "work:1", assessor: int = 0, **options: Any) -> Any:
        given: dict[str, Any] = {
            "criteria": POINTS, "values": {"idea": 4, "text": 7}, "comments": {"idea": "Хорошо"}, "comment": "Итог",
            "assessor_id": assessor or self.people[0], "role": "peer", **options,
        }  # fmt: skip
        return self.marks().save(subject, **given)


@pytest.fixture
def room(stage: Stage) -> Room:
    return Room(stage)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_a_form_is_filled_in_stored_and_explained(room: Room) -> None:
    fields = {"criterion-idea": "4", "criterion-text": "7,5", "comment-idea": "Свежо", "comment": "Итог <i>"}
    told = words(room.browser.post(room.page + "points", fields))
    assert told == (
        "Marks by criteria Criterion Points Counted Comment"
        " Замысел 4 of 5 4/5 × 2 = 1.6 Свежо"
        " Текст <b> 7.5 of 10 7.5/10 × 1 = 0.75 —"
        " In all: 1.6 + 0.75 = 2.35 of 3, that is 78.3%."
        " General comment: Итог <i>"
    )
    (found,) = room.marks().of()
    assert (found.subject, found.assessor_id, found.role) == ("work:1", room.people[0], "peer")
    assert (found.values, found.comments, found.comment) == ({"idea": 4.0, "text": 7.5}, {"idea": "Свежо"}, "Итог <i>")
    assert (found.share, found.done_at, found.form) == (pytest.approx(2.35 / 3), room.stage.site.now(), POINTS)


def test_a_rubric_a_count_of_mistakes_and_comments_are_explained_too(room: Room) -> None:
    told = words(room.browser.post(room.page + "rubric", {"criterion-idea": "3.0", "criterion-text": "1"}))
    assert told.endswith("Замысел 3 of 3 есть Текст 1 of 2 — In all: 3 + 1 = 4 of 5, that is 80%.")
    told = words(room.browser.post(room.page + "errors", {"criterion-idea": "3"}))
    assert told.endswith("Замысел 3 3 × 2 = 6 — Mistakes that count: 6 of 20, so the mark is 70%.")
    told = words(room.browser.post(room.page + "comments", {"comment-idea": "Ясно"}))
    assert told == "Marks by criteria Criterion Comment Замысел Ясно"
    assert [found.share for found in room.marks().of()] == [1.0]


def test_slips_counted_by_a_table_levels_from_one_and_pairs_are_explained(room: Room) -> None:
    page = room.browser.get(room.page + "slips")
    assert re.findall(r'name="criterion-idea" value="(\d)"', page) == ["0", "1"]
    told = words(room.browser.post(room.page + "slips", {"criterion-idea": "1", "criterion-text": "2"}))
    assert told.endswith("Mistakes that count: 1 + 2 = 3, and by the table of marks that is 50%.")
    page = room.browser.post(room.page + "slips", {"criterion-text": "2"}, 422)
    assert page.startswith("“Есть ссылка”: Say whether there is this mistake.")
    told = words(room.browser.post(room.page + "lifted", {"criterion-idea": "5", "comment-text": "Живо"}))
    assert told == (
        "Marks by criteria Criterion Points Counted Comment Замысел 5 of 5 5 − 1 = 4 да Слова — — Живо"
        " In all: 4 of 4, that is 100%."
    )
    told = words(room.browser.post(room.page + "pairs", {"criterion-idea-vs-7": "2.0"}))
    assert told == "Marks by criteria Criterion Comment Замысел: Работа 7 эта"
    assert [found.share for found in room.marks().of()] == [1.0]


def test_earlier_comments_can_be_taken_again(room: Room) -> None:
    marks = {"criterion-idea": "4", "criterion-text": "7"}
    room.save(subject="work:2", comment="Покажите пример.\n\nСпасибо!", comments={})
    room.save(subject="work:3", comment="Спасибо!", comments={})
    room.save(subject="work:4", comment="Черновик", comments={}, done=False)
    room.save(subject="work:5", comment="Чужое", comments={}, assessor=room.people[1])
    db.session.commit()
    page = room.browser.get(room.page + "points")
    assert re.findall(r'name="again" value="([^"]*)"', page) == ["Спасибо!", "Покажите пример."]
    told = room.browser.post(room.page + "points", {**marks, "comment": "Итог.", "again": ["Спасибо!"]})
    assert "Итог.\n\nСпасибо!" in told
    # what the comment holds is not offered again, and what was ticked stays so when the form comes back
    assert re.findall(r'name="again" value="([^"]*)"', room.browser.get(room.page + "points")) == ["Покажите пример."]
    back = room.browser.post(room.page + "points", {"criterion-idea": "99", "again": "Покажите пример."}, 422)
    assert re.findall(r'name="again" value="([^"]*)" checked', back) == ["Покажите пример."]


def test_one_form_for_all_from_its_first_use_on(room: Room) -> None:
    marks = room.marks()
    assert marks.in_use(POINTS) == POINTS
    assert marks.begin(POINTS) == POINTS
    db.session.commit()
    assert (marks.in_use(RUBRIC), marks.begin(RUBRIC)) == (POINTS, POINTS)
    assert marks.in_use(RUBRIC, "another") == RUBRIC
    assert room.marks("other").in_use(RUBRIC) == RUBRIC


def test_how_marks_were_worked_out_is_kept_once_and_erased_without_its_words(room: Room) -> None:
    marks, person, now = room.marks(), room.people[0], room.stage.site.now()
    form = given("3", "peer", POINTS, {"idea": 5, "text": 5})
    assert form is not None

    def kept(basis: WorkBasis) -> KeptWorking:
        return KeptWorking(person, "work", of_work(basis, Marking()), Marking(), basis.model_dump_json(), now)

    first, second = kept(WorkBasis(forms=(form,))), kept(WorkBasis(hand=Hand(share=0.4, reason="Списано")))
    assert [marks.keep_workings([one]) for one in (first, first, second, second)] == [{person}, set(), {person}, set()]
    assert marks.workings(person, "work") == [second, first]
    assert marks.workings(person, "review") == []
    assert replay("work", first.basis, Marking()) == first.working

    def exported() -> list[float]:
        return [row["share"] for row in AssessmentData().export(room.stage.site, person)["marks"]]

    assert exported() == [], "no mark is given out yet"
    out = {"run_id": room.run, "person_id": person, "item": "jury", "state": "complete", "points": 2, "max_points": 5}
    db.session.add(ResultRecord(**out, completed=True, updated_at=now))
    db.session.flush()
    assert exported() == [first.working.share, 0.4]
    AssessmentData().erase(room.stage.site, person)
    db.session.flush()
    assert [("Списано" in one.basis, one.working) for one in marks.workings(person, "work")] == [
        (False, second.working), (False, first.working),
    ]  # fmt: skip


def test_the_table_speaks_russian(room: Room) -> None:
    fields = {"criterion-idea": "4", "criterion-text": "7,5", "comment": "Итог"}
    told = words(room.browser.post(room.page + "points?lang=ru", fields))
    assert told == (
        "Оценка по критериям Критерий Баллы Зачтено Комментарий"
        " Замысел 4 из 5 4/5 × 2 = 1,6 — Текст <b> 7,5 из 10 7,5/10 × 1 = 0,75 —"
        " Всего: 1,6 + 0,75 = 2,35 из 3, то есть 78,3 %. Общий комментарий: Итог"
    )


def test_a_form_sent_back_keeps_what_was_written_and_names_the_criterion(room: Room) -> None:
    fields = {"criterion-idea": "9", "criterion-text": "", "comment-text": "Длинно", "comment": "Итог"}
    page = room.browser.post(room.page + "points", fields, 422)
    assert page.startswith("“Замысел”: Write a number from 0 to 5.")
    assert re.search(r'name="criterion-idea"[^>]*value="9"[^>]*aria-invalid="true"', page)
    assert re.search(r'<p class="field-error" id="criterion-text-error">.*?Give points\.', page, re.DOTALL)
    assert '<textarea id="comment-text" name="comment-text" rows="2">Длинно</textarea>' in page
    assert re.search(r'name="comment"[^>]*>Итог</textarea>', page)
    assert "Текст &lt;b&gt;" in page
    assert room.marks().of() == []


def test_a_stored_form_is_shown_again(room: Room) -> None:
    room.browser.post(room.page + "rubric", {"criterion-idea": "3.0", "criterion-text": "1", "comment-idea": "Да"})
    page = room.browser.get(room.page + "rubric")
    assert re.findall(r'name="criterion-idea" value="([\d.]+)"[^>]*checked', page) == ["3.0"]
    assert re.search(r'name="criterion-text"[^>]*value="1"', page)
    assert '<textarea id="comment-idea" name="comment-idea" rows="2">Да</textarea>' in page


def test_a_draft_may_have_gaps_and_counts_for_nothing(room: Room) -> None:
    told = words(room.browser.post(room.page + "points", {"criterion-idea": "4", "draft": "1"}))
    assert told.endswith("In all: 1.6 of 3, that is 53.3%. Not everything is marked yet.")
    (found,) = room.marks().of()
    assert (found.values, found.share, found.done_at) == ({"idea": 4.0}, None, None)
    page = room.browser.post(room.page + "points", {"criterion-idea": "6", "draft": "1"}, 422)
    assert re.findall(r'id="(criterion-[a-z]+)-error"', page) == ["criterion-idea"]


def test_later_changes_of_the_criteria_change_no_stored_mark(room: Room) -> None:
    before = room.save()
    changed = Criteria.model_validate([{"id": "idea", "title": "Иное", "points": 100}])
    room.save(subject="work:2", criteria=changed, values={"idea": 50}, comments={})
    first, second = room.marks().of()
    assert (first.form, first.share, first.values) == (POINTS, before.share, {"idea": 4, "text": 7})
    assert (second.form, second.share, second.values) == (changed, 0.5, {"idea": 50})


def test_an_assessor_has_one_form_for_a_subject(room: Room) -> None:
    first = room.save()
    room.stage.move(hours=1)
    again = room.save(values={"idea": 5, "text": 10}, comments={}, comment="")
    other = room.save(assessor=room.people[1], role="tutor")
    assert (again.id, again.share, again.done_at) == (first.id, 1.0, room.stage.site.now())
    assert [found.id for found in room.marks().of()] == [first.id, other.id]
    assert room.marks().of()[0].comments == {}


def test_forms_are_found_by_subject_and_role_in_one_statement(room: Room) -> None:
    for number in range(3):
        room.save(subject=f"work:{number}")
        room.save(subject=f"work:{number}", assessor=room.people[1], role="tutor")
    room.marks("other").save("work:1", POINTS, {}, {}, "", room.people[0], "peer")
    db.session.commit()
    with room.stage.statements() as found:
        everything = room.marks().of()
        of_tutor = room.marks().of(["work:0", "work:2", "work:9"], role="tutor")
        nothing = room.marks().of([])
    assert len(found) == 2
    assert [(one.subject, one.role) for one in everything] == [
        (f"work:{number}", role) for number in range(3) for role in ("peer", "tutor")
    ]
    assert [(one.subject, one.role) for one in of_tutor] == [("work:0", "tutor"), ("work:2", "tutor")]
    assert nothing == []


def test_values_and_comments_of_no_criterion_are_not_stored(room: Room) -> None:
    found = room.save(values={"idea": 1, "text": 1, "zzz": 9}, comments={"zzz": "x", "text": ""})
    assert (found.values, found.comments) == ({"idea": 1, "text": 1}, {})


def test_erasing_an_assessor_takes_the_words_and_leaves_the_numbers(room: Room) -> None:
    room.save()
    room.save(assessor=room.people[1])
    data = AssessmentData()
    (exported,) = data.export(room.stage.site, room.people[0])["assessments"]
    assert exported["points"] == {"idea": 4, "text": 7}
    assert (exported["comments"], exported["comment"]) == ({"idea": "Хорошо"}, "Итог")
    assert "work" not in str(exported)
    assert data.erase(room.stage.site, room.people[0]) == [
        "The comments in 1 marking form were removed; its points stay, because a mark rests on them."
    ]
    first, second = room.marks().of()
    assert (first.values, first.share, first.comments, first.comment) == (
        {"idea": 4, "text": 7},
        pytest.approx(2.3 / 3),
        {},
        "",
    )
    assert second.comment == "Итог"
    assert data.erase(room.stage.site, 987) == []


def test_the_form_in_use_speaks_the_language_of_its_reader(room: Room) -> None:
    def of(language: str) -> BlockAssessments:
        return BlockAssessments(room.stage.site, room.run, "jury", room.people[0], language)

    english = Criteria.model_validate(
        [item.model_copy(update={"title": item.id}).model_dump() for item in POINTS.items]
    )
    assert of("ru").begin(POINTS) == POINTS
    assert of("ru").in_use(english) == POINTS
    assert of("en").in_use(english) == english
    assert room.marks().in_use(english) == POINTS
