"""The `lms` command as an operator and an author use it: what it prints, where, and with which exit status."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from lms.cli import main
from lms.enrolment.rules import key_hash

COURSE = """---
title: Малый курс
language: ru
hours: 1
timezone: Europe/Moscow
authors: [Автор]
---

О курсе.
"""


def write(folder: Path, lesson: str = "Текст.", minutes: int = 45) -> Path:
    (folder / "01-module").mkdir(parents=True, exist_ok=True)
    (folder / "course.md").write_text(COURSE, "utf-8")
    (folder / "01-module/index.md").write_text("---\ntitle: Модуль\n---\n", "utf-8")
    (folder / "01-module/01-lesson.md").write_text(f"---\ntitle: Урок\nminutes: {minutes}\n---\n\n{lesson}\n", "utf-8")
    return folder


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "good")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return write(tmp_path / "broken", ":::{telepathy} Что?\n:id: x\n:::")


class Shell:
    """A terminal on a machine with a site in one folder; its environment holds nothing else of ours."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.patch = patch

    @property
    def database(self) -> Path:
        return self.folder / "trajectory.db"

    def run(self, *words: str | Path, status: int = 0, **options: object) -> Result:
        found = CliRunner().invoke(main, [str(word) for word in words], **options)  # type: ignore[arg-type]  # click's own
        assert found.exit_code == status, (words, found.exit_code, found.output, found.exception)
        # a traceback is no answer
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.database) as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    for name in [name for name in os.environ if name.startswith("LMS_") or name in ("LC_ALL", "LC_MESSAGES", "LANG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("LMS_QUICK_HASH", "1")
    yield Shell(tmp_path / "site", monkeypatch)


@pytest.fixture
def ready(shell: Shell) -> Shell:
    shell.run("db", "upgrade")
    return shell


# ------------------------------------------------------------------ help


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))
        else:
            yield (*path, name), found


def test_every_command_says_what_it_does_and_shows_an_example(shell: Shell) -> None:
    found = list(commands())
    assert {"check", "publish", "serve", "demo", "doctor", "tick"} <= {path[0] for path, _ in found}
    silent = []
    for path, _ in found:
        for flag in ("--help", "-h"):
            text = shell.run(*path, flag).output
        example = text.partition("Example:\n")[2].split("\n\n")[0]
        if f"lms {' '.join(path)}" not in example:
            silent.append(" ".join(path))
    assert silent == []


def test_every_option_of_the_example_is_one_the_command_has(shell: Shell) -> None:
    wrong = []
    for path, command in commands():
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        text = shell.run(*path, "--help").output.partition("Example:\n")[2].split("\n\n")[0]
        wrong += [f"{' '.join(path)}: {option}" for option in re.findall(r"\s(--[a-z-]+)", text) if option not in known]
    assert wrong == []


def test_its_version(shell: Shell) -> None:
    assert re.fullmatch(r"lms, version \d+\.\d+\.\d+\n", shell.run("--version").output)


@pytest.mark.parametrize(
    "words",
    [["nothing"], ["check"], ["check", "/no/such/folder"], ["run", "create", "x"], ["check", ".", "--format", "xml"]],
)
def test_wrong_use_is_status_two(shell: Shell, words: list[str]) -> None:
    assert shell.run(*words, status=2).stdout == ""


# ------------------------------------------------------------------ configuration


@pytest.mark.parametrize(
    "words",
    [["db", "upgrade"], ["tick"], ["serve"], ["publish", "."], ["run", "create", "a", "b", "--starts", "2026-09-01"]],
)
def test_an_unknown_variable_is_named_and_nothing_begins(shell: Shell, words: list[str]) -> None:
    shell.patch.setenv("LMS_DATABSE_URL", "postgresql://user:swordfish@db/lms")
    found = shell.run(*words, status=2)
    assert "LMS_DATABSE_URL: there is no such setting" in found.stderr
    assert "swordfish" not in found.output
    assert not shell.folder.exists()


def test_the_doctor_names_it_too(shell: Shell) -> None:
    shell.patch.setenv("LMS_DATABSE_URL", "x")
    rows = json.loads(shell.run("doctor", "--format", "json", status=1).stdout)
    assert rows == [{"what": "LMS_DATABSE_URL: there is no such setting", "todo": "Correct or remove the variable."}]


