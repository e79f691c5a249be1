"""Office-days planned and named at once; a draw may name a whole route."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_publication"
down_revision = "0014_firm_days"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def _json() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.add_column("draw", sa.Column("visits", _json(), server_default=sa.text("'[]'"), nullable=False))
    op.create_index("ix_assignment_visit_id", "assignment", ["visit_id"])
    op.create_table(
        "publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("routes", _json(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("moved", _json(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("blocked", _json(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_publication_office_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_publication_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("office_id", "day", name="uq_publication_office_id_day"),
    )
    op.create_index("ix_publication_tenant_id", "publication", ["tenant_id"])
    op.execute("select isolate('publication', true)")


def downgrade() -> None:
    op.drop_table("publication")
    op.drop_index("ix_assignment_visit_id", "assignment")
    op.drop_column("draw", "visits")
