"""Codes cannot be tried out by the thousand: thirty checks a minute for one address."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from lms.people.rules import try_window
from lms.people.throttle import key_of, spend
from lms.site import Site

CHECKS = 30
WINDOW = timedelta(minutes=1)


def wait_before_check(site: Site, address: str) -> int:
    """Count a check; returns how many seconds this address has to wait, 0 when it may go on."""
    return int(spend(site, key_of("verify", _neighbourhood(address)), _rule).total_seconds())


def _rule(count: int, until: datetime, now: datetime) -> tuple[int, datetime, timedelta]:
    return try_window(count, until, now, CHECKS, WINDOW)


def _neighbourhood(address: str) -> str:
    """An IPv4 address, or the /64 that one household has of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)
