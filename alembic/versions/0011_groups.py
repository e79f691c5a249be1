"""Visits booked together."""

import sqlalchemy as sa
from alembic import op

revision = "0011_groups"
down_revision = "0010_notices"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def _table(name: str, *columns: sa.schema.SchemaItem, refers: dict[str, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{name}_{column}")
            for column, target in (refers | {"tenant_id": "tenant"}).items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_tenant_id", name, ["tenant_id"])
    op.execute(f"select isolate('{name}')")


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    _table(
        "visit_group",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pattern in ('in_turn','at_once')", name="ck_visit_group_pattern"),
        refers={"office_id": "office", "firm_id": "firm", "made_by": "person"},
    )
    op.create_index("ix_visit_group_office_id", "visit_group", ["office_id"])
    op.create_index("ix_visit_group_firm_id", "visit_group", ["firm_id"])
    _table(
        "visit_group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.UniqueConstraint("group_id", "visit_id", name="uq_visit_group_member_group_id_visit_id"),
        refers={"group_id": "visit_group", "visit_id": "visit"},
    )
    op.create_index("ix_visit_group_member_visit_id", "visit_group_member", ["visit_id"])


def downgrade() -> None:
    op.drop_table("visit_group_member")
    op.drop_table("visit_group")
