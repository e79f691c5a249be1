"""From the rows of field work to the parts of the report: boxes, items, findings, evidence. Pure, and always the same.

Rows that were corrected or withdrawn are left out by the rules of field work; here nothing is judged again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from visits.documents.tables import Document
from visits.fieldwork import rules, words
from visits.fieldwork.rules import Record
from visits.fieldwork.tables import Evidence as Piece
from visits.fieldwork.tables import Finding as Row
from visits.reports.content import Check, Comparison, Container, Evidence, Finding, Item, Seal
from visits.reports.words import FIGURES, EvidenceKind, Extent, Facet, FindingKind, SealState

#: What a photo must show to prove something about a facet.
ABOUT: dict[Facet, frozenset[str]] = {
    Facet.QUANTITY: frozenset({words.About.COUNT}),
    Facet.PACKAGES: frozenset({words.About.COUNT, words.About.PACKAGE}),
    Facet.GROSS_WEIGHT: frozenset({words.About.WEIGHING}),
    Facet.NET_WEIGHT: frozenset({words.About.WEIGHING}),
    Facet.CONDITION: frozenset({words.About.PACKAGE}),
}
_LABEL = frozenset({words.About.LABEL})
#: What « everything else is as declared » covers, when it was not compared by itself.
WHOLE = (words.Facet.QUANTITY, words.Facet.SPECIES, words.Facet.ORIGIN)
#: What may have been left undone about a box.
BOX_GAPS = frozenset({"box", "opening", "seal_after"})
#: Differences that rest on the documents of the package.
ON_PAPER = frozenset({FindingKind.VALUE, FindingKind.LICENCE, FindingKind.ORIGIN})


def evidence(record: Record, documents: Sequence[Document]) -> tuple[Evidence, ...]:
    """Photos and films by their number, then the documents of the package that the findings rest on."""
    pieces = [
        Evidence(
            code=code_of(piece),
            kind=EvidenceKind(piece.kind),
            sha256=piece.sha256,
            at=piece.taken_at or piece.device_at or piece.at,
            item=piece.item,
            container=piece.container or "",
            caption=piece.caption,
            latitude=degrees(piece.latitude),
            longitude=degrees(piece.longitude),
        )
        for piece in sorted(record.evidence, key=lambda piece: piece.number)
    ]
    papers = [
        Evidence(
            code=f"D{number}",
            kind=EvidenceKind.DOCUMENT,
            sha256=paper.sha256,
            at=paper.at,
            caption=paper.reference or paper.file_name,
        )
        for number, paper in enumerate(documents if _asks_for_papers(record) else (), start=1)
    ]
    return (*pieces, *papers)


def _asks_for_papers(record: Record) -> bool:
    return any(row.kind in ON_PAPER for row in rules.standing(record.findings))


def code_of(piece: Piece) -> str:
    """P1 for a photo, V2 for a film, D3 for a document: one count for all."""
    letters = {EvidenceKind.PHOTO: "P", EvidenceKind.VIDEO: "V", EvidenceKind.DOCUMENT: "D"}
    return f"{letters[EvidenceKind(piece.kind)]}{piece.number}"


def containers(numbers: Iterable[str], record: Record) -> tuple[Container, ...]:
    """The boxes of the order of which something was recorded, then any other that was touched."""
    ordered = list(numbers)
    touched = {seal.container for seal in record.seals} | {step.container for step in record.steps if step.container}
    touched |= {subject for code, subject, _ in explained(record) if code in BOX_GAPS}
    known = [number for number in ordered if number in touched]
    return tuple(_container(number, record) for number in (*known, *sorted(touched - set(ordered))))


def _container(number: str, record: Record) -> Container:
    opened = rules.step_of(record.steps, words.Deed.OPENED, number)
    counted = rules.step_of(record.steps, words.Deed.COUNTED, number)
    weighed = rules.step_of(record.steps, words.Deed.WEIGHED, number)
    how = opened.body if opened else {}
    percent = how.get("percent")
    return Container(
        number=number,
        seals_before=_seals(record, number, words.Moment.BEFORE),
        seals_after=_seals(record, number, words.Moment.AFTER),
        opened_at=(opened.device_at or opened.at) if opened else None,
        extent=Extent(how["method"]) if how.get("method") else None,
        unstuffed_percent=Decimal(str(percent)) if percent is not None else None,
        packages_counted=counted.body.get("counted") if counted else None,
        packages_opened=counted.body.get("opened") if counted else None,
        gross_kilograms=_figure(str(weighed.body.get("kilograms"))) if weighed else None,
        evidence=tuple(code_of(piece) for piece in record.evidence if piece.container == number and piece.item is None),
    )


def _seals(record: Record, number: str, moment: words.Moment) -> tuple[Seal, ...]:
    return tuple(
        Seal(number=seal.number, state=SealState(seal.state))
        for seal in rules.seals_standing(record.seals, number, moment)
    )


def items(
    declared: Sequence[Mapping[str, Any]], ordered: Iterable[int], record: Record, currency: str
) -> tuple[Item, ...]:
    """The items of the order, and any other something was found about, in the declaration's order."""
    standing = rules.standing(record.findings)
    wanted = set(ordered) | {row.item for row in standing if row.item is not None}
    return tuple(_item(item, record, standing, currency) for item in declared if item["number"] in wanted)


