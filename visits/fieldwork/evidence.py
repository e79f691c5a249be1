"""Photos as evidence: looked at before they are kept, kept as they came, numbered without gaps, hashed in the chain."""

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

from visits.declarations.queries import Case
from visits.errors import BadInput, Refusal
from visits.events import EvidenceAdded
from visits.fieldwork import queries
from visits.fieldwork.geofence import Fix
from visits.fieldwork.tables import Evidence
from visits.fieldwork.words import About
from visits.ids import DeclarationId, VisitId
from visits.store.blobs import Blob
from visits.store.work import Work
from visits.texts import N_

FORMATS: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
#: The largest photo file, and the largest picture in it: what the cameras of telephones make, and no bomb.
#: Only JPEG can be decoded at a fraction of its size; the others are held to what memory bears.
BYTES: Final = 25 * 1024 * 1024
PIXELS: Final = {"image/jpeg": 60_000_000, "image/png": 20_000_000, "image/webp": 20_000_000}
#: Pictures are decoded no larger than this, where the format allows, to see whether they are whole.
GLANCE: Final = (800, 800)
PHOTO: Final = "photo"
CAPTION: Final = 300


class NotAPhoto(Refusal):
    """The file is no picture of a kind every device shows, or it is damaged."""

    code, status = "not-a-photo", 422
    says = N_("Ce fichier n'est pas une photo lisible. Prenez la photo à nouveau (JPEG, PNG ou WebP).")


class PhotoTooLarge(Refusal):
    """The file or the picture in it is larger than a photo of a telephone."""

    code, status = "photo-too-large", 413
    says = N_("Cette photo est trop grande. Reprenez-la avec moins de détails.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a photo says of itself."""

    media_type: str
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


def look(content: bytes, zone: str) -> Picture:
    """Check that the bytes are one whole photo, and read when and where it was taken; runs in a thread.

    The header is judged before a single pixel is decoded. The time without an offset is local time of `zone`.
    """
    if not content:
        raise NotAPhoto()
    if len(content) > BYTES:
        raise PhotoTooLarge()
    try:
        with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as image:
            kind = FORMATS[image.format or ""]
            if image.width * image.height > PIXELS[kind]:
                raise PhotoTooLarge()
            exif = image.getexif()
            image.draft("RGB", GLANCE)
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoTooLarge() from None
    except (OSError, SyntaxError, ValueError, KeyError, EOFError, struct.error):
        raise NotAPhoto() from None
    latitude, longitude = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return Picture(
        media_type=kind, taken_at=_taken(exif.get_ifd(ExifTags.IFD.Exif), zone), latitude=latitude, longitude=longitude
    )


def _taken(exif: Mapping[int, Any], zone: str) -> datetime | None:
    text = str(exif.get(ExifTags.Base.DateTimeOriginal) or "")
    offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal) or "")
    try:
        local = datetime.strptime(text, "%Y:%m:%d %H:%M:%S").replace(tzinfo=ZoneInfo(zone))
        told = datetime.strptime(f"{text}{offset}", "%Y:%m:%d %H:%M:%S%z") if offset else local
    except ValueError:
        return None
    return told.astimezone(UTC)


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | tuple[None, None]:
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None, None
    fix = Fix(latitude=latitude, longitude=longitude, accuracy=0)
    return (latitude, longitude) if fix.sound else (None, None)


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    angle = degrees + minutes / 60 + seconds / 3600
    return -angle if negative else angle


async def may_add(work: Work, visit_id: UUID, device_at: datetime | None = None) -> Case:
    """Asked before the bytes are stored, so that nobody else fills the disk."""
    return await queries.writable(work, visit_id, device_at)


async def add_photo(
    work: Work,
    visit_id: UUID,
    blob: Blob,
    picture: Picture,
    *,
    id: UUID,
    about: About = About.OTHER,
    item: int | None = None,
    container: str | None = None,
    caption: str = "",
    fix: Fix | None = None,
    device_at: datetime | None = None,
) -> Evidence:
    """Add a stored photo as the next piece of evidence; its digest goes into the office's chain."""
    case = await queries.writable(work, visit_id, device_at)
    if item is not None and item not in {each["number"] for each in case.declaration.content.get("items") or ()}:
        raise BadInput(field=N_("article"))
    if container and container not in case.visit.order["containers"]:
        raise BadInput(field=N_("conteneur"))
    latitude, longitude = picture.latitude, picture.longitude
    if latitude is None and fix is not None and fix.sound:
        latitude, longitude = fix.latitude, fix.longitude
    assert work.actor.person is not None
    row = Evidence(
        id=id,
        visit_id=case.visit.id,
        number=await queries.next_number(work, visit_id),
        kind=PHOTO,
        item=item,
        container=container,
        about=about,
        caption=" ".join(caption.split())[:CAPTION],
        sha256=blob.sha256,
        blob=blob.key,
        media_type=picture.media_type,
        size=blob.size,
        latitude=latitude,
        longitude=longitude,
        taken_at=picture.taken_at,
        person_id=work.actor.person,
        device_at=device_at,
        at=work.now,
    )
    kept, fresh = await queries.add_once(work, row)
    if fresh:
        work.audit("evidence_added", kept.id, office=case.office.id, number=kept.number, sha256=kept.sha256)
        work.emit(
            EvidenceAdded(
                declaration=DeclarationId(case.declaration.id),
                visit=VisitId(case.visit.id),
                device_at=device_at,
                evidence=kept.id,
                sha256=kept.sha256,
            )
        )
    return kept
