"""What a visit consists of, what was found to differ, and what is still missing before it ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from visits.errors import Refusal
from visits.fieldwork.words import FIGURES, INTERESTED, About, Deed, Facet, Kind, Method, Moment
from visits.texts import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from visits.fieldwork.tables import CheckIn, Evidence, Finding, Seal, Step

#: Extents that leave the container shut.
SHUT: Final = frozenset({Method.DOC, Method.SEAL, Method.NII})

#: What a difference in a facet is called; a figure says by its sign whether there is more or less.
KINDS: Final[dict[Facet, Kind]] = {
    Facet.SPECIES: Kind.SPECIES,
    Facet.DESCRIPTION: Kind.DESCRIPTION,
    Facet.ORIGIN: Kind.ORIGIN,
    Facet.GROSS_WEIGHT: Kind.WEIGHT,
    Facet.NET_WEIGHT: Kind.WEIGHT,
    Facet.VALUE: Kind.VALUE,
    Facet.MARKS: Kind.MARKS,
    Facet.CONDITION: Kind.CONDITION,
}

#: The photo that proves a difference.
PROOFS: Final[dict[Kind, About]] = {
    Kind.QUANTITY_MORE: About.COUNT,
    Kind.QUANTITY_LESS: About.COUNT,
    Kind.WEIGHT: About.WEIGHING,
    Kind.UNDECLARED: About.UNDECLARED,
    Kind.CONDITION: About.PACKAGE,
    Kind.DANGEROUS: About.PACKAGE,
    Kind.SEAL: About.SEAL,
}

#: Kinds that are a remark: no photo is asked for.
REMARKS: Final = frozenset({Kind.CONFORM, Kind.WITHDRAWN, Kind.VALUE, Kind.LICENCE, Kind.OTHER})

#: The longest figure anybody counts or weighs.
DIGITS = 15


class NotAFigure(Refusal):
    """A quantity, weight or value was not written as a figure."""

    code, status = "not-a-figure", 422
    says = N_("« %(typed)s » n'est pas un nombre. Écrivez des chiffres.")


class NotACode(Refusal):
    """A tariff code is too short or holds something else than digits."""

    code, status = "not-a-tariff-code", 422
    says = N_("« %(typed)s » n'est pas un code tarifaire. Écrivez au moins 4 chiffres.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One side of a comparison: what the declaration says."""

    text: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A container of the order with the items to be looked at in it."""

    number: str
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The parts of a visit in the order they are done: boxes with their items, then items in no box."""

    boxes: tuple[Box, ...] = ()
    loose: tuple[int, ...] = ()
    #: Must the boxes be opened?
    opening: bool = True
    #: Is it made at a desk, on the documents alone?
    desk: bool = False

    @property
    def items(self) -> tuple[int, ...]:
        """Every item to be looked at."""
        return tuple(item for box in self.boxes for item in box.items) + self.loose


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything recorded at a visit, oldest first."""

    check_ins: Sequence[CheckIn] = ()
    findings: Sequence[Finding] = ()
    seals: Sequence[Seal] = ()
    steps: Sequence[Step] = ()
    evidence: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something the order asks for that is not there: box, opening, item, photo or seal_after, of what."""

    code: str
    subject: str

    @property
    def key(self) -> str:
        """Names the gap in a form."""
        return f"{self.code}:{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemState:
    """How far an item is: what stands of its findings, and the photos that prove its differences."""

    number: int
    #: The newest finding of each facet.
    facets: Mapping[Facet, Finding] = field(default_factory=dict)
    #: Findings in words, without a facet.
    notes: tuple[Finding, ...] = ()
    #: « Everything else is as declared ».
    conform: Finding | None = None
    photos: frozenset[str] = frozenset()
    wanted: tuple[About, ...] = ()

    @property
    def looked_at(self) -> bool:
        """Was the item checked as a whole?"""
        return self.conform is not None

    @property
    def differs(self) -> bool:
        """Is something not as declared?"""
        return any(finding.kind != Kind.CONFORM for finding in (*self.facets.values(), *self.notes))

    @property
    def missing_photos(self) -> tuple[About, ...]:
        """The proofs not yet taken."""
        return tuple(about for about in self.wanted if about not in self.photos)

    @property
    def done(self) -> bool:
        """Looked at, and every difference has its photo."""
        return self.looked_at and not self.missing_photos


