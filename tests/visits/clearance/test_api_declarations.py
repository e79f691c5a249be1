"""Declarations over HTTP: each case of the table ends as it says, and leaves exactly one row."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.clearance import BAD, a_key, control, declarations, inbound, integrator
from tests.support.stage import Stage
from visits.clearance import api
from visits.store.tables import DomainEvent

PATH = "/api/clearance/declarations"
CASES: list[dict[str, Any]] = [
    case for case in json.loads((BAD / "cases.json").read_text())["cases"] if case["kind"] == "file"
]
XML = {"content-type": "application/xml"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
async def test_a_file_is_answered_as_the_table_of_cases_says(stage: Stage, case: dict[str, Any]) -> None:
    async with await integrator(stage) as client:
        if "after" in case:
            await client.post(PATH, content=(BAD / case["after"]).read_bytes(), headers=XML)
        before = len(await inbound(stage))

        answer = await client.post(PATH, content=(BAD / case["name"]).read_bytes(), headers=XML)

    rows = await inbound(stage)
    assert len(rows) == before + 1
    body = answer.json()
    if case["outcome"] == "refused":
        assert body["code"] in case.get("reason_any_of", [case["reason"]])
        assert answer.status_code == (409 if body["code"] == "registration_key_conflict" else 422)
        assert rows[-1].code == body["code"]
    else:
        assert answer.status_code == 200
        assert body["outcome"] == "accepted"
        assert set(case.get("warnings", [])) <= set(body["warnings"])
        assert body["status"] == case.get("status", "registered")
        assert rows[-1].blob is not None


async def test_a_refused_file_leaves_its_reason_and_nothing_else(stage: Stage) -> None:
    async with await integrator(stage) as client:
        await client.post(PATH, content=(BAD / "07_truncated.xml").read_bytes(), headers=XML)

    [row] = await inbound(stage)
    assert (row.outcome, row.code, row.sender, row.blob) == ("refused", "not_well_formed", "sydam", None)
    assert row.size == (BAD / "07_truncated.xml").stat().st_size
    assert await declarations(stage) == 0


async def test_a_repeat_gets_the_same_answer_and_tells_nothing_again(stage: Stage) -> None:
    async with await integrator(stage) as client:
        first = await client.post(PATH, content=(BAD / "09a_duplicate_first.xml").read_bytes(), headers=XML)
        again = await client.post(PATH, content=(BAD / "09b_duplicate_identical.xml").read_bytes(), headers=XML)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert first.json()["reference"] == "CIAB1/2026/C/50120"
    async with stage.work() as work:
        assert await work.session.scalar(select(func.count()).select_from(DomainEvent)) == 1


async def test_other_content_under_a_known_key_is_laid_before_the_chief(stage: Stage) -> None:
    async with await integrator(stage) as client:
        await client.post(PATH, content=(BAD / "09a_duplicate_first.xml").read_bytes(), headers=XML)
        answer = await client.post(PATH, content=(BAD / "09c_duplicate_changed.xml").read_bytes(), headers=XML)

    assert (answer.status_code, answer.json()["code"]) == (409, "registration_key_conflict")
    first, other = await inbound(stage)
    assert (other.outcome, other.blob is not None) == ("conflict", True)
    async with stage.work() as work:
        kinds = (await work.session.scalars(select(col(DomainEvent.kind)).order_by(col(DomainEvent.seq)))).all()
    assert kinds == ["declaration_registered", "declaration_conflict"]
    assert first.declaration_id == other.declaration_id


async def test_twenty_connections_at_once_make_one_declaration(stage: Stage) -> None:
    async with await integrator(stage) as client:
        answers = await asyncio.gather(*(client.post(PATH, content=control(), headers=XML) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert await declarations(stage) == 1
    assert sorted(row.outcome for row in await inbound(stage)) == ["accepted"] + ["unchanged"] * 19


async def test_a_body_over_the_cap_is_refused_by_its_length(stage: Stage) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=never(), headers=XML | {"content-length": "33554433"})

    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    [row] = await inbound(stage)
    assert (row.code, row.size) == ("file_too_large", 33554433)


@pytest.mark.slow(reason="streams 32 MiB")
async def test_a_body_of_unknown_length_is_cut_at_the_cap(stage: Stage) -> None:
    sent = 0

    async def padding() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(40):
            sent += 1
            yield b" " * (1 << 20)

    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=padding(), headers=XML)

    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert len(await inbound(stage)) == 1
    assert await declarations(stage) == 0


@pytest.mark.slow(reason="unpacks 32 MiB of a bomb, and no more")
async def test_a_gzip_bomb_is_cut_at_the_cap(stage: Stage) -> None:
    bomb = gzip.compress(b" " * (64 << 20))

    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=bomb, headers=XML | {"content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert len(await inbound(stage)) == 1


async def test_a_gzipped_declaration_is_taken(stage: Stage) -> None:
    async with await integrator(stage) as client:
        packed = gzip.compress(control())
        answer = await client.post(PATH, content=packed, headers=XML | {"content-encoding": "gzip"})

    assert answer.json()["outcome"] == "accepted"


@pytest.mark.parametrize("cut", [0, 40])
async def test_a_broken_gzip_is_no_xml(stage: Stage, cut: int) -> None:
    packed = gzip.compress(control())[: -cut or None] if cut else b"not gzip at all"

    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=packed, headers=XML | {"content-encoding": "gzip"})

    assert (answer.status_code, answer.json()["code"]) == (422, "not_xml")


async def test_another_packing_is_refused(stage: Stage) -> None:
    async with await integrator(stage) as client:
        answer = await client.post(PATH, content=b"x", headers=XML | {"content-encoding": "br"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unknown_encoding")
    assert len(await inbound(stage)) == 1


async def test_a_key_of_one_office_does_not_speak_for_another(stage: Stage) -> None:
    other = control().replace(b"CIAB1", b"CIAB9")

    async with await integrator(stage, office=stage.office.id) as client:
        own = await client.post(PATH, content=control(), headers=XML)
        answer = await client.post(PATH, content=other, headers=XML)

    assert own.status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (403, "other_office")


async def test_without_an_integrators_key_nothing_is_taken(stage: Stage) -> None:
    chief = await a_key(stage, role="visit_chief", key="another")
    async with stage.browser(None, accept="application/json") as nobody:
        assert (await nobody.post(PATH, content=control(), headers=XML)).status_code == 401
    async with stage.browser(None, accept="application/json", authorization=f"Bearer {chief}") as wrong:
        assert (await wrong.post(PATH, content=control(), headers=XML)).status_code == 403

    assert await inbound(stage) == []


async def test_an_idempotency_key_is_for_one_file(stage: Stage) -> None:
    async with await integrator(stage) as client:
        headers = XML | {"idempotency-key": "k1"}
        first = await client.post(PATH, content=control(), headers=headers)
        again = await client.post(PATH, content=control(), headers=headers)
        other = await client.post(PATH, content=control() + b"\n", headers=headers)

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "message_id_reused")


def test_the_openapi_description_has_both_routes() -> None:
    described = Litestar(route_handlers=api.ROUTES).openapi_schema.to_schema()["paths"]

    assert "application/xml" in described[PATH]["post"]["requestBody"]["content"]
    assert set(described["/api/clearance/messages"]["post"]["responses"]) >= {"200", "202", "409", "422"}
