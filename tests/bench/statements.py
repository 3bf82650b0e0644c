"""How many SQL statements a page needs once it is warm, counted in this process."""

from sqlalchemy import event

from lms.app import create_app
from lms.config import Config
from lms.db import db
from tests.bench.world import WORKSHOP, World


def counted(world: World, url: str) -> dict[str, int]:
    """Statements by unit of work."""
    app = create_app(Config(data_dir=world.data, database_url=url, secret_key="b" * 40, base_url="http://localhost"))
    small, large = sorted(world.runs)
    pages = {
        "course page": (world.learner, f"/courses/course@run-{small}/"),
        "lesson page": (world.learner, f"/courses/course@run-{small}/module-1/lesson-1/"),
        "lesson page with a quiz": (world.learner, f"/courses/course@run-{small}/module-1/lesson-3/"),
    }
    for size in (small, large):
        pages[f"gradebook {size}, first screen"] = (world.tutor, f"/courses/course@run-{size}/gradebook")
        pages[f"gradebook {size}, all"] = (world.tutor, f"/courses/course@run-{size}/gradebook?all=1")
    if world.workshop:
        pages |= {name: (getattr(world, who), path) for name, (who, path, _) in WORKSHOP.items()}
    found: dict[str, int] = {}
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    for unit, (secret, path) in pages.items():
        client = app.test_client()
        client.set_cookie("sid", secret, domain="localhost")
        for _ in range(2):
            seen.clear()
            answer = client.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            answer.get_data()
        found[unit] = len(seen)
    engine.dispose()
    return found
