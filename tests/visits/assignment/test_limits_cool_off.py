"""A rest between the same two people that would leave a declarant without anybody is refused, with what is possible."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from visits.assignment.limits import BeyondTheOfficers, Busiest, bears
from visits.sites.policies import Policies

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
#: One firm with a visit on each of the last ten days, two officers.
DAILY = Busiest(starts=[[NOW - timedelta(days=ago, hours=1) for ago in range(10)]], officers=2)


def rest(most: int, days: int) -> Policies:
    return replace(Policies(), cool_off_most=most, cool_off_days=days)


def test_more_visits_than_the_officers_may_make_are_refused_with_the_most_that_is_possible() -> None:
    with pytest.raises(BeyondTheOfficers) as refused:
        bears(rest(2, 30), DAILY, NOW)

    facts = refused.value.facts
    assert (facts["visits"], facts["days"], facts["least"]) == (10, 4, 5)


def test_what_it_says_is_possible_is_and_one_more_is_not() -> None:
    bears(rest(2, 4), DAILY, NOW)
    bears(rest(5, 30), DAILY, NOW)
    for beyond in (rest(2, 5), rest(4, 30)):
        with pytest.raises(BeyondTheOfficers):
            bears(beyond, DAILY, NOW)


def test_an_office_without_visits_bears_anything() -> None:
    bears(rest(1, 365), Busiest(starts=[], officers=1), NOW)
