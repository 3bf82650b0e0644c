"""The process that `test_killed` kills: it publishes a folder again and again, and asks at every step whether to go on.

    python publishing_process.py DATABASE_URL DATA_DIR FOLDER

For each line on standard input a copy of it publishes once. The copy says its process id, then a line before every statement, commit
and file it writes, and waits for a byte each time; when it has ended, by itself or not, there is a line "end".
"""

import os
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import configure_mappers

from lms.app import create_app
from lms.cli import site_of
from lms.config import Config
from lms.db import db
from lms.publishing import service

URL, DATA, FOLDER = sys.argv[1:]


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def step(name: str) -> None:
    say(name)
    assert os.read(0, 1)


def watch(what: str, values: tuple[Any, ...]) -> None:
    """Everything that changes a file below the site's folder; new folders are left out, as how many there are is chance."""
    if what in ("open", "os.rename", "os.remove", "os.utime"):
        path = values[0]
        writes = what != "open" or (isinstance(values[2], int) and values[2] & (os.O_WRONLY | os.O_RDWR))
        if writes and isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(DATA):
            step(what)


def publish(app: Flask) -> None:
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: step("statement"))
        event.listen(db.engine, "commit", lambda *_: step("commit"))
    sys.addaudithook(watch)
    with site_of(app) as site:
        service.publish(site, Path(FOLDER))


def main() -> None:
    # everything the copies need is loaded once; connections each makes of its own
    app = create_app(Config(data_dir=Path(DATA), database_url=URL, secret_key="k" * 40, quick_hash=True), ())
    with app.app_context():
        configure_mappers()
        service.check(app.extensions["site"], Path(FOLDER))
    while os.read(0, 1):
        child = os.fork()
        if not child:
            say(str(os.getpid()))
            publish(app)
            os._exit(0)
        os.waitpid(child, 0)
        say("end")


if __name__ == "__main__":
    main()
