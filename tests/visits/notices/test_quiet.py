"""When what is not urgent may leave."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from visits.notices.quiet import may_go

ABIDJAN, LISBON = ZoneInfo("Africa/Abidjan"), ZoneInfo("Europe/Lisbon")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        ("2026-11-23T19:59", "2026-11-23T19:59"),
        ("2026-11-23T20:00", "2026-11-24T07:00"),
        ("2026-11-23T23:59", "2026-11-24T07:00"),
        ("2026-11-24T00:00", "2026-11-24T07:00"),
        ("2026-11-24T06:59", "2026-11-24T07:00"),
        ("2026-11-24T07:00", "2026-11-24T07:00"),
    ],
)
def test_the_night_ends_at_seven(now: str, goes: str) -> None:
    assert may_go(at(now), ABIDJAN, begins=20, ends=7) == at(goes)


@pytest.mark.parametrize(
    ("now", "goes"), [("2026-11-23T13:30", "2026-11-23T14:00"), ("2026-11-23T14:00", "2026-11-23T14:00")]
)
def test_quiet_hours_may_lie_within_a_day(now: str, goes: str) -> None:
    assert may_go(at(now), ABIDJAN, begins=12, ends=14) == at(goes)


def test_the_same_hour_twice_is_no_quiet_hour() -> None:
    assert may_go(at("2026-11-23T03:00"), ABIDJAN, begins=7, ends=7) == at("2026-11-23T03:00")


def test_the_wall_clock_counts_over_a_change_of_time() -> None:
    # On 25 October 2026 Lisbon goes from UTC+1 to UTC+0 at two in the morning.
    assert may_go(at("2026-10-24T21:30"), LISBON, begins=22, ends=7) == at("2026-10-25T07:00")
    assert may_go(at("2026-03-28T23:30"), LISBON, begins=22, ends=7) == at("2026-03-29T06:00")
