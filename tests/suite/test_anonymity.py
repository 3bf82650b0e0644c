"""Who wrote what in an anonymous workshop is told nowhere, and the same search tells it where names are shown.

Everyone's names, address, number, file names and what documents, photographs and PDFs carry in them are marks that stand nowhere
else. In every phase each participant, somebody who takes no part, an author of courses, people of another run and a visitor take
all they can get hold of.
"""

from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from lms.db import db
from lms.files import apart
from lms.files.service import store_of
from lms.people.models import Person
from lms.testing import Stage
from tests.lms.files import marked
from tests.suite.sweep import Sweep
from tests.suite.world import Caller, Group, publish

WRITERS = ("Приметнова", "Броскова", "Заметнова", "Явнова")
IDLE = ("Зрителева", "Слушалова")
"""Take no part: whatever names everybody alike names them too."""
FIRST = 770_001
LESSON = """:::{workshop} Сценарий
---
id: peer
reviewers: 2
anonymous: %ANONYMOUS%
%OPTION%
self-assessment: true
---
Напишите сценарий.

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Ясность | 80 | Понятно ли? | clear |
:::
"""
KINDS = {"peer": "workshop"}
FEW = (WRITERS[0], IDLE[0], "author")
"""Readers enough where a phase has little of its own."""
ENDINGS = ("docx", "pdf", "jpg")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where copies and pictures of files are kept, by their bytes: every scene hands in the same ones."""
    return tmp_path_factory.mktemp("made")


class Scene:
    """A workshop of four, two who take no part, and whoever else may look. `marks`: what tells somebody, by surname."""

    def __init__(self, stage: Stage, made: Path, anonymous: bool, option: str = "pace: together") -> None:
        kept = apart.folder(store_of(stage.site))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.symlink_to(made)
        text = LESSON.replace("%ANONYMOUS%", str(anonymous).lower()).replace("%OPTION%", option)
        self.stage = stage
        self.group = Group(stage, publish(stage, "sweep", text), "spring", size=0)
        elsewhere = Group(stage, publish(stage, "other", text), "spring", "Иной", size=1)
        self.marks: dict[str, tuple[str, ...]] = {}
        self.people: dict[str, int] = {}
        for place, surname in enumerate((*WRITERS, *IDLE)):
            given, patronymic, mail = f"Имя{surname}", f"Отчество{surname}", f"mark{place}@secret.example"
            person = stage.person(surname, given_name=given, patronymic=patronymic, email=mail)
            self.people[surname] = FIRST + place
            db.session.execute(update(Person).where(Person.id == person).values(id=FIRST + place))
            db.session.commit()
            self.marks[surname] = (surname, given, patronymic, mail, str(FIRST + place))
        self.group.learners = list(self.people.values())
        stage.enrol(self.group.run, *self.group.learners)
        self.others = {
            "author": Caller(stage, stage.person("Составитель", is_author=True)),
            "learner elsewhere": elsewhere.caller(elsewhere.learner),
            "tutor elsewhere": elsewhere.caller(elsewhere.tutor),
            "visitor": Caller(stage),
        }

    @property
    def base(self) -> str:
        return self.group.at("peer")

    def caller(self, surname: str) -> Caller:
        return self.group.caller(self.people[surname])

    # ------------------------------------------------------------------ what happens

    def hand_in(self) -> None:
        """Everyone hands in documents that carry their author's name in all the ways there are."""
        for surname in WRITERS:
            files = [(BytesIO(marked.made(ending, surname)), f"{surname}.{ending}") for ending in ENDINGS]
            self.group.hand_in_work(self.people[surname], title="Замысел", files=files)

    def review(self, finish: bool = True) -> None:
        """Everyone writes the reviews they find on their page."""
        for surname in WRITERS:
            for number in self.to_review(surname):
                data = {"criterion-clear": "60", "comment": "Хорошо.", **({"finish": "1"} if finish else {})}
                self.caller(surname).send("POST", f"{self.base}reviews/{number}/", data)

    def to_review(self, surname: str) -> list[int]:
        """The numbers of the works whose pages open for somebody."""
        numbers = range(1, len(WRITERS) + 1)
        return [n for n in numbers if self.caller(surname).send("GET", f"{self.base}reviews/{n}/").status_code == 200]

    def work_of(self, reviewer: str, author: str) -> int:
        """The number of the author's work, if the reviewer has it and may see whose it is; else 0."""
        base, caller = f"{self.base}reviews/", self.caller(reviewer)
        return next((n for n in self.to_review(reviewer) if author in caller.get(f"{base}{n}/")), 0)

    def talk(self) -> None:
        """Authors answer their reviewers, ask about their marks, say whom they are to be kept apart from."""
        for surname in WRITERS:
            caller = self.caller(surname)
            for number in range(1, len(WRITERS) + 1):
                caller.send("POST", f"{self.base}replies/{number}", {"helped": "2", "text": "Спасибо."})
            caller.send("POST", f"{self.base}marks/work/appeal", {"reason": "Почему так?"})

    def phases(self) -> Iterator[str]:
        """One after the other and back again, with something done in each."""
        self.hand_in()
        yield "submission"
        self.group.move_workshop("review")
        self.review(finish=False)
        yield "review begun"
        self.review()
        self.caller(WRITERS[0]).send("POST", f"{self.base}self/", {"criterion-clear": "70"})
        self.stage.tick()
        yield "review"
        self.group.move_workshop("closed")
        self.talk()
        self.stage.tick()
        yield "closed"
        self.group.move_workshop("submission")
        yield "submission again"

    # ------------------------------------------------------------------ what is seen

    def met(self, reader: str) -> dict[str, set[str]]:
        """Places where a reader meets somebody else, by whom; places that name everybody alike are left out."""
        caller = self.others.get(reader) or self.caller(reader)
        role = reader if reader in self.others else "learner"
        found = Sweep(self.group, caller, role, KINDS).found(
            {name: own for name, own in self.marks.items() if name != reader}
        )
        alike = set.intersection(*(found.get(name, set()) for name in self.marks if name != reader))
        return {name: places - alike for name, places in found.items() if places - alike}

    def all_met(self, readers: Collection[str] = ()) -> dict[str, dict[str, set[str]]]:
        """The same for all readers, or these, who meet anybody."""
        readers = readers or (*WRITERS, IDLE[0], *self.others)
        return {reader: met for reader in readers if (met := self.met(reader))}


