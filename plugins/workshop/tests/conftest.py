import pytest
from lms_workshop import plugin

from lms.plugin import Plugin


@pytest.fixture
def plugins() -> tuple[Plugin, ...]:
    return (plugin,)
