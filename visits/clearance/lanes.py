"""A lane message puts the declaration in its lane, unless a newer word was heard already."""

from datetime import datetime

import msgspec

from visits.clearance import queries
from visits.clearance.port import LaneChosen, LaneRerouted
from visits.clearance.verdict import Verdict, happened
from visits.declarations.queries import lanes_of
from visits.declarations.select import select_lane
from visits.declarations.tables import Declaration
from visits.store.work import Work

HAND = "hand"


async def lane(work: Work, declaration: Declaration, message: LaneChosen | LaneRerouted) -> Verdict:
    """Follow the message; one that was overtaken on its way changes nothing."""
    if await _overtaken(work, declaration, message):
        return Verdict("unchanged", code="late_lane")
    order = message.order if isinstance(message, LaneChosen) else None
    visit = await select_lane(
        work,
        declaration.id,
        message.lane,
        source="message",
        agency=message.agency,
        reason=message.reason,
        hits=[msgspec.to_builtins(hit) for hit in message.hits] if isinstance(message, LaneChosen) else None,
        wished=msgspec.to_builtins(order) if order else None,
        at=happened(work, message.at),
    )
    return Verdict("accepted", visit=visit.reference if visit else None)


async def _overtaken(work: Work, declaration: Declaration, message: LaneChosen | LaneRerouted) -> bool:
    """Is there a later lane message of the same agency, or a lane set by hand after this one was written?"""
    for body in await queries.lane_messages(work, declaration.id):
        if body.get("agency") == message.agency and datetime.fromisoformat(body["at"]) > message.at:
            return True
    standing = (await lanes_of(work, declaration.id)).get(message.agency)
    return standing is not None and standing.source == HAND and standing.at > message.at
