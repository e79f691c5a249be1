"""The report as a PDF/A in fr, en or pt. Texts come from `sheet` and `annex`, layout from typst/report.typ.

Everything a person wrote reaches the template as data, never as markup. Fonts are ours and the compiler's, so
the same report gives the same bytes on every machine.
"""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import segno
import typst

from visits.reports import annex, sheet
from visits.reports.content import (
    GRADES,
    Content,
    Signature,
    content_digest,
    evidential_grade,
    short_hash,
)
from visits.reports.printable import FONTS, HERE, printable
from visits.reports.rules import summary_title
from visits.reports.voice import Voice, joined, unbroken
from visits.reports.words import PARTY, Answer, SignerKind
from visits.texts import N_

TEMPLATE = HERE / "typst" / "report.typ"


def pdf(
    content: Content,
    *,
    number: str | None,
    version: int,
    digest: str,
    signatures: Sequence[Signature],
    validation: tuple[str, datetime] | None,
    push: tuple[str, str, datetime] | None,
    previous_number: str | None,
    verify_url: str,
    language: str,
    tz: str,
    paper_size: str = "a4",
    grades: Mapping[int, str] = GRADES,
) -> bytes:
    """The printed report; without `validation` every page says that the copy is not validated."""
    if version != content.version or digest != content_digest(content):
        raise ValueError("the version or the digest is not that of the content")
    zone = ZoneInfo(tz)
    begun = sheet.moment(content)
    voice = Voice(lang=language, zone=zone, day=begun.astimezone(zone).date() if begun else None)
    signed = list(signatures)
    words = {
        **_head(content, number, digest, verify_url, validation, voice),
        **_body(content, signed, validation is not None, voice),
        **_end(content, signed, digest, grades, voice),
        "footer": _footer(content, validation, push, previous_number, voice),
        "zone": voice.say(N_("heure locale : %(zone)s"), zone=voice.zone_name(begun)) if begun else "",
    }
    data = {
        "words": printable(msgspec.to_builtins(words)),
        "strokes": [sheet.strokes(one) for one in signed],
        "qr": _qr(verify_url),
        "lang": language,
        "paper": paper_size,
        "day": _day(content, signed, validation, zone),
    }
    compiled = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        format="pdf",
        sys_inputs={"data": json.dumps(data)},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["a-2b", "ua-1"],
        timestamp=0,
    )
    return bytes(compiled)


def _head(
    content: Content,
    number: str | None,
    digest: str,
    verify_url: str,
    validation: tuple[str, datetime] | None,
    voice: Voice,
) -> dict[str, Any]:
    office = content.office
    bureau = voice.say(N_("Bureau %(code)s %(name)s"), code=office.code, name=office.name)
    receipt = content.device.receipt if content.device else str(content.report)
    shown = number or voice.say(N_("Reçu local %(receipt)s"), receipt=receipt)
    title = voice.say(N_("Certificat de visite"))
    return {
        "brand": voice.say(N_("Visites")),
        "issuer": [line for line in (office.administration, bureau, office.section) if line],
        "number": unbroken(shown),
        "unnumbered": "" if number else voice.say(N_("Numéro donné à la réception par le bureau")),
        "version": voice.say(N_("Version %(version)s"), version=content.version),
        "page": voice.say(N_("page %(page)s sur %(pages)s"), page="{page}", pages="{pages}"),
        "digest": unbroken(short_hash(digest)),
        "verify": voice.say(N_("À vérifier : %(address)s"), address=_address(verify_url)),
        "qr_label": voice.say(N_("Code QR de vérification")),
        "title": title,
        "document": f"{title} {shown}",
        "verdict": voice.say(summary_title(content)),
        "unvalidated": "" if validation else voice.say(N_("Copie non validée")),
    }


