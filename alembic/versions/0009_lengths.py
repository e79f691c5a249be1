"""Lengths learnt from visits made, journeys inside booked ranges, urgency, and the day locked where quotas count."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_lengths"
down_revision = "0008_confirmations"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")
#: Table to its own columns and constraints; rows of the first three are only ever added.
TABLES = {
    "duration_table": [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("through", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("tenant_id", "version", name="uq_duration_table_tenant_id_version"),
    ],
    "visit_length": [
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("middle", sa.Float(), nullable=True),
        sa.Column("spread", sa.Float(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source in ('first','learnt','staff')", name=op.f("ck_visit_length_source")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_length_visit_id"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_visit_length_set_by"),
    ],
    "visit_urgency": [
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_urgency_visit_id"),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name="fk_visit_urgency_set_by"),
    ],
    "booking_day": [
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.UniqueConstraint("office_id", "day", name="uq_booking_day_office_id_day"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_booking_day_office_id"),
    ],
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for name, own in TABLES.items():
        op.create_table(
            name,
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
            *own,
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant_id"),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_tenant_id", name, ["tenant_id"])
        op.execute(f"select isolate('{name}', {str(name != 'booking_day').lower()})")
    op.create_index("ix_visit_length_visit_id", "visit_length", ["visit_id", "at"])
    op.create_index("ix_visit_urgency_visit_id", "visit_urgency", ["visit_id", "at"])
    for column in ("travel_before", "travel_after"):
        op.add_column("booking_part", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    op.add_column("appointment", sa.Column("audience", sa.String(), server_default="public", nullable=False))
    op.add_column("appointment", sa.Column("priority", postgresql.JSONB(), server_default="[]", nullable=False))


def downgrade() -> None:
    for column in ("audience", "priority"):
        op.drop_column("appointment", column)
    for column in ("travel_before", "travel_after"):
        op.drop_column("booking_part", column)
    for name in reversed(TABLES):
        op.drop_table(name)
