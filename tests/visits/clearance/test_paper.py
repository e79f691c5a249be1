"""The PDF whose digest went to the clearance system is kept, and given to whoever received the digest."""

import hashlib
from typing import Any

from tests.support.clearance import Scripted, a_key
from tests.support.stage import Stage
from tests.support.steps_clearance import leaving, outbound, validated
from tests.support.steps_reports import validated as really_validated
from visits.background.deliver import deliver
from visits.clearance.push import push_one
from visits.store.blobs import key_of

PDF = "/api/clearance/reports/pdf"


async def fetched(stage: Stage, key: str, **named: Any) -> tuple[int, bytes]:
    async with stage.browser(authorization=f"Bearer {key}", accept="application/pdf") as client:
        answer = await client.get(PDF, params=named)
    return answer.status_code, answer.content


async def test_the_report_carries_the_digest_of_its_paper(stage: Stage) -> None:
    _, out = await leaving(stage)

    content = await stage.tools.blobs.read(key_of(out.body["pdf"]["sha256"]))

    assert content.startswith(b"%PDF-")
    assert out.body["pdf"] == {
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "language": "fr",
        "media_type": "application/pdf",
    }


async def test_the_paper_of_a_report_made_by_the_real_steps_is_printed(stage: Stage) -> None:
    visit = await really_validated(stage)
    await deliver(stage.tools, stage.tenant, visit.id)

    assert (await outbound(stage, visit)).body["pdf"]["size"] > 10_000


async def test_the_receiver_fetches_the_very_bytes_even_after_the_act(stage: Stage) -> None:
    _, out = await leaving(stage)
    await push_one(stage.tools, stage.tenant, out.id, by=Scripted())

    status, content = await fetched(stage, await a_key(stage), id=out.message_key)

    assert status == 200
    assert hashlib.sha256(content).hexdigest() == out.body["pdf"]["sha256"]


async def test_an_unknown_report_has_no_paper(stage: Stage) -> None:
    await validated(stage)
    key = await a_key(stage)

    assert [(await fetched(stage, key, **named))[0] for named in ({"id": "CIAB1/2026/C/1/V/1"}, {})] == [404, 404]
