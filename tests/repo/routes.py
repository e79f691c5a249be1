"""Every route of the running application, with its roles and a way to call it."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from tests.support.clock import MONDAY
from tests.support.stage import Stage
from visits.ids import new_id
from visits.people.queries import actor_of, give_role, memberships_of
from visits.people.tables import Person
from visits.roles import FIRM, Role

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What stands for a path parameter that is not an id.
PLAIN: Mapping[type, str] = {str: "x", int: "1", date: MONDAY.date().isoformat(), Path: "x.css"}


@dataclass(frozen=True)
class Called:
    """One method of one path."""

    method: str
    path: str
    parameters: Mapping[str, type]
    handler: HTTPRouteHandler

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def roles(self) -> Any:
        return self.handler.opt.get("roles")

    @property
    def safe(self) -> bool:
        return self.method in SAFE

    @property
    def ids(self) -> list[str]:
        """The parameters that name an object."""
        return [name for name, kind in self.parameters.items() if kind is UUID]

    def to(self, known: Mapping[str, UUID] | None = None) -> str:
        """An address: the ids that are known, a fresh one for each other."""

        def value(found: re.Match[str]) -> str:
            name = found[1]
            kind = self.parameters[name]
            return str((known or {}).get(name) or new_id()) if kind is UUID else PLAIN[kind]

        return re.sub(r"\{(\w+)[^}]*\}", value, self.path)


def routes(app: Litestar) -> list[Called]:
    """All of them; HEAD and OPTIONS come with GET and are the same handler or the framework's own."""
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            kinds = {name: each.type for name, each in route.path_parameters.items()}
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"}):
                    found.append(Called(str(method), route.path_format, kinds, handler))
    return found


async def with_every_role(stage: Stage) -> None:
    """One person for each role, named after it; the stage has most of them under other names."""
    async with stage.work() as work:
        for role in Role:
            if role is Role.SYSTEM:
                continue
            person = Person(login=f"only-{role}", name=f"Only {role}", state="active", created_at=work.now)
            work.session.add(person)
            await work.session.flush()
            give_role(
                work,
                person.id,
                role,
                office=None if role in FIRM else stage.office.id,
                firm=stage.importer_firm.id if role is Role.IMPORTER else stage.firm.id if role in FIRM else None,
                agency=stage.agency.id if role is Role.AGENCY_OFFICER else None,
            )
            await work.session.flush()
            person.tenant_id = stage.tenant
            stage.actors[f"only-{role}"] = actor_of(person, await memberships_of(work, person.id))


@asynccontextmanager
async def in_role(stage: Stage, role: Role, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of a person with this role alone."""
    async with stage.browser(f"only-{role}", **headers) as browser:
        yield browser
