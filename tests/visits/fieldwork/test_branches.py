"""Side branches: each leads to its state, not before its time, and only for those it is for."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import to_book
from tests.support.steps_fieldwork import ended, ready, started
from tests.support.steps_states import at_state
from visits.background.deliver import deliver
from visits.booking.tables import Appointment
from visits.booking.where import where_of
from visits.declarations.lane import Colour
from visits.errors import BadInput, NotFound
from visits.fieldwork import branches, checkin, follow
from visits.fieldwork.branches import Decision
from visits.fieldwork.words import Party
from visits.ids import new_id
from visits.journey.states import Clock, Level, NotYours, State, WrongState
from visits.journey.tables import Visit
from visits.store.tables import Audit, DomainEvent

UseCase = Callable[..., Awaitable[Visit]]


async def appointment(stage: Stage, visit: Visit) -> str:
    """The status of the visit's appointment, once the reactions have run."""
    await deliver(stage.tools, stage.tenant, visit.id)
    async with stage.work() as work:
        found = await work.session.scalars(select(Appointment).where(col(Appointment.visit_id) == visit.id))
        return found.one().status


# ---------- absence ----------


@pytest.mark.parametrize("branch", [branches.goods_absent, branches.party_absent])
async def test_nobody_is_absent_before_the_grace_time_is_over(stage: Stage, branch: UseCase) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=14, seconds=59)

    with pytest.raises(branches.TooEarly) as refusal:
        await stage.run("inspector1", branch, visit.id, id=new_id())

    assert refusal.value.facts["until"].strftime("%H:%M") == "10:15"
    assert (await stage.visit(visit.id)).state == State.BOOKED


@pytest.mark.parametrize(
    ("branch", "status"),
    [(branches.goods_absent, "no_show_goods"), (branches.party_absent, "no_show_declarant")],
)
async def test_at_the_end_of_the_grace_time_the_place_is_given_back(stage: Stage, branch: UseCase, status: str) -> None:
    visit, sent = await ready(stage), new_id()
    stage.clock.move(minutes=15)

    gone = await stage.run("inspector1", branch, visit.id, id=sent, reason="personne au terminal")
    again = await stage.run("inspector1", branch, visit.id, id=sent, reason="personne au terminal")

    assert (gone.state, again.state, gone.clock) == (State.TO_BOOK, State.TO_BOOK, Clock.DECLARANT)
    assert gone.inspector_id is None
    assert await appointment(stage, visit) == status


async def test_the_office_may_grant_more_time(stage: Stage) -> None:
    visit = await ready(stage)
    async with stage.work() as work:
        office = await work.session.get_one(type(stage.office), stage.office.id)
        office.policies = {"grace_minutes": 30}
    stage.clock.move(minutes=20)

    with pytest.raises(branches.TooEarly):
        await stage.run("inspector1", branches.goods_absent, visit.id, id=new_id())


async def test_whoever_came_is_not_absent_unless_gone_again(stage: Stage) -> None:
    visit = await ready(stage)
    here = await stage.run(
        "inspector1", checkin.check_in, visit.id, id=new_id(), party=Party.DECLARANT, called="Awa Exemple"
    )
    stage.clock.move(minutes=20)

    with pytest.raises(branches.SomebodyCame):
        await stage.run("inspector1", branches.party_absent, visit.id, id=new_id())
    await stage.run("inspector1", checkin.leave, visit.id, here.id)
    assert (await stage.run("inspector1", branches.party_absent, visit.id, id=new_id())).state == State.TO_BOOK


async def test_a_visit_under_way_has_nobody_absent(stage: Stage) -> None:
    visit = await started(stage)
    stage.clock.move(minutes=20)

    with pytest.raises(WrongState):
        await stage.run("inspector1", branches.goods_absent, visit.id, id=new_id())


@pytest.mark.parametrize("who", ["inspector2", "declarant", "supervisor", "terminal"])
async def test_others_declare_nobody_absent(stage: Stage, who: str) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=20)

    with pytest.raises((NotFound, NotYours)):
        await stage.run(who, branches.party_absent, visit.id, id=new_id())


@pytest.mark.parametrize(("decision", "holder"), [(Decision.PROCEED, Clock.CUSTOMS), (Decision.WAIT, Clock.AGENCY)])
async def test_an_absent_agency_is_waited_for_or_not(stage: Stage, decision: Decision, holder: Clock) -> None:
    visit = await joint(stage)
    stage.clock.move(minutes=15)

    after = await stage.run(
        "inspector1", branches.agency_absent, visit.id, id=new_id(), agency="PHYTO", decision=decision
    )

    assert (after.state, after.clock) == (State.BOOKED, holder)


async def joint(stage: Stage) -> Visit:
    visit = await ready(stage)
    async with stage.work() as work:
        joined = await work.session.get_one(Visit, visit.id)
        joined.order = joined.order | {"agencies": ["PHYTO"]}
    return visit


async def test_an_agency_that_was_not_invited_is_not_absent(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=15)

    with pytest.raises(BadInput):
        await stage.run(
            "chief", branches.agency_absent, visit.id, id=new_id(), agency="PHYTO", decision=Decision.PROCEED
        )


# ---------- another way ----------


async def test_a_visit_by_video_becomes_one_on_site(stage: Stage) -> None:
    visit = await ready(stage, await to_book_video(stage))

    after = await stage.run("inspector1", branches.convert, visit.id, id=new_id(), reason="image illisible")

    assert (after.state, after.level, after.site_id) == (State.TO_BOOK, Level.PHYSICAL, stage.site.id)
    assert (after.order["extent"], after.order["percent"], after.inspector_id) == ("PARTIAL", 30, None)


