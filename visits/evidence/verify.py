"""Recomputes the evidence chains from what is stored: a changed, missing, added or moved line is found and named.

A chain is followed page by page, each page with the events and audit rows it stands for, so the longest year needs the
memory of one page. It may begin after a head noted earlier: whoever keeps that head elsewhere also proves that nothing
before it was rewritten, and a day costs a day.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from visits import chain
from visits.evidence import queries
from visits.store.journal import audit_facts, event_facts
from visits.store.tables import Audit, DomainEvent
from visits.store.work import Work

#: Links read at once.
PAGE = 2000
#: Streams remembered with the number they were last sealed at, for what they did later in the same instant.
RECENT = 5000
#: Breaks told at most: after so many it is no longer the question where.
MOST = 100
#: Links are in the order of the commits, their times those of the beginnings: no transaction lasts longer.
SLACK = timedelta(hours=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain or what it stands for was changed; `why` begins with link, event or audit."""

    chain: UUID
    seq: int
    kind: str
    why: str
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A link known from elsewhere."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a chain: its first link and the hash before it, its last link and its hash."""

    chain: UUID
    first: int
    start: bytes
    last: int
    end: bytes


async def verify(work: Work, *, page: int = PAGE) -> list[Break]:
    """Every chain of the administration from its beginning, and that nothing stands beside them."""
    found = await follow(work, await spans(work), page=page)
    return (found + await beside(work))[:MOST]


async def links(work: Work) -> int:
    """How many links the chains of the administration have."""
    return sum(head.seq for head in await queries.heads(work))


async def spans(
    work: Work,
    *,
    only: UUID | None = None,
    since: Mapping[UUID, Head] | None = None,
    first: int = 1,
    last: int | None = None,
) -> list[Span]:
    """What to follow: whole chains, or what came after heads noted earlier, or a range of one chain."""
    noted = since or {}
    heads = {head.chain_id: Head(seq=head.seq, hash=head.hash) for head in await queries.heads(work)}
    nothing = Head(seq=0, hash=chain.GENESIS)
    made = []
    for each in sorted(heads.keys() | noted.keys()):
        if only not in (None, each):
            continue
        head, before = heads.get(each, nothing), noted.get(each, nothing)
        if first > 1:
            before = Head(seq=first - 1, hash=await queries.hash_at(work, each, first - 1))
        if last is not None and last < head.seq:
            head = Head(seq=last, hash=await queries.hash_at(work, each, last))
        made.append(Span(chain=each, first=before.seq + 1, start=before.hash, last=head.seq, end=head.hash))
    return made


async def follow(work: Work, wanted: Sequence[Span], *, page: int = PAGE) -> list[Break]:
    """The spans link by link, with what each link stands for; a chain is left at its first broken link.

    What is written meanwhile breaks nothing: a chain is followed to the head read before. Of rows that are gone only
    those are missed that are younger than the oldest ones kept: retention takes the oldest first, and the chain keeps
    their digests.
    """
    kept = {
        "event": await queries.kept_since(work, DomainEvent) or BEGINNING,
        "audit": await queries.kept_since(work, Audit) or BEGINNING,
    }
    found: list[Break] = []
    for span in wanted:
        async for each in _follow(work, span, kept, page):
            found.append(each)
            if len(found) == MOST:
                return found
    return found


async def beside(work: Work, *, only: UUID | None = None, since: datetime = BEGINNING) -> list[Break]:
    """Events and audit rows that no link stands for: smuggled in, or changed so that their link cannot be found."""
    bound = since - SLACK if since > BEGINNING else since
    return [
        Break(row["chain"], 0, row["kind"], f"{what} {row['id']} not sealed", row["subject"])
        for what, row in await queries.unsealed(work, only, bound, MOST)
    ]


