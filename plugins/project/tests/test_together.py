"""What a team keeps beside its work: contract, diary, shares, the defence, the passport."""

import re

import pytest

from lms.allocation.service import keep_origins
from lms.plugin import db
from lms.testing import Browser, Stage
from lms_project.privacy import TeamNotes

LESSON = """:::{project} Музей
---
id: museum
team: "2-4"
schools: 2
contract: [Цель, Кто что делает]
shares: agreed
diary: true
consultations: 1
shown: public
stages:
  - id: plan
    title: Замысел
  - id: story
    title: Рассказ
defence:
  assessors: 2
  minutes: 30
  criteria:
    - {id: answers, title: Ответы, points: 10}
---
Сделайте музей.

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Ясность | 30 | Понятно | clear |
:::
"""
CONTRACT = "## Цель\n\nОткрыть музей.\n\n## Кто что делает\n\nВсё вместе."


class Crew:
    """A team of three (of four learners) and two tutors."""

    def __init__(self, stage: Stage, lesson: str = LESSON) -> None:
        self.stage = stage
        self.run = stage.run(stage.course(lesson=lesson))
        self.base = f"{stage.base(self.run)}activities/museum/"
        self.anna, self.boris, self.vera, self.gala = self.learners = [
            stage.person(name) for name in ("Антонова", "Борисова", "Власова", "Громова")
        ]
        stage.enrol(self.run, *self.learners)
        self.tutor, self.second = stage.person("Ведущая"), stage.person("Вторая")
        stage.enrol(self.run, self.tutor, self.second, role="tutor")
        keep_origins(self.run, {self.anna: ("Школа № 7", ""), self.boris: ("Лицей", ""), self.vera: ("школа №7", "")})
        db.session.commit()
        self.browsers: dict[int, Browser] = {}
        teams = f"{stage.base(self.run)}teams/museum/"
        self.browser(self.anna).post(f"{teams}make", {"name": "Мост"})
        for person in (self.boris, self.vera):
            self.join(person)

    def browser(self, person: int) -> Browser:
        if person not in self.browsers:
            self.browsers[person] = self.stage.browser(person)
        return self.browsers[person]

    def join(self, person: int) -> None:
        self.browser(person).post(f"{self.stage.base(self.run)}teams/museum/join", {"team": "1"})

    def get(self, person: int, page: str = "", status: int = 200) -> str:
        return self.browser(person).get(self.base + page, status=status)

    def post(self, person: int, page: str, status: int = 200, /, **data: str) -> str:
        return self.browser(person).post(self.base + page, data, status=status)

    def propose(self, person: int, kind: str, seen: str = "", status: int = 200, /, **values: str) -> str:
        given = {f"member-{one}": values.pop(name, "10" if kind == "shares" else "") for name, one in self.named()}
        seen = seen or re.search(r'name="seen" value="(\d+)"', self.get(person, f"{kind}/"))[1]  # type: ignore[index]
        return self.post(person, f"{kind}/", status, seen=seen, **given, **values)

    def named(self) -> list[tuple[str, int]]:
        return [("anna", self.anna), ("boris", self.boris), ("vera", self.vera)]

    def agree(self, person: int, kind: str, number: int = 1, status: int = 200) -> str:
        return self.post(person, f"{kind}/{number}/", status, stance="for")

    def contract(self) -> None:
        self.propose(self.anna, "contract", text=CONTRACT)
        for person in (self.boris, self.vera):
            self.agree(person, "contract")

    def hand_in(self, person: int, stage: str, status: int = 200, text: str = "Рассказ.") -> str:
        page = f"{self.stage.base(self.run)}works/museum/own/{stage}/"
        seen = re.search(r'name="seen"[^>]*value="([^"]*)"', self.browser(person).get(page))
        data = {"text": text, "seen": seen[1] if seen else "1.0", "hand_in": "1"}
        return self.browser(person).post(page, data, status=status)

    def accept(self, work: int, **values: str) -> None:
        page = f"{self.stage.base(self.run)}works/museum/{work}/"
        self.browser(self.tutor).get(page)
        self.browser(self.tutor).post(page, {"seen": "", "accept": "1", **values})

    def assess(self, tutor: int, points: str, status: int = 200) -> str:
        return self.post(tutor, "owners/team/1/defence/", status, **{"criterion-answers": points})

    def finish(self, story: int, defence: tuple[int, ...] = ()) -> None:
        """Everything up to the mark for the work, and as many marks for the defence."""
        self.contract()
        self.hand_in(self.anna, "plan")
        self.accept(1, feedback="Хорошо.")
        self.hand_in(self.boris, "story")
        self.accept(2, **{"criterion-clear": str(story)})
        for tutor, points in zip((self.tutor, self.second), defence, strict=False):
            self.assess(tutor, str(points))

    def notices(self, person: int) -> list[str]:
        from lms.notices.service import page_of

        db.session.rollback()
        return [line.text for line in page_of(person, 1)[0]]

    def result(self, person: int):
        return self.stage.results(self.run, person).get("museum")

    def explanation(self, person: int) -> str:
        from lms.progress.service import explanations

        return explanations(self.run, person).get("museum", "")


