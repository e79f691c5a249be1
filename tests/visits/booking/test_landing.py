"""What a word on a ship changes: the discharge makes a time certain, a delay moves it or gives it back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.clearance import a_message, told
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, tomorrow
from tests.support.steps_fieldwork import BOX
from tests.support.steps_landing import (
    SHIP,
    appointment,
    at_sea,
    awaited,
    facts,
    landed,
    later,
    package_accepted,
    reserved,
    settled,
    ship,
    whole,
)
from visits.background.deliver import deliver
from visits.booking import landing
from visits.booking.tables import Arrival
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.errors import Refusal
from visits.sites.queries import office_by_id
from visits.store.work import Work

# ---------- the discharge ----------


async def test_the_discharge_makes_the_time_certain_and_tells_it_once(stage: Stage) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    assert [await landed(stage) for _ in range(3)] == [True, False, False]
    await settled(stage, visit)

    assert not await awaited(stage, visit)
    assert await facts(stage, visit) == [("reserved", None), ("settled", None)]


async def test_one_container_on_the_quay_is_enough_for_its_own_visit(stage: Stage) -> None:
    visit = await at_sea(stage)
    other = await stage.declaration(manifest=SHIP, boxes=("QZVU5081644",))
    second = await stage.run("system", select_lane, other.id, Colour.RED, source="message")
    assert second is not None
    await reserved(stage, visit)
    await reserved(stage, second)
    await landed(stage, BOX.lower())

    assert not await awaited(stage, visit)
    assert await awaited(stage, second)


async def test_the_clearance_systems_arrival_of_one_declaration_settles_it(stage: Stage) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    async with stage.work() as work:
        declaration = await work.session.get_one(Declaration, visit.declaration_id)
    await told(stage, a_message("cargo_arrived", declaration, manifest=SHIP))
    await deliver(stage.tools, stage.tenant, declaration.id)
    await settled(stage, visit)

    assert ("settled", None) in await facts(stage, visit)


async def test_a_discharge_to_come_or_of_an_unknown_ship_is_refused(stage: Stage) -> None:
    with pytest.raises(landing.NotAnnounced):
        await landed(stage)
    await ship(stage)
    with pytest.raises(landing.LandedTooSoon):
        await landed(stage, at=stage.clock.now() + timedelta(minutes=1))
    with pytest.raises(landing.FarAway):
        await landed(stage, at=datetime(1, 1, 1, tzinfo=UTC))


# ---------- the ship is late ----------


async def test_a_delay_the_hour_can_bear_changes_nothing(stage: Stage) -> None:
    visit = await at_sea(stage)
    made = await reserved(stage, visit, tomorrow(stage, 14))
    await ship(stage, tomorrow(stage, 9))

    assert (await appointment(stage, visit) or made).id == made.id
    assert await facts(stage, visit) == [("reserved", None)]


@pytest.mark.parametrize("ready", [False, True], ids=["package open", "booked"])
async def test_a_late_ship_moves_the_time_to_the_first_it_can_keep_and_tells_why(stage: Stage, ready: bool) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    if ready:
        await package_accepted(stage, visit)
    await ship(stage, later(stage, 1))
    await settled(stage, visit)

    kept = await appointment(stage, visit)
    assert kept is not None
    assert kept.during.lower == tomorrow(stage, 10) + timedelta(days=1)
    assert (await facts(stage, visit))[-1] == ("moved", "ship_late")
    assert (await stage.visit(visit.id)).state == ("booked" if ready else "package")
    await whole(stage)


async def test_where_no_hour_is_left_the_time_is_given_back_with_the_reason(stage: Stage) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await package_accepted(stage, visit)
    await ship(stage, later(stage, 40))
    await settled(stage, visit)

    assert await appointment(stage, visit) is None
    assert (await facts(stage, visit))[-1] == ("cancelled", "ship_late")
    assert (await stage.visit(visit.id)).state == "to_book"
    await whole(stage)


async def test_a_ship_that_is_silent_at_the_last_call_moves_the_time(stage: Stage) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await package_accepted(stage, visit)
    stage.clock.set(tomorrow(stage, 8) + timedelta(minutes=46))
    await settled(stage, visit)

    assert (await facts(stage, visit))[-1] == ("moved", "ship_late")
    await whole(stage)


async def test_a_package_that_is_not_ready_at_the_last_call_gives_the_time_back(stage: Stage) -> None:
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await landed(stage)
    stage.clock.set(tomorrow(stage, 8) + timedelta(minutes=46))
    await settled(stage, visit)

    assert await appointment(stage, visit) is None
    assert (await facts(stage, visit))[-1] == ("cancelled", "package_late")
    await whole(stage)


async def test_a_ship_announced_after_the_booking_makes_it_provisional_and_moves_it_if_it_must(stage: Stage) -> None:
    await calendars(stage)
    declaration = await stage.declaration(manifest=SHIP.lower())
    opened = await stage.run("system", select_lane, declaration.id, Colour.RED, source="message")
    assert opened is not None
    visit = await package_accepted(stage, opened)
    await booked(stage, visit, tomorrow(stage, 9))
    await settled(stage, visit)
    await ship(stage)

    assert await awaited(stage, visit)
    assert (await facts(stage, visit))[-1] == ("moved", "ship_late")


# ---------- late, twice, out of order ----------


async def test_an_older_word_on_a_ship_changes_nothing(stage: Stage) -> None:
    now = stage.clock.now()
    assert await ship(stage, later(stage, 1), at=now)
    assert not await ship(stage, tomorrow(stage, 6), at=now - timedelta(hours=1))

    async with stage.work() as work:
        [known] = await work.session.scalars(select(Arrival))
    assert known.expected_at == later(stage, 1)


async def test_a_discharge_is_not_taken_back_by_a_late_announcement(stage: Stage) -> None:
    await ship(stage)
    await landed(stage)

    assert not await ship(stage, later(stage, 2))


WRONG = {
    "no manifest": ({"manifest": " "}, "manifest-needed"),
    "a manifest without end": ({"manifest": "M" * 61}, "manifest-needed"),
    "in a year": ({"expected_at": timedelta(days=365)}, "arrival-too-far"),
}


@pytest.mark.parametrize(("said", "code"), WRONG.values(), ids=WRONG)
async def test_what_cannot_be_of_a_ship_is_refused(stage: Stage, said: dict[str, Any], code: str) -> None:
    async def use_case(work: Work) -> None:
        moment = stage.clock.now() + said.get("expected_at", timedelta(days=1))
        await landing.expect(work, await office_by_id(work, stage.office.id), said.get("manifest", SHIP), moment)

    with pytest.raises(Refusal) as refused:
        await stage.run("terminal", use_case)
    assert refused.value.code == code
