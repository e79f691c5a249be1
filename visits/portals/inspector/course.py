"""The course of a visit as its pages show it: the stops on the left, which one is next, what its button says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from visits.declarations.queries import Case
from visits.fieldwork import rules
from visits.fieldwork.rules import Box, ItemState, Outline, Record
from visits.fieldwork.run import outline_of
from visits.fieldwork.words import FIGURES, About, Deed, Facet, Kind, Moment, SealState
from visits.texts import N_
from visits.web.language import counted, country, dotted, number, say

#: What the button says when this photo is the next thing missing, and what the list says.
PHOTOS: dict[About, tuple[str, str]] = {
    About.PACKAGE: (N_("Photographier le colis"), N_("photo du colis")),
    About.LABEL: (N_("Photographier l'étiquette"), N_("photo de l'étiquette")),
    About.COUNT: (N_("Photographier le comptage"), N_("photo du comptage")),
    About.WEIGHING: (N_("Photographier la pesée"), N_("photo de la pesée")),
    About.OPENING: (N_("Photographier l'ouverture"), N_("photo de l'ouverture")),
    About.SEAL: (N_("Photographier le plomb"), N_("photo du plomb")),
    About.UNDECLARED: (N_("Photographier la marchandise non déclarée"), N_("photo de la marchandise non déclarée")),
    About.OTHER: (N_("Prendre une photo"), N_("photo")),
}

FACETS: dict[Facet, str] = {
    Facet.QUANTITY: N_("Quantité"),
    Facet.PACKAGES: N_("Colis"),
    Facet.SPECIES: N_("Espèce"),
    Facet.ORIGIN: N_("Origine"),
    Facet.GROSS_WEIGHT: N_("Poids"),
    Facet.NET_WEIGHT: N_("Poids net"),
    Facet.DESCRIPTION: N_("Désignation"),
    Facet.VALUE: N_("Valeur"),
    Facet.MARKS: N_("Marques"),
    Facet.CONDITION: N_("État"),
}

GAPS: dict[str, str] = {
    "box": N_("Le plomb du conteneur %(what)s n'est pas relevé."),
    "opening": N_("Le conteneur %(what)s n'est pas ouvert."),
    "item": N_("L'article %(what)s n'est pas vérifié."),
    "photo": N_("Il manque une photo pour l'article %(what)s."),
    "seal_after": N_("Le conteneur %(what)s n'a pas de plomb neuf."),
}
UNDECLARED_PHOTO = N_("Il manque une photo de la marchandise non déclarée.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One thing to do at a visit, with an address of its own."""

    kind: str
    href: str
    text: str
    note: str = ""
    #: done, act (something is not as declared, or a proof lacks) or todo.
    state: str = "todo"
    done: bool = False
    box: Box | None = None
    item: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Everything the pages of one visit are made of."""

    case: Case
    plan: Outline
    record: Record
    groups: Sequence[tuple[str, Sequence[Stop]]]

    @property
    def stops(self) -> list[Stop]:
        """Every stop in order."""
        return [stop for _, group in self.groups for stop in group]

    @property
    def next(self) -> Stop | None:
        """The first thing not done. Whoever did not come is asked for once, not at every step."""
        begun = any(stop.done for stop in self.stops)
        return next((stop for stop in self.stops if not stop.done and not (begun and stop.kind == "people")), None)

    def after(self, stop: Stop) -> Stop | None:
        """The next thing not done after a stop, else the first one at all."""
        at = next((place for place, each in enumerate(self.stops) if each.href == stop.href), -1)
        return next((each for each in self.stops[at + 1 :] if not each.done), self.next)


def course_of(case: Case, record: Record, language: str, *, here: str = "") -> Course:
    """The course of a visit; `here` is the address being shown."""
    plan = outline_of(case)
    texts = _Texts(case, record, language, f"/inspector/visits/{case.visit.id}", here)
    groups: list[tuple[str, Sequence[Stop]]] = []
    if not plan.desk:
        groups.append(("", [texts.people()]))
    for place, box in enumerate(plan.boxes, start=1):
        groups.append((spaced(box.number), list(texts.box(place, box, plan))))
    if plan.loose:
        title = say(N_("Articles"), language) if plan.desk or not plan.boxes else say(N_("Sans conteneur"), language)
        groups.append((title, [texts.item(each) for each in plan.loose]))
    return Course(case=case, plan=plan, record=record, groups=groups)


class _Texts:
    """Makes stops in one language."""

    def __init__(self, case: Case, record: Record, language: str, base: str, here: str) -> None:
        self.record, self.language, self.base, self.here = record, language, base, here
        self.items = items_of(case)

    def people(self) -> Stop:
        came = rules.somebody_came(self.record)
        return self._stop("people", "people", say(N_("Présents"), self.language), done=came)

    def box(self, place: int, box: Box, plan: Outline) -> Iterator[Stop]:
        seals, steps = self.record.seals, self.record.steps
        before = rules.seals_standing(seals, box.number, Moment.BEFORE)
        read = rules.step_of(steps, Deed.NUMBER, box.number)
        odd = any(seal.state != SealState.INTACT for seal in before) or (read is not None and not read.body["same"])
        yield self._stop(
            "number",
            f"boxes/{place}/number",
            say(N_("Numéro et plomb"), self.language),
            done=bool(before),
            act=odd,
            box=box,
        )
        opened = rules.step_of(steps, Deed.OPENED, box.number)
        if plan.opening:
            yield self._stop(
                "opening",
                f"boxes/{place}/opening",
                say(N_("Ouverture"), self.language),
                done=opened is not None,
                box=box,
            )
        for each in box.items:
            yield self.item(each, box)
        if plan.opening:
            after = rules.seals_standing(seals, box.number, Moment.AFTER)
            text = say(N_("Plomb neuf"), self.language)
            yield self._stop("seal", f"boxes/{place}/seal", text, done=bool(after), box=box)

    def item(self, number_: int, box: Box | None = None) -> Stop:
        state = rules.item_state(self.record, number_)
        text = say(N_("Article %(number)s"), self.language, number=number_)
        return self._stop(
            "item",
            f"items/{number_}",
            text,
            note=name_of(self.items.get(number_, {})),
            done=state.done,
            act=state.differs,
            box=box,
            item=number_,
        )

    def _stop(self, kind: str, path: str, text: str, *, done: bool, act: bool = False, **facts: Any) -> Stop:
        href = f"{self.base}/{path}"
        state = "act" if act else "done" if done else "todo"
        return Stop(kind=kind, href=href, text=text, state=state, done=done, current=href == self.here, **facts)


# ---------- words and figures ----------


def items_of(case: Case) -> dict[int, Mapping[str, Any]]:
    """The items of the declaration by number."""
    return {item["number"]: item for item in case.declaration.content.get("items") or ()}


def name_of(item: Mapping[str, Any]) -> str:
    """What people call the goods of an item, in a few words."""
    text = item.get("commercial_description") or item.get("description") or ""
    return text if len(text) <= 60 else text[:57].rstrip() + "…"


def spaced(container: str) -> str:
    """QZVU 508 163 9: a container number as it is painted."""
    if len(container) != 11:
        return container
    return f"{container[:4]} {container[4:7]} {container[7:10]} {container[10]}"


def side(facet: Facet, text: str, unit: str, language: str) -> str:
    """One side of a comparison as people read it."""
    if not text:
        return "–"
    match facet:
        case Facet.SPECIES:
            return dotted(text)
        case Facet.ORIGIN:
            return country(text, language)
        case Facet.DESCRIPTION | Facet.MARKS | Facet.CONDITION:
            return text
        case _:
            figure = Decimal(text)
            return f"{number(figure, language)} {counted(unit, figure)}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the table declared, found, gap."""

    facet: Facet
    label: str
    declared: str
    unit: str
    #: The declared figure without words, for the stepper.
    plain: str
    found: str
    #: What the field holds: found, else declared.
    value: str
    #: same, gap or todo.
    state: str
    gap: str
    figure: bool
    #: Is there a field to type in?
    edited: bool
    id: UUID