@pytest.fixture
def crew(stage: Stage) -> Crew:
    return Crew(stage)


def says(page: str) -> list[str]:
    """What the members say to the newest version, in the order of the table."""
    return re.findall(r">\s*(agrees|objects|has not answered)\s*<", page.partition("Earlier versions")[0])


# ------------------------------------------------------------------------------------------- the contract


def test_a_contract_begins_with_the_headings_of_the_author(crew):
    page = crew.get(crew.anna, "contract/")
    assert re.findall(r"## (.+)", page) == ["Цель", "Кто что делает"]
    page = crew.propose(crew.anna, "contract", "0", 422, text="## Цель\n\nОткрыть музей.", anna="пишет")
    assert "The part “Кто что делает” is missing" in page
    assert 'value="пишет"' in page
    assert "Открыть музей." in page


def test_everybody_has_to_agree_and_a_new_version_asks_anew(crew):
    page = crew.propose(crew.anna, "contract", text=CONTRACT, anna="пишет текст", boris="снимает")
    assert says(page) == ["agrees", "has not answered", "has not answered"]
    assert "пишет текст" in page
    assert crew.notices(crew.boris) == [
        "Анна Антонова proposes a contract for your team in “Музей”: say whether you agree."
    ]
    assert says(crew.agree(crew.boris, "contract")) == ["agrees", "agrees", "has not answered"]
    page = crew.post(crew.vera, "contract/1/", 422, stance="against", words=" ")
    assert "Say why you do not agree" in page
    page = crew.post(crew.vera, "contract/1/", stance="against", words="Мне нечего делать.")
    assert says(page) == ["agrees", "agrees", "objects"]
    assert "Мне нечего делать." in crew.get(crew.anna, "contract/")

    page = crew.propose(crew.vera, "contract", text=CONTRACT, vera="ищет экспонаты")
    assert says(page) == ["has not answered", "has not answered", "agrees"]
    assert "There is a newer version meanwhile" in crew.agree(crew.boris, "contract", 1, 422)
    for person in (crew.anna, crew.boris):
        page = crew.agree(person, "contract", 2)
    assert says(page) == ["agrees", "agrees", "agrees"]
    assert page.count("Earlier versions") == 1


def test_two_versions_at_once_do_not_cover_each_other(crew):
    crew.propose(crew.anna, "contract", "0", text=CONTRACT)
    page = crew.propose(crew.boris, "contract", "0", 422, text=CONTRACT + "\n\nИ ещё.")
    assert "There is a newer version meanwhile" in page
    assert "И ещё." in page


def test_nothing_is_handed_in_without_the_contract(crew):
    crew.propose(crew.anna, "contract", text=CONTRACT)
    assert "First everybody of your team has to agree to the contract." in crew.hand_in(crew.anna, "plan", 422)
    for person in (crew.boris, crew.vera):
        crew.agree(person, "contract")
    crew.hand_in(crew.anna, "plan")
    assert crew.result(crew.vera).state == "waiting"


def test_somebody_who_comes_later_is_asked_too(crew):
    crew.contract()
    crew.join(crew.gala)
    page = crew.get(crew.gala, "contract/")
    assert says(page) == ["agrees", "agrees", "agrees", "has not answered"]
    assert "First everybody of your team" in crew.hand_in(crew.anna, "plan", 422)
    crew.agree(crew.gala, "contract")
    crew.hand_in(crew.anna, "plan")


