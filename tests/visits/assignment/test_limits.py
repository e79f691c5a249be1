"""One set of rules: who may not be drawn is left out of a draw of the day, a publication and an insertion alike."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_assignment import drawn, draws, policy
from tests.support.steps_booking import booked, calendars, only, to_book, tomorrow
from tests.support.steps_policies import ruled
from tests.support.steps_publication import published, whose
from visits.assignment.insert import insert
from visits.assignment.interests import declare
from visits.assignment.rules import NobodyEligible
from visits.journey.tables import Visit
from visits.sites.admin import qualify
from visits.sites.tables import Resource
from visits.store.tables import Audit

Deed = Callable[[Stage], Awaitable[None]]


async def tied(stage: Stage) -> None:
    await stage.run("inspector1", declare, stage.firm.code, "family")


async def of_low_grade(stage: Stage) -> None:
    for name in ("inspector2", "inspector3"):
        await stage.run("admin", qualify, stage.resources[name].id, skills=0, grade=2)
    await ruled(stage, high_risk_grade=2)


async def without_skill(stage: Stage) -> None:
    for name in ("inspector2", "inspector3"):
        await stage.run("admin", qualify, stage.resources[name].id, skills=1, grade=0)


async def seen_often(stage: Stage) -> None:
    await ruled(stage, cool_off_most=1)
    await drawn_to_the_first(stage)


async def drawn_to_the_first(stage: Stage) -> None:
    """A visit of today that the first inspector had."""
    async with stage.work() as work:
        for name in ("inspector2", "inspector3"):
            (await work.session.get_one(Resource, stage.resources[name].id)).active_to = stage.clock.now().date()
    await calendars(stage)
    visit = await booked(stage, await to_book(stage), tomorrow(stage, 16))
    async with stage.work() as work:
        for name in ("inspector2", "inspector3"):
            (await work.session.get_one(Resource, stage.resources[name].id)).active_to = None
    assert await published(stage) is not None
    assert await whose(stage, visit) == "inspector1"
    stage.clock.set(tomorrow(stage, 8))
    await calendars(stage)


RULES: dict[str, tuple[Deed, dict[str, Any]]] = {
    "conflict": (tied, {}),
    "grade": (of_low_grade, {"extent": "FULL"}),
    "skills": (without_skill, {"skills": 1}),
    "cool_off": (seen_often, {}),
}


async def a_visit(stage: Stage, rule: str) -> Visit:
    """A visit to book that the rule keeps from the first inspector."""
    deed, order = RULES[rule]
    await calendars(stage)
    await deed(stage)
    await calendars(stage)
    visit = await to_book(stage)
    async with stage.work() as work:
        kept = await work.session.get_one(Visit, visit.id)
        kept.order = kept.order | order
    return await stage.visit(visit.id)


@pytest.mark.parametrize("rule", RULES)
async def test_a_draw_of_the_day_leaves_out_whom_the_rule_keeps_away(stage: Stage, rule: str) -> None:
    visit = await booked(stage, await a_visit(stage, rule), tomorrow(stage, 10))
    stage.clock.set(tomorrow(stage, 10) - timedelta(minutes=120))

    made = await drawn(stage, visit.id)

    assert made is not None
    assert {"resource": str(stage.resources["inspector1"].id), "rule": rule} in told(made.excluded)


@pytest.mark.parametrize("rule", RULES)
async def test_a_publication_leaves_out_whom_the_rule_keeps_away(stage: Stage, rule: str) -> None:
    visit = await booked(stage, await a_visit(stage, rule), tomorrow(stage, 10))

    assert await published(stage) is not None

    [made] = await draws(stage, visit)
    assert made.purpose == "route"
    assert {"resource": str(stage.resources["inspector1"].id), "rule": rule} in told(made.excluded)


@pytest.mark.parametrize("rule", RULES)
async def test_an_insertion_finds_nobody_where_only_somebody_kept_away_is_left(stage: Stage, rule: str) -> None:
    visit = await a_visit(stage, rule)
    await only(stage, "inspector1", "bay A", "bay B")
    await calendars(stage)

    with pytest.raises(NobodyEligible) as refused:
        await stage.run("chief", insert, stage.tools, visit.id, tomorrow(stage, 10).date(), reason="urgent")

    assert refused.value.facts["code"] == rule


def told(excluded: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who and which rule, without what else is told."""
    return [{"resource": each["resource"], "rule": each["rule"]} for each in excluded]


