"""Keys of signed confirmations, alarms of the calendars, and the parts of days that are over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_confirmations"
down_revision = "0007_terminal"
branch_labels = None
depends_on = None


def _row(*columns: sa.Column) -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        *columns,
    ]


def _keys(table: str, *others: tuple[str, str]) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")
            for column, to in (("tenant_id", "tenant"), *others)
        ),
    ]


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "booking_part_hist",
        *_row(
            sa.Column("appointment_id", sa.Uuid(), nullable=False),
            sa.Column("resource_id", sa.Uuid(), nullable=False),
            sa.Column("role", sa.String(), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
            sa.Column("live", sa.Boolean(), nullable=False),
            sa.Column("placeholder", sa.Boolean(), nullable=False),
            sa.Column("stranded_since", sa.DateTime(timezone=True), nullable=True),
        ),
        *_keys("booking_part_hist", ("appointment_id", "appointment"), ("resource_id", "resource")),
    )
    op.create_index("ix_booking_part_hist_appointment_id", "booking_part_hist", ["appointment_id"])
    op.create_index("ix_booking_part_hist_resource_day", "booking_part_hist", ["resource_id", "day"])
    op.create_table(
        "calendar_alarm",
        *_row(
            sa.Column("office_id", sa.Uuid(), nullable=False),
            sa.Column("resource_id", sa.Uuid(), nullable=False),
            sa.Column("day", sa.Date(), nullable=False),
            sa.Column("free", sa.BigInteger(), nullable=False),
            sa.Column("should", sa.BigInteger(), nullable=False),
            sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("outcome", sa.String(), nullable=False),
            sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("settled_by", sa.Uuid(), nullable=True),
        ),
        *_keys("calendar_alarm", ("office_id", "office"), ("resource_id", "resource"), ("settled_by", "person")),
        sa.CheckConstraint("outcome in ('open','repaired','vanished')", name="ck_calendar_alarm_outcome"),
    )
    op.create_index(
        "uq_calendar_alarm_open",
        "calendar_alarm",
        ["resource_id", "day"],
        unique=True,
        postgresql_where=sa.text("settled_at is null"),
    )
    op.create_index("ix_calendar_alarm_office_id", "calendar_alarm", ["office_id"])
    op.create_table(
        "token_key",
        *_row(
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("public", sa.LargeBinary(), nullable=False),
            sa.Column("sealed", sa.LargeBinary(), nullable=False),
            sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
            sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        ),
        *_keys("token_key"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_token_key_tenant_id_number"),
        sa.CheckConstraint("number between 1 and 255", name="ck_token_key_number"),
    )
    for table in ("booking_part_hist", "calendar_alarm", "token_key"):
        op.create_index(f"ix_{table}_tenant_id", table, ["tenant_id"])
        op.execute(f"select isolate('{table}')")


def downgrade() -> None:
    op.execute(
        "insert into booking_part (id, tenant_id, appointment_id, resource_id, role, day, during, live, placeholder,"
        " stranded_since) select id, tenant_id, appointment_id, resource_id, role, day, during, live, placeholder,"
        " stranded_since from booking_part_hist"
    )
    for table in ("token_key", "calendar_alarm", "booking_part_hist"):
        op.drop_table(table)
