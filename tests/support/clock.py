"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

#: A Monday, eight in the morning in Abidjan (UTC+0).
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class MovedClock:
    """Implements visits.clock.Clock."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        """Move on, e.g. `clock.move(hours=2)`."""
        self.at += timedelta(**by)
        return self.at

    def set(self, at: datetime) -> None:
        """Jump."""
        self.at = at