def test_a_demonstration_is_not_for_others(shell: Shell, tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "school.example"):
        found = shell.run("demo", "--host", host, "--data", tmp_path / "demo", "--no-serve", status=2)
        assert f"{host} is not a loopback address" in found.stderr
    assert not (tmp_path / "demo").exists()


# ------------------------------------------------------------------ courses


def test_check_tells_where_and_what(shell: Shell, good: Path, broken: Path) -> None:
    assert (shell.run("check", good).stdout, shell.run("check", good).stderr) == ("", "0 errors, 0 warnings\n")
    assert json.loads(shell.run("check", good, "--format", "json").stdout) == []
    found = shell.run("check", good, broken, status=1)
    assert re.match(rf"{broken}/01-module/01-lesson\.md:6:\d+: .*telepathy.* \[directive-unknown\]\n", found.stdout)
    assert found.stderr == "1 error, 0 warnings\n"
    rows = json.loads(shell.run("check", broken, "--format", "json", status=1).stdout)
    assert [(set(row), row["path"], row["line"], row["code"], row["severity"]) for row in rows] == [
        (
            {"path", "line", "column", "code", "severity", "message", "hint"},
            f"{broken}/01-module/01-lesson.md",
            6,
            "directive-unknown",
            "error",
        )
    ]
    assert "telepathy" in rows[0]["message"]
    # a check needs no site
    assert not shell.folder.exists()


def test_check_speaks_the_terminals_language(shell: Shell, broken: Path) -> None:
    shell.patch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert re.search("[А-я]{4}", shell.run("check", broken, status=1).stdout)


def test_a_broken_course_is_not_published_and_the_good_one_stays(ready: Shell, good: Path) -> None:
    assert ready.run("publish", good).stderr == "good: revision 1 published\n"
    assert ready.run("publish", good).stderr == "good: revision 1 is the same already\n"
    before = ready.rows(
        "SELECT c.slug, c.revision_id, r.number, r.digest FROM course c JOIN revision r ON r.course_id = c.id"
    )
    write(good, ":::{telepathy} Что?\n:id: x\n:::")
    found = ready.run("publish", good, status=1)
    assert "[directive-unknown]" in found.stdout
    assert "not published, the last good revision stays" in found.stderr
    broken = json.loads(ready.run("publish", good, "--format", "json", status=1).stdout)
    assert [problem["code"] for problem in broken.pop("problems")] == ["directive-unknown"]
    assert broken == {
        "course": "good", "revision": None, "changed": False, "published": False, "refused": [], "runs": [],
    }  # fmt: skip
    assert (
        ready.rows(
            "SELECT c.slug, c.revision_id, r.number, r.digest FROM course c JOIN revision r ON r.course_id = c.id"
        )
        == before
    )
    write(good, "Другой текст.")
    assert json.loads(ready.run("publish", good, "--format", "json").stdout) == {
        "course": "good", "revision": 2, "changed": True, "published": True, "refused": [], "problems": [], "runs": [],
    }  # fmt: skip


