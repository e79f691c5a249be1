"""How long a visit will take: learnt every night from the visits made, applied when one is opened, changed by a chief.

Until something was learnt, the first guess of the lane stands. Every length is kept with what it comes from.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from scheduling import ALIKE, Durations, Features, Observation, Prediction, fit_durations
from visits.actor import system
from visits.booking import durations_rows as rows
from visits.booking.rules import WhyNeeded
from visits.booking.tables import DurationTable, VisitLength
from visits.declarations.lane import DESK_MINUTES, FIRST_MINUTES, Order, minutes_for
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.ids import TenantId
from visits.journey.states import BY_APPOINTMENT, STATE_NAMES, Level, NotYours, State, WrongState
from visits.journey.tables import Visit
from visits.roles import CHIEFS
from visits.sites.policies import Policies, policy
from visits.sites.queries import offices
from visits.sites.tables import Office
from visits.store.tables import DomainEvent
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_

log = logging.getLogger("visits.booking")

#: Minutes within which eight visits of ten of a level should end, before any was made.
FIRST: dict[str, float] = {
    Level.DOCUMENTS: DESK_MINUTES,
    Level.SCAN: 30,
    Level.VIDEO: 45,
    Level.PHYSICAL: FIRST_MINUTES,
    Level.JOINT: FIRST_MINUTES,
}
#: What a chief may set.
SHORTEST, LONGEST = 5, 480
#: A chief may still change the length of a visit that has not begun.
CHANGEABLE = frozenset({*rows.WAITING, State.BOOKED})

#: Where a prediction comes from, in words; a visit or a length always by its number.
KIN: dict[str, str] = {
    "office_chapter": N_(
        "D'après %(count)s visites semblables (ces marchandises, à ce bureau), 8 sur 10 durent moins de %(length)s."
    ),
    "office": N_("D'après %(count)s visites de ce genre à ce bureau, 8 sur 10 durent moins de %(length)s."),
    "level": N_("D'après %(count)s visites de ce genre, 8 sur 10 durent moins de %(length)s."),
}
FEW = N_("Durée de départ : encore trop peu de visites semblables.")
BY_HAND = N_("Durée fixée par le bureau : %(reason)s")


class LengthOutOfRange(Refusal):
    """A length nobody can book."""

    code, status = "length-out-of-range", 422
    says = N_("Donnez une durée entre %(low)s et %(high)s minutes.")


# -- learning ------------------------------------------------------------------------------------------------
async def learn(tools: Tools, tenant: TenantId) -> int | None:
    """The nightly job: everything anew from the visits made, then the visits that still wait for a time.

    Returns the new version, or None where no visit was made since the last one.
    """
    async with tools.database.work(system(tenant)) as work:
        last, made = await rows.newest(work), await rows.made(work)
        if not made or (last is not None and made[-1].ended <= last.through):
            return None
        seen = [Observation(features_of(each.visit, each.content, each.office), each.minutes) for each in made]
        misses = await _misses(work, made)
    table = await asyncio.to_thread(fit_durations, seen, FIRST, misses=misses)
    version = last.version + 1 if last else 1

    async def store(work: Work) -> bool:
        return await rows.keep(work, version, table.as_json(), visits=len(seen), through=made[-1].ended)

    if not await tools.database.run(system(tenant), store):
        return None
    await _refresh(tools, tenant)
    log.info("durations learnt: version %s from %s visits", version, len(seen))
    return version


async def _misses(work: Work, made: list[rows.Made]) -> list[float]:
    """By how many spreads each visit missed what was predicted before it began, oldest first."""
    predicted = await rows.predictions_of(work, [each.visit.id for each in made])
    found = []
    for each in made:
        before = [one for one in predicted.get(each.visit.id, ()) if one.at <= each.began]
        if before and before[-1].middle is not None and before[-1].spread:
            found.append(Prediction(before[-1].middle, before[-1].spread).standardised(each.minutes))
    return found


async def _refresh(tools: Tools, tenant: TenantId) -> None:
    """Visits that wait for a time take what was learnt, some hundreds a transaction."""
    after: UUID | None = None
    while True:
        after = await tools.database.run(system(tenant), _some, after)
        if after is None:
            return


async def _some(work: Work, after: UUID | None) -> UUID | None:
    known = await _known(work)
    at = {each.id: each for each in await offices(work)}
    visit: Visit | None = None
    for visit, declaration in await rows.waiting_for_update(work, after):
        if known is not None:
            await _apply(work, visit, at[visit.office_id], declaration.content, known)
    return visit.id if visit is not None else None


# -- one visit -----------------------------------------------------------------------------------------------
async def on_visit(work: Work, tools: Tools, event: DomainEvent) -> None:
    """Reaction: a visit was opened, or became another kind of visit; it takes the length that was learnt."""
    assert event.visit_id is not None
    case = await case_of(work, event.visit_id, lock=True)
    last, known = await rows.length_of(work, case.visit.id), await _known(work)
    if known is None or Level(case.visit.level) not in BY_APPOINTMENT or State(case.visit.state) not in CHANGEABLE:
        return
    if last is not None and last.source == "staff" and last.at >= event.at:
        return
    await _apply(work, case.visit, case.office, case.declaration.content, known)


async def set_length(work: Work, visit_id: UUID, minutes: int | None, *, reason: str) -> Visit:
    """A chief gives a visit another length, and says why; without minutes it follows the prediction again.

    An appointment it has keeps its hours; the length counts from the next time that is chosen.
    """
    case = await case_of(work, visit_id, lock=True)
    if not work.actor.is_a(*CHIEFS):
        raise NotYours()
    if State(case.visit.state) not in CHANGEABLE or Level(case.visit.level) not in BY_APPOINTMENT:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event="length")
    why = " ".join(reason.split())[:200]
    if not why:
        raise WhyNeeded()
    if minutes is not None and not SHORTEST <= minutes <= LONGEST:
        raise LengthOutOfRange(low=SHORTEST, high=LONGEST)
    visit = case.visit
    work.audit("visit_length_set", visit.id, office=case.office.id, before=visit.minutes, minutes=minutes, reason=why)
    if minutes is not None:
        _write(work, visit, minutes, source="staff", reason=why)
    elif (known := await _known(work)) is not None:
        await _apply(work, visit, case.office, case.declaration.content, known)
    else:
        _write(work, visit, minutes_for(Order(level=Level(visit.level), **visit.order)), source="first")
    await work.session.flush()
    return visit


async def why(work: Work, visit_id: UUID) -> tuple[str, dict[str, object]] | None:
    """Where a visit's length comes from: a French text and its facts; None for the first guess."""
    last = await rows.length_of(work, visit_id)
    if last is None or last.source == "first":
        return None
    if last.source == "staff":
        return BY_HAND, {"reason": last.reason}
    kin, count = str(last.facts["kin"]), int(last.facts["count"])
    if count < ALIKE:
        return FEW, {}
    return KIN[kin], {"count": count, "length": timedelta(minutes=last.minutes)}


