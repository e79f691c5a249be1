"""Which documents a visit needs, why, and what is still missing (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from visits.documents import types
from visits.documents.types import KINDS
from visits.journey.states import Level
from visits.texts import N_

#: Why a document is sent back.
REASONS: dict[str, str] = {
    "illegible": N_("illisible"),
    "wrong_document": N_("ce n'est pas la bonne pièce"),
    "incomplete": N_("il manque une partie"),
    "expired": N_("validité dépassée"),
    "differs": N_("ne correspond pas à la déclaration"),
    "missing": N_("pièce à ajouter"),
    "other": N_("autre raison"),
}
#: After these the same file cannot serve again; after the others an answer may be enough.
SPOILT = frozenset({"illegible", "wrong_document", "incomplete", "expired", "missing"})
#: What a rule may ask of the case; each holds a list, except `cited`. A rule without conditions always fits.
ITEM_CONDITIONS = ("procedures", "hs_prefixes", "origins")
CONDITIONS = ("flows", "modes", "levels", "agencies", *ITEM_CONDITIONS, "cited")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What rules ask about one item of the declaration."""

    hs: str = ""
    origin: str = ""
    procedure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A document the declaration names."""

    document_type: str
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the checklist depends on."""

    level: Level
    flow: str = ""
    #: UN Recommendation 19: 1 sea, 2 rail, 3 road, 4 air.
    mode: str = ""
    agencies: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    cited: tuple[Citation, ...] = ()
    #: Codes and names of the declaration that are no document of a package.
    uncharted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Asks for a document when all its conditions hold, those on items for one and the same item."""

    document_type: str
    mandatory: bool = True
    when: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A document that is in the package."""

    id: UUID
    document_type: str
    file_name: str
    media_type: str
    size: int
    at: datetime
    version: int = 1
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What an officer found wrong: with one document, or, without one, with a kind that is not there."""

    document_type: str
    reason: str
    document: UUID | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The last time the package was sent back."""

    id: UUID
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A sentence and its facts."""

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)


ASKED = Why(text=N_("demandée par la douane"))
CITED = Why(text=N_("citée par la déclaration"))
ADDED = Why(text=N_("ajoutée par vous"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of the checklist."""

    document_type: str
    mandatory: bool
    why: Why
    #: What the declaration says about it: invoice numbers, certificate numbers.
    references: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    #: Defects of the last verdict that were not mended since.
    defects: tuple[Defect, ...] = ()

    @property
    def missing(self) -> bool:
        """Must something be added before the package can be sent?"""
        spoilt = {defect.document for defect in self.defects if defect.reason in SPOILT}
        return self.mandatory and (None in spoilt or all(each.id in spoilt for each in self.given))

    def defects_of(self, document: UUID | None) -> tuple[Defect, ...]:
        """What is wrong with one document, or with the line itself."""
        return tuple(defect for defect in self.defects if defect.document == document)


def facts_of(content: Mapping[str, Any], *, level: Level, agencies: Iterable[str], country: str) -> Facts:
    """What the checklist needs to know of a declaration in the reader's JSON form."""
    cited: dict[Citation, None] = {}
    uncharted: dict[tuple[str, str], None] = {}
    for code, name, reference in _attached(content):
        meant = types.meant_by(country, code)
        if meant:
            cited[Citation(document_type=meant, reference=reference)] = None
        else:
            uncharted[(code, name)] = None
    mode = str((content.get("transport") or {}).get("border_mode") or "")
    return Facts(
        level=level,
        flow=content.get("flow") or "",
        mode=mode.lstrip("0")[:1],
        agencies=tuple(agencies),
        items=tuple(
            Item(
                hs=item.get("full_commodity_code") or item.get("commodity_code") or item.get("hs6") or "",
                origin=item.get("origin") or "",
                procedure=item.get("procedure") or "",
            )
            for item in content.get("items") or ()
        ),
        cited=tuple(cited),
        uncharted=tuple(uncharted),
    )


