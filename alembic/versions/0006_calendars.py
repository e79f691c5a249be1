"""Published holidays, overrides of one office, closures of an office or a site; and how places are taken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_calendars"
down_revision = "0005_first_steps_stranded"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("office", sa.Column("region", sa.String(), server_default="", nullable=False))
    op.add_column("holiday", sa.Column("country", sa.String(), server_default="", nullable=False))
    op.add_column("holiday", sa.Column("region", sa.String(), server_default="", nullable=False))
    op.add_column("holiday", sa.Column("tentative", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("holiday", sa.Column("source_day", sa.Date(), nullable=True))
    op.add_column("holiday", sa.Column("stands_for", sa.Uuid(), nullable=True))
    op.add_column("holiday", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key("fk_holiday_stands_for", "holiday", "holiday", ["stands_for"], ["id"])
    op.create_index("ix_holiday_day", "holiday", ["day"])
    op.create_index("ix_holiday_stands_for", "holiday", ["stands_for"])
    op.create_index(
        "uq_holiday_published",
        "holiday",
        ["tenant_id", "country", "region", "source_day", "name"],
        unique=True,
        postgresql_where=sa.text("source_day is not null"),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_closure_made_by"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_closure_office_id"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_closure_site_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_closure_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_closure"),
    )
    op.create_index("ix_closure_tenant_id", "closure", ["tenant_id"])
    op.create_index("ix_closure_office_id", "closure", ["office_id"])
    op.execute("select isolate('closure')")
    _take_places()


def _take_places() -> None:
    """Taking places of resources is one step inside the database: lock in order, judge, give back, take."""
    # A row that is lost raises inside the block: its subtransaction ends, and with it every lock it took, at once.
    # Forty rivals queued behind one row are answered in milliseconds; were each of them to roll back by itself, every
    # lock would last a round trip longer.
    op.execute(
        """
        create function take_places(wanted_office uuid, days date[], resources uuid[], masks bigint[], spares bigint[])
        returns boolean language plpgsql as $$
        declare
            locked integer;
        begin
            begin
                select count(*) filter (where judged.mask <> 0 and judged.free = 1) into locked from (
                    select wanted.mask,
                        1 / cast((b.free | wanted.spare) & b.work & wanted.mask = wanted.mask as int) as free
                    from day_bits b
                    join unnest(days, resources, masks, spares) as wanted(day, resource_id, mask, spare)
                        on b.day = wanted.day and b.resource_id = wanted.resource_id
                    where b.office_id = wanted_office
                    order by b.day, b.resource_id
                    for update of b
                ) judged;
                if locked <> (select count(*) from unnest(masks) as each(mask) where each.mask <> 0) then
                    raise division_by_zero;
                end if;
            exception when division_by_zero then
                return false;
            end;
            update day_bits b
            set free = ((b.free | wanted.spare) & b.work) & ~wanted.mask, version = b.version + 1
            from unnest(days, resources, masks, spares) as wanted(day, resource_id, mask, spare)
            where b.office_id = wanted_office and b.day = wanted.day and b.resource_id = wanted.resource_id;
            return true;
        end $$
        """
    )


def downgrade() -> None:
    op.execute("drop function take_places(uuid, date[], uuid[], bigint[], bigint[])")
    op.drop_table("closure")
    for index in ("uq_holiday_published", "ix_holiday_stands_for", "ix_holiday_day"):
        op.drop_index(index, table_name="holiday")
    op.drop_constraint("fk_holiday_stands_for", "holiday")
    for column in ("withdrawn_at", "stands_for", "source_day", "tentative", "region", "country"):
        op.drop_column("holiday", column)
    op.drop_column("office", "region")
