"""What all tests of the repository share."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The one Chromium of this process: a second one beside it could not be started."""
    from tests.chromium import launched

    with launched() as found:
        yield found


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes are named by their length: an archive made for a test holds the time, and every process must know it by one name."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None