def _item(item: Mapping[str, Any], record: Record, standing: Sequence[Row], currency: str) -> Item:
    number = item["number"]
    rows = [row for row in standing if row.item == number]
    photos = [piece for piece in record.evidence if piece.item == number]
    compared = {Facet(row.facet): _comparison(row, photos) for row in rows if row.facet}
    whole = next((row for row in rows if row.kind == words.Kind.CONFORM and not row.facet), None)
    if whole is not None:
        said = rules.declared_of(item, currency)
        for facet in WHOLE:
            if facet in said and Facet(facet) not in compared:
                compared[Facet(facet)] = _as_declared(Facet(facet), said[facet], whole, photos)
    return Item(
        number=number,
        description=str(item.get("commercial_description") or item.get("description") or ""),
        hs=str(item.get("commodity_code") or item.get("hs6") or ""),
        comparisons=tuple(compared[facet] for facet in Facet if facet in compared),
        remark=(whole.remark if whole else "")
        or next((text for code, subject, text in explained(record) if (code, subject) == ("item", str(number))), ""),
    )


def _comparison(row: Row, photos: Sequence[Piece]) -> Comparison:
    facet = Facet(row.facet)
    return Comparison(
        facet=facet,
        declared=_side(facet, row.declared),
        found=_side(facet, row.found),
        unit=row.unit if facet not in (Facet.GROSS_WEIGHT, Facet.NET_WEIGHT) else "",
        check=Check(method=Extent(row.method)) if row.method else None,
        evidence=_proof(facet, photos),
    )


def _as_declared(facet: Facet, said: rules.Declared, whole: Row, photos: Sequence[Piece]) -> Comparison:
    side = _side(facet, said.text)
    return Comparison(
        facet=facet,
        declared=side,
        found=side,
        unit=said.unit,
        check=Check(method=Extent(whole.method)) if whole.method else None,
        evidence=_proof(facet, photos) if facet is Facet.QUANTITY else (),
    )


def _side(facet: Facet, text: str) -> str | None:
    """One side as the report takes it; a figure that is none counts as not said."""
    if facet in FIGURES:
        figure = _figure(text)
        return None if figure is None else format(figure, "f")
    return text or None


def _figure(text: str) -> Decimal | None:
    try:
        figure = Decimal(text)
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def _proof(facet: Facet | None, photos: Sequence[Piece]) -> tuple[str, ...]:
    """The photos that show this facet; the leading row of an item also takes those that show nothing in particular."""
    shows = ABOUT.get(facet, _LABEL) if facet else frozenset()
    mine = [piece for piece in photos if piece.about in shows]
    if facet is Facet.QUANTITY:
        claimed = {about for abouts in ABOUT.values() for about in abouts} | _LABEL
        mine += [piece for piece in photos if piece.about not in claimed]
    return tuple(code_of(piece) for piece in sorted(mine, key=lambda piece: piece.number))


def findings(record: Record, pieces: Sequence[Evidence]) -> tuple[Finding, ...]:
    """Everything that is not as declared, coded, with what proves it."""
    papers = tuple(piece.code for piece in pieces if piece.kind is EvidenceKind.DOCUMENT and piece.item is None)
    seen = tuple(
        Finding(
            kind=FindingKind(row.kind),
            text=row.remark or (row.found if not row.facet else ""),
            item=row.item,
            container=row.container or "",
            evidence=_proofs(row, record, papers),
        )
        for row in rules.standing(record.findings)
        if row.kind != words.Kind.CONFORM
    )
    return (*seen, *_explanations(record))


def explained(record: Record) -> list[tuple[str, str, str]]:
    """What the order asked for and was not done, with the reason given at the end: code, subject, reason."""
    end = rules.step_of(record.steps, words.Deed.ENDED)
    said = (end.body.get("gaps") or {}) if end else {}
    return [(*key.partition(":")[::2], text) for key, text in sorted(said.items())]


def _explanations(record: Record) -> Iterator[Finding]:
    """The reasons as findings in words; that of an item stands with the item."""
    for code, subject, text in explained(record):
        if code in BOX_GAPS:
            yield Finding(kind=FindingKind.OTHER, text=text, container=subject)
        elif code == "photo":
            number = int(subject) if subject.isascii() and subject.isdecimal() else None
            yield Finding(kind=FindingKind.OTHER, text=text, item=number)


def _proofs(row: Row, record: Record, papers: tuple[str, ...]) -> tuple[str, ...]:
    if row.item is not None:
        photos = [piece for piece in record.evidence if piece.item == row.item]
    else:
        photos = [piece for piece in record.evidence if piece.item is None and _same_box(row, piece)]
    close = _proof(Facet(row.facet), photos) if row.facet else ()
    taken = close or tuple(code_of(piece) for piece in sorted(photos, key=lambda piece: piece.number))
    return taken + (papers if FindingKind(row.kind) in ON_PAPER else ())


def _same_box(row: Row, piece: Piece) -> bool:
    """A photo of the box it is about; goods nobody declared may have been photographed anywhere."""
    if row.container:
        return piece.container == row.container
    return piece.about == words.About.UNDECLARED if row.kind == words.Kind.UNDECLARED else True


def degrees(angle: float | None) -> Decimal | None:
    """A coordinate to the decimetre, so that the same row always gives the same figure."""
    return None if angle is None else Decimal(str(round(angle, 6)))
