"""The demonstration as a newcomer gets it: the course that comes with the program, all activities, every role at its pages."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from lms.certificates.rules import show_code
from lms.cli import main
from lms.db import db
from lms.demo.site import open_demo
from lms.plugin import Activity, Demo


class Visitor:
    """A browser without JavaScript at the demonstration."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path, status=200):
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def sign_in(self, account):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/sign-in"))[1]
        sent = {"csrf_token": token, "email": account["email"], "password": account["password"]}
        answer = self.client.post("/sign-in", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        return self


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the command printed, and where the site is."""
    folder = tmp_path_factory.mktemp("demo") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LC_ALL", "en_US.UTF-8")
        found = CliRunner().invoke(main, ["demo", "--data", str(folder), "--no-serve", "--format", "json"])
    assert found.exit_code == 0, found.output
    return folder, json.loads(found.stdout)


@pytest.fixture(scope="module")
def app(told):
    folder, _ = told
    app, _accounts = open_demo(folder, "http://127.0.0.1:8000")
    return app


@pytest.fixture(scope="module")
def rows(app):
    def ask(statement):
        with app.app_context():
            found = [tuple(row) for row in db.session.execute(text(statement))]
            db.session.remove()
            return found

    yield ask
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def signed_in(app, told):
    return {account["role"]: Visitor(app).sign_in(account) for account in told[1]["accounts"]}


RUN = "/courses/network-community@second/"


def links(page: str, pattern: str) -> list[str]:
    return sorted(set(re.findall(rf'href="({pattern})"', page)))


def test_it_prints_the_address_and_one_account_a_role(told):
    _, printed = told
    assert list(printed) == ["url", "accounts"]
    assert printed["url"] == "http://127.0.0.1:8000"
    assert [sorted(account) for account in printed["accounts"]] == [["email", "password", "role"]] * 4
    assert [account["role"] for account in printed["accounts"]] == ["admin", "author", "tutor", "learner"]


def test_every_kind_of_activity_that_gives_marks_leads_a_life(app):
    site = app.extensions["site"]
    required = {kind.name for kind in site.of(Activity)} - {"thumbs"}
    assert {demo.kind for demo in site.of(Demo)} == required


def test_the_learner_opens_all_pages_of_the_course(signed_in):
    learner = signed_in["learner"]
    home = learner.get("/")
    assert RUN in home
    assert "вымышлены" in home
    page = learner.get(RUN)
    lessons = links(page, re.escape(RUN) + r"(?!activities)[\w-]+/[\w-]+/")
    assert len(lessons) >= 12
    closed = 0
    for path in lessons:
        answer = learner.client.get(path)
        assert answer.status_code in (200, 403), path
        closed += answer.status_code == 403
        for activity in links(answer.get_data(as_text=True), re.escape(RUN) + r"activities/[\w-]+/"):
            answer = learner.client.get(activity, follow_redirects=True)
            assert answer.status_code in (200, 403), activity
    assert closed < len(lessons) / 2
    for path in ("grades", "people", "discussion", "about"):
        learner.get(RUN + path)
    for path in ("/courses/", "/calendar", "/notices", "/me", "/certificates", "/me/export"):
        learner.get(path)


def test_the_tutor_finds_a_group_at_different_points_with_works_that_wait(signed_in):
    tutor = signed_in["tutor"]
    assert RUN in tutor.get("/")
    page = tutor.get(RUN + "group?lang=en")
    waiting = [int(count) for count in re.findall(r"</a>: (\d+) works? wait", page)]
    assert sum(waiting) >= 1  # how many depends on the hour: the demonstration ends now
    shares = re.findall(r'<th scope="row">[^<]*</th><td class="number">([^<]*)</td>', page)
    assert len(shares) == 18
    assert len(set(shares)) >= 3
    for activity in links(page, re.escape(RUN) + r"activities/[\w-]+/"):
        tutor.get(activity)
    for path in ("", "gradebook", "gradebook?all=1", "gradebook.csv", "people", "discussion"):
        tutor.get(RUN + path)


def test_the_author_and_the_admin_open_their_pages(signed_in):
    author, admin = signed_in["author"], signed_in["admin"]
    for path in ("/", "/manage/", "/manage/courses", "/manage/courses/network-community", RUN):
        author.get(path)
    assert f'<a href="{RUN}people">' in admin.get("/manage/")
    paths = ["/manage/runs", "/manage/runs/new", "/manage/people", "/manage/certificates", "/manage/courses"]
    for run in (1, 2, 3):
        paths += [f"/manage/runs/{run}", f"/manage/runs/{run}/certificates", f"/manage/runs/{run}/import"]
    for path in [*paths, "/manage/people/5", "/", RUN, RUN + "group"]:
        admin.get(path)


def test_certificates_of_the_finished_run_verify(app, rows):
    certificates = rows("SELECT code, number FROM certificate")
    assert len(certificates) >= 5
    visitor = Visitor(app)
    for code, number in certificates:
        page = visitor.get(f"/verify/{show_code(code)}")
        assert number in page
        assert "Сетевое сообщество учителя" in page
    visitor.get("/verify/0000-0000-0000-0000-0000-0000-0000", 404)


def test_speakers_are_asked_and_answer(rows):
    states = dict(rows("SELECT state, count(*) FROM question GROUP BY state"))
    assert states["answered"] >= 2
    assert rows("SELECT count(*) FROM vote WHERE ballot = 'questions'")[0][0] >= 4
    assert rows("SELECT count(*) FROM seminar_session WHERE published AND minutes <> ''")[0][0] >= 2


WORKSHOP = "run_id = 2 AND block = 'peer-workshop'"


def reviews_done(rows, block):
    here = f"run_id = 2 AND block = '{block}' AND role = 'peer' AND done_at IS NOT NULL"
    return rows(f"SELECT count(*) FROM assessment WHERE {here}")[0][0]


def test_the_master_class_has_attempts_and_critiques(rows, signed_in):
    tried = rows("SELECT count(DISTINCT owner) FROM submission WHERE run_id = 2 AND block = 'good-question'")[0][0]
    assert tried >= 8
    assert reviews_done(rows, "good-question") >= tried
    assert "Everybody&#39;s attempts" in signed_in["tutor"].get(RUN + "activities/good-question/?lang=en")


def test_the_workshop_is_in_review(rows, signed_in):
    works = dict(rows("SELECT 'work:' || id, owner FROM workshop_work WHERE run_id = 2"))
    pairs = rows("SELECT subject, reviewer_id FROM allocation_pair WHERE run_id = 2 AND block = 'peer-workshop'")
    assert len(works) >= 8
    assert sorted(work for work, _ in pairs) == sorted([*works, *works])
    assert all(works[work] != f"person:{reviewer}" for work, reviewer in pairs)
    assert 0 < reviews_done(rows, "peer-workshop") < len(pairs)
    page = signed_in["tutor"].get(RUN + "activities/peer-workshop/?lang=en")
    assert re.findall(r'class="phase phase-now"[^>]*>\s*<span class="phase-title">([^<]*)</span>', page) == [
        "Reviewing"
    ]


def test_late_in_the_evening_too_a_review_is_left_to_write(tmp_path):
    now = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
    app, _accounts = open_demo(tmp_path / "site", "http://127.0.0.1:8000", now=now)
    with app.app_context():
        pairs = db.session.scalar(text(f"SELECT count(*) FROM allocation_pair WHERE {WORKSHOP}"))
        done = db.session.scalar(text(f"SELECT count(*) FROM assessment WHERE {WORKSHOP} AND role = 'peer'"))
        db.session.remove()
        db.engine.dispose()
    assert (pairs, done) == (24, 23)


def test_nothing_of_the_site_has_failed(app, rows):
    assert list(app.extensions["site"].troubles) == []
    assert rows("SELECT count(*) FROM outbox") == [(0,)]
    assert rows("SELECT count(*) FROM result WHERE points > max_points") == [(0,)]


def test_it_is_found_again_with_the_same_accounts(told):
    folder, printed = told
    before = Path(folder / "demo.json").read_text("utf-8")
    found = CliRunner().invoke(
        main, ["demo", "--data", str(folder), "--no-serve", "--format", "json", "--port", "9000"]
    )
    again = json.loads(found.stdout)
    assert (again["url"], again["accounts"]) == ("http://127.0.0.1:9000", printed["accounts"])
    assert Path(folder / "demo.json").read_text("utf-8") == before
