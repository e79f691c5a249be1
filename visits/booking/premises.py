"""Visits at a firm's own premises: asked for, granted by a chief within the office's distance, chosen for a visit.

The officers need no bay there, but the road to it: it lies inside what is booked of them, before and after the visit.
"""

from uuid import UUID

from visits.booking import premises_rows, queries
from visits.booking.offer import bookable
from visits.booking.premises_tables import HomeVisit, Premises
from visits.declarations.queries import Case, case_of
from visits.errors import BadInput, NotFound, Refusal
from visits.ids import new_id
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.notices.contacts import phone_of
from visits.roles import CHIEFS, DECLARANTS
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

#: Levels at which officers can go to the goods.
LEVELS = (Level.PHYSICAL, Level.JOINT)
#: Premises a firm may have at one office.
MOST = 10


class NotSoFar(Refusal):
    """The premises lie beyond what the office allows, or it makes no visits outside."""

    code, status = "not-so-far", 409
    says = N_("Ce bureau fait des visites à domicile jusqu'à %(kilometres)s km.")


class NotHere(Refusal):
    """This visit cannot be made at these premises."""

    code, status = "not-here", 409
    says = N_("Cette visite ne peut pas se faire à ce lieu.")


async def ask(
    work: Work,
    office_id: UUID,
    *,
    called: str,
    address: str,
    kilometres: int,
    minutes: int,
    contact: str = "",
    phone: str = "",
) -> Premises:
    """Ask that visits may be made at own premises; the same asked twice is one."""
    if work.actor.firm is None:
        raise NotFound()
    office = await office_by_id(work, office_id)
    _judge(
        called=0 < len(called.strip()) <= 100,
        address=0 < len(address.strip()) <= 200,
        kilometres=0 <= kilometres <= 500,
        minutes=0 <= minutes <= 240,
        contact=len(contact.strip()) <= 100,
    )
    number = phone_of(phone) if phone.strip() else ""
    for known, _, _ in await premises_rows.listed(work, "asked", "granted"):
        if (known.office_id, known.name, known.address) == (office_id, called.strip(), address.strip()):
            return known
    _near(office, kilometres)
    if await premises_rows.count_of_firm(work, work.actor.firm, office_id) >= MOST:
        raise BadInput(field="called")
    made = Premises(
        id=new_id(),
        office_id=office_id,
        firm_id=work.actor.firm,
        name=called.strip(),
        address=address.strip(),
        kilometres=kilometres,
        minutes=minutes,
        contact=contact.strip(),
        phone=number,
        asked_by=work.actor.person,
        asked_at=work.now,
    )
    work.session.add(made)
    work.audit("premises_asked", made.id, office=office_id, firm=made.firm_id)
    return made


async def decide(
    work: Work, premises_id: UUID, state: str, *, kilometres: int, minutes: int, reason: str = ""
) -> Premises:
    """Grant, refuse or end; the chief's distance and time on the road count."""
    found = await premises_rows.premises_for_update(work, premises_id)
    if not work.actor.is_a(*CHIEFS):
        raise NotFound()
    _judge(
        state=state in ("granted", "refused", "ended"),
        kilometres=0 <= kilometres <= 500,
        minutes=0 <= minutes <= 240,
        reason=state == "granted" or bool(reason.strip()),
    )
    if state == "granted":
        _near(await office_by_id(work, found.office_id), kilometres)
    found.state, found.decision = state, reason.strip()
    found.kilometres, found.minutes = kilometres, minutes
    found.decided_by, found.decided_at = work.actor.person, work.now
    work.audit(f"premises_{state}", found.id, office=found.office_id, firm=found.firm_id)
    return found


async def met_by(work: Work, premises_id: UUID, *, contact: str, phone: str) -> Premises:
    """Say who opens the door to the officers from now on; the firm's own word, nobody grants it."""
    if not work.actor.is_a(*DECLARANTS):
        raise NotFound()
    found = await premises_rows.premises_for_update(work, premises_id)
    _judge(contact=0 < len(contact.strip()) <= 100)
    told = contact.strip(), phone_of(phone)
    if told != (found.contact, found.phone):
        found.contact, found.phone = told
        work.audit("premises_contact", found.id, office=found.office_id, firm=found.firm_id)
    return found


async def choose(work: Work, visit_id: UUID, premises_id: UUID) -> Case:
    """The visit will be made there; a time it holds elsewhere must be given back first."""
    case = await case_of(work, visit_id, lock=True)
    found = await premises_rows.premises_for_update(work, premises_id)
    known = await premises_rows.chosen_for(work, visit_id)
    if known is not None and known.premises_id == premises_id:
        return case
    theirs = found.firm_id in (case.declaration.firm_id, case.declaration.importer_id)
    fits = theirs and found.state == "granted" and found.office_id == case.office.id
    if not fits or Level(case.visit.level) not in LEVELS or not await _unbooked(work, case):
        raise NotHere()
    _near(case.office, found.kilometres)
    if known is not None:
        known.left_at = work.now
        await work.session.flush()
    work.session.add(
        HomeVisit(
            id=new_id(),
            visit_id=visit_id,
            premises_id=premises_id,
            site_id=known.site_id if known is not None else case.visit.site_id,
            chosen_by=work.actor.person,
            at=work.now,
        )
    )
    case.visit.site_id = None
    case.visit.version += 1
    work.audit("visit_home_chosen", visit_id, office=case.office.id, premises=premises_id)
    return case


async def leave(work: Work, visit_id: UUID) -> Case:
    """The visit goes back to the site it was to be made at; twice is once."""
    case = await case_of(work, visit_id, lock=True)
    known = await premises_rows.chosen_for(work, visit_id)
    if known is None:
        return case
    if not await _unbooked(work, case):
        raise NotHere()
    case.visit.site_id = known.site_id
    case.visit.version += 1
    known.left_at = work.now
    work.audit("visit_home_left", visit_id, office=case.office.id)
    return case


async def carry_over(work: Work, first: Visit, second: Visit) -> None:
    """A second visit of the same goods is made where the first one was, if visits still may be made there."""
    known = await premises_rows.chosen_for(work, first.id)
    home = await premises_rows.home_of(work, first.id)
    if known is None or home is None or home.state != "granted" or Level(second.level) not in LEVELS:
        return
    work.session.add(
        HomeVisit(
            id=new_id(),
            visit_id=second.id,
            premises_id=home.id,
            site_id=known.site_id,
            chosen_by=work.actor.person,
            at=work.now,
        )
    )
    work.audit("visit_home_chosen", second.id, office=second.office_id, premises=home.id)


async def _unbooked(work: Work, case: Case) -> bool:
    return bookable(work, case) is State.TO_BOOK and not await queries.live_of(work, case.visit.id)


def _near(office: Office, kilometres: int) -> None:
    most = policy(office, Policies).home_kilometres
    if kilometres > most or not most:
        raise NotSoFar(kilometres=most)


def _judge(**fine: bool) -> None:
    for field, good in fine.items():
        if not good:
            raise BadInput(field=field)
