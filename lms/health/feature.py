"""Whether the site lives (`/healthz`) and whether it can serve (`/readyz`)."""

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lms.db import db
from lms.plugin import PUBLIC, Pages, Plugin
from lms.visit import RunVisit

pages = Pages("health")


@pages.get("/healthz", PUBLIC)
def healthz(visit: RunVisit) -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz", PUBLIC)
def readyz(visit: RunVisit) -> ResponseReturnValue:
    """The database answers and its tables are those of this version."""
    from lms.migrate import pending  # noqa: PLC0415 - Alembic is large, and few processes are asked

    db.session.execute(text("SELECT 1"))
    waiting = pending(visit.site)
    return jsonify(status="not ready" if waiting else "ok", pending=waiting), 503 if waiting else 200


feature = Plugin("health", "lms.health", (pages,))
