"""The holidays a country publishes, from the `holidays` library: days, names, and which of them follow the moon (pure).

The library is pinned: its data are law in a file. A new version is a change like any other, and never moves a day that
is written already.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from holidays import country_holidays
from holidays.groups.islamic import IslamicHolidays

from visits.errors import Refusal
from visits.texts import N_


class CountryUnknown(Refusal):
    """The library has no calendar of this country."""

    code, status = "country-unknown", 422
    says = N_(
        "Aucun calendrier publié pour le pays « %(country)s ». Saisissez les jours fériés, ou importez un fichier."
    )


class RegionUnknown(Refusal):
    """The library knows no such part of the country."""

    code, status = "region-unknown", 422
    says = N_("Cette région n'a pas de calendrier à elle.")


@dataclass(frozen=True, slots=True, order=True)
class Published:
    """One holiday of a year. A tentative one follows the moon: its day may move by one or two."""

    day: date
    name: str
    tentative: bool = False


def knows(country: str) -> bool:
    """Is there a calendar of this country?"""
    try:
        _calendar(country)
    except CountryUnknown:
        return False
    return True


def regions(country: str) -> list[tuple[str, str]]:
    """Parts of a country whose holidays differ: code and name; none for a country that is not known."""
    if not knows(country):
        return []
    kind = _calendar(country)
    names: dict[str, str] = {}
    for name, code in getattr(kind, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    return [(code, names.get(code, code)) for code in kind.subdivisions]


def published(country: str, year: int, language: str = "fr", *, region: str = "") -> list[Published]:
    """The holidays of a country, or only what a region has beside them, by day; names in the language if there are."""
    kind = _calendar(country)
    if region and region not in kind.subdivisions:
        raise RegionUnknown(region=region)
    found = _listed(kind, year, language, region)
    return [each for each in found if not region or each not in _listed(kind, year, language, "")]


def _listed(kind: Any, year: int, language: str, region: str) -> list[Published]:
    """What is called «estimated» when the library is asked to say so is tentative; the plain name is the other one."""
    own = kind.default_language
    spoken = next((each for each in kind.supported_languages if each.startswith(language)), own)
    asked: dict[str, Any] = {"years": year, "subdiv": region or None, "language": spoken}
    if not issubclass(kind, IslamicHolidays):
        days = kind(**asked)
        return sorted({Published(day, name) for day in days for name in days.get_list(day)})
    plain, marked = (kind(**asked, islamic_show_estimated=shown) for shown in (False, True))
    found = []
    for day in plain:
        said = set(marked.get_list(day))
        found += [Published(day, name, name not in said) for name in plain.get_list(day)]
    return sorted(set(found))


def _calendar(country: str) -> Any:
    try:
        return type(country_holidays(country))
    except NotImplementedError:
        raise CountryUnknown(country=country) from None
