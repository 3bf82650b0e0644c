"""A site with the quiz alone."""

import pytest

from lms.plugin import Plugin
from lms_quiz import plugin


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (plugin,)
