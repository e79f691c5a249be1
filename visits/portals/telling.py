"""Turns values into the words of a page: sentences with their facts, goods and boxes, the office a page is about."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request

from visits.declarations.tables import Declaration
from visits.journey.timeline import Sentence
from visits.sites.tables import Office
from visits.texts import N_
from visits.web.language import say, say_many


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
