"""Whoever changes the past is found, even with the rights of the database's owner."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.stage import Stage
from visits.declarations.lane import Colour
from visits.declarations.select import select_lane
from visits.evidence.verify import verify


async def lived(stage: Stage) -> None:
    visit = await stage.opened()
    await stage.run("system", select_lane, visit.declaration_id, Colour.GREEN, source="message")
    await stage.opened()


async def test_an_untouched_record_is_whole(stage: Stage) -> None:
    await lived(stage)

    assert await stage.run("integrity", verify) == []


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("update domain_event set body = body || '{\"lane\": \"green\"}' where kind = 'lane_selected'", "event"),
        ("update audit set action = 'lane_kept' where action = 'lane_set'", "audit"),
        ("update chain_entry set digest = sha256(digest) where seq = 2", "link"),
        ("delete from chain_entry where seq = 2", "link"),
        ("delete from chain_entry where seq = (select max(seq) from chain_entry)", "link"),
    ],
    ids=["an event reworded", "an audit row reworded", "a digest changed", "a link removed", "the end cut off"],
)
async def test_a_change_of_the_past_is_found(stage: Stage, owner: AsyncEngine, deed: str, why: str) -> None:
    await lived(stage)
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(stage.tenant)})
        assert (await connection.execute(text(deed))).rowcount >= 1

    found = await stage.run("integrity", verify)

    assert any(each.why.startswith(why) for each in found)
