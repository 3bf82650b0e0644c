"""Where people meet over the network: an address of any service, or the word of one that the house runs. Pure: addresses are only made.

Jitsi Meet takes what to call a person in the fragment of the address; BigBlueButton takes calls that are signed with a secret it shares
with the house, as both document for those who link to them.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Literal, get_args
from urllib.parse import quote, urlencode

Service = Literal["bigbluebutton", "jitsi"]
SERVICES: tuple[Service, ...] = get_args(Service)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def is_link(text: str) -> bool:
    """Whether somebody can join there: an address people can open, or the word of a service."""
    return text in SERVICES or _ADDRESS.fullmatch(text) is not None


def is_address(text: str) -> bool:
    """Whether it is an address people can open."""
    return _ADDRESS.fullmatch(text) is not None


def room_name(key: str, *parts: object) -> str:
    """A name for a room that nobody guesses who does not know the key; the same for the same parts."""
    return hmac.new(key.encode(), "/".join(map(str, ("room", *parts))).encode(), sha256).hexdigest()[:32]


def jitsi(base: str, room: str, name: str, title: str) -> str:
    """The address of a Jitsi Meet room for somebody of this name."""
    values = {"userInfo.displayName": name, "config.subject": title}
    fragment = "&".join(
        f"{key}={quote(json.dumps(value, ensure_ascii=False), safe='')}" for key, value in values.items()
    )
    return f"{base.rstrip('/')}/{quote(room, safe='')}#{fragment}"


def bigbluebutton(base: str, secret: str, call: str, values: Mapping[str, str]) -> str:
    """The address of a signed call; `base` ends in `/bigbluebutton/`, as the server tells with its secret."""
    query = urlencode(values, quote_via=quote)
    checksum = sha256(f"{call}{query}{secret}".encode()).hexdigest()
    return f"{base.rstrip('/')}/api/{call}?{query}&checksum={checksum}"
