"""Video and sound kept elsewhere: which hosts, what their addresses look like, and the frame that loads nothing until asked.

The frame holds a little page of ours with one link; following it loads the player into the frame. So nothing of the host is asked
for before somebody presses the button, it needs no script, and works in every browser. The server widens the content policy of a
page that has such a frame by the hosts named in it and by nothing else (`lms/headers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit


class Player(NamedTuple):
    """Something to be played: the ``host`` people know, the ``frame`` address of its player, the page of its own."""

    host: str
    frame: str
    page: str


class _Host(NamedTuple):
    name: str
    domains: tuple[str, ...]
    origin: str
    made: Callable[[str, dict[str, str]], str]
    """(path, query) -> path and query of the player, or "" where the address shows nothing to play."""


def _first(pattern: str, form: str) -> Callable[[str, dict[str, str]], str]:
    regex = re.compile(pattern)

    def made(path: str, query: dict[str, str]) -> str:
        match = regex.match(path)
        return form.format(*(quote(part or "", safe="") for part in match.groups())) if match else ""

    return made


def _youtube(path: str, query: dict[str, str]) -> str:
    match = re.match(r"/(?:embed/|shorts/|live/)?([\w-]{11})$", path)
    id = query.get("v", "") if path == "/watch" else match[1] if match else ""
    if not re.fullmatch(r"[\w-]{11}", id):
        return ""
    begin = re.fullmatch(r"(\d{1,6})s?", query.get("t", query.get("start", "")))
    return f"/embed/{id}" + (f"?start={begin[1]}" if begin else "")


def _vk(path: str, query: dict[str, str]) -> str:
    match = re.match(r"/(?:video|clip)(-?\d+)_(\d+)$", path)
    if match:
        owner, id = match.groups()
    elif path == "/video_ext.php":
        owner, id = query.get("oid", ""), query.get("id", "")
    else:
        return ""
    if not re.fullmatch(r"-?\d+", owner) or not id.isascii() or not id.isdigit():
        return ""
    key = query.get("hash", "")
    return f"/video_ext.php?oid={owner}&id={id}" + (f"&hash={key}" if re.fullmatch(r"\w+", key, re.ASCII) else "")


HOSTS = (
    _Host("youtube.com", ("youtube.com", "youtu.be", "youtube-nocookie.com"), "https://www.youtube-nocookie.com", _youtube),
    _Host("rutube.ru", ("rutube.ru",), "https://rutube.ru",
          _first(r"/(?:video|shorts|play/embed)/([0-9a-f]{32}|\d+)/?$", "/play/embed/{0}")),
    _Host("vkvideo.ru", ("vkvideo.ru", "vk.com", "vk.ru"), "https://vkvideo.ru", _vk),
    _Host("vimeo.com", ("vimeo.com",), "https://player.vimeo.com", _first(r"/(?:video/)?(\d+)/?$", "/video/{0}?dnt=1")),
    _Host("dailymotion.com", ("dailymotion.com", "dai.ly"), "https://www.dailymotion.com",
          _first(r"/(?:video/|embed/video/)?([A-Za-z0-9]{5,})/?$", "/embed/video/{0}")),
    _Host("ok.ru", ("ok.ru",), "https://ok.ru", _first(r"/video(?:embed)?/(\d+)/?$", "/videoembed/{0}")),
    _Host("soundcloud.com", ("soundcloud.com",), "https://w.soundcloud.com",
          _first(r"/([\w-]+)/([\w-]+)/?$", "/player/?url=https%3A//soundcloud.com/{0}/{1}")),
)  # fmt: skip
"""Hosts whose players may be shown. Their origins are the only ones a page of ours can ever be opened for."""

ORIGINS = frozenset(host.origin for host in HOSTS)
FRAME = '<iframe class="player"'
"""What every frame begins with in published HTML."""
_FRAME = re.compile(r'<iframe class="player"[^>]*></iframe>')
_ORIGIN = re.compile(r'<iframe class="player" data-origin="([^"]*)"')


def player(address: str) -> Player | str | None:
    """The player of an address; its host's name where the host is known but shows nothing there; None for other hosts."""
    try:
        parts = urlsplit(address.strip())
        domain = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    except ValueError:
        return None
    host = next(
        (host for host in HOSTS if domain in host.domains or f"www.{domain}" == urlsplit(host.origin).hostname), None
    )
    if host is None or parts.scheme not in ("http", "https"):
        host = next((other for other in HOSTS if other.origin == f"https://{domain}" and parts.scheme == "https"), None)
        if host is None:
            return None
    made = host.made(parts.path, query)
    return Player(host.name, host.origin + made, address.strip()) if made else host.name


STYLE = "/static/player.css"
"""The stylesheet of the little page, as published; the server puts its current address there."""

WORDS = {
    "en": {
        "load": "Load from {host}",
        "note": "Until you press, nothing is asked of {host}. After that it knows your network address.",
        "open": "Open on {host}",
        "untitled": "Recording on {host}",
    },
    "ru": {
        "load": "Загрузить с {host}",
        "note": "До нажатия к {host} не уходит ни одного запроса. После него сайт узнает ваш сетевой адрес.",
        "open": "Открыть на {host}",
        "untitled": "Запись на {host}",
    },
}


def figure(found: Player, title: str, caption: str, language: str, name: str) -> str:
    """The frame with its button, a link to the host's own page, and the caption (HTML)."""
    words = {key: text.format(host=found.host) for key, text in WORDS.get(language.split("-")[0], WORDS["en"]).items()}
    called = title or words["untitled"]
    inside = (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8"><title>{escape(called)}</title>'
        f'<link rel="stylesheet" href="{STYLE}">'
        f'<main><p class="title">{escape(called)}</p>'
        f'<p><a href="{escape(found.frame)}" referrerpolicy="origin">{escape(words["load"])}</a></p>'
        f"<p>{escape(words['note'])}</p></main></html>"
    )
    origin = "https://" + urlsplit(found.frame).netloc
    text = f'<div class="player-caption">{caption}</div>' if caption else ""
    return (
        f'<figure class="player"><iframe class="player" data-origin="{origin}" title="{escape(called)}" srcdoc="{escape(inside)}"'
        ' sandbox="allow-scripts allow-same-origin allow-popups allow-presentation" allow="fullscreen; picture-in-picture">'
        f'</iframe><figcaption>{text}<a href="{escape(found.page)}" rel="noopener noreferrer" target="_blank">'
        f"{escape(words['open'])}</a></figcaption></figure>"
    )


def without_players(html: str) -> str:
    """Published HTML for where no page of a host can be shown, on paper or offline: the captions and links stay."""
    return _FRAME.sub("", html)


def origins(html: str) -> frozenset[str]:
    """The origins of the frames in published HTML, as far as they are ones we know."""
    return frozenset(_ORIGIN.findall(html)) & ORIGINS
