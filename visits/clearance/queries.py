"""Reads and writes of messages, reports on their way and links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.clearance.tables import Inbound, LinkState, Outbound
from visits.declarations.queries import visible_declarations
from visits.declarations.tables import Declaration
from visits.errors import NotFound
from visits.ids import new_id
from visits.journey.states import OVER, State
from visits.journey.tables import Visit
from visits.people.tables import Tenant
from visits.reports.tables import Report, ReportVersion, Signature
from visits.sites.tables import Office
from visits.store.tables import DomainEvent
from visits.store.work import Work

#: Outcomes of a message that a person should look at.
TO_SEE = ("refused", "parked", "noted")
MOST = 100

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('inbound:' || :tenant || ':' || :name, 0))")


# ---------- what came in ----------


async def lock_names(work: Work, *names: str) -> None:
    """Let messages of one declaration, or with one id, in one after another."""
    for name in sorted(names):
        await work.session.execute(_LOCK, {"tenant": str(work.actor.tenant), "name": name})


async def inbound_by_key(work: Work, channel: str, sender: str, message_key: str) -> Inbound | None:
    """The message that came under this id from this sender."""
    return await work.session.scalar(
        select(Inbound).where(
            col(Inbound.channel) == channel, col(Inbound.sender) == sender, col(Inbound.message_key) == message_key
        )
    )


async def inbound_for_update(work: Work, inbound_id: UUID) -> Inbound:
    """One message, locked until the end of the transaction."""
    found = await work.session.get(Inbound, inbound_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


async def parked_about(work: Work, about: str) -> Sequence[UUID]:
    """Messages kept for a declaration, in the order in which things happened."""
    rows = await work.session.scalars(
        select(col(Inbound.id))
        .where(col(Inbound.outcome) == "parked", col(Inbound.about) == about)
        .order_by(col(Inbound.body)["at"].astext, col(Inbound.received_at), col(Inbound.id))
    )
    return rows.all()


async def lane_messages(work: Work, declaration_id: UUID) -> Sequence[dict[str, Any]]:
    """The lane messages that took effect on a declaration, as read."""
    rows = await work.session.scalars(
        select(col(Inbound.body)).where(
            col(Inbound.declaration_id) == declaration_id,
            col(Inbound.kind).in_(("lane_chosen", "lane_rerouted")),
            col(Inbound.outcome).in_(("accepted", "unchanged")),
            col(Inbound.code) == "",
        )
    )
    return [row for row in rows if row]


async def told_before(work: Work, declaration_id: UUID, kind: str, body: dict[str, Any]) -> bool:
    """Does the declaration's story hold this fact already?"""
    found = await work.session.scalar(
        select(col(DomainEvent.id))
        .where(
            col(DomainEvent.declaration_id) == declaration_id,
            col(DomainEvent.kind) == kind,
            col(DomainEvent.body) == body,
        )
        .limit(1)
    )
    return found is not None


async def inbound_to_see(work: Work, *, waiting: bool = False) -> Sequence[Inbound]:
    """Messages refused, kept or odd, newest first: of the reader's office, or of nobody knows which.

    `waiting` adds those that only wait for their declaration and need nobody.
    """
    own_office = select(col(Office.code)).where(col(Office.id) == work.actor.office).scalar_subquery()
    rows = await work.session.scalars(
        select(Inbound)
        .outerjoin(Declaration, col(Declaration.id) == col(Inbound.declaration_id))
        .where(
            col(Inbound.outcome).in_(TO_SEE),
            true() if waiting else col(Inbound.code) != "unknown_declaration",
            or_(
                and_(col(Inbound.declaration_id).is_(None), col(Inbound.about).is_(None)),
                and_(col(Inbound.declaration_id).is_(None), func.split_part(col(Inbound.about), "/", 1) == own_office),
                visible_declarations(work.actor),
            ),
        )
        .order_by(col(Inbound.received_at).desc(), col(Inbound.id).desc())
        .limit(MOST)
    )
    return rows.all()


# ---------- visits ----------


async def open_visit_ids(work: Work, declaration_id: UUID) -> Sequence[UUID]:
    """Visits of a declaration that are not over, in the order in which they must be locked."""
    rows = await work.session.scalars(
        select(col(Visit.id))
        .where(col(Visit.declaration_id) == declaration_id, col(Visit.state).not_in(OVER))
        .order_by(col(Visit.id))
    )
    return rows.all()


