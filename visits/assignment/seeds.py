"""Seeds: one for each office and local day, committed before anybody can book it, revealed the day after.

The office in the commitment is its code as people write it (« CIAB1 »), so that anybody can compute it again.
"""

import logging
import secrets
from datetime import date, timedelta

from scheduling import commitment
from visits.actor import system
from visits.assignment import queries
from visits.assignment.rules import SeedBroken
from visits.assignment.tables import DrawSeed
from visits.booking.materialise import ahead
from visits.ids import TenantId
from visits.sites.hours import grid_of
from visits.sites.queries import offices
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.vault import Vault
from visits.store.work import Work

#: The day that opens for booking at the next midnight, and one that a clock running ahead would open.
AFTER = 2

log = logging.getLogger("visits.assignment")


def _purpose(office: Office, day: date) -> str:
    return f"draw-seed:{office.id}:{day}"


async def seed_of(work: Work, vault: Vault, office: Office, day: date) -> DrawSeed:
    """The seed of a day, committed now if it is not yet; of two makers at once one counts for both."""
    found = await queries.seed_of_day(work, office.id, day)
    if found is None:
        await _commit(work, vault, office, [day])
        found = await queries.seed_of_day(work, office.id, day)
    assert found is not None
    return found


def opened(vault: Vault, office: Office, seed: DrawSeed) -> bytes:
    """The seed itself, only if it is the one that was promised."""
    try:
        plain = vault.open(seed.sealed, _purpose(office, seed.day))
    except ValueError as fault:
        raise SeedBroken(day=seed.day) from fault
    if commitment(office.code, seed.day, plain) != seed.commitment:
        raise SeedBroken(day=seed.day)
    return plain


async def commit_seeds(work: Work, tools: Tools) -> int:
    """Commit the seeds of every office for every day somebody may book, and for the day that opens next; returns how
    many are new."""
    made = 0
    for office in await offices(work):
        today = grid_of(office).day_of(work.now)
        days = [today + timedelta(days=each) for each in range(ahead(office) + AFTER + 1)]
        known = {each.day for each in await queries.seeds_between(work, office.id, days[0], days[-1])}
        made += await _commit(work, tools.vault, office, [day for day in days if day not in known])
    return made


async def _commit(work: Work, vault: Vault, office: Office, days: list[date]) -> int:
    promised = {}
    for day in days:
        plain = secrets.token_bytes(32)
        promise = commitment(office.code, day, plain)
        sealed = vault.seal(plain, _purpose(office, day))
        if await queries.add_seed(work, office_id=office.id, day=day, commitment=promise, sealed=sealed):
            promised[day.isoformat()] = promise.hex()
    if promised:
        work.audit("seeds_committed", office.id, office=office.id, commitments=promised)
    return len(promised)


async def reveal_seeds(work: Work, tools: Tools) -> int:
    """Reveal the seeds of days that are over; returns how many. One that breaks its promise is never shown as kept:
    it stays without a seed, marked by its moment, and the alarm stands in the audit and in the log."""
    revealed = 0
    for office in await offices(work):
        today = grid_of(office).day_of(work.now)
        for seed in await queries.seeds_to_reveal(work, office.id, today):
            seed.revealed_at = work.now
            try:
                seed.revealed = opened(tools.vault, office, seed)
            except SeedBroken:
                log.error("seed of office %s, day %s does not match its commitment", office.code, seed.day)
                work.audit("seed_broken", seed.id, office=office.id, day=seed.day)
                continue
            work.audit("seed_revealed", seed.id, office=office.id, day=seed.day, seed=seed.revealed)
            revealed += 1
    return revealed


async def keep_seeds(tools: Tools, tenant: TenantId) -> None:
    """The periodic job: commit what the horizon needs, reveal what is over."""
    await tools.database.run(system(tenant), commit_seeds, tools)
    await tools.database.run(system(tenant), reveal_seeds, tools)
