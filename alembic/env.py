"""Runs migrations on the connection `visits.store.migrate` hands over, under its lock and its limits."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from visits.schema import metadata


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """The job engine's tables come from its own frozen SQL, never from autogenerate."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write SQLModel's own column types as plain SQLAlchemy ones."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if kind == "type" and type(item).__name__ == "UTCDateTime":
        return "sa.DateTime(timezone=True)"
    return False


connection: sa.Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=include_name,
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
