"""The random share: a part of the controls is drawn among what nobody selected, replayable, and told to few."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from scheduling import falls, number
from tests.support.stage import Stage
from tests.support.steps_states import happen
from visits.assignment import record, seeds
from visits.assignment.share import LATE, share_of
from visits.background.deliver import deliver
from visits.declarations.lane import Colour
from visits.declarations.queries import lanes_of
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.events import Cancelled
from visits.evidence.verify import verify
from visits.journey.queries import visits_of
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.sites.queries import office_by_id
from visits.store.tables import Audit
from visits.store.work import Work

TODAY = date(2026, 11, 23)


async def share(stage: Stage, percent: int) -> None:
    """The office's policy."""

    async def use_case(work: Work) -> None:
        (await office_by_id(work, stage.office.id)).policies = {"random_percent": percent}

    await stage.run("system", use_case)


async def laned(stage: Stage, *colours: Colour, **named: Any) -> Declaration:
    """A declaration that customs put in these lanes, one after the other, and what the service did about it."""
    declaration = await stage.declaration()
    for colour in colours:
        await stage.run("system", select_lane, declaration.id, colour, source="message", **named)
        await deliver(stage.tools, stage.tenant, declaration.id)
    return declaration


async def visits(stage: Stage, declaration: Declaration) -> list[Visit]:
    async with stage.work() as work:
        return list(await visits_of(work, declaration.id))


async def drawn(stage: Stage) -> list[tuple[UUID, dict[str, Any]]]:
    async with stage.work() as work:
        rows = await work.session.execute(
            select(col(Audit.subject), col(Audit.body))
            .where(col(Audit.action) == "share_drawn")
            .order_by(col(Audit.at))
        )
        return [(UUID(subject), body) for subject, body in rows]


# -- how large the share is --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("percent", "controls", "others", "wanted"),
    [
        (10, 90, 90, Fraction(1, 9)),
        (10, 40, 190, Fraction(1, 36)),
        (10, 0, 0, Fraction(1, 9)),
        (50, 500, 5, Fraction(1)),
        (100, 0, 1000, Fraction(1)),
        (0, 100, 100, Fraction(0)),
    ],
    ids=["as many", "few controls", "just begun", "more than there are", "all", "none"],
)
def test_the_share_follows_from_the_controls_and_the_others(
    percent: int, controls: int, others: int, wanted: Fraction
) -> None:
    assert share_of(percent, controls=controls, others=others) == wanted


def test_over_a_year_the_promised_part_of_the_controls_is_by_chance() -> None:
    seed, selected, by_chance = b"\x07" * 32, 0, 0
    for place in range(40_000):
        if place % 4 == 0:
            selected += 1
            continue
        share = share_of(10, controls=selected, others=place - selected)
        by_chance += falls(number(seed, "risk-share", str(place)), share)

    assert 0.095 < by_chance / (by_chance + selected) < 0.105


@pytest.mark.parametrize(
    ("drawn", "share", "inside"),
    [
        (bytes(32), Fraction(0), False),
        (bytes(32), Fraction(1, 10**9), True),
        (b"\xff" * 32, Fraction(1), True),
        (b"\x80" + bytes(31), Fraction(1, 2), False),
        (b"\x7f" + b"\xff" * 31, Fraction(1, 2), True),
    ],
    ids=["nothing", "the least", "all", "the very half", "just below"],
)
def test_a_number_falls_below_a_share_exactly(drawn: bytes, share: Fraction, inside: bool) -> None:
    assert falls(drawn, share) is inside


# -- what happens ------------------------------------------------------------------------------------------------
async def test_a_green_declaration_that_is_drawn_gets_a_physical_visit(stage: Stage) -> None:
    await share(stage, 100)

    declaration = await laned(stage, Colour.GREEN)

    [visit] = await visits(stage, declaration)
    assert (visit.level, visit.state, visit.order["extent"]) == ("physical", State.PACKAGE, "PARTIAL")
    [(subject, told)] = await drawn(stage)
    assert (subject, told["day"], told["share"], told["taken"]) == (declaration.id, str(TODAY), "1", True)
    assert await stage.run("integrity", verify) == []


async def test_one_that_is_not_drawn_stays_free_and_is_not_asked_again(stage: Stage, owner: AsyncEngine) -> None:
    await share(stage, 1)
    declarations = [await laned(stage, Colour.GREEN, Colour.BLUE) for _ in range(5)]

    told = await drawn(stage)
    assert len(told) == 5
    taken = {subject: body["taken"] for subject, body in told}
    assert taken == {each.id: bool(await visits(stage, each)) for each in declarations}


