"""The floor: a small Flask application that does by hand, in plain SQL, what a learning system cannot do without.

A signed cookie, the session's row, person, enrolment, content, progress, a Jinja layout with escaping; answers committed to disk;
passwords hashed as in the product. No forms, no translations, no plugins, no policies: what the product costs above this is what
those are paid with.
"""

import json
import os
import sqlite3
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, Response, abort, g, redirect, request
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import DictLoader, Environment

URL = os.environ["BENCH_DATABASE"]
SIGNER = URLSafeSerializer("floor" * 8)
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

LAYOUT = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="/static/app.css"></head><body><header><nav><ul>{% for label, href in nav %}<li><a href="{{ href }}">{{ label }}</a></li>
{% endfor %}</ul></nav><p>{{ person.surname }} {{ person.given_name }}</p></header><main>{% block main %}{% endblock %}</main></body></html>"""
PAGES = {
    "layout": LAYOUT,
    "course": """{% extends "layout" %}{% block title %}{{ course }}{% endblock %}{% block main %}<h1>{{ course }}</h1>{% for module, items in modules %}
<h2>{{ module }}</h2><ol>{% for id, title, kind in items %}<li class="{{ kind }}"><a href="{{ id }}/">{{ title }}</a> <span>{{ "done" if id in done else "open" }}</span></li>
{% endfor %}</ol>{% endfor %}{% endblock %}""",
    "lesson": """{% extends "layout" %}{% block title %}{{ title }}{% endblock %}{% block main %}<h1>{{ title }}</h1>{{ body|safe }}
