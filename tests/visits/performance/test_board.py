"""The day on the board: how a visit stands at an instant, and which figures may be shown."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from visits.journey.states import Level, State
from visits.performance import board
from visits.performance.board import Counts, Planned

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
OFFICER = UUID(int=1)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def a_visit(start: float = 0, end: float = 60, **changes: Any) -> Planned:
    """Promised from nine to ten, with an inspector, not begun."""
    given = {
        "visit": UUID(int=100),
        "title": "C 48213",
        "number": "48213",
        "level": Level.PHYSICAL,
        "state": State.BOOKED,
        "status": "confirmed",
        "start": at(start),
        "end": at(end),
        "officer": OFFICER,
    }
    return Planned(**(given | changes))


STANDS = {
    "before its time": ({}, -10, "planned"),
    "within the grace": ({}, 15, "planned"),
    "just beyond the grace": ({}, 15.1, "late"),
    "begun": ({"started": at(5)}, 30, "running"),
    "begun late, within its length": ({"started": at(30)}, 89, "running"),
    "beyond its length": ({"started": at(5)}, 66, "over"),
    "ended": ({"started": at(5), "ended": at(50)}, 400, "done"),
    "nobody came": ({"status": "no_show_declarant"}, 400, "no_show"),
}


@pytest.mark.parametrize(("changes", "now", "kind"), STANDS.values(), ids=STANDS)
def test_how_a_visit_stands(changes: dict[str, Any], now: float, kind: str) -> None:
    assert board.bar(a_visit(**changes), at(now)).kind == kind


def test_an_overrun_says_by_how_much_and_grows_with_the_time() -> None:
    made = board.bar(a_visit(started=at(5)), at(105))

    assert (made.beyond, made.end) == (timedelta(minutes=40), at(105))


def test_the_next_visit_of_an_officer_who_overruns_is_at_risk() -> None:
    day = [a_visit(started=at(5)), a_visit(70, 130), a_visit(70, 130, officer=UUID(int=2))]

    assert [each.kind for each in board.bars(day, at(80))] == ["over", "risk", "planned"]


def test_the_day_is_counted_once() -> None:
    day = [
        a_visit(started=at(0), ended=at(40)),
        a_visit(started=at(0)),
        a_visit(),
        a_visit(status="no_show_goods"),
    ]

    found = board.counts(board.bars(day, at(70)))

    assert found == Counts(done=1, running=1, coming=1, no_show=1)
    assert found.total == 4


def test_on_time_is_within_fifteen_minutes_either_way() -> None:
    day = [a_visit(started=at(minutes)) for minutes in (-15, 15, 15.5, -16)]

    assert board.on_time([*day, a_visit()]) == (2, 4)


def test_a_median_is_shown_from_thirty_visits_on() -> None:
    waits = board.waits([a_visit(arrived=at(-minutes), started=at(0)) for minutes in range(30)])

    assert board.middle(waits[:29]) is None
    assert board.middle(waits) == timedelta(minutes=14.5)


def test_who_came_after_the_beginning_did_not_wait() -> None:
    assert board.waits([a_visit(arrived=at(10), started=at(0)), a_visit(started=at(0))]) == [timedelta()]


def test_late_and_without_officer_are_different_decisions() -> None:
    drawn = board.bars([a_visit(), a_visit(officer=None), a_visit(officer=None, status="no_show_goods")], at(20))

    assert (len(board.late(drawn)), len(board.without_officer(drawn))) == (1, 1)