async def visit_id_of(work: Work, declaration_id: UUID, reference: str) -> UUID | None:
    """The visit of the declaration with this reference."""
    return await work.session.scalar(
        select(col(Visit.id)).where(col(Visit.declaration_id) == declaration_id, col(Visit.reference) == reference)
    )


async def released_visit_ids(work: Work, declaration_id: UUID) -> Sequence[UUID]:
    """Visits whose goods may leave."""
    rows = await work.session.scalars(
        select(col(Visit.id))
        .where(col(Visit.declaration_id) == declaration_id, col(Visit.state) == State.RELEASED)
        .order_by(col(Visit.id))
    )
    return rows.all()


async def visits_at_all(work: Work, declaration_id: UUID) -> int:
    """How many visits the declaration had."""
    return int(await work.session.scalar(select(func.count()).where(col(Visit.declaration_id) == declaration_id)) or 0)


# ---------- what goes out ----------


async def report_parts(
    work: Work, visit_id: UUID, version: int
) -> tuple[Report, ReportVersion, Sequence[Signature], Visit, Declaration]:
    """A frozen version of a visit's report with its signatures, its visit and its declaration."""
    row = (
        await work.session.execute(
            select(Report, ReportVersion, Visit, Declaration)
            .join(ReportVersion, col(ReportVersion.report_id) == col(Report.id))
            .join(Visit, col(Visit.id) == col(Report.visit_id))
            .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
            .where(col(Report.visit_id) == visit_id, col(ReportVersion.version) == version)
        )
    ).one_or_none()
    if row is None:
        raise NotFound()
    report, frozen, visit, declaration = row
    signatures = await work.session.scalars(
        select(Signature).where(col(Signature.version_id) == frozen.id).order_by(col(Signature.at), col(Signature.id))
    )
    return report, frozen, signatures.all(), visit, declaration


async def is_outbound(work: Work, visit_id: UUID, version: int) -> bool:
    """Is this version of a visit's report on its way already?"""
    query = select(col(Outbound.id)).where(col(Outbound.visit_id) == visit_id, col(Outbound.version) == version)
    return await work.session.scalar(query) is not None


async def outbound_by_key(work: Work, message_key: str) -> Outbound | None:
    """A report that left or is about to, by its key, within the office of a key that speaks of one."""
    query = select(Outbound).where(col(Outbound.message_key) == message_key)
    if work.actor.office:
        query = query.where(col(Outbound.office_id) == work.actor.office)
    return await work.session.scalar(query)


async def add_outbound(work: Work, **values: Any) -> UUID | None:
    """Store a report to be sent, once for each key; None if it is there already."""
    made = await work.session.execute(
        insert(Outbound)
        .values(id=new_id(), due_at=work.now, at=work.now, **values)
        .on_conflict_do_nothing(index_elements=["tenant_id", "message_key"])
        .returning(col(Outbound.id))
    )
    return made.scalar_one_or_none()


async def claim_outbound(work: Work, outbound_id: UUID, until: datetime) -> Outbound | None:
    """A waiting report that is due, leased until an instant; None if it is done or in another's hands."""
    return await work.session.scalar(
        update(Outbound)
        .where(col(Outbound.id) == outbound_id, col(Outbound.state) == "waiting", col(Outbound.due_at) <= work.now)
        .values(due_at=until)
        .returning(Outbound)
    )


