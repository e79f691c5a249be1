"""The visit runs: only for its inspector, each step once however often it is sent, ended when nothing lacks."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.support import steps_states
from tests.support.stage import Stage
from tests.support.steps_fieldwork import BOX, at_desk, ended, ready, redrawn, started
from visits.errors import BadInput, NotFound
from visits.events import ReportSigned
from visits.fieldwork import checkin, findings, queries, run
from visits.fieldwork.geofence import Fence, Fix
from visits.fieldwork.tables import CheckIn
from visits.fieldwork.words import Deed, Method, Party
from visits.ids import new_id
from visits.journey.states import Clock, NotYours, State, WrongState
from visits.journey.tables import Transition


async def events_of(stage: Stage, visit_id: UUID) -> list[str]:
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(col(Transition.event)).where(col(Transition.visit_id) == visit_id).order_by(col(Transition.at))
        )
        return list(rows)


async def test_the_drawn_inspector_starts_and_the_name_is_shown(stage: Stage) -> None:
    visit = await ready(stage)

    begun = await stage.run("inspector1", run.start, visit.id, id=new_id())

    assert (begun.state, begun.revealed_at) == (State.RUNNING, stage.clock.now())
    async with stage.work() as work:
        [here] = (await queries.record_of(work, visit.id)).check_ins
    assert (here.party, here.person_id, here.fence) == (Party.INSPECTOR, stage.actors["inspector1"].person, "unknown")


@pytest.mark.parametrize("who", ["inspector2", "chief", "declarant", "other_declarant", "supervisor", "terminal"])
async def test_nobody_else_starts_it(stage: Stage, who: str) -> None:
    visit = await ready(stage)

    with pytest.raises(NotFound):
        await stage.run(who, run.start, visit.id, id=new_id())
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_a_start_sent_twice_is_one_start(stage: Stage) -> None:
    visit, step = await ready(stage), new_id()

    await stage.run("inspector1", run.start, visit.id, id=step)
    again = await stage.run("inspector1", run.start, visit.id, id=step)

    assert again.state == State.RUNNING
    assert (await events_of(stage, visit.id)).count("visit_started") == 1


async def test_two_tablets_start_one_visit_once(stage: Stage) -> None:
    visit = await ready(stage)

    answers = await asyncio.gather(
        *(stage.run("inspector1", run.start, visit.id, id=new_id()) for _ in range(6)), return_exceptions=True
    )

    assert sum(isinstance(answer, WrongState) for answer in answers) == 5
    assert (await events_of(stage, visit.id)).count("visit_started") == 1


async def test_a_visit_that_is_not_booked_cannot_start(stage: Stage) -> None:
    visit = await redrawn(stage, await stage.opened(), "inspector1")

    with pytest.raises(WrongState):
        await stage.run("inspector1", run.start, visit.id, id=new_id())


async def test_an_id_of_another_visit_is_refused(stage: Stage) -> None:
    first, step = await ready(stage), new_id()
    await stage.run("inspector1", run.start, first.id, id=step)
    second = await at_desk(stage)

    with pytest.raises(queries.IdTaken):
        await stage.run("inspector1", run.start, second.id, id=step)
    assert (await stage.visit(second.id)).state == State.AT_DESK


async def test_the_position_is_noted_and_never_in_the_way(stage: Stage) -> None:
    far = await ready(stage)

    await stage.run("inspector1", run.start, far.id, id=new_id(), fix=Fix(latitude=6.8, longitude=-5.3, accuracy=20))

    async with stage.work() as work:
        [here] = (await queries.record_of(work, far.id)).check_ins
    assert (here.fence, here.latitude) == (Fence.OUTSIDE, 6.8)
    assert (await stage.visit(far.id)).state == State.RUNNING


async def test_a_desk_control_starts_without_appointment(stage: Stage) -> None:
    visit = await at_desk(stage)

    assert (await stage.run("inspector1", run.start, visit.id, id=new_id())).state == State.RUNNING


# ---------- arrivals ----------


async def test_the_declarant_arrives_on_the_day_and_learns_the_name(stage: Stage) -> None:
    visit, sent = await ready(stage), new_id()
    here = Fix(latitude=5.2571, longitude=-4.0095, accuracy=15)

    row = await stage.run("declarant", checkin.arrive, visit.id, id=sent, fix=here)
    again = await stage.run("declarant", checkin.arrive, visit.id, id=sent, fix=here)

    assert again.id == row.id
    assert (row.party, row.fence, row.said_by) == (Party.DECLARANT, Fence.INSIDE, None)
    assert (await stage.visit(visit.id)).revealed_at == stage.clock.now()
    assert (await events_of(stage, visit.id)).count("party_checked_in") == 1


async def test_the_day_before_is_too_early_to_arrive(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.move(days=-1)

    with pytest.raises(checkin.NotToday):
        await stage.run("declarant", checkin.arrive, visit.id, id=new_id())


async def test_without_appointment_nobody_arrives(stage: Stage) -> None:
    visit = await stage.opened()

    with pytest.raises(checkin.NoAppointment):
        await stage.run("declarant", checkin.arrive, visit.id, id=new_id())


@pytest.mark.parametrize("who", ["other_declarant", "inspector1", "agency_officer"])
async def test_others_do_not_arrive_for_the_declarant(stage: Stage, who: str) -> None:
    visit = await ready(stage)

    with pytest.raises(NotFound):
        await stage.run(who, checkin.arrive, visit.id, id=new_id())


async def test_the_inspector_says_who_is_there(stage: Stage) -> None:
    visit = await ready(stage)

    row = await stage.run(
        "inspector1", checkin.check_in, visit.id, id=new_id(), party=Party.DECLARANT, called="  Awa   Exemple "
    )

    assert (row.name, row.person_id, row.said_by) == ("Awa Exemple", None, stage.actors["inspector1"].person)


async def test_an_officer_of_an_agency_that_was_not_invited_is_refused(stage: Stage) -> None:
    visit = await ready(stage)

    with pytest.raises(BadInput):
        await stage.run(
            "inspector1",
            checkin.check_in,
            visit.id,
            id=new_id(),
            party=Party.AGENCY_OFFICER,
            called="N. Exemple",
            agency="PHYTO",
        )


async def test_a_nameless_party_is_refused(stage: Stage) -> None:
    visit = await ready(stage)

    with pytest.raises(BadInput):
        await stage.run("inspector1", checkin.check_in, visit.id, id=new_id(), party=Party.WITNESS, called=" ")


async def test_somebody_comes_while_the_visit_stands_still(stage: Stage) -> None:
    visit = await started(stage)
    await stage.run("inspector1", run.suspend, visit.id, id=new_id(), reason="declarant")

    await stage.run("inspector1", checkin.check_in, visit.id, id=new_id(), party=Party.IMPORTER, called="B. Exemple")

    async with stage.work() as work:
        count = select(func.count()).select_from(CheckIn).where(col(CheckIn.visit_id) == visit.id)
        assert await work.session.scalar(count) == 3


async def test_the_first_hour_of_leaving_counts(stage: Stage) -> None:
    visit = await started(stage)
    async with stage.work() as work:
        row = (await queries.record_of(work, visit.id)).check_ins[0]
    stage.clock.move(minutes=20)
    left = stage.clock.now()

    await stage.run("inspector1", checkin.leave, visit.id, row.id)
    stage.clock.move(minutes=20)
    again = await stage.run("inspector1", checkin.leave, visit.id, row.id)

    assert again.left_at == left


async def test_the_goods_are_presented_once(stage: Stage) -> None:
    visit, sent = await ready(stage), new_id()

    for _ in range(2):
        await stage.run("inspector1", checkin.goods_presented, visit.id, id=sent, containers=[BOX])

    assert (await events_of(stage, visit.id)).count("goods_presented") == 1
    with pytest.raises(BadInput):
        await stage.run("inspector1", checkin.goods_presented, visit.id, id=new_id(), containers=["AUTRE"])


# ---------- still, on, over ----------


@pytest.mark.parametrize(
    ("reason", "holder"), [("declarant", Clock.DECLARANT), ("terminal", Clock.TERMINAL), ("weather", Clock.NOBODY)]
)
async def test_a_suspension_gives_the_clock_to_its_cause(stage: Stage, reason: str, holder: Clock) -> None:
    visit = await started(stage)

    still = await stage.run("inspector1", run.suspend, visit.id, id=new_id(), reason=reason)

    assert (still.state, still.clock) == (State.SUSPENDED, holder)
    on = await stage.run("inspector1", run.resume, visit.id, id=new_id())
    assert (on.state, on.clock) == (State.RUNNING, Clock.CUSTOMS)


async def test_a_suspension_needs_a_known_reason(stage: Stage) -> None:
    visit = await started(stage)

    with pytest.raises(BadInput):
        await stage.run("inspector1", run.suspend, visit.id, id=new_id(), reason="lunch")


async def test_an_old_suspension_sent_again_does_not_stop_the_visit(stage: Stage) -> None:
    visit, sent = await started(stage), new_id()
    await stage.run("inspector1", run.suspend, visit.id, id=sent, reason="weather")
    await stage.run("inspector1", run.resume, visit.id, id=new_id())

    late = await stage.run("inspector1", run.suspend, visit.id, id=sent, reason="weather")

    assert late.state == State.RUNNING


async def test_an_unfinished_visit_does_not_end_and_says_what_lacks(stage: Stage) -> None:
    visit = await started(stage)

    with pytest.raises(run.NotFinished) as refusal:
        await stage.run("inspector1", run.end, visit.id, id=new_id())

    assert refusal.value.facts["gaps"] == [f"box:{BOX}", f"opening:{BOX}", "item:1"]
    assert (await stage.visit(visit.id)).state == State.RUNNING


async def test_every_gap_explained_ends_the_visit_and_keeps_the_reasons(stage: Stage) -> None:
    visit, sent = await started(stage), new_id()
    reasons = {f"box:{BOX}": "portes soudées", f"opening:{BOX}": "portes soudées", "item:1": "non accessible"}

    for _ in range(2):
        over = await stage.run("inspector1", run.end, visit.id, id=sent, reasons=reasons | {"item:9": "inconnu"})

    assert over.state == State.ENDED
    async with stage.work() as work:
        step = (await queries.record_of(work, visit.id)).steps[-1]
    assert (step.kind, step.body) == (Deed.ENDED, {"gaps": reasons})


async def test_a_visit_made_as_ordered_ends(stage: Stage) -> None:
    visit = await ended(stage)

    assert visit.state == State.ENDED


async def test_the_device_says_when_it_was(stage: Stage) -> None:
    visit = await ready(stage)
    earlier = stage.clock.now() - timedelta(minutes=9)

    await stage.run("inspector1", run.start, visit.id, id=new_id(), device_at=earlier)

    async with stage.work() as work:
        told = await work.session.scalar(select(Transition).where(col(Transition.event) == "visit_started"))
    assert told is not None
    assert (told.device_at, told.at) == (earlier, stage.clock.now())


# ---------- work of somebody who was replaced ----------


async def test_work_begun_before_a_new_draw_is_kept_under_its_author(stage: Stage) -> None:
    visit = await started(stage)
    await redrawn(stage, visit)

    await stage.run("inspector1", findings.conform, visit.id, id=new_id(), item=1)

    with pytest.raises(NotYours):
        await stage.run("inspector1", run.end, visit.id, id=new_id())
    with pytest.raises(NotFound):
        await stage.run("inspector3", findings.conform, visit.id, id=new_id(), item=1)


async def test_late_work_is_kept_with_its_time_and_changes_no_state(stage: Stage) -> None:
    visit = await ended(stage)
    during = stage.clock.now() - timedelta(minutes=30)
    await steps_states.happen(stage, visit, "inspector1", ReportSigned, version=1, digest="ab" * 32, officers=1)

    late = await stage.run("inspector1", findings.conform, visit.id, id=new_id(), item=1, device_at=during)

    assert late.device_at == during
    assert (await stage.visit(visit.id)).state == State.SIGNED
    with pytest.raises(WrongState):
        await stage.run("inspector1", findings.conform, visit.id, id=new_id(), item=1)
    with pytest.raises(WrongState):
        await stage.run(
            "inspector1",
            findings.opened,
            visit.id,
            id=new_id(),
            container=BOX,
            method=Method.FULL,
            device_at=stage.clock.now() + timedelta(minutes=1),
        )
