"""Bytes lie under the hash of their content, appear whole or not at all, and go only when nobody needs them."""

import hashlib
import io
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lms.store import Store, TooLarge

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1, minutes=1)


def put(store: Store, content: bytes, now: datetime = NOW) -> str:
    received = store.receive(io.BytesIO(content), 1000)
    store.keep(received, now)
    return received.sha256


def nobody(hashes: Collection[str]) -> set[str]:
    return set()


def everything(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_same_bytes_lie_once_under_their_hash(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = hashlib.sha256(b"same").hexdigest()
    assert [put(store, b"same"), put(store, b"same")] == [sha256, sha256]
    assert everything(tmp_path) == [sha256]
    found = store.find(sha256)
    assert found is not None and found.read_bytes() == b"same"


def test_too_many_bytes_leave_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(TooLarge):
        store.receive(io.BytesIO(bytes(1001)), 1000)
    assert everything(tmp_path) == []


def test_a_broken_upload_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        Store(tmp_path).receive(Broken(), 1000)
    assert everything(tmp_path) == []


def test_half_written_bytes_are_replaced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = put(store, b"whole")
    store.place(sha256).write_bytes(b"who")
    put(store, b"whole")
    assert store.place(sha256).read_bytes() == b"whole"


def test_bytes_that_no_row_names_go_in_two_steps_a_day_apart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = put(store, b"forgotten")
    assert store.sweep(nobody, NOW + timedelta(hours=23)) == 0
    assert store.place(sha256).exists()
    assert store.sweep(nobody, NOW + DAY) == 0
    assert not store.place(sha256).exists()
    assert store.find(sha256) is not None
    assert store.sweep(nobody, NOW + DAY + timedelta(hours=23)) == 0
    assert store.sweep(nobody, NOW + 2 * DAY) == 1
    assert everything(tmp_path) == []


def test_named_bytes_stay(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = put(store, b"named")
    for days in range(1, 5):
        assert store.sweep(set, NOW + days * DAY) == 0
    assert store.place(sha256).read_bytes() == b"named"


def test_bytes_put_aside_come_back_when_a_row_names_them_after_all(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = put(store, b"late")
    store.sweep(nobody, NOW + DAY)
    assert store.sweep(set, NOW + 2 * DAY) == 0
    assert store.place(sha256).read_bytes() == b"late"


def test_bytes_sent_again_are_new_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = put(store, b"again")
    put(store, b"again", NOW + DAY)
    store.sweep(nobody, NOW + DAY)
    assert store.place(sha256).exists()


def test_what_crashed_uploads_left_is_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    left = store.receive(io.BytesIO(b"left"), 1000)
    left.file.close()
    later = datetime.fromtimestamp(left.path.stat().st_mtime, UTC) + DAY
    store.sweep(nobody, later)
    assert everything(tmp_path) == []
