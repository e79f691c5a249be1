"""Who is behind a request: the administration by host name, then the session's cookie or an API key."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Scope
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from visits.actor import Actor
from visits.clock import stopwatch
from visits.errors import NotFound, Refusal
from visits.ids import OfficeId, SiteId, TenantId
from visits.people import queries
from visits.people.passwords import fingerprint
from visits.people.signin import idle_too_long
from visits.people.tables import Tenant
from visits.roles import Role
from visits.store.work import Database, Work

COOKIE = "visits-session"
#: `__Host-` binds the cookie to this host over HTTPS; browsers refuse the prefix without it.
SECURE_COOKIE = "__Host-visits-session"
#: A session's last use is written at most this often.
SEEN_GRAIN = timedelta(minutes=1)
NO_TENANT = TenantId(UUID(int=0))
#: How many seconds a process remembers whose a host name is, and how many names; a new name is asked for at once.
REMEMBERED, MOST_KNOWN = 30.0, 1000
_KNOWN: WeakKeyDictionary[Database, dict[str, tuple[float, Tenant]]] = WeakKeyDictionary()


class WhoIsIt(AbstractAuthenticationMiddleware):
    """Puts an `Actor` into every request; one without roles for somebody not signed in."""

    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        return await who_is_it(connection)


async def who_is_it(connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
    """Whoever the session's cookie or the key belongs to; else somebody without roles."""
    database: Database = connection.app.state.database
    tenant = await tenant_of(database, connection.headers.get("host", ""))
    nobody = Actor(tenant=TenantId(tenant.id), roles=frozenset())
    connection.state.tenant = tenant
    authorization = connection.headers.get("authorization", "")
    cookie = connection.cookies.get(cookie_name(secure=connection.app.state.settings.secure))
    if authorization.startswith("Bearer "):
        actor = await database.run(nobody, _by_key, authorization.removeprefix("Bearer "))
        return AuthenticationResult(user=actor, auth="key")
    if cookie:
        actor = await database.run(nobody, _by_cookie, fingerprint(cookie))
        return AuthenticationResult(user=actor, auth="cookie")
    return AuthenticationResult(user=nobody, auth=None)


async def know_the_lost(fault: Exception, scope: Scope) -> None:
    """An address nobody serves meets no middleware: find out who asks, so that the page saying so is theirs."""
    request = Request[Any, Any, Any](scope)
    page = "text/html" in request.headers.get("accept", "")
    if page and isinstance(fault, NotFoundException) and "user" not in scope:
        with suppress(Refusal, SQLAlchemyError, OSError):
            found = await who_is_it(request)
            scope["user"], scope["auth"] = found.user, found.auth


def cookie_name(*, secure: bool) -> str:
    """The session's cookie; over HTTPS only the bound one counts, so that a neighbouring host cannot plant one."""
    return SECURE_COOKIE if secure else COOKIE


async def tenant_of(database: Database, host: str) -> Tenant:
    """The administration a host name belongs to; an installation with a single one needs no name."""
    name = host.rsplit(":", 1)[0].lower()
    known = _KNOWN.setdefault(database, {})
    until, tenant = known.get(name, (0.0, None))
    if tenant is not None and stopwatch() < until:
        return tenant
    async with database.work(Actor(tenant=NO_TENANT, roles=frozenset())) as work:
        named = await work.session.scalar(select(Tenant).where(col(Tenant.host) == name))
        if named is None:
            few = (await work.session.scalars(select(Tenant).limit(2))).all()
            named = few[0] if len(few) == 1 else None
    if named is None:
        raise NotFound()
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[name] = (stopwatch() + REMEMBERED, named)
    return named


async def _by_cookie(work: Work, token: bytes) -> Actor:
    found = await queries.signed_in(work, token)
    if found is None:
        return work.actor
    session, person, held = found
    actor = queries.actor_of(person, held, session=token, chosen=session.membership_id)
    if not held or idle_too_long(session.seen_at, work.now, actor.roles):
        await work.session.delete(session)
        return work.actor
    if work.now - session.seen_at > SEEN_GRAIN:
        session.seen_at = work.now
    return replace(actor, roles=frozenset()) if session.code_first else actor


async def _by_key(work: Work, token: str) -> Actor:
    key = await queries.api_key(work, fingerprint(token))
    if key is None:
        return work.actor
    return Actor(
        tenant=TenantId(key.tenant_id),
        roles=frozenset({Role(key.role)}),
        office=OfficeId(key.office_id) if key.office_id else None,
        sites=frozenset(SiteId(UUID(each)) for each in key.site_ids),
        name=key.name,
        source=key.name,
    )
