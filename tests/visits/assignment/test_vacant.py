"""Whoever is away, late or lets a check lie is replaced by another draw; nobody is left without an answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from scheduling import Grid
from tests.support.stage import Stage
from tests.support.steps_assignment import assigned, at_desk, draws, live, starts
from tests.support.steps_policies import ruled
from tests.support.steps_states import happen
from tests.visits.assignment.test_draw import kinds
from tests.visits.assignment.test_replace import alone
from visits.assignment.replace import ask
from visits.assignment.rules import Policy
from visits.assignment.tables import Reassignment
from visits.assignment.vacant import Waiting, keep_filled, on_duty, why_lost
from visits.events import PackageAccepted
from visits.fieldwork.checkin import arrive
from visits.ids import new_id
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.sites.admin import add_absence
from visits.sites.tables import Resource

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
HERE = Waiting(visit=UUID(int=1), starts_at=NOW - timedelta(minutes=30), party_came=True)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"away": True, "party_came": False}, "absent"),
        ({}, "no_show"),
        ({"starts_at": NOW - timedelta(minutes=29)}, None),
        ({"party_came": False}, None),
        ({"inspector_came": True}, None),
        ({"elsewhere": True}, None),
        ({"starts_at": None, "lay": timedelta(hours=8)}, "expired"),
        ({"starts_at": None, "lay": timedelta(hours=7, minutes=45)}, None),
    ],
    ids=[
        "away",
        "not come",
        "still in time",
        "nobody came",
        "both came",
        "still in another visit",
        "lay for a day",
        "not yet a day",
    ],
)
def test_why_another_is_drawn(changes: dict[str, object], reason: str | None) -> None:
    assert why_lost(replace(HERE, **changes), Policy(), NOW) == reason  # type: ignore[arg-type]


def test_a_desk_without_a_limit_never_expires() -> None:
    waiting = Waiting(visit=UUID(int=1), lay=timedelta(days=30))

    assert why_lost(waiting, Policy(desk_hours=0), NOW) is None


def test_only_hours_of_service_count() -> None:
    """From four in the afternoon to nine the next morning, with a shift of eight to five: an hour and an hour."""
    grid = Grid(zone=ZoneInfo("UTC"), minutes=60)
    shift = 0b111111111 << 2
    days = [(date(2026, 11, 23), shift), (date(2026, 11, 24), shift)]

    assert on_duty(
        grid, days, datetime(2026, 11, 23, 16, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)
    ) == timedelta(hours=2)


async def swept(stage: Stage) -> int:
    return await keep_filled(stage.tools, stage.tenant)


async def away(stage: Stage, visit: Visit) -> None:
    """The visit's inspector is away on its day."""
    day = (await starts(stage, visit)).replace(tzinfo=None)
    await stage.run("admin", add_absence, visit.inspector_id, day.replace(hour=6), day.replace(hour=20), "maladie")


async def comes(stage: Stage, visit: Visit) -> None:
    """The declarant is there."""
    await stage.run("declarant", arrive, visit.id, id=new_id())


async def test_an_absence_entered_later_takes_the_visit_to_somebody_else(stage: Stage) -> None:
    visit = await assigned(stage)
    await away(stage, visit)

    assert await swept(stage) == 1
    assert await swept(stage) == 0

    now = await live(stage, visit)
    assert now is not None
    assert now.reason == "absent"
    assert now.resource_id != visit.inspector_id
    assert (await kinds(stage, visit))[-2:] == ["inspector_absent", "inspector_assigned"]


async def test_whoever_is_no_longer_in_service_loses_the_visit(stage: Stage) -> None:
    visit = await assigned(stage)
    async with stage.work() as work:
        resource = await work.session.get_one(Resource, visit.inspector_id)
        (await work.session.get_one(Person, resource.person_id)).state = "locked"

    assert await swept(stage) == 1
    assert (await stage.visit(visit.id)).inspector_id != visit.inspector_id


async def test_away_and_nobody_else_the_chief_has_the_visit_with_the_rule(stage: Stage) -> None:
    visit = await assigned(stage)
    await alone(stage, visit)
    await away(stage, visit)

    assert await swept(stage) == 0

    assert (await stage.visit(visit.id)).inspector_id is None
    assert (await kinds(stage, visit))[-2:] == ["inspector_absent", "draw_blocked"]
    async with stage.browser("chief") as browser:
        assert "1 visite sans vérificateur" in plain((await browser.get("/chief/assignment")).text)


async def test_an_inspector_who_does_not_come_is_replaced_after_the_grace(stage: Stage) -> None:
    visit = await assigned(stage)
    stage.clock.set(await starts(stage, visit))
    await comes(stage, visit)
    stage.clock.move(minutes=29)
    assert await swept(stage) == 0

    stage.clock.move(minutes=1)

    assert await swept(stage) == 1
    now = await live(stage, visit)
    assert now is not None
    assert (now.reason, now.resource_id != visit.inspector_id) == ("no_show", True)


async def test_whoever_is_drawn_after_the_start_has_as_long_to_come(stage: Stage) -> None:
    visit = await assigned(stage)
    stage.clock.set(await starts(stage, visit))
    await comes(stage, visit)
    stage.clock.move(minutes=30)
    assert await swept(stage) == 1

    stage.clock.move(minutes=29)
    assert await swept(stage) == 0
    stage.clock.move(minutes=1)

    assert await swept(stage) == 1


async def test_late_and_nobody_else_the_visit_stays_and_the_chief_is_told_once(stage: Stage) -> None:
    visit = await assigned(stage)
    await alone(stage, visit)
    stage.clock.set(await starts(stage, visit))
    await comes(stage, visit)
    stage.clock.move(minutes=31)

    assert await swept(stage) == 0
    assert await swept(stage) == 0

    assert (await stage.visit(visit.id)).inspector_id == visit.inspector_id
    told = await kinds(stage, visit)
    assert (told.count("draw_blocked"), told.count("inspector_absent")) == (1, 0)
    async with stage.browser("chief") as browser:
        assert "1 vérificateur en retard" in plain((await browser.get("/chief/assignment")).text)


async def test_a_check_of_documents_that_lies_for_a_day_of_service_is_drawn_anew(stage: Stage) -> None:
    visit = await happen(stage, await at_desk(stage), "chief", PackageAccepted)
    stage.clock.move(hours=5)
    assert await swept(stage) == 0

    stage.clock.move(days=1)

    assert await swept(stage) == 1
    [was, now] = await draws(stage, visit)
    assert (now.reason, now.chosen != was.chosen) == ("expired", True)


async def test_a_desk_may_be_told_to_wait_for_ever(stage: Stage) -> None:
    await ruled(stage, desk_hours=0)
    await at_desk(stage)
    stage.clock.move(days=3)

    assert await swept(stage) == 0


async def test_a_request_about_a_visit_that_has_begun_lapses(stage: Stage) -> None:
    visit = await assigned(stage)
    asked = await stage.run("chief", ask, visit.id, "safety")
    async with stage.work() as work:
        (await work.session.get_one(Visit, visit.id)).state = "running"

    await swept(stage)

    async with stage.work() as work:
        found = await work.session.scalar(select(Reassignment).where(col(Reassignment.id) == asked.id))
    assert found is not None
    assert found.state == "lapsed"


def plain(html: str) -> str:
    """Text with ordinary spaces."""
    return " ".join(html.replace("\u202f", " ").replace("\xa0", " ").split())
