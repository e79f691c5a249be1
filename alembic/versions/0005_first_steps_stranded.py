"""First steps seen by a person, role by role; and since when a booked resource no longer works at its time."""

import sqlalchemy as sa
from alembic import op

revision = "0005_first_steps_stranded"
down_revision = "0004_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "tour_seen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_tour_seen_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_tour_seen_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_tour_seen"),
        sa.UniqueConstraint("person_id", "name", name="uq_tour_seen_person_id_name"),
    )
    op.create_index("ix_tour_seen_tenant_id", "tour_seen", ["tenant_id"])
    op.execute("select isolate('tour_seen')")
    # What was remembered was one banner for every role; the steps of a role are new to everybody.
    op.drop_column("person", "toured_at")
    op.add_column("booking_part", sa.Column("stranded_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_booking_part_stranded",
        "booking_part",
        ["stranded_since"],
        postgresql_where=sa.text("stranded_since is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_booking_part_stranded", table_name="booking_part")
    op.drop_column("booking_part", "stranded_since")
    op.add_column("person", sa.Column("toured_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("tour_seen")