def test_nobody_meets_a_name_number_file_or_property_of_another(stage: Stage, made: Path) -> None:
    scene = Scene(stage, made, anonymous=True)
    for phase in scene.phases():
        readers = () if phase in ("review", "closed") else FEW
        assert scene.all_met(readers) == {}, phase


def test_nor_at_ones_own_pace(stage: Stage, made: Path) -> None:
    scene = Scene(stage, made, anonymous=True, option="pace: own")
    scene.hand_in()
    for surname in WRITERS:
        for _ in range(2):
            scene.caller(surname).send("POST", f"{scene.base}reviews/take")
    scene.review(finish=False)
    assert scene.all_met(FEW) == {}
    scene.review()
    scene.talk()
    stage.tick()
    assert scene.all_met() == {}


def test_nor_do_teams_meet_the_names_of_teams_whose_works_they_review(stage: Stage, made: Path) -> None:
    scene = Scene(stage, made, anonymous=True, option='team: "1-2"')
    for surname in WRITERS:
        team = f"Вместе{surname}"
        scene.marks[surname] += (team,)
        scene.group.caller(scene.people[surname]).post(f"{scene.group.base}teams/peer/make", name=team)
    scene.hand_in()
    scene.group.move_workshop("review")
    scene.review()
    scene.group.move_workshop("closed")
    found = scene.all_met(FEW)
    # who works with whom is for everybody in the course to see; whose a work is, is not
    places = {place for met in found.values() for own in met.values() for place in own}
    assert {place for place in places if "/teams/" not in place} == set()


def test_whoever_agrees_is_named_and_nobody_else(stage: Stage, made: Path) -> None:
    scene = Scene(stage, made, anonymous=True)
    scene.hand_in()
    scene.group.move_workshop("review")
    scene.review()
    scene.group.move_workshop("closed")
    author = WRITERS[0]
    scene.caller(author).post(f"{scene.group.base}works/peer/consent", audience="run")
    assert scene.all_met((WRITERS[1], IDLE[0], "visitor", "learner elsewhere")) == {
        reader: {author: scene.met(reader)[author]} for reader in (WRITERS[1], IDLE[0])
    }
    scene.caller(author).post(f"{scene.group.base}works/peer/consent", audience="")
    assert scene.all_met((WRITERS[1], IDLE[0])) == {}


def test_the_same_search_meets_them_where_names_are_shown(stage: Stage, made: Path) -> None:
    scene = Scene(stage, made, anonymous=False)
    kinds: set[str] = set()
    for phase in scene.phases():
        met = scene.all_met((*WRITERS[:2], IDLE[0], "visitor"))
        assert sorted(met) == ([] if phase == "submission" else sorted(WRITERS[:2])), phase
        if met:
            assert {len(names) for names in met.values()} <= {2, 3}, phase
            places = {place for names in met.values() for found in names.values() for place in found}
            kinds |= {"file" for place in places if "/files/" in place} | {
                "page" for place in places if place.endswith("/")
            }
    assert kinds == {"file", "page"}


def test_what_each_kind_of_document_carries_would_be_met(stage: Stage, made: Path) -> None:
    """Files whose own names tell nothing: what is met is in them."""
    scene = Scene(stage, made, anonymous=False)
    author, *others = WRITERS
    files = [(BytesIO(marked.made(ending, author)), f"a.{ending}") for ending in ENDINGS]
    scene.group.hand_in_work(scene.people[author], files=files)
    for surname in others:
        scene.group.hand_in_work(scene.people[surname], files=[])
    scene.group.move_workshop("review")
    reviewers = [reader for reader in others if scene.work_of(reader, author)]
    assert len(reviewers) == 2
    for reader in reviewers:
        work = f"{scene.base}reviews/{scene.work_of(reader, author)}/files/"
        met = {place.removeprefix(work) for place in scene.met(reader)[author] if place.startswith(work)}
        assert met >= {"1", "2", "3"}


def test_the_tutor_knows_who_is_who(stage: Stage, made: Path) -> None:
    scene = Scene(stage, made, anonymous=True)
    scene.hand_in()
    scene.group.move_workshop("review")
    tutor = Sweep(scene.group, scene.group.caller(scene.group.tutor), "tutor", KINDS)
    assert set(tutor.found(scene.marks)) == {*WRITERS, *IDLE}