<ul>{% for id, other in beside %}<li><a href="{{ id }}">{{ other }}</a> {{ "done" if id in done else "open" }}</li>{% endfor %}</ul>{% endblock %}""",
    "quiz": """{% extends "layout" %}{% block title %}Quiz{% endblock %}{% block main %}<form method="post">{% for question in questions %}<fieldset><legend>{{ question.text }}</legend>
{% for option in question.options %}<label><input type="radio" name="q{{ question.id }}" value="{{ loop.index }}">{{ option }}</label>{% endfor %}</fieldset>{% endfor %}
<button>Send</button></form>{% endblock %}""",
    "review": """{% extends "layout" %}{% block title %}Result{% endblock %}{% block main %}<p>{{ right }} / {{ total }}</p>{% endblock %}""",
}
GRADES = """{% extends "layout" %}{% block title %}Grades{% endblock %}{% block main %}<table>{% for row in rows %}<tr><th>{{ row[0] }}</th>{% for value in row[1] %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</table>{% endblock %}"""
BOARD = """{% extends "layout" %}{% block title %}Board{% endblock %}{% block main %}<p>{{ done }} / {{ total }}</p><table>{% for name, title, number, reviews in rows %}<tr><th>{{ name }}</th><td>{{ title }} {{ number }}</td>
<td>{% for reviewer, share in reviews %}<div>{{ reviewer }} {{ share }}</div>{% endfor %}</td></tr>
{% endfor %}</table>{% endblock %}"""
ENV = Environment(loader=DictLoader(PAGES | {"grades": GRADES, "board": BOARD}), autoescape=True, auto_reload=False)
NAV = [("Home", "/"), ("Courses", "/courses/"), ("Calendar", "/calendar"), ("Notices", "/notices")]
QUESTIONS = [
    {"id": n, "text": f"Question {n}", "options": ["one", "two", "three", "four"], "right": 2} for n in range(1, 11)
]

app = Flask("floor", static_folder=None)


def connect() -> Any:
    if URL.startswith("sqlite"):
        connection = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection
    import psycopg

    return psycopg.connect(URL.replace("+psycopg", ""), autocommit=True)


CONNECTION = connect()


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor = CONNECTION.execute(sql if URL.startswith("sqlite") else sql.replace("?", "%s"), values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def write(*statements: tuple[str, tuple[Any, ...]]) -> None:
    CONNECTION.execute("BEGIN")
    for sql, values in statements:
        CONNECTION.execute(sql if URL.startswith("sqlite") else sql.replace("?", "%s"), values)
    CONNECTION.execute("COMMIT")


@app.before_request
def who() -> None:
    g.person = None
    if "floor" in request.cookies:
        try:
            hashed = SIGNER.loads(request.cookies["floor"])
        except BadSignature:
            abort(400)
        found = rows("SELECT person_id FROM sign_in WHERE hash = ?", hashed)
        if found:
            row = rows("SELECT id, surname, given_name, language FROM person WHERE id = ?", found[0][0])[0]
            g.person = dict(zip(("id", "surname", "given_name", "language"), row, strict=True))


def enrolled(run: int) -> None:
    if g.person is None or not rows(
        "SELECT role FROM enrolment WHERE run_id = ? AND person_id = ? AND state = 'active'", run, g.person["id"]
    ):
        abort(404)


def document(run: int) -> dict[str, Any]:
    found = DOCUMENTS.get(run)
    if found is None:
        row = rows("SELECT e.document FROM edition e JOIN run r ON r.revision_id = e.revision_id WHERE r.id = ?", run)[
            0
        ]
        found = DOCUMENTS[run] = json.loads(row[0])
    return found


DOCUMENTS: dict[int, dict[str, Any]] = {}


def done(run: int) -> set[str]:
    return {
        item
        for (item,) in rows(
            "SELECT item FROM result WHERE run_id = ? AND person_id = ? AND completed", run, g.person["id"]
        )
    }


def page(name: str, **values: Any) -> str:
    return ENV.get_template(name).render(nav=NAV, person=g.person, **values)


@app.get("/run/<int:run>/")
def course(run: int) -> str:
    enrolled(run)
    tree = document(run)
    titles = {block["id"]: block["title"] for block in tree["activities"]}
    modules = [
        (
            module["title"],
            [
                item
                for lesson in module["lessons"]
                for item in [
                    (lesson["id"], lesson["title"], "lesson"),
                    *((id, titles[id], "activity") for id in lesson["blocks"]),
                ]
            ],
        )
        for module in tree["modules"]
    ]
    return page("course", course=tree["title"], modules=modules, done=done(run))


@app.get("/run/<int:run>/<lesson>")
def lesson(run: int, lesson: str) -> str:
    enrolled(run)
    found = rows(
        "SELECT t.body FROM lesson_text t JOIN run r ON r.revision_id = t.revision_id WHERE r.id = ? AND t.lesson = ? AND t.language = 'ru'",
        run,
        lesson,
    )
    if not found:
        abort(404)
    module = next(
        module for module in document(run)["modules"] if any(each["id"] == lesson for each in module["lessons"])
    )
    body = "".join(piece.get("html", "") for piece in json.loads(found[0][0]))
    return page(
        "lesson",
        title=lesson,
        body=body,
        beside=[(each["id"], each["title"]) for each in module["lessons"]],
        done=done(run),
    )


@app.get("/run/<int:run>/quiz")
def quiz(run: int) -> str:
    enrolled(run)
    return page("quiz", questions=QUESTIONS)


@app.post("/run/<int:run>/save")
def save(run: int) -> tuple[str, int]:
    enrolled(run)
    write(
        (
            "INSERT INTO floor_answer (run_id, person_id, data) VALUES (?, ?, ?)",
            (run, g.person["id"], json.dumps(request.form)),
        )
    )
    return "", 204


@app.post("/run/<int:run>/quiz")
def answer(run: int) -> str:
    enrolled(run)
    right = sum(request.form.get(f"q{question['id']}") == str(question["right"]) for question in QUESTIONS)
    write(
        (
            "INSERT INTO floor_answer (run_id, person_id, data) VALUES (?, ?, ?)",
            (run, g.person["id"], json.dumps(request.form)),
        ),
        (
            "UPDATE result SET points = ? WHERE run_id = ? AND person_id = ? AND item = 'floor'",
            (right, run, g.person["id"]),
        ),
    )
    return page("review", right=right, total=len(QUESTIONS))


@app.get("/run/<int:run>/grades")
def grades(run: int) -> Response | str:
    enrolled_staff = rows(
        "SELECT role FROM enrolment WHERE run_id = ? AND person_id = ? AND role = 'tutor'", run, g.person["id"]
    )
    if not enrolled_staff:
        abort(404)
    limit = "" if request.args.get("all") else " LIMIT 50"
    found = rows(
        "SELECT p.id, p.surname, p.given_name, r.item, r.points FROM (SELECT p.id, p.surname, p.given_name FROM enrolment e JOIN person p ON p.id = e.person_id"
        f" WHERE e.run_id = ? AND e.role = 'learner' AND e.state = 'active' ORDER BY p.surname, p.given_name, p.id{limit}) p"
        " LEFT JOIN result r ON r.run_id = ? AND r.person_id = p.id ORDER BY p.surname, p.given_name, p.id",
        run, run,
    )  # fmt: skip
    columns = [grade["id"] for grade in document(run)["grade_items"]]
    people: dict[int, tuple[str, dict[str, Any]]] = {}
    for id, surname, given_name, item, points in found:
        people.setdefault(id, (f"{surname} {given_name}", {}))[1][item] = points
    table = [(name, [marks.get(column, "") for column in columns]) for name, marks in people.values()]
    return page("grades", rows=table)


@app.get("/run/<int:run>/board")
def board(run: int) -> str:
    """Works with their reviewers and what these gave: everything read and counted, forty shown."""
    if not rows("SELECT 1 FROM enrolment WHERE run_id = ? AND person_id = ? AND role = 'tutor'", run, g.person["id"]):
        abort(404)
    names = {
        id: f"{surname} {given_name}"
        for id, surname, given_name in rows(
            "SELECT p.id, p.surname, p.given_name FROM enrolment e JOIN person p ON p.id = e.person_id WHERE e.run_id = ? AND e.role = 'learner'", run
        )
    }  # fmt: skip
    titles = dict(rows("SELECT owner, title FROM submission WHERE run_id = ? AND state <> 'draft'", run))
    works = rows("SELECT id, owner, number FROM workshop_work WHERE run_id = ?", run)
    given = {
        (subject, assessor): share
        for subject, assessor, share in rows(
            "SELECT subject, assessor_id, share FROM assessment WHERE run_id = ? AND role = 'peer'", run
        )
    }
    pairs: dict[str, list[tuple[str, float | None]]] = {}
    for subject, reviewer in rows("SELECT subject, reviewer_id FROM allocation_pair WHERE run_id = ?", run):
        pairs.setdefault(subject, []).append((names[reviewer], given.get((subject, reviewer))))
    table = [
        (names[int(owner.partition(":")[2])], titles[owner], number, pairs.get(f"work:{id}", []))
        for id, owner, number in works
    ]
    return page("board", rows=sorted(table)[:40], done=len(given), total=sum(map(len, pairs.values())))


@app.get("/run/<int:run>/mine")
def mine(run: int) -> str:
    """The own work, the works to review and what was written about the own one."""
    enrolled(run)
    id, number = rows(
        "SELECT id, number FROM workshop_work WHERE run_id = ? AND owner = ?", run, f"person:{g.person['id']}"
    )[0]
    title, html = rows(
        "SELECT title, html FROM submission WHERE run_id = ? AND owner = ? AND state <> 'draft'",
        run,
        f"person:{g.person['id']}",
    )[0]
    got = rows("SELECT comment, share FROM assessment WHERE run_id = ? AND subject = ?", run, f"work:{id}")
    mine = rows("SELECT subject, number FROM allocation_pair WHERE run_id = ? AND reviewer_id = ?", run, g.person["id"])
    marks = rows("SELECT item, points FROM result WHERE run_id = ? AND person_id = ?", run, g.person["id"])
    return page("board", rows=[(title, html, number, [*got, *mine, *marks])], done=0, total=0)


@app.post("/sign-in")
def sign_in() -> Any:
    found = rows("SELECT id, password_hash FROM person WHERE email_key = ?", request.form["email"].lower())
    HASHER.verify(found[0][1], request.form["password"])
    secret = os.urandom(16).hex()
    write(("INSERT INTO floor_session (hash, person_id) VALUES (?, ?)", (secret, found[0][0])))
    response = redirect("/", 303)
    response.set_cookie("floor", SIGNER.dumps(secret), httponly=True)
    return response
