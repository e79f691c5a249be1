"""Terminals: words of another system, keys of one site, ships awaited, calls to the scanner, exits by the gate."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007_terminal"
down_revision = "0006_calendars"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"


def _table(name: str, *columns: sa.schema.SchemaItem, refers: dict[str, str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=sa.text(TENANT), nullable=False),
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
    op.alter_column("step", "person_id", nullable=True)
    op.add_column("step", sa.Column("source", sa.String(), server_default="", nullable=False))
    op.add_column("api_key", sa.Column("site_ids", JSONB(), server_default="[]", nullable=False))
    op.add_column("declaration", _moment("voucher_cancelled_at", nullable=True))
    _table(
        "arrival",
        _id("office_id"),
        _text("manifest"),
        _text("vessel"),
        _moment("expected_at"),
        _moment("landed_at", nullable=True),
        sa.Column("landed", JSONB(), server_default="[]", nullable=False),
        _moment("told_at"),
        _text("source"),
        _moment("at"),
        sa.UniqueConstraint("office_id", "manifest", name="uq_arrival_office_id_manifest"),
        refers={"office_id": "office"},
    )
    op.execute("select isolate('arrival')")
    _table(
        "scan_call",
        _id("appointment_id"),
        _id("person_id", nullable=True),
        _moment("at"),
        sa.UniqueConstraint("appointment_id", name="uq_scan_call_appointment_id"),
        refers={"appointment_id": "appointment", "person_id": "person"},
    )
    op.execute("select isolate('scan_call', true)")
    _table(
        "gate_exit",
        _id("declaration_id"),
        _id("office_id"),
        _text("container"),
        _text("voucher"),
        _text("plate"),
        _text("gate"),
        _id("person_id"),
        _moment("at"),
        sa.UniqueConstraint("declaration_id", "container", name="uq_gate_exit_declaration_id_container"),
        refers={"declaration_id": "declaration", "office_id": "office", "person_id": "person"},
    )
    op.create_index("ix_gate_exit_office_id", "gate_exit", ["office_id", "at"])
    op.execute("select isolate('gate_exit', true)")


def downgrade() -> None:
    op.drop_table("gate_exit")
    op.drop_table("scan_call")
    op.drop_table("arrival")
    op.drop_column("declaration", "voucher_cancelled_at")
    op.drop_column("api_key", "site_ids")
    op.drop_column("step", "source")
    # A word of another system has no person: it goes with the column that named its key.
    op.execute("delete from step where person_id is null")
    op.alter_column("step", "person_id", nullable=False)
