"""Officers posted to a terminal for some days, by draw; and for which visits that had to be waived."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025_posting"
down_revision = "0024_replan_place"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    listed, told = sa.text("'[]'"), sa.text("'{}'")
    op.create_table(
        "posting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("sizes", postgresql.JSONB(), server_default=told, nullable=False),
        sa.Column("places", postgresql.JSONB(), server_default=told, nullable=False),
        sa.Column("candidates", postgresql.JSONB(), server_default=listed, nullable=False),
        sa.Column("excluded", postgresql.JSONB(), server_default=listed, nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.Column("witness", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name="ck_posting_days"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_posting_office_id"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_posting_resource_id"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_posting_site_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_posting_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_posting"),
        sa.UniqueConstraint("office_id", "first_day", "resource_id", name="uq_posting_office_id_first_day_resource_id"),
        sa.UniqueConstraint("office_id", "first_day", "position", name="uq_posting_office_id_first_day_position"),
    )
    op.create_index("ix_posting_tenant_id", "posting", ["tenant_id"])
    op.execute("select isolate('posting', true)")
    op.add_column("draw", sa.Column("waived", postgresql.JSONB(), server_default=listed, nullable=False))


def downgrade() -> None:
    op.drop_column("draw", "waived")
    op.drop_table("posting")
