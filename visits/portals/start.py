"""What stands above the first page of a role: its first steps while they are new."""

from visits.people.queries import tours_seen
from visits.portals.tours import Tour, tours_of
from visits.store.work import Work


async def first_steps(work: Work, home: str) -> Tour | None:
    """The tour to propose on this page: the first of the reader's that begins here and was not seen yet."""
    begins_here = [tour for tour in tours_of(work.actor.roles) if tour.home == home]
    if not begins_here or work.actor.person is None:
        return None
    seen = await tours_seen(work, work.actor.person)
    return next((tour for tour in begins_here if tour.name not in seen), None)
