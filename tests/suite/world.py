"""A site with something of everything: two runs of one course with every kind of activity, people in each role, and traces of
what they do, so that every address of every page can be asked with ids that exist.

The activities are done through their pages, as people do them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from sqlalchemy import String, cast, func, literal, select
from werkzeug.test import TestResponse

from lms.allocation.models import AllocationPair
from lms.booking.models import SlotRecord
from lms.calendar import service as calendar
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.db import db
from lms.discussion import letters
from lms.discussion.models import PostRecord, ThreadRecord
from lms.enrolment.models import Enrolment
from lms.files.models import FileRecord
from lms.i18n import Message
from lms.notices import service as notices
from lms.notices.models import Notice
from lms.people import links, sessions
from lms.people.models import Person
from lms.publishing import service as publishing
from lms.questions.models import QuestionRecord
from lms.studio import drafts
from lms.submissions.models import PassageComment, SubmissionRecord
from lms.teams.models import TeamRecord
from lms.testing import Stage

ROLES = ("visitor", "learner", "learner elsewhere", "tutor", "tutor elsewhere", "author", "admin")

COURSE = """---
title: Всё сразу
language: ru
hours: 2
timezone: Europe/Moscow
authors: [Автор]
completion:
  lessons: all
  activities: none
certificate:
  kind: completion
---

О курсе.
"""

QUIZ = """:::{quiz} Вопросы
:id: check

1. Сколько будет дважды два?
   - (x) четыре
   - ( ) пять
2. Кто это?
   = летописец
:::
"""

GAME = """:::{quiz} Викторина
:id: game
:live: play

1. Сколько будет трижды три?
   - (x) девять
   - ( ) шесть
:::
"""

ESSAY = """:::{quiz} Сочинение
:id: essay

1. Расскажите.
   = essay
   = file
:::
"""

SEMINAR = """:::{seminar} Встречи
---
id: meet
seats: 40
sessions:
  - {id: one, title: Первая, starts: day 1 11:30, minutes: 60, code: Мост, link: "https://meet.example.org/one"}
  - {id: two, title: Вторая, starts: day 8 18:00, minutes: 60, task: Запишите вопрос.}
  - {id: three, title: Третья, starts: day 1 11:45, minutes: 60, link: jitsi}
---
О чём мы говорим.
:::

:::{seminar} Школа без звонков
---
id: invent
team: 1-3
design: {files: 1}
sessions:
  - {id: one, title: Первая, starts: day 9 18:00, minutes: 60}
---
Что вместо звонка?
:::
"""

PROJECT = """:::{project} Событие
---
id: event
files: 2
stages:
  - {id: plan, title: Замысел, due: day 10 21:00}
  - {id: story, title: Рассказ, due: day 20 21:00}
---
Придумайте событие.

### Критерии

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Вопрос | 20 | Узкий | question |
:::

:::{project} Вместе
---
id: together
team: "1-3"
contract: [Цель]
shares: agreed
diary: true
consultations: 1
stages:
  - {id: plan, title: Замысел, due: day 10 21:00}
defence:
  criteria: [{title: Ответы, points: 10}]
---
Придумайте событие вместе.
:::
"""

WORKSHOP = """:::{workshop} Сценарий
---
id: peer
reviewers: 1
models: [example]
---
Напишите сценарий.

| Критерий | Баллы | Описание | id |
|---|---|---|---|
| Ясность | 80 | Понятно ли? | clear |
:::
"""

BESIDE = {"models/example.md": "---\ntitle: Пример\nmarks: {clear: 60}\n---\n\nСценарий встречи.\n"}
"""Files of the course that its blocks speak of."""

MASTERCLASS = """:::{masterclass} Вопрос
:id: ask

Читаю вопрос вслух.

***

