"""What a plan did to places kept for firms every week, so that it can be undone with the rest of the run."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_replan_place"
down_revision = "0023_day_load"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")
REFERS = {"tenant_id": "tenant", "run_id": "replan_run", "day_id": "regular_day", "was_id": "appointment"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "replan_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("was_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resources", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("outcome in ('keeps','left')", name=op.f("ck_replan_place_outcome")),
        sa.CheckConstraint("state in ('applied','undone','stays')", name=op.f("ck_replan_place_state")),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_replan_place_{column}")
            for column, target in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_replan_place"),
    )
    for column in ("tenant_id", "run_id", "day_id"):
        op.create_index(f"ix_replan_place_{column}", "replan_place", [column])
    op.execute("select isolate('replan_place')")


def downgrade() -> None:
    op.drop_table("replan_place")
