"""The front of the printed report: content to the words on the page, in one language. Layout is in typst/."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from visits.reports import words
from visits.reports.content import (
    Check,
    Comparison,
    Container,
    Content,
    Finding,
    Item,
    Lane,
    Order,
    Party,
    Seal,
    Signature,
    Suspension,
)
from visits.reports.strokes import drawing
from visits.reports.voice import Voice, box_number, first_upper, joined, key_of, unbroken
from visits.reports.words import Answer, Extent, Facet, SignerKind
from visits.texts import N_
from visits.web import language

#: A label and its lines.
Pair = tuple[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row; a strong one is a difference, a small one a detail of the row above."""

    cells: list[str]
    strong: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its heading; `shape` names its columns in the template."""

    title: str
    shape: str
    head: list[str]
    rows: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A heading and labelled lines."""

    title: str
    rows: list[Pair]


def declaration(content: Content, voice: Voice) -> Pairs:
    """What was visited and why."""
    of = content.declaration
    licence = voice.say(N_("agrément %(code)s"), code=of.licence) if of.licence else ""
    rows: list[Pair] = [
        (voice.say(N_("Numéro")), [key_of(of), language.date_medium(of.registered_on, voice.lang)]),
        (voice.say(N_("Déclarant")), [joined((of.declarant, licence))]),
        (voice.say(N_("Importateur")), [of.importer]),
        (voice.say(N_("Circuit")), [lane(chosen, voice) for chosen in content.lanes]),
        (voice.say(N_("Ordre de visite")), [order(content.order, voice)]),
    ]
    return Pairs(title=voice.say(N_("Déclaration")), rows=[row for row in rows if any(row[1])])


def place_and_time(content: Content, voice: Voice) -> Pairs:
    """Where, when, by whom and before whom."""
    place = content.place
    position = ""
    if place.latitude is not None and place.longitude is not None:
        position = voice.coordinates(place.latitude, place.longitude)
    where = [place.name, position, voice.say(words.FENCES[place.fence])]
    officers = [
        joined((one.name, one.grade or voice.say(words.QUALITIES[one.quality]), one.body)) for one in content.officers
    ]
    rows: list[Pair] = [
        (voice.say(N_("Lieu")), where),
        (voice.say(N_("Début et fin")), list(_times(content, voice))),
        (voice.say(N_("Suspension")), [pause(one, voice) for one in content.suspensions]),
        (voice.say(N_("Vérificateurs")), officers),
        (voice.say(N_("Présents")), [present(party, voice) for party in content.parties]),
    ]
    return Pairs(title=voice.say(N_("Lieu et temps")), rows=[row for row in rows if any(row[1])])


def _times(content: Content, voice: Voice) -> Iterator[str]:
    started, ended = content.started, content.ended
    if started is None:
        yield voice.say(N_("visite non commencée"))
        return
    yield voice.long_day(started.astimezone(voice.zone).date())
    if ended is None:
        yield voice.say(N_("dès %(time)s"), time=voice.at(started))
    else:
        yield voice.say(N_("%(start)s à %(end)s"), start=voice.at(started), end=voice.at(ended))


def pause(one: Suspension, voice: Voice) -> str:
    """How long, and why."""
    if one.until is None:
        length = voice.say(N_("dès %(time)s"), time=voice.at(one.since))
    else:
        length = language.duration(one.until - one.since, voice.lang)
    return joined((length, one.reason))


def present(party: Party, voice: Voice) -> str:
    """A person present, in what quality and from when."""
    since = voice.say(N_("dès %(time)s"), time=voice.at(party.arrived)) if party.arrived else ""
    until = voice.say(N_("jusqu'à %(time)s"), time=voice.at(party.left)) if party.left else ""
    quality = voice.say(words.QUALITIES[party.quality])
    return joined((party.name, quality, joined((since, until), by=" ")))


def lane(chosen: Lane, voice: Voice) -> str:
    """« Rouge, règle R-117 (quantités) », after the agency's name when it is not customs."""
    colour = voice.say(words.LANES[chosen.colour])
    hits = [
        voice.say(N_("règle %(code)s"), code=hit.code) + (f" ({hit.text})" if hit.text else "") for hit in chosen.hits
    ]
    told = joined((first_upper(colour), *hits, chosen.reason))
    return f"{chosen.agency} – {told}" if chosen.agency else told


