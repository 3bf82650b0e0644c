"""What all tests of the repository share."""

import pytest


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes are named by their length: an archive made for a test holds the time, and every process must know it by one name."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None
