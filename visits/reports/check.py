"""Is a copy genuine? For anybody who holds one: no name, no value, and next to nothing for who guesses numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from visits.reports import queries
from visits.reports.content import Content, content_digest, from_stored, short_hash
from visits.reports.numbers import number_text, parsed
from visits.reports.rules import summary_title
from visits.reports.sign import signature_digest
from visits.reports.tables import Report, ReportVersion, Signature
from visits.reports.words import Answer, SignerKind
from visits.sites.tables import Office
from visits.store.work import Work

_CODE = re.compile(r"[0-9a-f]{16,64}")


class Standing(StrEnum):
    """What a copy is worth now."""

    GENUINE = "genuine"
    #: Signed, and the chief has not validated it yet.
    UNVALIDATED = "unvalidated"
    #: A newer version exists, or is being written.
    SUPERSEDED = "superseded"
    RETURNED = "returned"
    ANNULLED = "annulled"
    #: What is stored is not what was signed.
    ALTERED = "altered"
    #: The number exists; only the code of the paper opens more.
    NUMBER = "number"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """The four checks of a copy."""

    content: bool
    signatures: bool
    chain: bool
    received: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a copy with this code or number is, without a name or a value."""

    standing: Standing
    tz: str = "UTC"
    office: str = ""
    number: str = ""
    previous_number: str = ""
    declaration: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    #: The French sentence of the conclusion.
    verdict: str = ""
    version: int = 0
    newest: int = 0
    groups: str = ""
    officers: int = 0
    declarants: int = 0
    agencies: int = 0
    #: The declarant's side refused to sign.
    refused: bool = False
    system: str = ""
    tests: Tests | None = None


async def check(work: Work, typed: str) -> Checked:
    """Look a copy up by the code beside its QR code (or the whole digest), or by its number alone."""
    code = re.sub(r"[\s\-·.]", "", typed).lower()
    if _CODE.fullmatch(code):
        frozen = await queries.by_code(work, code)
        return await _of_version(work, frozen) if frozen else Checked(standing=Standing.UNKNOWN)
    key = parsed(typed)
    report = await queries.by_number(work, *key) if key else None
    if report is None:
        return Checked(standing=Standing.UNKNOWN)
    _, _, office = await queries.report_by_id(work, report.id)
    return Checked(
        standing=Standing.NUMBER, tz=office.tz, office=_office(office), number=_number(report, office), version=0
    )


async def _of_version(work: Work, frozen: ReportVersion) -> Checked:
    report, visit, office = await queries.report_by_id(work, frozen.report_id)
    content = _content(frozen)
    signatures = await queries.signatures_of(work, frozen.id)
    whole = content is not None and await _was_recorded(work, report, frozen)
    if content is None or not whole:
        return Checked(
            standing=Standing.ALTERED,
            tz=office.tz,
            office=_office(office),
            version=frozen.version,
            groups=short_hash(frozen.digest),
        )
    taken = await queries.received(work, visit.id, frozen.version)
    tests = Tests(
        content=True,
        signatures=await _as_recorded(work, signatures, frozen),
        chain=await _follows(work, report, content),
        received=taken.at if taken else None,
    )
    standing = _standing(frozen, report)
    if not tests.signatures:
        standing = Standing.ALTERED
    return Checked(
        standing=standing,
        tz=office.tz,
        office=_office(office),
        number=_number(report, office) if frozen.validated_at else "",
        previous_number=_number(report, office, less=1) if frozen.validated_at and (report.number or 0) > 1 else "",
        declaration=f"{content.declaration.serial} {content.declaration.number}".strip(),
        started=content.started,
        ended=content.ended,
        verdict=summary_title(content),
        version=frozen.version,
        newest=report.version,
        groups=short_hash(frozen.digest),
        officers=_count(signatures, SignerKind.OFFICER),
        declarants=_count(signatures, SignerKind.DECLARANT),
        agencies=_count(signatures, SignerKind.AGENCY),
        refused=any(one.verdict == Answer.REFUSED for one in signatures),
        system=str(office.policies.get("clearance_name") or ""),
        tests=tests,
    )


def _content(frozen: ReportVersion) -> Content | None:
    """The stored content, if it still is what its digest says."""
    try:
        content = from_stored(frozen.content)
    except msgspec.ValidationError:
        return None
    return content if content_digest(content) == frozen.digest else None


async def _was_recorded(work: Work, report: Report, frozen: ReportVersion) -> bool:
    """Does the unchangeable record hold this digest for this version?"""
    facts = await queries.frozen_facts(work, report.id)
    return any(each == {"digest": frozen.digest, "version": frozen.version} for each in facts)


async def _as_recorded(work: Work, signatures: Sequence[Signature], frozen: ReportVersion) -> bool:
    """Is every signature the one that was recorded, for this digest, and is there an officer's?"""
    recorded = await queries.audited(work, "signature_added", [one.id for one in signatures])
    sound = all(
        (recorded.get(str(one.id)) or {}).get("digest") == signature_digest(one)
        and recorded[str(one.id)]["version_digest"] == frozen.digest
        for one in signatures
    )
    return sound and _count(signatures, SignerKind.OFFICER) > 0


async def _follows(work: Work, report: Report, content: Content) -> bool:
    """The report named before this one exists unchanged, and no number is missing up to this one."""
    if content.previous_digest:
        before = await queries.version_by_digest(work, content.previous_digest)
        if before is None or _content(before) is None:
            return False
    if report.year is None or report.number is None:
        return True
    return await queries.numbers_until(work, report.office_id, report.year, report.number) == report.number


def _standing(frozen: ReportVersion, report: Report) -> Standing:
    match frozen.state:
        case "validated":
            return Standing.GENUINE
        case "amended":
            return Standing.SUPERSEDED
        case "returned":
            return Standing.RETURNED
        case "annulled":
            return Standing.ANNULLED
    return Standing.UNVALIDATED if frozen.version == report.version else Standing.SUPERSEDED


def _count(signatures: Sequence[Signature], kind: SignerKind) -> int:
    return sum(one.kind == kind and one.verdict != Answer.REFUSED for one in signatures)


def _number(report: Report, office: Office, *, less: int = 0) -> str:
    if report.year is None or report.number is None:
        return ""
    return number_text(report.year, office.code, report.number - less)


def _office(office: Office) -> str:
    return f"{office.code} {office.name}"
