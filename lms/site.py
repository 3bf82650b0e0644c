"""The running site: what was configured, what was contributed, what time it is."""

import hmac
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from gettext import NullTranslations
from typing import TypeVar

from flask import current_app

from lms.clock import Clock
from lms.config import Config
from lms.db import db
from lms.events import Event
from lms.plugin import Assessments, Contribution, On, Plugin, Visit
from lms.publishing.library import Library
from lms.registry import Registry

log = logging.getLogger("lms")
C = TypeVar("C", bound=Contribution)


@dataclass
class Site:
    """One site, made by `create_app`; services get it as their first argument and never look at the request."""

    config: Config
    registry: Registry
    clock: Clock
    catalogues: Mapping[str, NullTranslations]
    library: Library = field(default_factory=Library)
    static_addresses: dict[str, str] = field(default_factory=dict)
    """Addresses of static files by path, filled as they are asked for."""
    static_packed: dict[str, bytes] = field(default_factory=dict)
    """Static files compressed, by path, filled in the same way."""
    troubles: deque[str] = field(default_factory=lambda: deque(maxlen=50))
    """The latest failures of plugins, each naming its plugin: shown by `lms doctor` and `/readyz`."""

    @cached_property
    def forgery_key(self) -> bytes:
        """What tokens of forms are made with."""
        return hmac.digest(self.config.key().encode(), b"forms", "sha256")

    def now(self) -> datetime:
        """The present instant, UTC."""
        return self.clock.now()

    def of(self, kind: type[C]) -> tuple[C, ...]:
        """All contributions of a type, in order."""
        return self.registry.of(kind)

    def url(self, path: str) -> str:
        """An absolute address on this site, from the configured base and never from the request."""
        return self.config.base_url + path

    def plugins(self) -> tuple[Plugin, ...]:
        """Installed plugins by name."""
        return self.registry.plugins

    def emit(self, event: Event) -> None:
        """State a fact. Each handler runs in a savepoint of the same transaction; one that raises undoes only its own part."""
        for handler in self.of(On):
            if not isinstance(event, handler.event):
                continue
            try:
                with db.session.begin_nested():
                    handler.handler(self, event)
            except Exception as error:
                owner = self.registry.owner[id(handler)].name
                self.trouble(owner, f"{type(event).__name__}: {type(error).__name__}: {error}")
                log.exception("a handler of %s raised", owner)

    def trouble(self, plugin: str, what: str) -> None:
        """Remember that a plugin failed."""
        self.troubles.append(f"{self.now():%Y-%m-%d %H:%M} {plugin}: {what}")

    def visits(self, kind: str, on_runs: Sequence[int] | None = None) -> Sequence[Visit]:
        """The staff's view of every block of this kind in every open run."""
        from lms.visit import staff_visits  # noqa: PLC0415 - a visit knows the site; this is the one way back

        return staff_visits(self, kind, on_runs)

    def each(self, kind: str, work: Callable[[Visit], object], on_runs: Sequence[int] | None = None) -> None:
        """Do `work` at each of `visits`, each in a savepoint: what fails at one block is undone, the others go on."""
        for visit in self.visits(kind, on_runs):
            try:
                with db.session.begin_nested():
                    work(visit)
            except Exception as error:
                self.trouble(kind, f"{visit.run.segment}, {visit.block.id}: {type(error).__name__}: {error}")
                log.exception("time passed, and %s of run %s failed", visit.block.id, visit.run.id)

    def assessments(self, run_id: int, block: str) -> Assessments:
        """The marking forms of an activity, for what is done without a visit."""
        from lms.criteria.service import BlockAssessments  # noqa: PLC0415 - the forms know the site

        return BlockAssessments(self, run_id, block)

    def marked(self, person_id: int) -> Set[tuple[int, str]]:
        """(run id, item) of everything this person was given points for."""
        from lms.progress.service import marked  # noqa: PLC0415 - progress knows the site

        return marked(person_id)


def site() -> Site:
    """The site of the application in force."""
    found = current_app.extensions["site"]
    assert isinstance(found, Site)
    return found
