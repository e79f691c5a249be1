"""Regular hours in words: « chaque mardi à 9 h, 8 semaines », and the state of each of their days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from visits.booking.regular import releases_at
from visits.booking.regular_tables import RegularDay, RegularHours
from visits.journey.states import LEVEL_NAMES, Level
from visits.sites.hours import grid_of
from visits.sites.tables import Office, Site
from visits.texts import N_
from visits.web.language import date_near, day_time, duration, say, time_of

STATES: dict[str, str] = {
    "asked": N_("à décider"),
    "granted": N_("accordée"),
    "refused": N_("refusée"),
    "ended": N_("terminée"),
}
DAY_STATES: dict[str, str] = {
    "kept": N_("gardée"),
    "used": N_("utilisée"),
    "released": N_("rendue à tous"),
    "ended": N_("rendue"),
    "missed": N_("rien de libre"),
}
WEEKDAYS: dict[int, str] = {
    1: N_("lundi"),
    2: N_("mardi"),
    3: N_("mercredi"),
    4: N_("jeudi"),
    5: N_("vendredi"),
    6: N_("samedi"),
    7: N_("dimanche"),
}
#: Hours a firm may ask for: office hours, on the half hour.
FIRST, LAST, EVERY = time(6), time(20), timedelta(minutes=30)


def clock(minute: int, language: str) -> str:
    """Minutes since midnight as people write an hour."""
    return time_of(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute), language, ZoneInfo("UTC"))


def told(hours: RegularHours, site: Site, office: Office, days: list[RegularDay], language: str) -> dict[str, Any]:
    """One firm's hours with their days."""
    zone = grid_of(office).zone
    return {
        "id": hours.id,
        "title": say(
            N_("Chaque %(weekday)s à %(time)s"),
            language,
            weekday=say(WEEKDAYS[hours.isodow], language),
            time=clock(hours.minute, language),
        ),
        "state": hours.state,
        "state_name": say(STATES[hours.state], language),
        "site": site.name,
        "level": say(LEVEL_NAMES[Level(hours.level)], language),
        "length": duration(timedelta(minutes=hours.minutes), language),
        "weeks": hours.weeks,
        "first": date_near(hours.first, language),
        "purpose": hours.purpose,
        "decision": hours.decision,
        "asked_at": hours.asked_at,
        "days": [
            {
                "id": day.id,
                "state": day.state,
                "when": day_time(day.during.lower, language, zone),
                "state_name": say(DAY_STATES[day.state], language),
                "until": day_time(releases_at(office, day.during.lower), language, zone),
                "visit": day.visit_id,
            }
            for day in days
        ],
    }


def choices(office: Office, language: str) -> dict[str, Any]:
    """The lists of the form."""
    begin = datetime.combine(date(2026, 1, 1), FIRST, tzinfo=UTC)
    count = (datetime.combine(date(2026, 1, 1), LAST, tzinfo=UTC) - begin) // EVERY
    minutes = [FIRST.hour * 60 + each * (EVERY // timedelta(minutes=1)) for each in range(count + 1)]
    return {
        "weekdays": [(str(number), say(name, language)) for number, name in WEEKDAYS.items()],
        "hours": [(str(each), clock(each, language)) for each in minutes],
        "lengths": [(str(each), duration(timedelta(minutes=each), language)) for each in (30, 60, 90, 120, 180, 240)],
    }
