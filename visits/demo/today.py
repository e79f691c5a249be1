"""The day of the demo: declarations that came in since this morning, each as far as it would be by now."""

from datetime import UTC, datetime, timedelta

from visits.clock import SystemClock
from visits.demo.simulate import Baton, play, town_of
from visits.ids import TenantId
from visits.store.tools import Tools

A_DAY = 6


async def play_today(tools: Tools, tenant: TenantId, *, seed: int) -> None:
    """Live the last working day and today until now, so that every screen has something to show."""
    now = SystemClock().now()
    today = now.astimezone(UTC).date()
    days = [day for day in (today - timedelta(days=back) for back in range(4, -1, -1)) if day.isoweekday() <= 5][-2:]
    baton = Baton(datetime.combine(days[0], datetime.min.time(), UTC))
    town = await town_of(tools, tenant, baton)
    await play(town, baton, days=days, a_day=A_DAY, until=now, seed=seed)
