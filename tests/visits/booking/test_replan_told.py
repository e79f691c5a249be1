"""After a plan everybody concerned is told once: another time, another place, or that nobody is to come."""

import pytest
from icalendar import Calendar
from sqlalchemy import update
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_notices import notices, reached, the_notice, told
from tests.support.steps_replan import applied, away, back, look, who_serves
from tests.support.steps_waitlist import live, sound
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.replan_apply import PlanChanged, apply
from visits.booking.replan_undo import undo
from visits.ids import new_id
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.store.tables import DomainEvent


class Killed(Exception):
    """The process dies before the commit."""


async def one(stage: Stage, *resources: str) -> Visit:
    """A visit at ten with a declarant who can be reached."""
    await only(stage, *(resources or ("bay A", "inspector1")))
    await reached(stage, channels=["email"])
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await told(stage, visit)
    return visit


async def delivered_again(stage: Stage, visit: Visit) -> None:
    """Every event of the visit comes a second time."""
    async with stage.work() as work:
        await work.session.execute(
            update(DomainEvent).where(col(DomainEvent.stream_id) == visit.id).values(delivered_at=None)
        )
    await told(stage, visit)


async def test_another_time_is_told_once_with_the_reason_and_the_next_number(stage: Stage) -> None:
    visit = await one(stage)
    await away(stage, "inspector1", first=9, last=12)
    await applied(stage)
    await told(stage, visit)
    await delivered_again(stage, visit)

    before = await the_notice(stage, "appointment_confirmed", "email")
    after = await the_notice(stage, "appointment_moved", "email")
    assert after.facts["reason"] == "agent malade"
    assert (before.facts["sequence"], after.facts["sequence"]) == (0, 1)
    assert before.facts["thread"] == after.facts["thread"]


async def test_another_place_at_the_same_time_is_told_as_such(stage: Stage) -> None:
    visit = await one(stage, "bay A", "bay B", "inspector1")
    await away(stage, "bay A")
    await applied(stage)
    await told(stage, visit)

    notice = await the_notice(stage, "appointment_place", "email")
    assert "bay B" in notice.facts["place"]
    assert notice.facts["sequence"] == 1
    assert (await live(stage, visit)).during.lower == tomorrow(stage, 10)  # type: ignore[union-attr]
    assert await sound(stage)


async def test_another_officer_alone_is_told_to_nobody(stage: Stage) -> None:
    visit = await one(stage, "bay A", "inspector1", "inspector2")
    await away(stage, "inspector1")
    await applied(stage)
    await told(stage, visit)

    assert [each.template for each in await notices(stage)] == ["appointment_confirmed"]


async def test_a_time_that_goes_is_told_once_with_a_calendar_entry_that_cancels(stage: Stage) -> None:
    visit = await one(stage)
    await away(stage, "inspector1", days=20)
    await applied(stage)
    await told(stage, visit)
    await delivered_again(stage, visit)

    notice = await the_notice(stage, "appointment_withdrawn", "email")
    assert (notice.facts["reason"], notice.facts["sequence"]) == ("agent malade", 1)
    async with stage.browser("declarant") as browser:
        page = await browser.get(f"/declarant/visits/{visit.id}/appointment.ics")
    [entry] = Calendar.from_ical(page.text).walk("VEVENT")
    assert (str(entry["STATUS"]), int(entry["SEQUENCE"])) == ("CANCELLED", 1)


async def test_undone_a_time_that_went_is_booked_again_and_told(stage: Stage) -> None:
    visit = await one(stage)
    await away(stage, "inspector1", days=20)
    before = await who_serves(stage, visit)
    run = await applied(stage)

    assert await stage.run("chief", undo, run.id) == (1, 0)
    await told(stage, visit)

    assert (await stage.visit(visit.id)).state == State.BOOKED
    assert await who_serves(stage, visit) == before
    assert len(await notices(stage, "appointment_confirmed")) == 2
    assert await sound(stage)


async def test_undone_the_former_place_comes_back(stage: Stage) -> None:
    visit = await one(stage, "bay A", "bay B", "inspector1")
    before = await who_serves(stage, visit)
    await away(stage, "bay A")
    run = await applied(stage)
    await back(stage)

    assert await stage.run("chief", undo, run.id) == (1, 0)

    assert await who_serves(stage, visit) == before
    assert (await look(stage)).lines == ()
    assert await sound(stage)


async def test_who_booked_again_meanwhile_keeps_that_time(stage: Stage) -> None:
    visit = await one(stage, "bay A", "inspector1")
    await away(stage, "inspector1", days=20)
    run = await applied(stage)
    await back(stage)
    kept = await stage.run("declarant", hold, visit.id, tomorrow(stage, 15))
    await stage.run("declarant", confirm, kept.id)

    assert await stage.run("chief", undo, run.id) == (0, 1)
    assert (await live(stage, visit)).during.lower == tomorrow(stage, 15)  # type: ignore[union-attr]


async def test_killed_before_the_commit_nothing_was_changed_and_the_same_plan_is_applied_after(stage: Stage) -> None:
    visit = await one(stage)
    await away(stage, "inspector1", first=9, last=12)
    seen = (await look(stage)).seen

    async def dies(work: object) -> None:
        await apply(work, new_id(), seen, "agent malade")  # type: ignore[arg-type]
        raise Killed

    with pytest.raises(Killed):
        await stage.run("chief", dies)
    assert (await look(stage)).seen == seen
    await stage.run("chief", apply, new_id(), seen, "agent malade")

    assert (await live(stage, visit)).during.lower == tomorrow(stage, 8)  # type: ignore[union-attr]
    assert await sound(stage)


async def test_a_plan_sent_again_after_it_was_applied_changes_nothing(stage: Stage) -> None:
    visit = await one(stage)
    await away(stage, "inspector1", days=20)
    seen = (await look(stage)).seen
    await stage.run("chief", apply, new_id(), seen, "agent malade")

    with pytest.raises(PlanChanged):
        await stage.run("chief", apply, new_id(), seen, "agent malade")
    await told(stage, visit)
    assert len(await notices(stage, "appointment_withdrawn")) == 1


async def test_a_calendar_that_changed_since_the_plan_was_seen_stops_it(stage: Stage) -> None:
    await one(stage)
    await away(stage, "inspector1", first=9, last=12)
    seen = (await look(stage)).seen
    await away(stage, "bay A", first=8, last=9)

    with pytest.raises(PlanChanged):
        await stage.run("chief", apply, new_id(), seen, "agent malade")
    assert await sound(stage)
