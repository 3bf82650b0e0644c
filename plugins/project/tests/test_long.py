"""What grows with the group or with time is shown page by page: passports and the diary."""

import re
from datetime import timedelta

import pytest

from lms.db import db
from lms_project import board, diary
from lms_project.models import Entry

from .test_together import Crew


@pytest.fixture
def crew(stage):
    return Crew(stage)


def test_passports_are_paged(stage, crew):
    people = [stage.person(f"Участница{number:03}") for number in range(board.PAGE)]
    stage.enrol(crew.run, *people)
    teams = f"{stage.base(crew.run)}teams/museum/"
    for number, person in enumerate(people):
        crew.browser(person).post(f"{teams}make", {"name": f"Команда {number:03}"})
    pages = [crew.get(crew.tutor, f"?page={number}") for number in (1, 2, 3)]
    found = [re.findall(r"owners/team/(\d+)/", page) for page in pages]
    assert [len(one) for one in found] == [40, 1, 1]
    assert sorted(map(int, found[0] + found[1])) == list(range(1, 42))
    assert [re.findall(r"Page \d of \d", page) for page in pages] == [["Page 1 of 2"], ["Page 2 of 2"], ["Page 2 of 2"]]


def test_the_diary_is_paged_and_whole_in_the_passport(stage, crew):
    today = stage.site.now().date()
    for number in range(diary.PAGE + 2):
        db.session.add(
            Entry(
                run_id=crew.run, block="museum", person_id=crew.anna, day=today - timedelta(days=number),
                text=f"Дело{number:02}", html=f"<p>Дело{number:02}</p>", at=stage.site.now(),
            )
        )  # fmt: skip
    db.session.commit()
    pages = [re.findall(r"Дело(\d\d)", crew.get(crew.boris, f"diary/?page={number}")) for number in ("1", "2", "no")]
    whole = [f"{number:02}" for number in range(diary.PAGE + 2)]
    assert pages == [whole[:40], whole[40:], whole[:40]]
    assert re.findall(r"Дело(\d\d)", crew.get(crew.tutor, "owners/team/1/")) == whole
