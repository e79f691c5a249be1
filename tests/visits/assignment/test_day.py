"""When a shift is so far worked that no visit of high risk may still last (pure)."""

import pytest

from visits.booking.strain import tired_at

#: Eight to noon and one to five: eight hours.
SHIFT = ((480, 720), (780, 1020))


@pytest.mark.parametrize(
    ("percent", "minute"),
    [(80, 924), (50, 720), (51, 784), (10, 528), (99, 1015)],
    ids=["at 15:24", "when the break begins", "just after the break", "early", "nearly at the end"],
)
def test_a_part_of_the_shift_is_counted_in_minutes_worked(percent: int, minute: int) -> None:
    assert tired_at(SHIFT, percent) == minute


def test_nobody_is_tired_who_may_work_to_the_end_or_does_not_work() -> None:
    assert tired_at(SHIFT, 100) is None
    assert tired_at((), 80) is None
