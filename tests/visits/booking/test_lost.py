"""A slot lost to a holiday, a closure or absences is told with that reason; hours nobody ever works are not."""

from datetime import datetime, timedelta
from uuid import UUID

from scheduling import Removal, Why
from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_policies import second_site
from visits.booking.explain import Explanation, explain
from visits.booking.offer import offer
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.sites.admin import add_absence
from visits.sites.closures import close
from visits.sites.holidays import add_holiday

STOCK = "inventaire annuel"


async def small(stage: Stage) -> Visit:
    """One bay and one officer, and a visit to book."""
    await only(stage, "bay A", "inspector1")
    return await to_book(stage)


async def shut(
    stage: Stage, first: int = 0, last: int = 24, *, site: UUID | None = None, days: int = 0, why: str = STOCK
) -> None:
    """The office or a site is closed tomorrow, or some days after."""
    start = midnight(stage) + timedelta(days=days)
    await stage.run(
        "admin", close, stage.office.id, site, start + timedelta(hours=first), start + timedelta(hours=last), why
    )
    await calendars(stage)


def midnight(stage: Stage) -> datetime:
    return tomorrow(stage, 0).replace(tzinfo=None)


async def why(stage: Stage, visit: Visit, hour: int, *, days: int = 0) -> Explanation:
    async with stage.work("chief") as work:
        at = tomorrow(stage, hour) + timedelta(days=days)
        return await explain(work, await case_of(work, visit.id), at=at)


async def reasons(stage: Stage, visit: Visit) -> dict[int, tuple[Why, str]]:
    """What a declarant reads of each hour of tomorrow that is not offered."""
    async with stage.work("declarant") as work:
        day = (await offer(work, await case_of(work, visit.id))).day(tomorrow(stage, 0).date())
    assert day is not None
    return {slot.starts_at.hour: (slot.reason.why, slot.reason.label) for slot in day.shown() if slot.reason}


async def test_hours_of_a_closure_are_told_with_its_label(stage: Stage) -> None:
    visit = await small(stage)
    await shut(stage, 10, 12)

    told = await reasons(stage, visit)
    found = await why(stage, visit, 10)

    assert told[10] == told[9] == (Why.SHUT, STOCK)
    assert 8 not in told
    assert [each.label for each in found.starts[0].rules] == [STOCK]
    assert {rule for role in found.starts[0].roles for _, rule in role.removed} == {Removal.SHUT}


async def test_a_day_that_is_closed_as_a_whole_keeps_its_hours_with_the_reason(stage: Stage) -> None:
    visit = await small(stage)
    await shut(stage)

    assert set((await reasons(stage, visit)).values()) == {(Why.SHUT, STOCK)}


async def test_a_closure_of_another_site_is_not_the_reason(stage: Stage) -> None:
    visit = await small(stage)
    other = await second_site(stage)
    await shut(stage, site=other.id)

    assert Why.SHUT not in {each for each, _ in (await reasons(stage, visit)).values()}
    await shut(stage, 10, 12, why="grève")
    assert (await reasons(stage, visit))[10] == (Why.SHUT, "grève")


async def test_a_holiday_is_told_by_resource_and_as_a_rule(stage: Stage) -> None:
    visit = await small(stage)
    await stage.run("admin", add_holiday, stage.office.id, tomorrow(stage, 0).date(), "Fête du port")
    await calendars(stage)

    found = await why(stage, visit, 10)

    assert {why for why, _ in (await reasons(stage, visit)).values()} == {Why.HOLIDAY}
    assert [found.offer.said(each, found.day.day)[1] for each in found.starts[0].rules] == [{"name": "Fête du port"}]
    assert {rule for role in found.starts[0].roles for _, rule in role.removed} == {Removal.HOLIDAY}


async def test_the_absence_of_everybody_who_could_is_told_without_a_name(stage: Stage) -> None:
    visit = await small(stage)
    start = midnight(stage)
    await stage.run("admin", add_absence, stage.resources["inspector1"].id, start, start + timedelta(days=1), "maladie")
    await calendars(stage)

    found = await why(stage, visit, 10)

    reason = found.day.why(found.starts[0].step)
    assert reason is not None
    assert (reason.why, reason.role) == (Why.AWAY, "officer")
    text, facts = found.offer.said(reason, found.day.day)
    assert (text, facts) == ("Aucun vérificateur n'est présent à cette heure.", {})
    assert dict(found.starts[0].roles[0].removed) == {stage.resources["inspector1"].id: Removal.AWAY}


async def test_hours_nobody_ever_works_are_told_as_such_though_the_office_is_closed_then(stage: Stage) -> None:
    visit = await small(stage)
    await shut(stage, days=4)  # Saturday

    found = await why(stage, visit, 10, days=4)

    reason = found.day.why(found.starts[0].step)
    assert reason is not None
    assert reason.why is Why.CLOSED
    assert found.day.usual == 0


async def test_the_chiefs_page_says_what_removed_the_hour(stage: Stage) -> None:
    visit = await small(stage)
    await shut(stage, 10, 12)
    async with stage.browser("chief") as client:
        page = await client.get(f"/chief/visits/{visit.id}/why", params={"at": tomorrow(stage, 10).isoformat()})

    text = " ".join(page.text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert f"Fermé : {STOCK}." in text
    assert "est dans un lieu fermé alors" in text


async def test_a_declarant_reads_which_days_are_closed_and_why_without_opening_them(stage: Stage) -> None:
    visit = await small(stage)
    await shut(stage)
    await shut(stage, days=1)
    await stage.run(
        "admin", add_holiday, stage.office.id, tomorrow(stage, 0).date() + timedelta(days=2), "Fête du port"
    )
    await calendars(stage)
    async with stage.browser("declarant") as client:
        page = await client.get(f"/declarant/visits/{visit.id}/slots")

    text = " ".join(page.text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert f"<li><b>Du mardi 24 au mercredi 25</b> · Fermé : {STOCK}.</li>" in text
    assert "<li><b>Jeudi 26</b> · Jour férié : Fête du port.</li>" in text


async def test_a_declarant_reads_of_hours_and_days_without_officers_and_no_name(stage: Stage) -> None:
    visit = await small(stage)
    await missing(stage, midnight(stage) + timedelta(hours=10), hours=2)
    await missing(stage, midnight(stage) + timedelta(days=1), hours=24)
    async with stage.browser("declarant") as client:
        page = await client.get(f"/declarant/visits/{visit.id}/slots")

    told = await reasons(stage, visit)
    assert told[9] == told[10] == (Why.AWAY, "")
    assert 8 not in told
    text = " ".join(page.text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert "<li><b>Mercredi 25</b> · Fermé, faute de vérificateurs.</li>" in text
    assert "maladie" not in text
    assert "inspector1" not in text


async def test_an_absence_others_make_up_for_is_nobodys_reason(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1", "inspector2")
    visit = await to_book(stage)
    await missing(stage, midnight(stage), hours=24)

    assert await reasons(stage, visit) == {}


async def missing(stage: Stage, start: datetime, *, hours: int) -> None:
    """The first officer is ill for some hours."""
    end = start + timedelta(hours=hours)
    await stage.run("admin", add_absence, stage.resources["inspector1"].id, start, end, "maladie")
    await calendars(stage)


async def test_an_appointment_on_a_day_closed_since_is_still_shown(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1")
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await shut(stage)
    async with stage.browser("declarant") as client:
        page = await client.get(
            f"/declarant/visits/{visit.id}/slots", params={"day": tomorrow(stage, 0).date().isoformat()}
        )

    assert (page.status_code, "actuel" in page.text) == (200, True)
