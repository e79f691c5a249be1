"""Founds the sample port: the administration, its office, places, agencies, firms, people and calendars."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import col, select

from visits.actor import Actor, system
from visits.demo import cast
from visits.ids import TenantId, new_id
from visits.people import queries
from visits.people.passwords import hashed
from visits.people.tables import Agency, Firm, Membership, Person
from visits.roles import Role
from visits.sites.languages import bits_of
from visits.sites.tables import Office, Resource, Site, WorkTemplate
from visits.store.work import Database, Work

#: From when everything of the sample port exists.
FOUNDED = date(2026, 1, 1)


async def known_tenant(owner_dsn: str) -> TenantId | None:
    """The sample administration, if it was founded before; then its data is left as it is."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        known = await connection.fetchval("select id from tenant where host = $1", cast.TENANT["host"])
        return TenantId(UUID(str(known))) if known else None
    finally:
        await connection.close()


async def add_tenant(owner_dsn: str, tenant: TenantId | None = None) -> TenantId:
    """Add the sample administration, as the owner of the database: the application may not add one."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        tenant = tenant or TenantId(new_id())
        await connection.execute(
            "insert into tenant (id, host, name, country, currency, language) values ($1, $2, $3, $4, $5, $6)",
            tenant,
            *(cast.TENANT[name] for name in ("host", "name", "country", "currency", "language")),
        )
        return tenant
    finally:
        await connection.close()


async def found(database: Database, tenant: TenantId) -> Office:
    """Write everything the port is made of; the calendars are materialised by the caller."""
    password = await hashed(cast.PASSWORD)
    async with database.work(system(tenant, "demo")) as work:
        office = Office(**cast.OFFICE)
        work.session.add(office)
        await work.session.flush()
        agencies = await _agencies(work)
        firms = await _firms(work)
        for place in cast.SITES:
            await _site(work, office, place)
        for sample in cast.people():
            await _person(work, office, sample, password, firms, agencies)
    return office


async def _agencies(work: Work) -> dict[str, UUID]:
    made = {}
    for code, name, competence in cast.AGENCIES:
        agency = Agency(code=code, name=name, competence=competence)
        work.session.add(agency)
        made[code] = agency.id
    await work.session.flush()
    return made


async def _firms(work: Work) -> dict[str, UUID]:
    made = {}
    for code, name, importer in cast.FIRMS:
        firm = Firm(code=code, name=name, importer=importer)
        work.session.add(firm)
        made[code] = firm.id
    await work.session.flush()
    return made


async def _site(work: Work, office: Office, place: cast.SampleSite) -> None:
    site = Site(
        office_id=office.id,
        code=place.code,
        name=place.name,
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
        locations=[place.code],
    )
    work.session.add(site)
    await work.session.flush()
    for kind, names in (("bay", place.bays), ("scanner", place.scanners)):
        for name in names:
            await _resource(work, office, kind, name, cast.PLACE_DAY, site_id=site.id)


async def _person(
    work: Work,
    office: Office,
    sample: cast.SamplePerson,
    password: str,
    firms: dict[str, UUID],
    agencies: dict[str, UUID],
) -> None:
    person = Person(
        login=sample.login,
        name=sample.name,
        quality=sample.quality,
        state="active",
        password=password,
        sample=True,
        created_at=work.now,
    )
    work.session.add(person)
    await work.session.flush()
    for role in (sample.role, *sample.also):
        work.session.add(
            Membership(
                person_id=person.id,
                role=role,
                office_id=office.id if sample.office else None,
                firm_id=firms[sample.firm] if sample.firm else None,
                agency_id=agencies[sample.agency] if sample.agency else None,
                since=work.now - timedelta(days=400),
            )
        )
    agency = agencies[sample.agency] if sample.agency else None
    if sample.role is Role.INSPECTOR:
        able = bits_of(sample.speaks)
        await _resource(work, office, "officer", sample.name, cast.OFFICER_DAY, person_id=person.id, skills=able)
    elif sample.role is Role.AGENCY_OFFICER:
        await _resource(
            work, office, "agency_officer", sample.name, cast.OFFICER_DAY, person_id=person.id, agency_id=agency
        )


async def _resource(work: Work, office: Office, kind: str, name: str, day: list[list[int]], **at: Any) -> None:
    resource = Resource(office_id=office.id, kind=kind, name=name, active_from=FOUNDED, **at)
    work.session.add(resource)
    await work.session.flush()
    for isodow in (*cast.WEEKDAYS, 6):
        work.session.add(
            WorkTemplate(
                resource_id=resource.id,
                valid=Range(FOUNDED, None),
                isodow=isodow,
                work=cast.SATURDAY if isodow == 6 else day,
            )
        )


async def actor_named(database: Database, tenant: TenantId, login: str) -> Actor:
    """The actor a sample person is."""
    async with database.work(system(tenant, "demo")) as work:
        person = await work.session.scalar(select(Person).where(col(Person.login) == login))
        if person is None:
            raise LookupError(login)
        return queries.actor_of(person, await queries.memberships_of(work, person.id))
