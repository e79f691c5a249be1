"""Whoever books again and again does not choose: on one day, a visit has one number, whatever was done with it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from scheduling import number
from tests.support.clock import MONDAY
from tests.support.rehearsal import Rehearsal
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, to_book
from visits.assignment import queries, seeds
from visits.assignment.draw import draw
from visits.assignment.tables import Draw
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.errors import Refusal
from visits.store.work import Work

#: Hours of the next two days.
times = st.builds(
    lambda days, hour: MONDAY.replace(hour=hour, minute=0) + timedelta(days=days),
    st.sampled_from((1, 2)),
    st.sampled_from((8, 10, 14)),
)
steps = st.lists(st.tuples(st.sampled_from(("move", "again", "draw")), times), min_size=2, max_size=8)


@pytest.fixture
def story(database_name: str, tmp_path: Path) -> Iterator[tuple[Rehearsal, UUID]]:
    found: list[UUID] = []

    async def prepare(stage: Stage) -> None:
        await stage.run("system", seeds.commit_seeds, stage.tools)
        await calendars(stage)
        found.append((await booked(stage, await to_book(stage), MONDAY.replace(hour=10) + timedelta(days=1))).id)

    rehearsal = Rehearsal(database_name, tmp_path, prepare)
    yield rehearsal, found[0]
    rehearsal.close()


async def appointment(work: Work, visit_id: UUID) -> UUID | None:
    seat = await queries.seat_of(work, visit_id)
    return seat[0].id if seat else None


async def numbers(work: Work, visit_id: UUID) -> list[tuple[date, bytes]]:
    rows = await work.session.scalars(select(Draw).where(col(Draw.visit_id) == visit_id))
    return [(each.day, each.number) for each in rows]


async def secret(work: Work, rehearsal: Rehearsal, day: date) -> bytes:
    seed = await queries.seed_of_day(work, rehearsal.stage.office.id, day)
    assert seed is not None
    return seeds.opened(rehearsal.tools.vault, rehearsal.stage.office, seed)


def done(rehearsal: Rehearsal, visit_id: UUID, step: str, at: datetime) -> None:
    """One step, as far as it is allowed."""
    live = rehearsal.run("chief", appointment, visit_id)
    with suppress(Refusal):
        if step == "draw":
            rehearsal.run("system", draw, rehearsal.tools, visit_id)
        elif step == "move" and live is not None:
            rehearsal.run("chief", move, live, at, reason="story")
        elif step == "again":
            if live is not None:
                rehearsal.run("chief", cancel, live, reason="story")
            kept: Any = rehearsal.run("chief", hold, visit_id, at, reason="story")
            rehearsal.run("chief", confirm, kept.id)


@pytest.mark.slow  # stories of use cases on the database
def test_no_sequence_of_rebookings_changes_a_visits_number(story: tuple[Rehearsal, UUID]) -> None:
    rehearsal, visit_id = story
    drawn = 0

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # the shortest story that fails would be sought for minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(said=steps)
    def search(said: list[tuple[str, datetime]]) -> None:
        nonlocal drawn
        rehearsal.begin()
        for step, at in [*said, ("draw", said[0][1])]:
            done(rehearsal, visit_id, step, at)
        for day, found in rehearsal.run("system", numbers, visit_id):
            drawn += 1
            plain = rehearsal.run("system", secret, rehearsal, day)
            assert found == number(plain, "visit", str(visit_id))

    search()
    assert drawn >= 25
