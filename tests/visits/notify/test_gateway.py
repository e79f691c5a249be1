"""Text messages through an HTTP gateway, and WhatsApp templates, against a real server."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.support.gateways import Provider, provider
from tests.support.stage import Stage
from tests.support.steps_notices import booked_and_told, channel, notices, sent, the_notice
from visits.notices.tables import NoticeChannel
from visits.notify.channels.gateway import Gateway
from visits.notify.channels.whatsapp import WhatsApp, refused
from visits.notify.port import Down, Outgoing, Refused, Settings
from visits.store.work import Work

NOTICE = UUID("0198a000-0000-7000-8000-00000000beef")
MESSAGE = Outgoing(
    id=NOTICE,
    to="+2250700000042",
    text="Visite C 48213 : confirmé",
    language="fr",
    template="appointment_confirmed",
    parameters=("C 48213", "mardi"),
)
#: Africa's Talking, by settings alone.
TALKING = {
    "format": "form",
    "to_field": "to",
    "text_field": "message",
    "sender_field": "from",
    "sender": "DOUANE",
    "reference_field": "-",
    "more": "username=visites\n enqueue = 1",
    "auth": "header",
    "auth_name": "apiKey",
    "id_path": "SMSMessageData.Recipients.0.messageId",
    "status_path": "SMSMessageData.Recipients.0.status",
    "status_ok": "Success,Sent",
}


@pytest.fixture
async def gateway() -> AsyncIterator[Provider]:
    async with provider() as made:
        yield made


def by(server: Provider, **options: str) -> Gateway:
    return Gateway(Settings(options={"url": f"{server.url}/sms"} | options, secrets={"key": "geheim"}))


async def test_plain_words_are_the_default(gateway: Provider) -> None:
    taken = await by(gateway, sender="DOUANE").send(MESSAGE)

    [asked] = gateway.asked
    assert asked.json == {"to": "+2250700000042", "text": MESSAGE.text, "from": "DOUANE", "reference": str(NOTICE)}
    assert (asked.headers["authorization"], asked.headers["idempotency-key"]) == ("Bearer geheim", str(NOTICE))
    assert taken.provider_id == "g1"


async def test_another_gateway_is_a_matter_of_settings(gateway: Provider) -> None:
    gateway.answers = [(201, {"SMSMessageData": {"Recipients": [{"status": "Success", "messageId": "ATX1"}]}})]

    taken = await by(gateway, **TALKING).send(MESSAGE)

    [asked] = gateway.asked
    assert asked.form == {
        "to": "+2250700000042",
        "message": MESSAGE.text,
        "from": "DOUANE",
        "username": "visites",
        "enqueue": "1",
    }
    assert (asked.headers["apikey"], taken.provider_id) == ("geheim", "ATX1")


async def test_a_success_that_holds_a_refusal_is_one(gateway: Provider) -> None:
    gateway.answers = [(201, {"SMSMessageData": {"Recipients": [{"status": "InvalidPhoneNumber"}]}})]

    with pytest.raises(Refused) as no:
        await by(gateway, **TALKING).send(MESSAGE)

    assert no.value.error == "unknown_number"


@pytest.mark.parametrize(
    ("kind", "where"),
    [("basic", "Basic dmlzaXRlczpnZWhlaW0="), ("none", None)],
)
async def test_a_gateway_is_proved_to_in_its_own_way(gateway: Provider, kind: str, where: str | None) -> None:
    await by(gateway, auth=kind, username="visites").send(MESSAGE)

    assert gateway.asked[0].headers.get("authorization") == where


async def test_a_key_may_be_a_field(gateway: Provider) -> None:
    await by(gateway, auth="field", auth_name="token", format="form", plus="no").send(MESSAGE)

    assert (gateway.asked[0].form["token"], gateway.asked[0].form["to"]) == ("geheim", "2250700000042")


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (400, Refused, "refused"),
        (401, Down, "wrong_settings"),
        (402, Down, "wrong_settings"),
        (422, Refused, "refused"),
        (429, Down, "provider_down"),
        (500, Down, "provider_down"),
        (503, Down, "provider_down"),
        (302, Down, "wrong_settings"),
    ],
)
async def test_each_answer_means_something(gateway: Provider, status: int, kind: type[Exception], error: str) -> None:
    gateway.answers = [(status, {"error": "geheim"})]

    with pytest.raises(kind) as no:
        await by(gateway).send(MESSAGE)

    assert (no.value.error, no.value.detail) == (error, f"HTTP {status}")  # type: ignore[attr-defined]


async def test_nobody_there_has_surely_not_taken_it() -> None:
    with pytest.raises(Down) as no:
        await Gateway(Settings(options={"url": "http://127.0.0.1:1/"})).send(MESSAGE)

    assert not no.value.maybe


async def test_a_lost_answer_may_have_been_a_success(gateway: Provider) -> None:
    gateway.answers = ["hang up"]

    with pytest.raises(Down) as no:
        await by(gateway).send(MESSAGE)

    assert no.value.maybe or no.value.detail == "HTTP 500"


@pytest.mark.parametrize("answer", [{}, [], "taken", {"id": {"deep": 1}}, None])
async def test_an_odd_answer_is_still_a_success(gateway: Provider, answer: Any) -> None:
    gateway.answers = [(200, answer)]

    assert (await by(gateway).send(MESSAGE)).provider_id == ""


# ---------- WhatsApp ----------


def whatsapp(server: Provider) -> WhatsApp:
    options = {"url": f"{server.url}/v23.0/", "sender": "1065", "prefix": "douane_"}
    return WhatsApp(Settings(options=options, secrets={"key": "geheim"}))


async def test_a_template_goes_in_the_shape_of_the_cloud_api(gateway: Provider) -> None:
    gateway.answers = [(200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]})]

    taken = await whatsapp(gateway).send(MESSAGE)

    [asked] = gateway.asked
    assert (asked.path, asked.headers["authorization"]) == ("/v23.0/1065/messages", "Bearer geheim")
    assert asked.json["to"] == "2250700000042"
    assert asked.json["template"] == {
        "name": "douane_appointment_confirmed",
        "language": {"code": "fr"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "C 48213"}, {"type": "text", "text": "mardi"}]}
        ],
    }
    assert (asked.json["biz_opaque_callback_data"], taken.provider_id) == (str(NOTICE), "wamid.1")


@pytest.mark.parametrize(
    ("code", "kind", "error"),
    [
        (131026, Refused, "unknown_number"),
        (130429, Down, "provider_down"),
        (132001, Down, "wrong_settings"),
        (131051, Refused, "refused"),
    ],
)
async def test_the_errors_of_the_cloud_api_are_understood(
    gateway: Provider, code: int, kind: type[Exception], error: str
) -> None:
    gateway.answers = [(400, {"error": {"code": code, "message": "words"}})]

    with pytest.raises(kind) as no:
        await whatsapp(gateway).send(MESSAGE)

    assert no.value.error == error  # type: ignore[attr-defined]


def test_an_error_without_words_is_a_refusal() -> None:
    assert refused(None, "HTTP 400").error == "refused"
    assert refused({"error": "x"}, "HTTP 400").error == "refused"


# ---------- the whole way ----------


async def test_a_notice_leaves_by_the_gateway_and_its_id_is_kept(stage: Stage, gateway: Provider) -> None:
    await channel(stage, "sms", "http", {"key": "geheim"}, url=gateway.url, sender="DOUANE")
    await booked_and_told(stage, channels=["sms"])

    await sent(stage)

    notice = await the_notice(stage, "appointment_confirmed", "sms")
    assert notice.state == "sent"
    assert str(notice.id) in {asked.json["reference"] for asked in gateway.asked}


async def test_an_outage_is_outlived(stage: Stage, gateway: Provider) -> None:
    await channel(stage, "sms", "http", url=gateway.url)
    await booked_and_told(stage, channels=["sms"])
    gateway.answers = [(503, {})] * 9
    await sent(stage)
    assert {each.state for each in await notices(stage)} == {"waiting"}
    gateway.answers = []
    stage.clock.move(minutes=1)

    await sent(stage)

    assert (await the_notice(stage, "appointment_confirmed", "sms")).state == "sent"


async def test_an_office_may_have_a_way_of_its_own(stage: Stage, gateway: Provider) -> None:
    row = await channel(stage, "sms", "http", url="http://127.0.0.1:1")

    async def its_own(work: Work) -> None:
        work.session.add(
            NoticeChannel(
                office_id=stage.office.id,
                channel="sms",
                adapter="http",
                options=row.options | {"url": gateway.url},
                changed_at=work.now,
            )
        )

    await stage.run("admin", its_own)
    await booked_and_told(stage, channels=["sms"])

    await sent(stage)

    assert gateway.asked


async def test_secrets_are_sealed_and_a_blank_keeps_them(stage: Stage, gateway: Provider) -> None:
    row = await channel(stage, "sms", "http", {"key": "geheim"}, url=gateway.url)
    assert row.secrets
    assert b"geheim" not in row.secrets
    assert "geheim" not in str(row.options)
    await channel(stage, "sms", "http", {"key": ""}, url=f"{gateway.url}/other")
    await booked_and_told(stage, channels=["sms"])

    await sent(stage)

    assert gateway.asked[0].headers["authorization"] == "Bearer geheim"


async def test_another_adapter_forgets_the_secrets_of_the_one_before(stage: Stage) -> None:
    await channel(stage, "sms", "http", {"key": "geheim"}, url="http://127.0.0.1:1")

    assert (await channel(stage, "sms", "smpp", host="127.0.0.1", username="v", sender="D")).secrets is None
