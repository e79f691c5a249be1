"""Customs or an agency did not come: said on the record, rebooked first of all, and nobody else's fault."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, tomorrow
from tests.support.steps_fieldwork import ready, started
from tests.support.steps_waitlist import entry, live, offers, sound
from tests.visits.assignment.test_repair import today
from visits.background.deliver import deliver, moments
from visits.booking.confirm import confirm
from visits.booking.no_shows import missed_of
from visits.booking.tables import Appointment
from visits.booking.waitlist import accept, decline
from visits.errors import BadInput, NotFound
from visits.fieldwork import branches, checkin
from visits.fieldwork.geofence import Fix
from visits.fieldwork.no_shows import (
    AgencyCame,
    BeThereFirst,
    InspectorCame,
    InspectorInVisit,
    agency_no_show,
    customs_no_show,
)
from visits.fieldwork.words import Party
from visits.ids import new_id
from visits.journey.states import Clock, State, WrongState
from visits.journey.tables import Visit
from visits.store.tables import Audit


async def waiting(stage: Stage) -> Visit:
    """At the hour of the appointment the declarant is there, and nobody else."""
    visit = await ready(stage)
    await stage.run("declarant", checkin.arrive, visit.id, id=new_id())
    return visit


async def statuses(stage: Stage, visit: Visit) -> list[str]:
    await deliver(stage.tools, stage.tenant, visit.id)
    async with stage.work() as work:
        rows = await work.session.scalars(
            select(Appointment).where(col(Appointment.visit_id) == visit.id).order_by(col(Appointment.made_at))
        )
        return [each.status for each in rows]


async def test_nobody_came_once_the_grace_time_is_over_and_not_before(stage: Stage) -> None:
    visit, sent = await waiting(stage), new_id()
    stage.clock.move(minutes=29, seconds=59)
    with pytest.raises(branches.TooEarly):
        await stage.run("declarant", customs_no_show, visit.id, id=new_id())

    stage.clock.move(seconds=1)
    after = await stage.run("declarant", customs_no_show, visit.id, id=sent)
    again = await stage.run("declarant", customs_no_show, visit.id, id=sent)

    assert (after.state, after.clock, again.version) == (State.TO_BOOK, Clock.CUSTOMS, after.version)
    assert await statuses(stage, visit) == ["no_show_customs", "held"]


async def test_the_earliest_time_is_kept_longer_than_usual_and_the_visit_goes_first(stage: Stage) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)
    await stage.run("declarant", customs_no_show, visit.id, id=new_id())
    await deliver(stage.tools, stage.tenant, visit.id)
    await deliver(stage.tools, stage.tenant, visit.id)

    kept = await live(stage, visit, "held")
    assert kept is not None
    assert kept.during.lower == stage.clock.now().replace(hour=13, minute=0)
    assert kept.expires_at == stage.clock.now().replace(hour=12, minute=30)
    assert ((await entry(stage, visit)).rank, len(await offers(stage))) == (0, 1)

    made = await stage.run("declarant", accept, visit.id, kept.id)
    assert (made.status, (await stage.visit(visit.id)).state) == ("confirmed", State.BOOKED)
    assert await sound(stage)


async def test_what_is_not_taken_leaves_the_visit_at_the_head_of_the_list(stage: Stage) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)
    await stage.run("declarant", customs_no_show, visit.id, id=new_id())
    await deliver(stage.tools, stage.tenant, visit.id)
    kept = await live(stage, visit, "held")
    assert kept is not None

    await stage.run("declarant", decline, visit.id, kept.id)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert ((await entry(stage, visit)).rank, (await stage.visit(visit.id)).state) == (0, State.TO_BOOK)


async def test_it_never_counts_against_the_firm(stage: Stage) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)
    await stage.run("declarant", customs_no_show, visit.id, id=new_id())
    await statuses(stage, visit)

    async with stage.work("declarant") as work:
        assert await missed_of(work, stage.firm.id, stage.office.id) == []


async def test_whoever_was_not_there_in_time_cannot_say_that_nobody_came(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=31)
    with pytest.raises(BeThereFirst):
        await stage.run("declarant", customs_no_show, visit.id, id=new_id())

    await stage.run("declarant", checkin.arrive, visit.id, id=new_id())

    with pytest.raises(BeThereFirst):
        await stage.run("declarant", customs_no_show, visit.id, id=new_id())
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_a_telephone_far_from_the_site_proves_nothing(stage: Stage) -> None:
    visit = await ready(stage)
    far = Fix(latitude=5.40, longitude=-4.20, accuracy=10)
    await stage.run("declarant", checkin.arrive, visit.id, id=new_id(), fix=far)
    stage.clock.move(minutes=30)

    with pytest.raises(BeThereFirst):
        await stage.run("declarant", customs_no_show, visit.id, id=new_id())


async def test_an_inspector_who_is_there_is_not_absent(stage: Stage) -> None:
    visit = await waiting(stage)
    await stage.run("inspector1", checkin.check_in, visit.id, id=new_id(), party=Party.INSPECTOR)
    stage.clock.move(minutes=30)

    with pytest.raises(InspectorCame):
        await stage.run("declarant", customs_no_show, visit.id, id=new_id())


async def test_a_chief_says_it_with_the_reason(stage: Stage) -> None:
    visit = await ready(stage)
    stage.clock.move(minutes=30)

    with pytest.raises(branches.SayWhy):
        await stage.run("chief", customs_no_show, visit.id, id=new_id())
    after = await stage.run("chief", customs_no_show, visit.id, id=new_id(), reason="vérificateur malade")

    assert after.state == State.TO_BOOK


@pytest.mark.parametrize("who", ["other_declarant", "inspector2", "terminal", "importer"])
async def test_others_cannot_say_it(stage: Stage, who: str) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)

    with pytest.raises(NotFound):
        await stage.run(who, customs_no_show, visit.id, id=new_id())


async def test_a_visit_that_began_has_no_absent_inspector(stage: Stage) -> None:
    visit = await started(stage)
    stage.clock.move(minutes=30)

    with pytest.raises(WrongState):
        await stage.run("declarant", customs_no_show, visit.id, id=new_id())


async def test_late_news_of_an_old_appointment_changes_no_new_one(stage: Stage) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)
    noticed = stage.clock.now()
    await stage.run("declarant", customs_no_show, visit.id, id=new_id())
    await deliver(stage.tools, stage.tenant, visit.id)
    kept = await live(stage, visit, "held")
    assert kept is not None
    await stage.run("declarant", confirm, kept.id)
    await deliver(stage.tools, stage.tenant, visit.id)

    with pytest.raises((NotFound, branches.TooEarly)):
        await stage.run("inspector1", branches.party_absent, visit.id, id=new_id(), device_at=noticed)
    with pytest.raises(branches.TooEarly):
        await stage.run("chief", branches.goods_absent, visit.id, id=new_id(), device_at=noticed)

    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_the_hold_of_a_rebooking_ends_by_itself(stage: Stage) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)
    await stage.run("declarant", customs_no_show, visit.id, id=new_id())
    await deliver(stage.tools, stage.tenant, visit.id)

    stage.clock.move(hours=3)
    await moments(stage.tools, stage.tenant)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert (await entry(stage, visit)).state in ("waiting", "offered")
    assert await sound(stage)


# -- the inspector is still in another visit -------------------------------------------------------------------
async def overrun(stage: Stage) -> tuple[Visit, Visit]:
    """A visit that lasts, and the next one of the same inspector: its declarant has waited beyond the grace time."""
    first, second = await today(stage, 8, 9, officers=("inspector1",))
    stage.clock.move(minutes=5)
    await started(stage, first)
    stage.clock.move(minutes=60)
    await stage.run("declarant", checkin.arrive, second.id, id=new_id())
    stage.clock.move(minutes=30)
    return await stage.visit(first.id), second


async def test_a_chief_is_led_from_a_no_show_to_the_repair_of_the_day(stage: Stage) -> None:
    _, visit = await overrun(stage)

    async with stage.browser("chief") as browser:
        form = {"id": str(new_id()), "reason": "personne"}
        answer = await browser.post(f"/chief/visits/{visit.id}/customs-no-show", data=form)

    assert answer.status_code == InspectorInVisit.status
    assert "en retard, pas absent" in answer.text
    assert 'href="/chief/repair"' in answer.text
    assert (await stage.visit(visit.id)).state == State.BOOKED


async def test_whoever_waited_in_vain_has_another_time_and_the_journal_says_where_the_inspector_was(
    stage: Stage,
) -> None:
    _, visit = await overrun(stage)

    after = await stage.run("declarant", customs_no_show, visit.id, id=new_id())

    assert after.state == State.TO_BOOK
    async with stage.work() as work:
        acts = select(Audit).where(col(Audit.action) == "customs_no_show", col(Audit.subject) == str(visit.id))
        noted = (await work.session.scalars(acts)).one()
    assert noted.body["elsewhere"] is True


async def test_a_visit_somebody_forgot_to_end_the_day_before_excuses_nobody(stage: Stage) -> None:
    first, visit = await overrun(stage)
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, first.id)
        kept.state_since -= timedelta(days=1)

    after = await stage.run("chief", customs_no_show, visit.id, id=new_id(), reason="personne")

    assert after.state == State.TO_BOOK


async def test_both_sides_at_once_end_the_appointment_once(stage: Stage) -> None:
    visit = await waiting(stage)
    stage.clock.move(minutes=30)

    answers = await asyncio.gather(
        *(stage.run("declarant", customs_no_show, visit.id, id=new_id()) for _ in range(4)),
        stage.run("chief", branches.goods_absent, visit.id, id=new_id()),
        return_exceptions=True,
    )

    assert len([each for each in answers if isinstance(each, Visit)]) == 1
    assert {type(each) for each in answers} <= {Visit, WrongState}
    assert len([each for each in await statuses(stage, visit) if each.startswith("no_show")]) == 1


# ---------- an agency ----------


async def joint(stage: Stage) -> Visit:
    visit = await ready(stage)
    await another(stage, "agent", "agency_officer", agency_id=stage.agency.id)
    async with stage.work() as work:
        joined = await work.session.get_one(Visit, visit.id)
        joined.order = joined.order | {"agencies": ["PHYTO"]}
    return visit


async def test_a_visit_that_needs_the_agency_gets_another_time(stage: Stage) -> None:
    visit = await joint(stage)
    with pytest.raises(branches.TooEarly):
        await stage.run("inspector1", agency_no_show, visit.id, id=new_id(), agency="PHYTO")
    stage.clock.move(minutes=15)

    after = await stage.run("inspector1", agency_no_show, visit.id, id=new_id(), agency="PHYTO")

    assert (after.state, after.clock) == (State.TO_BOOK, Clock.AGENCY)
    assert (await statuses(stage, visit))[0] == "no_show_agency"
    with pytest.raises(WrongState):
        await stage.run("chief", agency_no_show, visit.id, id=new_id(), agency="PHYTO")


async def test_an_agency_that_came_or_was_not_invited_is_not_absent(stage: Stage) -> None:
    visit = await joint(stage)
    await stage.run("agency_officer", checkin.join, visit.id, id=new_id())
    stage.clock.move(minutes=15)

    with pytest.raises(AgencyCame):
        await stage.run("chief", agency_no_show, visit.id, id=new_id(), agency="PHYTO")
    with pytest.raises(BadInput):
        await stage.run("chief", agency_no_show, visit.id, id=new_id(), agency="VETO")


async def test_a_rebooked_visit_is_one_like_any_other(stage: Stage) -> None:
    visit = await booked(stage)
    stage.clock.set(tomorrow(stage, 10, 30))

    await stage.run("chief", customs_no_show, visit.id, id=new_id(), reason="aucun agent")
    await deliver(stage.tools, stage.tenant, visit.id)

    assert await live(stage, visit, "held") is not None
