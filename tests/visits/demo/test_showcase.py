"""The sample day shows every kind of appointment without anybody doing anything."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from scheduling import place_of
from tests.support.sample_day import NOW, YESTERDAY, sample_day
from visits.actor import system
from visits.assignment import record, witness_file, witness_rows
from visits.booking import landing
from visits.booking.groups_tables import VisitGroup
from visits.booking.premises_tables import HomeVisit, Premises
from visits.booking.reconcile import reconcile
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.booking.tables import Appointment, Arrival, Waitlist
from visits.demo.lives import Town
from visits.demo.promise import DAYS, WITNESS, file_of
from visits.journey.tables import Visit
from visits.sites.queries import offices
from visits.store.work import Work

pytestmark = pytest.mark.slow  # loads three weeks of a port, and lives a dozen declarations


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with sample_day(tmp_path_factory.mktemp("day")) as there:
        yield there


@pytest.fixture
async def work(town: Town) -> AsyncIterator[Work]:
    async with town.tools.database.work(system(town.tenant)) as work:
        yield work


async def count(work: Work, table: Any, *fits: Any) -> int:
    return int(await work.session.scalar(select(func.count()).select_from(table).where(*fits)) or 0)


@pytest.mark.parametrize("day", [YESTERDAY, NOW.date()], ids=["yesterday", "today"])
async def test_a_witness_brought_a_value_into_the_draws_of_the_days_played(work: Work, day: date) -> None:
    [office] = await offices(work)
    told = await record.published(work, office, day)

    assert told["witness"]["name"] == WITNESS
    assert told["witness"]["brought_at"].startswith(str(day - timedelta(days=1)))
    assert told["booked_at"] is None or told["committed_at"] < told["booked_at"]


async def test_no_seed_of_the_days_played_is_revealed_before_they_are_lived(work: Work) -> None:
    [office] = await offices(work)

    told = [await record.published(work, office, day) for day in (YESTERDAY, NOW.date())]

    assert [each["revealed_at"] for each in told] == [None, None]
    assert None not in [each["commitment"] for each in told]


async def test_whoever_tries_the_port_may_bring_tomorrows_value_from_its_folder(town: Town, work: Work) -> None:
    [office] = await offices(work)
    tomorrow = NOW.date() + timedelta(days=1)
    mandate = await witness_rows.of_day(work, office.id, tomorrow)

    assert mandate is not None
    value = bytes.fromhex(witness_file.read(file_of(town), tomorrow))
    assert place_of(office.code, value, mandate.anchor, DAYS) == (tomorrow - mandate.days.lower).days + 1


async def test_two_visits_are_booked_as_one_group(work: Work) -> None:
    assert await count(work, VisitGroup) == 1


async def test_two_brokers_wait_for_an_earlier_time(work: Work) -> None:
    assert await count(work, Waitlist, col(Waitlist.state).in_(("waiting", "offered"))) == 2


async def test_regular_hours_are_kept_for_one_broker_and_asked_for_by_another(work: Work) -> None:
    states = (await work.session.scalars(select(col(RegularHours.state)).order_by(col(RegularHours.state)))).all()

    assert states == ["asked", "granted"]
    assert await count(work, RegularDay, col(RegularDay.state) == "kept") >= 4


async def test_a_visit_is_booked_at_premises_and_other_premises_wait_for_the_chief(work: Work) -> None:
    states = (await work.session.scalars(select(col(Premises.state)).order_by(col(Premises.state)))).all()
    home = (await work.session.scalars(select(col(HomeVisit.visit_id)))).one()

    assert states == ["asked", "granted"]
    assert (
        await count(work, Appointment, col(Appointment.visit_id) == home, col(Appointment.status) == "confirmed") == 1
    )


async def test_a_ship_is_expected_and_a_visit_of_its_goods_has_a_provisional_time(work: Work) -> None:
    [office] = await offices(work)
    [ship] = (await work.session.scalars(select(Arrival))).all()
    booked = (await work.session.scalars(select(col(Visit.id)).where(col(Visit.state) == "package"))).all()

    provisional = await landing.awaited(work, office.id, set(booked))

    assert ship.expected_at > NOW + timedelta(days=1)
    assert len(provisional) == 1
    assert await count(work, Appointment, col(Appointment.visit_id).in_(provisional)) == 1


async def test_all_of_it_is_sample_and_no_resource_is_promised_twice(work: Work) -> None:
    [office] = await offices(work)

    assert await count(work, Visit, col(Visit.sample).is_(False)) == 0
    assert await reconcile(work, office) == []
