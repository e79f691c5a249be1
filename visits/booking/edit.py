"""Every edit of a calendar goes through here: change it, write the days out, ask first if appointments fall outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from scheduling import Outcome
from visits.actor import Actor, system
from visits.booking.materialise import ahead, materialise
from visits.booking.replan import draft_of
from visits.errors import Refusal
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_id, offices
from visits.sites.tables import Office
from visits.store.work import Database, Work
from visits.texts import N_

Change = Callable[[Work], Awaitable[object]]
ONE_DAY = timedelta(days=1)


class FallsOutside(Refusal):
    """Future appointments would not fit any more; nothing was changed yet."""

    code, status = "falls-outside", 409
    says = N_("Rendez-vous à venir qui ne tiennent plus : %(count)s. Rien n'est encore changé.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """How many appointments would keep their time with somebody else, move, and find nothing."""

    keeps: int
    moves: int
    left: int


class _Undone(Exception):
    """Ends the transaction of a preview."""


async def edit_calendar(
    work: Work,
    office_id: UUID | None,
    change: Change,
    *,
    confirmed: bool,
    resource_id: UUID | None = None,
    days: tuple[date, date] | None = None,
) -> tuple[UUID, ...]:
    """Make a change to the calendars of an office (of all, without one); the appointments it strands, oldest first.

    Name the resource, or the first and last day, when nothing else can be touched: bookings wait for what is written.
    The preview is the change itself, rolled back: what it says is exactly what would happen.
    """
    before = set(await _write(work, office_id, resource_id, days))
    await change(work)
    stranded = tuple(each for each in await _write(work, office_id, resource_id, days) if each not in before)
    if stranded and not confirmed:
        raise FallsOutside(count=len(stranded), stranded=stranded, plan=await _foreseen(work, office_id, stranded))
    return stranded


async def _foreseen(work: Work, office_id: UUID | None, stranded: tuple[UUID, ...]) -> Foreseen:
    """What would become of the appointments that fall outside: sums alone, for whoever keeps calendars."""
    service = Work(work.session, work.now, system(work.actor.tenant))
    drafts = [
        await draft_of(service, office, stranded)
        for office in ([await office_by_id(work, office_id)] if office_id else await offices(work))
    ]
    keeps, moves, left = (sum(draft.count(each) for draft in drafts) for each in Outcome)
    return Foreseen(keeps=keeps, moves=moves, left=left)


async def preview_calendar(
    database: Database, actor: Actor, office_id: UUID | None, change: Change, *, days: tuple[date, date] | None = None
) -> tuple[UUID, ...]:
    """The appointments a change would strand; nothing is changed."""
    found: tuple[UUID, ...] = ()
    try:
        async with database.work(actor) as work:
            found = await edit_calendar(work, office_id, change, confirmed=True, days=days)
            raise _Undone
    except _Undone:
        return found


async def _write(
    work: Work, office_id: UUID | None, resource_id: UUID | None, wanted: tuple[date, date] | None
) -> list[UUID]:
    found: list[UUID] = []
    for office in [await office_by_id(work, office_id)] if office_id else await offices(work):
        first, days = _window(work, office, wanted)
        if days > 0:
            found += (await materialise(work, office, first=first, days=days, resource_id=resource_id)).stranded
    return found


def _window(work: Work, office: Office, wanted: tuple[date, date] | None) -> tuple[date, int]:
    """The days to write: those of the edit and one on each side, for shifts that go past midnight."""
    today = grid_of(office).day_of(work.now)
    end = today + timedelta(days=ahead(office))
    if wanted is None:
        return today, (end - today).days
    first = max(today, wanted[0] - ONE_DAY)
    return first, (min(end - 2 * ONE_DAY, wanted[1]) + 2 * ONE_DAY - first).days
