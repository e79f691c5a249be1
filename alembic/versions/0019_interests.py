"""The register of officers' ties with declarants and importers."""

import sqlalchemy as sa
from alembic import op

revision = "0019_interests"
down_revision = "0018_replan"
branch_labels = None
depends_on = None

TENANT = sa.text("nullif(current_setting('app.tenant', true), '')::uuid")


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), server_default=TENANT, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("party_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.CheckConstraint("kind in ('family','money','former','dispute','other')", name="ck_interest_kind"),
        sa.CheckConstraint("(ended_at is null) = (ended_by is null)", name="ck_interest_ended"),
        sa.CheckConstraint("ended_by <> person_id", name="ck_interest_not_by_oneself"),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_interest_{column}")
            for column, target in {
                "tenant_id": "tenant",
                "person_id": "person",
                "made_by": "person",
                "ended_by": "person",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_interest"),
    )
    op.create_index("ix_interest_tenant_id", "interest", ["tenant_id"])
    op.create_index("ix_interest_person_id", "interest", ["person_id"])
    op.create_index(
        "uq_interest_running",
        "interest",
        ["person_id", "party"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.execute("select isolate('interest')")


def downgrade() -> None:
    op.drop_table("interest")
