"""The floor's cookie for a session that the product made: both serve the same person from the same row."""

from itsdangerous import URLSafeSerializer

from lms.people.sessions import hash_of


def cookie(secret: str) -> str:
    """What the floor's browser sends."""
    return str(URLSafeSerializer("floor" * 8).dumps(hash_of(secret)))
