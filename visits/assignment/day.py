"""An office-day out of the database as the plan sees it: seats with and without names, visits, roads."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from scheduling import Grid, Need, OfficeDay, PlanVisit, Route, Seat, Stop
from visits.assignment import day_rows
from visits.assignment.day_rows import Booked, Cell
from visits.assignment.rules import Policy
from visits.booking.buffers import Around, Roads
from visits.booking.queries import ONE_MINUTE
from visits.booking.strain import is_of_high_risk, rest_in, spans, tired_at
from visits.declarations.tables import Declaration
from visits.sites.hours import grid_of
from visits.sites.languages import asked_of
from visits.sites.policies import policy
from visits.sites.tables import Office
from visits.store.work import Work

OFFICER = "officer"
#: What stands at its site and nowhere else.
FIXED = frozenset({"bay", "scanner", "forklift"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One office and day, read at once."""

    office: Office
    day: date
    cells: tuple[Cell, ...]
    booked: tuple[Booked, ...]
    #: How the office cuts its day, when that begins, and the office's rules of the draw.
    grid: Grid
    opens: datetime
    limits: Policy

    def minute(self, at: datetime) -> int:
        """An instant as whole minutes since the day began."""
        return (at - self.opens) // ONE_MINUTE

    def at(self, minute: int) -> datetime:
        """And back."""
        return self.opens + minute * ONE_MINUTE

    def during(self, each: Booked) -> tuple[datetime, datetime]:
        """When a part is at its visit, without roads."""
        part = each.part
        return (
            part.during.lower + part.travel_before * ONE_MINUTE,
            part.during.upper - part.travel_after * ONE_MINUTE,
        )

    # -- as the plan sees it -----------------------------------------------------------------------------
    def seat(self, cell: Cell, name: str, **bound: Any) -> Seat:
        """A resource of the day as a seat; `bound` are the rules of one person."""
        shift = spans(cell.work, self.grid.minutes)
        if cell.kind == OFFICER:
            tired = tired_at(shift, self.limits.tired_percent)
            bound = {"most": self.limits.most_minutes, "tired_at": tired} | bound
        return Seat(
            id=name,
            kind=cell.kind,
            agency=str(cell.agency_id or ""),
            site=str(cell.site_id or ""),
            skills=cell.skills,
            shift=shift,
            rest=None
            if cell.kind in FIXED
            else rest_in(shift, self.limits.rest_minutes, self.limits.rest_after_minutes),
            **bound,
        )

    def stop(self, each: Booked, cell: Cell, *, settled: bool = False) -> Stop:
        """A part as a stop at its promised time; its roads are the plan's own to count. What is settled stays, also
        where a rule that came later would not let it begin."""
        appointment, part = each.appointment.during, each.part
        start, end = self.minute(appointment.lower), self.minute(appointment.upper)
        need = Need(
            role=part.role,
            kind=cell.kind,
            agency=str(cell.agency_id or ""),
            skills=asked_of(each.visit.order) if part.role == OFFICER else 0,
            before=start - self.minute(part.during.lower) - part.travel_before,
            after=self.minute(part.during.upper) - part.travel_after - end,
        )
        visit = PlanVisit(
            id=str(each.visit.id),
            minutes=end - start,
            earliest=start,
            latest=start,
            site=str(each.appointment.site_id or ""),
            needs=(need,),
            demanding=not settled and is_of_high_risk(each.visit.order, self.limits),
            group=group_of(each.declaration),
        )
        return Stop(visit, need, start)

    def stops(self, of: Iterable[Booked], *, settled: bool = False) -> dict[UUID, list[Stop]]:
        """Parts as stops, by resource, in order."""
        known = {cell.id: cell for cell in self.cells}
        found: dict[UUID, list[Stop]] = {}
        for each in of:
            if each.part.resource_id in known:
                stop = self.stop(each, known[each.part.resource_id], settled=settled)
                found.setdefault(each.part.resource_id, []).append(stop)
        return found

    def named(
        self,
        *,
        but: UUID | None = None,
        bound: Mapping[UUID, Mapping[str, Any]] | None = None,
        gone: Collection[UUID] = (),
    ) -> OfficeDay:
        """The day as it is booked, every seat under its own id; without one visit, whose time is looked for, and
        without those who have left."""
        kept = self.stops((each for each in self.booked if each.visit.id != but), settled=True)
        return OfficeDay(
            seats=tuple(
                self.seat(cell, str(cell.id), **(bound or {}).get(cell.id, {}))
                for cell in self.cells
                if (cell.site_id is not None or cell.kind not in FIXED) and cell.id not in gone
            ),
            roads=self.roads,
            step=self.grid.minutes,
            settled=tuple(
                Route(seat=str(resource), stops=tuple(stops))
                for resource, stops in kept.items()
                if resource not in gone
            ),
        )

    @property
    def roads(self) -> dict[frozenset[str], int]:
        """Minutes between sites, by the office's rules."""
        between = Roads.of(policy(self.office, Around), self.grid).between
        return {pair: road // ONE_MINUTE for pair, road in between.items()}


async def load(work: Work, office: Office, day: date, *, kind: str | None = None, briefly: bool = False) -> Loaded:
    """The day as it stands now, or what resources of one kind do on it; nothing is locked."""
    grid = grid_of(office)
    return Loaded(
        office=office,
        day=day,
        grid=grid,
        opens=grid.opens(day),
        limits=policy(office, Policy),
        cells=tuple(await day_rows.cells(work, office.id, day, kind)),
        booked=tuple(await day_rows.booked(work, office.id, day, kind, briefly=briefly)),
    )


def group_of(declaration: Declaration) -> str:
    """Whose visit it is: the firm, or its code where the firm is not registered here."""
    return str(declaration.firm_id or declaration.declarant_code)
