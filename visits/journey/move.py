"""The only place where a visit changes its state."""

from visits.events import Event
from visits.journey.states import CLOCKS, OVER, Clock, Level, State, next_state
from visits.journey.tables import Transition, Visit
from visits.store.work import Work


async def move(work: Work, visit: Visit, event: Event, *, reason: str = "", clock: Clock | None = None) -> State:
    """Apply an event to a visit the caller has locked: check the table, write the transition, tell the event.

    `clock` overrides whose turn it is (a suspension names its cause). Refuses what the table does not allow.
    """
    source = State(visit.state)
    target = next_state(source, event.code, Level(visit.level), work.actor.roles)
    turn = clock or (CLOCKS[target] if target != source else Clock(visit.clock))
    work.session.add(
        Transition(
            visit_id=visit.id,
            event=event.code,
            source=source,
            target=target,
            clock=turn,
            person_id=work.actor.person,
            device_at=event.device_at,
            at=work.now,
            reason=reason,
        )
    )
    if target != source:
        visit.state = target
        visit.state_since = work.now
        visit.closed_at = work.now if target in OVER else None
    visit.clock = turn
    visit.version += 1
    work.emit(event)
    return target
