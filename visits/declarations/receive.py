"""Take a declaration once: a repeat changes nothing, other content under a known key goes to a person."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from visits.declarations import queries
from visits.declarations.difference import STAMPS, difference
from visits.declarations.tables import Container, Declaration, DeclarationVersion, KeyConflict
from visits.errors import Refusal, Stale
from visits.events import (
    Assessed,
    DeclarationConflict,
    DeclarationDrafted,
    DeclarationRegistered,
    DeclarationReplaced,
    Paid,
)
from visits.ids import DeclarationId, new_id
from visits.people.queries import firm_by_code
from visits.sites.queries import office_by_code
from visits.store.work import Work
from visits.texts import N_


class Outcome(StrEnum):
    """What became of a message."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


class ReasonNeeded(Refusal):
    """A decision that others must be able to understand needs its reason."""

    code, status = "reason-needed", 422
    says = N_("Écrivez la raison en quelques mots.")


@dataclass(frozen=True, slots=True)
class Received:
    """The declaration a message is about, and what was done with it."""

    declaration: Declaration
    outcome: Outcome


async def receive(
    work: Work, content: dict[str, Any], digest: bytes, *, inbound: UUID | None = None, sample: bool = False
) -> Received:
    """Store a declaration as read, once. `content` is the reader's JSON form, `digest` that of the content."""
    if content["status"] == "draft":
        return await _receive_draft(work, content, digest, sample)
    key = content["registration_key"]
    values = await _values(work, content, digest, sample)
    promoted = await _promote(work, content, values)
    if promoted:
        return Received(promoted, Outcome.ACCEPTED)
    made = await work.session.execute(
        insert(Declaration).values(id=new_id(), **values).on_conflict_do_nothing().returning(col(Declaration.id))
    )
    new = made.scalar_one_or_none()
    found = await queries.registered_for_update(work, key["office"], key["year"], key["serial"] or "", key["number"])
    if found is None:
        raise Stale()
    if new:
        await _boxes(work, found)
        _tell_registered(work, found)
        return Received(found, Outcome.ACCEPTED)
    if found.digest == digest:
        _stamp(work, found, content)
        return Received(found, Outcome.UNCHANGED)
    await _conflict(work, found, content, digest, inbound)
    return Received(found, Outcome.CONFLICT)


async def decide(work: Work, conflict_id: UUID, *, accept: bool, reason: str) -> Declaration:
    """The chief accepts the other content as a new version, or refuses it; either way with a reason."""
    if not reason.strip():
        raise ReasonNeeded()
    conflict = await queries.conflict_for_update(work, conflict_id)
    declaration = await queries.declaration_for(work, conflict.declaration_id, lock=True)
    if conflict.state != "open":
        raise Stale()
    conflict.state = "accepted" if accept else "refused"
    conflict.reason = reason.strip()
    conflict.decided_by = work.actor.person
    conflict.decided_at = work.now
    if accept:
        await _replace(work, declaration, conflict.content, conflict.digest)
        work.emit(
            DeclarationReplaced(
                declaration=DeclarationId(declaration.id), version=declaration.version, reason=conflict.reason
            )
        )
    work.audit(f"conflict_{conflict.state}", conflict.id, office=declaration.office_id, reason=conflict.reason)
    return declaration


async def _values(work: Work, content: dict[str, Any], digest: bytes, sample: bool) -> dict[str, Any]:
    """The columns of a declaration from the reader's form."""
    declarant = content.get("declarant") or {}
    consignee = content.get("consignee") or {}
    registration = content.get("registration") or {}
    key = content.get("registration_key") or {}
    office = await office_by_code(work, content["office"]["code"])
    firm = await firm_by_code(work, declarant.get("code"))
    importer = await firm_by_code(work, consignee.get("code"))
    items = content.get("items") or []
    goods = next((item.get("commercial_description") or item.get("description") for item in items if item), None)
    registered_on = registration.get("date")
    return {
        "status": content["status"],
        "office_code": content["office"]["code"] or "",
        "office_id": office.id if office else None,
        "year": key.get("year"),
        "serial": (key.get("serial") or "") if key else None,
        "number": key.get("number"),
        "registered_on": date.fromisoformat(registered_on) if registered_on else None,
        "draft_key": _draft_key(content),
        "declarant_code": declarant.get("code"),
        "declarant_name": declarant.get("name"),
        "declarant_reference": declarant.get("reference"),
        "firm_id": firm.id if firm else None,
        "consignee_code": consignee.get("code"),
        "consignee_name": consignee.get("name"),
        "importer_id": importer.id if importer else None,
        "location_of_goods": content.get("location_of_goods"),
        "goods": (goods or "")[:200],
        "content": content,
        "digest": digest,
        "warnings": content.get("warnings") or [],
        "version": 1,
        "words": queries.words_of(content),
        "sample": sample,
        "received_at": work.now,
    }


