"""Who held the clock how long: the time from lane to removal voucher, cut into turns that add up exactly. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling import Interval, intersect
from visits.journey.states import OVER, Clock, State
from visits.journey.timeline import Happening

#: Whoever holds the clock between the decision and the first step of a visit.
FIRST = "customs"
#: Between assessment and receipt, when no visit holds the declaration back.
BANK = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `at` on a visit waits for `owner`; `done` when the visit itself waits for nothing more."""

    at: datetime
    visit: object
    owner: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A stretch of time in one pair of hands, half-open."""

    owner: str
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """From the first instant to the last."""
        return self.end - self.start


def change_to(at: datetime, visit: object, target: str, clock: str) -> Change:
    """A transition as a change of turn."""
    done = State(target) in OVER or target == State.ACKNOWLEDGED
    return Change(at=at, visit=visit, owner=clock, done=done)


def turns(changes: Iterable[Change], told: Iterable[Happening] = (), *, start: datetime, end: datetime) -> list[Turn]:
    """The time between start and end, cut where the clock changes hands; neighbours in the same hands are one turn.

    With several visits on a declaration the one opened last speaks. When no visit holds it back, it waits for
    the bank between assessment and receipt, else for customs.
    """
    holders: dict[object, Change] = {}
    paying = False
    cuts: list[tuple[datetime, Change | bool]] = [(each.at, each) for each in changes]
    cuts += [(each.at, each.kind == "assessed") for each in told if each.kind in ("assessed", "paid")]
    cut: list[Turn] = []
    since, owner = start, FIRST
    for at, what in sorted(cuts, key=lambda pair: pair[0]):
        at = min(max(at, start), end)
        _extend(cut, owner, since, at)
        if isinstance(what, bool):
            paying = what
        else:
            holders[what.visit] = what
        since, owner = at, _owner(holders, paying)
    _extend(cut, owner, since, end)
    return cut


def _owner(holders: dict[object, Change], paying: bool) -> str:
    waiting = [each.owner for each in holders.values() if not each.done]
    if waiting:
        return waiting[-1]
    return BANK if paying else FIRST


def _extend(cut: list[Turn], owner: str, start: datetime, end: datetime) -> None:
    if end <= start:
        return
    if cut and cut[-1].owner == owner:
        cut[-1] = Turn(owner=owner, start=cut[-1].start, end=end)
    else:
        cut.append(Turn(owner=owner, start=start, end=end))


def owner_after(cut: Sequence[Turn], at: datetime) -> str:
    """In whose hands the clock is just after an instant; nobody's outside the turns."""
    return next((turn.owner for turn in cut if turn.start <= at < turn.end), Clock.NOBODY)


def spent(turn: Turn, hours: Sequence[Interval] | None = None) -> timedelta:
    """The length of a turn, or the part of it inside the office's hours."""
    return turn.length if hours is None else worked(turn.start, turn.end, hours)


def worked(start: datetime, end: datetime, hours: Sequence[Interval]) -> timedelta:
    """The office hours between two instants; negative when they come the other way round."""
    if end < start:
        return -worked(end, start, hours)
    if end == start:
        return timedelta()
    inside = intersect([Interval(start, end)], hours)
    return sum((each.end - each.start for each in inside), timedelta())


def by_owner(cut: Sequence[Turn], hours: Sequence[Interval] | None = None) -> list[tuple[str, timedelta]]:
    """Time by owner, the most first; the parts are the whole."""
    sums: dict[str, timedelta] = {}
    for turn in cut:
        sums[turn.owner] = sums.get(turn.owner, timedelta()) + spent(turn, hours)
    return sorted(((owner, time) for owner, time in sums.items() if time), key=lambda pair: (-pair[1], pair[0]))


def in_minutes(parts: Sequence[tuple[str, timedelta]]) -> list[tuple[str, timedelta]]:
    """The parts in whole minutes that still add up to the whole, rounded; the largest rests are rounded up."""
    minute = timedelta(minutes=1)
    floors = [divmod(time, minute) for _, time in parts]
    missing = round(sum((time for _, time in parts), timedelta()) / minute) - sum(whole for whole, _ in floors)
    up = sorted(range(len(parts)), key=lambda place: -floors[place][1])[:missing]
    return [(owner, (floors[place][0] + (place in up)) * minute) for place, (owner, _) in enumerate(parts)]
