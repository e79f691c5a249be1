"""A provisional time takes real places, is certain at the discharge, and gives way when the ship is late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.builders import a_declaration
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_fieldwork import BOX
from tests.support.steps_landing import (
    SHIP,
    accepted_unheard,
    appointment,
    at_sea,
    awaited,
    drafted,
    facts,
    package_accepted,
    reserved,
    settled,
    ship,
    whole,
)
from visits.background.deliver import deliver
from visits.booking import landing, prearrival
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.queries import last_of
from visits.booking.rules import HoldExpired, SlotTaken, TooManyHolds
from visits.booking.tables import BookingPart
from visits.declarations.lane import Colour
from visits.declarations.receive import receive
from visits.declarations.select import select_lane
from visits.errors import NotFound, Refusal
from visits.fieldwork.branches import goods_absent
from visits.ids import new_id
from visits.journey.states import WrongState
from visits.journey.tables import Visit

# ---------- keeping a time ----------


async def test_a_time_is_kept_before_the_package_and_the_goods_are_there(stage: Stage) -> None:
    visit = await at_sea(stage)
    made = await reserved(stage, visit)

    assert made.status == "confirmed"
    assert (await stage.visit(visit.id)).state == "package"
    assert await awaited(stage, visit)
    assert await facts(stage, visit) == [("reserved", None)]
    await whole(stage)


async def test_the_same_hour_again_is_the_same_time_and_another_hour_replaces_it(stage: Stage) -> None:
    visit = await at_sea(stage)
    first = await reserved(stage, visit)
    again = await reserved(stage, visit)
    other = await reserved(stage, visit, tomorrow(stage, 14))

    assert again.id == first.id
    assert other.supersedes == first.id
    assert (await appointment(stage, visit) or first).id == other.id
    await whole(stage)


async def test_six_visits_racing_for_one_provisional_hour_give_it_to_one(stage: Stage) -> None:
    await calendars(stage)
    await only(stage, "bay A", "inspector1", "inspector2")
    await calendars(stage)
    await ship(stage)
    visits = []
    for _ in range(6):
        declaration = await stage.declaration(manifest=SHIP)
        visit = await stage.run("system", select_lane, declaration.id, Colour.RED, source="message")
        assert visit is not None
        visits.append(visit)

    async def try_it(visit: Visit) -> str:
        try:
            await stage.run("chief", prearrival.reserve, visit.id, tomorrow(stage, 11))
        except Refusal as no:
            return no.code
        return "won"

    results = await asyncio.gather(*(try_it(visit) for visit in visits))

    assert results.count("won") == 1
    assert set(results) == {"won", SlotTaken.code}
    await whole(stage)


async def test_an_ordinary_booking_and_a_provisional_one_never_share_a_place(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    visit = await at_sea(stage)
    other = await to_book(stage)
    await calendars(stage)
    await reserved(stage, visit)

    with pytest.raises(SlotTaken):
        await stage.run("declarant", hold, other.id, tomorrow(stage, 11))
    await whole(stage)


async def test_before_the_ship_can_be_there_nothing_is_offered(stage: Stage) -> None:
    visit = await at_sea(stage)

    with pytest.raises(landing.BeforeLanding) as refused:
        await stage.run("declarant", prearrival.reserve, visit.id, tomorrow(stage, 9))

    assert refused.value.facts["until"] == tomorrow(stage, 10)


async def test_an_accepted_package_books_as_always_but_not_before_the_ship(stage: Stage) -> None:
    visit = await package_accepted(stage, await at_sea(stage))

    with pytest.raises(landing.BeforeLanding):
        await held(stage, visit, tomorrow(stage, 9))
    await booked(stage, visit, tomorrow(stage, 11))

    assert await awaited(stage, visit)


async def test_the_accepted_package_makes_the_kept_time_an_appointment(stage: Stage) -> None:
    visit = await at_sea(stage)
    made = await reserved(stage, visit)
    now = await package_accepted(stage, visit)

    assert now.state == "booked"
    assert (await appointment(stage, visit) or made).id == made.id
    assert await facts(stage, visit) == [("reserved", None), ("confirmed", None)]
    await whole(stage)


async def test_an_acceptance_heard_late_leaves_alone_what_was_booked_since(stage: Stage) -> None:
    await calendars(stage)
    visit = await to_book(stage)
    await booked(stage, visit, tomorrow(stage, 10))
    stage.clock.set(tomorrow(stage, 10) + timedelta(minutes=20))
    await stage.run("chief", goods_absent, visit.id, id=new_id())
    await settled(stage, visit)

    async with stage.work() as work:
        last = await last_of(work, visit.id)
    assert last is not None
    assert last.status == "no_show_goods"


async def test_a_kept_time_is_given_back_once(stage: Stage) -> None:
    visit = await at_sea(stage)
    made = await reserved(stage, visit)
    for _ in range(2):
        await stage.run("declarant", prearrival.give_up, visit.id, made.id)

    assert await appointment(stage, visit) is None
    assert await facts(stage, visit) == [("reserved", None), ("cancelled", None)]
    await whole(stage)


# ---------- who may not ----------


async def test_goods_on_no_announced_ship_are_not_awaited(stage: Stage) -> None:
    await calendars(stage)
    visit = await stage.opened()

    with pytest.raises(prearrival.NotAwaited):
        await stage.run("declarant", prearrival.reserve, visit.id, tomorrow(stage, 11))


async def test_another_firms_visit_is_not_there(stage: Stage) -> None:
    visit = await at_sea(stage)

    with pytest.raises(NotFound):
        await stage.run("other_declarant", prearrival.reserve, visit.id, tomorrow(stage, 11))


async def test_a_visit_to_be_booked_takes_an_ordinary_time(stage: Stage) -> None:
    visit = await package_accepted(stage, await at_sea(stage))

    with pytest.raises(WrongState):
        await stage.run("declarant", prearrival.reserve, visit.id, tomorrow(stage, 11))


async def test_a_firm_keeps_only_so_many_provisional_times(stage: Stage) -> None:
    await at_sea(stage)
    for name in "DEFGH":
        await another(stage, f"bay {name}", "bay", site_id=stage.site.id)
    for number in range(4, 9):
        await another(stage, f"inspector{number}", "officer")
    await calendars(stage)
    visits = []
    for _ in range(6):
        declaration = await stage.declaration(manifest=SHIP)
        visits.append(await stage.run("system", select_lane, declaration.id, Colour.RED, source="message"))
    for visit in visits[:5]:
        await stage.run("declarant", prearrival.reserve, visit.id, tomorrow(stage, 11))  # type: ignore[union-attr]

    with pytest.raises(TooManyHolds):
        await stage.run("declarant", prearrival.reserve, visits[5].id, tomorrow(stage, 11))  # type: ignore[union-attr]


# ---------- before the registration ----------


async def test_a_draft_on_an_announced_ship_gets_a_visit_and_its_time(stage: Stage) -> None:
    draft = await drafted(stage)
    visit = await stage.run("declarant", prearrival.announce, draft.id)
    again = await stage.run("declarant", prearrival.announce, draft.id)
    await reserved(stage, visit)

    assert again.id == visit.id
    assert (visit.level, visit.order["containers"]) == ("physical", [BOX])


async def test_the_registration_and_a_red_lane_keep_the_time(stage: Stage) -> None:
    draft = await drafted(stage)
    visit = await stage.run("declarant", prearrival.announce, draft.id)
    made = await reserved(stage, visit)
    content, digest = a_declaration(number="48999", manifest=SHIP, reference="REF-D")
    await stage.run("system", receive, content, digest)
    opened = await stage.run(
        "system", select_lane, draft.id, Colour.RED, source="message", wished={"extent": "PARTIAL", "percent": 50}
    )
    await deliver(stage.tools, stage.tenant, draft.id)

    assert opened is not None
    assert opened.id == visit.id
    assert (await stage.visit(visit.id)).order["percent"] == 50
    assert (await appointment(stage, visit) or made).id == made.id
    await whole(stage)


@pytest.mark.parametrize("colour", [Colour.GREEN, Colour.YELLOW])
async def test_a_lane_that_needs_no_place_gives_the_time_back(stage: Stage, colour: Colour) -> None:
    draft = await drafted(stage)
    visit = await stage.run("declarant", prearrival.announce, draft.id)
    await reserved(stage, visit)
    content, digest = a_declaration(number="48999", manifest=SHIP, reference="REF-D")
    await stage.run("system", receive, content, digest)
    await stage.run("system", select_lane, draft.id, colour, source="message")
    await deliver(stage.tools, stage.tenant, draft.id)
    await settled(stage, visit)

    assert await appointment(stage, visit) is None
    await whole(stage)


async def test_a_lane_that_turns_to_documents_says_that_the_time_was_given_back(stage: Stage) -> None:
    draft = await drafted(stage)
    visit = await stage.run("declarant", prearrival.announce, draft.id)
    await reserved(stage, visit)
    content, digest = a_declaration(number="48999", manifest=SHIP, reference="REF-D")
    await stage.run("system", receive, content, digest)
    await stage.run("system", select_lane, draft.id, Colour.YELLOW, source="message")
    await deliver(stage.tools, stage.tenant, draft.id)
    await settled(stage, visit)

    assert (await stage.visit(visit.id)).state == "package"
    assert await facts(stage, visit) == [("reserved", None), ("cancelled", "other_control")]


async def test_an_acceptance_heard_after_its_hour_says_that_the_time_was_given_back(stage: Stage) -> None:
    visit = await at_sea(stage)
    made = await reserved(stage, visit)
    await accepted_unheard(stage, visit)
    stage.clock.set(made.during.lower)
    await settled(stage, visit)

    assert (await stage.visit(visit.id)).state == "to_book"
    assert await facts(stage, visit) == [("reserved", None), ("cancelled", "package_late")]
    assert await appointment(stage, visit) is None
    await whole(stage)


async def test_a_lane_that_needs_a_scanner_takes_one_instead_of_the_bay(stage: Stage) -> None:
    await another(stage, "scanner 1", "scanner", site_id=stage.site.id)
    draft = await drafted(stage)
    visit = await stage.run("declarant", prearrival.announce, draft.id)
    await reserved(stage, visit)
    content, digest = a_declaration(number="48999", manifest=SHIP, reference="REF-D")
    await stage.run("system", receive, content, digest)
    await stage.run("system", select_lane, draft.id, Colour.RED, source="message", wished={"level": "scan"})
    await deliver(stage.tools, stage.tenant, draft.id)

    kept = await appointment(stage, visit)
    assert kept is not None
    async with stage.work() as work:
        parts = await work.session.scalars(select(BookingPart).where(col(BookingPart.appointment_id) == kept.id))
        assert {part.role for part in parts} == {"officer", "scanner"}
    await whole(stage)


REFUSED = {
    "no manifest": ({"manifest": None}, prearrival.NoManifest),
    "a ship nobody announced": ({"manifest": "MAN 9"}, prearrival.NotAwaited),
    "another office": ({"office": "XXXX1"}, prearrival.NotOurs),
}


@pytest.mark.parametrize(("changes", "refusal"), REFUSED.values(), ids=REFUSED)
async def test_a_draft_that_cannot_be_announced_is_refused(
    stage: Stage, changes: dict[str, Any], refusal: type[Refusal]
) -> None:
    await ship(stage)
    draft = await stage.declaration(**({"status": "draft", "manifest": SHIP, "reference": "REF-D"} | changes))

    with pytest.raises(refusal):
        await stage.run("declarant", prearrival.announce, draft.id)


async def test_a_hold_that_ran_out_is_no_provisional_time(stage: Stage) -> None:
    visit = await package_accepted(stage, await at_sea(stage))
    kept = await held(stage, visit, tomorrow(stage, 11))
    stage.clock.move(minutes=6)

    with pytest.raises(HoldExpired):
        await stage.run("declarant", confirm, kept.id)
