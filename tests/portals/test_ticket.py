"""The ticket at the scanner: its number, its code, the place in the queue, called in order and once."""

import asyncio
from datetime import datetime

import pytest
from litestar import Litestar
from sqlalchemy import select
from sqlmodel import col

from tests.portals.reading import said
from tests.support.live import PHONE, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_booking import another, booked, calendars, only, to_book, tomorrow
from visits.booking import ticket
from visits.booking.change import cancel
from visits.booking.queries import live_of
from visits.booking.ticket import NotNext, Ticket, call, number_of, queue, ticket_of
from visits.errors import NotFound
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.tables import DomainEvent


async def scans(stage: Stage, *hours: int) -> list[Visit]:
    """Visits at the stage's only scanner, at these hours of the next day."""
    await another(stage, "scanner 1", "scanner", site_id=stage.site.id)
    await calendars(stage)
    found = []
    for hour in hours:
        visit = await to_book(stage, level="scan")
        found.append(await booked(stage, visit, tomorrow(stage, hour)))
    return found


async def of(stage: Stage, visit: Visit) -> Ticket:
    async with stage.work() as work:
        found = await ticket_of(work, visit)
    assert found is not None
    return found


async def called(stage: Stage, visit: Visit) -> Ticket:
    return await stage.run("terminal", call, (await of(stage, visit)).appointment)


@pytest.mark.parametrize(
    ("scanner", "step", "number"), [(0, 0, "A001"), (0, 62, "A063"), (25, 8, "Z009"), (26, 8, "AA009")]
)
def test_a_number_names_scanner_and_step(scanner: int, step: int, number: str) -> None:
    assert number_of(scanner, step) == number


async def test_numbers_follow_the_hours_whoever_booked_first(stage: Stage) -> None:
    late, early, middle = await scans(stage, 14, 9, 11)

    tickets = [await of(stage, each) for each in (early, middle, late)]
    assert [each.number for each in tickets] == sorted(each.number for each in tickets)
    assert [each.before for each in tickets] == [0, 1, 2]
    assert len({each.number for each in tickets}) == 3


async def test_two_scanners_have_letters_and_queues_of_their_own(stage: Stage) -> None:
    await another(stage, "scanner 2", "scanner", site_id=stage.site.id)
    first, second = await scans(stage, 9, 9)

    tickets = [await of(stage, each) for each in (first, second)]
    assert {each.number[0] for each in tickets} == {"A", "B"}
    assert [each.before for each in tickets] == [0, 0]


async def test_who_gives_a_time_back_leaves_the_queue(stage: Stage) -> None:
    first, second = await scans(stage, 9, 11)
    async with stage.work() as work:
        gone = (await live_of(work, first.id))["confirmed"]
    await stage.run("declarant", cancel, gone.id)

    assert (await of(stage, second)).before == 0
    async with stage.work() as work:
        assert await ticket_of(work, await stage.visit(first.id)) is None


async def test_tickets_are_called_in_order_and_once(stage: Stage) -> None:
    first, second = await scans(stage, 9, 11)
    stage.clock.set(tomorrow(stage, 8))

    with pytest.raises(NotNext) as refused:
        await called(stage, second)
    assert refused.value.facts["number"] == (await of(stage, first)).number
    calls = [await called(stage, first) for _ in range(3)]
    assert len({each.called_at for each in calls}) == 1
    await called(stage, second)

    async with stage.work() as work:
        told = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "scan_called"))
        assert len(told.all()) == 2


async def test_five_calls_at_once_call_one_ticket(stage: Stage) -> None:
    first, _ = await scans(stage, 9, 11)
    stage.clock.set(tomorrow(stage, 8))
    wanted = (await of(stage, first)).appointment

    await asyncio.gather(*(stage.run("terminal", call, wanted) for _ in range(5)))
    async with stage.work() as work:
        told = await work.session.scalars(select(DomainEvent).where(col(DomainEvent.kind) == "scan_called"))
        assert len(told.all()) == 1


async def test_the_day_before_nobody_is_called(stage: Stage) -> None:
    [visit] = await scans(stage, 9)

    with pytest.raises(ticket.AnotherDay):
        await called(stage, visit)


async def test_a_declarant_calls_nobody(stage: Stage) -> None:
    [visit] = await scans(stage, 9)
    wanted = (await of(stage, visit)).appointment

    with pytest.raises(NotFound):
        await stage.run("declarant", call, wanted)


async def test_a_physical_visit_has_no_ticket(stage: Stage) -> None:
    visit = await booked(stage)

    async with stage.browser("declarant") as phone:
        assert (await phone.get(f"/declarant/visits/{visit.id}/ticket")).status_code == 404


async def test_the_declarant_reads_number_and_place_and_hears_the_call(stage: Stage) -> None:
    first, second = await scans(stage, 9, 11)
    stage.clock.set(tomorrow(stage, 8))
    number = (await of(stage, second)).number
    path = f"/declarant/visits/{second.id}/ticket"
    async with stage.browser("declarant") as phone, stage.browser("terminal") as screen:
        page = said(await phone.get(path))
        assert number in page
        assert "1 véhicule avant vous" in page
        assert "Vous êtes le prochain" in said(await phone.get(f"/declarant/visits/{first.id}/ticket"))
        for each in (first, second):
            sent = {"appointment": str((await of(stage, each)).appointment)}
            assert (await screen.post("/terminal/scanner/call", data=sent)).status_code == 303

        assert "C'est à vous" in said(await phone.get(path)).replace("’", "'")
        assert "Aucun ticket à appeler" in said(await screen.get("/terminal/scanner"))


async def test_another_firm_has_no_ticket_of_ours(stage: Stage) -> None:
    [visit] = await scans(stage, 9)
    async with stage.browser("other_declarant") as phone:
        assert (await phone.get(f"/declarant/visits/{visit.id}/ticket")).status_code == 404


async def test_everybody_is_told_how_many_pass_before(stage: Stage) -> None:
    await only(stage, "bay A", "inspector1", "inspector2")
    await scans(stage, 8, 9, 10, 11)
    async with stage.work() as work:
        office = await office_by_id(work, stage.office.id)
        day: datetime = tomorrow(stage, 8)
        assert [each.before for each in await queue(work, office, day.date())] == [0, 1, 2, 3]


@pytest.mark.browser
@pytest.mark.slow  # Chromium is started
async def test_on_a_phone_axe_finds_nothing(stage: Stage, app: Litestar) -> None:
    first, _ = await scans(stage, 9, 11)
    stage.clock.set(tomorrow(stage, 8))
    async with serving(app) as port, chromium() as browser:
        phone = await window(browser, stage, port, "declarant", size=PHONE)
        page = await phone.go(f"/declarant/visits/{first.id}/ticket")
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await page.screenshot(path="/tmp/ticket.png", full_page=True)
        yard = await window(browser, stage, port, "terminal", size=PHONE)
        page = await yard.go("/terminal/scanner")
        await page.screenshot(path="/tmp/scanner.png", full_page=True)
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