# ---------- declared and found ----------


def declared_of(item: Mapping[str, Any], currency: str = "") -> dict[Facet, Declared]:
    """What the declaration says of an item, by facet; what it does not say is left out."""
    packages = item.get("packages") or {}
    counted = Declared(text=packages.get("count") or "", unit=packages.get("kind_name") or packages.get("kind") or "")
    units = [unit for unit in item.get("supplementary_units") or () if unit.get("quantity")]
    said = {
        Facet.QUANTITY: Declared(text=units[0]["quantity"], unit=units[0].get("code") or "") if units else counted,
        Facet.PACKAGES: counted if units else Declared(text=""),
        Facet.SPECIES: Declared(text=item.get("commodity_code") or item.get("hs6") or ""),
        Facet.ORIGIN: Declared(text=item.get("origin") or ""),
        Facet.GROSS_WEIGHT: Declared(text=item.get("gross_weight") or "", unit="kg"),
        Facet.NET_WEIGHT: Declared(text=item.get("net_weight") or "", unit="kg"),
        Facet.DESCRIPTION: Declared(text=item.get("commercial_description") or item.get("description") or ""),
        Facet.VALUE: Declared(text=item.get("item_price") or "", unit=currency),
    }
    return {facet: side for facet, side in said.items() if side.text}


def tidy(facet: Facet, typed: str) -> str:
    """What was typed as it is kept: a plain figure, a code of digits, a country in capitals, or the words."""
    text = " ".join(typed.split())
    if facet in FIGURES:
        return _plain(_figure(text))
    if facet is Facet.SPECIES:
        code = "".join(each for each in text if each not in " .-")
        if not (code.isascii() and code.isdigit() and 4 <= len(code) <= 12):
            raise NotACode(typed=text)
        return code
    return text.upper() if facet is Facet.ORIGIN else text


def kind_of(facet: Facet, declared: str, found: str) -> Kind:
    """Conform, or what the difference between two tidy sides is called."""
    if facet in FIGURES:
        gap = Decimal(found) - (Decimal(declared) if declared else 0)
        if not gap:
            return Kind.CONFORM
        return KINDS.get(facet) or (Kind.QUANTITY_MORE if gap > 0 else Kind.QUANTITY_LESS)
    if facet is Facet.SPECIES:
        # Six digits are the international part: a shorter reading of the same code is no difference.
        same = bool(declared) and (declared.startswith(found) or found.startswith(declared)) and len(found) >= 6
    else:
        same = declared.casefold() == found.casefold()
    return Kind.CONFORM if same else KINDS[facet]


def gap_of(facet: str, declared: str, found: str) -> Decimal | None:
    """Found less declared, of figures."""
    if facet not in FIGURES or not found:
        return None
    return Decimal(found) - (Decimal(declared) if declared else 0)


def _figure(text: str) -> Decimal:
    plain = "".join(text.split()).replace(",", ".")
    if len(plain) > DIGITS or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", plain):
        raise NotAFigure(typed=text)
    return Decimal(plain)


def _plain(figure: Decimal) -> str:
    text = f"{figure:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


# ---------- what stands ----------