async def outbound_by_id(work: Work, outbound_id: UUID, *, lock: bool = False) -> Outbound:
    """One report on its way."""
    found = await work.session.get(Outbound, outbound_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise NotFound()
    return found


async def outbound_seen(work: Work, outbound_id: UUID) -> Outbound:
    """One report on its way, of a declaration the actor may see, locked."""
    found = await work.session.scalar(
        select(Outbound)
        .join(Visit, col(Visit.id) == col(Outbound.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(col(Outbound.id) == outbound_id, visible_declarations(work.actor))
        .with_for_update(of=Outbound)
    )
    if found is None:
        raise NotFound()
    return found


async def inbound_seen(work: Work, inbound_id: UUID) -> Inbound:
    """One message of those the actor may see, locked."""
    if inbound_id not in {each.id for each in await inbound_to_see(work, waiting=True)}:
        raise NotFound()
    return await inbound_for_update(work, inbound_id)


async def outbound_of(work: Work, visit_id: UUID, version: int | None = None) -> Outbound | None:
    """The report of a visit on its way (the newest version, or this one), locked."""
    query = select(Outbound).where(col(Outbound.visit_id) == visit_id)
    if version is not None:
        query = query.where(col(Outbound.version) == version)
    return await work.session.scalar(
        query.order_by(col(Outbound.version).desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def newest_outbound(work: Work, visit_id: UUID) -> Outbound:
    """The newest version of a visit's report on its way, to be read."""
    found = await work.session.scalar(
        select(Outbound).where(col(Outbound.visit_id) == visit_id).order_by(col(Outbound.version).desc()).limit(1)
    )
    if found is None:
        raise NotFound()
    return found


async def due_outbound(work: Work, *, limit: int = 100) -> Sequence[UUID]:
    """Reports whose next try has come, the oldest report first."""
    rows = await work.session.scalars(
        select(col(Outbound.id))
        .where(col(Outbound.state) == "waiting", col(Outbound.due_at) <= work.now)
        .order_by(col(Outbound.at), col(Outbound.id))
        .limit(limit)
    )
    return rows.all()


async def rearm(work: Work, link: str) -> None:
    """Every waiting report of a link is due now, with a fresh ladder."""
    await work.session.execute(
        update(Outbound)
        .where(col(Outbound.state) == "waiting", col(Outbound.link) == link)
        .values(due_at=work.now, tries=0)
    )


async def unfinished_outbound(work: Work) -> Sequence[tuple[Outbound, Visit, Declaration]]:
    """Reports the clearance system does not have yet, oldest first, of the reader's office."""
    rows = await work.session.execute(
        select(Outbound, Visit, Declaration)
        .join(Visit, col(Visit.id) == col(Outbound.visit_id))
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .where(
            or_(
                col(Outbound.state).in_(("parked", "manual")),
                and_(col(Outbound.state) == "waiting", col(Outbound.tries) > 0),
            ),
            visible_declarations(work.actor),
        )
        .order_by(col(Outbound.at), col(Outbound.id))
        .limit(MOST)
    )
    return [(row[0], row[1], row[2]) for row in rows.all()]


# ---------- events nobody could deliver ----------


async def parked_events(work: Work) -> Sequence[tuple[DomainEvent, Declaration]]:
    """Events whose reactions failed to the last try, oldest first, of the reader's office."""
    rows = await work.session.execute(
        select(DomainEvent, Declaration)
        .join(Declaration, col(Declaration.id) == col(DomainEvent.declaration_id))
        .where(
            col(DomainEvent.parked_at).is_not(None),
            col(DomainEvent.delivered_at).is_(None),
            visible_declarations(work.actor),
        )
        .order_by(col(DomainEvent.at), col(DomainEvent.id))
        .limit(MOST)
    )
    return [(row[0], row[1]) for row in rows.all()]


async def parked_event(work: Work, event_id: UUID) -> DomainEvent:
    """A parked event of a declaration the actor may see, locked."""
    found = await work.session.scalar(
        select(DomainEvent)
        .join(Declaration, col(Declaration.id) == col(DomainEvent.declaration_id))
        .where(
            col(DomainEvent.id) == event_id,
            col(DomainEvent.parked_at).is_not(None),
            visible_declarations(work.actor),
        )
        .with_for_update(of=DomainEvent)
    )
    if found is None:
        raise NotFound()
    return found


# ---------- links ----------


async def tenant_host(work: Work) -> str:
    """The host name of the running administration."""
    return str(await work.session.scalar(select(col(Tenant.host)).where(col(Tenant.id) == work.actor.tenant)) or "")


async def tenant_language(work: Work) -> str:
    """The language the running administration writes in."""
    return str(
        await work.session.scalar(select(col(Tenant.language)).where(col(Tenant.id) == work.actor.tenant)) or "fr"
    )


async def link_state(work: Work, name: str, *, lock: bool = False) -> LinkState:
    """What is known of a link; its row is made on first use."""
    query = select(LinkState).where(col(LinkState.name) == name)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = await work.session.scalar(query)
    if found is not None:
        return found
    await work.session.execute(
        insert(LinkState)
        .values(id=new_id(), name=name, fault="")
        .on_conflict_do_nothing(index_elements=["tenant_id", "name"])
    )
    return (await work.session.execute(query)).scalar_one()


async def links_down(work: Work) -> Sequence[LinkState]:
    """Links that do not answer now."""
    rows = await work.session.scalars(select(LinkState).where(col(LinkState.down_since).is_not(None)))
    return rows.all()


async def office_code(work: Work, office_id: UUID) -> str | None:
    """The code of an office."""
    return await work.session.scalar(select(col(Office.code)).where(col(Office.id) == office_id))
