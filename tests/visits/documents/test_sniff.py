"""A file is what its bytes say; what is no plain document is refused with the reason."""

import asyncio
import io
import zipfile
import zlib
from collections.abc import AsyncIterator

import pytest

from tests.support.files import a_letter, a_pdf, a_picture, a_workbook, an_archive
from visits.documents import sniff as kinds
from visits.documents.antivirus import TEST_VIRUS, Clamd
from visits.documents.refusals import (
    FileBroken,
    FileEmpty,
    FileInfected,
    FileKindRefused,
    FileLocked,
    FileMixed,
    FileUnpacksTooFar,
    PictureTooLarge,
    ScannerDown,
)
from visits.documents.sniff import sniff
from visits.errors import Refusal

#: A scanner, what it is to answer, and what it heard.
Daemon = tuple[Clamd, list[bytes], list[bytes]]


def judged(content: bytes) -> str:
    return sniff(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(a_pdf(), kinds.PDF, id="PDF"),
        pytest.param(a_picture("JPEG"), kinds.JPEG, id="JPEG"),
        pytest.param(a_picture("PNG"), kinds.PNG, id="PNG"),
        pytest.param(a_picture("TIFF"), kinds.TIFF, id="TIFF"),
        pytest.param(b'<?xml version="1.0"?><facture><n>1</n></facture>', kinds.XML, id="XML"),
        pytest.param("﻿<facture>é</facture>".encode(), kinds.XML, id="XML with a mark"),
        pytest.param("<?xml version='1.0'?><facture/>".encode("utf-16"), kinds.XML, id="XML in UTF-16"),
        pytest.param(a_workbook(), kinds.XLSX, id="Excel"),
        pytest.param(a_letter(), kinds.DOCX, id="Word"),
    ],
)
def test_a_plain_document_is_known_by_its_bytes(content: bytes, expected: str) -> None:
    assert judged(content) == expected


def _encrypted() -> bytes:
    whole = bytearray(a_workbook())
    place = whole.find(b"PK\x01\x02")
    whole[6] |= 1
    whole[place + 8] |= 1
    return bytes(whole)


def _lying_about_its_size() -> bytes:
    """Says it unpacks to three bytes, and would go on."""
    whole = bytearray(a_workbook(("xl/sheet.xml", b"x" * 5000)))
    place = whole.rfind(b"PK\x01\x02")
    whole[place + 24 : place + 28] = (3).to_bytes(4, "little")
    return bytes(whole)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        pytest.param(b"", FileEmpty, id="nothing"),
        pytest.param(b"MZ\x90\x00 This program", FileKindRefused, id="program"),
        pytest.param(b"#!/bin/sh\nrm -rf /", FileKindRefused, id="script"),
        pytest.param(b"GIF89a" + bytes(50), FileKindRefused, id="GIF"),
        pytest.param(b"<!doctype html><html><script>1</script></html>", FileKindRefused, id="web page"),
        pytest.param(b'<html xmlns="http://www.w3.org/1999/xhtml"/>', FileKindRefused, id="XHTML"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', FileKindRefused, id="SVG"),
        pytest.param(b"<a><script/></a>", FileKindRefused, id="script in XML"),
        pytest.param(b"<facture><n></facture>", FileKindRefused, id="XML that does not close"),
        pytest.param(b"<" + b"a><" * 300, FileKindRefused, id="XML too deep"),
        pytest.param(
            b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', FileMixed, id="XML with entities"
        ),
        pytest.param(an_archive(("note.txt", b"a")), FileKindRefused, id="plain zip"),
        pytest.param(a_workbook(("xl/vbaProject.bin", b"a")), FileMixed, id="macros"),
        pytest.param(a_workbook(("xl/embeddings/a.exe", b"a")), FileMixed, id="program in a workbook"),
        pytest.param(a_pdf() + an_archive(("a.txt", b"a")), FileMixed, id="PDF and zip at once"),
        pytest.param(a_picture() + an_archive(("a.txt", b"a")), FileMixed, id="picture and zip at once"),
        pytest.param(a_pdf()[:-40], FileBroken, id="PDF cut short"),
        pytest.param(a_picture(size=(400, 400))[:-300], FileBroken, id="JPEG cut short"),
        pytest.param(a_picture("PNG")[:-20], FileBroken, id="PNG cut short"),
        pytest.param(a_workbook()[:-30], FileBroken, id="workbook cut short"),
        pytest.param(_lying_about_its_size(), FileBroken, id="zip that lies"),
        pytest.param(_encrypted(), FileLocked, id="locked workbook"),
        pytest.param(a_pdf().replace(b"/Root", b"/Encrypt 9 0 R /Root"), FileLocked, id="locked PDF"),
        pytest.param(a_workbook(("xl/a.xml", bytes(30_000_000))), FileUnpacksTooFar, id="bomb by ratio"),
        pytest.param(a_workbook(*((f"xl/{n}.xml", b"") for n in range(201))), FileUnpacksTooFar, id="too many entries"),
        pytest.param(TEST_VIRUS, FileInfected, id="test virus"),
        pytest.param(a_pdf() + TEST_VIRUS + b"%%EOF", FileInfected, id="test virus in a PDF"),
        pytest.param(a_workbook(("xl/a.xml", TEST_VIRUS)), FileInfected, id="test virus in a workbook"),
    ],
)
def test_anything_else_is_refused_with_its_reason(content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        judged(content)


def test_a_bomb_that_tells_its_true_size_is_refused_before_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = a_workbook(*((f"xl/{n}.xml", bytes(20_000_000)) for n in range(6)))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))

    with pytest.raises(FileUnpacksTooFar):
        judged(bomb)


