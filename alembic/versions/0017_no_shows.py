"""Who did not come: the signed finding, and a firm's appeal against its effect."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017_no_shows"
down_revision = "0016_premises"
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


def _id(name: str, *, nullable: bool = False) -> sa.Column[sa.Uuid]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str) -> sa.Column[sa.String]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    _table(
        "no_show_appeal",
        _id("appointment_id"),
        _id("office_id"),
        _id("firm_id"),
        _text("reason"),
        _id("made_by", nullable=True),
        _moment("at"),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        _text("answer"),
        _id("decided_by", nullable=True),
        _moment("decided_at", nullable=True),
        sa.UniqueConstraint("appointment_id", name="uq_no_show_appeal_appointment_id"),
        refers={
            "appointment_id": "appointment",
            "office_id": "office",
            "firm_id": "firm",
            "made_by": "person",
            "decided_by": "person",
        },
    )
    op.create_index(
        "ix_no_show_appeal_office_id", "no_show_appeal", ["office_id"], postgresql_where=sa.text("decided_at is null")
    )
    op.execute("select isolate('no_show_appeal')")
    op.create_index(
        "ix_appointment_missed",
        "appointment",
        ["firm_id", "day"],
        postgresql_where=sa.text("status in ('no_show_declarant','no_show_goods')"),
    )
    _table(
        "absence_record",
        _id("visit_id"),
        _id("office_id"),
        _id("step_id"),
        _id("appointment_id", nullable=True),
        _text("side"),
        sa.Column("content", postgresql.JSONB(), server_default="{}", nullable=False),
        _text("digest"),
        _id("person_id"),
        _text("name"),
        _text("quality"),
        _moment("signed_at"),
        sa.UniqueConstraint("step_id", name="uq_absence_record_step_id"),
        refers={
            "visit_id": "visit",
            "office_id": "office",
            "step_id": "step",
            "appointment_id": "appointment",
            "person_id": "person",
        },
    )
    op.create_index("ix_absence_record_visit_id", "absence_record", ["visit_id"])
    op.execute("select isolate('absence_record', true)")


def downgrade() -> None:
    op.drop_table("absence_record")
    op.drop_index("ix_appointment_missed", table_name="appointment")
    op.drop_table("no_show_appeal")
