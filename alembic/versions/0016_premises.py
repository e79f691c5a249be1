"""Visits at a firm's own premises."""

import sqlalchemy as sa
from alembic import op

revision = "0016_premises"
down_revision = "0015_publication"
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


def _id(name: str, *, nullable: bool = False) -> sa.Column[sa.Uuid]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    _table(
        "premises",
        _id("office_id"),
        _id("firm_id"),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "address")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("kilometres", "minutes")),
        sa.Column("state", sa.String(), nullable=False),
        _id("asked_by", nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _id("decided_by", nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.CheckConstraint("state in ('asked','granted','refused','ended')", name="ck_premises_state"),
        sa.CheckConstraint("kilometres between 0 and 500 and minutes between 0 and 240", name="ck_premises_road"),
        refers={"office_id": "office", "firm_id": "firm", "asked_by": "person", "decided_by": "person"},
    )
    op.create_index("ix_premises_office_id", "premises", ["office_id"])
    op.create_index("ix_premises_firm_id", "premises", ["firm_id"])
    _table(
        "home_visit",
        _id("visit_id"),
        _id("premises_id"),
        _id("site_id", nullable=True),
        _id("chosen_by", nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("visit_id", name="uq_home_visit_visit_id"),
        refers={"visit_id": "visit", "premises_id": "premises", "site_id": "site", "chosen_by": "person"},
    )
    op.create_index("ix_home_visit_premises_id", "home_visit", ["premises_id"])


def downgrade() -> None:
    op.execute("update visit v set site_id = h.site_id from home_visit h where h.visit_id = v.id")
    op.drop_table("home_visit")
    op.drop_table("premises")
