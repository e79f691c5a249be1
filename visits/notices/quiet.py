"""Quiet hours of an office: when what is not urgent waits for the morning. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def may_go(at: datetime, zone: ZoneInfo, *, begins: int, ends: int) -> datetime:
    """The instant itself outside the quiet hours, else their end; hours of the office's own day, equal means none.

    Where daylight changes, the end is the wall clock's hour on that day.
    """
    if begins == ends:
        return at
    local = at.astimezone(zone)
    hour = local.hour
    quiet = begins <= hour < ends if begins < ends else hour >= begins or hour < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if hour >= ends else 0)
    until = datetime(day.year, day.month, day.day, ends, tzinfo=zone)
    return max(at, until.astimezone(UTC))