Возьмите свой.
:::
"""

THUMBS = """:::{thumbs} Пригодилось?
:id: useful
:::
"""

ALL_KINDS = "\n".join((QUIZ, ESSAY, GAME, SEMINAR, PROJECT, WORKSHOP, MASTERCLASS, THUMBS))
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="4"/></svg>'
PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type /Pages /Kids [3 0 R] /Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
)


def publish(stage: Stage, name: str, lesson: str, course: str = COURSE) -> str:
    """A course of two lessons, the first with a picture and the activities, the second plain."""
    root = stage.folder / "courses" / name
    files = {
        "course.md": course,
        "01-module/index.md": "---\ntitle: Модуль\n---\n",
        "01-module/01-lesson.md": f"---\ntitle: Урок\nminutes: 45\n---\n\n![Круг](media/circle.svg)\n\n{lesson}\n",
        **BESIDE,
        "01-module/02-second.md": "---\ntitle: Второй\nminutes: 45\n---\n\nТекст.\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    (root / "01-module/media").mkdir(exist_ok=True)
    (root / "01-module/media/circle.svg").write_bytes(PICTURE)
    done = publishing.publish(stage.site, root)
    assert done.revision is not None, "\n".join(map(str, done.problems))
    db.session.commit()
    return done.course


ANSWER_FILES = ("keep_and_open", "files", "add", "remove", "file")
"""Pages of the files of an answer that a tutor marks."""


class Caller:
    """Sends requests as one person. Its cookies never change, so that signing out is only tried, and redirects are not
    followed, so that an answer is the page's own."""

    def __init__(self, stage: Stage, person: int = 0, language: str = "en") -> None:
        self.stage = stage
        self.person = person
        self._client = stage.app.test_client(use_cookies=False)
        self._cookies = {"lang": language}
        if person:
            found = db.session.get(Person, person)
            assert found is not None
            self._cookies[sessions.cookie_name(stage.site)] = sessions.start(stage.site, person, found.is_admin, "test")
            db.session.commit()
        page = self.send("GET", "/me/mail" if person else "/sign-in")
        for cookie in page.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies.setdefault(name, value)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
        assert token is not None
        self._token = token[1]

    def send(
        self, method: str, path: str, data: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """One request; acts carry the token against forgery."""
        body = (
            {} if method in ("GET", "HEAD") else {"data": {"csrf_token": getattr(self, "_token", ""), **(data or {})}}
        )
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        with self.stage.outside():
            answer = self._client.open(
                path, method=method, headers={"Cookie": cookie, **(headers or {})}, buffered=True, **body
            )
            answer.request.environ["wsgi.input"].close()  # the client writes long forms to a file, and leaves it open
            return answer

    def get(self, path: str) -> str:
        """The text of a page that is there."""
        page = self.send("GET", path)
        assert page.status_code == 200, f"GET {path}: {page.status_code} {gist(page)}"
        return page.get_data(as_text=True)

    def post(self, path: str, status: int = 303, /, **data: Any) -> TestResponse:
        """Send a form that is accepted."""
        page = self.send("POST", path, data)
        assert page.status_code == status, f"POST {path}: {page.status_code} {gist(page)}"
        return page

    def hidden(self, page: str, name: str) -> str:
        """The value of a hidden field of a page."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', self.get(page))
        assert found is not None, f"{page} has no field {name}"
        return found[1]


def gist(page: TestResponse) -> str:
    """What a page says, for messages of tests."""
    main = page.get_data(as_text=True).partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", f"<{main}").split())[:600]


def file(name: str = "plan.pdf", content: bytes = PDF) -> tuple[BytesIO, str]:
    """Something to upload."""
    return BytesIO(content), name


class Group:
    """One run: learners (the first is `learner`), a tutor, and what they have done."""

    def __init__(self, stage: Stage, course: str, slug: str, prefix: str = "", size: int = 3) -> None:
        self.stage = stage
        self.run = stage.run(course, slug)
        self.base = stage.base(self.run)
        self.prefix = prefix
        self.learners: list[int] = []
        self.callers: dict[int, Caller] = {}
        self.thread = self.note = 0
        self.answer_files = ""
        self.tutor = stage.person(f"{prefix}Ведущая")
        stage.enrol(self.run, self.tutor, role="tutor")
        self.join(size)

    @property
    def learner(self) -> int:
        """The first learner."""
        return self.learners[0]

    def at(self, block: str) -> str:
        """Address of an activity."""
        return f"{self.base}activities/{block}/"

    def caller(self, person: int) -> Caller:
        """Somebody's browser."""
        if person not in self.callers:
            self.callers[person] = Caller(self.stage, person)
        return self.callers[person]

    def join(self, count: int) -> list[int]:
        """New learners."""
        new = [self.stage.person(f"{self.prefix}Ученик{len(self.learners) + number:02}") for number in range(count)]
        self.stage.enrol(self.run, *new)
        self.learners += new
        return new

    # ------------------------------------------------------------------ what people do

    def read(self, person: int) -> None:
        """Read both lessons."""
        for lesson in ("lesson", "second"):
            self.caller(person).post(f"{self.base}module/{lesson}/read")

    def take_quiz(self, person: int, finish: bool = True) -> None:
        """One attempt, handed in unless it stays open."""
        caller, base = self.caller(person), self.at("check")
        attempt = caller.post(f"{base}start").location
        if finish:
            fields = {name: caller.hidden(attempt, name) for name in ("page", "version")}
            caller.post(f"{attempt}finish", q2="летописец", confirmed="1", **fields)

    def more_tries(self, person: int) -> None:
        """One attempt more for a person."""
        base = self.at("check")
        self.caller(self.tutor).post(f"{base}overrides/", who=f"person-{person}", tries="1", reason="Болезнь")

    def play(self, person: int) -> None:
        """A round with one player, at its first question."""
        tutor, base = self.caller(self.tutor), self.at("game")
        tutor.post(f"{base}live/open")
        self.caller(person).post(f"{base}live/1/join")
        tutor.post(f"{base}live/1/ask", question="1")

    def write_essay(self, person: int) -> None:
        """An answer that waits for the tutor, and another attempt with a file, which goes on."""
        caller, base = self.caller(person), self.at("essay")
        for finish in (True, False):
            attempt = caller.post(f"{base}start").location
            found = re.search(r'formaction="([^"]*/files/)(\w+)/"', caller.get(attempt))
            assert found is not None
            caller.post(f"{found[1]}{found[2]}/add", files=[file()])
            self.answer_files = found[2]
            if finish:
                fields = {name: caller.hidden(attempt, name) for name in ("page", "version")}
                caller.post(f"{attempt}finish", q1="Вот как.", confirmed="1", **fields)

    def take_seat(self, person: int) -> None:
        """A seat in the seminar."""
        self.caller(person).post(f"{self.at('meet')}seat")

    def talk_at_session(self, person: int) -> None:
        """A question to the speaker, and what the tutor says of the session, with a file."""
        page = f"{self.at('meet')}sessions/one/"
        self.caller(person).post(f"{self.base}questions/meet/to/session:one/", question="Когда начнём?")
        sheet = {"minutes": "Решили начать.", "recording": "https://video.example/1", "materials": "Листок."}
        self.caller(self.tutor).post(f"{page}notes", seen="0", published="y", files=[file("листок.pdf")], **sheet)

    def invent(self, *people: int) -> None:
        """Designs of groups of one, with a question to each: of the tutor to the first, of the first to the others."""
        tutor = self.caller(self.tutor)
        tutor.post(f"{self.base}phases/invent", phase="draft")
        for number, person in enumerate(people, 1):
            self.caller(person).post(f"{self.base}teams/invent/make", name=f"Группа {number}")
            page = f"{self.base}works/invent/own/design/"
            self._send_work(person, page, {"title": "Тишина", "text": "Вместо звонка — тишина."})
        tutor.post(f"{self.base}phases/invent", phase="questions")
        first, *others = self.groups()
        asked = f"{self.base}questions/invent/to/design:team"
        tutor.post(f"{asked}:{first}/", question="Кто это решит?")
        for other in others:
            self.caller(people[0]).post(f"{asked}:{other}/", question="А если шумно?")

    def groups(self) -> list[int]:
        """Ids of the groups that make designs."""
        found = select(TeamRecord.id).where(TeamRecord.run_id == self.run, TeamRecord.block == "invent")
        ids = list(db.session.scalars(found.order_by(TeamRecord.id)))
        db.session.rollback()
        return ids

    def open_times(self, person: int) -> None:
        """Times for advice about the joint project, of which somebody books the first."""
        here = f"{self.base}booking/together"
        given = {"starts": "2026-03-20T10:00", "minutes": "30", "count": "2", "seats": "1", "place": "Кабинет 7"}
        self.caller(self.tutor).post(
            f"{here}/open/consultation", **{f"consultation-{name}": value for name, value in given.items()}
        )
        self.caller(person).post(f"{here}/{self.slot()}/take")

    def slot(self) -> str:
        """The first time of this run."""
        return f"slot-{one(select(func.min(SlotRecord.id)).where(SlotRecord.run_id == self.run))}"

    def hand_in_project(self, person: int, stage: str = "plan", keep: bool = False, block: str = "event") -> None:
        """A stage of the project with a file, as a draft or handed in."""
        page = f"{self.base}works/{block}/own/{stage}/"
        caller = self.caller(person)
        how = "keep" if keep else "hand_in"
        caller.post(page, text="Мой замысел.", seen=caller.hidden(page, "seen"), files=[file()], **{how: "1"})

    def comment_on_project(self) -> None:
        """The tutor gives the work back and, when it comes again, says something about a passage of it."""
        tutor = self.caller(self.tutor)
        work = f"{self.base}works/event/{self._waiting()}/"
        tutor.post(work, seen=tutor.hidden(work, "seen"), give_back="1", feedback="Ещё раз.", comment="Ещё раз.")
        self.hand_in_project(self.learner)
        tutor.post(f"{self.base}works/event/{self._waiting()}/comments", quote="Мой замысел.", text="Чей же ещё.")

    def _waiting(self) -> int:
        """The version of the project that waits for the tutor."""
        mine = (SubmissionRecord.run_id == self.run, SubmissionRecord.block == "event")
        found: int = one(select(SubmissionRecord.id).where(*mine, SubmissionRecord.state == "waiting"))
        return found

    def make_team(self, person: int, name: str) -> None:
        """A team of the joint project."""
        self.caller(person).post(f"{self.base}teams/together/make", name=name)

    def keep_together(self, person: int) -> None:
        """What a team keeps beside its work: a contract, shares, a diary."""
        caller, base = self.caller(person), self.at("together")
        member = f"member-{person}"
        caller.post(f"{base}contract/", text="## Цель\n\nМузей.", seen="0", **{member: "всё"})
        caller.post(f"{base}shares/", seen="0", **{member: "10"})
        caller.post(f"{base}diary/", day="2026-03-01", text="Звонила.")

    def hand_in_work(self, person: int, **more: Any) -> None:
        """A work for the workshop, with a file."""
        data = {"title": "Мой сценарий", "text": "Как **это** было.", "files": [file("сценарий.pdf")], **more}
        self._send_work(person, f"{self.base}works/peer/own/work/", data)

    def try_it(self, person: int) -> None:
        """An attempt in the master class."""
        self._send_work(person, f"{self.base}works/ask/own/attempt/", {"title": "Моя проба", "text": "Кто начнёт?"})

    def _send_work(self, person: int, page: str, data: Mapping[str, Any]) -> None:
        caller = self.caller(person)
        caller.post(page, seen=caller.hidden(page, "seen"), hand_in="1", **data)

    def move_masterclass(self, phase: str) -> None:
        """The tutor moves the master class; attempts are handed out when critiques begin."""
        self.caller(self.tutor).post(f"{self.base}phases/ask", phase=phase)

    def move_workshop(self, phase: str) -> None:
        """The tutor moves the workshop; works are handed out when the reviews begin."""
        self.caller(self.tutor).post(f"{self.base}phases/peer", phase=phase)

    def appeal(self, person: int) -> None:
        """The tutor was asked to look again at a mark, in a time before the workshop was opened again."""
        from lms_workshop.models import Appeal

        now = self.stage.site.now()
        db.session.add(Appeal(run_id=self.run, block="peer", person_id=person, part="work", reason="Прошу.", at=now))
        db.session.commit()

    def talk(self, person: int, block: str = "") -> int:
        """A thread; returns its id."""
        self.caller(person).post(f"{self.base}discussion", title="Вопрос", text="Как вы это делаете?", block=block)
        return one(select(ThreadRecord.id).where(ThreadRecord.run_id == self.run).order_by(ThreadRecord.id.desc()))

    def reply(self, person: int, thread: int) -> None:
        """A post in a thread."""
        self.caller(person).post(f"{self.base}discussion/{thread}", text="Вот так.")

    def notice(self, person: int) -> int:
        """A notice; returns its id."""
        notices.notify(self.stage.site, [person], "activity", Message("Quiz"), self.base)
        db.session.commit()
        return one(select(Notice.id).where(Notice.person_id == person).order_by(Notice.id.desc()))

    def certificate(self, *people: int, by: int) -> None:
        """Certificates for people who have read the lessons."""
        found = certificates.find_run(self.run)
        assert found is not None
        outcome = certificates.issue(self.stage.site, found, people, self.stage.actor(by))
        assert len(outcome.issued) == len(people)
        db.session.commit()

    def live(self, admin: int) -> None:
        """Something of everything: a finished and an open attempt, a work that waits and a draft, a workshop in its reviews…"""
        first, second = self.learners[:2]
        self.read(first)
        self.take_quiz(first)
        self.take_quiz(first, finish=False)
        self.write_essay(first)
        self.play(first)
        self.more_tries(first)
        self.take_seat(first)
        self.hand_in_project(first)
        self.hand_in_project(first, "story", keep=True)
        self.comment_on_project()
        self.make_team(first, "Первая")
        self.make_team(second, "Вторая")
        self.keep_together(first)
        self.open_times(first)
        self.talk_at_session(first)
        self.invent(first, second)
        for person in self.learners[:3]:
            self.hand_in_work(person)
        self.move_workshop("review")
        self.appeal(first)
        self.move_masterclass("attempt")
        for person in self.learners[:3]:
            self.try_it(person)
        self.move_masterclass("critique")
        self.thread = self.talk(first)
        self.reply(first, self.thread)
        self.talk(first, "meet")
        self.note = self.notice(first)
        self.certificate(first, by=admin)

    def ids(self) -> dict[str, Any]:
        """Real values of the parameters of addresses, by name or by `<endpoint>.<name>` where a name means several things."""
        from lms_project.models import Entry
        from lms_quiz.models import Override
        from lms_workshop.models import Appeal, Work

        db.session.rollback()
        plan = self._waiting()
        theirs = FileRecord.run_id == self.run
        work = one(select(Work.id).where(Work.run_id == self.run, Work.owner == f"person:{self.learner}"))
        subject = literal("work:") + cast(Work.id, String)
        to_do = select(Work.number).join(AllocationPair, AllocationPair.subject == subject)
        to_do = to_do.where(AllocationPair.run_id == self.run, AllocationPair.reviewer_id == self.learner)
        looks_at = (
            AllocationPair.run_id == self.run,
            AllocationPair.block == "ask",
            AllocationPair.reviewer_id == self.learner,
        )
        attempt = str(one(select(AllocationPair.subject).where(*looks_at)) or ":0").partition(":")[2]
        mine_too = FileRecord.purpose == f"answer:{self.answer_files}"
        certificate = (Certificate.run_id == self.run, Certificate.person_id == self.learner)
        teams = select(TeamRecord.id).where(TeamRecord.run_id == self.run).order_by(TeamRecord.id)
        found = {
            "course": self.base.split("/")[2],
            "module": "module",
            "lesson": "lesson",
            "run_id": self.run,
            "person_id": self.learners[-1],
            "person": self.learner,
            "thread": self.thread,
            "post": one(select(PostRecord.id).where(PostRecord.thread_id == self.thread)),
            "notice_id": self.note,
            "certificate_id": one(select(Certificate.id).where(*certificate)),
            "code": one(select(Certificate.code).where(*certificate)),
            "manage.remove_tutor.person_id": self.tutor,
            "team_id": one(select(TeamRecord.id).where(TeamRecord.run_id == self.run).order_by(TeamRecord.id.desc())),
            "meeting": "one",
            "slot": self.slot(),
            "purpose": "consultation",
            "stage": "plan",
            "id": plan,
            **{f"masterclass.{page}.id": int(attempt) for page in ("critique", "save")},
            "comment_id": one(select(PassageComment.id).where(PassageComment.submission_id == plan)),
            "file_id": one(select(FileRecord.id).where(theirs, FileRecord.purpose == f"submission:{plan}")),
            "number": 1,
            "kind": "person",
            "entry_id": one(select(Entry.id).where(Entry.run_id == self.run)),
            **{f"project.{page}.kind": "contract" for page in PACTS},
            **{f"project.{page}.kind": "team" for page in OWNERS},
            **{f"project.{page}.number": one(teams) for page in OWNERS},
            **{f"submissions.{page}.number": self.learner for page in ("more_time", "give_time")},
            "question": 1,
            "quiz.save.number": 2,
            "quiz.finish.number": 2,
            "quiz.ask.number": 2,
            "quiz.check_one.number": 2,
            "quiz.try_again.number": 2,
            "quiz.go.number": 2,
            "override": one(select(Override.id).where(Override.run_id == self.run, Override.person_id == self.learner)),
            "token": self.answer_files,
            **{f"quiz.{page}.token": self.answer_files for page in ANSWER_FILES},
            **{
                f"quiz.{page}.file_id": one(select(FileRecord.id).where(theirs, mine_too))
                for page in ("file", "remove")
            },
            "session": "one",
            "rooms.room.meeting": "three",
            **self._asked(),
            **{f"workshop.{page}.number": one(to_do) for page in ("review", "save_review", "review_file")},
            "workshop.reply.number": 1,
            "appeal_id": one(select(Appeal.id).where(Appeal.run_id == self.run)),
            "place": 1,
            "work_id": work,
            "pair_id": one(select(AllocationPair.id).where(AllocationPair.subject == f"work:{work}")),
            "review_id": one(to_do.with_only_columns(AllocationPair.id).where(AllocationPair.block == "peer")),
            "part": "work",
        }
        return {name: value for name, value in found.items() if value is not None}

    def _asked(self) -> dict[str, Any]:
        """Values of the addresses of questions, of the files of sessions, and of designs."""

        def number(subject: str) -> Any:
            here = (QuestionRecord.run_id == self.run, QuestionRecord.subject == subject)
            return one(select(QuestionRecord.id).where(*here).order_by(QuestionRecord.id))

        mine, other = (*self.groups(), 0, 0)[:2]  # a group that has lived has two
        beside = (FileRecord.run_id == self.run, FileRecord.purpose == "session:one")
        return {
            **{f"questions.{page}.number": number(f"design:team:{mine}") for page in ("one", "answer")},
            **{f"questions.{page}.number": number("session:one") for page in ("vote", "withdraw")},
            "subject": f"design:team:{other}",
            "seminar.group.team_id": mine,
            **{f"seminar.{page}.file_id": one(select(FileRecord.id).where(*beside)) for page in ("session_file", "remove_file")},
        }  # fmt: skip


LESSON = "01-module/01-lesson.md"


def draft(stage: Stage, course: str, author: int, more: str = "Правка.") -> None:
    """An author adds a line to the first lesson of a course, in its draft."""
    db.session.rollback()
    found = drafts.standing(course)
    assert found is not None
    before = found.files[LESSON].sha256
    text = (drafts.content(stage.site, before) or b"") + f"\n{more}\n".encode()
    drafts.save(stage.site, course, LESSON, text, before, stage.actor(author))
    db.session.commit()


def one(query: Any) -> Any:
    """The first value of a query, or None."""
    found = db.session.execute(query.limit(1)).scalar()
    db.session.rollback()
    return found


WORKS = (
    "own", "save", "own_file", "work", "answer", "comment", "take_back", "changes", "file", "more_time", "give_time",
    "agree", "gallery", "public", "public_file",
)  # fmt: skip
"""The core's pages of works."""

PACTS = ("pact", "propose", "answer")
"""A project's pages of contracts and shares."""

OWNERS = ("owner_passport", "defend", "assess", "write_minutes", "shares", "decide")
"""A project's pages about one team."""

MEETINGS = (
    "board", "save", "table", "one", "save_one", "sheet", "time", "move", "call_off", "as_planned", "join", "code", "declare",
    "send_declaration",
)  # fmt: skip
"""Pages of attendance."""

BLOCKS = {
    "quiz": "check", "seminar": "meet", "project": "event", "workshop": "peer", "masterclass": "ask", "thumbs": "useful", "": "peer",
    **{
        f"quiz.live_{page}": "game"
        for page in ("rounds", "open", "round", "pulse", "ask", "close", "end", "join", "look", "answer")
    },
    **{f"quiz.{page}": "essay" for page in ("waiting", "answer", "assess", *ANSWER_FILES)},
    **{
        f"teaming.{page}": "together"
        for page in ("teams", "make", "join", "leave", "rename", "put", "take_out", "call", "proposal", "draw")
    },
    **{
        f"project.{page}": "together"
        for page in (*PACTS, *OWNERS, "entries", "write", "entry", "change", "own_passport")
    },
    **{f"submissions.{page}": "event" for page in WORKS},
    **{f"seminar.{page}": "invent" for page in ("designs", "group")},
    **{f"questions.{page}": "invent" for page in ("to", "ask", "one", "answer")},
    **{f"questions.{page}": "meet" for page in ("vote", "withdraw")},
    "rooms.room": "meet",
    **{f"attendance.{page}": "meet" for page in MEETINGS},
    **{f"booking.{page}": "together" for page in ("index", "open_times", "one", "move", "call_off", "take", "leave")},
}  # fmt: skip
"""The block each kind's pages are asked at, or one page of it; "": the core's own pages about a block."""

ALSO = {"project": ("together",), "quiz": ("essay", "game"), "seminar": ("invent",), "workshop": ("ask",)}
"""Further blocks of a kind."""

LESSON_ONLY = ("useful", "game")
"""Blocks without a first page of their own."""


class World:
    """The site, its two groups and a caller for each role."""

    def __init__(self, stage: Stage, lesson: str = ALL_KINDS) -> None:
        self.stage = stage
        stage.site.config = stage.site.config.model_copy(update={"jitsi_url": "https://video.example"})
        self.course = publish(stage, "everything", lesson)
        self.author = stage.person("Авторова", is_author=True)
        self.admin = stage.person("Админова", is_admin=True)
        self.here = Group(stage, self.course, "spring")
        self.there = Group(stage, self.course, "autumn", "Иной")
        for group in (self.here, self.there):
            group.live(self.admin)
        self.callers = {
            "visitor": Caller(stage),
            "learner": self.here.caller(self.here.learner),
            "learner elsewhere": self.there.caller(self.there.learner),
            "tutor": self.here.caller(self.here.tutor),
            "tutor elsewhere": self.there.caller(self.there.tutor),
            "author": Caller(stage, self.author),
            "admin": Caller(stage, self.admin),
        }
        token = links.make(stage.site, self.here.learners[2], "reset")
        feed = calendar.new_address(stage.site, self.here.learner).partition("?")[2]
        db.session.commit()
        draft(stage, self.course, self.author)
        leaving = letters.address(stage.site, self.here.learner, self.here.thread).rpartition("/")[2]
        media = re.search(
            r"/media/([^\"]+)", self.here.caller(self.here.learner).get(f"{self.here.base}module/lesson/")
        )
        assert media is not None
        self.values = {
            **self.here.ids(), "token": token, "slug": self.course, "name": media[1], "path": "app.css",
            "discussion.letters.token": leaving, "discussion.no_more_letters.token": leaving,
            "version": 1, "item": "check",
        }  # fmt: skip
        self.forms = {"manage.change_role": {"role": "author", "on": "1"}}
        self.queries = {"calendar.file": feed, "studio.edit": f"path={LESSON}", "folders.file": f"path={LESSON}"}
        nobody = {
            "run_id": 987_654,
            "person_id": 987_654,
            "token": "nothing",
            "slug": "nothing",
            "item": "nothing",
            "version": 987_654,
            "name": "0" * 32 + ".png",
        }
        self.foreign = {
            **self.there.ids(), **nobody, "course": "everything@nowhere",
            # these two tell everybody what the course is, whatever run is named
            "progress.course.course": "nothing@spring", "progress.about.course": "nothing@spring",
            "code": "2222-2222-2222", "path": "nothing.css",
            "module": "nothing", "lesson": "nothing", "stage": "nothing",
            "meeting": "nothing", "slot": "slot-987654", "purpose": "nothing", "session": "nothing", "rooms.room.meeting": "nothing",
            "question": 77, "place": 9, "part": "nothing", "number": 77, "kind": "nothing", "subject": "nothing",
            **{f"questions.{page}.number": 987_654 for page in ("one", "answer", "vote", "withdraw")},
            **{f"quiz.{page}.number": 77 for page in ("save", "finish", "ask", "check_one", "try_again", "go")}, "override": 987_654,
            **{f"workshop.{page}.number": 77 for page in ("review", "save_review", "review_file", "reply")}, "appeal_id": 987_654,
            **{f"project.{page}.kind": "nothing" for page in (*PACTS, *OWNERS)},
            "workshop.hand_mark.person_id": self.there.learner, "workshop.set_mark.person_id": self.there.learner,
        }  # fmt: skip

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is written within is undone afterwards: everything happens on one connection, in a savepoint of it."""
        db.session.remove()
        engines = db.engines
        engine = engines[None]
        with engine.connect() as connection, connection.begin() as outer:
            savepoint = connection.begin_nested()
            engines[None] = connection  # type: ignore[assignment]  # a session joins the savepoint instead of committing
            try:
                yield
            finally:
                db.session.remove()
                engines[None] = engine
                savepoint.rollback()
                outer.rollback()

    def members(self, run: int) -> Sequence[tuple[int, str]]:
        """(person, state) of a run, to see what a request has changed."""
        rows = db.session.execute(select(Enrolment.person_id, Enrolment.state).where(Enrolment.run_id == run))
        return [(row.person_id, row.state) for row in rows]