def order(asked: Order, voice: Voice) -> str:
    """What the order asked for, in one sentence."""
    extents = [extent(kind, asked.percent, voice) for kind in asked.extents]
    boxes = joined(box_number(number) for number in asked.containers)
    items = joined(str(number) for number in asked.items)
    return first_upper(
        joined(
            (
                voice.say(words.LEVELS[asked.level]),
                *extents,
                voice.say(N_("conteneurs %(numbers)s"), numbers=boxes) if boxes else "",
                asked.position,
                voice.say(N_("articles %(numbers)s"), numbers=items) if items else "",
            )
        )
    )


def extent(kind: Extent, percent: Decimal | None, voice: Voice) -> str:
    """How far, with its share when there is one."""
    if kind is Extent.PARTIAL and percent is not None:
        return voice.say(N_("partielle %(share)s"), share=voice.percent(percent))
    return voice.say(words.EXTENTS[kind])


def method(check: Check | None, voice: Voice) -> str:
    """How it was checked: « comptage contradictoire », « sondage 10 % »."""
    if check is None:
        return ""
    kind = N_("sondage") if check.method is Extent.PARTIAL else words.EXTENTS[check.method]
    name = voice.say(kind)
    share = voice.percent(check.percent) if check.percent is not None else ""
    together = voice.say(N_("contradictoire")) if check.contradictory else ""
    return joined((name, together, share), by=" ")


def containers(content: Content, voice: Voice) -> Table:
    """Seals before and after, opening and packages of each container."""
    head = (
        N_("Conteneur"),
        N_("Plomb avant"),
        N_("État"),
        N_("Plomb après"),
        N_("Ouverture"),
        N_("Preuves"),
    )
    return Table(
        title=voice.say(N_("Conteneurs et plombs")),
        shape="containers",
        head=[voice.say(name) for name in head],
        rows=[_container(box, voice) for box in content.containers],
    )


def _container(box: Container, voice: Voice) -> Row:
    broken = any(seal.state is not words.SealState.INTACT for seal in box.seals_before)
    return Row(
        cells=[
            box_number(box.number),
            "\n".join(_seal(seal) for seal in box.seals_before),
            "\n".join(voice.say(words.SEALS[seal.state]) for seal in box.seals_before),
            "\n".join(_seal(seal) for seal in box.seals_after),
            _opening(box, voice),
            joined(box.evidence),
        ],
        strong=broken,
    )


def _seal(seal: Seal) -> str:
    return f"{seal.number} ({seal.by})" if seal.by else seal.number


def _opening(box: Container, voice: Voice) -> str:
    unstuffed = how = ""
    if box.unstuffed_percent is not None:
        unstuffed = voice.say(N_("dépoté à %(share)s"), share=voice.percent(box.unstuffed_percent))
    elif box.extent is not None:
        how = voice.say(words.EXTENTS[box.extent])
    lines = [joined((voice.at(box.opened_at) if box.opened_at else "", unstuffed, how))]
    if box.packages_counted is not None:
        opened = box.packages_opened or 0
        lines.append(
            voice.say(
                N_("%(counted)s colis comptés, %(opened)s ouverts"),
                counted=box.packages_counted,
                opened=opened,
            )
        )
    if box.gross_kilograms is not None:
        lines.append(language.weight(box.gross_kilograms, voice.lang))
    return joined(lines, by="\n") or voice.say(N_("non ouvert"))


def items(content: Content, voice: Voice) -> Table:
    """Declared and found, item by item; a difference is strong."""
    head = (N_("Article"), N_("Déclaré"), N_("Trouvé"), N_("Écart"), N_("Méthode"), N_("Preuves"))
    return Table(
        title=voice.say(N_("Constatations")),
        shape="items",
        head=[voice.say(name) for name in head],
        rows=[row for item in content.items for row in _item(item, content, voice)],
    )


