"""Takes the one picture of the README: the supervisor's board of the sample port on a Monday morning.

`python -m tests.support.picture` writes docs/board.png; the day is always the same, whenever it is run.
"""

import asyncio
import io
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path

from PIL import Image

from tests.support import database as databases
from tests.support.live import DESK, launched, serving
from visits.app import make_app, make_tools
from visits.background.timetable import run_all_once
from visits.demo import cast
from visits.demo.history import load
from visits.demo.simulate import Baton, play, town_of
from visits.settings import Settings
from visits.store.engine import make_engine
from visits.store.tools import Tools
from visits.store.work import Database

PICTURE = Path(__file__).parents[2] / "docs" / "board.png"
#: Two working days, and the moment of the last one that the picture shows.
DAYS = [date(2026, 11, 20), date(2026, 11, 23)]
WHEN = datetime(2026, 11, 23, 14, 10, tzinfo=UTC)
A_DAY = 60
SEED = 1


async def take(folder: Path) -> bytes:
    """The board as a PNG."""
    async with databases.database() as name, AsyncExitStack() as stack:
        settings = Settings(data=folder, database_url=databases.dsn("visits_app", name))
        baton = Baton(datetime.combine(DAYS[0], time(6), UTC))
        tools = make_tools(settings, Database(make_engine(settings.database_url, pool=settings.pool), moved=baton))
        await lived(tools, databases.dsn("visits_owner", name), baton)
        port = await stack.enter_async_context(serving(make_app(tools), lifespan=True))
        address = f"http://{cast.TENANT['host']}:{port}"
        browser = await stack.enter_async_context(launched(address))
        page = await browser.new_page(viewport=DESK, locale="fr-FR", device_scale_factor=1)  # type: ignore[arg-type]
        await page.goto(f"{address}/signin?next=/supervisor/board")
        await page.get_by_label("Identifiant").fill("superviseur1")
        await page.get_by_label("Mot de passe", exact=True).fill(cast.PASSWORD)
        await page.get_by_role("button", name="Se connecter").click()
        await page.get_by_role("button", name="Ne plus le montrer").click()
        await page.locator(".v-board").wait_for()
        return await page.screenshot(animations="disabled")


async def lived(tools: Tools, owner: str, baton: Baton) -> None:
    """The sample port with its history, and some working days lived until the moment of the picture."""
    tenant = await load(tools, owner)
    await run_all_once(tools)
    await play(await town_of(tools, tenant, baton), baton, days=DAYS, a_day=A_DAY, until=WHEN, seed=SEED)
    baton.at = WHEN


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory(prefix="visits-picture-") as folder:
        drawn = asyncio.run(take(Path(folder)))
    Image.open(io.BytesIO(drawn)).convert("RGB").save(PICTURE, "PNG", optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
