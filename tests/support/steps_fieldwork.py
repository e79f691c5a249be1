"""Visits in the field, through the real use cases: ready at the bay, started, ended."""

import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from PIL import Image

from tests.support import steps_assignment, steps_booking, steps_states
from tests.support.stage import Stage
from visits.events import PackageAccepted
from visits.fieldwork import checkin, evidence, findings, run
from visits.fieldwork.findings import Seen
from visits.fieldwork.tables import Evidence
from visits.fieldwork.words import About, Facet, Method, Moment, Party
from visits.ids import new_id
from visits.journey.tables import Visit

BOX = "QZVU5081639"


BAYS = ("bay A", "bay B", "bay C")


async def ready(stage: Stage, visit: Visit | None = None, inspector: str = "inspector1") -> Visit:
    """A booked visit drawn to this inspector, the only one on duty, at the hour of its appointment (ten, next day)."""
    await steps_booking.only(stage, *BAYS, inspector)
    await steps_booking.calendars(stage)
    starts_at = steps_booking.tomorrow(stage, 10)
    found = await steps_assignment.assigned(stage, visit, starts_at)
    stage.clock.set(starts_at)
    return found


async def at_desk(stage: Stage, inspector: str = "inspector1") -> Visit:
    """A control of documents, accepted, on the desk of this inspector, the only one on duty."""
    await steps_booking.only(stage, *BAYS, inspector)
    visit = await steps_assignment.at_desk(stage)
    return await steps_states.happen(stage, visit, "chief", PackageAccepted)


async def redrawn(stage: Stage, visit: Visit, inspector: str = "inspector2") -> Visit:
    """The visit in other hands."""
    return await steps_states.assigned(stage, visit, inspector)


async def started(stage: Stage, visit: Visit | None = None) -> Visit:
    """A visit under way, the declarant present."""
    here = visit or await ready(stage)
    await stage.run("inspector1", checkin.check_in, here.id, id=new_id(), party=Party.DECLARANT, called="A. Exemple")
    await stage.run("inspector1", run.start, here.id, id=new_id())
    return await stage.visit(here.id)


async def ended(stage: Stage, visit: Visit | None = None) -> Visit:
    """A visit made as ordered: seals before and after, one box opened, 48 cartons too many, with its photo."""
    under_way = visit or await started(stage)
    who, visit_id = "inspector1", under_way.id
    await stage.run(who, findings.read_number, visit_id, id=new_id(), container=BOX, read=BOX)
    await stage.run(
        who, findings.seal, visit_id, id=new_id(), container=BOX, moment=Moment.BEFORE, number="CI 048 2217"
    )
    await stage.run(who, findings.opened, visit_id, id=new_id(), container=BOX, method=Method.PARTIAL, percent=30)
    await stage.run(who, findings.record, visit_id, quantity("468"))
    await stage.run(who, findings.conform, visit_id, id=new_id(), item=1)
    await photographed(stage, visit_id, item=1, about=About.COUNT)
    await stage.run(who, findings.seal, visit_id, id=new_id(), container=BOX, moment=Moment.AFTER, number="CI 048 2300")
    stage.clock.move(minutes=40)
    await stage.run(who, run.end, visit_id, id=new_id())
    return await stage.visit(visit_id)


def quantity(found: str, **changes: Any) -> Seen:
    """Cartons counted of item 1, of which 420 are declared."""
    return Seen(
        **({"id": new_id(), "facet": Facet.QUANTITY, "item": 1, "found": found, "method": Method.COUNT} | changes)
    )


async def photographed(
    stage: Stage, visit_id: UUID, *, who: str = "inspector1", content: bytes | None = None, **facts: Any
) -> Evidence:
    """A photo looked at, stored and added."""
    bytes_ = content or a_photo()
    picture = evidence.look(bytes_, "Africa/Abidjan")
    blob = await stage.tools.blobs.put(bytes_)
    return await stage.run(who, evidence.add_photo, visit_id, blob, picture, **({"id": new_id()} | facts))


def a_photo(
    size: tuple[int, int] = (320, 240), kind: str = "JPEG", *, taken: datetime | None = None, colour: str = "#c79a5f"
) -> bytes:
    """A small picture; with `taken`, the camera's time (UTC) and the place of the stage's terminal."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    if taken is not None:
        details = exif.get_ifd(0x8769)
        details[0x9003] = f"{taken.astimezone(UTC):%Y:%m:%d %H:%M:%S}"
        details[0x9011] = "+00:00"
        place = exif.get_ifd(0x8825)
        place[1], place[2] = "N", (5.0, 15.0, 25.56)
        place[3], place[4] = "W", (4.0, 0.0, 34.2)
    held = io.BytesIO()
    image.save(held, kind, exif=exif)
    return held.getvalue()