# -- rules of the day ------------------------------------------------------------------------------------------
async def test_nobody_gets_more_minutes_of_visits_than_the_policy_allows(stage: Stage) -> None:
    await only(stage, "inspector1", "inspector2", "bay A", "bay B", "bay C")
    await calendars(stage)
    await ruled(stage, most_minutes=120, cool_off_most=100)
    hours = (8, 9, 10, 11)
    visits = [await booked(stage, await to_book(stage), tomorrow(stage, hour)) for hour in hours]

    assert await published(stage) is not None

    assert sorted([await whose(stage, each) for each in visits]) == ["inspector1"] * 2 + ["inspector2"] * 2
    more = await to_book(stage)
    with pytest.raises(NobodyEligible) as refused:
        await stage.run("chief", insert, stage.tools, more.id, tomorrow(stage, 14).date(), reason="urgent")
    assert refused.value.facts["code"] == "full_day"


async def test_a_same_day_draw_asks_the_minutes_too(stage: Stage) -> None:
    await only(stage, "inspector1", "bay A")
    await calendars(stage)
    await policy(stage, publish_hour=24, cool_off_most=10)
    first = await booked(stage, await to_book(stage), tomorrow(stage, 9))
    second = await booked(stage, await to_book(stage), tomorrow(stage, 10))
    await policy(stage, most_minutes=60)
    stage.clock.set(tomorrow(stage, 9) - timedelta(minutes=30))

    assert await drawn(stage, first.id) is None
    assert await drawn(stage, second.id) is None


@pytest.mark.parametrize(("hour", "minute", "free"), [(14, 0, True), (14, 15, True), (14, 30, False)])
async def test_no_visit_of_high_risk_ends_after_so_much_of_the_shift(
    stage: Stage, hour: int, minute: int, free: bool
) -> None:
    """Of eight hours 80 percent are worked at 15:24; a visit takes an hour. The rule came after the booking."""
    await calendars(stage)
    await ruled(stage, tired_percent=100)
    plain = await booked(stage, await to_book(stage), tomorrow(stage, hour, minute))
    risky = await booked(stage, await to_book(stage, extent="FULL"), tomorrow(stage, hour, minute))
    await ruled(stage, tired_percent=80)

    assert await published(stage) is not None

    assert await whose(stage, plain)
    assert bool(await whose(stage, risky)) is free


async def test_an_office_may_let_visits_of_high_risk_last_to_the_end_of_the_shift(stage: Stage) -> None:
    await calendars(stage)
    await ruled(stage, tired_percent=100)
    risky = await booked(stage, await to_book(stage, extent="FULL"), tomorrow(stage, 15, 30))

    assert await published(stage) is not None

    assert await whose(stage, risky)


async def test_a_draw_of_the_day_asks_for_the_end_of_the_shift_too(stage: Stage) -> None:
    await calendars(stage)
    await ruled(stage, tired_percent=100)
    visit = await booked(stage, await to_book(stage, extent="FULL"), tomorrow(stage, 15))
    await ruled(stage, tired_percent=80)
    stage.clock.set(tomorrow(stage, 14))

    assert await drawn(stage, visit.id) is None

    async with stage.work() as work:
        told = await work.session.scalars(select(col(Audit.body)).where(col(Audit.action) == "draw_blocked"))
    assert [body["rule"] for body in told] == ["fatigue"]


async def test_goods_of_an_office_ask_for_its_skills(stage: Stage) -> None:
    await calendars(stage)
    await ruled(stage, skills=("3 : Tout : 8, 1, 2, 3, 4, 5, 6, 7, 9, 0",), high_risk_codes=("8", "1", "2", "3", "9"))

    visit = await to_book(stage)

    assert visit.order["skills"] == 0b100
