"""Who is told what, on which event, and when not."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, held, tomorrow
from tests.support.steps_documents import returned
from tests.support.steps_notices import (
    booked_and_told,
    files,
    later,
    notices,
    reached,
    sent,
    the_notice,
    told,
)
from tests.support.steps_reports import signed
from visits.background.deliver import deliver
from visits.booking.change import cancel, move
from visits.booking.queries import live_of
from visits.booking.tables import Appointment
from visits.journey.tables import Visit
from visits.notices.telling import told as line
from visits.store.tables import DomainEvent
from visits.store.work import Work


async def the_appointment(stage: Stage, visit: Visit) -> Appointment:
    async with stage.work() as work:
        return (await live_of(work, visit.id))["confirmed"]


async def test_a_booking_is_told_by_mail_and_text(stage: Stage) -> None:
    await booked_and_told(stage)

    assert [each.channel for each in await notices(stage, "appointment_confirmed")] == ["email", "sms"]


async def test_an_event_delivered_twice_is_told_once(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    async with stage.work() as work:
        await work.session.execute(
            update(DomainEvent).where(col(DomainEvent.stream_id) == visit.id).values(delivered_at=None)
        )

    await deliver(stage.tools, stage.tenant, visit.id)

    assert len(await notices(stage, "appointment_confirmed")) == 2


async def test_without_any_setting_a_notice_is_a_file(stage: Stage) -> None:
    await booked_and_told(stage)

    assert await sent(stage) > 0

    assert any("Visite C 48" in text and "10h00" in text for text in await files(stage))
    assert {each.state for each in await notices(stage, "appointment_confirmed")} == {"sent"}


async def test_nobody_to_reach_is_shown_to_the_office_once_for_a_visit(stage: Stage) -> None:
    await calendars(stage)
    visit = await booked(stage)
    await told(stage, visit)

    [notice] = await notices(stage)
    assert (notice.state, notice.channel, notice.office_id) == ("unreachable", "none", stage.office.id)


async def test_only_proved_addresses_are_used(stage: Stage) -> None:
    await reached(stage, email="")
    await calendars(stage)
    await told(stage, await booked(stage))

    assert [each.channel for each in await notices(stage, "appointment_confirmed")] == ["sms"]


async def test_a_colleague_who_did_nothing_is_told_only_if_asked(stage: Stage) -> None:
    await reached(stage, "firm_admin", phone="+2250700000043", email="", channels=["sms"])
    await booked_and_told(stage)
    first = {each.address for each in await notices(stage, "appointment_confirmed", "sms")}

    assert first == {"+2250700000042"}


async def test_a_colleague_who_wants_to_know_all_is_told_too(stage: Stage) -> None:
    await reached(stage, "firm_admin", phone="+2250700000043", email="", channels=["sms"], everything=True)
    await booked_and_told(stage)

    assert len(await notices(stage, "appointment_confirmed", "sms")) == 2


async def test_another_firm_is_never_told(stage: Stage) -> None:
    await reached(stage, "other_declarant", phone="+2250700000044", everything=True)
    await booked_and_told(stage)

    assert "+2250700000044" not in {each.address for each in await notices(stage)}


async def test_a_move_is_told_with_the_old_time(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    await stage.run("declarant", move, (await the_appointment(stage, visit)).id, tomorrow(stage, 14))
    await told(stage, visit)

    notice = await the_notice(stage, "appointment_moved", "sms")
    assert (notice.facts["when"], notice.facts["was"][:16]) == (
        tomorrow(stage, 14).isoformat(),
        tomorrow(stage, 10).isoformat()[:16],
    )


async def test_the_firms_own_cancelling_and_customs_cancelling_are_told_apart(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    await stage.run("chief", cancel, (await the_appointment(stage, visit)).id, reason="grève")
    await told(stage, visit)

    notice = await the_notice(stage, "appointment_withdrawn", "sms")
    assert notice.facts["reason"] == "grève"
    assert await notices(stage, "appointment_cancelled") == []


async def test_the_reminders_come_the_day_before_and_two_hours_before(stage: Stage) -> None:
    await reached(stage)
    await calendars(stage)
    visit = await booked(stage, starts_at=tomorrow(stage, 10) + timedelta(days=1))
    await told(stage, visit)

    await later(stage, hours=25, minutes=59)
    assert await notices(stage, "reminder_day") == []
    await later(stage, minutes=1)
    assert len(await notices(stage, "reminder_day")) == 2
    await later(stage, hours=22)
    assert len(await notices(stage, "reminder_soon")) == 2


async def test_a_moved_appointment_is_not_reminded_of_at_its_old_time(stage: Stage) -> None:
    await reached(stage)
    await calendars(stage)
    visit = await booked(stage, starts_at=tomorrow(stage, 10) + timedelta(days=1))
    await stage.run(
        "declarant", move, (await the_appointment(stage, visit)).id, tomorrow(stage, 10) + timedelta(days=3)
    )
    await told(stage, visit)

    await later(stage, days=1, hours=5)

    assert await notices(stage, "reminder_day") == []


async def test_a_kept_time_is_told_before_its_end(stage: Stage) -> None:
    await reached(stage)
    kept = await held(stage)
    await told(stage, await stage.visit(kept.visit_id))

    await later(stage, minutes=3)

    notice = await the_notice(stage, "hold_ending", "sms")
    assert (notice.urgent, notice.expires_at) == (True, kept.expires_at)


async def test_a_confirmed_hold_is_not_said_to_end(stage: Stage) -> None:
    await booked_and_told(stage)

    await later(stage, minutes=3)

    assert await notices(stage, "hold_ending") == []


async def test_missing_documents_are_told_at_once_and_once_more(stage: Stage) -> None:
    await reached(stage)
    visit = await stage.opened()
    await told(stage, visit)
    first = await notices(stage, "documents_missing", "sms")
    await later(stage, days=1)

    assert first[0].facts["count"] == len(first[0].facts["list"]) > 0
    assert len(await notices(stage, "documents_missing", "sms")) == 2


async def test_a_returned_package_is_told_with_what_is_wrong(stage: Stage) -> None:
    await reached(stage)
    visit, _ = await returned(stage)
    await told(stage, visit)

    notice = await the_notice(stage, "package_returned", "sms")
    assert notice.facts["list"] == ["facture commerciale"]


async def test_a_signed_report_waits_for_the_declarant(stage: Stage) -> None:
    await reached(stage)
    visit = await signed(stage)
    await told(stage, visit)

    assert len(await notices(stage, "report_ready", "sms")) == 1


async def test_what_is_not_urgent_waits_for_the_morning(stage: Stage) -> None:
    stage.clock.set(stage.clock.now().replace(hour=22))
    await reached(stage)
    visit = await stage.opened()
    await told(stage, visit)

    notice = await the_notice(stage, "documents_missing", "sms")
    assert notice.due_at == stage.clock.now().replace(hour=7) + timedelta(days=1)
    assert await sent(stage) == 0
    stage.clock.move(hours=9)
    assert await sent(stage) == 2


async def test_a_cancelling_by_customs_passes_in_quiet_hours(stage: Stage) -> None:
    visit = await booked_and_told(stage)
    stage.clock.set(stage.clock.now().replace(hour=22))
    await stage.run("chief", cancel, (await the_appointment(stage, visit)).id, reason="grève")
    await told(stage, visit)

    await sent(stage)

    assert (await the_notice(stage, "appointment_withdrawn", "sms")).state == "sent"


async def test_an_appointment_that_changed_meanwhile_is_not_told_any_more(stage: Stage) -> None:
    visit = await booked_and_told(stage)

    async def use_case(work: Work) -> None:
        await cancel(work, (await live_of(work, visit.id))["confirmed"].id)

    await stage.run("declarant", use_case)

    await sent(stage)

    assert {each.state for each in await notices(stage, "appointment_confirmed")} == {"dropped"}


async def test_the_state_is_told_in_words(stage: Stage) -> None:
    await booked_and_told(stage)
    await sent(stage)
    notice = await the_notice(stage, "appointment_confirmed", "sms")

    said = line(notice, "fr", ZoneInfo("Africa/Abidjan"), stage.clock.now())

    assert said.text.replace("\u00a0", " ") == "SMS parti à 8 h"
