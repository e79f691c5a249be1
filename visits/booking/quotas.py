"""Who goes before others, and an office's quotas, in words (pure): perishable and live goods, urgent consignments,
approved operators (Kyoto Convention, General Annex, standard 3.34; Trade Facilitation Agreement, article 7.9.2).

Nobody waits for ever because of them: after some days a visit has every right a priority gives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from scheduling import Quota, QuotaKind, Reason, Why
from visits.journey.states import Level
from visits.texts import N_

LIVE_ANIMALS, PERISHABLE, URGENT, APPROVED, WAITING = "live", "perishable", "urgent", "approved", "waiting"
PUBLIC, STAFF = "public", "staff"

#: Why a visit goes before others, in the order told.
CLASSES: dict[str, str] = {
    LIVE_ANIMALS: N_("animaux vivants"),
    PERISHABLE: N_("denrées périssables"),
    URGENT: N_("envoi urgent"),
    APPROVED: N_("opérateur économique agréé"),
    WAITING: N_("attente trop longue"),
}
#: For whom places may be kept, with the reason told to everybody else, before and without a release.
KEPT_FOR: dict[str, tuple[str, str]] = {
    LIVE_ANIMALS: (
        N_("Places gardées pour les animaux vivants jusqu'à %(until)s."),
        N_("Places gardées pour les animaux vivants."),
    ),
    PERISHABLE: (
        N_("Places gardées pour les denrées périssables jusqu'à %(until)s."),
        N_("Places gardées pour les denrées périssables."),
    ),
    URGENT: (
        N_("Places gardées pour les envois urgents jusqu'à %(until)s."),
        N_("Places gardées pour les envois urgents."),
    ),
    APPROVED: (
        N_("Places gardées pour les opérateurs agréés jusqu'à %(until)s."),
        N_("Places gardées pour les opérateurs agréés."),
    ),
    STAFF: (
        N_("Places gardées par le bureau jusqu'à %(until)s."),
        N_("Places gardées par le bureau."),
    ),
}
SEVERAL = (
    N_("Places gardées pour les visites prioritaires jusqu'à %(until)s."),
    N_("Places gardées pour les visites prioritaires."),
)
#: Whose starts may be limited, with the reason told when the limit is reached.
LIMITED: dict[str, tuple[str, str]] = {
    PUBLIC: (
        N_("Les %(count)s rendez-vous ouverts aux déclarants sont pris. Le reste s'ouvre %(until)s."),
        N_("Les %(count)s rendez-vous ouverts aux déclarants sont pris."),
    ),
    STAFF: (
        N_("Les %(count)s rendez-vous que le bureau peut prendre sont pris. Le reste s'ouvre %(until)s."),
        N_("Les %(count)s rendez-vous que le bureau peut prendre sont pris."),
    ),
}
#: What a visit of each level needs beside an officer: what is kept with the officer.
_BESIDE: dict[str, str] = {Level.SCAN: "scanner", Level.PHYSICAL: "bay", Level.JOINT: "bay"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The office's policies of quotas and priorities."""

    quotas: tuple[Mapping[str, Any], ...] = ()
    #: Tariff codes, or their first digits.
    perishable: tuple[str, ...] = ("02", "03", "04", "06", "07", "08", "3002")
    live_animals: tuple[str, ...] = ("01", "0301", "0306")
    #: Codes of declarants and importers.
    approved: tuple[str, ...] = ()
    #: After so many days to book, a visit may take what is kept for others.
    wait_days: int = 5
    #: Live appointments of a firm on one day; 0: as many as it likes.
    bookings_per_firm: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One stored quota: the rule of scheduling, and where and for which levels it holds."""

    quota: Quota
    #: Ids and levels as text; none for all.
    site: str = ""
    levels: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Pool":
        """As the policies keep it."""
        release = stored.get("release")
        return cls(
            quota=Quota(
                kind=QuotaKind(stored["kind"]),
                whom=tuple(stored["whom"]),
                places=stored["places"],
                begin=stored["begin"],
                end=stored["end"],
                hourly=stored["hourly"],
                weekdays=tuple(stored["weekdays"]),
                release=None if release is None else timedelta(minutes=release),
            ),
            site=stored["site"],
            levels=tuple(stored["levels"]),
        )

    def as_json(self) -> dict[str, Any]:
        """As the policies keep it."""
        quota = self.quota
        return {
            "kind": quota.kind.value,
            "whom": list(quota.whom),
            "places": quota.places,
            "begin": quota.begin,
            "end": quota.end,
            "hourly": quota.hourly,
            "weekdays": list(quota.weekdays),
            "release": None if quota.release is None else int(quota.release.total_seconds() // 60),
            "site": self.site,
            "levels": list(self.levels),
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is kept together: an officer, and the place each level needs."""
        levels = self.levels or (Level.PHYSICAL,)
        return ("officer", *sorted({_BESIDE[level] for level in levels if level in _BESIDE}))

    def about(self, *, level: str, site: str) -> bool:
        """Does it hold for visits of this level at this site?"""
        return (not self.levels or level in self.levels) and self.site in ("", site)

    def counts(self, standing: "Standing", *, level: str, site: str) -> bool:
        """Does an appointment of such a visit use up one of its places?

        A limit never counts visits that go before others, nor stands in their way.
        """
        if not self.about(level=level, site=site):
            return False
        if self.quota.kind is QuotaKind.MOST:
            return standing.audience in self.quota.whom and not standing.classes
        mine = {*standing.classes, *((STAFF,) if standing.audience == STAFF else ())}
        return not mine.isdisjoint(self.quota.whom)

    def binds(self, standing: "Standing", *, level: str, site: str) -> bool:
        """Does it stand in the way of this visit? What is kept does unless it is kept for it, or it waited too long."""
        mine = self.counts(standing, level=level, site=site)
        return mine if self.quota.kind is QuotaKind.MOST else not mine and WAITING not in standing.classes


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a visit stands among others: who books it, and why it goes before them."""

    audience: str = PUBLIC
    classes: tuple[str, ...] = ()


def goods_classes(
    rules: Rules, content: Mapping[str, Any], items: Iterable[int], firms: Iterable[str | None]
) -> set[str]:
    """What the declaration alone says: its goods (those to be looked at), its declarant and its importer."""
    ordered, lines = set(items), content.get("items") or []
    looked_at = [each for each in lines if each.get("number") in ordered] or lines
    codes = [str(each.get("commodity_code") or each.get("hs6") or "") for each in looked_at]
    found = set()
    if any(code.startswith(rules.live_animals) for code in codes):
        found.add(LIVE_ANIMALS)
    if any(code.startswith(rules.perishable) for code in codes):
        found.add(PERISHABLE)
    if not set(firms).isdisjoint(rules.approved):
        found.add(APPROVED)
    return found


def in_order(classes: Iterable[str]) -> tuple[str, ...]:
    """Classes in the order they are told."""
    given = set(classes)
    return tuple(each for each in CLASSES if each in given)


def words(reason: Reason) -> tuple[str, dict[str, object]]:
    """Why places are kept or a limit is reached: a French text and its facts."""
    table = LIMITED if reason.why is Why.QUOTA else KEPT_FOR
    told, silent = table[reason.whom[0]] if len(reason.whom) == 1 else SEVERAL
    facts: dict[str, object] = {"count": reason.count} if reason.why is Why.QUOTA else {}
    return (told, facts | {"until": reason.until}) if reason.until is not None else (silent, facts)
