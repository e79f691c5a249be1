"""Bytes and the encoding they announce."""

from datetime import datetime

import pytest

from visits.clearance.asycuda.read import read
from visits.clearance.asycuda.refusals import BadEncoding, NotWellFormed, NotXml

NAMES = "<ASYCUDA><Item><Goods_description><Description_of_goods>%s"
TAIL = "</Description_of_goods></Goods_description></Item></ASYCUDA>"


def a_file(text: str, *, declared: str | None, written: str) -> bytes:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return (declaration + NAMES % text + TAIL).encode(written)


@pytest.mark.parametrize(
    ("text", "declared", "written"),
    [
        ("THÉ", None, "utf-8"),
        ("THÉ", "UTF-8", "utf-8-sig"),
        ("THÉ", "windows-1252", "cp1252"),
        ("чай", "windows-1251", "cp1251"),
        ("شاي", "windows-1256", "cp1256"),
        ("चाय", "utf-16", "utf-16"),
        ("चाय", None, "utf-16"),
        ("THÉ", "UTF-16", "utf-16-le"),
        ("THÉ", "UTF-16BE", "utf-16-be"),
        ("茶", "GB18030", "gb18030"),
    ],
)
def test_a_text_in_its_announced_encoding_comes_out_whole(
    text: str, declared: str | None, written: str, now: datetime
) -> None:
    sad = read(a_file(text, declared=declared, written=written), now=now)

    assert sad.items[0].description == text


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        ("UTF-8", "latin-1"),
        ("US-ASCII", "utf-8"),
        ("UTF-16", "utf-8"),
        ("UTF-8", "utf-16"),
        ("ISO-8859-1", "utf-8-sig"),
        ("UTF-16LE", "utf-16-be"),
        ("klingon", "utf-8"),
        ("UTF-7", "utf-8"),
        ("hex", "utf-8"),
    ],
)
def test_bytes_that_do_not_fit_their_announcement_are_refused(declared: str, written: str, now: datetime) -> None:
    with pytest.raises(BadEncoding):
        read(a_file("THÉ", declared=declared, written=written), now=now)


@pytest.mark.parametrize("source", [b"", b" \n", b"\xef\xbb\xbf", b"%PDF-1.7", b'{"a": 1}', b"\0" * 9, b"\xff\xfe"])
def test_what_does_not_begin_with_a_tag_is_no_xml(source: bytes, now: datetime) -> None:
    with pytest.raises(NotXml):
        read(source, now=now)


@pytest.mark.parametrize("written", ["utf-8", "utf-16"])
def test_a_file_cut_inside_a_character_is_told_as_broken(written: str, now: datetime) -> None:
    whole = a_file("É", declared=None, written=written)
    cut = whole[: whole.index("É".encode("utf-8" if written == "utf-8" else "utf-16-le")) + 1]

    with pytest.raises(NotWellFormed):
        read(cut, now=now)
