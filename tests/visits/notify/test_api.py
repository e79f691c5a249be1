"""What providers call: answers, receipts, menus, each behind a secret, each once in effect."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from tests.support.stage import Stage
from tests.support.steps_notices import (
    PHONE,
    Scripted,
    booked_and_told,
    channel,
    code,
    hook,
    notices,
    sent_by,
    the_notice,
)
from visits.booking.queries import live_of
from visits.notify import setup

SMS = ("appointment_confirmed", "sms")


async def gateway(stage: Stage, **secrets: str) -> str:
    """A gateway that calls back; the secret of its address."""
    return await hook(stage, await channel(stage, "sms", "http", secrets, url="http://127.0.0.1:1", answers="yes"))


async def call(stage: Stage, path: str, **sends: Any) -> httpx.Response:
    """A server calls: no cookie, no origin, no page asked for."""
    async with stage.browser(None, accept="*/*") as client:
        del client.headers["sec-fetch-site"]
        return await client.post(path, **sends)


async def test_an_answer_comes_as_a_form_or_as_json(stage: Stage) -> None:
    visit = await booked_and_told(stage, channels=["sms"])
    secret = await gateway(stage)
    first = {"from": PHONE, "text": "AIDE", "id": "m1"}
    second = {"from": PHONE.lstrip("+"), "text": f"ANNULER {await code(stage)}", "id": 17}

    assert (await call(stage, f"/api/notices/texts/{secret}", data=first)).json()["outcome"] == "taken"
    assert (await call(stage, f"/api/notices/texts/{secret}", json=second)).status_code == 200

    async with stage.work() as work:
        assert await live_of(work, visit.id) == {}


async def test_a_wrong_secret_is_not_there(stage: Stage) -> None:
    await gateway(stage)
    for path in ("texts/x", "receipts/x", "ussd/x", "whatsapp/x"):
        assert (await call(stage, f"/api/notices/{path}", data={"from": PHONE, "text": "AIDE"})).status_code == 404


async def test_the_secret_of_one_channel_opens_no_other(stage: Stage) -> None:
    secret = await gateway(stage)

    for kind in ("ussd", "whatsapp"):
        assert (await call(stage, f"/api/notices/{kind}/{secret}", data={})).status_code == 404


async def test_a_new_secret_closes_the_one_before(stage: Stage) -> None:
    row = await channel(stage, "sms", "http", url="http://127.0.0.1:1")
    old, new = await hook(stage, row), await hook(stage, row)

    assert (await call(stage, f"/api/notices/texts/{old}", data={"from": PHONE, "text": "x"})).status_code == 404
    assert (await call(stage, f"/api/notices/texts/{new}", data={"from": PHONE, "text": "x"})).status_code == 200


async def test_another_administrations_secret_is_not_there(stage: Stage) -> None:
    secret = await gateway(stage)
    abroad = await Stage(stage.tools, stage._owner, stage.clock, stage.app).found()

    assert (await call(abroad, f"/api/notices/texts/{secret}", data={"from": PHONE, "text": "x"})).status_code == 404


async def test_a_channel_that_calls_nobody_has_no_address(stage: Stage) -> None:
    row = await channel(stage, "sms", "file")

    with pytest.raises(setup.NotFound):
        await hook(stage, row)


@pytest.mark.parametrize(
    "sends",
    [
        {"data": {}},
        {"data": {"from": PHONE}},
        {"json": {}},
        {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}},
    ],
    ids=["nothing", "no words", "an empty object", "no JSON"],
)
async def test_what_cannot_be_read_is_refused_and_does_nothing(stage: Stage, sends: dict[str, Any]) -> None:
    secret = await gateway(stage)

    answer = await call(stage, f"/api/notices/texts/{secret}", **sends)

    assert (answer.status_code, answer.json()["code"]) == (422, "not-readable")


async def test_too_much_is_refused(stage: Stage) -> None:
    secret = await gateway(stage)

    assert (await call(stage, f"/api/notices/texts/{secret}", content=b"x" * 70000)).status_code == 413


@pytest.mark.parametrize(("name", "prefix"), [("x-signature", ""), ("x-hub-signature-256", "sha256=")])
async def test_what_is_signed_is_taken_and_nothing_else(stage: Stage, name: str, prefix: str) -> None:
    secret = await gateway(stage, signing="geheim")
    raw = json.dumps({"from": PHONE, "text": "AIDE"}).encode()
    good = prefix + hmac.new(b"geheim", raw, hashlib.sha256).hexdigest()
    kind = {"content-type": "application/json"}
    path = f"/api/notices/texts/{secret}"

    assert (await call(stage, path, content=raw, headers=kind | {name: good})).status_code == 200
    assert (await call(stage, path, content=raw + b" ", headers=kind | {name: good})).status_code == 404
    assert (await call(stage, path, content=raw, headers=kind)).status_code == 404


async def sent_with_id(stage: Stage) -> str:
    """A text message the gateway took; its id there."""
    await booked_and_told(stage, channels=["sms"])
    await sent_by(stage, Scripted(), *SMS)
    return (await the_notice(stage, *SMS)).provider_id


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("delivered", "delivered"),
        ("DELIVRD", "delivered"),
        ("Failed", "failed"),
        ("EXPIRED", "failed"),
        ("Buffered", "sent"),
    ],
)
async def test_a_receipt_shows_what_became_of_it(stage: Stage, status: str, state: str) -> None:
    secret = await gateway(stage)
    provider_id = await sent_with_id(stage)

    for _ in range(2):
        answer = await call(stage, f"/api/notices/receipts/{secret}", data={"id": provider_id, "status": status})
        assert answer.status_code == 200

    assert (await the_notice(stage, *SMS)).state == state


async def test_one_address_may_serve_for_receipts_too(stage: Stage) -> None:
    secret = await gateway(stage)
    provider_id = await sent_with_id(stage)

    await call(stage, f"/api/notices/texts/{secret}", data={"id": provider_id, "status": "delivered"})

    assert (await the_notice(stage, *SMS)).state == "delivered"


async def test_a_receipt_of_an_unknown_message_harms_nothing(stage: Stage) -> None:
    secret = await gateway(stage)

    answer = await call(stage, f"/api/notices/receipts/{secret}", data={"id": "nobody", "status": "delivered"})

    assert answer.status_code == 200


# ---------- WhatsApp ----------


async def whatsapp(stage: Stage) -> str:
    row = await channel(stage, "whatsapp", "cloud", {"key": "k"}, url="http://127.0.0.1:1", sender="1065")
    return await hook(stage, row)


async def test_the_provider_makes_sure_that_the_address_is_ours(stage: Stage) -> None:
    secret = await whatsapp(stage)
    async with stage.browser() as client:
        asked = {"hub.mode": "subscribe", "hub.verify_token": secret, "hub.challenge": "1158201444"}
        good = await client.get(f"/api/notices/whatsapp/{secret}", params=asked)
        bad = await client.get(f"/api/notices/whatsapp/{secret}", params=asked | {"hub.verify_token": "x"})

    assert (good.status_code, good.text, bad.status_code) == (200, "1158201444", 404)


def of_whatsapp(**value: Any) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"status": "sent"}, "sent"),
        ({"status": "delivered"}, "delivered"),
        ({"status": "read"}, "delivered"),
        ({"status": "failed", "errors": [{"code": 131026, "title": "Message undeliverable"}]}, "failed"),
    ],
)
async def test_the_states_of_the_cloud_api_are_ours(stage: Stage, status: dict[str, Any], state: str) -> None:
    secret = await whatsapp(stage)
    await booked_and_told(stage, channels=["whatsapp"])
    await sent_by(stage, Scripted(), "appointment_confirmed", "whatsapp")
    notice = await the_notice(stage, "appointment_confirmed", "whatsapp")

    body = of_whatsapp(statuses=[status | {"id": notice.provider_id, "recipient_id": PHONE}])
    assert (await call(stage, f"/api/notices/whatsapp/{secret}", json=body)).status_code == 200

    assert (await the_notice(stage, "appointment_confirmed", "whatsapp")).state == state


async def test_a_word_over_whatsapp_acts_too(stage: Stage) -> None:
    secret = await whatsapp(stage)
    visit = await booked_and_told(stage, channels=["whatsapp"])
    text = {
        "from": PHONE.lstrip("+"),
        "id": "wamid.7",
        "type": "text",
        "text": {"body": f"ANNULER {await code(stage)}"},
    }

    for _ in range(2):
        await call(stage, f"/api/notices/whatsapp/{secret}", json=of_whatsapp(messages=[text]))

    async with stage.work() as work:
        assert await live_of(work, visit.id) == {}
    assert await notices(stage, "answer") == []


@pytest.mark.parametrize("body", [{}, {"entry": []}, of_whatsapp(), of_whatsapp(messages=[{"type": "image"}])])
async def test_what_says_nothing_to_us_is_taken_and_does_nothing(stage: Stage, body: dict[str, Any]) -> None:
    secret = await whatsapp(stage)

    assert (await call(stage, f"/api/notices/whatsapp/{secret}", json=body)).status_code == 200


async def test_nonsense_is_refused(stage: Stage) -> None:
    secret = await whatsapp(stage)

    assert (await call(stage, f"/api/notices/whatsapp/{secret}", json={"entry": 7})).status_code == 422


# ---------- USSD ----------


async def test_the_menu_answers_in_plain_text(stage: Stage) -> None:
    await booked_and_told(stage, channels=["sms"])
    secret = await hook(stage, await channel(stage, "ussd", "menu"))
    step = {"sessionId": "s1", "phoneNumber": PHONE, "serviceCode": "*384#", "text": ""}

    answer = await call(stage, f"/api/notices/ussd/{secret}", data=step)

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "CON Visites de douane\n1 Mes rendez-vous\n2 Prendre rendez-vous"


async def test_a_step_without_its_session_is_refused(stage: Stage) -> None:
    secret = await hook(stage, await channel(stage, "ussd", "menu"))

    assert (await call(stage, f"/api/notices/ussd/{secret}", data={"phoneNumber": PHONE})).status_code == 422
