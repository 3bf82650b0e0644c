"""Time is given, never taken: the only module that reads the machine's clock.

Instants are aware datetimes in UTC everywhere inside the program; zones matter only where a person reads or writes a date.
"""

from datetime import UTC, datetime, timedelta


class Clock:
    """The site's clock. A preview or a test may set it; everything else asks `now()`."""

    def __init__(self) -> None:
        self._shift = timedelta(0)
        self._fixed: datetime | None = None

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._fixed or datetime.now(UTC) + self._shift

    def set(self, moment: datetime) -> None:
        """Stop the clock at `moment` (aware). `move` goes on from there."""
        if moment.tzinfo is None:
            raise ValueError("the clock takes aware datetimes only")
        self._fixed = moment.astimezone(UTC)

    def move(self, by: timedelta) -> None:
        """Move a stopped clock, or shift a running one, by `by`."""
        if self._fixed is not None:
            self._fixed += by
        else:
            self._shift += by

    def run(self) -> None:
        """Let the clock run by the machine again."""
        self._fixed, self._shift = None, timedelta(0)
