"""What was said before posts were searched and marked as read can be found afterwards, and is not new."""

from alembic import command

from lms.db import db
from lms.discussion import following
from lms.migrate import alembic_config, owners, upgrade
from tests.lms.discussion.hall import Hall, titles


def test_what_was_said_before_is_found_and_counts_as_read(hall: Hall) -> None:
    hall.reply(hall.begin("О школах", "Первое слово"), "Второе слово")
    (core,) = (one for one in owners(hall.stage.site) if one.name == "core")
    db.session.remove()
    with db.engine.connect() as connection, connection.begin():
        command.downgrade(alembic_config(core, connection), "core_0007")
    assert upgrade(hall.stage.site) == ["core"]
    olga = hall.browser(hall.olga)
    assert [titles(olga.get(f"{hall.list}/search?q={word}")) for word in ("школа", "слова", "второй")] == [
        ["О школах"], ["О школах", "О школах"], ["О школах"],
    ]  # fmt: skip
    assert following.unread(hall.run, hall.tutor) == {}
    hall.begin("Новая")
    assert following.unread(hall.run, hall.tutor) == {"": 1}
