"""Text messages over SMPP 3.4, against a message centre behind a real socket."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import smpplib.consts
import smpplib.smpp

from tests.support.smsc import Centre, centre
from tests.support.stage import Stage
from tests.support.steps_notices import booked_and_told, channel, code, sent, the_notice
from visits.booking.queries import live_of
from visits.notify import links
from visits.notify.channels import pdu
from visits.notify.channels.smpp import Arrived, Session, read_text
from visits.notify.port import Down, Outgoing, Receipt, Refused, Settings

NOTICE = UUID("0198a000-0000-7000-8000-00000000beef")


def message(text: str = "Visite C 48213", *, again: bool = False) -> Outgoing:
    return Outgoing(id=NOTICE, to="+2250700000042", text=text, language="fr", again=again)


class Kept:
    """A session with what came in."""

    def __init__(self, port: int, password: str = "geheim") -> None:
        self.receipts: list[Receipt] = []
        self.texts: list[Arrived] = []
        self.fails = False
        settings = Settings(
            options={"host": "127.0.0.1", "port": str(port), "username": "visites", "sender": "DOUANE"},
            secrets={"password": password},
        )
        self.session = Session(settings, self._receipt, self._text)

    async def _receipt(self, told: Receipt) -> None:
        if self.fails:
            raise RuntimeError("the database is away")
        self.receipts.append(told)

    async def _text(self, arrived: Arrived) -> None:
        self.texts.append(arrived)


@pytest.fixture
async def smsc() -> AsyncIterator[Centre]:
    async with centre() as made:
        yield made


@pytest.fixture
async def kept(smsc: Centre) -> AsyncIterator[Kept]:
    made = Kept(smsc.port)
    yield made
    await made.session.close()


async def test_a_message_is_submitted_with_a_receipt_asked_for(smsc: Centre, kept: Kept) -> None:
    sent = await kept.session.submit(message("Déclaration à signer"))

    [taken] = smsc.submitted
    assert sent.provider_id == "m1"
    assert (taken.source, taken.destination, taken.registered, taken.coding) == ("DOUANE", "2250700000042", 1, 0)
    assert taken.text == bytes((0x44, 0x05)) + b"claration " + b"\x7f" + b" signer"
    assert taken.reference == 0xBEEF


async def test_one_session_serves_many_messages(smsc: Centre, kept: Kept) -> None:
    for _ in range(3):
        await kept.session.submit(message())

    assert (smsc.bound, len(smsc.submitted)) == (["visites"], 3)


async def test_a_wrong_password_is_a_fault_of_the_settings(smsc: Centre) -> None:
    made = Kept(smsc.port, password="falsch")
    with pytest.raises(Down) as no:
        await made.session.submit(message())
    await made.session.close()

    assert no.value.error == "wrong_settings"


async def test_nobody_there_is_down() -> None:
    async with centre() as gone:
        port = gone.port
    made = Kept(port)

    with pytest.raises(Down):
        await made.session.submit(message())
    await made.session.close()


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (0x0B, Refused, "unknown_number"),
        (0x58, Down, "provider_down"),
        (0x14, Down, "provider_down"),
        (0x0A, Down, "wrong_settings"),
        (0x45, Down, "provider_down"),
        (0xFF, Refused, "refused"),
    ],
)
async def test_each_status_means_something(
    smsc: Centre, kept: Kept, status: int, kind: type[Exception], error: str
) -> None:
    smsc.script = [status]

    with pytest.raises(kind) as no:
        await kept.session.submit(message())

    assert no.value.error == error  # type: ignore[attr-defined]


async def test_a_cut_after_the_submission_may_have_arrived(smsc: Centre, kept: Kept) -> None:
    smsc.script = ["cut"]

    with pytest.raises(Down) as no:
        await kept.session.submit(message())

    assert no.value.maybe


async def test_after_a_cut_the_next_message_binds_again_and_asks_to_replace(smsc: Centre, kept: Kept) -> None:
    smsc.script = ["cut"]
    with pytest.raises(Down):
        await kept.session.submit(message())

    await kept.session.submit(message(again=True))

    assert smsc.bound == ["visites", "visites"]
    assert [(each.replace, each.reference) for each in smsc.submitted] == [(0, 0xBEEF), (1, 0xBEEF)]


async def test_a_receipt_comes_in(smsc: Centre, kept: Kept) -> None:
    await kept.session.submit(message())

    assert await smsc.receipt("m1") == 0
    assert await smsc.receipt("m2", "UNDELIV") == 0

    assert [(each.provider_id, each.outcome, each.error) for each in kept.receipts] == [
        ("m1", "delivered", ""),
        ("m2", "failed", "phone_off"),
    ]


async def test_a_receipt_that_could_not_be_kept_is_to_come_again(smsc: Centre, kept: Kept) -> None:
    await kept.session.submit(message())
    kept.fails = True

    assert await smsc.receipt("m1") == 0x64


async def test_a_text_comes_in_by_its_coding(smsc: Centre, kept: Kept) -> None:
    await kept.session.open()

    await smsc.deliver("2250700000042", b"OUI 4821")
    await smsc.deliver("2250700000042", "DÉPLACER 4821".encode("utf-16-be"), coding=8)
    await smsc.deliver("2250700000042", "déplacer".encode("latin-1"), coding=3)

    assert [each.text for each in kept.texts] == ["OUI 4821", "DÉPLACER 4821", "déplacer"]
    assert {each.phone for each in kept.texts} == {"+2250700000042"}


async def test_nonsense_is_refused_and_the_session_goes_on(smsc: Centre, kept: Kept) -> None:
    await kept.session.open()

    with pytest.raises(pdu.BadUnit):
        pdu.short(b"\0\x01")
    assert await smsc.deliver("225", b"x") == 0
    assert (await kept.session.submit(message())).provider_id == "m1"


def test_a_length_beyond_reason_is_no_unit() -> None:
    with pytest.raises(pdu.BadUnit):
        pdu.length_of(b"\xff\xff\xff\xff")


def test_the_header_of_a_long_text_is_passed_over() -> None:
    short = pdu.Short(source="1", destination="2", message=b"\x05\x00\x03\x01\x02\x01OUI", esm_class=pdu.UDHI)

    assert read_text(short) == "OUI"


# ---------- judged by another implementation ----------


class Sequences:
    """What the other implementation wants of a client."""

    sequence = 1

    def next_sequence(self) -> int:
        return self.sequence


def by_others(unit: pdu.Unit) -> Any:
    return smpplib.smpp.parse_pdu(unit.encoded(), client=Sequences())


def test_another_implementation_reads_our_binding() -> None:
    read = by_others(pdu.bind(7, system_id="visites", password="geheim", system_type="X"))

    assert (read.command, read.sequence) == ("bind_transceiver", 7)
    assert (read.system_id, read.password, read.interface_version) == (b"visites", b"geheim", 0x34)


def test_another_implementation_reads_our_submission() -> None:
    read = by_others(
        pdu.submit(8, sender="DOUANE", number="+2250700000042", message=b"abc", reference=7, replace=True, minutes=90)
    )

    assert (read.command, read.source_addr, read.destination_addr) == ("submit_sm", b"DOUANE", b"2250700000042")
    assert (read.source_addr_ton, read.dest_addr_ton) == (smpplib.consts.SMPP_TON_ALNUM, smpplib.consts.SMPP_TON_INTL)
    assert (read.short_message, read.registered_delivery, read.replace_if_present_flag) == (b"abc", 1, 1)
    assert read.validity_period == b"000000013000000R"
    assert read.user_message_reference == 7


# ---------- the whole way ----------


@pytest.fixture
async def linked(stage: Stage, smsc: Centre) -> AsyncIterator[Stage]:
    await channel(
        stage,
        "sms",
        "smpp",
        {"password": "geheim"},
        host="127.0.0.1",
        port=str(smsc.port),
        username="visites",
        sender="DOUANE",
        answers="yes",
    )
    yield stage
    await links.close()


async def test_a_notice_leaves_and_its_receipt_shows_it_delivered(linked: Stage, smsc: Centre) -> None:
    await booked_and_told(linked, channels=["sms"])
    await sent(linked)
    number = next(n for n, each in enumerate(smsc.submitted, 1) if b"confirm" in each.text)
    assert (await the_notice(linked, "appointment_confirmed", "sms")).provider_id == f"m{number}"

    await smsc.receipt(f"m{number}")

    assert (await the_notice(linked, "appointment_confirmed", "sms")).state == "delivered"


async def test_an_answer_over_the_session_cancels(linked: Stage, smsc: Centre) -> None:
    visit = await booked_and_told(linked, channels=["sms"])
    await links.keep(linked.tools, linked.tenant)

    assert await smsc.deliver("2250700000042", f"ANNULER {await code(linked)}".encode()) == 0

    async with linked.work() as work:
        assert await live_of(work, visit.id) == {}


async def test_the_sessions_bind_by_themselves_and_go_with_their_channel(linked: Stage, smsc: Centre) -> None:
    await links.keep(linked.tools, linked.tenant)
    assert smsc.bound == ["visites"]

    await channel(linked, "sms", "file")
    await links.keep(linked.tools, linked.tenant)

    assert links._SESSIONS == {}
