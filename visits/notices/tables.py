"""Tables of notices: how people are reached, what they are told, and what they answer by text alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from visits.store.base import Row, binary, json


class Contact(Row, table=True):
    """How one person wants to be told. A number belongs to whoever proved it last."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("person_id"),
        Index(
            "uq_contact_phone",
            "tenant_id",
            "phone",
            unique=True,
            postgresql_where=text("phone_verified_at is not null"),
        ),
    )

    person_id: UUID = Field(foreign_key="person.id")
    #: E.164, as +2250700000000.
    phone: str = ""
    phone_verified_at: datetime | None = None
    email: str = ""
    email_verified_at: datetime | None = None
    #: email, sms, whatsapp.
    channels: list[str] = json("[]")
    #: Told of every visit of the firm, not only of those the person works on.
    everything: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class ContactProof(Row, table=True):
    """A code sent to an address, to prove whose it is; few tries, fifteen minutes. Only its digest is kept."""

    __tablename__ = "contact_proof"
    __table_args__ = (Index("ix_contact_proof_person_id", "person_id"),)

    person_id: UUID = Field(foreign_key="person.id")
    #: phone or email.
    kind: str
    address: str
    code: bytes
    ends_at: datetime
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    used_at: datetime | None = None


class Notice(Row, table=True):
    """One message to one person on one channel, written with what it tells of; sent by a job until it is over."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        Index("ix_notice_due", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_notice_office_made", "office_id", "made_at"),
        Index("ix_notice_person_made", "person_id", "made_at"),
        Index("ix_notice_visit_id", "visit_id"),
        Index("ix_notice_provider_id", "tenant_id", "provider_id", postgresql_where=text("provider_id <> ''")),
        CheckConstraint("channel in ('email','sms','whatsapp','none')", name="channel"),
        CheckConstraint(
            "state in ('waiting','sent','delivered','failed','expired','dropped','unreachable')", name="state"
        ),
    )

    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    visit_id: UUID | None = Field(default=None, foreign_key="visit.id")
    declaration_id: UUID | None = Field(default=None, foreign_key="declaration.id")
    appointment_id: UUID | None = Field(default=None, foreign_key="appointment.id")
    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    channel: str
    address: str
    template: str
    language: str
    facts: dict[str, Any] = json()
    urgent: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    #: What makes it one notice: the event and its reader; the same again is the same.
    key: str
    made_at: datetime
    #: The next try; while one runs, the moment its lease ends.
    due_at: datetime
    expires_at: datetime
    state: str = "waiting"
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    #: A try was begun and nobody wrote down how it ended.
    open: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    provider: str = ""
    provider_id: str = ""
    #: Why it did not arrive, as a code of telling.ERRORS, and in the provider's own words.
    error: str = ""
    detail: str = ""
    sent_at: datetime | None = None
    #: When it arrived, or when it was given up.
    ended_at: datetime | None = None


class NoticeReceipt(Row, table=True):
    """A receipt that was faster than our own record of the sending; it waits for it."""

    __tablename__ = "notice_receipt"
    __table_args__ = (Index("ix_notice_receipt_provider_id", "tenant_id", "provider_id"),)

    provider: str
    provider_id: str
    outcome: str
    error: str = ""
    detail: str = ""
    at: datetime


class NoticeChannel(Row, table=True):
    """How a channel leaves the service: for one office, or for all where `office_id` is null."""

    __tablename__ = "notice_channel"
    __table_args__ = (
        UniqueConstraint("tenant_id", "office_id", "channel", postgresql_nulls_not_distinct=True),
        Index("uq_notice_channel_hook", "hook", unique=True, postgresql_where=text("hook is not null")),
    )

    office_id: UUID | None = Field(default=None, foreign_key="office.id")
    #: email, sms, whatsapp or ussd.
    channel: str
    adapter: str
    options: dict[str, Any] = json()
    #: Passwords and keys, sealed.
    secrets: bytes | None = binary(optional=True)
    #: SHA-256 of the secret part of the address the provider calls; the address itself is shown once.
    hook: bytes | None = binary(optional=True)
    changed_by: UUID | None = Field(default=None, foreign_key="person.id")
    changed_at: datetime


class TextCode(Row, table=True):
    """Four digits that stand for one person's appointment in text messages, until used, over or tried too often."""

    __tablename__ = "text_code"
    __table_args__ = (
        Index("uq_text_code_live", "person_id", "code", unique=True, postgresql_where=text("used_at is null")),
        Index("ix_text_code_appointment_id", "appointment_id"),
    )

    person_id: UUID = Field(foreign_key="person.id")
    visit_id: UUID = Field(foreign_key="visit.id")
    appointment_id: UUID = Field(foreign_key="appointment.id")
    code: str
    #: Starts offered by the last answer to «move», ISO instants.
    options: list[str] = json("[]")
    made_at: datetime
    ends_at: datetime
    tries: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    used_at: datetime | None = None
    used_for: str = ""


class TextMessage(Row, table=True):
    """A text message that came in, once for each id of its gateway, with what was answered."""

    __tablename__ = "text_message"
    __table_args__ = (UniqueConstraint("tenant_id", "source", "message_id"),)

    source: str
    message_id: str
    address: str
    #: What was understood: an act, or why not.
    outcome: str = ""
    answer: str = ""
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    at: datetime
    done_at: datetime | None = None


class UssdSession(Row, table=True):
    """A menu open on a phone: what was shown and answered at each step, so that a repeat gets the same screen."""

    __tablename__ = "ussd_session"
    __table_args__ = (UniqueConstraint("tenant_id", "session"),)

    session: str
    address: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    #: Typed so far to the screen it got.
    screens: dict[str, Any] = json()
    #: Typed so far to what the numbers on its screen stand for.
    choices: dict[str, Any] = json()
    at: datetime
