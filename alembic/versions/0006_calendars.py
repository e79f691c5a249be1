"""Holidays as each country publishes them, overrides of one office, and closures of an office or a site."""

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


def downgrade() -> None:
    op.drop_table("closure")
    for index in ("uq_holiday_published", "ix_holiday_stands_for", "ix_holiday_day"):
        op.drop_index(index, table_name="holiday")
    op.drop_constraint("fk_holiday_stands_for", "holiday")
    for column in ("withdrawn_at", "stands_for", "source_day", "tentative", "region", "country"):
        op.drop_column("holiday", column)
    op.drop_column("office", "region")
