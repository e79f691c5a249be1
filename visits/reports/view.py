"""A report on a screen: the same words as on paper, in the reader's language. Pure; the templates only lay them out."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from visits.reports import annex, sheet
from visits.reports.content import Content, Signature, evidential_grade
from visits.reports.rules import summary_title
from visits.reports.sheet import Pairs, Table
from visits.reports.voice import Voice
from visits.reports.words import Answer, SignerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One signature as a page shows it."""

    name: str
    quality: str
    answer: str
    verdict: str
    remarks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The parts of a report, in the order they are read."""

    verdict: str
    declaration: Pairs
    place: Pairs
    containers: Table
    items: Table
    details: list[Pairs]
    conclusion: list[str]
    course: Pairs
    evidence: Table


def view(content: Content, *, language: str, tz: str) -> View:
    """The words of a report."""
    voice = voice_of(content, language=language, tz=tz)
    return View(
        verdict=voice.say(summary_title(content)),
        declaration=sheet.declaration(content, voice),
        place=sheet.place_and_time(content, voice),
        containers=sheet.containers(content, voice),
        items=sheet.items(content, voice),
        details=annex.details(content, voice),
        conclusion=sheet.conclusion(content, voice),
        course=annex.course(content, voice),
        evidence=annex.evidence(content, voice),
    )


def signed(content: Content, signatures: tuple[Signature, ...], *, language: str, tz: str) -> list[Signed]:
    """Who answered, how and when."""
    voice = voice_of(content, language=language, tz=tz)
    return [
        Signed(
            name=one.signer_name,
            quality=one.quality,
            answer=sheet.signature(one, voice)["answer"],
            verdict=one.verdict,
            remarks=voice.quote(one.remarks) if one.remarks else "",
        )
        for one in signatures
    ]


def grade(content: Content, signatures: tuple[Signature, ...], *, language: str, tz: str) -> str:
    """How far the report proves, by the officers who signed."""
    officers = sum(one.kind is SignerKind.OFFICER and one.verdict is not Answer.REFUSED for one in signatures)
    return voice_of(content, language=language, tz=tz).say(evidential_grade(officers))


def voice_of(content: Content, *, language: str, tz: str) -> Voice:
    """The reader's language with the day of the visit."""
    zone = ZoneInfo(tz)
    begun: datetime | None = sheet.moment(content)
    return Voice(lang=language, zone=zone, day=begun.astimezone(zone).date() if begun else None)