def test_the_test_virus_is_found_across_two_reads() -> None:
    content = a_pdf()[:-6].ljust(64 * 1024 - 30, b" ") + TEST_VIRUS + b"\n%%EOF"

    with pytest.raises(FileInfected):
        judged(content)


@pytest.mark.parametrize("side", [9_000, 20_000], ids=["over the limit", "far over the limit"])
def test_a_picture_of_too_many_points_is_refused_by_its_header(side: int) -> None:
    small = bytearray(a_picture("PNG"))
    small[16:24] = side.to_bytes(4, "big") * 2

    with pytest.raises((PictureTooLarge, FileBroken)) as refused:
        judged(_with_checksum(small))

    assert refused.type is PictureTooLarge


def _with_checksum(png: bytearray) -> bytes:
    png[29:33] = zlib.crc32(png[12:29]).to_bytes(4, "big")
    return bytes(png)


@pytest.fixture
async def clamd() -> AsyncIterator[Daemon]:
    """A daemon that answers what it is told to, after reading the whole stream."""
    answers: list[bytes] = []
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        heard.append(content)
        writer.write(answers[0])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield Clamd(f"127.0.0.1:{port}"), answers, heard
    server.close()


async def test_clamd_hears_the_whole_file_and_names_what_it_found(
    clamd: Daemon,
) -> None:
    scanner, answers, heard = clamd
    answers.append(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")

    assert await scanner.scan(io.BytesIO(b"a" * 200_000)) == "Win.Test.EICAR_HDB-1"
    assert heard == [b"a" * 200_000]


async def test_clamd_says_that_a_file_is_good(clamd: Daemon) -> None:
    scanner, answers, _ = clamd
    answers.append(b"stream: OK\0")

    assert await scanner.scan(io.BytesIO(a_pdf())) is None


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b""])
async def test_a_scanner_that_cannot_tell_lets_nothing_pass(clamd: Daemon, answer: bytes) -> None:
    scanner, answers, _ = clamd
    answers.append(answer)

    with pytest.raises(ScannerDown):
        await scanner.scan(io.BytesIO(a_pdf()))


async def test_a_scanner_that_is_not_there_lets_nothing_pass() -> None:
    with pytest.raises(ScannerDown):
        await Clamd("127.0.0.1:1").scan(io.BytesIO(a_pdf()))
