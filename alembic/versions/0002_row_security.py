"""Tenant isolation and rights: row security on every tenant's table, evidence that cannot be changed."""

from alembic import op

revision = "0002_row_security"
down_revision = "0001_schema"
branch_labels = None
depends_on = None

#: Rows are only added. Where columns are named, those alone may change afterwards.
APPEND_ONLY = {
    "audit": "",
    "chain_entry": "",
    "transition": "",
    "declaration_version": "",
    "lane": "",
    "draw": "",
    "finding": "",
    "seal": "",
    "step": "",
    "evidence": "",
    "signature": "",
    "rating": "",
    "package_review": "",
    "policy_change": "",
    "check_in": "left_at",
    "domain_event": "delivered_at, tries, fault, parked_at",
    "report_version": "state, validated_by, validated_at, returned_reason",
    "inbound": "outcome, code, detail, declaration_id",
    "draw_seed": "revealed, revealed_at",
}

ISOLATE = """
create function isolate(wanted regclass, append_only boolean default false, may_change text default '')
returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', wanted);
    execute format('alter table %s force row level security', wanted);
    execute format(
        'create policy tenant_isolation on %s using (tenant_id = %s) with check (tenant_id = %s)',
        wanted,
        $t$nullif(current_setting('app.tenant', true), '')::uuid$t$,
        $t$nullif(current_setting('app.tenant', true), '')::uuid$t$
    );
    execute format('grant select, insert on %s to visits_app', wanted);
    if not append_only then
        execute format('grant update, delete on %s to visits_app', wanted);
    elsif may_change <> '' then
        execute format('grant update (%s) on %s to visits_app', may_change, wanted);
    end if;
end
$$
"""

ALL = """
select c.oid::regclass::text from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attname = 'tenant_id'
order by 1
"""


def upgrade() -> None:
    op.execute(ISOLATE)
    bind = op.get_bind()
    for (table,) in bind.exec_driver_sql(ALL).fetchall():
        name = table.strip('"')
        append_only = "true" if name in APPEND_ONLY else "false"
        op.execute(f"select isolate('{table}', {append_only}, '{APPEND_ONLY.get(name, '')}')")
    op.execute("grant select on tenant to visits_app")
    op.execute("grant usage on sequence visit_number to visits_app")
    op.execute("grant select on alembic_version to visits_app")


def downgrade() -> None:
    raise NotImplementedError("isolation is never taken away")
