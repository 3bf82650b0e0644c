"""Hours at meetings stand among one's marks and on the certificate."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from lms.attendance import hours
from lms.certificates import service as certificates
from lms.db import db
from lms.testing import Stage
from lms.testing.stage import COURSE_MD
from tests.lms.club import Group, lesson, plugin


@pytest.fixture
def plugins():
    return (plugin,)


class Certified(Group):
    """The club in a course that gives certificates to everybody."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, learners=2, options="")
        front = (
            COURSE_MD.format(hours=1)
            .replace("activities: all", "activities: none")
            .replace("lessons: all", "lessons: none")
        )
        course = stage.course(
            {
                "course.md": front.replace("---\n\nО", "certificate:\n  kind: completion\n---\n\nО"),
                "01-module/index.md": "---\ntitle: Модуль\n---\n",
                "01-module/01-lesson.md": f"---\ntitle: Урок\nminutes: 45\n---\n\n{lesson('')}",
            }
        )
        self.run = stage.run(course)
        self.base = stage.base(self.run)
        self.attendance = f"{self.base}attendance/club"
        stage.enrol(self.run, *self.learners)
        stage.enrol(self.run, self.tutor, role="tutor")


def test_hours_at_meetings(stage: Stage) -> None:
    it = Certified(stage)
    anna, boris = it.learners
    tutor = it.browser(it.tutor)
    tutor.post(it.attendance, {"present": [f"{anna}:a", f"{anna}:b"]})
    tutor.post(
        f"{it.attendance}/b",
        {"person": str(anna), f"state-{anna}": "present", f"minutes-{anna}": "30", f"was-{anna}": "present/"},
    )
    db.session.rollback()
    run = certificates.find_run(it.run)
    assert run is not None
    assert hours.of_people(stage.site, run, [anna, boris, it.tutor]) == {anna: 2.0}
    assert hours.of_people(stage.site, run, [boris]) == {}
    assert "<dt>Academic hours at meetings</dt><dd>2</dd>" in it.browser(anna).get(f"{it.base}grades")
    assert "Academic hours at meetings" not in it.browser(boris).get(f"{it.base}grades")

    issued = certificates.issue(stage.site, run, [anna, boris], stage.actor(it.tutor)).issued
    db.session.commit()
    documents = [certificates.find(id) for id in issued]
    assert [(one.person_id, one.snapshot.attended) for one in documents if one] == [(anna, 2.0), (boris, 0)]
    printed = []
    for one in documents:
        assert one is not None
        pages = PdfReader(BytesIO(certificates.document(stage.site, one))).pages
        printed.append(" ".join(pages[0].extract_text().split()))
    assert "Объём программы: 1 академический час, из них на встречах: 2" in printed[0]
    assert "на встречах" not in printed[1]
    assert "of them at meetings: 2" in it.browser(anna).get("/certificates")
