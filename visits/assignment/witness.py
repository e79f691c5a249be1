"""Witnesses: somebody outside brings a value into every number of a day, so that whoever holds the key cannot predict.

The value is promised days before and brought on the eve. It proves itself, so a second holder may bring it just as
well: keeping it back changes nothing unless all holders do, and then the day says so (docs/decisions/0018).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from scheduling import MOST_WITNESS_DAYS, WITNESS_BYTES, back, place_of
from visits.assignment import queries, seeds, witness_rows
from visits.assignment.rules import SeedBroken
from visits.assignment.tables import DrawSeed, DrawWitness
from visits.errors import Refusal
from visits.ids import new_id
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.policies import policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.tools import Tools
from visits.store.vault import Vault
from visits.store.work import Work
from visits.texts import N_

#: So long before it is needed a value may be brought: earlier, it would be known too long.
EARLY = timedelta(hours=1)
#: An office that publishes no day needs its values at this hour of the eve.
EVENING = 22
#: The first day of a witness lies so far ahead: nobody chooses a value for a day whose visits are known.
AHEAD = 2 * ONE_DAY
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The office's policies a witness goes by (`visits.sites.policies`)."""

    publish_hour: int = 18
    witness_minutes: int = 120


@dataclass(frozen=True, slots=True)
class Key:
    """What every number of a day is made with."""

    secret: bytes
    witness: bytes


@dataclass(frozen=True, slots=True)
class Brought:
    """The day whose value was brought; too late, the day was drawn without it."""

    day: date
    late: bool


class WitnessUnknown(Refusal):
    """The value belongs to no witness of the office."""

    code, status = "witness-unknown", 409
    says = N_("Cette valeur ne correspond à aucune empreinte publiée. Vérifiez que vous l'avez copiée en entier.")


class WitnessEarly(Refusal):
    """The value is for a day that is not near enough."""

    code, status = "witness-early", 409
    says = N_("Cette valeur est celle du %(day)s. Gardez-la secrète jusqu'au %(opens)s.")


class WitnessAwaited(Refusal):
    """The day waits for its witness."""

    code, status = "witness-awaited", 409
    says = N_("La valeur du témoin est attendue jusqu'au %(until)s ; la journée se tire ensuite.")


class WitnessUnnamed(Refusal):
    """A witness needs a name the public reads."""

    code, status = "witness-unnamed", 422
    says = N_("Écrivez le nom du témoin, tel que le public le lira.")


class AnchorMalformed(Refusal):
    """The anchor is not 32 bytes."""

    code, status = "anchor-malformed", 422
    says = N_("L'empreinte du témoin a 64 chiffres ou lettres de a à f.")


class WitnessTooSoon(Refusal):
    """A witness begins two days ahead."""

    code, status = "witness-too-soon", 422
    says = N_("Le témoin commence au plus tôt le %(day)s : il promet avant de connaître les visites.")


class WitnessTooLong(Refusal):
    """An anchor promises a limited number of days."""

    code, status = "witness-too-long", 422
    says = N_("Une empreinte vaut pour 1 à %(most)s jours.")


class WitnessTaken(Refusal):
    """Some of the days have a witness already."""

    code, status = "witness-taken", 409
    says = N_("Une partie de ces jours a déjà un témoin.")


# -- when ----------------------------------------------------------------------------------------------------
def needed_at(office: Office, day: date) -> datetime:
    """When a day's value is needed: at the publication, on the eve."""
    hour = policy(office, Timing).publish_hour
    return datetime.combine(day - ONE_DAY, time(hour if hour < 24 else EVENING), tzinfo=grid_of(office).zone)


def opens_at(office: Office, day: date) -> datetime:
    """From when a day's value may be brought."""
    return needed_at(office, day) - EARLY


def closes_at(office: Office, day: date) -> datetime:
    """Until when the draw waits for it, at most until the day begins."""
    midnight = datetime.combine(day, time(), tzinfo=grid_of(office).zone)
    return min(midnight, needed_at(office, day) + timedelta(minutes=policy(office, Timing).witness_minutes))


async def awaited(work: Work, office: Office, day: date) -> datetime | None:
    """Until when the draws of a day wait for its witness; None if they need not."""
    until = closes_at(office, day)
    if work.now >= until or await witness_rows.of_day(work, office.id, day) is None:
        return None
    seed = await queries.seed_of_day(work, office.id, day)
    settled = seed is not None and (seed.witness is not None or seed.settled_at is not None)
    return None if settled else until


