"""Brings the simulator's letters to Visits until they are taken, one declaration's letters in their order."""

from collections.abc import Awaitable, Callable

import httpx

from visits.clearance.simulator.core import Letter, Simulator

#: Answers after which the same letter would only be refused again.
FINAL = frozenset({403, 409, 413, 415, 422})
PATHS = {
    "declaration": ("/api/clearance/declarations", "application/xml"),
    "message": ("/api/clearance/messages", "application/json"),
}

#: Hands a letter over: the HTTP status and what was said.
Deliver = Callable[[Letter], Awaitable[tuple[int, str]]]


async def bring(simulator: Simulator, deliver: Deliver) -> int:
    """Bring what is due; how many were taken."""
    taken = 0
    while letters := simulator.due():
        for letter in letters:
            try:
                status, answer = await deliver(letter)
            except httpx.HTTPError as fault:
                simulator.failed(letter, type(fault).__name__)
                continue
            if 200 <= status < 300:
                simulator.sent(letter, answer)
                taken += 1
            elif status in FINAL:
                simulator.refused(letter, answer)
            else:
                simulator.failed(letter, f"HTTP {status}")
    return taken


def by_http(client: httpx.AsyncClient, key: str) -> Deliver:
    """Deliver over HTTP with an API key; the client's base address is where Visits is."""

    async def deliver(letter: Letter) -> tuple[int, str]:
        path, kind = PATHS[letter.kind]
        answer = await client.post(
            path,
            content=letter.body,
            headers={"authorization": f"Bearer {key}", "content-type": kind, "accept": "application/json"},
        )
        return answer.status_code, answer.text[:500]

    return deliver
