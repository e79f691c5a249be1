"""The history of the sample port replays: every state follows by the table, every chain and draw holds."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.support import database as databases
from visits.actor import system
from visits.app import make_tools
from visits.assignment.record import findings
from visits.assignment.tables import Draw
from visits.declarations.tables import Declaration
from visits.demo.history import load
from visits.evidence.verify import verify
from visits.ids import TenantId
from visits.journey.states import TABLE, Level, State
from visits.journey.tables import Transition, Visit
from visits.people.tables import Firm, Person
from visits.settings import Settings
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.work import Work

_FOLLOWS = {(row.source, row.event, level): row.target for row in TABLE for level in row.levels}


@pytest.fixture(scope="module")
async def port(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Tools, TenantId]]:
    """The archive in a database of its own."""
    async with databases.database() as name:
        settings = Settings(data=tmp_path_factory.mktemp("history"), database_url=databases.dsn("visits_app", name))
        tools = make_tools(settings)
        tenant = await load(tools, databases.dsn("visits_owner", name))
        yield tools, tenant
        await tools.database.engine.dispose()


@pytest.fixture
async def work(port: tuple[Tools, TenantId]) -> AsyncIterator[Work]:
    tools, tenant = port
    async with tools.database.work(system(tenant)) as work:
        yield work


async def test_every_visit_is_where_its_events_led_it(work: Work) -> None:
    visits = {visit.id: visit for visit in (await work.session.scalars(select(Visit))).all()}
    steps: dict[UUID, list[Transition]] = defaultdict(list)
    for each in (await work.session.scalars(select(Transition).order_by(col(Transition.at), col(Transition.id)))).all():
        steps[each.visit_id].append(each)

    assert len(visits) >= 100
    for visit_id, visit in visits.items():
        state: State | None = None
        for step in steps[visit_id]:
            if state is not None:
                assert _FOLLOWS[state, step.event, Level(visit.level)] == step.target
            state = State(step.target)
        assert state == visit.state


async def test_the_chain_of_the_history_is_whole(work: Work) -> None:
    assert await verify(work) == []


async def test_every_draw_of_the_history_replays(work: Work) -> None:
    [office] = (await work.session.scalars(select(Office))).all()
    days = (await work.session.scalars(select(col(Draw.day)).distinct())).all()

    assert len(days) >= 10
    for day in days:
        assert await findings(work, office, day) == []


async def test_everything_in_it_is_marked_as_sample(work: Work) -> None:
    unmarked = await work.session.scalar(select(func.count()).where(col(Visit.sample).is_(False)))
    real = await work.session.scalar(select(func.count()).where(col(Declaration.sample).is_(False)))
    people = (await work.session.scalars(select(col(Person.name)))).all()
    firms = (await work.session.scalars(select(col(Firm.name)))).all()

    assert (unmarked, real) == (0, 0)
    assert all(re.fullmatch(r"[\w' ’-]+ \d+", name) for name in people)
    assert all("Exemple" in name for name in firms)
