"""A real installation begins: an administration, its first office, and one person who can let others in."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text

from tests.support import database as databases
from tests.support.clock import MovedClock
from visits.actor import system
from visits.cli import main
from visits.errors import BadInput
from visits.ids import TenantId, new_id
from visits.people.access import tenant_of
from visits.people.invite import Link, Newcomer
from visits.people.signin import choose_password
from visits.sites.found import Administration, AdministrationExists, FirstOffice, found
from visits.store.engine import make_engine
from visits.store.work import Database

HOST = "visites.douanes.example"
AWA = Newcomer(login="Awa", name="Awa Exemple")
OFFICE = FirstOffice(code="ciab1", name="Abidjan-Port")


@pytest.fixture
async def empty() -> AsyncIterator[str]:
    """A migrated database in which nobody lives."""
    async with databases.database() as name:
        yield name


@pytest.fixture
async def owner(empty: str, clock: MovedClock) -> AsyncIterator[Database]:
    engine = make_engine(databases.dsn("visits_owner", empty), pool=2)
    yield Database(engine, moved=clock)
    await engine.dispose()


@pytest.fixture
async def application(empty: str, clock: MovedClock) -> AsyncIterator[Database]:
    engine = make_engine(databases.dsn("visits_app", empty), pool=2)
    yield Database(engine, moved=clock)
    await engine.dispose()


def an_administration(**changes: str) -> Administration:
    return Administration(**({"host": HOST, "name": "Douanes", "country": "ci"} | changes))


async def founded(owner: Database, office: FirstOffice | None = OFFICE, **changes: str) -> Link:
    return await owner.run(system(TenantId(new_id()), "setup"), found, an_administration(**changes), AWA, office)


async def count(database: Database, table: str, tenant: TenantId) -> int:
    async with database.work(system(tenant)) as work:
        return int(await work.session.scalar(text(f"select count(*) from {table}")) or 0)


async def test_the_first_administrator_chooses_a_password_and_is_in(owner: Database, application: Database) -> None:
    link = await founded(owner)

    tenant = await tenant_of(application, HOST)
    signed = await application.run(system(TenantId(tenant.id)), choose_password, link.token, "un quai sous la pluie")

    assert signed.home.startswith("/admin")
    assert (tenant.country, tenant.currency) == ("CI", "XOF")


async def test_the_first_office_lives_by_the_clock_of_its_country(owner: Database, application: Database) -> None:
    await founded(owner)

    tenant = await tenant_of(application, HOST)
    async with application.work(system(TenantId(tenant.id))) as work:
        row = (await work.session.execute(text("select code, name, tz, currency from office"))).one()

    assert tuple(row) == ("CIAB1", "Abidjan-Port", "Africa/Abidjan", "XOF")


async def test_without_an_office_there_is_only_the_administrator(owner: Database, application: Database) -> None:
    await founded(owner, None)

    tenant = TenantId((await tenant_of(application, HOST)).id)
    assert await count(application, "office", tenant) == 0
    assert await count(application, "person", tenant) == 1


async def test_a_name_that_is_taken_is_refused_and_nothing_is_changed(owner: Database, application: Database) -> None:
    await founded(owner)

    with pytest.raises(AdministrationExists):
        await founded(owner, host=HOST.upper())

    assert await count(application, "tenant", TenantId(new_id())) == 1


async def test_of_two_at_once_one_founds(owner: Database) -> None:
    results = await asyncio.gather(founded(owner), founded(owner), return_exceptions=True)

    assert sorted(type(each).__name__ for each in results) == ["AdministrationExists", "Link"]


@pytest.mark.parametrize(
    ("changes", "office", "field"),
    [
        ({"host": "https://visites.example"}, OFFICE, "hostname"),
        ({"country": "XX"}, OFFICE, "country"),
        ({"currency": "FCFA"}, OFFICE, "currency"),
        ({"country": "CD"}, OFFICE, "tz"),
        ({}, FirstOffice(code="CIAB1", name="", tz="Abidjan"), "tz"),
    ],
    ids=["an address for a name", "no country", "no currency", "a country of two zones", "no zone"],
)
async def test_what_cannot_be_is_refused_before_anything_is_written(
    owner: Database, application: Database, changes: dict[str, str], office: FirstOffice, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await founded(owner, office, **changes)

    assert refused.value.facts == {"field": field}
    assert await count(application, "tenant", TenantId(new_id())) == 0


COMMAND = ["setup", "--hostname", HOST, "--name", "Douanes", "--country", "CI", "--admin", "awa", "--admin-name", "Awa"]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, empty: str) -> Iterator[pytest.MonkeyPatch]:
    """The environment of an operator whose database this is."""
    monkeypatch.setenv("DATABASE_URL", databases.dsn("visits_app", empty))
    monkeypatch.setenv("VISITS_OWNER_DATABASE_URL", databases.dsn("visits_owner", empty))
    monkeypatch.setenv("VISITS_PUBLIC_URL", "https://visites.example")
    return monkeypatch


@pytest.mark.slow(reason="looks for migrations, as the command does")
async def test_the_command_prints_the_link_once(
    named: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert await asyncio.to_thread(main, COMMAND) == 0
    said = capsys.readouterr()

    assert said.out.count(f"https://{HOST}/invitation/") == 1
    assert "/invitation/" not in said.err + caplog.text

    assert await asyncio.to_thread(main, COMMAND) == 1
    again = capsys.readouterr()
    assert again.out == ""
    assert HOST in again.err


async def test_without_the_owners_access_the_command_says_what_is_missing(
    named: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named.delenv("VISITS_OWNER_DATABASE_URL")

    assert await asyncio.to_thread(main, COMMAND) == 1
    assert "VISITS_OWNER_DATABASE_URL" in capsys.readouterr().err
