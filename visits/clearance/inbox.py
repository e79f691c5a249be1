"""Takes what comes in: raw kept, read outside the transaction, stored and applied in one, answered the same twice.

A refused message leaves one row that says why, and nothing else. A message about a declaration that is not here
yet is parked, and applied as soon as the declaration arrives, in the order in which things happened.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import msgspec

from visits.actor import Actor, system
from visits.clearance import port, queries
from visits.clearance.acknowledge import acknowledged
from visits.clearance.asycuda.json_form import digest, to_json
from visits.clearance.asycuda.limits import Limits
from visits.clearance.asycuda.read import read
from visits.clearance.lanes import lane
from visits.clearance.release import cancel_release, exited, fact, release, withdraw
from visits.clearance.tables import Inbound
from visits.clearance.verdict import Verdict
from visits.clock import SystemClock
from visits.declarations.queries import registered_for_update
from visits.declarations.receive import Outcome, receive
from visits.declarations.select import UnknownAgency
from visits.declarations.tables import Declaration
from visits.errors import Refusal
from visits.ids import TenantId
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

DECLARATION, MESSAGE = "declaration", "message"
#: Largest JSON message taken, in bytes.
MESSAGE_LIMIT = 1024 * 1024


class BadMessage(Refusal):
    """Not one of the JSON messages of docs/integrate/new-system.md."""

    code, status = "bad_message", 422
    says = N_("Le message n'a pas la forme attendue : %(fault)s.")


class MessageIdReused(Refusal):
    """The sender used one id for two different messages."""

    code, status = "message_id_reused", 422
    says = N_("L'identifiant %(id)s a déjà servi pour un autre message.")


class OtherOffice(Refusal):
    """The key that sent the message belongs to another office."""

    code, status = "other_office", 403
    says = N_("Cette clé ne vaut pas pour le bureau %(office)s.")


class RegistrationKeyConflict(Refusal):
    """The key is known with other content; a person decides (product, Decided 22)."""

    code, status = "registration_key_conflict", 409
    says = N_("La déclaration %(reference)s est déjà connue avec un autre contenu. Le chef de visite décide.")


#: What our side may lack, and a person here can mend: the message is kept to be tried again.
OURS_TO_MEND = (UnknownAgency,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a message, and the answer to its sender. `refusal` is set when it was not taken."""

    outcome: str
    status: int
    body: dict[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The outside of a message: where it came from and what it weighs."""

    channel: str
    sender: str
    kind: str
    size: int
    sha256: str = ""
    name: str = ""
    message_key: str | None = None


async def take(
    tools: Tools,
    actor: Actor,
    *,
    channel: str,
    sender: str,
    kind: str,
    raw: bytes,
    message_key: str | None = None,
    name: str = "",
) -> Taken:
    """Take one declaration (SAD XML) or one message (JSON). Never raises for what the sender did wrong."""
    letter = Letter(
        channel=channel,
        sender=sender,
        kind=kind,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        name=name,
        message_key=message_key,
    )
    try:
        if kind == DECLARATION:
            return await _take_declaration(tools, actor, letter, raw)
        return await _take_message(tools, actor, letter, raw)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return await refuse(tools, actor, letter, refusal)


async def refuse(tools: Tools, actor: Actor, letter: Letter, refusal: Refusal) -> Taken:
    """Record that a message was not taken: one row, and nothing else of it."""
    await tools.database.run(actor, _record_refusal, letter, refusal)
    return Taken(outcome="refused", status=refusal.status, body={"code": refusal.code}, refusal=refusal)


async def _record_refusal(work: Work, letter: Letter, refusal: Refusal) -> None:
    facts = {name: str(value) for name, value in refusal.facts.items()}
    work.session.add(
        Inbound(
            channel=letter.channel,
            sender=letter.sender,
            name=letter.name,
            kind=letter.kind,
            received_at=work.now,
            size=letter.size,
            sha256=letter.sha256,
            outcome="refused",
            code=refusal.code,
            detail=refusal.says % refusal.facts,
            body={"facts": facts},
        )
    )


# ---------- declarations ----------


async def _take_declaration(tools: Tools, actor: Actor, letter: Letter, raw: bytes) -> Taken:
    now = (tools.database.moved or SystemClock()).now()
    limits = Limits(bytes=tools.settings.sad_limit)

    def reading() -> tuple[dict[str, Any], bytes]:
        sad = read(raw, now=now, limits=limits)
        return to_json(sad, file=letter.name, size=len(raw)), digest(sad)

    content, fingerprint = await asyncio.to_thread(reading)
    blob = await tools.blobs.put(raw)
    taken = await tools.database.run(actor, _store_declaration, letter, content, fingerprint, blob.key)
    key = content["registration_key"]
    if key and taken.refusal is None:
        await settle(tools, actor.tenant, about=about_of(key))
    return taken


async def _store_declaration(
    work: Work, letter: Letter, content: dict[str, Any], fingerprint: bytes, blob: str
) -> Taken:
    key = content["registration_key"]
    about = about_of(key) if key else None
    await _check_office(work, content["office"]["code"])
    await queries.lock_names(work, *filter(None, (about, letter.message_key)))
    known = await _known(work, letter)
    if known:
        declaration = await work.session.get_one(Declaration, known.declaration_id)
        return _answer_declaration(declaration, "conflict" if known.outcome == "conflict" else "accepted")
    inbound = _inbound(work, letter, blob, about=about)
    await work.session.flush()
    received = await receive(work, content, fingerprint, inbound=inbound.id)
    inbound.declaration_id = received.declaration.id
    inbound.outcome = received.outcome.value
    if received.outcome is Outcome.CONFLICT:
        inbound.code = RegistrationKeyConflict.code
    return _answer_declaration(received.declaration, received.outcome.value)


def _answer_declaration(declaration: Declaration, outcome: str) -> Taken:
    reference = reference_of(declaration)
    body = {
        "outcome": "accepted",
        "declaration": str(declaration.id),
        "reference": reference,
        "status": declaration.status,
        "warnings": list(declaration.warnings),
    }
    if outcome == Outcome.CONFLICT:
        refusal = RegistrationKeyConflict(reference=reference, declaration=str(declaration.id))
        return Taken(outcome="conflict", status=refusal.status, body={"code": refusal.code}, refusal=refusal)
    return Taken(outcome="accepted", status=200, body=body)


def about_of(key: dict[str, Any]) -> str:
    """A registration key as one text: office/year/serial/number."""
    return f"{key['office']}/{key['year']}/{key['serial'] or ''}/{key['number']}"


def reference_of(declaration: Declaration) -> str:
    """What the sender calls the declaration: its key, or the declarant's reference of a draft."""
    if declaration.status == "draft":
        return declaration.draft_key or ""
    return f"{declaration.office_code}/{declaration.year}/{declaration.serial or ''}/{declaration.number}"


# ---------- messages ----------


async def _take_message(tools: Tools, actor: Actor, letter: Letter, raw: bytes) -> Taken:
    if len(raw) > MESSAGE_LIMIT:
        raise BadMessage(fault=f"> {MESSAGE_LIMIT}")
    try:
        message = msgspec.json.decode(raw, type=port.AnyMessage)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadMessage(fault=str(fault)[:300]) from None
    blob = await tools.blobs.put(raw)
    return await tools.database.run(actor, _store_message, letter, message, blob.key)


async def _store_message(work: Work, letter: Letter, message: port.AnyMessage, blob: str) -> Taken:
    about = str(message.declaration)
    letter = replace(letter, kind=str(message.__struct_config__.tag), message_key=message.id)
    await _check_office(work, message.declaration.office)
    await queries.lock_names(work, about, message.id)
    known = await _known(work, letter)
    if known:
        return _answer_message(known)
    inbound = _inbound(work, letter, blob, about=about, body=msgspec.to_builtins(message))
    await work.session.flush()
    await _try(work, inbound, message)
    return _answer_message(inbound)


async def _try(work: Work, inbound: Inbound, message: port.AnyMessage) -> None:
    """Apply a message to its declaration, or keep it until it can be applied."""
    key = message.declaration
    declaration = await registered_for_update(work, key.office, key.year, key.serial, key.number)
    if declaration is None:
        inbound.outcome, inbound.code = "parked", "unknown_declaration"
        return
    inbound.declaration_id = declaration.id
    try:
        verdict = await apply(work, declaration, message)
    except OURS_TO_MEND as refusal:
        inbound.outcome, inbound.code = "parked", refusal.code
        inbound.detail = refusal.says % refusal.facts
        return
    inbound.outcome, inbound.code, inbound.detail = verdict.outcome, verdict.code, ""


async def apply(work: Work, declaration: Declaration, message: port.AnyMessage) -> Verdict:
    """What a message does to its declaration, which is locked."""
    match message:
        case port.LaneChosen() | port.LaneRerouted():
            return await lane(work, declaration, message)
        case port.ReportAcknowledged():
            return await acknowledged(work, declaration, message)
        case port.ReleaseIssued():
            return await release(work, declaration, message)
        case port.ReleaseCancelled():
            return await cancel_release(work, declaration, message)
        case port.VisitWithdrawn():
            return await withdraw(work, declaration, message)
        case port.GoodsExited():
            return await exited(work, declaration, message)
        case port.CargoArrived() | port.Assessed() | port.Paid():
            return await fact(work, declaration, message)


def _answer_message(inbound: Inbound) -> Taken:
    """The same for the first arrival and for every repeat, as long as nothing else happened."""
    outcome = "accepted" if inbound.outcome == "unchanged" else inbound.outcome
    body = {"outcome": outcome, "reference": inbound.about, "code": inbound.code}
    if inbound.declaration_id:
        body["declaration"] = str(inbound.declaration_id)
    return Taken(outcome=inbound.outcome, status=202 if outcome == "parked" else 200, body=body)


# ---------- parked messages ----------


async def settle(tools: Tools, tenant: TenantId, *, about: str) -> int:
    """Try again what was parked about a declaration, oldest fact first; how many took effect."""
    async with tools.database.work(system(tenant)) as work:
        waiting = await queries.parked_about(work, about)
    settled = 0
    for each in waiting:
        try:
            settled += await tools.database.run(system(tenant), _settle, each)
        except Refusal as refusal:
            await tools.database.run(system(tenant), _give_up, each, refusal)
    return settled


async def _settle(work: Work, inbound_id: UUID) -> bool:
    inbound = await queries.inbound_for_update(work, inbound_id)
    if inbound.outcome != "parked":
        return False
    await queries.lock_names(work, inbound.about or "")
    await _try(work, inbound, msgspec.convert(inbound.body, port.AnyMessage))
    return inbound.outcome != "parked"


async def _give_up(work: Work, inbound_id: UUID, refusal: Refusal) -> None:
    inbound = await queries.inbound_for_update(work, inbound_id)
    inbound.outcome, inbound.code, inbound.detail = "refused", refusal.code, refusal.says % refusal.facts


async def on_registered(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: a declaration is here, however it came; what waited for it is tried.

    Most of it was tried by `take` already; this finds what came by another door, or when `take` was killed.
    """
    declaration = await work.session.get_one(Declaration, event.declaration_id)
    about = reference_of(declaration)
    # A message being parked right now is waited for: it looked before this declaration was there to see.
    await queries.lock_names(work, about)
    for each in await queries.parked_about(work, about):
        try:
            async with work.session.begin_nested():
                await _settle(work, each)
        except Refusal as refusal:
            await _give_up(work, each, refusal)


# ---------- shared ----------


async def _known(work: Work, letter: Letter) -> Inbound | None:
    """The same message, if it came before; the same id on another message is refused."""
    if letter.message_key is None:
        return None
    known = await queries.inbound_by_key(work, letter.channel, letter.sender, letter.message_key)
    if known is not None and known.sha256 != letter.sha256:
        raise MessageIdReused(id=letter.message_key)
    return known


async def _check_office(work: Work, code: str | None) -> None:
    """A key that was made for one office speaks of that office only."""
    if work.actor.office is not None and await queries.office_code(work, work.actor.office) != code:
        raise OtherOffice(office=code or "")


def _inbound(work: Work, letter: Letter, blob: str, *, about: str | None, body: Any = None) -> Inbound:
    inbound = Inbound(
        channel=letter.channel,
        sender=letter.sender,
        name=letter.name,
        kind=letter.kind,
        message_key=letter.message_key,
        about=about,
        body=body,
        received_at=work.now,
        size=letter.size,
        sha256=letter.sha256,
        blob=blob,
        outcome="accepted",
    )
    work.session.add(inbound)
    return inbound