def standing(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that count: not corrected, not withdrawn, and of an item's facet only the newest."""
    rows = list(findings)
    corrected = {row.corrects_id for row in rows}
    newest: dict[Any, Finding] = {}
    for row in rows:
        if row.id in corrected or row.kind == Kind.WITHDRAWN:
            continue
        whole = row.kind == Kind.CONFORM and not row.facet
        named = row.item is not None and (row.facet or whole)
        newest[(row.item, row.facet) if named else row.id] = row
    return list(newest.values())


def seals_standing(seals: Iterable[Seal], container: str, moment: Moment) -> list[Seal]:
    """The seals of a box that were not corrected."""
    rows = list(seals)
    corrected = {row.corrects_id for row in rows}
    return [row for row in rows if row.container == container and row.moment == moment and row.id not in corrected]


def step_of(steps: Iterable[Step], deed: Deed, container: str = "") -> Step | None:
    """The newest step of a kind for a box."""
    return next((step for step in reversed(list(steps)) if step.kind == deed and step.container == container), None)


#: What a terminal or an inspector says of where the containers are; the last word on each counts.
PLACING: Final = frozenset({Deed.GOODS_PRESENTED, Deed.GOODS_MISSING, Deed.GOODS_BLOCKED, Deed.GOODS_TAKEN_BACK})


def said_at(step: Step) -> tuple[datetime, UUID]:
    """The order of what was said: when it happened over there, whenever it reached us."""
    return step.device_at or step.at, step.id


def in_place(order: Mapping[str, Any], steps: Iterable[Step]) -> Step | None:
    """The step with which the last of the ordered containers stood at the bay, if all of them still stand there."""
    left, complete = set(order["containers"]), None
    bare = not left
    for step in sorted(steps, key=said_at):
        if step.kind == Deed.GOODS_PRESENTED:
            left -= set(step.body["containers"])
            complete = complete or (step if not left else None)
        elif step.kind in PLACING:
            left |= set(step.body["containers"])
            complete = None if left or bare else complete
    return complete


def item_state(record: Record, number: int) -> ItemState:
    """How far one item is."""
    rows = [row for row in standing(record.findings) if row.item == number]
    notes = tuple(row for row in rows if not row.facet and row.kind != Kind.CONFORM)
    facets = {Facet(row.facet): row for row in rows if row.facet}
    wanted = [PROOFS.get(Kind(row.kind), About.LABEL) for row in rows if Kind(row.kind) not in REMARKS]
    return ItemState(
        number=number,
        facets=facets,
        notes=notes,
        conform=next((row for row in rows if row.kind == Kind.CONFORM and not row.facet), None),
        photos=frozenset(piece.about for piece in record.evidence if piece.item == number),
        wanted=tuple(dict.fromkeys(wanted)),
    )


def somebody_came(record: Record) -> bool:
    """Is the declarant, or the importer, at the place?"""
    return any(row.party in INTERESTED for row in record.check_ins)


# ---------- the order, and what it still asks for ----------


def outline(order: Mapping[str, Any], content: Mapping[str, Any], *, desk: bool) -> Outline:
    """The parts of a visit from its order; an item in several boxes is looked at in the first of them."""
    known = {item["number"] for item in content.get("items") or ()}
    left = [number for number in order.get("items") or () if number in known]
    boxes = []
    held = {box["number"]: box.get("items") or () for box in content.get("containers") or ()}
    for number in () if desk else order.get("containers") or ():
        mine = tuple(item for item in left if item in held.get(number, ()))
        left = [item for item in left if item not in mine]
        boxes.append(Box(number=number, items=mine))
    opening = order.get("extent") not in SHUT
    return Outline(boxes=tuple(boxes), loose=tuple(left), opening=opening and not desk, desk=desk)


def missing(plan: Outline, record: Record) -> list[Gap]:
    """What the order asks for that is not there, in the order the visit is made."""
    gaps = []
    for box in plan.boxes:
        opened = step_of(record.steps, Deed.OPENED, box.number) is not None
        if not seals_standing(record.seals, box.number, Moment.BEFORE):
            gaps.append(Gap(code="box", subject=box.number))
        if plan.opening and not opened:
            gaps.append(Gap(code="opening", subject=box.number))
        gaps += _items(box.items, record)
        if opened and not seals_standing(record.seals, box.number, Moment.AFTER):
            gaps.append(Gap(code="seal_after", subject=box.number))
    gaps += _items(plan.loose, record)
    proved = {piece.about for piece in record.evidence}
    if any(row.kind == Kind.UNDECLARED for row in standing(record.findings)) and About.UNDECLARED not in proved:
        gaps.append(Gap(code="photo", subject=About.UNDECLARED))
    return gaps


def _items(numbers: Iterable[int], record: Record) -> list[Gap]:
    gaps = []
    for number in numbers:
        state = item_state(record, number)
        if not state.looked_at:
            gaps.append(Gap(code="item", subject=str(number)))
        elif state.missing_photos:
            gaps.append(Gap(code="photo", subject=str(number)))
    return gaps
