"""How a report speaks: its language, its zone, the day of the visit, and the shapes of codes and figures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from visits.reports.content import Comparison, DeclarationKey
from visits.reports.words import Facet
from visits.texts import N_
from visits.web import language
from visits.web.typo import NARROW, NBSP

_QUOTES = {"fr": f"«{NBSP}%s{NBSP}»", "en": "“%s”", "pt": "«%s»"}
_WEIGHTS = frozenset({Facet.GROSS_WEIGHT, Facet.NET_WEIGHT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A language, the zone of the place and the local day of the visit."""

    lang: str
    zone: ZoneInfo
    day: date | None

    def say(self, text: str, **facts: Any) -> str:
        """Our own sentence in the language of the report."""
        return language.say(text, self.lang, **facts)

    def at(self, moment: datetime) -> str:
        """The hour on the day of the visit; day and hour on any other."""
        local = moment.astimezone(self.zone)
        hour = language.time_of(local, self.lang)
        if local.date() == self.day:
            return hour
        return f"{language.date_medium(local.date(), self.lang)}, {hour}"

    def when(self, moment: datetime) -> str:
        """As `at`, inside a sentence: « à 10 h 30 », « le 25 nov. 2026 à 10 h 30 »."""
        local = moment.astimezone(self.zone)
        hour = language.time_of(local, self.lang)
        if local.date() == self.day:
            return self.say(N_("à %(time)s"), time=hour)
        return self.say(N_("le %(day)s à %(time)s"), day=language.date_medium(local.date(), self.lang), time=hour)

    def long_day(self, day: date) -> str:
        """The day in full, with its year."""
        return language.date_long(day, self.lang, year=True)

    def number(self, figure: int | Decimal) -> str:
        """A figure with the thousands and decimals of the language."""
        return language.number(figure, self.lang)

    def percent(self, percent: Decimal) -> str:
        """« 30 % » from 30."""
        return language.percent(percent / 100, self.lang)

    def quote(self, words: str) -> str:
        """A person's own words between the quotation marks of the language."""
        return _QUOTES[self.lang] % words.strip()

    def yes(self, said: bool | None) -> str:
        """Yes, no, or that nobody said."""
        if said is None:
            return self.say(N_("non dit"))
        return self.say(N_("oui")) if said else self.say(N_("non"))

    def zone_name(self, moment: datetime) -> str:
        """« Abidjan (UTC+0) »."""
        minutes = round((moment.astimezone(self.zone).utcoffset() or moment - moment).total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        offset = f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
        return f"{self.zone.key.rpartition('/')[2].replace('_', ' ')} ({offset})"

    def coordinates(self, latitude: Decimal, longitude: Decimal) -> str:
        """« 5,2571° N, 4,0095° O »."""
        north = self.say(N_("N") if latitude >= 0 else N_("S"))
        east = self.say(N_("E") if longitude >= 0 else N_("O"))
        return f"{self._degrees(latitude)}{NBSP}{north}, {self._degrees(longitude)}{NBSP}{east}"

    def _degrees(self, angle: Decimal) -> str:
        return f"{language.number(abs(angle), self.lang, 4)}°"

    def side(self, row: Comparison, figure: Decimal) -> str:
        """One side of a comparison in figures, with its unit."""
        if row.facet is Facet.VALUE:
            return language.money(figure, row.unit, self.lang)
        if row.facet in _WEIGHTS:
            return language.weight(figure, self.lang)
        unit = language.counted(row.unit, figure)
        return f"{self.number(figure)}{NBSP}{unit}" if unit else self.number(figure)

    def text(self, facet: Facet, text: str) -> str:
        """One side of a comparison in words: a tariff code with its dots, a country by its name."""
        match facet:
            case Facet.SPECIES:
                return language.dotted(text)
            case Facet.ORIGIN:
                return language.country(text, self.lang)
        return text


def first_upper(text: str) -> str:
    """The text with a capital at its head."""
    return text[:1].upper() + text[1:]


def joined(parts: Iterable[str], *, by: str = ", ") -> str:
    """The parts that say something, in a row."""
    return by.join(part for part in parts if part)


def box_number(number: str) -> str:
    """A container number as it is painted: `CALU 604 218 6`; any other text as it is."""
    shape = re.fullmatch(r"([A-Z]{4})(\d{3})(\d{3})(\d)", number)
    return NBSP.join(shape.groups()) if shape else number


def key_of(declaration: DeclarationKey) -> str:
    """The registration key, its number in threes: `2026 CIAB1 C 48 119`."""
    number = declaration.number
    if number.isdecimal() and number.isascii():
        number = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", NARROW, number)
    return NBSP.join((str(declaration.year), declaration.office, declaration.serial, number))


def unbroken(text: str) -> str:
    """A number or a name, kept on one line."""
    return text.replace(" ", NBSP)
