"""/metrics: figures for the operator's alarms, in the text format of Prometheus; not for people, not for passers-by."""

import hmac
from typing import Any

from litestar import Request, Response

from visits.actor import Actor, system
from visits.booking import alarms
from visits.errors import NotFound
from visits.ids import TenantId
from visits.people.access import NO_TENANT
from visits.people.queries import tenants
from visits.store.work import Database
from visits.web.route import PUBLIC, get

#: An address of this machine itself.
HERE = frozenset({"127.0.0.1", "::1"})


@get("/metrics", roles=PUBLIC)
async def metrics(request: Request[Any, Any, Any]) -> Response[str]:
    """Days of resources whose bits differ from their appointments, by administration and office."""
    _only_the_operator(request)
    database: Database = request.app.state.database
    lines = [
        "# HELP visits_calendar_differences Days of resources whose bits are not what their appointments leave.",
        "# TYPE visits_calendar_differences gauge",
    ]
    async with database.work(Actor(tenant=NO_TENANT, roles=frozenset())) as work:
        known = [(TenantId(each.id), each.host) for each in await tenants(work)]
    for tenant, host in known:
        async with database.work(system(tenant)) as work:
            for office, count in (await alarms.counts(work)).items():
                labels = f'administration="{_quoted(host)}",office="{_quoted(office)}"'
                lines.append(f"visits_calendar_differences{{{labels}}} {count}")
    text = "\n".join([*lines, ""])
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8", headers={"cache-control": "no-store"})


def _only_the_operator(request: Request[Any, Any, Any]) -> None:
    """With a token set, whoever brings it; without, only a program on this machine that no proxy speaks for."""
    token = request.app.state.settings.metrics_token
    brought = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token:
        if not hmac.compare_digest(token.encode(), brought.encode()):
            raise NotFound()
    elif request.client is None or request.client.host not in HERE or "x-forwarded-for" in request.headers:
        raise NotFound()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


ROUTES = [metrics]
