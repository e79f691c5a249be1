"""Every edit of a calendar goes through here: change it, write the days out, ask first if appointments fall outside."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from visits.booking.materialise import materialise
from visits.errors import Refusal
from visits.sites.queries import office_by_id, offices
from visits.store.work import Work
from visits.texts import N_


class FallsOutside(Refusal):
    """Future appointments would not fit any more; nothing was changed yet."""

    code, status = "falls-outside", 409
    says = N_("Rendez-vous à venir qui ne tiennent plus : %(count)s. Rien n'est encore changé.")


async def edit_calendar(
    work: Work, office_id: UUID | None, change: Callable[[Work], Awaitable[object]], *, confirmed: bool
) -> int:
    """Make a change to the calendars of an office (of all, without one); returns how many appointments it strands.

    The preview is the change itself, rolled back: what it says is exactly what would happen.
    """
    touched = [await office_by_id(work, office_id)] if office_id else list(await offices(work))
    before: set[UUID] = set()
    for office in touched:
        before.update((await materialise(work, office)).stranded)
    await change(work)
    after: set[UUID] = set()
    for office in touched:
        after.update((await materialise(work, office)).stranded)
    stranded = len(after - before)
    if stranded and not confirmed:
        raise FallsOutside(count=stranded)
    return stranded
