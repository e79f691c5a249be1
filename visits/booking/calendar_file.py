"""An appointment as a calendar file (RFC 5545), so that a phone reminds without a network. Pure."""

from datetime import UTC, datetime
from uuid import UUID

LONGEST = 73


def calendar_file(
    *,
    appointment: UUID,
    version: int,
    starts_at: datetime,
    ends_at: datetime,
    made_at: datetime,
    title: str,
    place: str,
    text: str,
    cancelled: bool = False,
) -> str:
    """One event; the same appointment with a higher version replaces the earlier one in the person's calendar."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//visits//appointments//FR",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{appointment}",
        f"SEQUENCE:{version}",
        f"DTSTAMP:{_stamp(made_at)}",
        f"DTSTART:{_stamp(starts_at)}",
        f"DTEND:{_stamp(ends_at)}",
        f"SUMMARY:{_escaped(title)}",
        f"LOCATION:{_escaped(place)}",
        f"DESCRIPTION:{_escaped(text)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT2H",
        f"DESCRIPTION:{_escaped(title)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> list[str]:
    """At most 75 bytes a line; a continued line begins with a blank; no character is cut."""
    pieces, piece = [], ""
    for each in line:
        if len((piece + each).encode()) > LONGEST:
            pieces.append(piece)
            piece = " "
        piece += each
    return [*pieces, piece]
