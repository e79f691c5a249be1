"""What each line of a calendar file would change beside what is there."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from visits.sites.cells import Named
from visits.sites.effect import Change, Effect, changes
from visits.sites.lines import AwayPlan, DayPlan, HoursPlan, PlacePlan, Plan

BAY = Named(id=UUID(int=1), kind="bay", name="Aire A", site="TC01")
OTHER = Named(id=UUID(int=2), kind="bay", name="Aire B", site="TC01")
LONG = ((1, ((480, 720),)),)
SHORT = ((1, ((480, 600),)),)


def a_day(name: str = "Noël", *, everywhere: bool = False) -> DayPlan:
    return DayPlan(day=date(2026, 12, 25), name=name, works=False, tentative=False, everywhere=everywhere)


def hours(first: date, last: date | None = None, *, week: object = LONG, whose: Named = BAY) -> HoursPlan:
    return HoursPlan(resource=whose, first=first, last=last, week=week)  # type: ignore[arg-type]


def closed(reason: str = "Inventaire") -> AwayPlan:
    start, end = datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 25, tzinfo=UTC)
    return AwayPlan(resource=None, site=None, start=start, end=end, reason=reason)


def a_place(last: date | None = None, *, known: Named | None = BAY) -> PlacePlan:
    return PlacePlan(known=known, kind="bay", name="Aire A", site=UUID(int=9), last=last)


JAN, FEB, MAR = date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)
END = date(2027, 1, 31)

SAME: dict[str, tuple[Plan, list[Plan]]] = {
    "day": (a_day(), [a_day()]),
    "closure": (closed(), [closed()]),
    "place": (a_place(MAR), [a_place(MAR)]),
    "hours within a season": (hours(FEB, MAR), [hours(JAN)]),
    "hours over two seasons": (hours(JAN), [hours(JAN, END), hours(FEB)]),
}
CHANGED: dict[str, tuple[Plan, list[Plan]]] = {
    "day": (a_day("Fête"), [a_day()]),
    "closure": (closed("Travaux"), [closed()]),
    "place": (a_place(MAR), [a_place()]),
    "what an officer can do": (replace(a_place(), skills=3), [a_place()]),
    "hours": (hours(FEB, week=SHORT), [hours(JAN)]),
    "hours that end": (hours(JAN), [hours(JAN, END)]),
    "hours with a gap": (hours(JAN), [hours(JAN, date(2027, 1, 30)), hours(FEB)]),
    "hours that begin later": (hours(JAN), [hours(FEB)]),
    "one season of two": (hours(JAN), [hours(JAN, END), hours(FEB, week=SHORT)]),
}
NEW: dict[str, tuple[Plan, list[Plan]]] = {
    "nothing there": (a_day(), []),
    "another reach": (a_day(), [a_day(everywhere=True)]),
    "place": (a_place(known=None), [a_place()]),
    "hours of another": (hours(JAN), [hours(JAN, whose=OTHER)]),
    "hours after those that end": (hours(FEB), [hours(JAN, END)]),
}


@pytest.mark.parametrize(("plan", "there"), SAME.values(), ids=SAME)
def test_what_is_so_already_changes_nothing(plan: Plan, there: list[Plan]) -> None:
    assert changes({7: plan}, dict(enumerate(there))) == {7: Change(effect=Effect.SAME)}


@pytest.mark.parametrize(("plan", "there"), CHANGED.values(), ids=CHANGED)
def test_what_is_otherwise_now_is_named(plan: Plan, there: list[Plan]) -> None:
    assert changes({7: plan}, dict(enumerate(there))) == {7: Change(effect=Effect.CHANGES, was=0)}


@pytest.mark.parametrize(("plan", "there"), NEW.values(), ids=NEW)
def test_what_is_not_there_is_new(plan: Plan, there: list[Plan]) -> None:
    assert changes({7: plan}, dict(enumerate(there))) == {7: Change(effect=Effect.NEW)}
