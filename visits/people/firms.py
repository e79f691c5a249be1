"""Firms: found or made by their declarant code, closed and opened; their own clerks; an importer's brokers."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from visits.actor import Actor
from visits.errors import NotAllowed, NotFound, Refusal
from visits.ids import new_id
from visits.people import queries
from visits.people.invite import Duty, Link, Newcomer, invite, reset
from visits.people.tables import Agency, Firm, Mandate, Membership
from visits.roles import Role
from visits.store.work import Work
from visits.texts import N_

#: Roles that belong to a firm; its administrator gives and takes these and no others.
FIRM_ROLES = frozenset({Role.DECLARANT, Role.FIRM_ADMIN, Role.IMPORTER})


class UnknownFirm(Refusal):
    """No broker has this code."""

    code, status = "unknown-firm", 422
    says = N_("Aucun cabinet agréé n'a ce code : %(firm)s. Vérifiez-le avec le cabinet.")


class LastOfTheFirm(Refusal):
    """A firm keeps somebody who can add clerks."""

    code, status = "last-of-the-firm", 409
    says = N_("C'est la dernière personne responsable du cabinet. Ajoutez-en d'abord une autre.")


class FirmKnown(Refusal):
    """The code belongs to a firm of the other kind."""

    code, status = "firm-known", 409
    says = N_("Ce code est déjà celui de %(firm)s.")


class AgencyTaken(Refusal):
    """Another agency has this code."""

    code, status = "agency-taken", 409
    says = N_("Ce code est déjà pris : %(taken)s.")


# ---------- by the administrator ----------


async def add_firm(work: Work, code: str, name: str, *, importer: bool) -> Firm:
    """The firm with this code, made if it is new; a known one keeps its name."""
    known = await queries.firm_by_code(work, code)
    if known:
        if known.importer != importer:
            raise FirmKnown(firm=known.name)
        return known
    firm = Firm(id=new_id(), code=code, name=name, importer=importer)
    work.session.add(firm)
    try:
        await work.session.flush()
    except IntegrityError as fault:
        raise FirmKnown(firm=name) from fault
    work.audit("firm_added", firm.id, code=code)
    return firm


async def invite_to_firm(work: Work, firm: Firm, newcomer: Newcomer) -> Link:
    """The first person of a firm, who adds the others."""
    role = Role.IMPORTER if firm.importer else Role.FIRM_ADMIN
    return await invite(work, newcomer, (Duty(role=role, firm=firm.id),))


async def close_firm(work: Work, firm_id: UUID) -> Firm:
    """Nobody of the firm gets in any more; its declarations stay."""
    firm = await queries.firm_by_id(work, firm_id)
    if firm.active:
        firm.active = False
        for person in await queries.people_of_firm(work, firm.id):
            await queries.end_sessions(work, person.id)
        work.audit("firm_closed", firm.id)
    return firm


async def open_firm(work: Work, firm_id: UUID) -> Firm:
    """Let the firm's people in again."""
    firm = await queries.firm_by_id(work, firm_id)
    if not firm.active:
        firm.active = True
        work.audit("firm_opened", firm.id)
    return firm


async def set_agency(work: Work, agency_id: UUID | None, code: str, name: str, competence: str) -> Agency:
    """A controlling agency: a new one, or other words for a known one. Its code is in lanes and rules and stays."""
    if agency_id:
        agency = await queries.agency_by_id(work, agency_id)
        agency.name, agency.competence = name, competence
    else:
        if any(each.code == code for each in await queries.agencies(work)):
            raise AgencyTaken(taken=code)
        agency = Agency(id=new_id(), code=code, name=name, competence=competence)
        work.session.add(agency)
        await work.session.flush()
    work.audit("agency_set", agency.id, code=agency.code)
    return agency


# ---------- by the firm itself ----------


def own_firm(actor: Actor) -> UUID:
    """The firm of the person who asks."""
    if actor.firm is None or not actor.is_a(Role.FIRM_ADMIN, Role.IMPORTER):
        raise NotAllowed()
    return actor.firm


async def add_clerk(work: Work, newcomer: Newcomer, *, responsible: bool = False) -> Link:
    """Invite somebody of the own firm; an importer's people are all importers."""
    firm = await queries.firm_by_id(work, own_firm(work.actor))
    role = Role.IMPORTER if firm.importer else Role.FIRM_ADMIN if responsible else Role.DECLARANT
    return await invite(work, newcomer, (Duty(role=role, firm=firm.id),))


async def end_clerk(work: Work, person_id: UUID) -> None:
    """Every role of somebody in the own firm ends now."""
    firm = await queries.firm_for_update(work, own_firm(work.actor))
    held = await _roles_here(work, firm.id, person_id)
    leaders = {Role.IMPORTER, Role.FIRM_ADMIN}
    others = [
        each
        for each in await queries.roles_in_firm(work, firm.id)
        if Role(each.role) in leaders and each.person_id != person_id
    ]
    if not others and any(Role(each.role) in leaders for each in held):
        raise LastOfTheFirm()
    for each in held:
        each.until = work.now
    await queries.end_sessions(work, person_id)
    work.audit("clerk_ended", person_id, firm=str(firm.id))


async def clerk_link(work: Work, person_id: UUID) -> Link:
    """A new link for somebody of the own firm, who holds no role elsewhere."""
    firm = own_firm(work.actor)
    await _roles_here(work, firm, person_id)
    if any(each.firm_id != firm for each in await queries.memberships_of(work, person_id)):
        raise NotAllowed()
    return await reset(work, person_id)


async def _roles_here(work: Work, firm: UUID, person_id: UUID) -> list[Membership]:
    """The running roles of a person in this firm; NotFound for anybody else's people."""
    held = [each for each in await queries.roles_in_firm(work, firm) if each.person_id == person_id]
    if not held:
        raise NotFound()
    return held


async def mandate(work: Work, code: str) -> Mandate:
    """The importer lets a broker act for it; doing so twice is one mandate."""
    importer = await queries.firm_for_update(work, own_firm(work.actor))
    if not importer.importer:
        raise NotAllowed()
    broker = await queries.firm_by_code(work, code.strip().upper())
    if broker is None or broker.importer or not broker.active:
        raise UnknownFirm(firm=code)
    for known, firm in await queries.mandates_of(work, importer.id):
        if firm.id == broker.id:
            return known
    given = Mandate(id=new_id(), importer_id=importer.id, firm_id=broker.id, since=work.now)
    work.session.add(given)
    work.audit("mandate_given", given.id, broker=str(broker.id))
    return given


async def end_mandate(work: Work, mandate_id: UUID) -> Firm:
    """The broker may not act for the importer any more; returns the broker."""
    importer = own_firm(work.actor)
    for known, broker in await queries.mandates_of(work, importer):
        if known.id == mandate_id:
            known.until = work.now
            work.audit("mandate_ended", known.id, broker=str(broker.id))
            return broker
    raise NotFound()
