"""How long somebody has been at a terminal, by the days on which he or she had visits."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from visits.assignment.stays import stay_of

SITE, OTHER = UUID(int=60), UUID(int=61)
DAY = date(2026, 11, 24)


def ago(*days: int, site: UUID = SITE) -> list[tuple[date, UUID]]:
    return [(DAY - timedelta(days=each), site) for each in days]


@pytest.mark.parametrize(
    ("served", "days"),
    [
        ([], 0),
        (ago(1), 1),
        (ago(1, 2, 3), 3),
        (ago(1, 3), 3),
        (ago(3), 3),
        (ago(4), 0),
        (ago(2, 3) + ago(1, site=OTHER), 0),
        (ago(1) + ago(2, site=OTHER) + ago(3), 1),
        (ago(1, 2) + ago(2, site=OTHER), 2),
        (ago(0), 0),
    ],
    ids=[
        "nowhere yet",
        "since yesterday",
        "three days running",
        "a day off between",
        "just not long enough away",
        "away long enough",
        "elsewhere yesterday",
        "back since yesterday",
        "both on one day",
        "only today",
    ],
)
def test_a_stay_lasts_until_a_day_elsewhere_or_long_enough_away(served: list[tuple[date, UUID]], days: int) -> None:
    assert stay_of(served, SITE, DAY, 3) == days
    assert stay_of(list(reversed(served)), SITE, DAY, 3) == days
