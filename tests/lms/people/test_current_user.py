"""Extensions that ask Flask-Login who is acting get the same answer as our own pages."""

from flask_login import current_user

from lms.db import db
from lms.people import sessions
from lms.testing import Stage


def test_flask_login_knows_the_person_of_the_session_row(stage: Stage):
    anna = stage.person("Иванова")
    secret = sessions.start(stage.site, anna, False, "test")
    db.session.commit()
    cookie = f"{sessions.cookie_name(stage.site)}={secret}"
    with stage.outside(), stage.app.test_request_context("/", headers={"Cookie": cookie}):
        assert current_user.get_id() == str(anna)
    with stage.outside(), stage.app.test_request_context("/"):
        assert current_user.is_authenticated is False
