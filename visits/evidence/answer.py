"""The answer of `visits evidence verify`: what was followed, the heads to keep for next time, the first bad line."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from visits.errors import BadInput
from visits.evidence import queries
from visits.evidence.verify import BEGINNING, Break, Head, Span, beside, follow, spans
from visits.sites.queries import offices
from visits.store.work import Work


def heads_in(path: Path) -> dict[UUID, Head]:
    """The heads an earlier answer ended with; it is best kept on another machine than the database."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))["chains"]
        return {UUID(each["chain"]): Head(seq=int(each["last"]), hash=bytes.fromhex(each["hash"])) for each in noted}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BadInput(field="since") from fault


async def answer(
    work: Work,
    *,
    office: str = "",
    since: Mapping[UUID, Head] | None = None,
    first: int = 1,
    last: int | None = None,
) -> dict[str, Any]:
    """Verify all chains of the administration or one office's, from the beginning, from noted heads, or a range."""
    if first < 1 or ((first > 1 or last is not None) and (not office or since)):
        raise BadInput(field="office")
    names = {row.id: row.code for row in await offices(work)}
    only = next((known for known, code in names.items() if code == office), None)
    if office and only is None:
        raise BadInput(field="office")
    wanted = await spans(work, only=only, since=since, first=first, last=last)
    broken = await follow(work, wanted)
    if first == 1 and last is None:
        broken += await beside(work, only=only, since=await _begin(work, since))
    work.audit("chain_verified", office=only, links=_links(wanted), breaks=len(broken))
    return {
        "whole": not broken,
        "links": _links(wanted),
        "breaks": len(broken),
        "first": _line(broken[0], names) if broken else None,
        "chains": [_chain(span, names) for span in wanted],
    }


async def _begin(work: Work, since: Mapping[UUID, Head] | None) -> datetime:
    """The time of the oldest head noted, from which on nothing may stand beside the chains."""
    times = [await queries.at_of(work, chain, head.seq) for chain, head in (since or {}).items()]
    return min((at or BEGINNING for at in times), default=BEGINNING)


def _links(wanted: Sequence[Span]) -> int:
    return sum(max(0, span.last - span.first + 1) for span in wanted)


def _chain(span: Span, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "chain": str(span.chain),
        "office": names.get(span.chain, ""),
        "first": span.first,
        "last": span.last,
        "hash": span.end.hex(),
    }


def _line(bad: Break, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "chain": str(bad.chain),
        "office": names.get(bad.chain, ""),
        "seq": bad.seq,
        "kind": bad.kind,
        "subject": bad.subject,
        "why": bad.why,
    }