#: Rows every item has; a facet the inspector opened, or that was found, is added.
ROWS = (Facet.QUANTITY, Facet.PACKAGES, Facet.SPECIES, Facet.ORIGIN, Facet.GROSS_WEIGHT)
COUNTED = frozenset({Facet.QUANTITY, Facet.PACKAGES})


def lines_of(
    item: Mapping[str, Any], state: ItemState, language: str, *, currency: str, edit: str, ids: Iterator[UUID]
) -> list[Line]:
    """The table of an item: what is declared, what was found, and a field where something is being recorded."""
    said = rules.declared_of(item, currency)
    shown = [facet for facet in Facet if (facet in ROWS and facet in said) or facet in state.facets or facet == edit]
    shown.sort(key=lambda facet: ROWS.index(facet) if facet in ROWS else len(ROWS))
    return [_line(facet, said.get(facet), state, language, edit, next(ids)) for facet in shown]


def _line(facet: Facet, said: rules.Declared | None, state: ItemState, language: str, edit: str, id: UUID) -> Line:
    row = state.facets.get(facet)
    declared, unit = (said.text, said.unit) if said else ("", row.unit if row else "")
    differs = row is not None and row.kind != Kind.CONFORM
    gap = rules.gap_of(facet, row.declared, row.found) if row else None
    words = ""
    if differs:
        words = f"{'+' if gap > 0 else '−'}{number(abs(gap), language)}" if gap else say(N_("différent"), language)
    covered = row is not None or (state.looked_at and said is not None)
    return Line(
        facet=facet,
        label=say(FACETS[facet], language),
        declared=side(facet, declared, unit, language),
        unit=unit,
        plain=declared,
        found=side(facet, row.found if row else declared, unit, language) if covered else "",
        value=row.found if row else declared,
        state="gap" if differs else "same" if covered else "todo",
        gap=words,
        figure=facet in FIGURES,
        edited=facet == edit or (facet in COUNTED and not edit),
        id=id,
    )


def gap_text(code: str, subject: str, language: str) -> str:
    """A gap as a sentence."""
    if subject == About.UNDECLARED:
        return say(UNDECLARED_PHOTO, language)
    return say(GAPS[code], language, what=spaced(subject))
