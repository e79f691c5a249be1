"""axe finds nothing on the pages that came with the draw and the replanning, empty and full; each says its answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar

from tests.support.live import DESK, PHONE, Window, chromium, serving, window
from tests.support.stage import Stage
from tests.support.steps_assignment import assigned
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from tests.support.steps_language import speaks
from tests.support.steps_publication import next_day, whose
from tests.support.steps_repair import away_today, mended
from tests.support.steps_replan import applied
from tests.support.steps_replan import away as away_tomorrow
from tests.visits.assignment.test_displace import called_urgent, full
from tests.visits.assignment.test_repair import today
from tests.visits.assignment.test_witness import eve
from tests.visits.portals.chief.test_assignment import nobody_left
from tests.visits.portals.chief.test_urgent import two_at_work
from visits.assignment import seeds
from visits.assignment.interests import declare, end
from visits.assignment.replace import ask
from visits.booking import groups
from visits.booking.groups import Pattern

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # Chromium is started

TABLET: dict[str, int] = {"width": 1024, "height": 768}

PAGES: dict[str, list[str]] = {
    "chief": [
        "/chief",
        "/chief/assignment",
        "/chief/groups",
        "/chief/repair",
        "/chief/replan",
        "/chief/urgent",
        "/supervisor/board",
    ],
    "supervisor": ["/supervisor/board", "/supervisor/witness"],
    "integrity": ["/integrity", "/integrity/interests", "/supervisor/witness"],
    "inspector1": ["/inspector/day", "/inspector/queue", "/inspector/interests"],
}
OPEN = ["/public/draws", "/public/draws/CIAB1/witness"]


@asynccontextmanager
async def looking(stage: Stage, app: Litestar) -> AsyncIterator[Any]:
    """Opens a window of somebody of the stage, on what he holds."""
    async with serving(app) as port, chromium() as browser:

        async def opened(who: str | None, size: dict[str, int] = DESK) -> Window:
            return await window(browser, stage, port, who, size=size)

        yield opened


async def test_where_nothing_has_happened(stage: Stage, app: Litestar) -> None:
    async with looking(stage, app) as opened:
        for who, paths in PAGES.items():
            seen = await opened(who, TABLET if who == "inspector1" else DESK)
            for path in paths:
                await seen.go(path)
        anybody = await opened(None, PHONE)
        for path in (*OPEN, f"/public/draws/CIAB1/{next_day(stage)}"):
            await anybody.go(path)


async def test_on_a_day_that_is_mended(stage: Stage, app: Litestar) -> None:
    visits = await today(stage, 9, 10)
    await away_today(stage, await whose(stage, visits[0]))
    async with looking(stage, app) as opened:
        chief = await opened("chief")
        await chief.go("/chief/repair")
        run = await mended(stage)
        for path in ("/chief/repair", f"/chief/repair/{run.id}", "/supervisor/board", "/chief/assignment"):
            await chief.go(path)


async def test_with_an_urgent_visit_that_others_make_room_for(stage: Stage, app: Litestar) -> None:
    await full(stage)
    visit = await called_urgent(stage)
    async with looking(stage, app) as opened:
        chief = await opened("chief")
        await chief.go(f"/chief/urgent/{visit.id}/room")


async def test_on_a_day_that_is_planned_anew(stage: Stage, app: Litestar) -> None:
    await calendars(stage)
    for hour in (9, 10):
        await booked(stage, await to_book(stage), tomorrow(stage, hour))
    await away_tomorrow(stage, "bay A")
    await away_tomorrow(stage, "inspector1")
    async with looking(stage, app) as opened:
        chief = await opened("chief")
        await chief.go("/chief/replan")
        await applied(stage)
        await chief.go("/chief/replan")


async def test_with_an_urgent_visit_and_a_group(stage: Stage, app: Litestar) -> None:
    visit = await two_at_work(stage)
    together = [(await to_book(stage)).id for _ in range(2)]
    group = await stage.run("declarant", groups.book, together, tomorrow(stage, 13), pattern=Pattern.IN_TURN)
    async with looking(stage, app) as opened:
        chief = await opened("chief")
        for path in (
            "/chief/urgent",
            f"/chief/urgent/{visit.id}?day={next_day(stage)}",
            "/chief/groups",
            f"/chief/groups/{group.id}",
            f"/chief/groups/{group.id}/slots",
            f"/chief/groups/{group.id}/cancel",
        ):
            await chief.go(path)


async def test_with_ties_a_witness_and_a_draw_that_a_second_chief_decides(stage: Stage, app: Litestar) -> None:
    tie = await stage.run("inspector1", declare, "2604817K", "family", remark="beau-frère")
    await stage.run("inspector1", declare, "00911K", "money")
    await stage.run("integrity", end, tie.id, "parti depuis dix ans")
    _, visits = await eve(stage)
    visit = await assigned(stage, visits[0], tomorrow(stage, 9))
    await stage.run("chief", ask, visit.id, "conflict", "parent du déclarant")
    async with looking(stage, app) as opened:
        day = stage.clock.now().date()
        for who, paths in {
            "chief": ["/chief/assignment", f"/chief/assignment/{visit.id}", f"/office/visits/{visit.id}/draw"],
            "chief2": ["/chief/assignment", f"/chief/assignment/{visit.id}"],
            "supervisor": ["/supervisor/board", "/supervisor/witness"],
            "integrity": ["/integrity", "/integrity/interests", f"/office/visits/{visit.id}/draw"],
            "inspector1": ["/inspector/day", "/inspector/queue", "/inspector/interests"],
            "declarant": [f"/declarant/visits/{visit.id}/draw"],
        }.items():
            seen = await opened(who, {"inspector1": TABLET, "declarant": PHONE}.get(who, DESK))
            for path in paths:
                await seen.go(path)
        stage.clock.move(days=1)
        await stage.run("system", seeds.reveal_seeds, stage.tools)
        for size in (PHONE, DESK):
            anybody = await opened(None, size)
            for path in (*OPEN, f"/public/draws/CIAB1/{day}", f"/public/draws/CIAB1/{day}?draw=1"):
                await anybody.go(path)


async def test_where_nobody_may_be_drawn(stage: Stage, app: Litestar) -> None:
    visit = await nobody_left(stage)
    async with looking(stage, app) as opened:
        chief = await opened("chief")
        for path in ("/chief/assignment", f"/chief/assignment/{visit.id}", "/chief", "/supervisor/board"):
            await chief.go(path)
        stage.clock.move(hours=1)
        supervisor = await opened("supervisor")
        await supervisor.go("/supervisor/board")


async def test_where_a_visit_is_held_in_another_language(stage: Stage, app: Litestar) -> None:
    await speaks(stage, "en", "inspector1", "inspector2")
    visit = await to_book(stage, language="en")
    async with looking(stage, app) as opened:
        declarant, chief, admin = await opened("declarant", PHONE), await opened("chief"), await opened("admin")
        page = await declarant.go(f"/declarant/visits/{visit.id}/slots")
        await page.get_by_text("Visite dans une autre langue").click()
        await declarant.look()
        page = await chief.go(f"/chief/visits/{visit.id}")
        await page.get_by_text("Changer la langue de la visite").click()
        await chief.look()
        await admin.go(f"/admin/offices/resources/{stage.resources['inspector1'].id}")
