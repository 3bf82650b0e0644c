"""Everybody at once when time is up: learners who save until the deadline and hand in around it, against the server as it is served.

Prints how many saves were acknowledged, how many of them are not in what was marked (none may be), answers with a status of 500 or
more (none may be), and how long an answer took. The server is `lms serve` in a process of its own on loopback; the clients are
threads here, so that all of them share the machine with it: the times say what one small machine does, no more.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select, update

from lms.db import db
from lms.people import sessions
from lms.registry import installed_plugins
from lms.testing import Stage
from lms.testing.stage import migrate
from lms_quiz.models import Attempt
from lms_quiz.reading import Given
from tests.bench.served import free_port

TEXT = ":::{quiz} Последняя минута\n:id: storm\n:time: 60\n:grace: 5\n:attempts: 1\n\n1. Что записано последним?\n   = ничего\n:::"
SECONDS = 10
"""How long people save before their time is up; a browser saves a little after each pause in typing."""


@dataclass
class Sitter:
    """A learner with a connection. `acknowledged` is the number of the last answer the server said it has kept."""

    port: int
    cookie: str
    base: str
    person: int
    acknowledged: int = 0
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    saves: int = 0
    _form: dict[str, str] = field(default_factory=dict)
    _connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, quietly: bool = False) -> tuple[int, str]:
        """Status and body; a connection that broke counts as status 599."""
        headers = {"Cookie": self.cookie}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if quietly:
            headers["X-Requested-With"] = "fetch"
        began = time.perf_counter()
        try:
            if self._connection is None:
                self._connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            self._connection.request(method, path, None if form is None else urlencode(form), headers)
            answer = self._connection.getresponse()
            status, body = answer.status, answer.read().decode()
        except (OSError, HTTPException):
            self._connection, status, body = None, 599, ""
        self.times.append(time.perf_counter() - began)
        self.statuses[status] += 1
        return status, body

    def start(self) -> None:
        """Begin the attempt and read its page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask("GET", self.base)[1])
        assert token
        assert self.ask("POST", f"{self.base}start", {"csrf_token": token[1]})[0] == 303
        page = self.ask("GET", f"{self.base}attempts/1/")[1]
        self._form = {"csrf_token": token[1]}
        for name in ("page", "version"):
            found = re.search(rf'name="{name}" value="(\w+)"', page)
            assert found
            self._form[name] = found[1]

    def save(self) -> None:
        """One more answer, as the page sends it by itself."""
        self.sent += 1
        form = {**self._form, "q1": f"ответ {self.sent}"}
        if self.ask("POST", f"{self.base}attempts/1/save", form, quietly=True)[0] == 204:
            self.acknowledged, self.saves = self.sent, self.saves + 1

    def finish(self) -> None:
        """Hand in, with one more answer; again if the connection broke."""
        self.sent += 1
        form = {**self._form, "q1": f"ответ {self.sent}", "confirmed": "1"}
        for _ in range(5):
            if self.ask("POST", f"{self.base}attempts/1/finish", form)[0] < 500:
                return

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()


@dataclass(frozen=True)
class Storm:
    """What became of it. `lost`: acknowledged saves that are not in what was marked; `open`: attempts that were not handed in."""

    people: int
    saves: int
    lost: int
    open: int
    errors: int
    requests: int
    times: Sequence[float]

    @property
    def slow(self) -> float:
        """Seconds that 95 of 100 answers took at most."""
        return sorted(self.times)[int(len(self.times) * 0.95)] if self.times else 0.0


def sitters(stage: Stage, port: int, people: int) -> list[Sitter]:
    """A quiz and its learners, signed in."""
    run = stage.run(stage.course(lesson=TEXT), ends_on=None)
    base = f"{stage.base(run)}activities/storm/"
    name = sessions.cookie_name(stage.site)
    persons = [stage.person(f"Ученица{number}") for number in range(people)]
    stage.enrol(run, *persons)
    found = []
    for person in persons:
        found.append(Sitter(port, f"{name}={sessions.start(stage.site, person, False, 'storm')}", base, person))
    db.session.commit()
    return found