async def _follow(work: Work, span: Span, kept: Mapping[str, datetime], page: int) -> AsyncIterator[Break]:
    previous, first = span.start, span.first
    sealed_to: dict[tuple[UUID, datetime], int] = {}
    while True:
        rows = await queries.entries(work, span.chain, first, span.last, page)
        ended = len(rows) < page
        broken = chain.verify(map(_entry, rows), start=previous, first=first, head=span.end if ended else None)
        whole = [row for row in rows if broken is None or row["seq"] < broken]
        told = await _altered_events(work, whole, sealed_to, kept["event"], partly=span.first > 1)
        told += await _altered_audit(work, span.chain, whole, kept["audit"])
        for each in sorted(told, key=lambda each: each.seq):
            yield each
        if broken is not None:
            yield _broken_link(span, rows, broken)
            return
        if ended:
            return
        previous, first = rows[-1]["hash"], rows[-1]["seq"] + 1


def _entry(row: RowMapping) -> chain.Entry:
    return chain.Entry(
        seq=row["seq"],
        kind=row["kind"],
        subject=row["subject"],
        digest=row["digest"],
        at=row["at"],
        hash=row["hash"],
    )


def _broken_link(span: Span, rows: Iterable[RowMapping], seq: int) -> Break:
    there = next((row for row in rows if row["seq"] == seq), None)
    if there is not None:
        return Break(span.chain, seq, there["kind"], "link changed", there["subject"])
    return Break(
        span.chain, seq, "", "link missing" if seq <= span.last else "link cut off: the end is not the one noted"
    )


async def _altered_events(
    work: Work,
    rows: Iterable[RowMapping],
    sealed_to: dict[tuple[UUID, datetime], int],
    kept: datetime,
    *,
    partly: bool,
) -> list[Break]:
    """Events against their links: those of one stream and transaction stand under the number of the last of them.

    Where the links before are not read (`partly`), what an earlier transaction of the same instant told may stand
    before the events of the first link.
    """
    sealed = [(row, *_stream_and_last(row)) for row in rows if row["kind"] == "events"]
    wanted: dict[tuple[UUID, datetime], int] = {}
    for row, stream, last in sealed:
        wanted[stream, row["at"]] = max(last, wanted.get((stream, row["at"]), 0))
    stored: dict[tuple[UUID, datetime], list[dict[str, Any]]] = defaultdict(list)
    for event in await queries.events_of(work, wanted) if wanted else ():
        stored[event["stream_id"], event["at"]].append(event_facts(dict(event)))
    found = []
    for row, stream, last in sealed:
        key = (stream, row["at"])
        before = sealed_to.pop(key, None)
        together = [
            event for event in stored[key] if (before is None or before < event["seq"]) and event["seq"] <= last
        ]
        starts = range(len(together)) if partly and before is None else range(1)
        sealed_to[key] = last
        if not together and row["at"] >= kept:
            found.append(_break(row, "event missing"))
        elif together and all(chain.digest(together[start:]) != row["digest"] for start in starts):
            found.append(_break(row, f"event {together[-1]['kind']} changed"))
    for key in list(sealed_to)[:-RECENT]:
        del sealed_to[key]
    return found


def _stream_and_last(row: RowMapping) -> tuple[UUID, int]:
    stream, _, last = row["subject"].partition("/")
    return UUID(stream), int(last)


async def _altered_audit(work: Work, chain_id: UUID, rows: Iterable[RowMapping], kept: datetime) -> list[Break]:
    """Audit rows against their links, which know them by action, subject and instant."""
    sealed = [row for row in rows if row["kind"] != "events"]
    stored: dict[tuple[str, str, datetime], list[tuple[UUID, bytes]]] = defaultdict(list)
    for audit in await queries.audit_of(work, chain_id, {row["at"] for row in sealed}) if sealed else ():
        key = (audit["action"], audit["subject"], audit["at"])
        stored[key].append((audit["id"], chain.digest(audit_facts(dict(audit)))))
    found = []
    for row in sealed:
        there = stored[row["kind"], row["subject"], row["at"]]
        if not there and row["at"] >= kept:
            found.append(_break(row, "audit missing"))
        elif there and row["digest"] not in {digest for _, digest in there}:
            found.append(_break(row, f"audit {there[0][0]} changed"))
    return found


def _break(row: RowMapping, why: str) -> Break:
    return Break(row["chain_id"], row["seq"], row["kind"], why, row["subject"])
