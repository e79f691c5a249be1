"""The roles and the database, made once by a superuser; the same statements are the operator's script."""

import re

import asyncpg

#: Who logs in, and what for. None is a superuser, none passes row-level security.
ROLES = {
    "visits_owner": "owns the tables and runs migrations",
    "visits_app": "the application and its jobs",
    "visits_ethics": "reads the sealed reports",
    "visits_retention": "deletes what has been kept long enough",
}
ATTRIBUTES = "login nosuperuser nobypassrls nocreatedb nocreaterole noreplication"

#: Held while provisioning, so that two processes may start on an empty server at once.
LOCK = 7_304_118_221


async def provision(superuser_dsn: str, database: str = "visits") -> None:
    """Make what is missing of the roles and the database; safe to repeat and to run twice at once."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute(f"select pg_advisory_lock({LOCK})")
        await connection.execute(_roles())
        known = await connection.fetchval("select true from pg_database where datname = $1", database)
        if not known:
            await connection.execute(_create(database))
        await connection.execute(_rights(database))
        inside = await asyncpg.connect(superuser_dsn, database=database)
        try:
            await inside.execute(_schema())
        finally:
            await inside.close()
    finally:
        await connection.close()


def sql(database: str = "visits") -> str:
    """The psql script for an operator who brings a server of their own."""
    _named(database)
    passwords = "\n".join(f"\\password {role}" for role in ROLES)
    missing = f"where not exists (select from pg_database where datname = '{database}')"
    return "\n".join(
        [
            "-- Run with psql as a superuser of PostgreSQL 18 or later; it may be run again.",
            _roles(),
            f"select $sql${_create(database)}$sql$ {missing} \\gexec",
            _rights(database),
            f"\\connect {database}",
            _schema(),
            "-- Each role's own password, asked for:",
            passwords,
            "",
        ]
    )


def _roles() -> str:
    statements = []
    for role, purpose in ROLES.items():
        statements += [
            f"  if not exists (select from pg_roles where rolname = '{role}') then",
            f"    create role {role};",
            "  end if;",
            f"  alter role {role} {ATTRIBUTES};",
            f"  comment on role {role} is '{purpose}';",
        ]
    # Short statements by the thousand: compiling them costs more than running them.
    statements.append("  alter role visits_app set jit = off;")
    return "\n".join(["do $$ begin", *statements, "end $$;"])


def _create(database: str) -> str:
    locale = "encoding 'UTF8' locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
    return f"create database {_named(database)} owner visits_owner template template0 {locale}"


def _rights(database: str) -> str:
    name, roles = _named(database), ", ".join(ROLES)
    return f"revoke all on database {name} from public;\ngrant connect on database {name} to {roles};"


def _schema() -> str:
    return f"revoke create on schema public from public;\ngrant usage on schema public to {', '.join(ROLES)};"


def _named(database: str) -> str:
    """The name, if it can stand in SQL as it is."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", database):
        raise ValueError(f"{database!r} is not a plain database name")
    return database