def test_harmful_changes_wait_until_they_are_accepted_and_runs_move_when_they_are_told(
    ready: Shell, good: Path
) -> None:
    ready.run("publish", good)
    today = date.today()  # noqa: DTZ011 - the command has the machine's own clock
    ready.run("run", "create", "good", "spring", "--starts", str(today))
    ready.patch.setenv("LMS_PASSWORD", "correct horse")
    ready.run("user", "create", "anna@school.example", "--surname", "Иванова", "--name", "Анна")
    with sqlite3.connect(ready.database) as connection:
        connection.execute(
            "INSERT INTO enrolment (run_id, person_id, role, state, created_at, changed_at)"
            " VALUES (1, 1, 'learner', 'active', '2026-03-02 09:00:00', '2026-03-02 09:00:00')"
        )
        connection.execute(
            "INSERT INTO result (run_id, person_id, item, kind, state, completed, explanation, updated_at)"
            " VALUES (1, 1, 'lesson', 'lesson', 'complete', 1, '', '2026-03-02 09:00:00')"
        )
    connection.close()
    (good / "01-module/01-lesson.md").rename(good / "01-module/01-topic.md")
    report = [
        "good@spring, now at revision 1, 1 learner:",
        f"  {good}/01-module/01-topic.md:1: harmful: “Урок” (lesson) seems to be “Урок” (topic) now."
        " As it stands, what people did in it does not count there. [renamed], 1 person",
        "      If it is the same lesson, add a line to the head of 01-module/01-topic.md: aliases: [lesson]",
    ]
    for options in ([], ["--dry-run"]):
        found = ready.run("publish", good, *options, status=1)
        assert found.stdout.splitlines() == report
        assert found.stderr == "good: nothing was done. If it is meant, say so: --accept renamed\n"
    dry = ready.run("publish", good, "--dry-run", "--accept", "renamed")
    assert dry.stderr == "good: nothing stands in the way of publishing\n"
    assert ready.rows("SELECT count(*) FROM revision") == [(1,)]
    found = json.loads(ready.run("publish", good, "--accept", "renamed", "--format", "json").stdout)
    (effect,) = found["runs"][0]["effects"]
    assert (found["revision"], effect["code"], effect["harmful"], effect["people"]) == (2, "renamed", True, 1)
    # the run has stayed where it was; moving it asks the same
    assert ready.run("run", "move", "good@spring", status=1).stderr == (
        "good@spring: nothing was done. If it is meant, say so: --accept renamed\n"
    )
    write(good)
    (good / "01-module/01-lesson.md").unlink()
    topic = good / "01-module/01-topic.md"
    topic.write_text(topic.read_text("utf-8").replace("minutes", "aliases: [lesson]\nminutes"), "utf-8")
    assert ready.run("publish", good).stderr == "good: revision 3 published\n"
    assert ready.run("run", "move", "good@spring", "--dry-run").stderr == (
        "good@spring: nothing stands in the way of moving it to revision 3\n"
    )
    assert ready.run("run", "move", "good@spring").stderr == "good@spring: moved from revision 1 to 3\n"
    assert ready.run("run", "move", "good@spring").stderr == "good@spring: it is at revision 3 already\n"
    assert ready.rows("SELECT item FROM result") == [("topic",)]
    assert ready.rows("SELECT run_id, accepted, by FROM run_move") == [(1, "", None)]
    assert "There is no run good@autumn" in ready.run("run", "move", "good@autumn", status=1).stderr
    assert "no revision 9" in ready.run("run", "move", "good@spring", "--to", "9", status=1).stderr


# ------------------------------------------------------------------ people and runs


def test_an_account(ready: Shell) -> None:
    words = ("user", "create", "anna@school.example", "--surname", "Иванова", "--name", "Анна", "--role", "admin")
    found = ready.run(*words, input="correct horse\ncorrect horse\n")
    assert found.stdout.splitlines()[-1] == "1"
    assert "correct horse" not in found.output
    assert ready.rows("SELECT email, surname, given_name, language, is_admin, is_author FROM person") == [
        ("anna@school.example", "Иванова", "Анна", "ru", 1, 0)
    ]
    again = ready.run(*words, "--password", "correct horse", status=1)
    assert "There is an account with the address anna@school.example already." in again.stderr
    ready.patch.setenv("LMS_PASSWORD", "correct horse")
    assert ready.run("user", "create", "b@school.example", "--surname", "Ким", "--name", "Ли").stdout == "2\n"
    assert len(ready.rows("SELECT id FROM person WHERE password_hash <> ''")) == 2


def test_what_is_no_address_makes_no_account(ready: Shell) -> None:
    for mail in ("no-address", "a@b@c", "a b@school.example"):
        ready.run("user", "create", mail, "--surname", "Ким", "--name", "Ли", "--password", "correct horse", status=1)
    assert ready.rows("SELECT id FROM person") == []


def test_a_run(ready: Shell, good: Path) -> None:
    ready.run("publish", good)
    ready.run("user", "create", "t@school.example", "--surname", "Ким", "--name", "Ли", "--password", "correct horse")
    words = ("run", "create", "good", "autumn", "--starts", "2026-09-14")
    nobody = ready.run(*words, "--tutor", "t@school.example", "--tutor", "x@school.example", status=1)
    assert "there is no account x@school.example: nothing was done" in nobody.stderr
    assert ready.rows("SELECT id FROM run") == []
    found = ready.run(
        *words, "--ends", "2026-12-01", "--tutor", "t@school.example", "--enrolment", "key", "--key", " осень "
    )
    assert found.stdout == "good@autumn\n"
    assert ready.rows("SELECT slug, starts_on, ends_on, enrolment, key_hash FROM run") == [
        ("autumn", "2026-09-14", "2026-12-01", "key", key_hash("осень"))
    ]
    assert ready.rows("SELECT role, state FROM enrolment") == [("tutor", "active")]
    for more, status, sentence in (
        ((), 1, "already has a run “autumn”"),
        (("--ends", "2026-09-01"), 1, "cannot end before it starts"),
        (("--key", "x"), 2, "--enrolment key and --key go together"),
        (("--enrolment", "key"), 2, "--enrolment key and --key go together"),
        (("--enrolment", "key", "--key", "  "), 2, "--enrolment key and --key go together"),
        (("--ends", "soon"), 2, "--ends"),
        (("--capacity", "-1"), 2, "--capacity"),
    ):
        assert sentence in ready.run(*words, *more, status=status).stderr
    assert (
        "no published course “nothing”"
        in ready.run("run", "create", "nothing", "x", "--starts", "2026-09-14", status=1).stderr
    )
    assert len(ready.rows("SELECT id FROM run")) == 1


