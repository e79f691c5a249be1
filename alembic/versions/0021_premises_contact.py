"""Who opens the door at premises, and where a visit was to be made before."""

import sqlalchemy as sa
from alembic import op

revision = "0021_premises_contact"
down_revision = "0020_lean_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    for name in ("contact", "phone"):
        op.add_column("premises", sa.Column(name, sa.String(), server_default="", nullable=False))
    op.add_column("home_visit", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("uq_home_visit_visit_id", "home_visit", type_="unique")
    op.create_index(
        "uq_home_visit_live", "home_visit", ["visit_id"], unique=True, postgresql_where=sa.text("left_at is null")
    )
    op.create_index("ix_home_visit_visit_id", "home_visit", ["visit_id"])


def downgrade() -> None:
    op.execute("delete from home_visit where left_at is not null")
    op.drop_index("ix_home_visit_visit_id", table_name="home_visit")
    op.drop_index("uq_home_visit_live", table_name="home_visit")
    op.create_unique_constraint("uq_home_visit_visit_id", "home_visit", ["visit_id"])
    op.drop_column("home_visit", "left_at")
    op.drop_column("premises", "phone")
    op.drop_column("premises", "contact")
