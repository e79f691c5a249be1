"""Who is at the place, and are the goods: by the person's own device, or said by the inspector."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, NotFound, Refusal
from visits.events import GoodsPresented, PartyCheckedIn
from visits.fieldwork import queries
from visits.fieldwork.geofence import Fence, Fix, verdict
from visits.fieldwork.tables import CheckIn
from visits.fieldwork.words import Deed, Party
from visits.ids import DeclarationId, VisitId
from visits.journey.move import move
from visits.journey.tables import Visit
from visits.people.tables import Agency
from visits.roles import FIRM, Role
from visits.sites.hours import grid_of
from visits.sites.tables import Site
from visits.store.work import Work
from visits.texts import N_


class NotToday(Refusal):
    """The declarant said to be there on another day than the appointment's."""

    code, status = "not-today", 409
    says = N_("Vous pourrez dire que vous êtes là le jour du rendez-vous : %(starts)s.")


class NoAppointment(Refusal):
    """There is no appointment to arrive at."""

    code, status = "no-appointment", 409
    says = N_("Cette déclaration n'a pas de rendez-vous en ce moment.")


async def check_in(
    work: Work,
    visit_id: UUID,
    *,
    id: UUID,
    party: Party,
    called: str = "",
    agency: str | None = None,
    fix: Fix | None = None,
    device_at: datetime | None = None,
) -> CheckIn:
    """The inspector arrives, or says who else is there: name and quality, an agency's officer with the agency."""
    case = await queries.mine(work, visit_id, sent=id)
    own = party is Party.INSPECTOR
    name = work.actor.name if own else " ".join(called.split())
    if not name:
        raise BadInput(field=N_("nom"))
    if (party is Party.AGENCY_OFFICER) != bool(agency) or (agency and agency not in case.visit.order["agencies"]):
        raise BadInput(field=N_("organisme"))
    row = CheckIn(
        id=id,
        visit_id=case.visit.id,
        party=party,
        agency=agency,
        person_id=work.actor.person if own else None,
        said_by=None if own else work.actor.person,
        name=name,
        device_at=device_at,
        at=work.now,
    )
    return await _arrive(work, case, row, fix)


async def arrive(work: Work, visit_id: UUID, *, id: UUID, fix: Fix | None = None) -> CheckIn:
    """The declarant, or importer, says on the day: I am here. The inspector's name is shown from now on."""
    if not work.actor.is_a(*FIRM):
        raise NotFound()
    case = await _today(work, visit_id)
    row = CheckIn(
        id=id,
        visit_id=case.visit.id,
        party=Party.IMPORTER if work.actor.is_a(Role.IMPORTER) else Party.DECLARANT,
        person_id=work.actor.person,
        name=work.actor.name,
        at=work.now,
    )
    return await _arrive(work, case, row, fix)


async def join(work: Work, visit_id: UUID, *, id: UUID, fix: Fix | None = None) -> CheckIn:
    """An invited agency's officer says on the day: I am here. Who is noted as present already stays so."""
    agency = await work.session.get(Agency, work.actor.agency) if work.actor.is_a(Role.AGENCY_OFFICER) else None
    if agency is None:
        raise NotFound()
    case = await _today(work, visit_id)
    if agency.code not in case.visit.order["agencies"]:
        raise NotFound()
    here = (await queries.record_of(work, visit_id)).check_ins
    noted = [row for row in here if row.person_id == work.actor.person and row.left_at is None]
    if noted:
        return noted[0]
    row = CheckIn(
        id=id,
        visit_id=case.visit.id,
        party=Party.AGENCY_OFFICER,
        agency=agency.code,
        person_id=work.actor.person,
        name=work.actor.name,
        at=work.now,
    )
    return await _arrive(work, case, row, fix)


async def _today(work: Work, visit_id: UUID) -> Case:
    """The visit, locked, on the day of its appointment."""
    case = await case_of(work, visit_id, lock=True)
    appointment = await queries.appointment_of(work, visit_id)
    if appointment is None:
        raise NoAppointment()
    if appointment.day != grid_of(case.office).day_of(work.now):
        raise NotToday(starts=appointment.during.lower.astimezone(ZoneInfo(case.office.tz)))
    return case


async def _arrive(work: Work, case: Case, row: CheckIn, fix: Fix | None) -> CheckIn:
    """Store an arrival with the verdict of the fence, reveal who waits for whom, and tell it."""
    row = await at_the_place(work, case.visit, row, fix)
    kept, fresh = await queries.add_once(work, row)
    if fresh:
        if row.party in (Party.DECLARANT, Party.IMPORTER):
            reveal(work, case.visit)
        await move(
            work,
            case.visit,
            PartyCheckedIn(
                declaration=DeclarationId(case.declaration.id),
                visit=VisitId(case.visit.id),
                device_at=row.device_at,
                party=row.party,
            ),
        )
    return kept


async def at_the_place(work: Work, visit: Visit, row: CheckIn, fix: Fix | None) -> CheckIn:
    """Add where the device was, and whether that is the site; a visit is never held up by it."""
    site = await work.session.get(Site, visit.site_id) if visit.site_id else None
    row.fence = Fence.UNKNOWN
    if fix is not None and fix.sound:
        row.latitude, row.longitude, row.accuracy_metres = fix.latitude, fix.longitude, fix.accuracy
    if site is not None:
        row.fence = verdict(fix, latitude=site.latitude, longitude=site.longitude, radius=site.fence_metres)
    return row


def reveal(work: Work, visit: Visit) -> None:
    """The declarant may know the inspector's name from now on, if not earlier."""
    if visit.inspector_id is not None and (visit.revealed_at is None or visit.revealed_at > work.now):
        visit.revealed_at = work.now


async def leave(work: Work, visit_id: UUID, check_in_id: UUID) -> CheckIn:
    """Somebody went away; the first hour said counts."""
    case = await queries.mine(work, visit_id)
    row = await work.session.get(CheckIn, check_in_id)
    if row is None or row.visit_id != case.visit.id:
        raise NotFound()
    if row.left_at is None:
        row.left_at = work.now
        work.audit("party_left", row.id, office=case.office.id, party=row.party)
    return row


async def goods_presented(
    work: Work, visit_id: UUID, *, id: UUID, containers: list[str], device_at: datetime | None = None
) -> Visit:
    """The containers stand at the bay."""
    return await _present(work, (await queries.mine(work, visit_id, sent=id)).visit, id, containers, device_at)


async def _present(work: Work, visit: Visit, id: UUID, containers: list[str], device_at: datetime | None) -> Visit:
    """Note what stands at the bay, once for each id."""
    if not set(containers) <= set(visit.order["containers"]):
        raise BadInput(field=N_("conteneurs"))
    if await queries.deed(
        work, visit, Deed.GOODS_PRESENTED, id=id, device_at=device_at, body={"containers": containers}
    ):
        await move(
            work,
            visit,
            GoodsPresented(
                declaration=DeclarationId(visit.declaration_id),
                visit=VisitId(visit.id),
                device_at=device_at,
                containers=containers,
            ),
        )
    return visit
