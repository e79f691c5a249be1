"""Brings a visit to a state through the real use cases. Each test has an administration of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import httpx
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support.builders import a_declaration
from tests.support.clock import MovedClock
from visits.actor import Actor, system
from visits.declarations.lane import Colour
from visits.declarations.receive import receive
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.ids import TenantId, new_id
from visits.journey.tables import Visit
from visits.people import queries as people
from visits.people.signin import open_session
from visits.people.tables import Agency, Firm, Membership, Person
from visits.roles import Role
from visits.sites.tables import Office, Resource, Site, WorkTemplate
from visits.store.base import Row
from visits.store.tools import Tools
from visits.store.work import Work

P = ParamSpec("P")
T = TypeVar("T")

#: Where the administrations of the stages are.
DOMAIN = "visits.test"
#: Eight to noon and one to five.
SHIFT = [[480, 720], [780, 1020]]


class Stage:
    """One administration with an office, a terminal with three bays, people, and a declaration when asked."""

    def __init__(self, tools: Tools, owner: AsyncEngine, clock: MovedClock, app: Litestar) -> None:
        self.tools = tools
        self.clock = clock
        self.app = app
        self._owner = owner
        self._number = 48000
        self.tenant = TenantId(new_id())
        self.host = f"t{self.tenant.hex[-12:]}.{DOMAIN}"
        self.actors: dict[str, Actor] = {}
        self.resources: dict[str, Resource] = {}

    async def found(self) -> "Stage":
        """Make the administration: the owner adds the tenant, everything else is written as the application."""
        async with self._owner.begin() as connection:
            await connection.execute(
                text(
                    "insert into tenant (id, host, name, country, currency, language)"
                    " values (:id, :host, 'Douanes (essai)', 'CI', 'XOF', 'fr')"
                ),
                {"id": self.tenant, "host": self.host},
            )
        async with self.work() as work:
            self.office = Office(code="CIAB1", name="Abidjan-Port", tz="Africa/Abidjan", country="CI", currency="XOF")
            self.firm = Firm(code="00847P", name="Transit Lagune Exemple")
            self.other_firm = Firm(code="00911K", name="Autre Transit Exemple")
            self.importer_firm = Firm(code="2604817K", name="Comptoir Exemple", importer=True)
            self.agency = Agency(code="PHYTO", name="Protection des végétaux")
            self.site = Site(
                office_id=self.office.id,
                code="TC01",
                name="Terminal 1",
                latitude=5.2571,
                longitude=-4.0095,
                locations=["TC01"],
            )
            here, since = {"office_id": self.office.id}, work.now
            inspectors = [_member(f"inspector{number}", Role.INSPECTOR, since, **here) for number in (1, 2, 3)]
            members = [
                *inspectors,
                _member("chief", Role.VISIT_CHIEF, since, **here),
                _member("chief2", Role.OFFICE_HEAD, since, **here),
                _member("supervisor", Role.SUPERVISOR, since, **here),
                _member("integrity", Role.INTEGRITY, since, **here),
                _member("admin", Role.ADMIN, since),
                _member("declarant", Role.DECLARANT, since, firm_id=self.firm.id),
                _member("firm_admin", Role.FIRM_ADMIN, since, firm_id=self.firm.id),
                _member("other_declarant", Role.DECLARANT, since, firm_id=self.other_firm.id),
                _member("importer", Role.IMPORTER, since, firm_id=self.importer_firm.id),
                _member("agency_officer", Role.AGENCY_OFFICER, since, agency_id=self.agency.id, **here),
                _member("terminal", Role.TERMINAL, since, **here),
            ]
            resources = [self._resource(f"bay {name}", "bay", site_id=self.site.id) for name in ("A", "B", "C")]
            resources += [self._resource(who.login, "officer", person_id=who.id) for who, _ in inspectors]
            await self._write(work, self.office, self.firm, self.other_firm, self.importer_firm, self.agency)
            await self._write(work, self.site, *(person for person, _ in members))
            await self._write(work, *(held for _, held in members), *resources)
            await self._write(work, *(day for each in resources for day in _week(each)))
        self.resources = {each.name: each for each in resources}
        self.actors = {person.login: people.actor_of(person, [held]) for person, held in members}
        return self

    # -- who acts -----------------------------------------------------------------------------------------
    def actor(self, name: str = "system") -> Actor:
        """A person of the stage by name; `system` is the service itself."""
        return system(self.tenant) if name == "system" else self.actors[name]

    @asynccontextmanager
    async def work(self, name: str = "system") -> AsyncIterator[Work]:
        """One committed transaction as somebody."""
        async with self.tools.database.work(self.actor(name)) as work:
            yield work

    async def run(
        self,
        name: str,
        use_case: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **named: P.kwargs,
    ) -> T:
        """One use case as somebody, committed."""
        return await self.tools.database.run(self.actor(name), use_case, *args, **named)

    @asynccontextmanager
    async def browser(self, name: str | None = None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client of this administration, signed in as somebody, asking for pages in French."""
        cookies = {"visits-session": await self.token(name)} if name else {}
        wanted = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "fr"} | headers
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),  # type: ignore[arg-type]
            base_url=f"http://{self.host}",
            headers=wanted,
            cookies=cookies,
        ) as client:
            yield client

    async def token(self, name: str) -> str:
        """The cookie of a fresh session of somebody."""
        async with self.work() as work:
            person = await people.person_by_id(work, self.actors[name].person)  # type: ignore[arg-type]
            return (await open_session(work, person)).token

    # -- states -------------------------------------------------------------------------------------------
    async def declaration(self, **changes: Any) -> Declaration:
        """A registered declaration of the stage's firm with one container."""
        self._number += 1
        content, digest = a_declaration(**({"number": str(self._number)} | changes))
        return (await self.run("system", receive, content, digest)).declaration

    async def opened(self, colour: Colour = Colour.RED, **wished: Any) -> Visit:
        """A visit in state `package`."""
        declaration = await self.declaration()
        visit = await self.run("system", select_lane, declaration.id, colour, source="message", wished=wished)
        assert visit is not None
        return visit

    async def visit(self, visit_id: UUID) -> Visit:
        """The visit as stored now."""
        async with self.work() as work:
            return await work.session.get_one(Visit, visit_id)

    async def visit_called(self, text: str) -> Visit:
        """The visit with this id, as an address writes it."""
        return await self.visit(UUID(text))

    # -- people and resources -----------------------------------------------------------------------------
    def _resource(self, name: str, kind: str, **tied: UUID) -> Resource:
        """Somebody or something of the office that can be busy."""
        return Resource(office_id=self.office.id, kind=kind, name=name, active_from=date(2026, 1, 1), **tied)

    async def _write(self, work: Work, *rows: Row) -> None:
        """Write rows that name none of each other, one statement a table."""
        for row in rows:
            row.tenant_id = self.tenant
        work.session.add_all(rows)
        await work.session.flush()


def _member(name: str, role: Role, now: datetime, **tied: UUID) -> tuple[Person, Membership]:
    """Somebody, and the role held since yesterday."""
    person = Person(login=name, name=f"{name.capitalize()} Exemple", state="active", created_at=now)
    return person, Membership(person_id=person.id, role=role, since=now - timedelta(days=1), **tied)


def _week(resource: Resource) -> list[WorkTemplate]:
    """Monday to Friday of a resource, since January."""
    hours = SHIFT if resource.kind == "officer" else [[420, 1080]]
    since = Range(date(2026, 1, 1), None)
    return [WorkTemplate(resource_id=resource.id, valid=since, isodow=day, work=hours) for day in range(1, 6)]
