"""The rules of calendars (pure): which word about a day wins, and what nobody may plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from visits.errors import Refusal
from visits.texts import N_


class EndsBeforeItBegins(Refusal):
    """The end lies before the beginning."""

    code, status = "ends-before-it-begins", 422
    says = N_("La fin est avant le début.")


class PastDay(Refusal):
    """What has been cannot be planned."""

    code, status = "past-day", 422
    says = N_("Ce jour est passé. Choisissez aujourd'hui ou plus tard.")


def not_past(day: date, today: date) -> None:
    """Refuse a day that is over."""
    if day < today:
        raise PastDay()


def instants(tz: str, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Two local times of an office, given without a zone, as instants; an hour the clocks skip may leave nothing."""
    zone = ZoneInfo(tz)
    first, last = (each.replace(tzinfo=zone).astimezone(UTC) for each in (start, end))
    if last <= first:
        raise EndsBeforeItBegins()
    return first, last


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one row says about a day: 0 the country's published calendar, 1 the administration, 2 the office itself."""

    rank: int
    name: str
    works: bool


def closed(said: Sequence[Said]) -> str:
    """Why a day is closed, or nothing: only the nearest voice counts, and where it says both, closed."""
    top = max((each.rank for each in said), default=0)
    return " · ".join(dict.fromkeys(each.name for each in said if each.rank == top and not each.works))
