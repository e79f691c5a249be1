"""The day of an office as a supervisor reads it: how each visit stands, what needs a decision, the figures. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from visits.journey.states import Level, State

#: A visit that has not begun this long after its time is late; one that began within it was on time.
GRACE = timedelta(minutes=15)
#: A signed report waits no longer than this for its validation.
REPORT_PATIENCE = timedelta(minutes=30)
#: Below this many visits a median or a share says nothing; counts are always shown.
ENOUGH = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One appointment of the day with what became of it."""

    visit: UUID
    title: str
    #: The number alone, for where there is little room.
    number: str
    level: Level
    state: State
    status: str
    start: datetime
    end: datetime
    officer: UUID | None = None
    site: str = ""
    arrived: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    #: Since when the report waits for its validation.
    signed: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One visit on the board: how it stands, and the stretch it takes."""

    planned: Planned
    #: done, running, over, risk, late, planned or no_show.
    kind: str
    start: datetime
    end: datetime
    #: How long a running visit is beyond its time.
    beyond: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The day in four numbers."""

    done: int
    running: int
    coming: int
    no_show: int

    @property
    def total(self) -> int:
        """All visits of the day."""
        return self.done + self.running + self.coming + self.no_show


def bar(planned: Planned, now: datetime, busy_until: datetime | None = None) -> Bar:
    """How a visit stands; `busy_until` is when its officer is expected to be free."""
    length = planned.end - planned.start
    if planned.status.startswith("no_show"):
        return Bar(planned=planned, kind="no_show", start=planned.start, end=planned.end)
    if planned.started and planned.ended:
        return Bar(planned=planned, kind="done", start=planned.started, end=max(planned.ended, planned.started))
    if planned.started:
        expected = planned.started + length
        beyond = max(timedelta(), now - expected)
        kind = "over" if beyond else "running"
        return Bar(planned=planned, kind=kind, start=planned.started, end=max(expected, now), beyond=beyond)
    if now > planned.start + GRACE:
        return Bar(planned=planned, kind="late", start=planned.start, end=planned.end)
    risk = busy_until is not None and busy_until > planned.start
    return Bar(planned=planned, kind="risk" if risk else "planned", start=planned.start, end=planned.end)


def bars(day: Sequence[Planned], now: datetime) -> list[Bar]:
    """Every visit of the day, in order of its time; a visit after one that overruns is at risk."""
    free: dict[UUID, datetime] = {}
    drawn = []
    for planned in sorted(day, key=lambda each: (each.start, each.title)):
        made = bar(planned, now, free.get(planned.officer) if planned.officer else None)
        if made.kind in ("running", "over") and planned.officer:
            # Whoever is beyond the time already is not done at once.
            free[planned.officer] = made.end + (GRACE if made.beyond else timedelta())
        drawn.append(made)
    return drawn


def counts(drawn: Sequence[Bar]) -> Counts:
    """How many are done, running, still to come, and lost."""
    kinds = [each.kind for each in drawn]
    return Counts(
        done=kinds.count("done"),
        running=kinds.count("running") + kinds.count("over"),
        coming=kinds.count("planned") + kinds.count("risk") + kinds.count("late"),
        no_show=kinds.count("no_show"),
    )


def on_time(day: Sequence[Planned]) -> tuple[int, int]:
    """Visits that began within the grace of their time, and all that began (I04)."""
    started = [each for each in day if each.started]
    return sum(1 for each in started if each.started and abs(each.started - each.start) <= GRACE), len(started)


def waits(day: Sequence[Planned]) -> list[timedelta]:
    """How long each declarant who came waited for the beginning."""
    return [max(timedelta(), each.started - each.arrived) for each in day if each.started and each.arrived]


def middle(times: Sequence[timedelta]) -> timedelta | None:
    """The median; None below the number from which it is shown."""
    if len(times) < ENOUGH:
        return None
    return timedelta(seconds=median(each.total_seconds() for each in times))


def without_officer(drawn: Sequence[Bar]) -> list[Bar]:
    """Visits still to be made that nobody was given."""
    return [each for each in drawn if each.planned.officer is None and each.kind in ("planned", "risk", "late")]


def at_risk(drawn: Sequence[Bar]) -> list[tuple[Bar, Bar]]:
    """Each visit that will begin late, with the one its inspector is still at."""
    at = {each.planned.officer: each for each in drawn if each.kind in ("running", "over") and each.planned.officer}
    return [(each, at[each.planned.officer]) for each in drawn if each.kind == "risk" and each.planned.officer in at]


def late(drawn: Sequence[Bar]) -> list[Bar]:
    """Visits with an inspector whose time is past by more than the grace."""
    return [each for each in drawn if each.kind == "late" and each.planned.officer is not None]
