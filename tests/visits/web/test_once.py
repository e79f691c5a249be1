"""The header that makes a request safe to repeat: how it may be written, and that the interface describes it."""

import httpx
import pytest
from litestar import Litestar

from tests.support.stage import Stage
from visits.store.idempotency import KeyMalformed, KeyMissing
from visits.web.once import LONGEST, key_of


@pytest.mark.parametrize("header", ["k", '"k"', ' "k" '])
def test_a_key_may_be_quoted_or_bare(header: str) -> None:
    assert key_of(header) == "k"


@pytest.mark.parametrize("header", [None, "", "  "])
def test_no_key_is_missing(header: str | None) -> None:
    with pytest.raises(KeyMissing):
        key_of(header)


@pytest.mark.parametrize("header", ['""', '"a"b"', "x" * (LONGEST + 1), "clé", "a\tb"])
def test_what_headers_cannot_carry_is_malformed(header: str) -> None:
    with pytest.raises(KeyMalformed):
        key_of(header)


async def test_the_interface_describes_the_header_where_it_is_asked_for(stage: Stage, app: Litestar) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url=f"http://{stage.host}",
    ) as client:
        paths = (await client.get("/schema/openapi.json")).json()["paths"]

    booked = paths["/api/visits/{visit_id}/wishes"]["post"]["parameters"]
    assert [each["name"] for each in booked if each["in"] == "header"] == ["Idempotency-Key"]
    read = paths["/api/visits/{visit_id}/free"]["get"]["parameters"]
    assert [each for each in read if each["in"] == "header"] == []
