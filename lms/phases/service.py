"""Where an activity stands in its phases, and what moving it brings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from courses.phases import Dated, Move, Phase, current, timeline
from lms import ui
from lms.i18n import Message, gettext
from lms.phases.rules import read_move, written
from lms.plugin import Activity, Phased
from lms.policy import STAFF

if TYPE_CHECKING:
    from lms.visit import RunVisit

KEPT = "phase"


class BlockPhases:
    """What `lms.plugin.Phases` promises. Nothing is remembered: somebody may move the activity while this visit waits for a lock."""

    def __init__(self, visit: "RunVisit") -> None:
        self.visit = visit

    @property
    def _list(self) -> Sequence[Phase]:
        return self.visit.kind.phases(self.visit.block)

    @property
    def moved(self) -> Move | None:
        """Where a tutor has moved it, if the dates do not decide."""
        return read_move(self.visit.kept(0, KEPT))

    @property
    def now(self) -> str:
        """Name of the present phase; "" before the first, after the last and in a gap."""
        visit = self.visit
        found = current(self._list, visit.run.starts_on, visit.zone, visit.now, self.moved)
        return found.name if found else ""

    @property
    def reached(self) -> str:
        """The latest phase that has begun; "" before the first."""
        return next((one.phase.name for one in reversed(self.timeline()) if one.state in ("past", "now")), "")

    @property
    def closes(self) -> datetime | None:
        """When the present phase ends, if a date ends it."""
        return next((one.closes for one in self.timeline() if one.state == "now"), None)

    def timeline(self) -> Sequence[Dated]:
        """All of them with their instants, in the reader's language."""
        visit = self.visit
        named = [
            phase.model_copy(update={said: gettext(getattr(phase, said)) for said in SAID if getattr(phase, said)})
            for phase in self._list
        ]
        return timeline(named, visit.run.starts_on, visit.zone, visit.now, self.moved)

    def dated(self, name: str) -> Dated:
        """One of them. Raises LookupError."""
        found = next((one for one in self.timeline() if one.phase.name == name), None)
        if found is None:
            raise LookupError(name)
        return found

    def move(self, name: str) -> Sequence[Message]:
        """Move the activity to this phase, or give it back to its dates, and do what it asks for. Raises LookupError."""
        if name:
            self.dated(name)
        source = self.source
        if source is not None:
            self.visit.lock(source.lock)
        self.visit.keep(0, KEPT, written(Move(name, self.visit.now)) if name else "")
        return source.settle(self.visit) if source is not None else ()

    @property
    def source(self) -> Phased | None:
        """What the block's kind has to say of its phases."""
        return source_of(self.visit)

    def ribbon(self) -> Markup:
        """Where we are, what is next and when, with the way to the page."""
        visit = self.visit
        return ui.render("phases/_ribbon.html", phases=self.timeline(), page=self.page, staff=visit.may(STAFF))

    @property
    def page(self) -> str:
        """Address of the page of phases."""
        return f"{self.visit.run.base}phases/{self.visit.block.id}"


SAID = ("title", "learner", "tutor")
"""What of a phase is said to people."""


def source_of(visit: "RunVisit") -> Phased | None:
    """What a kind of block contributes about its phases, if it does."""
    kinds: Sequence[Phased] = visit.site.of(Phased)
    return next((one for one in kinds if one.kind == visit.block.kind), None)


def look(visit: "RunVisit", name: str) -> Markup:
    """The block's card in this phase as a participant finds it who has done nothing. Asks the database nothing."""
    from lms.visit import RunVisit  # noqa: PLC0415 - a visit knows its phases; this is the one way back

    assert visit.place is not None, "an activity stands in a run"
    shown = RunVisit(visit.site, visit.person, replace(visit.place, role="learner"))
    shown.enter_block(visit.block)
    shown.stand_in({(visit.block.id, 0, KEPT): written(Move(name))})
    kind = visit.kind
    return kind.show(shown) if isinstance(kind, Activity) else Markup()
