"""The application, put together. Read it as the table of contents of the core."""

from collections.abc import Sequence

from flask import Flask

from lms import bounds, errors, headers, ui
from lms.access.feature import feature as access
from lms.allocation.feature import feature as allocation
from lms.attendance.feature import feature as attendance
from lms.booking.feature import feature as booking
from lms.books.feature import feature as books
from lms.calendar.feature import feature as calendar
from lms.certificates.feature import feature as certificates
from lms.clock import Clock
from lms.config import Config, flask_settings, read_config
from lms.criteria.feature import feature as criteria
from lms.db import db, prepare_engine
from lms.discussion.feature import feature as discussion
from lms.enrolment.feature import feature as enrolment
from lms.files.feature import feature as files
from lms.forgery import csrf
from lms.grades.feature import feature as grades
from lms.health.feature import feature as health
from lms.i18n import load_catalogues
from lms.manage.feature import feature as manage
from lms.notices.feature import feature as notices
from lms.pages import App, register, register_activities
from lms.people import sessions
from lms.people.feature import feature as people
from lms.phases.feature import feature as phases
from lms.plugin import Pages, Plugin, package_folder
from lms.privacy.feature import feature as privacy
from lms.progress.feature import feature as progress
from lms.publishing.feature import feature as publishing
from lms.questions.feature import feature as questions
from lms.registry import Registry, installed_plugins
from lms.rooms.feature import feature as rooms
from lms.site import Site
from lms.studio.feature import feature as studio
from lms.submissions.feature import feature as submissions
from lms.teaming.feature import feature as teaming
from lms.teams.feature import feature as teams
from lms.votes.feature import feature as votes

FEATURES = (
    people, publishing, enrolment, access, progress, grades, certificates, notices, calendar, books,
    discussion, phases, teams, files, criteria, allocation, submissions, booking, rooms, attendance, votes, questions, teaming,
    privacy, studio, manage, health,
)  # fmt: skip


def create_app(config: Config | None = None, plugins: Sequence[Plugin] | None = None) -> Flask:
    """A site with these plugins (default: all installed). Touches neither the database nor the network.

    Raises ConfigError or PluginError with every finding, UndeclaredRoute for a route without a policy.
    """
    config = config or read_config()
    registry = Registry(FEATURES, installed_plugins() if plugins is None else plugins)
    app = App("lms", static_folder=None)
    app.config.update(flask_settings(config))
    folders = [package_folder(owner, "translations") for owner in (CORE, *registry.plugins)]
    site = Site(config, registry, Clock(), load_catalogues(folders))
    app.extensions["site"] = site
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    csrf.init_app(app)
    sessions.init_app(app, site)
    headers.init_app(app, site)
    bounds.init_app(app)
    errors.init_app(app, site)
    ui.init_app(app, site)
    register(app, site, site.of(Pages))
    register_activities(app, site)
    return app


CORE = Plugin("core", "lms")
