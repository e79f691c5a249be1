"""Visits: from a declaration selected for control to its removal voucher."""

from zoneinfo import ZoneInfo, reset_tzpath

__version__ = "0.1.0"

# The rules of time zones come from the tzdata package alone, so that every process on every machine reckons a local
# day alike: what an operating system ships may be years older, and a draw or a booking would not be found again.
# Here, because nothing of ours runs before this line.
reset_tzpath(to=())
ZoneInfo.clear_cache()
