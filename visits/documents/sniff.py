"""Tells what a file is by its bytes, never by its name, and refuses what is no plain document."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import IO

from lxml import etree
from PIL import Image, UnidentifiedImageError

from visits.documents.antivirus import carries_test_virus
from visits.documents.refusals import (
    FileBroken,
    FileEmpty,
    FileInfected,
    FileKindRefused,
    FileLocked,
    FileMixed,
    FileUnpacksTooFar,
    PictureTooLarge,
)

PDF, JPEG, PNG, TIFF, XML = "application/pdf", "image/jpeg", "image/png", "image/tiff", "application/xml"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: The ending a file of each kind is given; the first one when its name has another.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    TIFF: (".tif", ".tiff"),
    XML: (".xml",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
}
#: What a browser may show beside the page; the rest is only handed over.
PICTURES = frozenset({JPEG, PNG})

MOST_PIXELS = 80_000_000
MOST_ENTRIES = 200
MOST_RATIO = 100
MOST_UNPACKED = 100 * 1024 * 1024
CHUNK = 64 * 1024
TAIL = 22 + 65535

# Pillow warns above this and fails above twice as much; both are refusals here.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def sniff(file: IO[bytes]) -> str:
    """The media type of a file that is whole and of a kind taken; otherwise a refusal says what is wrong."""
    file.seek(0)
    head = file.read(512)
    if not head:
        raise FileEmpty()
    if carries_test_virus(file):
        raise FileInfected()
    media = next((kind for mark, kind in _MARKS if head.startswith(mark)), None)
    if media is None and head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<?xml", b"<")):
        media = XML
    if media is None and head.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        media = XML
    if media is None:
        raise FileKindRefused()
    if media == _ZIP:
        return _office(file)
    if _ends_as_zip(file):
        raise FileMixed()
    file.seek(0)
    _CHECKS[media](file)
    return media


_ZIP = "application/zip"
_MARKS = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"PK\x03\x04", _ZIP),
)


def _ends_as_zip(file: IO[bytes]) -> bool:
    """Is there an archive at the end of the file, which other programs would open instead?"""
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return False
    (comment,) = struct.unpack_from("<H", tail, place + 20)
    return place + 22 + int(comment) == len(tail)


def _pdf(file: IO[bytes]) -> None:
    size = file.seek(0, 2)
    file.seek(max(0, size - 4096))
    tail = file.read()
    if b"%%EOF" not in tail:
        raise FileBroken()
    if b"/Encrypt" in tail:
        raise FileLocked()


def _picture(file: IO[bytes]) -> None:
    """Read to the end, but never unpacked to full size in memory."""
    try:
        with Image.open(file, formats=("JPEG", "PNG", "TIFF")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise PictureTooLarge(most=MOST_PIXELS // 1_000_000)
            if picture.format == "JPEG":
                picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
                picture.load()
            else:
                picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise PictureTooLarge(most=MOST_PIXELS // 1_000_000) from fault
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, zlib.error) as fault:
        raise FileBroken() from fault


def _xml(file: IO[bytes]) -> None:
    """Well formed, without a document type: nothing in it is looked up elsewhere or unfolds."""
    try:
        for event, element in etree.iterparse(file, events=("start", "end"), resolve_entities=False, no_network=True):
            if event == "end":
                element.clear()
            elif element.getparent() is None and element.getroottree().docinfo.doctype:
                raise FileMixed()
            elif _runs(element.tag):
                raise FileKindRefused()
    except etree.XMLSyntaxError as fault:
        raise FileKindRefused() from fault


def _runs(tag: object) -> bool:
    """Does a browser run this element? Pages and drawings are no documents of a package."""
    return isinstance(tag, str) and etree.QName(tag).localname.lower() in {"html", "script", "svg"}


_CHECKS: Mapping[str, Callable[[IO[bytes]], None]] = {
    PDF: _pdf,
    JPEG: _picture,
    PNG: _picture,
    TIFF: _picture,
    XML: _xml,
}


def _office(file: IO[bytes]) -> str:
    """Word and Excel are archives: their list is judged first, then every byte is counted while unpacking."""
    size = file.seek(0, 2)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _judge(entries, size)
            names = {entry.filename for entry in entries}
            kind = DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
            if kind is None or "[Content_Types].xml" not in names:
                raise FileKindRefused()
            if any("vbaproject" in name.lower() or name.lower().endswith((".exe", ".dll", ".js")) for name in names):
                raise FileMixed()
            _unpack(archive, entries, size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as fault:
        raise FileBroken() from fault
    return kind


def _judge(entries: list[zipfile.ZipInfo], size: int) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileLocked()
    declared = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or declared > MOST_UNPACKED
        or declared > size * MOST_RATIO
        or any(entry.file_size > max(entry.compress_size, 1024) * MOST_RATIO for entry in entries)
    ):
        raise FileUnpacksTooFar()


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = 0
    for entry in entries:
        with archive.open(entry) as content:
            while chunk := content.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > min(MOST_UNPACKED, size * MOST_RATIO):
                    raise FileUnpacksTooFar()
                if carries_test_virus(chunk):
                    raise FileInfected()