def _draft_key(content: dict[str, Any]) -> str | None:
    """The declarant's side of the key: code and reference; without a reference a draft has none."""
    declarant = content.get("declarant") or {}
    if not declarant.get("reference"):
        return None
    return f"{declarant.get('code') or ''}/{declarant['reference']}"


async def _receive_draft(work: Work, content: dict[str, Any], digest: bytes, sample: bool) -> Received:
    """Keep an unregistered declaration; a later draft under the same reference replaces it, versions kept."""
    key = _draft_key(content)
    known = (
        await queries.draft_for_update(work, key)
        if key
        else await work.session.scalar(
            select(Declaration).where(col(Declaration.status) == "draft", col(Declaration.digest) == digest).limit(1)
        )
    )
    if known is not None and known.digest == digest:
        return Received(known, Outcome.UNCHANGED)
    if known is not None:
        await _replace(work, known, content, digest)
        return Received(known, Outcome.ACCEPTED)
    made = await work.session.execute(
        insert(Declaration)
        .values(id=new_id(), **await _values(work, content, digest, sample))
        .on_conflict_do_nothing()
        .returning(col(Declaration.id))
    )
    new = made.scalar_one_or_none()
    if new is None:  # a twin was faster
        return await _receive_draft(work, content, digest, sample)
    declaration = await work.session.get_one(Declaration, new)
    await _boxes(work, declaration)
    work.emit(DeclarationDrafted(declaration=DeclarationId(declaration.id)))
    return Received(declaration, Outcome.ACCEPTED)


async def _promote(work: Work, content: dict[str, Any], values: dict[str, Any]) -> Declaration | None:
    """A draft that comes back registered keeps its row and its history."""
    key = _draft_key(content)
    if key is None:
        return None
    draft = await queries.draft_for_update(work, key)
    if draft is None:
        return None
    registered = content["registration_key"]
    if await queries.registered_for_update(
        work, registered["office"], registered["year"], registered["serial"] or "", registered["number"]
    ):
        return None
    await _replace(work, draft, content, values["digest"])
    for name in ("status", "office_id", "year", "serial", "number", "registered_on"):
        setattr(draft, name, values[name])
    await work.session.flush()
    _tell_registered(work, draft)
    return draft


async def _replace(work: Work, declaration: Declaration, content: dict[str, Any], digest: bytes) -> None:
    """Take new content, the old one kept as a version; the key stays what it is."""
    work.session.add(
        DeclarationVersion(
            declaration_id=declaration.id,
            version=declaration.version,
            content=declaration.content,
            digest=declaration.digest,
            replaced_at=work.now,
        )
    )
    values = await _values(work, content, digest, declaration.sample)
    for name in (
        "declarant_code",
        "declarant_name",
        "declarant_reference",
        "firm_id",
        "consignee_code",
        "consignee_name",
        "importer_id",
        "location_of_goods",
        "goods",
        "content",
        "digest",
        "warnings",
        "words",
    ):
        setattr(declaration, name, values[name])
    declaration.version += 1
    for box in await work.session.scalars(select(Container).where(col(Container.declaration_id) == declaration.id)):
        await work.session.delete(box)
    await _boxes(work, declaration)


async def _boxes(work: Work, declaration: Declaration) -> None:
    """One row for each physical box."""
    for box in declaration.content.get("containers") or ():
        work.session.add(
            Container(
                declaration_id=declaration.id,
                number=box["number"],
                kind=box.get("type"),
                items=box.get("items") or [],
            )
        )


def _stamp(work: Work, declaration: Declaration, content: dict[str, Any]) -> None:
    """A later export of the same goods may carry the stamps of assessment and payment: kept and told once each."""
    new = {name: content[name] for name in STAMPS if content.get(name) and not declaration.content.get(name)}
    if not new:
        return
    declaration.content = declaration.content | new
    about = DeclarationId(declaration.id)
    if "assessment" in new:
        work.emit(Assessed(declaration=about))
    if "receipt" in new:
        work.emit(Paid(declaration=about, receipt=new["receipt"].get("number")))


def _tell_registered(work: Work, declaration: Declaration) -> None:
    assert declaration.registered_on is not None
    work.emit(
        DeclarationRegistered(
            declaration=DeclarationId(declaration.id),
            registered_on=declaration.registered_on,
            warnings=list(declaration.warnings),
        )
    )


async def _conflict(
    work: Work, declaration: Declaration, content: dict[str, Any], digest: bytes, inbound: UUID | None
) -> None:
    """Lay other content before a person, once for each content that was not decided yet."""
    known = await work.session.scalar(
        select(KeyConflict).where(col(KeyConflict.declaration_id) == declaration.id, col(KeyConflict.digest) == digest)
    )
    if known is not None:
        return
    conflict = KeyConflict(
        declaration_id=declaration.id,
        inbound_id=inbound,
        content=content,
        digest=digest,
        differences=[asdict(each) for each in difference(declaration.content, content)],
        at=work.now,
    )
    work.session.add(conflict)
    work.emit(DeclarationConflict(declaration=DeclarationId(declaration.id), conflict=conflict.id))
