"""Which event wakes which reaction, which due moment calls what: two tables, read them first.

A reaction runs after the commit of what it reacts to, at least once, in the order of its visit's events, in a
transaction of its own as the service itself. It must be safe to run twice.
"""

from collections.abc import Awaitable, Callable

from visits.events import Event
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work

Reaction = Callable[[Work, Tools, DomainEvent], Awaitable[None]]
Moment = Callable[[Work, Tools, Due], Awaitable[None]]

#: Event class to the reactions it wakes, in this order.
REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {}

#: Kind of a due moment to what happens then.
MOMENTS: dict[str, Moment] = {}
