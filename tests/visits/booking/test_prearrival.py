"""A provisional time takes real places, is certain at the discharge, and gives way when the ship is late."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.builders import a_declaration
from tests.support.clearance import a_message, told
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, held, only, to_book, tomorrow
from tests.support.steps_documents import given, package
from tests.support.steps_fieldwork import BOX
from tests.support.steps_landing import SHIP, appointment, at_sea, drafted, landed, later, reserved, settled, ship
from visits.background.deliver import deliver
from visits.booking import landing, prearrival
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.queries import last_of
from visits.booking.reconcile import reconcile
from visits.booking.rules import HoldExpired, SlotTaken, TooManyHolds
from visits.booking.tables import Arrival, BookingPart
from visits.declarations.lane import Colour
from visits.declarations.receive import receive
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.documents.package import submit
from visits.documents.review import accept
from visits.errors import NotFound, Refusal
from visits.fieldwork.branches import goods_absent
from visits.ids import new_id
from visits.journey.states import WrongState
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent
from visits.store.work import Work


async def facts(stage: Stage, visit: Visit, *kinds: str) -> list[tuple[str, Any]]:
    """What was told of a visit's time: kind and reason."""
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(DomainEvent)
            .where(col(DomainEvent.visit_id) == visit.id, col(DomainEvent.kind).startswith("appointment_"))
            .order_by(col(DomainEvent.seq))
        )
        return [(row.kind.removeprefix("appointment_"), row.body.get("reason") or None) for row in rows]


async def awaited(stage: Stage, visit: Visit) -> bool:
    async with stage.work() as work:
        return visit.id in await landing.awaited(work, stage.office.id, {visit.id})


async def whole(stage: Stage) -> None:
    """The bits are what the appointments say, and no resource is given twice."""

    async def differences(work: Work) -> int:
        return len(await reconcile(work, await office_by_id(work, stage.office.id)))

    assert await stage.run("system", differences) == 0
    async with stage.work() as work:
        parts = (await work.session.scalars(select(BookingPart).where(col(BookingPart.live)))).all()
    for one in parts:
        for other in parts:
            assert one is other or one.resource_id != other.resource_id or not one.during & other.during


async def package_accepted(stage: Stage, visit: Visit) -> Visit:
    for need in (await package(stage, visit.id)).missing:
        await given(stage, visit.id, need.document_type)
    await stage.run("declarant", submit, visit.id)
    await stage.run("chief", accept, visit.id)
    await settled(stage, visit)
    return await stage.visit(visit.id)


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
