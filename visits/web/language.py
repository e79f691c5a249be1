"""Chooses fr, en or pt, looks texts up, and shows dates, hours and figures as each language writes them.

French is the language of record: its texts are the message ids themselves, given their spaces by `typo`.
A datetime is shown in the zone asked for; inside `say` it is shown in the zone it carries.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_precision
from babel.support import Translations
from jinja2 import Environment

from visits.texts import N_
from visits.web.typo import NARROW, NBSP, typo

LANGUAGES = ("fr", "en", "pt")
NAMES = {"fr": "Français", "en": "English", "pt": "Português"}
LOCALES = Path(__file__).parent / "locale"

_CLDR = {"fr": "fr", "en": "en_GB", "pt": "pt_PT"}
_LONG = {"fr": f"EEEE d{NBSP}MMMM", "en": "EEEE d MMMM", "pt": "EEEE, d 'de' MMMM"}
_YEAR = {"fr": " y", "en": " y", "pt": " 'de' y"}
_SINCE = {"fr": ("", ""), "en": ("for ", "since "), "pt": ("há ", "desde ")}
_SYMBOLS = {"XOF": "FCFA", "XAF": "FCFA", "EUR": "€"}


# ---------- choosing ----------


def choose(accept: str | None, cookie: str | None, default: str) -> str:
    """The language of a page: what the person chose, else what the browser asks for, else the office's."""
    if cookie in LANGUAGES:
        return str(cookie)
    wished = sorted(_wishes(accept or ""), key=lambda wish: -wish[1])
    return next((lang for lang, weight in wished if lang in LANGUAGES and weight > 0), default)


def _wishes(accept: str) -> list[tuple[str, float]]:
    wishes = []
    for part in accept.split(","):
        tag, _, weight = part.partition(";q=")
        try:
            wishes.append((tag.strip().lower()[:2], float(weight or 1)))
        except ValueError:
            continue
    return wishes


# ---------- texts ----------


class French(NullTranslations):
    """The message ids themselves, with French spaces; the last resort of the other languages too."""

    def gettext(self, message: str) -> str:
        return typo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return typo(msgid1 if abs(n) < 2 else msgid2)


@cache
def translations(lang: str) -> NullTranslations:
    """The texts of a language; one that is not translated yet is shown in French."""
    if lang == "fr":
        return French()
    with (LOCALES / lang / "LC_MESSAGES" / "visits.po").open("rb") as source:
        catalogue = read_po(source, locale=lang)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    found: NullTranslations = Translations(compiled, domain="visits")
    found.add_fallback(French())
    return found


def say(text: str, lang: str, /, **facts: Any) -> str:
    """A text marked with `N_`, in the person's language, with its facts filled in."""
    return translations(lang).gettext(text) % {name: shown(fact, lang) for name, fact in facts.items()}


def say_many(one: str, many: str, n: int, lang: str, /, **facts: Any) -> str:
    """As `say`, for a text that changes with a number; the number is `%(num)s`."""
    values = {name: shown(fact, lang) for name, fact in facts.items()}
    text = translations(lang).ngettext(one, many, n)
    if lang != "fr" and text == French().ngettext(one, many, n):
        # Marked one by one with `N_`, the two stand in the catalogue as two texts, not as a pair.
        text = translations(lang).gettext(one if n == 1 else many)
    return text % {"num": number(n, lang), **values}


def shown(fact: object, lang: str) -> str:
    """A fact as a person reads it: instants, days, durations and figures in words, the rest as it is."""
    match fact:
        case datetime():
            return day_time(fact, lang)
        case date():
            return date_long(fact, lang)
        case timedelta():
            return duration(fact, lang)
        case bool() | str():
            return str(fact)
        case int() | float() | Decimal():
            return number(fact, lang)
        case _:
            return str(fact)


def install(environment: Environment, lang: str) -> None:
    """Give a template environment one language: `_`, `ngettext`, `lang` and the filters below."""
    texts = translations(lang)
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(lang=lang, languages=NAMES)
    environment.filters.update(FILTERS)


# ---------- days and hours ----------


def date_long(day: date, lang: str, *, year: bool = False) -> str:
    """« mardi 24 novembre », "Tuesday 24 November", «terça-feira, 24 de novembro»."""
    pattern = _LONG[lang] + (_YEAR[lang] if year else "")
    if lang == "fr" and day.day == 1:
        pattern = pattern.replace(" d", " d'er'")
    return str(format_date(day, pattern, locale=_CLDR[lang]))


def date_medium(day: date, lang: str) -> str:
    """« 24 nov. 2026 », for tables and records."""
    text = str(format_date(day, "d MMM y", locale=_CLDR[lang]))
    return text.replace(" ", NBSP) if lang == "fr" else text


def date_short(day: date, lang: str) -> str:
    """« mar. 24 », for timelines and day tiles."""
    return str(format_date(day, f"EEE{NBSP}d", locale=_CLDR[lang]))


