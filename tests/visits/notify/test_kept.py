"""Places kept beforehand are told: provisional times of goods at sea, and regular hours of a firm."""

from datetime import timedelta
from email import message_from_string
from zoneinfo import ZoneInfo

import pytest

from tests.support.stage import Stage
from tests.support.steps_booking import calendars, tomorrow
from tests.support.steps_landing import accepted_unheard, at_sea, landed, package_accepted, reserved, settled, ship
from tests.support.steps_notices import files, later, notices, reached, sent, told
from tests.support.steps_regular import asked, days, granted
from visits.booking import prearrival, regular
from visits.journey.tables import Visit
from visits.notices import compose
from visits.notices.tables import Notice
from visits.notices.templates import TEMPLATES
from visits.sites.queries import office_by_id


async def texts(stage: Stage, visit: Visit | None = None) -> list[str]:
    """The kinds of text messages written, oldest first."""
    if visit is not None:
        await told(stage, visit)
    return [each.template for each in await notices(stage, channel="sms")]


async def last(stage: Stage, template: str) -> Notice:
    return (await notices(stage, template, "sms"))[-1]


def words(stage: Stage, notice: Notice) -> str:
    return compose.text_message(TEMPLATES[notice.template], notice.language, notice.facts, ZoneInfo("UTC"))


async def mails(stage: Stage) -> list[str]:
    """What left by mail, its parts read."""
    found = []
    for text in await files(stage):
        parts = [part for part in message_from_string(text).walk() if part.get_content_maintype() == "text"]
        found.append("\n".join((part.get_payload(decode=True) or b"").decode() for part in parts))  # type: ignore[union-attr]
    return found


# ---------- goods at sea ----------


async def test_a_time_kept_before_the_package_is_told_as_provisional(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    await reserved(stage, visit)

    assert "appointment_reserved" in await texts(stage, visit)
    assert "Confirmée au débarquement" in words(stage, await last(stage, "appointment_reserved"))


async def test_its_calendar_entry_may_still_change_and_carries_no_confirmation(stage: Stage) -> None:
    await reached(stage, channels=["email"])
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await told(stage, visit)
    await sent(stage)

    [mail] = [text for text in await mails(stage) if "provisoire" in text]
    assert "STATUS:TENTATIVE" in mail
    assert "V1-" not in mail


async def test_a_booking_with_goods_at_sea_is_told_as_provisional(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await package_accepted(stage, visit)

    found = await texts(stage, visit)
    assert "appointment_provisional" in found
    assert "appointment_confirmed" not in found


async def test_the_discharge_makes_a_booked_time_certain(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    made = await reserved(stage, visit)
    await package_accepted(stage, visit)
    for _ in range(2):
        await landed(stage)
        await settled(stage, visit)

    assert (await texts(stage, visit)).count("appointment_settled") == 1
    assert (await last(stage, "appointment_settled")).facts["when"] == made.during.lower.isoformat()


async def test_without_an_accepted_package_the_discharge_says_what_is_missing(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await landed(stage)
    await settled(stage, visit)

    found = await texts(stage, visit)
    assert "appointment_unpacked" in found
    assert "appointment_settled" not in found


async def test_a_late_ship_is_told_in_words(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    await reserved(stage, visit)
    await ship(stage, tomorrow(stage, 6) + timedelta(days=2))
    await settled(stage, visit)
    await told(stage, visit)

    assert "Motif : navire en retard" in words(stage, await last(stage, "appointment_moved"))


async def test_a_time_lost_because_the_acceptance_was_heard_too_late_is_told(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    made = await reserved(stage, visit)
    await accepted_unheard(stage, visit)
    stage.clock.set(made.during.lower)
    await settled(stage, visit)
    await told(stage, visit)

    assert "Motif : dossier pas accepté à temps" in words(stage, await last(stage, "appointment_withdrawn"))


async def test_a_time_given_back_before_it_was_told_is_not_told(stage: Stage) -> None:
    await reached(stage)
    visit = await at_sea(stage)
    made = await stage.run("declarant", prearrival.reserve, visit.id, tomorrow(stage, 11))
    await stage.run("declarant", prearrival.give_up, visit.id, made.id)
    await told(stage, visit)
    await sent(stage)

    assert {each.state for each in await notices(stage, "appointment_reserved")} <= {"dropped"}


# ---------- regular hours ----------


async def test_regular_hours_granted_are_told_once_with_the_first_hour(stage: Stage) -> None:
    await reached(stage)
    kept = await granted(stage)
    await stage.run("chief", regular.grant, kept[0].regular_id)

    notice = await last(stage, "regular_granted")
    assert await texts(stage) == ["regular_granted"]
    assert notice.facts["count"] == len(kept)
    assert notice.facts["when"] == kept[0].during.lower.isoformat()
    assert stage.site.name in words(stage, notice)


async def test_a_refusal_is_told_with_its_reason(stage: Stage) -> None:
    await reached(stage)
    hours = await asked(stage)
    await stage.run("chief", regular.refuse, hours.id, reason="Trop de demandes le mardi")

    assert "Motif : Trop de demandes le mardi" in words(stage, await last(stage, "regular_refused"))


async def test_the_office_ends_them_and_says_so(stage: Stage) -> None:
    await reached(stage)
    kept = await granted(stage)
    await stage.run("chief", regular.end, kept[0].regular_id, reason="Travaux au quai")

    notice = await last(stage, "regular_ended")
    assert notice.facts["when"] == kept[0].during.lower.isoformat()
    assert "Travaux au quai" in words(stage, notice)


async def test_a_firm_that_ends_them_itself_is_not_told(stage: Stage) -> None:
    await reached(stage)
    kept = await granted(stage)
    await stage.run("declarant", regular.end, kept[0].regular_id)

    assert await texts(stage) == ["regular_granted"]


async def test_a_place_nobody_used_is_told_when_it_goes_back(stage: Stage) -> None:
    await reached(stage)
    kept = await granted(stage)
    async with stage.work() as work:
        until = regular.releases_at(await office_by_id(work, stage.office.id), kept[0].during.lower)
    stage.clock.set(until)
    await later(stage)

    notice = await last(stage, "regular_changed")
    assert (await days(stage, kept[0].regular_id))[0].state == "released"
    assert notice.facts["count"] == len(kept) - 1
    assert (await texts(stage)).count("regular_changed") == 1


async def test_only_who_asked_is_told_unless_others_want_to_know_all(stage: Stage) -> None:
    await reached(stage)
    await granted(stage)

    assert {each.person_id for each in await notices(stage)} == {stage.actors["declarant"].person}


@pytest.mark.parametrize("language", ["en", "pt"])
async def test_they_are_told_in_the_persons_language(stage: Stage, language: str) -> None:
    await reached(stage, language=language)
    await calendars(stage)
    hours = await asked(stage)
    await stage.run("chief", regular.refuse, hours.id, reason="Non")

    assert "refusée" not in words(stage, await last(stage, "regular_refused"))
