"""Turns values into the words of a page: sentences with their facts, goods and boxes, the office a page is about."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request

from visits.booking.premises_tables import Premises
from visits.booking.where import Kind, Where
from visits.declarations.tables import Declaration
from visits.journey.timeline import Sentence
from visits.sites.languages import NAMES, others
from visits.sites.tables import Office
from visits.texts import N_
from visits.web.language import duration, say, say_many, time_of

#: The places that have no name of their own.
PLACES: dict[Kind, str] = {
    Kind.VIDEO: N_("Par vidéo"),
    Kind.DESK: N_("Au bureau"),
    Kind.OPEN: N_("Lieu à préciser"),
}


def at_office(request: Request[Any, Any, Any], office: Office) -> ZoneInfo:
    """Let a page show this office's name and time; returns its zone."""
    request.state.tz = office.tz
    request.state.office_name = f"{office.code} {office.name}"
    return ZoneInfo(office.tz)


def told(sentence: Sentence, language: str, zone: ZoneInfo) -> str:
    """A sentence in the reader's language; its instants in the office's time, its words translated."""
    facts = {
        name: fact.astimezone(zone) if isinstance(fact, datetime) else fact for name, fact in sentence.facts.items()
    }
    words = {name: say(word, language) for name, word in sentence.words.items()}
    return say(sentence.text, language, **facts, **words)


def city_of(zone: ZoneInfo) -> str:
    """The city a zone is named after."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def place_name(where: Where, language: str, *, bay: bool = False) -> str:
    """Where a visit is made, in a word or by name; with its bay where there is room for it."""
    if where.kind in PLACES:
        return say(PLACES[where.kind], language)
    return where.line if bay or where.at_premises else where.name


def road(premises: Premises, starts_at: datetime | None, language: str, zone: ZoneInfo) -> str:
    """« 30 min de route, partir à 9 h 30 »."""
    way = timedelta(minutes=premises.minutes)
    if starts_at is None:
        return say(N_("%(length)s de route"), language, length=duration(way, language))
    leave = time_of(starts_at - way, language, zone)
    return say(N_("%(length)s de route, partir à %(time)s"), language, length=duration(way, language), time=leave)


def boxes(declaration: Declaration, language: str) -> str:
    """« 2 conteneurs de 40 pieds »; the length is left out when the boxes differ; empty for goods without boxes."""
    found = declaration.content.get("containers") or []
    if not found:
        return ""
    lengths = {str(box.get("type") or "")[:2] for box in found}
    length = lengths.pop() if len(lengths) == 1 else ""
    if length.isdigit():
        return say_many(
            N_("%(num)s conteneur de %(feet)s pieds"),
            N_("%(num)s conteneurs de %(feet)s pieds"),
            len(found),
            language,
            feet=length,
        )
    return say_many(N_("%(num)s conteneur"), N_("%(num)s conteneurs"), len(found), language)


def languages(own: str, language: str) -> list[tuple[str, str]]:
    """The languages a visit may be held in, to choose from; the office's own comes first and is asked of nobody."""
    found = [("", NAMES[own]), *others(own).items()]
    return [(code, say(name, language).capitalize()) for code, name in found]
