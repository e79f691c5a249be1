"""Which event wakes which reaction, which due moment calls what: two tables, read them first.

A reaction runs after the commit of what it reacts to, at least once, in the order of its visit's events, in a
transaction of its own as the service itself. It must be safe to run twice.
"""

from collections.abc import Awaitable, Callable

from visits import events
from visits.assignment.react import on_appointment, on_due, on_package
from visits.assignment.share import on_lane
from visits.booking.change import on_end
from visits.booking.confirm import DRAW
from visits.booking.durations import on_visit
from visits.booking.expire import hold_end
from visits.booking.hold import HOLD_END
from visits.booking.landing import LANDING, on_cargo
from visits.booking.prearrival import look, on_accepted, on_confirmed
from visits.booking.prearrival import on_lane as on_other_control
from visits.booking.regular import REGULAR_END, regular_end
from visits.booking.waitlist_offers import on_booked, on_failed, on_freed
from visits.clearance.inbox import on_registered
from visits.clearance.push import on_report_validated
from visits.events import Event
from visits.notify import reactions as notices
from visits.store.tables import DomainEvent, Due
from visits.store.tools import Tools
from visits.store.work import Work

Reaction = Callable[[Work, Tools, DomainEvent], Awaitable[None]]
Moment = Callable[[Work, Tools, Due], Awaitable[None]]

#: Event class to the reactions it wakes, in this order.
REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    events.AppointmentCancelled: (on_appointment,),
    events.AppointmentConfirmed: (on_confirmed,),
    events.AppointmentMoved: (on_appointment, on_confirmed),
    events.CargoArrived: (on_cargo,),
    events.Cancelled: (on_end, on_appointment),
    events.AgencyNoShow: (on_end, on_appointment, on_failed),
    events.CustomsNoShow: (on_end, on_appointment, on_failed),
    events.DeclarationRegistered: (on_registered,),
    events.InspectorAbsent: (on_appointment,),
    events.LaneRerouted: (on_lane, on_other_control),
    events.LaneSelected: (on_lane, on_other_control),
    events.ReportValidated: (on_report_validated,),
    events.GoodsAbsent: (on_end, on_appointment),
    events.PackageAccepted: (on_package, on_accepted),
    events.PackageSubmitted: (on_package,),
    events.PaperException: (on_end,),
    events.PartyAbsent: (on_end, on_appointment),
    events.VisitConverted: (on_end, on_appointment, on_visit),
    events.VisitEnded: (on_end,),
    events.VisitOpened: (on_visit,),
}

#: A time that became free is offered to those who wait for one; whoever has a time may wait no longer.
WAITLIST: dict[type[Event], tuple[Reaction, ...]] = {
    events.AppointmentCancelled: (on_freed,),
    events.AppointmentConfirmed: (on_booked,),
    events.AppointmentMoved: (on_booked, on_freed),
    events.Cancelled: (on_freed,),
    events.GoodsAbsent: (on_freed,),
    events.HoldExpired: (on_freed,),
    events.PartyAbsent: (on_freed,),
    events.VisitConverted: (on_freed,),
}
for _kind, _woken in WAITLIST.items():
    REACTIONS[_kind] = (*REACTIONS.get(_kind, ()), *_woken)

#: What people are told on an event, after everything else that reacts to it.
NOTICES: dict[type[Event], Reaction] = {
    events.AgencyNoShow: notices.on_missed,
    events.AppointmentCancelled: notices.on_cancelled,
    events.AppointmentConfirmed: notices.on_confirmed,
    events.AppointmentMoved: notices.on_moved,
    events.AppointmentReserved: notices.on_reserved,
    events.AppointmentSettled: notices.on_settled,
    events.Cancelled: notices.on_withdrawn,
    events.CustomsNoShow: notices.on_missed,
    events.DrawBlocked: notices.on_blocked,
    events.GoodsAbsent: notices.on_missed,
    events.GoodsPresented: notices.on_positioned,
    events.PackageReturned: notices.on_returned,
    events.PartyAbsent: notices.on_missed,
    events.ReleaseIssued: notices.on_release,
    events.ReportSigned: notices.on_report,
    events.SlotHeld: notices.on_held,
    events.SlotOffered: notices.on_offered,
    events.VisitConverted: notices.on_missed,
    events.VisitOpened: notices.on_opened,
}
for _kind, _told in NOTICES.items():
    REACTIONS[_kind] = (*REACTIONS.get(_kind, ()), _told)

#: Kind of a due moment to what happens then.
MOMENTS: dict[str, Moment] = {
    DRAW: on_due,
    HOLD_END: hold_end,
    REGULAR_END: regular_end,
    notices.DOCUMENTS: notices.documents_again,
    notices.HOLD_NOTICE: notices.hold_notice,
    notices.REMINDER_DAY: notices.remind,
    notices.REMINDER_SOON: notices.remind,
    LANDING: look,
}
