"""Which addresses have a player, and that nothing but a known host's player can come out of any address."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.embeds import ORIGINS, Player, figure, origins, player, without_players

RUTUBE = "0123456789abcdef0123456789abcdef"
PLAYERS = [
    ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("https://youtu.be/dQw4w9WgXcQ?t=42", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=42"),
    ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    ("http://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"),
    (f"https://rutube.ru/video/{RUTUBE}/", f"https://rutube.ru/play/embed/{RUTUBE}"),
    (f"https://rutube.ru/play/embed/{RUTUBE}", f"https://rutube.ru/play/embed/{RUTUBE}"),
    ("https://vkvideo.ru/video-123_456", "https://vkvideo.ru/video_ext.php?oid=-123&id=456"),
    ("https://vk.com/video_ext.php?oid=-1&id=2&hash=ab12", "https://vkvideo.ru/video_ext.php?oid=-1&id=2&hash=ab12"),
    ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
    ("https://player.vimeo.com/video/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
    ("https://www.dailymotion.com/video/x84sh87", "https://www.dailymotion.com/embed/video/x84sh87"),
    ("https://dai.ly/x84sh87", "https://www.dailymotion.com/embed/video/x84sh87"),
    ("https://ok.ru/video/1234567890", "https://ok.ru/videoembed/1234567890"),
    (
        "https://soundcloud.com/some-one/a-talk",
        "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/some-one/a-talk",
    ),
]


@pytest.mark.parametrize(("address", "frame"), PLAYERS)
def test_players(address: str, frame: str) -> None:
    found = player(address)
    assert isinstance(found, Player)
    assert (found.frame, found.page) == (frame, address)
    html = figure(found, "T", "", "en", "b1")
    assert origins(html) == {re.match(r"https://[^/]+", frame)[0]}  # type: ignore[index]
    assert without_players(html) == (
        f'<figure class="player"><figcaption><a href="{address.replace("&", "&amp;")}" rel="noopener noreferrer"'
        f' target="_blank">Open on {found.host}</a></figcaption></figure>'
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/watch?v=dQw4w9WgXcQ", "https://youtube.com.evil.org/watch?v=dQw4w9WgXcQ", "ftp://youtu.be/dQw4w9WgXcQ",
        "https://evil.org/youtube.com/embed/dQw4w9WgXcQ", "javascript:alert(1)//youtu.be/dQw4w9WgXcQ", "//", "https://[", "",
        "https://youtu.be@evil.org/dQw4w9WgXcQ",
    ],
)  # fmt: skip
def test_other_hosts(address: str) -> None:
    assert player(address) is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.youtube.com/", "youtube.com"),
        ('https://youtu.be/"><script>', "youtube.com"),
        ("https://rutube.ru/video/private/0123/", "rutube.ru"),
        ("https://vk.com/video_ext.php?oid=a&id=b", "vkvideo.ru"),
        ("https://vk.com/durov", "vkvideo.ru"),
    ],
)
def test_addresses_with_nothing_to_play(address: str, host: str) -> None:
    assert player(address) == host


@given(
    st.sampled_from(
        ["youtu.be", "www.youtube.com", "rutube.ru", "vk.com", "vimeo.com", "dai.ly", "ok.ru", "soundcloud.com"]
    ),
    st.text("/?&=#.:@%\"'<>;- aAяv1_", max_size=40),
)
def test_nothing_else_comes_out(domain: str, rest: str) -> None:
    found = player(f"https://{domain}/{rest}")
    if isinstance(found, Player):
        assert re.match(r"https://[^/]+", found.frame)[0] in ORIGINS  # type: ignore[index]
        assert re.fullmatch(r"[\w:/.?=&%-]+", found.frame, re.ASCII)


def test_only_known_origins_are_believed() -> None:
    assert origins('<iframe class="player" data-origin="https://evil.org"></iframe>') == frozenset()
