"""The state table as a whole: no dead end, no orphan, somebody for every step."""

import pytest

from visits.events import KINDS
from visits.journey.states import (
    BY_APPOINTMENT,
    CLOCKS,
    LEVEL_NAMES,
    OPEN,
    OVER,
    STATE_NAMES,
    SUSPENSIONS,
    TABLE,
    Clock,
    Level,
    NotYours,
    State,
    WrongState,
    next_state,
    possible,
)
from visits.roles import Role

#: States of the appointment are not for desk visits, and the desk is for nothing else.
NOT_FOR = {
    Level.DOCUMENTS: {State.TO_BOOK, State.BOOKED},
    **{level: {State.AT_DESK} for level in BY_APPOINTMENT},
}


def steps(level: Level, *, without: frozenset[str] = frozenset()) -> dict[State, set[State]]:
    """Where one can go from each state at a level."""
    ways: dict[State, set[State]] = {state: set() for state in State}
    for row in TABLE:
        if level in row.levels and row.event not in without:
            ways[row.source].add(row.target)
    return ways


def reached(start: State, ways: dict[State, set[State]]) -> set[State]:
    """Every state one can get to."""
    seen, todo = {start}, [start]
    while todo:
        new = ways[todo.pop()] - seen
        seen |= new
        todo += new
    return seen


@pytest.mark.parametrize("level", Level)
def test_every_open_state_leads_to_the_voucher_without_a_cancellation(level: Level) -> None:
    ways = steps(level, without=frozenset({"cancelled"}))

    stuck = {state for state in OPEN - NOT_FOR[level] if State.RELEASED not in reached(state, ways)}

    assert stuck == set()


@pytest.mark.parametrize("level", Level)
def test_every_state_of_a_level_can_be_reached_from_its_package(level: Level) -> None:
    assert reached(State.PACKAGE, steps(level)) == set(State) - NOT_FOR[level]


def test_what_is_over_never_goes_on() -> None:
    assert [row for row in TABLE if row.source in OVER and row.target is not row.source] == []


def test_every_open_state_can_be_withdrawn() -> None:
    assert {row.source for row in TABLE if row.event == "cancelled"} == OPEN


def test_one_event_leads_to_one_state() -> None:
    keys = [(row.source, row.event, level) for row in TABLE for level in row.levels]

    assert len(keys) == len(set(keys))


def test_every_step_is_an_event_and_has_somebody_who_may_take_it() -> None:
    assert {row.event for row in TABLE} <= set(KINDS)
    assert all(row.who and row.levels for row in TABLE)


def test_every_state_has_a_name_and_a_holder_and_only_the_over_have_none() -> None:
    assert set(STATE_NAMES) == set(CLOCKS) == set(State)
    assert {state for state, clock in CLOCKS.items() if clock is Clock.NOBODY} == OVER
    assert set(LEVEL_NAMES) == set(Level)


def test_a_suspension_names_a_cause_and_a_holder() -> None:
    assert all(says and isinstance(clock, Clock) for says, clock in SUSPENSIONS.values())


@pytest.mark.parametrize("state", sorted(OVER))
def test_a_button_is_offered_only_where_the_step_would_be_taken(state: State) -> None:
    for level in Level:
        for role in Role:
            for event in possible(state, level, frozenset({role})):
                assert next_state(state, event, level, frozenset({role})) is state


def test_the_wrong_moment_and_the_wrong_person_are_told_apart() -> None:
    with pytest.raises(WrongState):
        next_state(State.PACKAGE, "visit_started", Level.PHYSICAL, frozenset({Role.INSPECTOR}))
    with pytest.raises(NotYours):
        next_state(State.PACKAGE, "package_submitted", Level.PHYSICAL, frozenset({Role.INSPECTOR}))
