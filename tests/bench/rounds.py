"""What a round of a quiz costs: thirty phones that answer at once and ask again and again whether something has happened.

The server is the product's own (waitress) on loopback, with SQLite. The yardstick stands in the same server: an application that does
nothing but write one row for each request, safely to the disk. Both are asked by the same thirty clients; a figure is how many times
longer the product takes, by the clock.
"""

import logging
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from lms.db import db
from lms.people import sessions
from lms.testing import Stage
from lms.testing.stage import migrate
from lms_quiz import plugin as quiz
from tests.bench.courses import shown
from tests.bench.served import free_port, on_loopback

PHONES = 30
POLLS = 20
"""How often each phone asks between two questions."""


@contextmanager
def served(app: Any) -> Iterator[int]:
    """The port that this application answers on."""
    port = free_port()
    with on_loopback(app, port):
        yield port


def yardstick(folder: Path) -> Flask:
    """One INSERT for each request."""
    app = Flask("yardstick", static_folder=None)
    path = folder / "yardstick.db"
    kept = threading.local()

    def connection() -> sqlite3.Connection:
        if not hasattr(kept, "connection"):
            kept.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                kept.connection.execute(f"PRAGMA {pragma}")
            kept.connection.execute("CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, reply TEXT)")
        found: sqlite3.Connection = kept.connection
        return found

    @app.post("/")
    def insert() -> tuple[str, int]:
        connection().execute("INSERT INTO answer (reply) VALUES ('x')")
        return "", 204

    return app


class Client:
    """One phone, on a connection of its own."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": cookie} if cookie else {}

    def ask(
        self, method: str, path: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, body and ETag of one answer."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        self.connection.request(
            method, path, urlencode(form) if form is not None else None, {**self.headers, **kind, **(headers or {})}
        )
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("ETag", "")


def all_at_once(acts: Sequence[Callable[[], None]]) -> float:
    """Seconds until all have done it."""
    with ThreadPoolExecutor(len(acts)) as pool:
        began = time.perf_counter()
        for done in [pool.submit(act) for act in acts]:
            done.result()
        return time.perf_counter() - began


def rounds(quick: bool, turns: int) -> None:
    """Print the rows: answers and looks, as ratios to the yardstick, and how many in a second."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that they wait for each other is what is measured
    questions = turns + 1 if quick else 4 * turns + 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        url = f"sqlite:///{folder / 'round.db'}"
        migrate(url, (quiz,), folder)
        with Stage(url, (quiz,), folder) as stage, served(stage.app) as port, served(yardstick(folder)) as floor_port:
            phones, tutor, address = _players(stage, port, questions)
            floors = [Client(floor_port) for _ in range(PHONES)]
            figures: dict[str, list[float]] = {name: [] for name in ("answer", "answers", "look", "looks")}
            for number in range(1, questions + 1):
                _post(tutor, f"{address}ask", question=str(number), seconds="600")
                forms = [_form(phone, address, number) for phone in phones]
                answer = f"{address}answer"
                ours = all_at_once(
                    [partial(_post, phone, answer, **form) for phone, form in zip(phones, forms, strict=True)]
                )
                polled = all_at_once([partial(_poll, phone, address) for phone in phones])
                floor = all_at_once([partial(_insert, client, 1) for client in floors])
                floor_many = all_at_once([partial(_insert, client, POLLS) for client in floors])
                _post(tutor, f"{address}close", question=str(number))
                stage.move(seconds=4)
                if number > 1:  # the first warms both up
                    figures["answer"].append(ours / floor)
                    figures["look"].append(polled / floor_many)
                    figures["answers"].append(PHONES / ours)
                    figures["looks"].append(PHONES * POLLS / polled)
    print(f"{f'a round of {PHONES} phones':44}{'ratio':>10}{'goal':>8}{'spread':>16}")
    shown("an answer to a question", figures["answer"])
    shown("  in a second", figures["answers"], form=".0f")
    shown("a look whether something has happened", figures["look"])
    shown("  in a second", figures["looks"], form=".0f")


def _players(stage: Stage, port: int, questions: int) -> tuple[list[Client], Client, str]:
    """Phones that are in a round, the tutor who leads it, and its address."""
    body = "\n".join(f"{n}. Вопрос {n}?\n   - (x) да\n   - ( ) нет" for n in range(1, questions + 1))
    run = stage.run(stage.course(lesson=f":::{{quiz}} Игра\n:id: game\n:live: play\n\n{body}\n:::"))
    learners = [stage.person(f"Ученица{number}") for number in range(PHONES)]
    leader = stage.person("Ведущая")
    stage.enrol(run, *learners)
    stage.enrol(run, leader, role="tutor")
    name = sessions.cookie_name(stage.site)
    clients = []
    for person in (leader, *learners):
        secret = sessions.start(stage.site, person, False, "bench")
        db.session.commit()
        clients.append(Client(port, f"{name}={secret}"))
    tutor, *phones = clients
    base = f"{stage.base(run)}activities/game/live/"
    db.session.remove()  # nothing is held while the server writes
    _post(tutor, f"{base}open")
    for phone in phones:
        _post(phone, f"{base}1/join")
    return phones, tutor, f"{base}1/"


def _token(client: Client) -> str:
    if "X-CSRFToken" not in client.headers:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.ask("GET", "/courses/")[1])
        assert found
        client.headers["X-CSRFToken"] = found[1]
    return client.headers["X-CSRFToken"]


def _post(client: Client, path: str, **form: str) -> None:
    status, body, _ = client.ask("POST", path, {"csrf_token": _token(client), **form})
    assert status == 303, f"POST {path}: {status} {body[:300]}"


def _form(phone: Client, address: str, number: int) -> dict[str, str]:
    """The answer this phone would send."""
    options = re.findall(r'name="(q\d+)" value="(\w+)"', unescape(phone.ask("GET", address)[1]))
    return {"question": str(number), options[0][0]: options[0][1]}


def _poll(phone: Client, address: str) -> None:
    tag = ""
    for _ in range(POLLS):
        headers = {"If-None-Match": tag} if tag else {}
        status, _, found = phone.ask("GET", f"{address}pulse", headers=headers)
        assert status in (200, 304)
        tag = found or tag


def _insert(client: Client, times: int) -> None:
    for _ in range(times):
        assert client.ask("POST", "/", {})[0] == 204