# -- what the numbers are made with --------------------------------------------------------------------------
async def key_of(work: Work, vault: Vault, office: Office, day: date) -> Key:
    """The key of a day, settled by its first use; the office's draws are locked by the caller.

    SeedBroken if the secret is not the one that was promised, or is known to everybody.
    """
    seed = await seeds.seed_of(work, vault, office, day)
    secret = seeds.opened(vault, office, seed)
    if seed.revealed_at is not None:
        raise SeedBroken(day=day)
    if seed.settled_at is None:
        seed.settled_at = work.now
        mandate = None if seed.witness else await witness_rows.of_day(work, office.id, day)
        if mandate is not None:
            work.audit("witness_missing", mandate.id, office=office.id, day=day)
        await work.session.flush()
    return Key(secret, seed.witness or b"")


# -- the witness ---------------------------------------------------------------------------------------------
async def appoint(work: Work, name: str, anchor: str, *, first: date, days: int) -> DrawWitness:
    """Publish the anchor of a witness for some days of the actor's office."""
    office = await office_by_id(work, work.actor.office)
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise WitnessUnnamed()
    if not 1 <= days <= MOST_WITNESS_DAYS:
        raise WitnessTooLong(most=MOST_WITNESS_DAYS)
    soonest = grid_of(office).day_of(work.now) + AHEAD
    if first < soonest:
        raise WitnessTooSoon(day=soonest)
    assert work.actor.person is not None
    made = DrawWitness(
        id=new_id(),
        office_id=office.id,
        name=name,
        anchor=_bytes(anchor, AnchorMalformed()),
        days=witness_rows.span(first, days),
        given_by=work.actor.person,
        given_at=work.now,
    )
    if not await witness_rows.add(work, made):
        raise WitnessTaken()
    work.audit("witness_appointed", made.id, office=office.id, name=name, anchor=made.anchor, first=first, days=days)
    return made


async def dismiss(work: Work, witness_id: UUID) -> DrawWitness:
    """A witness ends after tomorrow: whose values are due already stays bound to them."""
    office = await office_by_id(work, work.actor.office)
    mandate = await witness_rows.mandate(work, office.id, witness_id)
    soonest = grid_of(office).day_of(work.now) + AHEAD
    until = max(soonest, mandate.days.lower + ONE_DAY)
    if mandate.ended_at is None and until < mandate.days.upper:
        mandate.days = witness_rows.span(mandate.days.lower, (until - mandate.days.lower).days)
        mandate.ended_by, mandate.ended_at = work.actor.person, work.now
        work.audit("witness_dismissed", mandate.id, office=office.id, after=until - ONE_DAY)
        await work.session.flush()
    return mandate


async def bring(work: Work, tools: Tools, office: Office, value: str) -> Brought:
    """Take the value of a day, from whoever has it: it proves itself. Twice changes nothing.

    Earlier values follow from it, so whatever was kept back is known from now on.
    """
    given = _bytes(value, WitnessUnknown())
    await _whose(work, office, given)  # a stranger's value locks nothing
    await queries.lock_draws(work, office.id)
    mandate, day = await _whose(work, office, given)
    if work.now < opens_at(office, day):
        raise WitnessEarly(day=day, opens=opens_at(office, day))
    for each in await queries.seeds_between(work, office.id, mandate.days.lower, day - ONE_DAY):
        _keep(work, office, mandate, each, back(office.code, given, (day - each.day).days))
    seed = await seeds.seed_of(work, tools.vault, office, day)
    late = _keep(work, office, mandate, seed, given)
    await work.session.flush()
    return Brought(day, late)


async def _whose(work: Work, office: Office, value: bytes) -> tuple[DrawWitness, date]:
    for mandate in await witness_rows.mandates(work, office.id):
        place = place_of(office.code, value, mandate.anchor, (mandate.days.upper - mandate.days.lower).days)
        if place is not None:
            return mandate, mandate.days.lower + (place - 1) * ONE_DAY
    raise WitnessUnknown()


def _keep(work: Work, office: Office, mandate: DrawWitness, seed: DrawSeed, value: bytes) -> bool:
    """Write a value down once; is it too late to count?"""
    if seed.witness is None and seed.witness_late is None:
        late = seed.settled_at is not None
        if late:
            seed.witness_late = value
        else:
            seed.witness = value
        seed.witness_at = work.now
        work.audit("witness_brought", mandate.id, office=office.id, day=seed.day, value=value, late=late)
    return seed.witness is None


def _bytes(typed: str, refusal: Refusal) -> bytes:
    try:
        found = bytes.fromhex("".join(typed.split()))
    except ValueError:
        raise refusal from None
    if len(found) != WITNESS_BYTES:
        raise refusal
    return found
