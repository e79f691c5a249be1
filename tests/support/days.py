"""Small office-days to plan: four quarters an hour from eight o'clock, seats and visits by a few words."""

from typing import Any

from scheduling import Need, OfficeDay, PlanVisit, Rest, Route, Seat, Stop

EIGHT = 480
#: Eight to noon and one to five.
SHIFT = ((480, 720), (780, 1020))


def a_seat(name: str, **facts: Any) -> Seat:
    """An officer's seat in the usual shift."""
    return Seat(**({"id": name, "shift": SHIFT} | facts))


def a_visit(name: str, start: int, minutes: int = 60, **facts: Any) -> PlanVisit:
    """A visit promised for so many minutes after midnight."""
    return PlanVisit(**({"id": name, "minutes": minutes, "earliest": start, "latest": start, "site": "T1"} | facts))


def urgent(name: str, minutes: int = 60, **facts: Any) -> PlanVisit:
    """A visit that may begin at any time of the day."""
    return a_visit(name, EIGHT, minutes, **({"latest": 1200} | facts))


def a_day(*seats: Seat, visits: tuple[PlanVisit, ...] = (), **facts: Any) -> OfficeDay:
    """A day of these seats and visits."""
    return OfficeDay(seats=seats, visits=visits, **facts)


def roads(**minutes: int) -> dict[frozenset[str], int]:
    """`T1_T2=20` is twenty minutes between the two."""
    return {frozenset(pair.split("_")): each for pair, each in minutes.items()}


def a_route(seat: str, *visits: PlanVisit) -> Route:
    """The visits on a seat, at their promised times, in their first role."""
    return Route(seat=seat, stops=tuple(Stop(each, each.needs[0], each.earliest) for each in visits))


__all__ = ["EIGHT", "SHIFT", "Need", "Rest", "a_day", "a_route", "a_seat", "a_visit", "roads", "urgent"]