def result(everybody: Sequence[Sitter]) -> Storm:
    """What the database says came of it."""
    db.session.rollback()
    rows = db.session.execute(select(Attempt.person_id, Attempt.answers, Attempt.marks, Attempt.finished_at)).all()
    kept = {row.person_id: row for row in rows}
    lost = still = 0
    for one in everybody:
        row = kept[one.person]
        reply = Given.model_validate_json(row.answers).replies.get(0, {}) if row.answers else {}
        number = int(str(reply.get("text", "ответ 0")).split()[-1])
        still += row.finished_at is None
        lost += max(0, one.acknowledged - number)
    return Storm(
        len(everybody),
        sum(one.saves for one in everybody),
        lost,
        still,
        sum(count for one in everybody for status, count in one.statuses.items() if status >= 500),
        sum(len(one.times) for one in everybody),
        [taken for one in everybody for taken in one.times],
    )


def all_of(everybody: Sequence[Sitter], act: Callable[[Sitter], None], threads: int = 0) -> None:
    """Do it with all of them at once, or so many at a time."""
    turns = iter(everybody)
    hold = threading.Lock()
    failed: list[BaseException] = []

    def work() -> None:
        while True:
            with hold:
                one = next(turns, None)
            if one is None:
                return
            try:
                act(one)
            except BaseException as error:
                failed.append(error)
                raise

    running = [threading.Thread(target=work) for _ in range(threads or len(everybody))]
    for each in running:
        each.start()
    for each in running:
        each.join()
    if failed:
        raise failed[0]


# ------------------------------------------------------------------------------------------- as a benchmark


@contextmanager
def serving(url: str, data: Path) -> Iterator[int]:
    """`lms serve` on a port of its own."""
    port = free_port()
    environ = {
        **os.environ, "LMS_DATABASE_URL": url, "LMS_DATA_DIR": str(data), "LMS_SECRET_KEY": "k" * 40,
        "LMS_BASE_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    command = [sys.executable, "-m", "lms.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with status {process.returncode}")
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def storm(url: str, people: int) -> Storm:
    """A storm of so many learners on an empty database at `url`."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        plugins = installed_plugins()
        migrate(url, plugins, folder)
        with Stage(url, plugins, folder) as stage:
            stage.clock.run()
            everybody = sitters(stage, 0, people)
            data = Path(stage.site.config.data_dir)
            db.session.remove()
            with serving(url, data) as port:
                for one in everybody:
                    one.port = port
                all_of(everybody, Sitter.start, threads=8)
                for one in everybody:
                    one.times.clear()
                end = time.time() + SECONDS
                db.session.execute(
                    update(Attempt).values(deadline=stage.site.now() + timedelta(seconds=end - time.time()))
                )
                db.session.commit()
                all_of(everybody, lambda one: _until(one, end))
            for one in everybody:
                one.close()
            return result(everybody)


def _until(one: Sitter, end: float) -> None:
    """Save now and then, and hand in from two seconds before the end to two seconds after it."""
    chance = random.Random(one.person)
    last = end + chance.uniform(-2, 2)
    time.sleep(chance.uniform(0, 2))
    while time.time() < min(last, end) - 0.2:
        one.save()
        time.sleep(max(0.0, min(chance.uniform(1.2, 3), min(last, end) - time.time())))
    time.sleep(max(0.0, last - time.time()))
    one.finish()


def told(name: str, found: Storm) -> None:
    """Print it."""
    print(
        f"{name}: {found.people} learners, {found.requests} requests, {found.saves} saves acknowledged, {found.lost} of them lost,"
        f" {found.open} attempts not handed in, {found.errors} errors of the server, 95% of the answers within {found.slow:.2f} s"
    )
