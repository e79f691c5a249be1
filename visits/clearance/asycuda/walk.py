"""Walks the XML once, in pieces, keeps the fields that are read and refuses at the first broken limit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, cast

from lxml import etree

from visits.clearance.asycuda.limits import Limits
from visits.clearance.asycuda.refusals import (
    DoctypeForbidden,
    DuplicateBlock,
    FieldTooLong,
    NotWellFormed,
    TooDeep,
    TooManyContainers,
    TooManyElements,
    TooManyItems,
    WrongRoot,
)
from visits.clearance.asycuda.structure import CONTAINER, ITEM, ROOT, Element

if TYPE_CHECKING:
    from lxml.etree._saxparser import ParserTarget

_PIECE = 64 * 1024
#: Bidirectional and other format characters (category Cf) and C1 controls: they change what is seen.
_CONTROL = re.compile(
    "[\x80-\x84\x86-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)


class Block:
    """The fields read inside one repeated element, or in the whole file, by their path from there."""

    __slots__ = ("_name", "_outer", "fields")

    def __init__(self, name: str = "", outer: "Block | None" = None) -> None:
        self._name = name
        self._outer = outer
        self.fields: dict[str, str | list[Block]] = {}

    def raw(self, path: str) -> str:
        """The text at `path`, as written; empty if there is none."""
        text = self.fields.get(path, "")
        assert isinstance(text, str)
        return text

    def each(self, path: str) -> "list[Block]":
        """The repeated elements at `path`, in order."""
        blocks = self.fields.get(path, [])
        assert isinstance(blocks, list)
        return blocks

    def name(self, path: str) -> str:
        """How a refusal names the field at `path`: `Item[3]/Packages/Number_of_packages`."""
        if self._outer is None:
            return path
        place = self._outer.each(self._name).index(self) + 1
        return self._outer.name(f"{self._name}[{place}]/{path}")


@dataclass(slots=True)
class Walked:
    """What one walk found."""

    root: Block
    root_id: str | None
    unknown_element: bool
    control_characters: bool


def walk(text: bytes, *, limits: Limits) -> Walked:
    """Walk a whole document given in UTF-8."""
    parser = etree.XMLParser(
        target=cast("ParserTarget[Walked]", _Target(limits)),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    fed = 0
    try:
        while fed < len(text):
            piece = text[fed : fed + _PIECE]
            fed += len(piece)
            parser.feed(piece)
        walked = parser.close()
    except etree.XMLSyntaxError as error:
        # A saved web page: `<!doctype html>` in small letters is no DOCTYPE to XML, and it is one to people.
        if text.lstrip()[:9].lower() == b"<!doctype":
            raise DoctypeForbidden from None
        line, column = error.position
        raise NotWellFormed(line=line, column=column) from None
    except _Flood as flood:
        at = max(text.rfind(b"<" + flood.tag.encode(), 0, fed), 0)
        start = text.rfind(b"\n", 0, at) + 1
        raise NotWellFormed(line=text.count(b"\n", 0, at) + 1, column=at - start + 1) from None
    for entry in parser.feed_error_log:
        # An undeclared prefix does not stop the parser, which then drops it and makes `x:Item` an `Item`.
        if entry.type == etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE:
            raise NotWellFormed(line=entry.line, column=entry.column)
    return walked


class _Flood(Exception):
    """An element carries more attributes than any real one."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self.tag = tag


class _Target:
    """lxml calls this once for each tag and each piece of text: it is short because it is called a million times."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        #: The open elements: tag, what is known of it, and the block its fields go to. An unknown element
        #: has neither, nor has anything in it; where nothing is read there is no block.
        self._open: list[tuple[str, Element | None, Block | None]] = []
        self._elements = 0
        #: The text of the innermost field, and how much of it is not blank.
        self._pieces: list[str] = []
        self._length = 0
        self._walked = Walked(root=Block(), root_id=None, unknown_element=False, control_characters=False)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise DoctypeForbidden

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise TooManyElements(limit=self._limits.elements)
        if len(attributes) > self._limits.attributes:
            raise _Flood(tag)
        if not self._open:
            self._begin(tag, attributes)
            return
        if len(self._open) >= self._limits.depth:
            raise TooDeep(limit=self._limits.depth)
        _, outer, block = self._open[-1]
        known = outer.inside(tag) if outer else None
        if known is None:
            # `<null/>` is how the export writes an empty value, wherever it stands.
            if outer and tag != "null":
                self._walked.unknown_element = True
            self._open.append((tag, None, None))
            return
        if not (known.noticed and block):
            block = None
        elif known.many:
            block = self._entry(known, block)
        elif known.key in block.fields:
            raise DuplicateBlock(field=self._path(tag))
        else:
            block.fields[known.key] = ""
        self._open.append((tag, known, block))
        if not known.children:
            self._pieces, self._length = [], 0

    def data(self, text: str) -> None:
        known = self._open[-1][1]
        if known is None:
            return
        if not text.isspace():
            self._length += len(" ".join(text.split()))
            if self._length > self._limits.field:
                self._too_long()
            if not text.isascii() and _CONTROL.search(text):
                self._walked.control_characters = True
        if known.read:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        _, known, block = self._open[-1]
        if known and known.read and block:
            text = "".join(self._pieces)
            if len(text) > self._limits.field and len(" ".join(text.split())) > self._limits.field:
                self._too_long()
            block.fields[known.key] = text
        self._open.pop()

    def close(self) -> Walked:
        return self._walked

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag != ROOT.name:
            raise WrongRoot
        root_id = " ".join(attributes.get("id", "").split())
        if len(root_id) > self._limits.field:
            raise FieldTooLong(field="id", limit=self._limits.field)
        self._walked.root_id = root_id or None
        self._open.append((tag, ROOT, self._walked.root))

    def _entry(self, known: Element, outer: Block) -> Block:
        """One more of a repeated element."""
        entry = Block(known.key, outer)
        outer.fields.setdefault(known.key, [])
        entries = outer.each(known.key)
        entries.append(entry)
        if known is ITEM and len(entries) > self._limits.items:
            raise TooManyItems(limit=self._limits.items)
        if known is CONTAINER and len(entries) > self._limits.containers:
            raise TooManyContainers(limit=self._limits.containers)
        return entry

    def _too_long(self) -> NoReturn:
        raise FieldTooLong(field=self._path(), limit=self._limits.field)

    def _path(self, *inside: str) -> str:
        return "/".join([*(tag for tag, _, _ in self._open[1:]), *inside])
