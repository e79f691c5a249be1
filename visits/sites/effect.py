"""What a line of a calendar file would change: it is new, it is otherwise now, or it is so already (pure)."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from visits.sites.lines import AwayPlan, DayPlan, HoursPlan, PlacePlan, Plan

ONE_DAY = timedelta(days=1)


class Effect(StrEnum):
    """What becomes of a line when its file is taken."""

    NEW = "new"
    CHANGES = "changes"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line's effect, and the number of the line as it is now, where it is otherwise."""

    effect: Effect
    was: int | None = None


def changes(plans: Mapping[int, Plan], there: Mapping[int, Plan]) -> dict[int, Change]:
    """The effect of every plan beside what is there, read from the same columns."""
    return {number: _change(plan, there) for number, plan in plans.items()}


def _change(plan: Plan, there: Mapping[int, Plan]) -> Change:
    if isinstance(plan, HoursPlan):
        return _hours(plan, there)
    about = [number for number, each in there.items() if _subject(each) == _subject(plan)]
    if not about or (isinstance(plan, PlacePlan) and plan.known is None):
        return Change(effect=Effect.NEW)
    if any(_said(there[number]) == _said(plan) for number in about):
        return Change(effect=Effect.SAME)
    return Change(effect=Effect.CHANGES, was=about[0])


def _subject(plan: Plan) -> object:
    """What two lines must share to be about the same thing."""
    match plan:
        case DayPlan():
            return plan.day, plan.everywhere
        case AwayPlan():
            return plan.resource, plan.site, plan.start, plan.end
        case PlacePlan():
            return plan.known
        case HoursPlan():
            return plan.resource


def _said(plan: Plan) -> object:
    """What they say of it; a place that is known is not called otherwise, and says what its officer can do only where
    that is to change."""
    return (plan.last, plan.grade, plan.skills) if isinstance(plan, PlacePlan) else plan


def _hours(plan: HoursPlan, there: Mapping[int, Plan]) -> Change:
    """Hours are so already if the seasons they would replace have no other week and leave no gap."""
    last = plan.last or date.max
    mine = [
        (number, each)
        for number, each in there.items()
        if isinstance(each, HoursPlan) and each.resource == plan.resource and (each.last or date.max) >= plan.first
    ]
    seasons = sorted((each for each in mine if each[1].first <= last), key=lambda each: each[1].first)
    if not seasons:
        return Change(effect=Effect.NEW)
    if all(each.week == plan.week for _, each in seasons) and _covers([each for _, each in seasons], plan.first, last):
        return Change(effect=Effect.SAME)
    return Change(effect=Effect.CHANGES, was=seasons[0][0])


def _covers(seasons: Sequence[HoursPlan], first: date, last: date) -> bool:
    """Does one begin in time, each go on where another ends, and the last one last?"""
    follow = all(
        one.last is not None and one.last + ONE_DAY == other.first for one, other in itertools.pairwise(seasons)
    )
    return follow and seasons[0].first <= first and (seasons[-1].last or date.max) >= last
