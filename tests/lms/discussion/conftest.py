"""A site with a forum, and a run whose people talk there."""

import pytest

from lms.plugin import Plugin
from lms.testing.stage import Stage
from tests.lms.discussion.hall import Forum, Hall


@pytest.fixture
def plugins() -> tuple[object, ...]:
    return (Plugin("forum", "lms", (Forum(),)),)


@pytest.fixture
def hall(stage: Stage) -> Hall:
    return Hall(stage)
