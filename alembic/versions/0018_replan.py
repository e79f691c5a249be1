"""Appointments placed anew after an absence: each run, what became of each appointment, and the declarant's answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_replan"
down_revision = "0017_no_shows"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def _table(name: str, *columns: sa.schema.SchemaItem, refers: dict[str, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant_id"),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{name}_{column}")
            for column, target in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_tenant_id", name, ["tenant_id"])
    op.execute(f"select isolate('{name}')")


def _id(name: str, *, nullable: bool = False) -> sa.Column[sa.Uuid]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str) -> sa.Column[sa.String]:
    return sa.Column(name, sa.String(), nullable=False)


def _whole(name: str) -> sa.Column[sa.Integer]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    _table(
        "replan_run",
        _id("office_id"),
        _text("reason"),
        _whole("cost"),
        _id("made_by", nullable=True),
        _moment("at"),
        _id("undone_by", nullable=True),
        _moment("undone_at", nullable=True),
        refers={"office_id": "office", "made_by": "person", "undone_by": "person"},
    )
    op.create_index("ix_replan_run_office_id", "replan_run", ["office_id", "at"])
    _table(
        "replan_step",
        _id("run_id"),
        _id("visit_id"),
        _text("outcome"),
        _id("was_id"),
        _id("made_id"),
        _moment("was_at"),
        _moment("starts_at"),
        _whole("version"),
        sa.Column("resources", postgresql.JSONB(), server_default="{}", nullable=False),
        _text("rule"),
        _text("state"),
        _text("answer"),
        _moment("answered_at", nullable=True),
        sa.CheckConstraint("outcome in ('keeps','moves','left')", name=op.f("ck_replan_step_outcome")),
        sa.CheckConstraint("state in ('applied','undone','stays')", name=op.f("ck_replan_step_state")),
        sa.CheckConstraint("answer in ('','accepted','refused')", name=op.f("ck_replan_step_answer")),
        refers={"run_id": "replan_run", "visit_id": "visit", "was_id": "appointment", "made_id": "appointment"},
    )
    op.create_index("ix_replan_step_run_id", "replan_step", ["run_id"])
    op.create_index("ix_replan_step_visit_id", "replan_step", ["visit_id"])


def downgrade() -> None:
    op.drop_table("replan_step")
    op.drop_table("replan_run")
