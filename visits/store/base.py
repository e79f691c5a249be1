"""What every table shares: names of constraints, id, tenant, and the column kinds we use."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlmodel import Field, SQLModel

from visits.ids import new_id

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

#: The administration of the running transaction; a row without it is refused by the column's NOT NULL.
CURRENT_TENANT = text("nullif(current_setting('app.tenant', true), '')::uuid")


class Row(SQLModel):
    """A row of one administration: its id is made here, its tenant by the database from the transaction."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    tenant_id: UUID = Field(
        default=None, foreign_key="tenant.id", sa_column_kwargs={"server_default": CURRENT_TENANT}, index=True
    )


def json(default: str = "{}") -> Any:
    """A JSONB column that starts as `default`."""
    factory = dict if default == "{}" else list
    return Field(default_factory=factory, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": default})


def binary(*, optional: bool = False) -> Any:
    """A column of bytes."""
    return Field(default=None, sa_type=BYTEA, nullable=optional)


def stamp() -> Any:
    """An instant the use case always gives (from Work.now)."""
    return Field(nullable=False)


Instant = datetime
