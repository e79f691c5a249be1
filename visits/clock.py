"""The only reader of wall time outside the database. Inside a transaction, time is `Work.now`."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that tells an aware UTC instant."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds of the monotonic clock: for durations, never for dates."""
    return time.perf_counter()