def _item(item: Item, content: Content, voice: Voice) -> Iterator[Row]:
    lead = next((row for row in item.comparisons if row.facet is Facet.QUANTITY), None)
    others = [row for row in item.comparisons if row is not lead]
    number = f"{item.number}." if item.number is not None else voice.say(N_("Non déclaré –"))
    title = joined((f"{number} {item.description}", language.dotted(item.hs)))
    yield Row(cells=[title, *(_sides(lead, voice) if lead else [""] * 5)], strong=bool(lead and lead.differs))
    for row in (row for row in others if row.differs):
        yield Row(cells=[voice.say(words.FACETS[row.facet]), *_sides(row, voice)], strong=True, small=True)
    same = [f"{voice.say(words.FACETS[row.facet])} {_side(row, row.found, voice)}" for row in others if not row.differs]
    if same:
        yield Row(cells=[voice.say(N_("Conformes : %(facets)s."), facets=joined(same))], small=True)
    for one in content.findings:
        if one.item is not None and one.item == item.number:
            yield Row(cells=[f"{voice.say(words.FINDINGS[one.kind])}. {finding(one, voice)}"], small=True)
    if item.remark:
        yield Row(cells=[item.remark], small=True)


def finding(one: Finding, voice: Voice) -> str:
    """The officer's words, and whether the declarant agreed."""
    agreed = voice.say(N_("Reconnu par le déclarant.")) if one.acknowledged else ""
    return joined((one.text, agreed), by=" ")


def _sides(row: Comparison, voice: Voice) -> list[str]:
    return [
        _side(row, row.declared, voice) if row.declared is not None else voice.say(N_("non déclaré")),
        _side(row, row.found, voice) if row.found is not None else voice.say(N_("non trouvé")),
        _gap(row, voice),
        method(row.check, voice),
        joined(row.evidence),
    ]


def _side(row: Comparison, text: str | None, voice: Voice) -> str:
    if text is None:
        return ""
    return voice.side(row, Decimal(text)) if row.facet in words.FIGURES else voice.text(row.facet, text)


def _gap(row: Comparison, voice: Voice) -> str:
    if not row.differs:
        return voice.say(N_("aucun"))
    if row.gap is None:
        return voice.say(N_("différent"))
    sign = "+" if row.gap > 0 else "−"
    return sign + voice.side(row, abs(row.gap))


def conclusion(content: Content, voice: Voice) -> list[str]:
    """The result, the officer's words, the duty, the proposed lane and the law they rest on."""
    said = [content.conclusion.strip()]
    if content.duty is not None:
        owed = N_("Droits et taxes à compléter : %(sum)s.")
        text = owed if content.duty.amount >= 0 else N_("Droits et taxes perçus en trop : %(sum)s.")
        total = language.money(abs(content.duty.amount), content.duty.currency, voice.lang)
        said.append(voice.say(text, sum=total))
    if content.proposed_lane is not None:
        told = joined((voice.say(words.LANES[content.proposed_lane]), content.lane_reason))
        said.append(voice.say(N_("Circuit proposé : %(lane)s."), lane=told))
    if content.legal_basis:
        said.append(voice.say(N_("Fondement : %(article)s."), article=content.legal_basis.rstrip(". ")))
    paragraphs = (joined(said, by=" "), content.explanation.strip())
    return [paragraph for paragraph in paragraphs if paragraph]


def reserves(signatures: list[Signature], voice: Voice) -> list[dict[str, str]]:
    """What people said when they signed or refused, in their own words."""
    return [
        {
            "quote": voice.quote(one.remarks),
            "by": joined((unbroken(one.signer_name), voice.at(one.at))) + ".",
        }
        for one in signatures
        if one.remarks.strip()
    ]


def strokes(one: Signature) -> str | None:
    """The drawing of a signature, when there is one that can be drawn."""
    if one.verdict is Answer.REFUSED or not one.strokes_svg_path:
        return None
    return drawing(one.strokes_svg_path)


def signature(one: Signature, voice: Voice) -> dict[str, str]:
    """One person's block: what stands for the strokes, name, quality, answer and hour."""
    if one.verdict is Answer.REFUSED:
        instead = voice.say(N_("Refus de signer"))
    elif one.kind is SignerKind.DECLARANT:
        instead = voice.say(N_("Nom saisi"))
    else:
        instead = voice.say(N_("Signature électronique"))
    answer = voice.say(words.ANSWERS[one.verdict], when=voice.when(one.at))
    if one.unconfirmed:
        answer = joined((answer, voice.say(N_("non confirmé par code"))))
    return {"instead": instead, "name": one.signer_name, "quality": one.quality, "answer": answer}


def moment(content: Content) -> datetime | None:
    """The moment that gives the report its day."""
    return content.started or content.ended