def date_near(day: date, lang: str) -> str:
    """« mardi 24 », for a day of this week or the next."""
    return str(format_date(day, f"EEEE{NBSP}d", locale=_CLDR[lang]))


def weekday(day: date, lang: str) -> str:
    """« mar. », above the number in a day's tile."""
    return str(format_date(day, "EEE", locale=_CLDR[lang]))


def time_of(at: datetime, lang: str, zone: tzinfo | None = None) -> str:
    """« 10 h 30 », « 8 h » in French; 10:30 in the other languages."""
    local = at.astimezone(zone) if zone else at
    if lang != "fr":
        return f"{local:%H:%M}"
    return f"{local.hour}{NBSP}h" + (f"{NBSP}{local.minute:02}" if local.minute else "")


def day_time(at: datetime, lang: str, zone: tzinfo | None = None) -> str:
    """« mardi 24 novembre à 10 h 30 », "Tuesday 24 November, 10:30"."""
    local = at.astimezone(zone) if zone else at
    between = " à " if lang == "fr" else ", "
    return date_long(local.date(), lang) + between + time_of(local, lang)


def day_time_short(at: datetime, lang: str, zone: tzinfo | None = None) -> str:
    """« mar. 24, 15 h 42 », for timelines."""
    local = at.astimezone(zone) if zone else at
    return f"{date_short(local.date(), lang)}, {time_of(local, lang)}"


def duration(span: timedelta, lang: str) -> str:
    """« 2 h 10 », « 38 min », « 16 h »; under a minute in words."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return say(N_("moins d'une minute"), lang)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{number(hours, lang)}{NBSP}h" + (f"{NBSP}{minutes:02}" if minutes else "")


def countdown(span: timedelta) -> str:
    """« 4 min 32 »: what is left of a hold; never below nothing."""
    minutes, seconds = divmod(max(0, int(span.total_seconds())), 60)
    return f"{minutes}{NBSP}min{NBSP}{seconds:02}"


def since(at: datetime, now: datetime, lang: str, zone: tzinfo) -> str:
    """What follows « depuis »: « 2 h 10 » today, « hier 16 h 40 », else the day.

    English says for before a length and since before a moment, Portuguese há and desde: there the text brings the
    word along, and the sentences of these two languages leave it out.
    """
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    length, moment = _SINCE[lang]
    if local.date() == today:
        return length + duration(now - at, lang)
    if local.date() == today - timedelta(days=1):
        return moment + say(N_("hier %(time)s"), lang, time=time_of(local, lang))
    return moment + date_long(local, lang)


# ---------- figures ----------


def number(value: int | float | Decimal, lang: str, digits: int | None = None) -> str:
    """« 1 284 », "1,284"; `digits` fixes the decimals, else at most three are shown."""
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    text = str(format_decimal(value, pattern, locale=_CLDR[lang]))
    return text.replace(NBSP, NARROW)


def counted(unit: str, figure: int | Decimal) -> str:
    """« 420 cartons »: the clearance system names a package in the singular; a code or symbol stays as it is."""
    if not unit.isalpha() or len(unit) <= 3:
        return unit
    plural = not -2 < figure < 2 and unit[-1].lower() not in "sxz"
    return unit.lower() + ("s" if plural else "")


def dotted(code: str) -> str:
    """8708.30.00: a tariff code as it is printed."""
    return ".".join([code[:4], *(code[at : at + 2] for at in range(4, len(code), 2))]) if code.isdigit() else code


def country(code: str, lang: str) -> str:
    """The name of a country, or its code if nobody knows it."""
    return str(Locale.parse(_CLDR[lang]).territories.get(code, code))


def natural(name: str) -> list[str | int]:
    """A key that puts « Agent 2 » before « Agent 10 »."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name.casefold())]


def money(amount: int | Decimal, currency: str, lang: str) -> str:
    """« 1 486 500 FCFA », with the decimals of the currency."""
    digits = int(get_currency_precision(currency))
    return f"{number(amount, lang, digits)}{NBSP}{_SYMBOLS.get(currency, currency)}"


def weight(kilograms: int | float | Decimal, lang: str) -> str:
    """« 8 400 kg »."""
    return f"{number(kilograms, lang)}{NBSP}kg"


def percent(share: float | Decimal, lang: str, digits: int = 0) -> str:
    """« 84 % » in French, 84% in the other languages; the share of one is 1."""
    text = number(share * 100, lang, digits)
    return f"{text}{NBSP}%" if lang == "fr" else f"{text}%"


FILTERS: dict[str, Callable[..., str]] = {
    filter_.__name__: filter_
    for filter_ in (
        date_long,
        date_medium,
        date_short,
        date_near,
        weekday,
        time_of,
        day_time,
        day_time_short,
        duration,
        countdown,
        since,
        number,
        money,
        weight,
        percent,
    )
}
