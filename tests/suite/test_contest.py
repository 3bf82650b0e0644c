"""A form of activity that nobody planned is a small plugin of the shared parts: entries, jury, vote, board."""

from pathlib import Path

from lms.db import db
from lms.submissions.models import SubmissionRecord
from lms.testing import PluginConformance
from tests.suite import contest

FOLDER = Path(contest.__file__).parent
LESSON = """:::{contest} Плакат
---
id: poster
votes: 1
phases:
  entries: {opens: day 1, closes: day 7}
  judging: {closes: day 9}
---
Нарисуйте плакат.

| Критерий | Баллы | id |
|---|---|---|
| Замысел | 10 | idea |
:::
"""


class TestConformance(PluginConformance):
    plugin = contest.plugin
    lesson = LESSON
    block = "poster"

    def test_it_is_small(self):
        texts = [path.read_text("utf-8") for path in FOLDER.rglob("*") if path.suffix in (".py", ".html")]
        assert len(texts) == 2
        assert sum(len(text.splitlines()) for text in texts) < 120

    def test_a_whole_contest(self, stage):
        run = stage.run(stage.course(lesson=LESSON))
        base = stage.base(run)
        page, own = f"{base}activities/poster/", f"{base}works/poster/own/entry/"
        people = [stage.person(name) for name in ("Антонова", "Борисова", "Власова")]
        first, second = (stage.person(name) for name in ("Жюрина", "Судьина"))
        stage.enrol(run, *people)
        stage.enrol(run, first, second, role="tutor")

        def send(person, title, status=200, seen="1.0"):
            data = {"title": title, "text": f"Вот он: **{title}**.", "seen": seen, "hand_in": "1"}
            return stage.browser(person).post(own, data, status=status)

        send(people[0], "Мост")
        send(people[0], "Мост", seen="2.0")
        send(people[1], "Берег")
        browser = stage.browser(people[2])
        assert "Берег" not in browser.get(page), "nobody looks before the time is over"
        assert [row.number for row in db.session.query(SubmissionRecord).order_by(SubmissionRecord.id)] == [1, 2, 1]
        browser.get(f"{base}works/poster/2/", status=404)
        assert (stage.results(run, people[0])["poster"].state, stage.results(run, people[0])["poster"].points) == (
            "pending",
            None,
        )
        assert "Works are not marked here now." in stage.browser(first).post(f"{base}works/poster/2/", status=422)

        stage.move(days=7)
        stage.tick()
        assert "Entries are not taken now." in send(people[2], "Опоздала", status=422)
        for judge, points in ((first, ("8", "4")), (second, ("6", "2"))):
            jury = stage.browser(judge)
            for work, given in zip((2, 3), points, strict=True):
                form = jury.get(f"{base}works/poster/{work}/")
                assert "Keep the marks" in form
                assert "Accept the work" not in form
                jury.post(f"{base}works/poster/{work}/", {"seen": "", "criterion-idea": given, "comment": "Так."})
        browser = stage.browser(people[2])
        assert "<strong>Мост</strong>" in browser.get(f"{base}works/poster/2/")
        vote = {"subject": "submission:3", "vote": "yes"}
        assert "You voted for this" in browser.post(f"{page}votes", vote)
        assert "take one back first" in browser.post(f"{page}votes", {**vote, "subject": "submission:2"}, status=422)
        assert "One does not vote for one" in stage.browser(people[1]).post(f"{page}votes", vote, status=422)
        assert "1 vote" not in browser.get(page), "how it goes is seen at the end"

        stage.move(days=2)
        stage.tick()
        board = stage.browser(people[2]).get(page)
        assert [board.index(text) for text in ("Мост", "70%", "Берег", "30%", "1 vote")] == sorted(
            board.index(text) for text in ("Мост", "70%", "Берег", "30%", "1 vote")
        )
        assert "The vote is closed." in stage.browser(people[2]).post(f"{page}votes", vote, status=422)
        for person, points in zip(people[:2], (70, 30), strict=True):
            result = stage.results(run, person)["poster"]
            assert (result.state, result.completed, result.points) == ("complete", True, points)
        assert "poster" not in stage.results(run, people[2])
