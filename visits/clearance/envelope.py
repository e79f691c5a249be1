"""What leaves the house: a frozen report with its number, digest and signatures, under the key of its version."""

from typing import Any
from uuid import UUID

from visits.clearance import queries
from visits.clearance.paper import MEDIA_TYPE, Paper
from visits.clearance.port import Envelope
from visits.declarations.tables import Declaration
from visits.journey.tables import Visit
from visits.reports.tables import Report, ReportVersion, Signature
from visits.store.work import Work


async def envelope(work: Work, visit_id: UUID, version: int, paper: Paper) -> tuple[Envelope, UUID]:
    """The report of a visit as it goes out with the digest of its paper, and the office that answers for it."""
    report, frozen, signatures, visit, declaration = await queries.report_parts(work, visit_id, version)
    key = message_key(declaration, visit, version)
    body = _body(key, report, frozen, visit, declaration)
    body |= {"signatures": [_signature(each) for each in signatures], "pdf": _pdf(paper)}
    return Envelope(message_key=key, body=body), visit.office_id


def message_key(declaration: Declaration, visit: Visit, version: int) -> str:
    """office/year/serial/number/visit/version: the same for every try, other for every version."""
    parts = (declaration.office_code, declaration.year, declaration.serial or "", declaration.number)
    return "/".join(str(part) for part in (*parts, visit.reference, version))


def _body(key: str, report: Report, frozen: ReportVersion, visit: Visit, declaration: Declaration) -> dict[str, Any]:
    return {
        "type": "visit_report",
        "id": key,
        "declaration": {
            "office": declaration.office_code,
            "year": declaration.year,
            "serial": declaration.serial or "",
            "number": declaration.number,
        },
        "visit": visit.reference,
        "level": visit.level,
        "version": frozen.version,
        "number": {"office": declaration.office_code, "year": report.year, "number": report.number},
        "digest": frozen.digest,
        "frozen_at": frozen.frozen_at.isoformat(),
        "validated_at": frozen.validated_at.isoformat() if frozen.validated_at else None,
        "content": frozen.content,
    }


def _signature(one: Signature) -> dict[str, Any]:
    """Who answered and how; the pen's path stays with the report."""
    return {
        "kind": one.kind,
        "verdict": one.verdict,
        "name": one.name,
        "quality": one.quality,
        "remarks": one.remarks,
        "at": (one.device_at or one.at).isoformat(),
    }


def _pdf(paper: Paper) -> dict[str, Any]:
    """How the receiver knows the file when it comes, or is fetched, by another way."""
    return {
        "sha256": paper.blob.sha256,
        "size": paper.blob.size,
        "language": paper.language,
        "media_type": MEDIA_TYPE,
    }