def test_a_team_comes_from_several_schools(crew):
    crew.contract()
    keep_origins(crew.run, {crew.boris: ("ШКОЛА № 7", "")})
    db.session.commit()
    page = crew.hand_in(crew.anna, "plan", 422)
    assert "The team has to come from at least 2 schools; it comes from 1." in page


def test_others_do_not_see_a_contract(crew):
    crew.contract()
    assert "Открыть музей" not in crew.get(crew.gala, "contract/")
    crew.get(crew.tutor, "contract/", 403)
    assert "Открыть музей" in crew.get(crew.tutor, "owners/team/1/")
    crew.get(crew.anna, "owners/team/1/", 403)
    stranger = crew.stage.person("Чужая")
    for page in ("contract/", "shares/", "diary/", "passport/", "owners/team/1/"):
        crew.stage.browser(stranger).get(crew.base + page, status=404)


# ------------------------------------------------------------------------------------------- the diary


def test_a_diary_is_read_by_the_team_and_the_tutor_by_date(crew):
    page = crew.post(crew.anna, "diary/", day="2026-03-01", text="Звонила в **архив**.")
    assert "<strong>архив</strong>" in page
    crew.post(crew.boris, "diary/", day="2026-03-02", text="Снимал.")
    for page in (crew.get(crew.vera, "diary/"), crew.get(crew.tutor, "owners/team/1/")):
        assert re.findall(r"Снимал|архив", page) == ["Снимал", "архив"]
    assert "Снимал" not in crew.get(crew.gala, "diary/")


@pytest.mark.parametrize(
    ("day", "text", "message"),
    [
        ("2026-03-03", "Сделаю.", "This day is still to come."),
        ("2026-03-02", "  ", "Write what you did."),
        ("", "Делала.", "Choose the day."),
        ("0001-01-01", "Делала.", "Choose a year between 2000 and 2200."),
    ],
)
def test_an_entry_that_is_none(crew, day, text, message):
    page = crew.post(crew.anna, "diary/", 422, day=day, text=text)
    assert message in page
    assert text.strip() in page


def test_an_entry_is_changed_and_taken_out_by_whoever_wrote_it(crew):
    crew.post(crew.anna, "diary/", day="2026-03-01", text="Звонила.")
    for person in (crew.boris, crew.gala):
        crew.get(person, "diary/1/", 404)
        crew.post(person, "diary/1/", 404, day="2026-03-01", text="Нет.")
    assert "Писала." in crew.post(crew.anna, "diary/1/", day="2026-03-02", text="Писала.")
    assert "Писала." not in crew.post(crew.anna, "diary/1/", remove="1", day="", text="")
    crew.get(crew.anna, "diary/1/", 404)


# ------------------------------------------------------------------------------------------- shares, the defence, the mark


def test_a_team_whose_members_agree(crew):
    crew.finish(story=24, defence=(8, 6))
    result = crew.result(crew.anna)
    assert (result.state, result.completed) == ("returned", False)
    assert (
        crew.explanation(crew.anna) == "All stages are accepted; your team has still to agree how the work is shared."
    )
    crew.propose(crew.anna, "shares", vera="5", text="Вера болела.")
    for person in (crew.boris, crew.vera):
        crew.agree(person, "shares")
    # (24 + 7) of 40, for 10, 10 and 5 parts of 25
    assert [crew.result(one).points for one in (crew.anna, crew.boris, crew.vera)] == [37.2, 37.2, 18.6]
    assert crew.explanation(crew.vera) == (
        "Work: 24 of 30 points by the criteria. Defence: 7 of 10 points, the mean of 2 members of the commission. "
        "The team has 31 of 40 points; your part of the work is 5 of 25 among 3, so they count 0.6 times: 18.6 of 40 points."
    )
    assert crew.explanation(crew.anna).endswith("10 of 25 among 3, so they count 1.2 times: 37.2 of 40 points.")
    assert "Propose" not in crew.get(crew.anna, "shares/"), "what marks rest on is changed by the tutor alone"
    assert crew.propose(crew.anna, "shares", "1", 422).count("The marks are given already") == 1