def _attached(content: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for item in content.get("items") or ():
        told = item.get("attached_documents") or ()
        for each in told:
            yield each.get("code") or "", each.get("name") or "", each.get("reference") or ""
        named = {each.get("code") for each in told}
        for code in item.get("attached_document_codes") or ():
            if code not in named:
                yield code, "", ""


def fits(rule: Rule, facts: Facts) -> bool:
    """Do all conditions of the rule hold?"""
    when = rule.when
    return (
        _one_of(facts.flow, when.get("flows"))
        and _one_of(facts.mode, when.get("modes"))
        and _one_of(facts.level, when.get("levels"))
        and (not when.get("agencies") or not set(when["agencies"]).isdisjoint(facts.agencies))
        and (not when.get("cited") or any(each.document_type == rule.document_type for each in facts.cited))
        and (not any(when.get(name) for name in ITEM_CONDITIONS) or any(_item(when, item) for item in facts.items))
    )


def _one_of(value: str, wanted: Sequence[str] | None) -> bool:
    return not wanted or value in wanted


def _item(when: Mapping[str, Any], item: Item) -> bool:
    return (
        _one_of(item.origin, when.get("origins"))
        and (not when.get("procedures") or item.procedure.startswith(tuple(when["procedures"])))
        and (not when.get("hs_prefixes") or item.hs.startswith(tuple(when["hs_prefixes"])))
    )


def why(rule: Rule, facts: Facts) -> Why:
    """The condition that tells most: agency, then goods, then origin, then the rest."""
    when = rule.when
    found = next((item for item in facts.items if _item(when, item)), Item())
    if when.get("agencies"):
        agency = next((each for each in facts.agencies if each in when["agencies"]), "")
        return Why(text=N_("demandée par l'organisme %(agency)s"), facts={"agency": agency})
    if when.get("hs_prefixes"):
        prefix = next(each for each in when["hs_prefixes"] if found.hs.startswith(each))
        return Why(text=N_("demandée pour les marchandises du code %(hs)s"), facts={"hs": prefix})
    if when.get("origins"):
        return Why(text=N_("demandée pour l'origine %(origin)s"), facts={"origin": found.origin})
    if when.get("cited"):
        return CITED
    if when.get("modes"):
        return Why(text=N_("demandée pour ce mode de transport"))
    return Why(text=N_("demandée pour cette visite")) if when else Why(text=N_("demandée pour toute visite"))


def checklist(
    facts: Facts, rules: Iterable[Rule], given: Iterable[Given] = (), verdict: Verdict | None = None
) -> list[Need]:
    """Every document asked for, cited, sent back or given: what must be there first, then what may be."""
    found: dict[str, Need] = {}
    for rule in rules:
        if fits(rule, facts):
            _ask(found, rule.document_type, mandatory=rule.mandatory, why=why(rule, facts))
    for citation in facts.cited:
        _ask(found, citation.document_type, mandatory=False, why=CITED)
    here: dict[str, tuple[Given, ...]] = {}
    for each in sorted(given, key=lambda each: (each.at, str(each.id))):
        here[each.document_type] = (*here.get(each.document_type, ()), each)
        _ask(found, each.document_type, mandatory=False, why=ADDED)
    open_ = [each for each in verdict.defects if _is_open(each, verdict.id, here)] if verdict else []
    for defect in verdict.defects if verdict else ():
        if defect.document is None:
            # Asked for by an officer: it stays asked for once it is there.
            _ask(found, defect.document_type, mandatory=True, why=ASKED)
    lines = [
        replace(
            need,
            references=tuple(each.reference for each in facts.cited if each.document_type == code and each.reference),
            given=here.get(code, ()),
            defects=tuple(each for each in open_ if each.document_type == code),
        )
        for code, need in found.items()
    ]
    order = {code: place for place, code in enumerate(KINDS)}
    return sorted(lines, key=lambda need: (not need.mandatory, order.get(need.document_type, len(order))))


def _ask(found: dict[str, Need], code: str, *, mandatory: bool, why: Why) -> None:
    before = found.get(code)
    if before is None or (mandatory and not before.mandatory):
        found[code] = Need(document_type=code, mandatory=mandatory, why=why)


def _is_open(defect: Defect, verdict: UUID, here: Mapping[str, tuple[Given, ...]]) -> bool:
    """Was nothing done about the defect? A document is mended by leaving the package, a gap by a newer document.

    Ids sort by birth, so a document is newer than the verdict if its id is.
    """
    given = here.get(defect.document_type, ())
    if defect.document is None:
        return not any(each.id > verdict for each in given)
    return any(each.id == defect.document for each in given)


def missing(needs: Iterable[Need]) -> list[Need]:
    """What must be added before the package can be sent, in the order of the checklist."""
    return [need for need in needs if need.missing]


#: Economic Community of West African States: goods of these origins may claim the community's preference.
_ECOWAS = ("BJ", "BF", "CV", "CI", "GM", "GH", "GN", "GW", "LR", "ML", "NE", "NG", "SN", "SL", "TG")
_ANIMAL = ("01", "02", "03", "04", "05")
_PLANT = ("06", "07", "08", "09", "10", "11", "12", "13", "14", "44")
_FOOD = ("15", "16", "17", "18", "19", "20", "21", "22")


def default_rules() -> list[Rule]:
    """What is asked for where an administration has set nothing."""
    return [
        Rule(document_type=types.INVOICE),
        Rule(document_type=types.PACKING_LIST, when={"levels": ["scan", "video", "physical", "joint"]}),
        Rule(document_type=types.BILL_OF_LADING, when={"modes": ["1"]}),
        Rule(document_type=types.AIR_WAYBILL, when={"modes": ["4"]}),
        Rule(document_type=types.ROAD_NOTE, when={"modes": ["3"]}),
        Rule(document_type=types.ORIGIN, when={"cited": True}),
        Rule(document_type=types.ORIGIN, mandatory=False, when={"flows": ["I"], "origins": list(_ECOWAS)}),
        Rule(document_type=types.PLANT_HEALTH, when={"flows": ["I"], "hs_prefixes": list(_PLANT)}),
        Rule(document_type=types.VETERINARY, when={"flows": ["I"], "hs_prefixes": list(_ANIMAL)}),
        Rule(document_type=types.SANITARY, mandatory=False, when={"flows": ["I"], "hs_prefixes": list(_FOOD)}),
        Rule(document_type=types.MEDICINE, when={"flows": ["I"], "hs_prefixes": ["3003", "3004"]}),
        Rule(document_type=types.INSURANCE, mandatory=False, when={"flows": ["I"]}),
        Rule(document_type=types.EXEMPTION, when={"cited": True}),
    ]
