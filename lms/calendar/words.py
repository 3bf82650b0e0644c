"""Time zones as people call them."""

from datetime import datetime

from babel.dates import get_timezone_gmt, get_timezone_location

from lms.i18n import language
from lms.wording import zone


def zone_name(timezone: str, now: datetime) -> str:
    """A time zone by its city and its present distance from Greenwich: «Москва (GMT+03:00)»."""
    there = zone(timezone)
    city = get_timezone_location(there, locale=language(), return_city=True)
    return f"{city} ({get_timezone_gmt(now.astimezone(there), locale=language())})"
