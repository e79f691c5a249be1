"""A notice in words: the text message of at most 160 septets, the e-mail, the parameters of a WhatsApp template. Pure.

Facts are JSON values: instants as ISO text under the names in INSTANTS, everything else as it is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from visits.notices import gsm7
from visits.notices.template import Template
from visits.notices.templates import ANSWERS, FOOT, LANGUAGE, REASON
from visits.web.language import day_time, say, time_of

Facts = Mapping[str, Any]

#: Facts that are instants told as day and hour.
INSTANTS = frozenset({"when", "was"})
#: Facts that are instants told as an hour alone.
HOURS = frozenset({"until", "hour"})
#: Facts that may be long, in the order in which a text message shortens them, each with the septets it keeps.
ELASTIC = (("reason", 12), ("list", 0), ("place", 10), ("title", 10), ("text", 40))
#: The longest any other fact may be in a text message: references and numbers are never cut below this.
LONGEST = {"when": 20, "was": 20, "title": 24, "place": 60, "reason": 120, "list": 120, "voucher": 20, "text": 160}
OTHERWISE = 16
#: A shortened fact ends with a point, and so may the sentence it stands in.
_DOTS = re.compile(r"\.{2,}")
#: Days by their short names: Portugal's calendar writes them out.
_CLDR = {"fr": "fr", "en": "en_GB", "pt": "pt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail's words."""

    subject: str
    text: str


def text_message(template: Template, language: str, facts: Facts, zone: ZoneInfo, *, answers: bool = False) -> str:
    """The words of a text message: one part, whatever the facts are."""
    told = {name: _short(name, value, language, zone) for name, value in facts.items() if value is not None}
    told = {name: gsm7.shortened(value, LONGEST.get(name, OTHERWISE)) for name, value in told.items()}
    for name, floor in (("", 0), *ELASTIC):
        over = gsm7.septets(_joined(template, language, told, answers=answers)) - gsm7.ONE_MESSAGE
        if over <= 0:
            break
        if name in told:
            told[name] = gsm7.shortened(told[name], max(floor, gsm7.septets(told[name]) - over))
    return _joined(template, language, told, answers=answers)


def mail(template: Template, language: str, facts: Facts, zone: ZoneInfo, *, public_url: str) -> Mail:
    """Subject and paragraphs, with the page it leads to."""
    told = {name: _long(name, value, language, zone) for name, value in facts.items() if value is not None}
    lines = [_said(text, language, told) for text in template.body]
    if told.get("reason"):
        lines.append(_said(REASON, language, told))
    if told.get("language"):
        lines.append(_said(LANGUAGE, language, told))
    root = public_url.rstrip("/")
    lines += [root + path_of(template, facts), _said(FOOT, language, {"url": f"{root}/declarant/notices"})]
    subject = " ".join(_said(template.subject, language, told).split())
    return Mail(subject=subject, text="\n\n".join(line for line in lines if line.strip()) + "\n")


def parameters(template: Template, language: str, facts: Facts, zone: ZoneInfo) -> list[str]:
    """The values a WhatsApp template takes, in its order; none is empty, none has line ends or tabs."""
    told = {name: _long(name, value, language, zone) for name, value in facts.items() if value is not None}
    return [" ".join(told.get(name, "").split())[:1024] or "-" for name in template.parameters]


def path_of(template: Template, facts: Facts) -> str:
    """The page a notice leads to; without its visit, the declaration, else the declarant's home."""
    for path in (template.path, "/declarant/declarations/%(declaration)s"):
        wanted = [name for name in ("visit", "declaration") if f"%({name})s" in path]
        if all(facts.get(name) for name in wanted):
            return path % {name: facts[name] for name in wanted}
    return "/declarant"


def short_day_time(at: datetime, language: str, zone: ZoneInfo) -> str:
    """« mar. 24/11 10h00 »: a moment in a text message."""
    local = at.astimezone(zone)
    day = format_date(local.date(), "EEE d/M", locale=_CLDR[language])
    return gsm7.plain(f"{day} {short_hour(at, language, zone)}")


def short_hour(at: datetime, language: str, zone: ZoneInfo) -> str:
    """« 10h00 », 10:00."""
    local = at.astimezone(zone)
    return f"{local.hour}h{local.minute:02}" if language == "fr" else f"{local:%H:%M}"


def _joined(template: Template, language: str, told: Mapping[str, str], *, answers: bool) -> str:
    parts = [_said(template.sms, language, told)]
    if told.get("reason"):
        parts.append(_said(REASON, language, told))
    if answers and told.get("code") and template.answers in ANSWERS:
        parts.append(_said(ANSWERS[template.answers], language, told))
    return _DOTS.sub(".", " ".join(gsm7.plain(" ".join(parts)).split()))


def _said(text: str, language: str, told: Mapping[str, str]) -> str:
    """A template's text with its facts; one that was not given is empty."""
    return say(text, language, **(_Missing(told)))


class _Missing(dict[str, str]):
    """Facts of a notice: those it was not given are empty, so that a text is never stopped by a fact it lacks."""

    NAMES = ("title", "when", "was", "until", "hour", "place", "reference", "reason", "code", "count", "list")
    MORE = ("voucher", "secret", "text", "url")

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__(dict.fromkeys((*self.NAMES, *self.MORE), "") | dict(told))


def worded(value: Any, language: str) -> str:
    """A fact in words: a list holds texts of ours, which are translated; anything else is somebody's own."""
    return ", ".join(say(each, language) for each in value) if isinstance(value, list) else str(value)


def _short(name: str, value: Any, language: str, zone: ZoneInfo) -> str:
    if name in INSTANTS:
        return short_day_time(datetime.fromisoformat(value), language, zone)
    if name in HOURS:
        return short_hour(datetime.fromisoformat(value), language, zone)
    return " ".join(gsm7.plain(worded(value, language)).split())


def _long(name: str, value: Any, language: str, zone: ZoneInfo) -> str:
    if name in INSTANTS:
        return day_time(datetime.fromisoformat(value), language, zone)
    if name in HOURS:
        return time_of(datetime.fromisoformat(value), language, zone)
    return worded(value, language)
