"""Reads of declarations and cases. A case is a visit with its declaration and office, if the actor may see it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select, true
from sqlmodel import col

from visits.actor import Actor
from visits.declarations.lane import Colour
from visits.declarations.tables import Declaration, KeyConflict, Lane
from visits.errors import NotFound
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.people.tables import Agency, Mandate
from visits.roles import DECLARANTS, Role
from visits.sites.tables import Office, Resource
from visits.store.work import Work

#: A joint visit an agency may read about: it has its time and place, or had.
JOINED = frozenset(State) - {State.PACKAGE, State.CHECKING, State.TO_BOOK, State.AT_DESK, State.CANCELLED}

#: Roles that read every case of their own office.
OFFICE_READERS = (Role.VISIT_CHIEF, Role.OFFICE_HEAD, Role.SUPERVISOR, Role.INTEGRITY)


@dataclass(frozen=True, slots=True)
class Case:
    """A visit with what every screen about it needs."""

    visit: Visit
    declaration: Declaration
    office: Office

    @property
    def title(self) -> str:
        """How people call the declaration: « C 48213 », or the draft's reference."""
        return title_of(self.declaration)


def title_of(declaration: Declaration) -> str:
    """« C 48213 » for a registered declaration, the declarant's reference for a draft."""
    if declaration.number:
        return f"{declaration.serial or ''} {declaration.number}".strip()
    return declaration.declarant_reference or str(declaration.id)[-8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the rules of sight ask of an actor: values, or the parameters of a statement that is built once."""

    roles: frozenset[Role]
    person: Any = None
    office: Any = None
    firm: Any = None
    agency: Any = None

    @classmethod
    def of(cls, actor: Actor) -> "Sight":
        """An actor's own values."""
        return cls(roles=actor.roles, person=actor.person, office=actor.office, firm=actor.firm, agency=actor.agency)

    def has(self, *roles: Role) -> bool:
        """Does the actor hold one of these roles?"""
        return not self.roles.isdisjoint(roles)


def visible_declarations(actor: Actor) -> ColumnElement[bool]:
    """Which declarations this person may see at all; deny unless a rule says so."""
    return _declarations(Sight.of(actor))


def visible_visits(actor: Actor) -> ColumnElement[bool]:
    """Which visits this person may open.

    An inspector sees the visits drawn to him or her, and packages to check; an agency's officer the joint visits the
    agency is invited to, once they have a time.
    """
    return _visits(Sight.of(actor))


def _declarations(sight: Sight) -> ColumnElement[bool]:
    if sight.has(Role.SYSTEM):
        return true()
    rules: list[ColumnElement[bool]] = []
    if sight.has(*OFFICE_READERS, Role.INSPECTOR) and sight.office is not None:
        rules.append(col(Declaration.office_id) == sight.office)
    if sight.has(*DECLARANTS) and sight.firm is not None:
        mandates = select(col(Mandate.importer_id)).where(
            col(Mandate.firm_id) == sight.firm, col(Mandate.until).is_(None)
        )
        rules.append(col(Declaration.firm_id) == sight.firm)
        rules.append(and_(col(Declaration.firm_id).is_(None), col(Declaration.importer_id).in_(mandates)))
    if sight.has(Role.IMPORTER) and sight.firm is not None:
        rules.append(col(Declaration.importer_id) == sight.firm)
    return or_(*rules) if rules else false()


def _visits(sight: Sight) -> ColumnElement[bool]:
    if sight.has(Role.SYSTEM):
        return true()
    rules: list[ColumnElement[bool]] = []
    if sight.has(*OFFICE_READERS) and sight.office is not None:
        rules.append(col(Visit.office_id) == sight.office)
    if sight.has(Role.INSPECTOR) and sight.person is not None:
        mine = select(col(Resource.id)).where(col(Resource.person_id) == sight.person)
        rules.append(col(Visit.inspector_id).in_(mine))
        if sight.office is not None:
            rules.append(and_(col(Visit.office_id) == sight.office, col(Visit.state) == State.CHECKING))
    if sight.has(Role.DECLARANT, Role.FIRM_ADMIN, Role.IMPORTER):
        rules.append(_declarations(sight))
    if sight.has(Role.AGENCY_OFFICER) and sight.agency is not None and sight.office is not None:
        invited = exists().where(col(Agency.id) == sight.agency, col(Visit.order)["agencies"].has_key(col(Agency.code)))
        rules.append(and_(col(Visit.office_id) == sight.office, col(Visit.state).in_(JOINED), invited))
    return or_(*rules) if rules else false()


async def declaration_for(work: Work, declaration_id: UUID, *, lock: bool = False) -> Declaration:
    """A declaration the actor may see; NotFound for any other, known or not."""
    query = select(Declaration).where(col(Declaration.id) == declaration_id, visible_declarations(work.actor))
    found = await work.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound()
    return found


async def case_of(work: Work, visit_id: UUID, *, lock: bool = False) -> Case:
    """A visit the actor may see, with declaration and office; `lock` holds the visit until the commit."""
    actor = work.actor
    known = {name: value for name in _ASKED if (value := getattr(actor, name)) is not None}
    query = _case(actor.roles, frozenset(known), lock)
    row = (await work.session.execute(query, known | {"visit": visit_id})).one_or_none()
    if row is None:
        raise NotFound()
    return Case(visit=row[0], declaration=row[1], office=row[2])


#: What the rules of sight ask about an actor beside the roles.
_ASKED = ("person", "office", "firm", "agency")


@cache
def _case(roles: frozenset[Role], known: frozenset[str], lock: bool) -> Select[Visit, Declaration, Office]:
    """Built once for each kind of actor: every request about a visit asks this first."""
    sight = Sight(roles=roles, **{name: bindparam(name) for name in known})
    query = (
        select(Visit, Declaration, Office)
        .join(Declaration, col(Declaration.id) == col(Visit.declaration_id))
        .join(Office, col(Office.id) == col(Visit.office_id))
        .where(col(Visit.id) == bindparam("visit"), _visits(sight))
    )
    return query.with_for_update(of=Visit).execution_options(populate_existing=True) if lock else query


async def registered_for_update(
    work: Work, office_code: str, year: int, serial: str, number: str
) -> Declaration | None:
    """The registered declaration with this key, locked."""
    return await work.session.scalar(
        select(Declaration)
        .where(
            col(Declaration.status) == "registered",
            col(Declaration.office_code) == office_code,
            col(Declaration.year) == year,
            col(Declaration.serial) == serial,
            col(Declaration.number) == number,
        )
        .with_for_update()
    )


async def draft_for_update(work: Work, draft_key: str) -> Declaration | None:
    """The draft with this declarant's key, locked."""
    return await work.session.scalar(
        select(Declaration)
        .where(col(Declaration.status) == "draft", col(Declaration.draft_key) == draft_key)
        .with_for_update()
    )


async def lanes_of(work: Work, declaration_id: UUID) -> dict[str | None, Lane]:
    """The newest lane of each controlling agency, by its code; customs has none."""
    rows = await work.session.execute(
        select(Lane, Agency.code)  # type: ignore[call-overload]
        .outerjoin(Agency, col(Agency.id) == col(Lane.agency_id))
        .where(col(Lane.declaration_id) == declaration_id)
        .order_by(col(Lane.at), col(Lane.id))
    )
    return {code: lane for lane, code in rows.all()}


async def colours_of(work: Work, declaration_id: UUID) -> dict[str | None, Colour]:
    """The colours alone."""
    return {code: Colour(lane.colour) for code, lane in (await lanes_of(work, declaration_id)).items()}


async def conflict_for_update(work: Work, conflict_id: UUID) -> KeyConflict:
    """An undecided conflict of a declaration the actor may see, locked."""
    found = await work.session.scalar(
        select(KeyConflict)
        .join(Declaration, col(Declaration.id) == col(KeyConflict.declaration_id))
        .where(col(KeyConflict.id) == conflict_id, visible_declarations(work.actor))
        .with_for_update(of=KeyConflict)
    )
    if found is None:
        raise NotFound()
    return found


async def open_conflicts(work: Work) -> Sequence[tuple[KeyConflict, Declaration]]:
    """Undecided conflicts the actor may see, oldest first."""
    rows = await work.session.execute(
        select(KeyConflict, Declaration)
        .join(Declaration, col(Declaration.id) == col(KeyConflict.declaration_id))
        .where(col(KeyConflict.state) == "open", visible_declarations(work.actor))
        .order_by(col(KeyConflict.at), col(KeyConflict.id))
    )
    return [(row[0], row[1]) for row in rows.all()]


def folded(text: str) -> str:
    """Lower case without accents, blanks collapsed: how search compares."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(plain.lower().split())


def words_of(content: dict[str, Any]) -> str:
    """What search looks through: numbers, names, boxes, transport, documents' references."""
    registration = content.get("registration") or {}
    transport = content.get("transport") or {}
    parts: list[Any] = [
        f"{registration.get('serial') or ''} {registration.get('number') or ''}",
        f"{registration.get('serial') or ''}{registration.get('number') or ''}",
        (content.get("declarant") or {}).get("reference"),
        (content.get("declarant") or {}).get("name"),
        (content.get("consignee") or {}).get("name"),
        (content.get("exporter") or {}).get("name"),
        transport.get("identity"),
        transport.get("border_identity"),
        content.get("manifest"),
        *(box["number"] for box in content.get("containers") or ()),
        *{item.get("summary_declaration") for item in content.get("items") or ()},
    ]
    return folded(" · ".join(str(part) for part in parts if part))[:8000]
