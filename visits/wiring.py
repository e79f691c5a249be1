"""Which event wakes which reaction, which due moment calls what: two tables, read them first.

A reaction runs after the commit of what it reacts to, at least once, in the order of its visit's events, in a
transaction of its own as the service itself. It must be safe to run twice.
"""

from collections.abc import Awaitable, Callable

from visits import events
from visits.booking.change import on_end
from visits.booking.expire import hold_end
from visits.booking.hold import HOLD_END
from visits.clearance.inbox import on_registered
from visits.events import Event
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work

Reaction = Callable[[Work, Tools, DomainEvent], Awaitable[None]]
Moment = Callable[[Work, Tools, Due], Awaitable[None]]

#: Event class to the reactions it wakes, in this order.
REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    events.Cancelled: (on_end,),
    events.DeclarationRegistered: (on_registered,),
    events.GoodsAbsent: (on_end,),
    events.PaperException: (on_end,),
    events.PartyAbsent: (on_end,),
    events.VisitConverted: (on_end,),
    events.VisitEnded: (on_end,),
}

#: Kind of a due moment to what happens then.
MOMENTS: dict[str, Moment] = {
    HOLD_END: hold_end,
}
