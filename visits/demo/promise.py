"""What the sample port promised before its day: the seeds of the draws, and a witness who brings each day's value.

The witness's secret lies in the data folder, as it would lie on his own computer: whoever tries the port may bring
tomorrow's value himself (`visits draw witness value`).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from visits.assignment import witness_file
from visits.assignment.witness import AHEAD, appoint, bring, opens_at
from visits.background.timetable import run_all_once
from visits.demo import cast
from visits.demo.lives import Town
from visits.demo.simulate import Baton
from visits.sites.hours import ONE_DAY
from visits.sites.queries import offices

WITNESS, SUPERVISOR = "Chambre de commerce Exemple", "superviseur1"
#: Days the witness promises.
DAYS = 365


def file_of(town: Town) -> Path:
    """Where the witness's secret is."""
    return town.tools.settings.data / f"{cast.OFFICE['code']}.witness"


async def promise(town: Town, baton: Baton, days: Sequence[date]) -> None:
    """Let the periodic jobs publish seeds before anybody books the first of these days, and a witness his anchor; bring
    the value of each day on its eve. Today's jobs come after the days were lived: they reveal the seeds of the past."""
    baton.at = datetime.combine(days[0] - ONE_DAY - AHEAD, time(9), UTC)
    await run_all_once(town.tools)
    file = file_of(town)
    if file.exists():
        return  # another port of the same folder has its witness there, who promises nothing here
    first = days[0] - ONE_DAY
    anchor = witness_file.make(file, office=cast.OFFICE["code"], first=first, days=DAYS)
    await town.run(SUPERVISOR, appoint, WITNESS, anchor, first=first, days=DAYS)
    async with town.tools.database.work(town.actors["system"]) as work:
        [office] = await offices(work)
    for day in days:
        baton.at = opens_at(office, day) + timedelta(minutes=20)
        await town.run("system", bring, town.tools, office, witness_file.read(file, day))
