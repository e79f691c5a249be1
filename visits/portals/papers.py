"""Shows a package in words: each line of the checklist with its state, its documents and what is wrong with them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from visits.documents.checklist import REASONS, Defect, Given, Need
from visits.documents.package import Package
from visits.documents.sniff import DOCX, ENDINGS, JPEG, PDF, PICTURES, PNG, TIFF, XLSX, XML
from visits.documents.types import KINDS, name_of
from visits.texts import N_
from visits.web.language import number, say

#: What a file field lets one choose. A picture type among them is what makes a phone offer its camera.
ACCEPT = ",".join((*ENDINGS, *(ending for endings in ENDINGS.values() for ending in endings)))

FORMATS: dict[str, str] = {
    PDF: N_("PDF"),
    JPEG: N_("image JPEG"),
    PNG: N_("image PNG"),
    TIFF: N_("image TIFF"),
    XML: N_("fichier XML"),
    DOCX: N_("document Word"),
    XLSX: N_("classeur Excel"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document."""

    id: UUID
    name: str
    #: « PDF, 240 ko, version 2 ».
    about: str
    href: str
    #: Where a browser shows it in place; empty for what can only be saved.
    open: str
    picture: bool
    defects: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the checklist."""

    code: str
    name: str
    #: The button that asks for it, or for another one in the place of a spoilt one.
    ask: str
    why: str
    mandatory: bool
    missing: bool
    #: missing, refused, received or possible.
    state: str
    papers: list[Paper]
    #: What customs says about the line itself.
    defects: list[str]

    @property
    def spoilt(self) -> Paper | None:
        """The first document with a defect: the one a new file stands in for."""
        return next((paper for paper in self.papers if paper.defects), None)


def lines(package: Package, language: str) -> list[Line]:
    """The checklist in words."""
    return [_line(need, language) for need in package.needs]


def _line(need: Need, language: str) -> Line:
    why = say(need.why.text, language, **need.why.facts)
    references = ", ".join(need.references)
    if references:
        why += " · " + say(N_("réf. %(references)s"), language, references=references)
    if need.defects:
        state = "refused" if need.given else "missing"
    elif need.given:
        state = "received"
    else:
        state = "missing" if need.mandatory else "possible"
    kind = KINDS.get(need.document_type)
    name = say(name_of(need.document_type), language)
    add = say(kind.add if kind else N_("Ajouter la pièce demandée"), language)
    spoilt = any(defect.document for defect in need.defects)
    return Line(
        code=need.document_type,
        name=capital(name),
        ask=say(N_("Remplacer : %(name)s"), language, name=name) if spoilt else add,
        why=capital(why),
        mandatory=need.mandatory,
        missing=need.missing,
        state=state,
        papers=[paper(each, language, need.defects_of(each.id)) for each in need.given],
        defects=[fault(each, language) for each in need.defects_of(None)],
    )


def paper(given: Given, language: str, defects: tuple[Defect, ...] = ()) -> Paper:
    """One document in words."""
    about = [say(FORMATS[given.media_type], language), size(given.size, language)]
    if given.version > 1:
        about.append(say(N_("version %(version)s"), language, version=given.version))
    if given.reference:
        about.append(say(N_("réf. %(references)s"), language, references=given.reference))
    href = f"/api/documents/{given.id}/content"
    shown = given.media_type in PICTURES or given.media_type == PDF
    return Paper(
        id=given.id,
        name=given.file_name,
        about=", ".join(about),
        href=href,
        open=f"{href}?inline=true" if shown else "",
        picture=given.media_type in PICTURES,
        defects=[fault(each, language) for each in defects],
    )


def fault(defect: Defect, language: str) -> str:
    """« illisible : la page 2 est coupée »."""
    reason = say(REASONS[defect.reason], language)
    return f"{reason} – {defect.text}" if defect.text else reason


def size(amount: int, language: str) -> str:
    """« 240 ko », « 1,2 Mo »."""
    if amount < 1_000_000:
        return say(N_("%(size)s ko"), language, size=max(1, round(amount / 1000)))
    return say(N_("%(size)s Mo"), language, size=number(amount / 1_000_000, language, 1))


def capital(text: str) -> str:
    """The text with its first letter large; the others stay as they are."""
    return text[:1].upper() + text[1:]


def choices(language: str) -> list[tuple[str, str]]:
    """Every kind of document, for a list to choose from."""
    return [(code, capital(say(kind.name, language))) for code, kind in KINDS.items()]


def reasons(language: str) -> list[tuple[str, str]]:
    """Every reason to send a document back."""
    return [(code, capital(say(name, language))) for code, name in REASONS.items()]


def shared(package: Package, language: str) -> dict[str, Any]:
    """What every page about a package shows."""
    return {"name": package.case.title, "visit": package.case.visit, "lines": lines(package, language)}