@pytest.mark.parametrize("colour", [Colour.RED, Colour.YELLOW])
async def test_what_is_selected_is_not_drawn(stage: Stage, colour: Colour) -> None:
    await share(stage, 100)

    declaration = await laned(stage, colour)

    assert len(await visits(stage, declaration)) == 1
    assert await drawn(stage) == []


async def test_without_a_share_nothing_is_drawn(stage: Stage) -> None:
    await share(stage, 0)

    assert await visits(stage, await laned(stage, Colour.GREEN)) == []
    assert await drawn(stage) == []


async def test_a_lane_withdrawn_before_the_visit_is_drawn_like_any_other(stage: Stage) -> None:
    await share(stage, 100)

    declaration = await laned(stage, Colour.RED, Colour.GREEN)

    assert [each.state for each in await visits(stage, declaration)] == [State.CANCELLED, State.PACKAGE]


async def test_no_message_takes_back_what_chance_gave(stage: Stage) -> None:
    await share(stage, 100)
    declaration = await laned(stage, Colour.GREEN)

    for colour in (Colour.GREEN, Colour.BLUE, Colour.YELLOW):
        await stage.run("system", select_lane, declaration.id, colour, source="message")
    await stage.run("system", select_lane, declaration.id, Colour.GREEN, source="message", agency="PHYTO")
    await deliver(stage.tools, stage.tenant, declaration.id)

    assert [each.state for each in await visits(stage, declaration)] == [State.PACKAGE]


async def test_a_visit_the_chief_withdrew_is_not_drawn_again(stage: Stage) -> None:
    await share(stage, 100)
    declaration = await laned(stage, Colour.GREEN)
    [visit] = await visits(stage, declaration)
    await happen(stage, visit, "chief", Cancelled, reason="erreur")

    await stage.run("chief", select_lane, declaration.id, Colour.GREEN, source="hand", reason="erreur", by_hand=True)
    await deliver(stage.tools, stage.tenant, declaration.id)

    assert [each.state for each in await visits(stage, declaration)] == [State.CANCELLED]
    assert len(await drawn(stage)) == 1


async def test_news_of_goods_that_have_left_draws_nothing(stage: Stage) -> None:
    await share(stage, 100)
    declaration = await stage.declaration()
    await stage.run("system", select_lane, declaration.id, Colour.GREEN, source="message")
    stage.clock.set(stage.clock.now() + LATE + timedelta(seconds=1))

    await deliver(stage.tools, stage.tenant, declaration.id)

    assert await visits(stage, declaration) == []


async def test_the_decision_follows_from_the_committed_seed_and_is_replayed(stage: Stage) -> None:
    await share(stage, 30)
    for _ in range(3):
        await laned(stage, Colour.GREEN)
    async with stage.work() as work:
        seed = await seeds.seed_of(work, stage.tools.vault, stage.office, TODAY)
        plain = seeds.opened(stage.tools.vault, stage.office, seed)
    stage.clock.move(days=1)
    await stage.run("system", seeds.reveal_seeds, stage.tools)

    for subject, told in await drawn(stage):
        by_hand = number(plain, "risk-share", str(subject))
        assert (told["number"], told["taken"]) == (by_hand.hex(), falls(by_hand, Fraction(told["share"])))
    assert await stage.run("system", record.findings, stage.office, TODAY) == []


async def test_a_decision_changed_afterwards_is_found(stage: Stage, owner: AsyncEngine) -> None:
    await share(stage, 100)
    await laned(stage, Colour.GREEN)
    stage.clock.move(days=1)
    await stage.run("system", seeds.reveal_seeds, stage.tools)
    async with owner.begin() as connection:
        await connection.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(stage.tenant)})
        deed = "update audit set body = body || '{\"taken\": false}' where action = 'share_drawn'"
        assert (await connection.execute(text(deed))).rowcount == 1

    found = await stage.run("system", record.findings, stage.office, TODAY)

    assert [each.code for each in found] == ["share"]


async def test_neither_the_declarant_nor_the_lane_says_that_it_was_chance(stage: Stage) -> None:
    await share(stage, 100)
    declaration = await laned(stage, Colour.GREEN)
    [visit] = await visits(stage, declaration)

    async with stage.browser("declarant") as phone:
        track = await phone.get(f"/declarant/declarations/{declaration.id}")
    async with stage.browser("chief") as desk:
        case = await desk.get(f"/office/visits/{visit.id}")
    async with stage.work() as work:
        lane = (await lanes_of(work, declaration.id))[None]

    assert track.status_code == case.status_code == 200
    assert "tirage au sort" not in track.text
    assert "tirage au sort" in case.text
    assert (lane.colour, lane.reason) == ("red", "")
