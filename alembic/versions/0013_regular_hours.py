"""Regular hours of a firm, and appointments that keep a place before there is a visit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSTZRANGE

revision = "0013_regular_hours"
down_revision = "0012_waitlist"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")
STATUSES = (
    "'held','confirmed','done','moved','cancelled','expired',"
    "'no_show_declarant','no_show_goods','no_show_customs','no_show_agency'"
)


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
    op.alter_column("appointment", "visit_id", nullable=True)
    op.drop_constraint("ck_appointment_status", "appointment")
    op.create_check_constraint("ck_appointment_status", "appointment", f"status in ({STATUSES},'kept')")
    op.create_check_constraint(
        "ck_appointment_visit",
        "appointment",
        "visit_id is not null or status in ('kept','moved','cancelled','expired')",
    )
    _table(
        "regular_hours",
        _id("office_id"),
        _id("site_id"),
        _id("firm_id"),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("isodow", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _id("asked_by", nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        _id("decided_by", nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.CheckConstraint("state in ('asked','granted','refused','ended')", name="ck_regular_hours_state"),
        sa.CheckConstraint("isodow between 1 and 7", name="ck_regular_hours_isodow"),
        refers={
            "office_id": "office",
            "site_id": "site",
            "firm_id": "firm",
            "asked_by": "person",
            "decided_by": "person",
        },
    )
    op.create_index("ix_regular_hours_firm_id", "regular_hours", ["firm_id"])
    op.create_index("ix_regular_hours_office_state", "regular_hours", ["office_id", "state"])
    _table(
        "regular_day",
        _id("regular_id"),
        _id("office_id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("during", TSTZRANGE(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _id("appointment_id", nullable=True),
        _id("visit_id", nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("regular_id", "day", name="uq_regular_day_regular_id_day"),
        sa.CheckConstraint("state in ('kept','used','released','ended','missed')", name="ck_regular_day_state"),
        refers={
            "regular_id": "regular_hours",
            "office_id": "office",
            "appointment_id": "appointment",
            "visit_id": "visit",
        },
    )
    op.create_index(
        "ix_regular_day_kept", "regular_day", ["office_id", "day"], postgresql_where=sa.text("state = 'kept'")
    )


def downgrade() -> None:
    op.drop_table("regular_day")
    op.drop_table("regular_hours")
    op.execute("delete from booking_part using appointment a where a.id = appointment_id and a.visit_id is null")
    op.execute("delete from booking_part_hist using appointment a where a.id = appointment_id and a.visit_id is null")
    op.execute(
        "update appointment set supersedes = null where supersedes in (select id from appointment where visit_id is null)"
    )
    op.execute("delete from appointment where visit_id is null")
    op.drop_constraint("ck_appointment_visit", "appointment")
    op.drop_constraint("ck_appointment_status", "appointment")
    op.create_check_constraint("ck_appointment_status", "appointment", f"status in ({STATUSES})")
    op.alter_column("appointment", "visit_id", nullable=False)
