"""The job engine's tables, from frozen copies of its own SQL, and the trigger that wakes a lock's successor."""

from typing import Any

from alembic import op

from visits.store import jobs_schema

revision = "0003_jobs"
down_revision = "0002_row_security"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statements in (jobs_schema.engine(), jobs_schema.wake_successor()):
        script(statements)
    op.execute(
        """
        do $$ declare wanted record; begin
        for wanted in select oid::regclass as name, relkind from pg_class
            where relnamespace = 'public'::regnamespace and relname like 'procrastinate%' and relkind in ('r', 'S')
        loop
            if wanted.relkind = 'r' then
                execute format('grant select, insert, update, delete on %s to visits_app', wanted.name);
            else
                execute format('grant usage on sequence %s to visits_app', wanted.name);
            end if;
        end loop; end $$
        """
    )


def script(statements: str) -> None:
    """Run many statements at once, which a prepared statement cannot."""
    connection: Any = op.get_bind().connection.dbapi_connection
    connection.run_async(lambda raw: raw.execute(statements))


def downgrade() -> None:
    raise NotImplementedError("waiting work would be lost")
