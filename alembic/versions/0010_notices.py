"""Notices: how people are reached, what they are told, channels, and what they answer by text alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_notices"
down_revision = "0009_lengths"
branch_labels = None
depends_on = None

TABLES = (
    "contact",
    "contact_proof",
    "notice",
    "notice_receipt",
    "notice_channel",
    "text_code",
    "text_message",
    "ussd_session",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '3s'")
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("phone_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("everything", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_contact_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_contact_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("person_id", name="uq_contact_person_id"),
    )
    op.create_index("ix_contact_tenant_id", "contact", ["tenant_id"], unique=False)
    op.create_index(
        "uq_contact_phone",
        "contact",
        ["tenant_id", "phone"],
        unique=True,
        postgresql_where=sa.text("phone_verified_at is not null"),
    )
    op.create_table(
        "contact_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("code", postgresql.BYTEA(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_contact_proof_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_contact_proof_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact_proof"),
    )
    op.create_index("ix_contact_proof_person_id", "contact_proof", ["person_id"], unique=False)
    op.create_index("ix_contact_proof_tenant_id", "contact_proof", ["tenant_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("declaration_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel in ('email','sms','whatsapp','none')", name="ck_notice_channel"),
        sa.CheckConstraint(
            "state in ('waiting','sent','delivered','failed','expired','dropped','unreachable')", name="ck_notice_state"
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_notice_appointment_id"),
        sa.ForeignKeyConstraint(["declaration_id"], ["declaration.id"], name="fk_notice_declaration_id"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_notice_office_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notice_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_notice_tenant_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_notice_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("tenant_id", "key", name="uq_notice_tenant_id_key"),
    )
    op.create_index("ix_notice_due", "notice", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_notice_office_made", "notice", ["office_id", "made_at"], unique=False)
    op.create_index("ix_notice_person_made", "notice", ["person_id", "made_at"], unique=False)
    op.create_index(
        "ix_notice_provider_id",
        "notice",
        ["tenant_id", "provider_id"],
        unique=False,
        postgresql_where=sa.text("provider_id <> ''"),
    )
    op.create_index("ix_notice_tenant_id", "notice", ["tenant_id"], unique=False)
    op.create_index("ix_notice_visit_id", "notice", ["visit_id"], unique=False)
    op.create_table(
        "notice_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_notice_receipt_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_receipt"),
    )
    op.create_index("ix_notice_receipt_provider_id", "notice_receipt", ["tenant_id", "provider_id"], unique=False)
    op.create_index("ix_notice_receipt_tenant_id", "notice_receipt", ["tenant_id"], unique=False)
    op.create_table(
        "notice_channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("adapter", sa.String(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("secrets", postgresql.BYTEA(), nullable=True),
        sa.Column("hook", postgresql.BYTEA(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name="fk_notice_channel_changed_by"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_notice_channel_office_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_notice_channel_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_channel"),
        sa.UniqueConstraint(
            "tenant_id",
            "office_id",
            "channel",
            name="uq_notice_channel_tenant_id_office_id_channel",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_notice_channel_tenant_id", "notice_channel", ["tenant_id"], unique=False)
    op.create_index(
        "uq_notice_channel_hook", "notice_channel", ["hook"], unique=True, postgresql_where=sa.text("hook is not null")
    )
    op.create_table(
        "text_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_for", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name="fk_text_code_appointment_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_text_code_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_text_code_tenant_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_text_code_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_text_code"),
    )
    op.create_index("ix_text_code_appointment_id", "text_code", ["appointment_id"], unique=False)
    op.create_index("ix_text_code_tenant_id", "text_code", ["tenant_id"], unique=False)
    op.create_index(
        "uq_text_code_live",
        "text_code",
        ["person_id", "code"],
        unique=True,
        postgresql_where=sa.text("used_at is null"),
    )
    op.create_table(
        "text_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_text_message_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_text_message_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_text_message"),
        sa.UniqueConstraint("tenant_id", "source", "message_id", name="uq_text_message_tenant_id_source_message_id"),
    )
    op.create_index("ix_text_message_tenant_id", "text_message", ["tenant_id"], unique=False)
    op.create_table(
        "ussd_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "tenant_id",
            sa.Uuid(),
            server_default=sa.text("nullif(current_setting('app.tenant', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("screens", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_ussd_session_person_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_ussd_session_tenant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ussd_session"),
        sa.UniqueConstraint("tenant_id", "session", name="uq_ussd_session_tenant_id_session"),
    )
    op.create_index("ix_ussd_session_tenant_id", "ussd_session", ["tenant_id"], unique=False)
    for table in TABLES:
        op.execute(f"select isolate('{table}')")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
