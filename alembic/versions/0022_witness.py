"""Witnesses of the draw: the anchor that promises a value a day, and what became of each day's value."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_witness"
down_revision = "0021_premises_contact"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")
#: What the service writes once the day comes; everything else of a seed stays as it was promised.
LATER = "witness, witness_at, witness_late, settled_at"


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "draw_witness",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("anchor", sa.LargeBinary(), nullable=False),
        sa.Column("days", postgresql.DATERANGE(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_draw_witness_office_id"),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name="fk_draw_witness_given_by"),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name="fk_draw_witness_ended_by"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_draw_witness_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_draw_witness"),
        postgresql.ExcludeConstraint(("office_id", "="), ("days", "&&"), using="gist", name="draw_witness_no_overlap"),
    )
    op.create_index("ix_draw_witness_tenant_id", "draw_witness", ["tenant_id"])
    op.execute("select isolate('draw_witness', true, 'days, ended_by, ended_at')")
    op.add_column("draw_seed", sa.Column("witness_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("draw_seed", sa.Column("witness_late", postgresql.BYTEA(), nullable=True))
    op.add_column("draw_seed", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"grant update ({LATER}) on draw_seed to visits_app")


def downgrade() -> None:
    op.execute("revoke update (witness) on draw_seed from visits_app")
    for column in ("settled_at", "witness_late", "witness_at"):
        op.drop_column("draw_seed", column)
    op.drop_table("draw_witness")
