"""Weekly hours as people write them: « 8:00-12:00, 13:00-17:00 » to minutes of the local day, and back (pure)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from visits.errors import Refusal
from visits.texts import N_

DAY = 24 * 60
#: Named days of the week by their ISO number.
DAYS: dict[int, str] = {
    1: N_("lundi"),
    2: N_("mardi"),
    3: N_("mercredi"),
    4: N_("jeudi"),
    5: N_("vendredi"),
    6: N_("samedi"),
    7: N_("dimanche"),
}

_CLOCK = r"(\d{1,2})\s*(?:[h:](?:\s*(\d{2}))?)?"
_SPAN = re.compile(rf"^{_CLOCK}\s*(?:-|–|à|to)\s*{_CLOCK}$")


class HoursUnclear(Refusal):
    """The hours cannot be read, or one period runs into the next."""

    code, status = "hours-unclear", 422
    says = N_("Écrivez les heures comme « 8:00-12:00, 13:00-17:00 ». Vide : fermé.")


def minutes_of(text: str) -> list[list[int]]:
    """Pairs of minutes since midnight, in order; an end at or before its beginning lies on the next day."""
    spans = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text.lower()))):
        found = _SPAN.match(part)
        if not found:
            raise HoursUnclear()
        begin, end = (_minute(found[place], found[place + 1]) for place in (1, 3))
        spans.append([begin, end if end > begin else end + DAY])
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise HoursUnclear()
    if spans and (spans[0][0] >= DAY or spans[-1][1] > spans[0][0] + DAY):
        raise HoursUnclear()
    return spans


def text_of(spans: Sequence[Sequence[int]]) -> str:
    """The same as a text that `minutes_of` reads back."""
    return ", ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in spans)


def _minute(hours: str, minutes: str | None) -> int:
    if int(hours) > 24 or int(minutes or 0) > 59 or (int(hours) == 24 and int(minutes or 0)):
        raise HoursUnclear()
    return int(hours) * 60 + int(minutes or 0)


def _clock(minute: int) -> str:
    minute = minute if minute == DAY else minute % DAY
    return f"{minute // 60:02}:{minute % 60:02}"
