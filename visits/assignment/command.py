"""`visits draw list` and `visits plan publish`: what an operator asks of the draws of one office."""

from datetime import date, timedelta
from typing import Any

from visits.assignment import queries, witness_rows
from visits.assignment.publish import publish
from visits.assignment.record import instant
from visits.errors import NotFound
from visits.sites.hours import grid_of
from visits.sites.queries import office_by_code, offices
from visits.store.tools import Tools
from visits.store.work import Work


async def promises(work: Work, *, office: str, days: int) -> list[dict[str, Any]]:
    """What is promised for the coming days, of one office or of all; nothing of what is secret."""
    chosen = [each for each in await offices(work) if not office or each.code == office]
    if office and not chosen:
        raise NotFound()
    found = []
    for each in chosen:
        today = grid_of(each).day_of(work.now)
        for seed in await queries.seeds_between(work, each.id, today, today + timedelta(days=days - 1)):
            mandate = await witness_rows.of_day(work, each.id, seed.day)
            found.append(
                {
                    "office": each.code,
                    "day": seed.day.isoformat(),
                    "commitment": seed.commitment.hex(),
                    "committed_at": instant(seed.committed_at),
                    "witness": mandate.name if mandate else None,
                    "brought": seed.witness is not None,
                }
            )
    return found


async def publish_day(work: Work, tools: Tools, *, office: str, day: date) -> dict[str, Any]:
    """Publish one day by hand, as the timetable would; a day published before, or with nobody to name, stays."""
    its = await office_by_code(work, office)
    if its is None:
        raise NotFound()
    made = await publish(work, tools, its.id, day)
    if made is None:
        return {"office": its.code, "day": day.isoformat(), "published": False}
    return {
        "office": its.code,
        "day": day.isoformat(),
        "published": True,
        "routes": len(made.routes),
        "blocked": len(made.blocked),
        "engine": made.engine,
    }
