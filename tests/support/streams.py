"""Files as they arrive: piece by piece, and sometimes not to the end."""

from collections.abc import AsyncIterator


class LineCut(Exception):
    """The sender is gone."""


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    """The pieces, one after the other."""
    for piece in content:
        yield piece


async def cut_after(*content: bytes) -> AsyncIterator[bytes]:
    """The pieces, and then the line is cut."""
    for piece in content:
        yield piece
    raise LineCut
