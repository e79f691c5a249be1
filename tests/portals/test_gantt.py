"""The hours above the board never run into each other."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from visits.portals.supervisor.gantt import Frame, draw

DAY = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "last", "before"),
    [("pt", ">18:00<", ">17:00<"), ("fr", ">18", ">17")],
    ids=["five characters", "four"],
)
def test_an_hour_that_would_touch_the_last_one_is_left_out(language: str, last: str, before: str) -> None:
    box = Frame(start=DAY.replace(hour=7), end=DAY.replace(hour=18), zone=ZoneInfo("UTC"), language=language)

    drawn = str(draw([], [], DAY.replace(hour=3), box))

    assert last in drawn
    assert (before in drawn) == (language == "fr")
