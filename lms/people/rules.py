"""What an address, a name and a password must be like. Pure: no database, no request."""

import unicodedata


def mail_key(email: str) -> str:
    """The folded address by which an account is found: look-alikes that mail systems treat as one are one account."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
