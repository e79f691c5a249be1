"""Weekly hours as people write them."""

import pytest

from visits.sites.week import HoursUnclear, minutes_of, text_of

READ = {
    "nothing is closed": ("", []),
    "two shifts": ("8:00-12:00, 13:00-17:00", [[480, 720], [780, 1020]]),
    "as the French write": ("8 h – 12 h 30", [[480, 750]]),
    "hours alone": ("8-12", [[480, 720]]),
    "out of order": ("13:00-17:00; 08:00-12:00", [[480, 720], [780, 1020]]),
    "a whole day": ("0:00-24:00", [[0, 1440]]),
    "a night": ("22:00-6:00", [[1320, 1800]]),
    "one end is the next beginning": ("8-12, 12-14", [[480, 720], [720, 840]]),
}


@pytest.mark.parametrize(("typed", "expected"), READ.values(), ids=READ)
def test_hours_are_read_and_written_back(typed: str, expected: list[list[int]]) -> None:
    assert minutes_of(typed) == expected
    assert minutes_of(text_of(expected)) == expected


@pytest.mark.parametrize(
    "typed", ["matin", "8", "8:00-25:00", "8:61-9:00", "8-12, 11-14", "22-6, 5-8", "8--12", "24:00-25:00", "24-3"]
)
def test_what_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(HoursUnclear):
        minutes_of(typed)
