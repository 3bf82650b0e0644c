"""Passwords: what is accepted, how they are hashed, and how many may be hashed at once."""

from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.site import Site

AT_ONCE = 2
"""Hashes computed at the same time in one process: each takes 19 MiB and a core, so a rush of sign-ins queues here."""

_turns = BoundedSemaphore(AT_ONCE)


@lru_cache(maxsize=2)
def _hasher(quick: bool) -> PasswordHasher:
    if quick:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@lru_cache(maxsize=2)
def _nobodys(quick: bool) -> str:
    return _hasher(quick).hash("the account that is not there")


def hash_password(site: Site, password: str) -> str:
    """The argon2id hash to store, with its salt and parameters in it."""
    with _turns:
        return _hasher(site.config.quick_hash).hash(password)


def password_fits(site: Site, stored: str | None, password: str) -> bool:
    """Whether this is the password behind a stored hash. Without one (no account, or none set yet) as much work is
    done for nothing, so that the time taken tells a stranger nothing."""
    with _turns:
        try:
            fits = _hasher(site.config.quick_hash).verify(stored or _nobodys(site.config.quick_hash), password)
        except (VerificationError, InvalidHashError):
            return False
    return fits and bool(stored)


def needs_rehash(site: Site, stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher(site.config.quick_hash).check_needs_rehash(stored)
