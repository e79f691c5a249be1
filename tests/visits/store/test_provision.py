"""Roles and database are made once, by any number of starters, and give nobody too much."""

import asyncio
from collections.abc import AsyncIterator
from subprocess import run

import asyncpg
import pytest

from tests.support import database as databases
from visits.store import binaries
from visits.store.embedded import Embedded
from visits.store.provision import ROLES, provision, sql

NAME = "visits_provisioned"


@pytest.fixture
async def superuser() -> AsyncIterator[str]:
    """The superuser's address on a server where the database does not exist, before and after."""
    await databases.drop_database(NAME)
    yield databases.dsn(Embedded.superuser, "postgres")
    await databases.drop_database(NAME)


async def fetch(role: str, query: str, database: str = NAME) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(databases.dsn(role, database))
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


@pytest.mark.slow(reason="creates a database")
async def test_two_starters_at_once_and_a_third_later_make_one_database(superuser):
    await asyncio.gather(provision(superuser, NAME), provision(superuser, NAME))
    await provision(superuser, NAME)

    (found,) = await fetch(
        "visits_app",
        "select pg_get_userbyid(datdba) as owner, datlocprovider::text as provider, datlocale as locale"
        f" from pg_database where datname = '{NAME}'",
    )
    assert tuple(found) == ("visits_owner", "b", "C.UTF-8")


async def test_no_role_can_pass_the_row_rules_or_make_roles(superuser):
    await provision(superuser, NAME)

    roles = await fetch("visits_app", f"select * from pg_roles where rolname in {tuple(ROLES)}")

    assert len(roles) == len(ROLES)
    for role in roles:
        assert role["rolcanlogin"]
        powers = ("rolsuper", "rolbypassrls", "rolcreatedb", "rolcreaterole", "rolreplication")
        assert not any(role[power] for power in powers)


async def test_only_the_owner_makes_tables(superuser):
    await provision(superuser, NAME)

    await fetch("visits_owner", "create table made (id int)")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await fetch("visits_app", "create table made_too (id int)")


async def test_the_owner_may_add_the_extensions_the_schema_uses(superuser):
    await provision(superuser, NAME)

    for extension in ("btree_gist", "pg_trgm", "unaccent"):
        await fetch("visits_owner", f"create extension {extension}")


@pytest.mark.slow(reason="creates a database through psql, twice")
async def test_the_operators_script_does_the_same(superuser):
    script = sql(NAME).replace("\\password", "-- \\password")
    account = binaries.server_account()
    psql = [binaries.programs(account) / "psql", "-v", "ON_ERROR_STOP=1", superuser]

    for _ in range(2):
        await asyncio.to_thread(run, psql, input=script, text=True, check=True, capture_output=True)

    await fetch("visits_owner", "create table made (id int)")
    (made,) = await fetch("visits_app", "select tableowner from pg_tables where tablename = 'made'")
    assert made["tableowner"] == "visits_owner"


async def test_a_name_that_could_carry_sql_is_not_taken(superuser):
    with pytest.raises(ValueError, match="plain"):
        await provision(superuser, 'visits"; drop role visits_app; --')
