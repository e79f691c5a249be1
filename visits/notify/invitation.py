"""An appointment as a calendar message (RFC 5545, 5546): the same entry through its life.

One chain of moves is one UID (a bare UUID, RFC 7986 §5.3, the same as in the file of the page); each message has a
higher SEQUENCE, so that a calendar keeps the newest whatever the order in which e-mails arrive. Instants are in UTC:
with a zone of its own, readers whose tables are older than ours showed Casablanca an hour off, and one lost itself in
the history of Lisbon. The office's hour stands in the text.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

PRODID = "-//visits//appointments//FR"
#: The phone reminds without a network.
REMINDS = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the calendar shows."""

    #: The first appointment of the chain of moves.
    thread: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    told_at: datetime
    title: str
    place: str
    text: str
    url: str
    organizer: str
    attendee: str
    attendee_name: str = ""
    cancelled: bool = False
    #: It may still change by itself: the ship is awaited.
    tentative: bool = False

    @property
    def method(self) -> str:
        """REQUEST makes or changes the entry, CANCEL takes it away."""
        return "CANCEL" if self.cancelled else "REQUEST"


def invitation(entry: Entry) -> bytes:
    """The calendar object."""
    event = Event()
    event.add("uid", str(entry.thread))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.told_at)
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.text)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    organizer = vCalAddress(f"mailto:{entry.organizer}")
    organizer.params["cn"] = vText("Visites")
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{entry.attendee}")
    attendee.params["cn"] = vText(entry.attendee_name or entry.attendee)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("ACCEPTED")
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -REMINDS)
        alarm.add("description", entry.title)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", entry.method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
