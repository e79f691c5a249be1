"""Copies on paper: a frozen version as a PDF in three languages, printed when somebody asks for it."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visits.declarations.queries import case_of
from visits.errors import NotFound
from visits.people.tables import Person
from visits.reports import queries
from visits.reports.content import Content, content_digest, from_stored
from visits.reports.content import Signature as Signed
from visits.reports.numbers import number_text
from visits.reports.render import pdf
from visits.reports.tables import Signature
from visits.reports.validate import Altered
from visits.reports.words import Answer, SignerKind
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import LANGUAGES, say

#: How many digits of the digest stand in the address of a copy: the four groups beside the QR code.
CODE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything a copy shows, gathered in one transaction; printing needs none."""

    content: Content
    digest: str
    number: str | None
    previous_number: str | None
    signatures: tuple[Signed, ...]
    validation: tuple[str, datetime] | None
    push: tuple[str, str, datetime] | None
    verify_url: str
    language: str
    tz: str

    @property
    def file_name(self) -> str:
        """A name that every system can store."""
        about = self.number or self.content.visit
        plain = re.sub(r"[^A-Za-z0-9]+", "-", about).strip("-")
        return f"rapport-{plain}-v{self.content.version}-{self.language}.pdf"


async def sheet_of(work: Work, visit_id: UUID, *, language: str, public_url: str, version: int | None = None) -> Sheet:
    """A frozen version (the newest if none is named) of a visit the actor may see, ready to be printed."""
    if language not in LANGUAGES:
        raise NotFound()
    case = await case_of(work, visit_id)
    report = await queries.report_of(work, visit_id)
    frozen = await queries.version_of(work, visit_id, version)
    if report is None or frozen is None:
        raise NotFound()
    content = from_stored(frozen.content)
    if content_digest(content) != frozen.digest:
        raise Altered()
    number = previous = None
    validated = frozen.state in ("validated", "amended") and frozen.validated_at is not None
    if validated and report.year is not None and report.number is not None:
        number = number_text(report.year, case.office.code, report.number)
        previous = number_text(report.year, case.office.code, report.number - 1) if report.number > 1 else None
    chief = await work.session.get(Person, frozen.validated_by) if frozen.validated_by else None
    taken = await queries.received(work, visit_id, frozen.version)
    system = str(case.office.policies.get("clearance_name") or "") or say(N_("le système de dédouanement"), language)
    return Sheet(
        content=content,
        digest=frozen.digest,
        number=number,
        previous_number=previous,
        signatures=tuple(printed(one) for one in await queries.signatures_of(work, frozen.id)),
        validation=(chief.name, frozen.validated_at) if chief and frozen.validated_at else None,
        push=(system, taken.act, taken.at) if taken else None,
        verify_url=verify_url(public_url, frozen.digest),
        language=language,
        tz=case.office.tz,
    )


async def print_out(sheet: Sheet) -> bytes:
    """The PDF/A of a sheet, made in a thread: about 50 ms."""
    return await asyncio.to_thread(
        pdf,
        sheet.content,
        number=sheet.number,
        version=sheet.content.version,
        digest=sheet.digest,
        signatures=sheet.signatures,
        validation=sheet.validation,
        push=sheet.push,
        previous_number=sheet.previous_number,
        verify_url=sheet.verify_url,
        language=sheet.language,
        tz=sheet.tz,
    )


def printed(signature: Signature) -> Signed:
    """A stored answer as a copy shows it."""
    return Signed(
        signer_name=signature.name,
        quality=signature.quality,
        kind=SignerKind(signature.kind),
        verdict=Answer(signature.verdict),
        at=signature.at,
        remarks=signature.remarks,
        read_out=signature.read_out,
        strokes_svg_path=signature.strokes,
    )


def verify_url(public_url: str, digest: str) -> str:
    """Where anybody can check a copy with this digest."""
    return f"{public_url.rstrip('/')}/public/reports/{digest[:CODE].upper()}"
