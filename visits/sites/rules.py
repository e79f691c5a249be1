"""What nobody may do with a calendar (pure): plan what has been, or end before beginning."""

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
