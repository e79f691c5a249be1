"""The times of one visit (T04 … T27), from state changes alone; a missing end is None, signed ones keep sign. Pure.

Minutes, but T19 in seconds, T26 and T27 in hours. `between` measures a span: the wall clock, or office hours.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from visits.journey.timeline import Happening, in_order, instant
from visits.texts import N_

Between = Callable[[datetime, datetime], timedelta]
MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)

#: What people read for each time, and its unit.
NAMES: dict[str, tuple[str, timedelta]] = {
    "T04": (N_("Traitement du dossier par la douane"), MINUTE),
    "T05": (N_("Du dossier accepté au tirage du vérificateur"), MINUTE),
    "T06": (N_("De la demande de rendez-vous à sa confirmation"), MINUTE),
    "T08": (N_("De la confirmation à l'heure du rendez-vous"), MINUTE),
    "T13": (N_("Écart entre l'heure prévue et le début"), MINUTE),
    "T14": (N_("Visite, sans les suspensions"), MINUTE),
    "T15": (N_("Visite, du début à la fin"), MINUTE),
    "T16": (N_("Suspensions"), MINUTE),
    "T17": (N_("Écriture du rapport"), MINUTE),
    "T18": (N_("Validation du rapport"), MINUTE),
    "T19": (N_("Transmission du rapport"), SECOND),
    "T20": (N_("Du circuit à l'accusé de réception"), MINUTE),
    "T26": (N_("De l'enregistrement au bon à enlever"), HOUR),
    "T27": (N_("De l'arrivée au bon à enlever"), HOUR),
}


def wall(start: datetime, end: datetime) -> timedelta:
    """The time a clock on the wall shows."""
    return end - start


def measures(told: Iterable[Happening], between: Between = wall) -> dict[str, float | None]:
    """Every time of a visit. `told`: the events of the visit and of its declaration."""
    story = in_order(told)

    def first(kind: str, after: Happening | None = None) -> Happening | None:
        return next((e for e in story if e.kind == kind and (after is None or e.at >= after.at)), None)

    def last(kind: str, until: Happening | None) -> Happening | None:
        fitting = [e for e in story if e.kind == kind and (until is None or e.at <= until.at)]
        return fitting[-1] if fitting else None

    def span(start: Happening | None, end: Happening | None, unit: timedelta = MINUTE) -> float | None:
        return between(start.at, end.at) / unit if start and end else None

    accepted, started, ended = last("package_accepted", None), first("visit_started"), last("visit_ended", None)
    requested, validated = first("appointment_requested"), first("report_validated")
    signed = last("report_signed", validated) if validated else first("report_signed", ended)
    acknowledged = first("report_acknowledged", validated) if validated else first("report_acknowledged")
    released = first("release_issued")
    stops = spans(story, _SUSPENDED, _RESUMED)
    booked, slot = slot_at(story, started)
    return {
        "T04": _sum(spans(story, _SUBMITTED, _ANSWERED), between),
        "T05": span(accepted, first("inspector_assigned", accepted) if accepted else None),
        "T06": span(requested, first("appointment_confirmed", requested) if requested else None),
        "T08": between(booked.at, slot) / MINUTE if booked and slot else None,
        "T13": between(slot, started.at) / MINUTE if slot and started else None,
        "T14": _sum(spans(story, _BEGINS, _STOPS, _PAPER), between) if ended else None,
        "T15": span(started, ended) if started and ended and started.at <= ended.at else None,
        "T16": _sum(stops, between) if stops or not ended else 0.0,
        "T17": span(ended_before(story, signed), signed),
        "T18": span(signed, validated),
        "T19": span(validated, acknowledged, SECOND),
        "T20": span(first("lane_selected"), acknowledged),
        "T26": span(first("declaration_registered"), released, HOUR),
        "T27": span(first("cargo_arrived"), released, HOUR),
    }


_SUBMITTED = frozenset({"package_submitted"})
_ANSWERED = frozenset({"package_accepted", "package_returned"})
_BEGINS = frozenset({"visit_started", "visit_resumed"})
_STOPS = frozenset({"visit_suspended", "visit_ended", "visit_converted"})
#: A visit finished on paper has no machine time for its end.
_PAPER = frozenset({"paper_exception"})
_SUSPENDED = frozenset({"visit_suspended"})
_RESUMED = frozenset({"visit_resumed"})


def suspensions(told: Iterable[Happening], between: Between = wall) -> dict[str, float]:
    """T16 by its reason, in minutes; one that has no end yet is left out."""
    sums: dict[str, float] = {}
    for begin, end in spans(in_order(told), _SUSPENDED, _RESUMED):
        if end is not None:
            reason = str(begin.body.get("reason", ""))
            sums[reason] = sums.get(reason, 0.0) + between(begin.at, end.at) / MINUTE
    return sums


def slot_at(story: Sequence[Happening], started: Happening | None) -> tuple[Happening | None, datetime | None]:
    """The booking in force when the visit began (or now), with the start it promised."""
    booked: Happening | None = None
    slot: datetime | None = None
    for each in story:
        if started is not None and each.at > started.at:
            break
        if each.kind == "appointment_confirmed":
            booked, slot = each, instant(each.body["starts_at"])
        elif each.kind == "appointment_moved" and booked:
            slot = instant(each.body["starts_at"])
        elif each.kind in ("appointment_cancelled", "goods_absent", "party_absent", "visit_converted"):
            booked, slot = None, None
    return booked, slot


def ended_before(story: Sequence[Happening], signed: Happening | None) -> Happening | None:
    """The end of the visit a signed report tells about."""
    if signed is None:
        return None
    ends = [each for each in story if each.kind == "visit_ended" and each.at <= signed.at]
    return ends[-1] if ends else None


def spans(
    story: Sequence[Happening],
    begins: frozenset[str],
    ends: frozenset[str],
    breaks: frozenset[str] = frozenset(),
) -> list[tuple[Happening, Happening | None]]:
    """Each stretch from one kind of event to the next of another; None where the end is missing or unknown."""
    found: list[tuple[Happening, Happening | None]] = []
    open_: Happening | None = None
    for each in story:
        if open_ is not None and each.kind in ends | breaks:
            found.append((open_, each if each.kind in ends else None))
            open_ = None
        if open_ is None and each.kind in begins:
            open_ = each
    return [*found, (open_, None)] if open_ is not None else found


def _sum(stretches: Sequence[tuple[Happening, Happening | None]], between: Between) -> float | None:
    if not stretches or any(end is None for _, end in stretches):
        return None
    return sum(between(start.at, end.at) / MINUTE for start, end in stretches if end is not None)
