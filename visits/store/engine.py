"""The async engine: asyncpg under SQLAlchemy, small pools, JSON by msgspec."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

#: Prepared statements a connection keeps, so that none is parsed and planned anew; the service has a few hundred.
STATEMENTS = 500


def _dump(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def for_sqlalchemy(dsn: str) -> str:
    """`postgres://` or `postgresql://` in the form SQLAlchemy wants for asyncpg."""
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg"))


def make_engine(dsn: str, *, pool: int = 10) -> AsyncEngine:
    """An engine with a bounded pool; a connection found dead is replaced once, silently."""
    return create_async_engine(
        for_sqlalchemy(dsn),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=30,
        pool_use_lifo=True,
        pool_pre_ping=False,
        json_serializer=_dump,
        json_deserializer=msgspec.json.decode,
        connect_args={
            "prepared_statement_cache_size": STATEMENTS,
            "server_settings": {"application_name": "visits", "jit": "off"},
        },
    )
