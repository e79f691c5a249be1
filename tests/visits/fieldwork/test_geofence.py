"""A position says inside or outside only as far as its own accuracy goes."""

import math

import pytest

from visits.fieldwork.geofence import Fence, Fix, metres, verdict

TERMINAL = {"latitude": 5.2571, "longitude": -4.0095, "radius": 400.0}
#: A degree of latitude is about 111.2 km.
METRE = 1 / 111_195


def north(away: float, accuracy: float = 10) -> Fix:
    return Fix(latitude=5.2571 + away * METRE, longitude=-4.0095, accuracy=accuracy)


@pytest.mark.parametrize(
    ("fix", "expected"),
    [
        pytest.param(north(0), Fence.INSIDE, id="at the gate"),
        pytest.param(north(380), Fence.INSIDE, id="near the fence"),
        pytest.param(north(395), Fence.UNKNOWN, id="too near to say"),
        pytest.param(north(405), Fence.UNKNOWN, id="just outside, not sure"),
        pytest.param(north(420), Fence.OUTSIDE, id="outside"),
        pytest.param(north(0, 500), Fence.UNKNOWN, id="accuracy worse than the fence"),
        pytest.param(north(5000, 500), Fence.OUTSIDE, id="far away in any case"),
        pytest.param(None, Fence.UNKNOWN, id="no position"),
        pytest.param(north(0, math.nan), Fence.UNKNOWN, id="accuracy not a number"),
        pytest.param(north(0, -1), Fence.UNKNOWN, id="accuracy below nothing"),
        pytest.param(Fix(latitude=95, longitude=0, accuracy=5), Fence.UNKNOWN, id="no place on earth"),
    ],
)
def test_a_fix_is_judged_with_its_accuracy(fix: Fix | None, expected: Fence) -> None:
    assert verdict(fix, **TERMINAL) is expected


def test_a_site_without_position_says_unknown() -> None:
    assert verdict(north(0), latitude=None, longitude=None, radius=400) is Fence.UNKNOWN


def test_the_distance_from_abidjan_to_accra_is_known() -> None:
    assert metres(5.3453, -4.0244, 5.6037, -0.1870) == pytest.approx(425_600, rel=0.005)


def test_a_distance_is_the_same_both_ways_round_the_globe() -> None:
    assert metres(0, 179.9, 0, -179.9) == pytest.approx(metres(0, -179.9, 0, 179.9))
    assert metres(0, 179.9, 0, -179.9) < 25_000
