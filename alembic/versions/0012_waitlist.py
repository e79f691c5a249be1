"""Those who wait for an earlier time: their order, what they were offered, and why they left."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_waitlist"
down_revision = "0011_groups"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("waitlist", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("waitlist", sa.Column("reason", sa.String(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_waitlist_state"), "waitlist", "state in ('waiting','offered','satisfied','left','over')"
    )
    op.create_index(
        "uq_waitlist_waiting_visit",
        "waitlist",
        ["visit_id"],
        unique=True,
        postgresql_where=sa.text("state in ('waiting','offered')"),
    )
    op.create_index(
        "ix_waitlist_waiting",
        "waitlist",
        ["office_id", "rank", "at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "waitlist_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        sa.Column("waitlist_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('open','accepted','declined','expired')", name=op.f("ck_waitlist_offer_state")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_waitlist_offer_tenant_id"),
        sa.ForeignKeyConstraint(["waitlist_id"], ["waitlist.id"], name="fk_waitlist_offer_waitlist_id"),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_waitlist_offer_appointment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist_offer"),
        sa.UniqueConstraint("appointment_id", name="uq_waitlist_offer_appointment_id"),
    )
    op.create_index("ix_waitlist_offer_tenant_id", "waitlist_offer", ["tenant_id"])
    op.create_index("ix_waitlist_offer_waitlist_id", "waitlist_offer", ["waitlist_id"])
    op.execute("select isolate('waitlist_offer')")


def downgrade() -> None:
    op.drop_table("waitlist_offer")
    op.drop_index("ix_waitlist_waiting", table_name="waitlist")
    op.drop_index("uq_waitlist_waiting_visit", table_name="waitlist")
    op.drop_constraint("ck_waitlist_state", "waitlist")
    op.drop_column("waitlist", "reason")
    op.drop_column("waitlist", "ended_at")