def _body(content: Content, signatures: list[Signature], validated: bool, voice: Voice) -> dict[str, Any]:
    words = sheet.reserves(signatures, voice)
    declarants = all(one.kind is SignerKind.DECLARANT for one in signatures if one.remarks.strip())
    heard = any(one.kind is SignerKind.DECLARANT for one in signatures)
    title = N_("Réserves du déclarant") if declarants else N_("Réserves")
    present = any(party.quality in PARTY for party in content.parties)
    silent = ""
    if heard and not words:
        silent = voice.say(N_("Aucune réserve."))
    elif validated and present and not heard:
        silent = voice.say(N_("Le déclarant n'a pas répondu dans le délai : rapport non confirmé."))
    return {
        "left": sheet.declaration(content, voice),
        "right": sheet.place_and_time(content, voice),
        "tables": [table for table in (sheet.containers(content, voice), sheet.items(content, voice)) if table.rows],
        "details": annex.details(content, voice),
        "conclusion": {
            "label": voice.say(N_("Conclusion.")),
            "paragraphs": sheet.conclusion(content, voice),
        },
        "reserves": {
            "title": voice.say(title),
            "words": words,
            "none": silent,
            "read": voice.say(N_("Rapport lu à l'intéressé : %(answer)s."), answer=voice.yes(content.read_to_party))
            if present
            else voice.say(N_("Intéressé absent.")),
        },
    }


def _end(
    content: Content, signatures: list[Signature], digest: str, grades: Mapping[int, str], voice: Voice
) -> dict[str, Any]:
    officers = sum(one.kind is SignerKind.OFFICER and one.verdict is not Answer.REFUSED for one in signatures)
    chain: list[sheet.Pair] = [(voice.say(N_("Ce rapport")), [digest])]
    if content.previous_digest:
        chain.append((voice.say(N_("Rapport précédent")), [content.previous_digest]))
    return {
        "signatures": [sheet.signature(one, voice) for one in signatures],
        "signing": voice.say(N_("Signatures")),
        "unsigned": "" if signatures else voice.say(N_("Personne n'a encore signé ce rapport.")),
        "grade": voice.say(evidential_grade(officers, grades=grades)),
        "course": annex.course(content, voice),
        "evidence": annex.evidence(content, voice),
        "chain": sheet.Pairs(title=voice.say(N_("Empreintes (SHA-256)")), rows=chain),
    }


def _footer(
    content: Content,
    validation: tuple[str, datetime] | None,
    push: tuple[str, str, datetime] | None,
    previous_number: str | None,
    voice: Voice,
) -> str:
    parts = []
    if validation:
        name, at = validation
        parts.append(voice.say(N_("Validé par %(name)s %(when)s"), name=name, when=voice.when(at)))
    else:
        parts.append(voice.say(N_("Copie non validée par le chef de visite")))
    if push:
        system, act, at = push
        parts.append(
            voice.say(
                N_("reçu par %(system)s %(when)s, accusé %(act)s"),
                system=system,
                when=voice.when(at),
                act=unbroken(act),
            )
        )
    if previous_number:
        parts.append(voice.say(N_("suit %(number)s"), number=unbroken(previous_number)))
    line = joined(parts, by=" · ") + "."
    if content.evidence:
        where = voice.say(
            N_("Empreintes des preuves %(codes)s : page %(page)s."),
            codes=annex.span(content),
            page="{evidence}",
        )
        line = f"{line} {where}"
    return line


def _address(url: str) -> str:
    """The address as somebody types it: no scheme, a place to break after each slash."""
    return url.partition("://")[2].rstrip("/").replace("/", "/\u200b") or url


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=0, dark="#05263f", xmldecl=False, omitsize=True)
    return out.getvalue().decode()


def _day(
    content: Content,
    signatures: list[Signature],
    validation: tuple[str, datetime] | None,
    zone: ZoneInfo,
) -> list[int]:
    """The document's date: validation, else the last signature, else the end of the visit."""
    moments = [one.at for one in signatures] + [at for at in (content.started, content.ended) if at]
    newest = validation[1] if validation else max(moments, default=None)
    day = newest.astimezone(zone).date() if newest else content.declaration.registered_on
    return [day.year, day.month, day.day]