def test_a_run_whose_address_nobody_could_open_is_refused(ready: Shell, good: Path) -> None:
    ready.run("publish", good)
    for slug in ("a/b", "Осень 2026", "a@b", "", "x" * 61):
        found = ready.run("run", "create", "good", slug, "--starts", "2026-09-14", status=2)
        assert "Only Latin small letters, figures and hyphens between them can stand here, at most 60." in found.stderr
    assert ready.rows("SELECT id FROM run") == []


# ------------------------------------------------------------------ the site


@pytest.mark.parametrize(
    "words",
    [
        ["tick"], ["serve"], ["publish", "GOOD"], ["run", "create", "good", "autumn", "--starts", "2026-09-14"],
        ["user", "create", "a@school.example", "--surname", "Ким", "--name", "Ли", "--password", "correct horse"],
    ],
    ids=lambda words: words[0],
)  # fmt: skip
def test_before_the_first_upgrade_every_command_says_what_to_do(shell: Shell, good: Path, words: list[str]) -> None:
    found = shell.run(*(str(good) if word == "GOOD" else word for word in words), status=1)
    assert "run `lms db upgrade` first" in found.stderr


def test_the_first_steps_of_a_new_site(shell: Shell) -> None:
    before = json.loads(shell.run("doctor", "--format", "json", status=1).stdout)
    assert [row["todo"] for row in before] == ["Run: lms db upgrade"]
    assert re.fullmatch(r"upgraded: core(, \w+)*\n", shell.run("db", "upgrade").stderr)
    assert shell.run("db", "upgrade").stderr == "nothing to do\n"
    assert shell.run("doctor").stdout == "no findings\n"
    assert json.loads(shell.run("doctor", "--format", "json").stdout) == []
    ticked = [shell.run("tick").output for _ in range(2)]
    assert ticked == ["", ""]


def test_a_database_that_does_not_answer_is_said_so(shell: Shell) -> None:
    shell.patch.setenv("LMS_DATABASE_URL", f"sqlite:///{shell.folder}/nowhere/trajectory.db")
    assert "Error: the database does not answer: unable to open database file" in shell.run("tick", status=1).stderr
    rows = json.loads(shell.run("doctor", "--format", "json", status=1).stdout)
    assert rows == [
        {
            "what": "The database does not answer: unable to open database file",
            "todo": "Check LMS_DATABASE_URL and the server.",
        }
    ]


def test_the_doctor_speaks_the_terminals_language(shell: Shell) -> None:
    shell.patch.setenv("LC_ALL", "ru_RU.UTF-8")
    found = shell.run("doctor", status=1).stdout
    assert found.splitlines()[1] == "    Выполните: lms db upgrade"


def test_the_doctor_sees_a_key_that_others_can_read(ready: Shell) -> None:
    (ready.folder / "secret.key").chmod(0o644)
    assert json.loads(ready.run("doctor", "--format", "json", status=1).stdout) == [
        {
            "what": f"{ready.folder}/secret.key can be read by others.",
            "todo": f"Run: chmod 600 {ready.folder}/secret.key",
        }
    ]


def test_as_a_program_of_its_own(ready: Shell, good: Path) -> None:
    def program(*words: str | Path) -> tuple[int, str, str]:
        line = [sys.executable, "-m", "lms.cli", *map(str, words)]
        found = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=False)
        return found.returncode, found.stdout, found.stderr

    assert program("publish", good) == (0, "", "good: revision 1 published\n")
    write(good, minutes=5)
    status, out, _ = program("publish", good)
    assert (status, re.findall(r"\[([a-z-]+)\]", out)) == (1, ["hours-sum"])