def features_of(visit: Visit, content: Mapping[str, Any], office: str) -> Features:
    """What a visit and its declaration say before it begins: the goods to be looked at, not all that came."""
    order, lines = visit.order, content.get("items") or []
    ordered = set(order.get("items") or ())
    looked_at = [each for each in lines if each.get("number") in ordered] or lines
    codes = [str(each.get("hs6") or each.get("commodity_code") or "") for each in looked_at]
    return Features(
        level=visit.level,
        office=office,
        chapter=codes[0][:2] if codes else "",
        mode=str((content.get("transport") or {}).get("border_mode") or ""),
        extent=str(order.get("extent") or ""),
        containers=max(1, len(order.get("containers") or ())),
        packages=sum(_count((each.get("packages") or {}).get("count")) for each in looked_at),
        items=max(1, len(looked_at)),
    )


def _count(written: object) -> int:
    """A number of packages as declarations write it; nothing where it is not one."""
    try:
        return max(0, int(float(str(written))))
    except (ValueError, OverflowError):
        return 0


async def _known(work: Work) -> tuple[DurationTable, Durations] | None:
    """What was learnt, with the visits made since; None before the first night."""
    stored = await rows.newest(work)
    if stored is None:
        return None
    known = Durations.of_json(stored.body)
    for each in await rows.made(work, since=stored.through):
        known = known.after(Observation(features_of(each.visit, each.content, each.office), each.minutes))
    return stored, known


async def _apply(
    work: Work, visit: Visit, office: Office, content: Mapping[str, Any], known: tuple[DurationTable, Durations]
) -> None:
    """Give a visit the length that was learnt; the same again leaves no trace."""
    stored, table = known
    features = features_of(visit, content, office.code)
    minutes = table.slot(features, most=policy(office, Policies).visit_most_minutes)
    last = await rows.length_of(work, visit.id)
    if last is not None and (last.source, last.minutes) == ("learnt", minutes) and visit.minutes == minutes:
        return
    found, (kin, count) = table.predict(features), table.alike(features)
    _write(
        work,
        visit,
        minutes,
        source="learnt",
        version=stored.version,
        middle=found.middle,
        spread=found.spread,
        facts={"kin": kin, "count": count},
    )


def _write(work: Work, visit: Visit, minutes: int, *, source: str, **facts: Any) -> None:
    visit.minutes = minutes
    work.session.add(
        VisitLength(visit_id=visit.id, minutes=minutes, source=source, set_by=work.actor.person, at=work.now, **facts)
    )
