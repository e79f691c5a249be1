"""The live appointments of a firm by day, which every search of a declarant counts."""

from alembic import op

revision = "0014_firm_days"
down_revision = "0013_regular_hours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.execute(
        "create index ix_appointment_firm_day on appointment (firm_id, day) where status in ('held','confirmed')"
    )


def downgrade() -> None:
    op.execute("drop index ix_appointment_firm_day")
