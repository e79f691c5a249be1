"""Anybody can replay a day; what was changed afterwards is found, and its line is named."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from scheduling import Finding, verify_draws
from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, promised, starts
from tests.support.steps_booking import booked, calendars, to_book, tomorrow
from visits.assignment import record, seeds
from visits.assignment.replace import replace

DAY = date(2026, 11, 24)


async def a_day(stage: Stage, *, revealed: bool = True) -> list[str]:
    """Three visits drawn and one of them replaced; the day after, its seed is shown. Returns the officers' ids."""
    await promised(stage)
    await calendars(stage)
    for hour in (8, 10, 14):
        visit = await booked(stage, await to_book(stage), tomorrow(stage, hour))
        await drawn(stage, visit.id)
    await stage.run("system", replace, stage.tools, visit.id, "ill")
    if revealed:
        stage.clock.set(await starts(stage, visit) + timedelta(days=1))
        await stage.run("system", seeds.reveal_seeds, stage.tools)
    return [str(stage.resources[f"inspector{number}"].id) for number in (1, 2, 3)]


async def told(stage: Stage) -> dict[str, Any]:
    """The public record, as it is downloaded."""
    whole: dict[str, Any] = json.loads(json.dumps(await stage.run("system", record.published, stage.office, DAY)))
    return whole


async def found(stage: Stage) -> list[Finding]:
    return await stage.run("system", record.findings, stage.office, DAY)


async def test_the_day_after_anybody_can_replay_it(stage: Stage) -> None:
    await a_day(stage)

    whole = await told(stage)

    assert verify_draws(whole) == []
    assert [line["position"] for line in whole["draws"]] == [1, 2, 3, 4]
    assert await found(stage) == []


async def test_the_public_record_names_nobody(stage: Stage) -> None:
    officers = await a_day(stage)

    raw = json.dumps(await told(stage))

    assert [each for each in officers if each in raw] == []
    assert "ill" not in raw.replace("will", "")
    assert "inspector" not in raw


async def test_before_the_reveal_only_promises_are_shown(stage: Stage) -> None:
    await a_day(stage, revealed=False)

    whole = await told(stage)

    assert (whole["seed"], whole["draws"], whole["drawn"]) == (None, [], 4)
    assert len(set(whole["digests"])) == 4
    assert await found(stage) == [Finding(0, "sealed")]


async def test_the_digests_shown_before_are_those_of_the_lines_shown_after(stage: Stage) -> None:
    await a_day(stage, revealed=False)
    before = (await told(stage))["digests"]
    stage.clock.move(days=3)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    assert [line["digest"] for line in (await told(stage))["draws"]] == before


async def test_a_day_without_a_seed_has_nothing_to_show(stage: Stage) -> None:
    whole = await told(stage)

    assert (whole["commitment"], whole["drawn"]) == (None, 0)
    assert await found(stage) == [Finding(0, "sealed")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("candidates = jsonb_set(candidates, '{0,weight}', '9')", "chance"),
        ("candidates = jsonb_set(candidates, '{0,resource}', candidates -> 1 -> 'resource')", "order, chosen"),
        ('excluded = \'[{"resource": "x", "rule": "away"}]\'', "digest"),
        ("number = sha256(number)", "number"),
        ("witness = 'x'", "number"),
        ("chosen = (select max(r.id::text)::uuid from resource r where r.kind = 'bay')", "chosen"),
        ("at = at + interval '1 minute'", "digest"),
        ("digest = sha256(digest)", "digest"),
    ],
    ids=lambda each: each.split(" ")[0],
)
async def test_what_the_owner_of_the_database_changes_is_found(
    stage: Stage, owner: AsyncEngine, change: str, code: str
) -> None:
    await a_day(stage)

    await as_owner(stage, owner, f"update draw set {change} where position = 1")

    [wrong] = await found(stage)
    assert wrong.line == 1
    assert wrong.code in code.split(", ")


async def test_a_line_that_changed_places_is_found(stage: Stage, owner: AsyncEngine) -> None:
    await a_day(stage)

    await as_owner(stage, owner, "update draw set position = 9 where position = 4")

    assert await found(stage) == [Finding(4, "position")]


async def test_a_line_rewritten_with_its_digest_still_differs_from_the_chain(stage: Stage, owner: AsyncEngine) -> None:
    await a_day(stage)
    async with stage.work() as work:
        [draw] = [each for each in await record.queries.draws_of_day(work, stage.office.id, DAY) if each.position == 2]
        draw.at += timedelta(minutes=1)
        forged = record.digest_of(draw).hex()
        work.session.expunge(draw)

    await as_owner(
        stage,
        owner,
        f"update draw set at = at + interval '1 minute', digest = '\\x{forged}' where position = 2",
    )

    assert verify_draws(await told(stage)) == []
    assert await found(stage) == [Finding(2, "digest")]


async def test_another_seed_is_found_before_any_line(stage: Stage, owner: AsyncEngine) -> None:
    await a_day(stage)

    await as_owner(stage, owner, f"update draw_seed set revealed = sha256(revealed) where day = '{DAY}'")

    assert await found(stage) == [Finding(0, "commitment")]


async def test_a_seed_that_could_not_be_shown_says_so(stage: Stage, owner: AsyncEngine) -> None:
    await a_day(stage)

    await as_owner(stage, owner, f"update draw_seed set revealed = null where day = '{DAY}'")

    assert await found(stage) == [Finding(0, "broken")]


async def test_a_seed_that_was_committed_only_at_its_draw_is_a_finding(stage: Stage) -> None:
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 8))
    stage.clock.move(minutes=1)
    await drawn(stage, visit.id)
    assert await found(stage) == [Finding(0, "late")]

    stage.clock.move(days=2)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    assert await found(stage) == [Finding(0, "late"), Finding(1, "late")]
    assert verify_draws(await told(stage)) == await found(stage)


def test_every_finding_has_a_sentence() -> None:
    codes = {"malformed", "sealed", "broken", "commitment", "position", "missing", "number", "weights", "chance"}
    more = {"letters", "chosen", "order", "people", "digest", "share", "added", "promise", "turn", "kept"}
    assert set(record.FINDINGS) == codes | more | {"witness", "mixed", "fair", "late", "posting", "version", "other"}


async def as_owner(stage: Stage, owner: AsyncEngine, statement: str) -> None:
    """Change what the service itself may not."""
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(stage.tenant)})
        await connection.exec_driver_sql(statement)