async def to_book_video(stage: Stage) -> Visit:
    return await to_book(stage, Colour.RED, level="video")


async def test_a_visit_on_site_is_not_converted(stage: Stage) -> None:
    visit = await ready(stage)

    with pytest.raises(WrongState):
        await stage.run("inspector1", branches.convert, visit.id, id=new_id(), reason="x")


async def test_a_visit_on_paper_is_an_exception_with_a_reason(stage: Stage) -> None:
    visit = await ready(stage)

    with pytest.raises(branches.SayWhy):
        await stage.run("chief", branches.paper_exception, visit.id, id=new_id(), reason=" ")
    after = await stage.run("chief", branches.paper_exception, visit.id, id=new_id(), reason="tablettes en panne")

    assert after.state == State.ENDED
    assert await appointment(stage, visit) == "done"
    async with stage.work() as work:
        note = await work.session.scalar(select(Audit).where(col(Audit.action) == "paper_exception"))
    assert note is not None
    assert note.body == {"reason": "tablettes en panne"}


async def test_the_chief_withdraws_a_visit(stage: Stage) -> None:
    visit = await ready(stage)

    after = await stage.run("chief", branches.cancel, visit.id, id=new_id(), reason="erreur de circuit")

    assert (after.state, after.closed_at) == (State.CANCELLED, stage.clock.now())
    assert await appointment(stage, visit) == "cancelled"


@pytest.mark.parametrize("branch", [branches.cancel, branches.paper_exception, branches.seize])
@pytest.mark.parametrize("who", ["inspector1", "declarant", "supervisor"])
async def test_only_a_chief_may(stage: Stage, branch: UseCase, who: str) -> None:
    visit = await ready(stage)

    with pytest.raises((NotYours, WrongState)):
        await stage.run(who, branch, visit.id, id=new_id(), reason="x")
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_the_laboratory_holds_the_clock_until_it_answers(stage: Stage) -> None:
    visit = await ended(stage)

    waiting = await stage.run("inspector1", branches.lab_awaited, visit.id, id=new_id(), reason="dosage")
    assert (waiting.state, waiting.clock) == (State.LAB, Clock.LAB)

    answered = await stage.run("inspector1", branches.lab_result, visit.id, id=new_id(), conclusion="conforme")
    assert (answered.state, answered.clock) == (State.ENDED, Clock.CUSTOMS)


async def test_seizure_ends_the_case(stage: Stage) -> None:
    visit = await at_state(stage, State.ACKNOWLEDGED)

    after = await stage.run("chief", branches.seize, visit.id, id=new_id(), reason="contrefaçon")

    assert (after.state, after.closed_at) == (State.SEIZED, stage.clock.now())


async def test_goods_are_not_seized_before_the_report_is_acknowledged(stage: Stage) -> None:
    visit = await ended(stage)

    with pytest.raises(WrongState):
        await stage.run("chief", branches.seize, visit.id, id=new_id(), reason="contrefaçon")


async def test_an_ended_visit_has_its_appointment_done(stage: Stage) -> None:
    visit = await ended(stage)

    assert await appointment(stage, visit) == "done"
    async with stage.work() as work:
        place = await where_of(work, visit)
    assert place.site is not None
    assert (place.site.code, place.bay) == ("TC01", "bay A")


# ---------- a second visit ----------


async def test_a_counter_visit_follows_the_first(stage: Stage) -> None:
    first, sent = await ended(stage), new_id()

    second = await stage.run("chief", follow.order_counter_visit, first.id, id=sent, reason="écart contesté")
    again = await stage.run("chief", follow.order_counter_visit, first.id, id=sent, reason="écart contesté")

    assert again.id == second.id
    assert (second.parent_id, second.state, second.order) == (first.id, State.PACKAGE, first.order)
    async with stage.work() as work:
        told = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "counter_visit_ordered"))
        assert [event.body for event in told] == [{"follows": str(first.id), "reason": "écart contesté"}]


async def test_an_extension_takes_everything_out(stage: Stage) -> None:
    first = await started(stage)

    second = await stage.run("chief", follow.order_extension, first.id, id=new_id(), reason="fausse cloison")

    assert (second.level, second.order["extent"], second.order["percent"]) == (Level.PHYSICAL, "FULL", 100)


async def test_one_second_visit_at_a_time(stage: Stage) -> None:
    first = await ended(stage)
    await stage.run("chief", follow.order_counter_visit, first.id, id=new_id(), reason="x")

    with pytest.raises(follow.AlreadyOrdered):
        await stage.run("chief", follow.order_extension, first.id, id=new_id(), reason="y")


@pytest.mark.parametrize(
    ("who", "expected"), [("inspector1", NotYours), ("declarant", NotYours), ("inspector2", NotFound)]
)
async def test_only_the_chief_orders_a_second_visit(stage: Stage, who: str, expected: Any) -> None:
    first = await ended(stage)

    with pytest.raises(expected):
        await stage.run(who, follow.order_counter_visit, first.id, id=new_id(), reason="x")


async def test_nothing_is_visited_again_before_the_first_visit(stage: Stage) -> None:
    first = await ready(stage)

    with pytest.raises(WrongState):
        await stage.run("chief", follow.order_counter_visit, first.id, id=new_id(), reason="x")
    with pytest.raises(branches.SayWhy):
        await stage.run("chief", follow.order_counter_visit, first.id, id=new_id(), reason="")