def test_nobody_gets_more_than_all_points(crew):
    crew.finish(story=30, defence=(10, 10))
    crew.propose(crew.anna, "shares", anna="30")
    for person in (crew.boris, crew.vera):
        crew.agree(person, "shares")
    assert [crew.result(one).points for one in (crew.anna, crew.boris)] == [40, 24]
    assert crew.explanation(crew.anna).endswith(
        "so they count 1.8 times, but nobody gets more than all: 40 of 40 points."
    )


def test_a_team_that_does_not_agree_is_decided_about(crew):
    crew.finish(story=24, defence=(8, 6))
    crew.propose(crew.anna, "shares", anna="20")
    crew.agree(crew.boris, "shares")
    crew.post(crew.vera, "shares/1/", stance="against", words="Я сделала не меньше.")
    assert crew.notices(crew.tutor)[0] == "A team does not agree how the work in “Музей” is shared: please decide."
    assert crew.result(crew.vera).state == "waiting"
    assert "Я сделала не меньше." in crew.get(crew.tutor, "owners/team/1/shares/")
    given = {f"member-{one}": "10" for _, one in crew.named()}
    page = crew.post(crew.tutor, "owners/team/1/shares/", 422, seen="1", text=" ", **given)
    assert "Give a reason" in page
    crew.post(crew.tutor, "owners/team/1/shares/", seen="1", text="По дневнику поровну.", **given)
    assert [crew.result(one).points for _, one in crew.named()] == [31, 31, 31]
    page = crew.get(crew.vera, "shares/")
    assert "По дневнику поровну." in page
    assert "What do you say?" not in page
    assert "The tutor has decided about this already." in crew.agree(crew.anna, "shares", 2, 422)
    # the dissent stays on record
    assert "Я сделала не меньше." in crew.get(crew.tutor, "owners/team/1/")


@pytest.mark.parametrize("part", ["-1", "101", "1.5", "", "пять", "٣", "0000100"])
def test_parts_are_whole_numbers(crew, part):
    assert "A part is a whole number from 0 to 100." in crew.propose(crew.anna, "shares", "0", 422, boris=part)


def test_somebody_has_done_something(crew):
    page = crew.propose(crew.anna, "shares", "0", 422, anna="0", boris="0", vera="0")
    assert "Somebody must have done a part of the work." in page


def test_a_defence_counts_when_enough_have_marked_it(crew):
    crew.finish(story=24)
    crew.propose(crew.anna, "shares")
    for person in (crew.boris, crew.vera):
        crew.agree(person, "shares")
    assert crew.result(crew.anna).state == "pending"
    assert crew.explanation(crew.anna) == "All stages are accepted; the defence is still to come."
    assert "“Ответы”" in crew.assess(crew.tutor, "11", 422)
    crew.assess(crew.tutor, "8")
    assert crew.result(crew.anna).state == "pending"
    pages = crew.get(crew.tutor, "owners/team/1/"), crew.get(crew.anna, "passport/")
    assert ["1 more member of the commission has to mark it." in page for page in pages] == [True, True]
    assert ["Member 1 of the commission" in page for page in pages] == [True, False], "half a verdict is not told"
    crew.assess(crew.second, "6")
    assert (crew.result(crew.anna).state, crew.result(crew.anna).points) == ("complete", 31)
    assert "Member 1 of the commission" in crew.get(crew.anna, "passport/")
    crew.assess(crew.second, "8")
    assert crew.result(crew.anna).points == 32


def test_there_is_nothing_to_defend_before_the_work(crew):
    crew.contract()
    assert "There is nothing to defend yet" in crew.assess(crew.tutor, "8", 422)


def test_minutes_are_not_covered(crew):
    crew.contract()
    page = "owners/team/1/minutes/"
    crew.post(crew.tutor, page, seen="0", text="Кто придёт? — **Все.**")
    assert "Somebody has changed the minutes" in crew.post(crew.second, page, 422, seen="0", text="Иначе.")
    assert "<strong>Все.</strong>" in crew.get(crew.anna, "passport/")
    crew.post(crew.anna, page, 403, seen="1", text="Я.")


