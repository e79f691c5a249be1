"""Was the device at the site? Pure. The answer is recorded and shown; it never blocks a visit."""

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, isfinite, radians, sin, sqrt

#: Mean radius of the earth in metres (IUGG).
EARTH = 6_371_008.8


class Fence(StrEnum):
    """Where the device was, as far as its own accuracy lets one say."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A position as a device tells it: degrees, and the radius in metres it is sure of."""

    latitude: float
    longitude: float
    accuracy: float

    @property
    def sound(self) -> bool:
        """Are these figures a place on earth?"""
        return (
            all(map(isfinite, (self.latitude, self.longitude, self.accuracy)))
            and -90 <= self.latitude <= 90
            and -180 <= self.longitude <= 180
            and self.accuracy >= 0
        )


def metres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The distance between two places over the globe (haversine)."""
    north = sin(radians(other_latitude - latitude) / 2)
    east = sin(radians(other_longitude - longitude) / 2)
    chord = north**2 + cos(radians(latitude)) * cos(radians(other_latitude)) * east**2
    return 2 * EARTH * asin(sqrt(min(1.0, chord)))


def verdict(fix: Fix | None, *, latitude: float | None, longitude: float | None, radius: float) -> Fence:
    """Inside or outside when the whole circle of the fix is; unknown when it crosses the fence, or nothing is known."""
    if fix is None or latitude is None or longitude is None or not fix.sound:
        return Fence.UNKNOWN
    away = metres(fix.latitude, fix.longitude, latitude, longitude)
    if away + fix.accuracy <= radius:
        return Fence.INSIDE
    return Fence.OUTSIDE if away - fix.accuracy > radius else Fence.UNKNOWN
