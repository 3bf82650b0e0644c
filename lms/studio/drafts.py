"""The draft of a course: what it holds, who changed it, and how two authors get along.

It is one module because each act is the same few steps: hold the draft, see whether what the person has seen still stands, write the
files, write down what was there before.
"""

from collections.abc import Collection

from sqlalchemy import select

from lms.db import db
from lms.publishing import sources
from lms.publishing.models import Source
from lms.site import Site
from lms.studio.models import DraftChange, DraftFile


def sweep(site: Site) -> int:
    """Remove bytes that no revision and no draft has named for two days; returns how many files went."""
    return sources.store_of(site).sweep(_named, site.now())


def _named(hashes: Collection[str]) -> set[str]:
    found: set[str] = set()
    asked = sorted(hashes)
    for begin in range(0, len(asked), 500):
        part = asked[begin : begin + 500]
        for name in (Source.sha256, DraftFile.sha256, DraftChange.before, DraftChange.after):
            found |= set(db.session.execute(select(name).where(name.in_(part)).distinct()).scalars())
    return found
