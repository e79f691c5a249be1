"""What stands above the first page of a role: duties held elsewhere or for somebody, and first steps while new."""

from dataclasses import dataclass

from visits.people.queries import tours_seen
from visits.portals.duties import Duties, duties
from visits.portals.tours import Tour, tours_of
from visits.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The first lines of a first page."""

    duties: Duties
    #: The first steps to propose.
    tour: Tour | None


async def start(work: Work, home: str) -> Start:
    """What to say above this page to whoever reads it."""
    return Start(duties=await duties(work), tour=await _tour(work, home))


async def _tour(work: Work, home: str) -> Tour | None:
    """The first of the reader's tours that begins here and was not seen yet."""
    begins_here = [tour for tour in tours_of(work.actor.roles) if tour.home == home]
    if not begins_here or work.actor.person is None:
        return None
    seen = await tours_seen(work, work.actor.person)
    return next((tour for tour in begins_here if tour.name not in seen), None)
