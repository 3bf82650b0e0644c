"""Time zones to choose from: Russia's first, under their cities' names."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location

from lms.i18n import gettext, language

RUSSIAN = (
    "Europe/Moscow", "Europe/Kaliningrad", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
    "Asia/Novosibirsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka",
)  # fmt: skip
CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Names of all zones that may be chosen."""
    places = {name for name in available_timezones() if name.split("/", 1)[0] in CONTINENTS and "/" in name}
    return frozenset(places | {"UTC"})


def _offset(name: str, now: datetime) -> str:
    minutes = int((now.astimezone(ZoneInfo(name)).utcoffset() or now - now).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def choices(now: datetime) -> Mapping[str, Mapping[str, str]]:
    """Groups of zones with what people read for a select field: Russian cities with their offset at `now`, then all
    others."""
    cities = {name: f"{_city(name, language())}, {_offset(name, now)}" for name in RUSSIAN}
    others = {name: name.replace("_", " ") for name in sorted(known() - set(RUSSIAN))}
    return {gettext("Russia"): cities, gettext("Other countries"): others}


@lru_cache(maxsize=64)
def _city(name: str, tongue: str) -> str:
    return get_timezone_location(name, locale=tongue, return_city=True)
