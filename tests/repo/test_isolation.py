"""The database itself keeps administrations apart and evidence as it was, whatever the code above it does."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.support.stage import Stage
from visits.actor import Actor
from visits.ids import TenantId, new_id
from visits.people.access import NO_TENANT
from visits.store.tools import Tools

#: Tables that belong to no administration: the list of administrations, the schema's version, the job engine.
SHARED = ("tenant", "alembic_version", "procrastinate_")
#: Rows that are only ever added, whole.
EVIDENCE = ("audit", "chain_entry", "transition", "finding", "signature", "evidence", "draw", "policy_change")

_TABLES = text(
    "select c.relname, c.relrowsecurity, c.relforcerowsecurity,"
    " exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id') as owned,"
    " (select count(*) from pg_policy p where p.polrelid = c.oid) as policies"
    " from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1"
)


def nobody(tenant: TenantId = NO_TENANT) -> Actor:
    return Actor(tenant=tenant, roles=frozenset())


async def test_no_connection_of_the_service_stands_above_the_rules(tools: Tools) -> None:
    async with tools.database.work(nobody()) as work:
        row = (
            await work.session.execute(
                text("select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user")
            )
        ).one()
        owned = await work.session.scalar(
            text("select count(*) from pg_class where relowner = current_user::regrole and relkind = 'r'")
        )

    assert tuple(row) == ("visits_app", False, False)
    assert owned == 0


async def test_every_table_of_an_administration_is_isolated_by_force(tools: Tools) -> None:
    async with tools.database.work(nobody()) as work:
        tables = (await work.session.execute(_TABLES)).all()

    assert [each.relname for each in tables if not each.owned and not each.relname.startswith(SHARED)] == []
    assert [
        each.relname
        for each in tables
        if each.owned and not (each.relrowsecurity and each.relforcerowsecurity and each.policies == 1)
    ] == []


@pytest.mark.parametrize("tenant", [NO_TENANT, TenantId(new_id())], ids=["no administration", "an unknown one"])
async def test_without_the_administration_every_table_is_empty(stage: Stage, tools: Tools, tenant: TenantId) -> None:
    await stage.opened()
    async with tools.database.work(nobody(tenant)) as work:
        names = [each.relname for each in await work.session.execute(_TABLES) if each.owned]
        seen = [name for name in names if await work.session.scalar(text(f'select exists (select from "{name}")'))]

    assert names
    assert seen == []


async def test_a_connection_forgets_the_administration_with_its_transaction(stage: Stage, tools: Tools) -> None:
    async with stage.work() as work:
        assert await work.session.scalar(text("select count(*) from person")) > 0
    async with tools.database.engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from person")) == 0


async def test_a_row_cannot_be_written_into_another_administration(stage: Stage, tools: Tools) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        async with tools.database.work(nobody(TenantId(new_id()))) as work:
            await work.session.execute(
                text("insert into agency (id, tenant_id, code, name, competence) values (:id, :to, 'X', 'X', '')"),
                {"id": new_id(), "to": stage.tenant},
            )


async def test_rows_of_another_administration_cannot_be_reached_by_id(stage: Stage, tools: Tools) -> None:
    async with tools.database.work(nobody(TenantId(new_id()))) as work:
        for deed in ("update firm set name = 'X' where id = :id", "delete from firm where id = :id"):
            result = await work.session.execute(text(deed), {"id": stage.firm.id})
            assert result.rowcount == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", EVIDENCE)
@pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
async def test_evidence_can_only_be_added(tools: Tools, table: str, right: str) -> None:
    async with tools.database.work(nobody()) as work:
        allowed = await work.session.scalar(
            text("select has_table_privilege('visits_app', cast(:table as text), :right)"),
            {"table": table, "right": right},
        )

    assert allowed is False


@pytest.mark.parametrize("table", ["audit", "chain_entry"])
async def test_trying_to_change_evidence_fails(stage: Stage, table: str) -> None:
    await stage.opened()
    with pytest.raises(DBAPIError, match="permission denied"):
        async with stage.work() as work:
            await work.session.execute(text(f"delete from {table}"))


async def test_the_service_cannot_found_or_change_administrations(stage: Stage) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with stage.work() as work:
            await work.session.execute(text("update tenant set host = 'evil.example'"))
