"""How long somebody has been at a terminal (pure): after so many days the rule of rotation asks for another."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID


def stay_of(served: Iterable[tuple[date, UUID]], site_id: UUID, day: date, rotation: int) -> int:
    """Days since a stay at a terminal began, by the days on which somebody had visits and where; 0 if it is over.

    A stay ends with a day at another terminal, or after as many days without a visit as it may last.
    """
    begun = last = day
    at: dict[date, set[UUID]] = {}
    for each, where in served:
        at.setdefault(each, set()).add(where)
    for each in sorted((each for each in at if each < day), reverse=True):
        if site_id not in at[each] or (last - each).days > rotation:
            break
        begun = last = each
    return (day - begun).days
