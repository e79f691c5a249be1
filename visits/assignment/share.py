"""The random share: some of the declarations nobody selected are controlled all the same, by the number of the day.

Without them nobody knows what the criteria miss. Nobody chooses: the number follows from the day's sealed seed and the
declaration, and is replayed when the seed is revealed. The lane says no more than that it is red: whoever makes the
visit does not know that chance sent him.
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from scheduling import falls, number
from visits.assignment import chance, queries
from visits.assignment.rules import Policy
from visits.assignment.witness import key_of
from visits.declarations.lane import Colour, level_of
from visits.declarations.queries import colours_of, declaration_for
from visits.declarations.select import DRAWN, select_lane
from visits.journey.queries import visits_of
from visits.journey.states import Level, State
from visits.sites.hours import grid_of
from visits.sites.policies import policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work

PURPOSE = "risk-share"
#: Controls and unselected declarations of this long ago and since say how many of the latter are wanted.
LATELY = timedelta(days=30)
#: Of both, as many are thought of as known in an office that has just begun.
PRIOR = 10
#: A lane heard of later than this is of goods that have left.
LATE = timedelta(days=1)


async def on_lane(work: Work, tools: Tools, event: DomainEvent) -> None:
    """A lane was chosen or changed: if nothing selects the declaration, chance may, once for each declaration."""
    if work.now - event.at > LATE:
        return
    declaration = await declaration_for(work, event.declaration_id, lock=True)
    colours = await colours_of(work, declaration.id)
    if declaration.office_id is None or declaration.voucher or None not in colours or level_of(colours) is not None:
        return
    office = await office_by_id(work, declaration.office_id)
    percent = policy(office, Policy).random_percent
    if not percent or await chance.drawn(work, declaration.id):
        return
    if any(State(visit.state) is not State.CANCELLED for visit in await visits_of(work, declaration.id)):
        return
    await queries.lock_draws(work, office.id)
    day = grid_of(office).day_of(work.now)
    key = await key_of(work, tools.vault, office, day)
    drawn = number(key.secret, PURPOSE, str(declaration.id), witness=key.witness)
    controls, others = await chance.counts(work, office.id, work.now - LATELY)
    share = share_of(percent, controls=controls, others=others)
    taken = falls(drawn, share)
    work.audit(
        chance.SHARE_DRAWN,
        declaration.id,
        office=office.id,
        day=day,
        number=drawn,
        share=str(share),
        controls=controls,
        others=others,
        taken=taken,
    )
    if taken:
        wished = {"level": Level.PHYSICAL}
        await select_lane(work, declaration.id, Colour.RED, source=DRAWN, wished=wished)


def share_of(percent: int, *, controls: int, others: int) -> Fraction:
    """How likely an unselected declaration is to be drawn, so that `percent` of all controls are: with C controls
    selected for each of N others, x / (1 - x) × C / N. Pure."""
    if percent >= 100:
        return Fraction(1)
    return min(Fraction(1), Fraction(percent, 100 - percent) * Fraction(controls + PRIOR, others + PRIOR))


async def wrong(work: Work, office: Office, day: date, seed: bytes, witness: bytes) -> bool:
    """Did any share drawn on a day not follow from its seed?"""
    return not all(_follows(seed, witness, *each) for each in await chance.shares_of_day(work, office.id, day))


def _follows(seed: bytes, witness: bytes, subject: str, told: dict[str, Any]) -> bool:
    drawn = number(seed, PURPOSE, subject, witness=witness)
    return bool(drawn.hex() == told["number"] and falls(drawn, Fraction(told["share"])) == told["taken"])
