"""The finding of absence as a PDF/A in three languages; other people's words reach the template as data alone."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import typst

from visits.errors import NotFound
from visits.reports.absence import Absence, absence_case, digest_of, from_stored
from visits.reports.absence_words import heads, signed, told, voice_of
from visits.reports.content import short_hash
from visits.reports.printable import FONTS, HERE, printable
from visits.reports.tables import AbsenceRecord
from visits.reports.validate import Altered
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import LANGUAGES

TEMPLATE = HERE / "typst" / "absence.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything a copy shows, gathered in one transaction; printing needs none."""

    content: Absence
    digest: str
    name: str
    quality: str
    signed_at: datetime
    language: str

    @property
    def file_name(self) -> str:
        """A name that every system can store."""
        return f"constat-{self.content.visit}-{self.language}.pdf"


async def paper_of(work: Work, visit_id: UUID, record_id: UUID, *, language: str) -> Paper:
    """A signed finding of a visit the actor may see, ready to be printed; one that was altered is refused."""
    if language not in LANGUAGES:
        raise NotFound()
    await absence_case(work, visit_id)
    record = await work.session.get(AbsenceRecord, record_id)
    if record is None or record.visit_id != visit_id:
        raise NotFound()
    content = from_stored(record)
    if digest_of(content) != record.digest:
        raise Altered()
    return Paper(
        content=content,
        digest=record.digest,
        name=record.name,
        quality=record.quality,
        signed_at=record.signed_at,
        language=language,
    )


async def print_absence(paper: Paper) -> bytes:
    """The copy as a PDF, made beside the other requests."""
    return await asyncio.to_thread(pdf, paper)


def pdf(paper: Paper) -> bytes:
    """The finding on paper."""
    content, voice = paper.content, voice_of(paper.content, paper.language)
    words = told(content, paper.language)
    present_head, places_head = heads(voice)
    day = voice.day or content.noted_at.date()
    data: dict[str, Any] = {
        "lang": paper.language,
        "day": [day.year, day.month, day.day],
        "brand": voice.say(N_("Visites")),
        "issuer": [each for each in (f"{content.office_code} {content.office_name}", content.section) if each],
        "document": f"{words.title} {content.visit}",
        "visit": content.visit,
        "short": short_hash(paper.digest),
        "title": words.title,
        "found": words.found,
        "facts": words.facts,
        "present_title": voice.say(N_("Qui était présent")),
        "present_head": present_head,
        "present": words.present,
        "nobody": voice.say(N_("Personne n'est noté présent.")),
        "places_title": voice.say(N_("Où étaient les marchandises, selon le terminal")),
        "places_head": places_head,
        "places": words.places,
        "follows_title": voice.say(N_("Ce qui s'ensuit")),
        "follows": words.follows,
        "signature_title": voice.say(N_("Signature")),
        "unsigned": "",
        "name": paper.name,
        "quality": paper.quality,
        "signed": signed(voice, paper.signed_at),
        "digest_label": voice.say(N_("Empreinte (SHA-256), inscrite à la chaîne des preuves")),
        "digest": paper.digest,
        "page": voice.say(N_("page %(page)s sur %(pages)s"), page="{page}", pages="{pages}"),
        "footer": voice.say(N_("heure locale : %(zone)s"), zone=voice.zone_name(content.noted_at)),
    }
    compiled = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(printable(data))},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["a-2b", "ua-1"],
        timestamp=0,
    )
    return bytes(compiled)