def test_the_passport_says_all(crew):
    crew.finish(story=24, defence=(8, 6))
    crew.post(crew.anna, "diary/", day="2026-03-01", text="Звонила.")
    page = crew.get(crew.anna, "passport/")
    for words in ("Мост", "Школа № 7, Лицей", "Антонова", "Открыть музей.", "Звонила.", "Mean of the commission: 70%"):
        assert words in page
    assert page.count("Рассказ.") == 1


def test_times_are_booked_for_the_whole_team(crew):
    booking = f"{crew.stage.base(crew.run)}booking/museum"
    for purpose, day in (("consultation", 5), ("defence", 6)):
        data = {"starts": f"2026-03-0{day}T15:00", "minutes": "30", "count": "1", "seats": "1", "place": "Кабинет 5"}
        given = {f"{purpose}-{name}": value for name, value in data.items()}
        crew.browser(crew.tutor).post(f"{booking}/open/{purpose}", given)
    for slot in (1, 2):
        crew.browser(crew.vera).post(f"{booking}/slot-{slot}/take")
    for page in (crew.get(crew.anna), crew.get(crew.anna, "passport/"), crew.get(crew.tutor, "owners/team/1/")):
        assert [words for words in ("5 March 2026, 15:00", "6 March 2026, 15:00") if words in page] == [
            "5 March 2026, 15:00", "6 March 2026, 15:00",
        ]  # fmt: skip
    assert "Кабинет 5" in crew.get(crew.second, "owners/team/1/defence/")
    assert "5 March 2026, 15:00" not in crew.get(crew.gala)


def test_a_project_without_them_has_no_times(stage):
    crew = Crew(
        stage, LESSON.replace("consultations: 1\n", "").partition("defence:")[0] + "---\nСделайте музей.\n:::\n"
    )
    crew.browser(crew.anna).get(f"{stage.base(crew.run)}booking/museum", status=404)
    for page in ("owners/team/1/defence/", "owners/team/7/shares/", "owners/person/1/shares/"):
        crew.get(crew.tutor, page, 404)


def test_everybody_reads_the_work_as_long_as_all_agree(crew):
    crew.finish(story=24)
    works = f"{crew.stage.base(crew.run)}works/museum/consent"
    public = f"/works/{crew.base.split('/')[2]}/museum/2/"
    for _, person in crew.named():
        crew.stage.browser().get(public, status=404)
        crew.browser(person).post(works, {"audience": "public"})
    assert "Рассказ." in crew.stage.browser().get(public)
    assert f'href="{public}"' in crew.get(crew.anna, "passport/")
    crew.browser(crew.vera).post(works, {"audience": ""})
    crew.stage.browser().get(public, status=404)
    assert f'href="{public}"' not in crew.get(crew.anna, "passport/")


def test_the_pages_cost_the_same_for_any_number(crew):
    crew.finish(story=24, defence=(8, 6))
    counts = []
    for number in range(3):
        crew.post(crew.anna, "diary/", day="2026-03-01", text=f"Запись {number}")
        crew.get(crew.tutor, "owners/team/1/")
        with crew.stage.statements() as found:
            crew.get(crew.tutor, "owners/team/1/")
        counts.append(len(found))
    assert len(set(counts)) == 1


# ------------------------------------------------------------------------------------------- personal data


def test_a_person_takes_out_what_they_said_and_it_can_be_erased(crew):
    crew.propose(crew.anna, "contract", text=CONTRACT, anna="пишет")
    crew.post(crew.vera, "contract/1/", stance="against", words="Мало времени.")
    crew.post(crew.vera, "diary/", day="2026-03-01", text="Звонила.")
    part = TeamNotes()
    found = part.export(crew.stage.site, crew.vera)
    assert found["diary"] == [{"run": crew.run, "activity": "museum", "day": "2026-03-01", "text": "Звонила."}]
    assert [(one["says"], one["why"]) for one in found["agreements"]] == [("against", "Мало времени.")]
    assert [one["kind"] for one in part.export(crew.stage.site, crew.anna)["proposed"]] == ["contract"]
    assert part.erase(crew.stage.site, crew.vera) == ["1 entry of a project's diary was removed."]
    db.session.commit()
    found = part.export(crew.stage.site, crew.vera)
    assert (found["diary"], found["agreements"][0]["why"]) == ([], "")
    assert "Мало времени." not in crew.get(crew.anna, "contract/")
