"""What a visit of the waitlist wants, which freed time is offered to it, and when it has waited long enough (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from scheduling import Day, Grid, Interval, intersect, shift, union
from visits.errors import Refusal
from visits.texts import N_

#: Ranks: whose time the office took away, who has a priority of its own, everybody else.
DISPLACED, PREFERRED, ORDINARY = 0, 1, 2
#: A time is worth a message if it is at least this much earlier.
GAIN = timedelta(minutes=30)
#: Offers in a row nobody answered, after which the visit is taken off the list.
SILENT = 3
ONE_DAY = timedelta(days=1)
#: Minutes of a local day.
WHOLE_DAY = (0, 1440)


class NothingEarlier(Refusal):
    """What is wanted holds no time before the appointment, or none at all."""

    code, status = "nothing-earlier", 422
    says = N_("Ces jours et ces heures ne contiennent aucune heure plus tôt que votre rendez-vous.")


class NotWaiting(Refusal):
    """The visit can wait for no time: it is not to be booked, or it is too late to move it."""

    code, status = "cannot-wait", 409
    says = N_("Cette visite ne peut plus attendre une heure plus tôt.")


class OfferOver(Refusal):
    """The freed time was kept for this visit, and no longer is."""

    code, status = "offer-over", 409
    says = N_("L'heure proposée n'est plus retenue. Vous restez sur la liste d'attente.")


#: Why a visit is no longer on the list, as people read it.
LEFT: dict[str, str] = {
    "asked": N_("Vous avez quitté la liste."),
    "too_late": N_("Il est trop tard pour une heure plus tôt."),
    "closed": N_("La visite ne cherche plus d'heure."),
    "silent": N_("Trois heures proposées sont restées sans réponse."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which times would do: any, or only on some days, or only at some hours of the day."""

    days: tuple[date, ...] = ()
    #: Minutes since local midnight, half-open.
    begin: int = WHOLE_DAY[0]
    end: int = WHOLE_DAY[1]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Wish":
        """As the table keeps it."""
        return cls(
            days=tuple(date.fromisoformat(each) for each in stored.get("days") or ()),
            begin=int(stored.get("begin", WHOLE_DAY[0])),
            end=int(stored.get("end", WHOLE_DAY[1])),
        )

    def as_json(self) -> dict[str, Any]:
        """As the table keeps it."""
        return {"days": [each.isoformat() for each in self.days], "begin": self.begin, "end": self.end}

    @property
    def anything(self) -> bool:
        """Would any earlier time do?"""
        return not self.days and (self.begin, self.end) == WHOLE_DAY


def ranges(wish: Wish, grid: Grid, *, within: Interval) -> list[Interval]:
    """The wished times that lie within a span, oldest first."""
    if wish.anything:
        return [within]
    first, last = (each.astimezone(grid.zone).date() for each in (within.start, within.end))
    days = wish.days or tuple(first + each * ONE_DAY for each in range((last - first).days + 1))
    found = [made for day in days if (made := shift(grid.zone, day, wish.begin, wish.end)) is not None]
    return intersect(union(found), [within])


def pick(
    days: Iterable[Day],
    wanted: Sequence[Interval],
    *,
    freed: Sequence[Interval] | None,
    refused: Sequence[Interval],
    before: datetime | None,
) -> datetime | None:
    """The earliest start on offer within what is wanted that uses a freed time and none that was let go before.

    `freed` None: any free time will do. `before` is the appointment the visit has.
    """
    for day in days:
        for slot in day.slots():
            span = Interval(slot.starts_at, slot.ends_at)
            if before is not None and span.start > before - GAIN:
                return None
            if (
                any(each.start <= span.start and span.end <= each.end for each in wanted)
                and (freed is None or any(_meet(span, each) for each in freed))
                and not any(_meet(span, each) for each in refused)
            ):
                return slot.starts_at
    return None


def _meet(one: Interval, other: Interval) -> bool:
    return one.start < other.end and other.start < one.end
