"""A witness of the stage's office, who keeps his secret outside the service."""

from datetime import date, timedelta

from scheduling import anchor_of, value_of
from tests.support.stage import Stage
from visits.assignment.tables import DrawWitness
from visits.assignment.witness import Brought, appoint, bring

SECRET = b"\x2a" * 32
DAYS = 30


async def appointed(stage: Stage, first: date | None = None) -> DrawWitness:
    """The chamber of commerce promises the values of thirty days."""
    first = first or (stage.clock.now() + timedelta(days=2)).date()
    anchor = anchor_of(stage.office.code, SECRET, DAYS).hex()
    return await stage.run("supervisor", appoint, "Chambre de commerce", anchor, first=first, days=DAYS)


def value(stage: Stage, witness: DrawWitness, day: date) -> bytes:
    """What the witness brings for a day."""
    return value_of(stage.office.code, SECRET, DAYS, (day - witness.days.lower).days + 1)


async def brought(stage: Stage, witness: DrawWitness, day: date) -> Brought:
    """The value of a day is brought, by nobody the service knows."""
    return await stage.run("system", bring, stage.tools, stage.office, value(stage, witness, day).hex())
