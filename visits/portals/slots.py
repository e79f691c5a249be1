"""What a page of slots shows: days with counts, hours with places, and why nothing earlier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import Day, Reason, Refused, Slot, Why, before
from visits.booking.offer import Offer
from visits.booking.quotas import CLASSES
from visits.texts import N_
from visits.web.language import date_near, say, say_many, time_of, weekday

#: Runs of refused starts a page explains; the first ones are what people ask about.
EXPLAINED = 6

#: What stands in the tile of a start that cannot be chosen.
NOTES: dict[Why, str] = {
    Why.PAST: N_("passée"),
    Why.TOO_FAR: N_("trop loin"),
    Why.HOLIDAY: N_("férié"),
    Why.SHUT: N_("fermé"),
    Why.AWAY: N_("personne"),
    Why.CLOSED: N_("fermé"),
    Why.FATIGUE: N_("trop tard"),
    Why.TOO_SOON: N_("trop tard"),
    Why.FIRM: N_("limite atteinte"),
    Why.QUOTA: N_("limite atteinte"),
    Why.KEPT: N_("gardée"),
    Why.TAKEN: N_("complet"),
}


#: Why a whole day is closed when nobody or nothing of a role is there; no person is named.
WITHOUT: dict[str, str] = {
    "officer": N_("Fermé, faute de vérificateurs."),
    "bay": N_("Fermé, faute d'aire de visite."),
    "scanner": N_("Fermé, faute de scanner."),
    "forklift": N_("Fermé, faute de chariot élévateur."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One offer told in one language and one zone."""

    offer: Offer
    language: str
    zone: ZoneInfo
    #: The appointment no longer fits: its own hour may be chosen again.
    anew: bool = False

    def day(self, wanted: date | None) -> Day:
        """The day to show: the one asked for, else that of the hold or the appointment, else the first free one."""
        shown = self._days()
        kept, first = self.offer.held or self.offer.booked, self.offer.first
        asked = wanted or (kept.day if kept else None) or (self._local(first.starts_at).date() if first else None)
        return next((each for each in shown if each.day == asked), shown[0] if shown else self.offer.days[0])

    def days(self, address: str, *, most: int = 60) -> list[dict[str, Any]]:
        """The tiles of the days: those on which the office works, and its holidays."""
        return [
            {
                "value": each.day.isoformat(),
                "weekday": weekday(each.day, self.language),
                "day": each.day.day,
                "note": self._count(each),
                "free": bool(each.mask),
                "href": f"{address}?day={each.day.isoformat()}",
            }
            for each in self._days()[:most]
        ]

    def hours(self, day: Day) -> list[dict[str, Any]]:
        """The tiles of a day's hours; what is taken stays visible."""
        mine = self._mine()
        if self.closed(day) and not mine:
            return []
        slots = [
            slot
            for slot in day.shown(kept=list(mine))
            if slot.starts_at in mine or slot.reason is None or slot.reason.why is not Why.PAST
        ]
        return [
            {
                "value": slot.starts_at.isoformat(),
                "time": time_of(slot.starts_at, self.language, self.zone),
                "note": mine.get(slot.starts_at) or self._note(slot),
                "free": slot.free and (self.anew or slot.starts_at != self.current),
            }
            for slot in slots
        ]

    def closed(self, day: Day) -> str:
        """What people read of a day that is closed as a whole: the holiday, or the closure's reason; empty if it is
        not."""
        if day.open:
            return ""
        reasons = [bar.reason for bar in day.lost] or ([Reason(why=Why.HOLIDAY)] if day.holiday else [])
        return " ".join(dict.fromkeys(say(text, self.language, **facts) for text, facts in self._told(reasons, day)))

    def closures(self) -> list[tuple[str, str]]:
        """The days that are closed as a whole, runs of one reason together: which, and what people read of them."""
        runs: list[tuple[date, date, str]] = []
        follows = False
        for day in self._days():
            text = self.closed(day)
            if text and follows and runs[-1][2] == text:
                runs[-1] = (runs[-1][0], day.day, text)
            elif text:
                runs.append((day.day, day.day, text))
            follows = bool(text)
        return [(self._from_to(first, last), text) for first, last, text in runs[:EXPLAINED]]

    def _from_to(self, first: date, last: date) -> str:
        names = [date_near(each, self.language) for each in (first, last)]
        text = names[0]
        if first != last:
            text = say(N_("du %(start)s au %(end)s"), self.language, start=names[0], end=names[1])
        return text[:1].upper() + text[1:]

    def _told(self, reasons: Sequence[Reason], day: Day) -> list[tuple[str, dict[str, object]]]:
        return [
            (WITHOUT.get(each.role, WITHOUT["officer"]), {}) if each.why is Why.AWAY else self.offer.said(each, day.day)
            for each in reasons
        ]

    @property
    def current(self) -> datetime | None:
        """The start the visit is booked at, if it is."""
        return self.offer.booked.during.lower if self.offer.booked else None

    @property
    def chosen(self) -> str:
        """The start that is held."""
        return self.offer.held.during.lower.isoformat() if self.offer.held else ""

    def reasons(self) -> list[tuple[str, str]]:
        """Why nothing earlier is offered: when, and which rule."""
        first = self.offer.first
        runs = before(self.offer.days, first.starts_at if first else None)
        runs = [run for run in runs if run.reason.why is not Why.PAST]
        return [(self._when(run), self.said(run)) for run in runs[:EXPLAINED]]

    def said(self, run: Refused) -> str:
        """The rule of a run in words."""
        text, facts = self.offer.said(run.reason, run.day)
        return say(text, self.language, **facts)

    @property
    def first_because(self) -> str:
        """Why the visit goes before others; empty when it does not."""
        return ", ".join(say(CLASSES[each], self.language) for each in self.offer.asked.standing.classes)

    @property
    def guests(self) -> list[str]:
        """The agencies the visit needs too."""
        return list(self.offer.asked.names.values())

    def moment(self, at: datetime) -> str:
        """« mardi 24 à 9 h »."""
        text = N_("%(day)s à %(time)s")
        return say(text, self.language, day=self._near(at), time=time_of(at, self.language, self.zone))

    def kept(self, lost: datetime | None) -> str:
        """What is held instead of a lost start: only the time when it is on the same day."""
        held = self.offer.held
        if held is None or lost is None:
            return ""
        if self._local(held.during.lower).date() == self._local(lost).date():
            return time_of(held.during.lower, self.language, self.zone)
        return self.moment(held.during.lower)

    def _days(self) -> Sequence[Day]:
        return [each for each in self.offer.days if each.usual or each.holiday]

    def _count(self, day: Day) -> str:
        shown = day.shown()
        free = sum(slot.free for slot in shown)
        if free:
            return say_many(N_("%(num)s libre"), N_("%(num)s libres"), free, self.language)
        if not day.open:
            lost = Why.HOLIDAY if day.holiday else next((bar.reason.why for bar in day.lost), Why.CLOSED)
            # « personne » is too long for the tile of a day; the reason stands below.
            return say(NOTES[Why.SHUT if lost is Why.AWAY else lost], self.language)
        reasons = {slot.reason.why for slot in shown if slot.reason}
        note = Why.TAKEN if Why.TAKEN in reasons else max(reasons, default=Why.CLOSED, key=list(Why).index)
        return say(NOTES[note], self.language)

    def _note(self, slot: Slot) -> str:
        if slot.reason is not None:
            return say(NOTES[slot.reason.why], self.language)
        return say_many(N_("%(num)s place"), N_("%(num)s places"), slot.places, self.language)

    def _mine(self) -> dict[datetime, str]:
        found = {}
        if self.offer.booked is not None:
            found[self.offer.booked.during.lower] = say(N_("actuel"), self.language)
        if self.offer.held is not None:
            found[self.offer.held.during.lower] = say(N_("retenu"), self.language)
        return found

    def _when(self, run: Refused) -> str:
        day = date_near(run.day, self.language)
        today = self._local(self.offer.days[0].now).date()
        if run.day == today:
            day = say(N_("aujourd'hui"), self.language)
        first, last = (time_of(each, self.language, self.zone) for each in (run.first, run.last))
        if first == last:
            text = say(N_("%(day)s à %(time)s"), self.language, day=day, time=first)
        else:
            text = say(N_("%(day)s de %(first)s à %(last)s"), self.language, day=day, first=first, last=last)
        return text[:1].upper() + text[1:]

    def _near(self, at: datetime) -> str:
        return date_near(self._local(at).date(), self.language)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


def day_of(text: str) -> date | None:
    """The day an address or a form names; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant_of(text: str) -> datetime | None:
    """The instant a tile stands for; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
