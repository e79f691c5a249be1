"""Founds an administration: its row, its first office, and its first administrator, in one transaction or not at all.

The application may not add an administration, so this runs as the owner of the database. Row-level security binds the
owner too: nothing of another administration can be seen or written here.
"""

import re
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies
from sqlalchemy.exc import IntegrityError

from visits.errors import BadInput, Refusal
from visits.people.invite import Duty, Link, Newcomer, invite
from visits.people.tables import Tenant
from visits.roles import Role
from visits.sites.admin import OfficeFacts, add_office
from visits.store.work import Work
from visits.texts import N_

HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")


class AdministrationExists(Refusal):
    """Another administration answers under this host name, and stays as it is."""

    code, status = "administration-exists", 409
    says = N_("Une administration existe déjà sous le nom %(host)s. Rien n'a été modifié.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """A new administration; its currency is the country's when none is named."""

    host: str
    name: str
    country: str
    currency: str = ""
    language: str = "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOffice:
    """Its first office; the time zone is the country's when it has only one."""

    code: str
    name: str
    tz: str = ""


async def found(
    work: Work, administration: Administration, newcomer: Newcomer, office: FirstOffice | None = None
) -> Link:
    """Add the administration the actor works for, and everything it needs so that somebody can sign in."""
    tenant = _tenant(work.actor.tenant, administration)
    if not newcomer.login.strip() or not newcomer.name.strip():
        raise BadInput(field="admin")
    work.session.add(tenant)
    try:
        await work.session.flush()
    except IntegrityError as fault:
        raise AdministrationExists(host=tenant.host) from fault
    work.audit("administration_founded", tenant.id, host=tenant.host, country=tenant.country)
    if office:
        await add_office(work, _office(tenant, office))
    return await invite(work, newcomer, (Duty(role=Role.ADMIN),))


def _tenant(tenant_id: UUID, wanted: Administration) -> Tenant:
    host, country = wanted.host.strip().lower(), wanted.country.strip().upper()
    known = get_territory_currencies(country)
    currency = wanted.currency.strip().upper() or next(iter(known), "")
    if not HOST.match(host):
        raise BadInput(field="hostname")
    if not wanted.name.strip():
        raise BadInput(field="name")
    if not known:
        raise BadInput(field="country")
    if currency not in get_global("all_currencies"):
        raise BadInput(field="currency")
    return Tenant(
        id=tenant_id,
        host=host,
        name=wanted.name.strip(),
        country=country,
        currency=currency,
        language=wanted.language,
    )


def _office(tenant: Tenant, wanted: FirstOffice) -> OfficeFacts:
    zones = get_global("territory_zones").get(tenant.country, [])
    tz = wanted.tz.strip() or (zones[0] if len(zones) == 1 else "")
    if tz not in available_timezones():
        raise BadInput(field="tz")
    if not wanted.code.strip():
        raise BadInput(field="office")
    return OfficeFacts(
        code=wanted.code.strip().upper(),
        name=wanted.name.strip() or wanted.code.strip(),
        tz=tz,
        country=tenant.country,
        currency=tenant.currency,
    )
