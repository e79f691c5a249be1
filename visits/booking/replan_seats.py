"""The roles of an appointment as a plan made anew reads them: who holds each, did that fall away, who else could."""

from collections.abc import Iterable, Sequence

from scheduling import LostSeat
from visits.booking.buffers_parts import OFFICER
from visits.booking.rules import Need
from visits.booking.tables import BookingPart, DayBits


def seats_of(needs: Iterable[Need], parts: Sequence[BookingPart], rows: Sequence[DayBits]) -> tuple[LostSeat, ...]:
    """A seat for every need, with those who could take it, the fewest other skills first."""
    held = {part.role: part for part in parts}
    resources = {row.resource_id: row for row in rows}
    seats = []
    for need in needs:
        able = [row for row in resources.values() if need.fits(row)]
        able.sort(key=lambda row: ((row.skills & ~need.skills).bit_count(), str(row.resource_id)))
        part = held.get(need.role)
        seats.append(
            LostSeat(
                role=need.role,
                held=str(part.resource_id) if part else "",
                broken=part is None or part.stranded_since is not None,
                able=tuple(str(row.resource_id) for row in able),
                before=need.before,
                after=need.after,
                kind=need.kind,
                travels=need.role == OFFICER,
            )
        )
    return tuple(seats)
