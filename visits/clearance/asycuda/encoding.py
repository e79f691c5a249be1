"""Bytes to UTF-8 by our own rule, so that the parser never guesses: first the mark, then the declaration."""

import codecs
import re

from visits.clearance.asycuda.refusals import BadEncoding, NotXml

#: Character sets in which `<?xml` has the bytes of ASCII, by the start of Python's own name for them.
_LIKE_ASCII = ("utf-8", "ascii", "iso8859", "cp", "koi8", "kz1048", "mac", "tis", "gb", "big5", "euc")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(r"""\A<\?xml\b[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
#: NUL too: half of each blank in UTF-16.
_BLANKS = b" \t\r\n\0"


def to_utf8(source: bytes) -> tuple[bytes, bool]:
    """The text in UTF-8 without its byte order mark, and whether it had one."""
    mark, family = _family(source)
    body = source[len(mark) :]
    if not body.lstrip(_BLANKS).startswith(b"<"):
        raise NotXml
    codec = _codec(family, head=body[:1024].decode(family or "latin-1", "ignore"))
    try:
        # A file cut inside a character is a broken file, not a wrong encoding: the parser says where.
        text = codecs.getincrementaldecoder(codec)().decode(body)
    except UnicodeError:
        raise BadEncoding from None
    return (body if codec == "utf-8" else text.encode()), bool(mark)


def _family(source: bytes) -> tuple[bytes, str | None]:
    """The byte order mark and what it says; None where the declaration decides."""
    for mark, codec in _MARKS:
        if source.startswith(mark):
            return mark, codec
    if source[:2] == b"<\0":
        return b"", "utf-16-le"
    if source[:2] == b"\0<":
        return b"", "utf-16-be"
    return b"", None


def _codec(family: str | None, *, head: str) -> str:
    declared = _DECLARED.match(head)
    if declared is None:
        return family or "utf-8"
    try:
        name = codecs.lookup(declared[1]).name
    except LookupError:
        raise BadEncoding from None
    if family == "utf-8":
        fits = name == family
    elif family:
        fits = name in ("utf-16", family)
    else:
        fits = name.startswith(_LIKE_ASCII)
    if not fits:
        raise BadEncoding
    return family or name
