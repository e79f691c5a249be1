"""E-mail over a real SMTP server, and calendar entries as three programs read them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import ics
import pytest
import vobject

from tests.support.gateways import Post, post
from tests.support.stage import Stage
from tests.support.steps_booking import tomorrow
from tests.support.steps_notices import booked_and_told, channel, notices, sent, told
from visits.booking.change import cancel, move
from visits.booking.queries import live_of
from visits.booking.token_keys import known_at
from visits.booking.tokens import PREFIX, Claim, verify
from visits.notify.channels.mail import Smtp, composed, is_address
from visits.notify.invitation import Entry, invitation
from visits.notify.port import Down, Outgoing, Refused, Settings
from visits.store.work import Work

NOTICE = UUID("0198a000-0000-7000-8000-00000000beef")


@pytest.fixture
async def office() -> AsyncIterator[Post]:
    async with post() as made:
        yield made


def by(server: Post, **options: str) -> Smtp:
    known = {"host": "127.0.0.1", "port": str(server.port), "security": "none", "sender": "Visites <v@douane.example>"}
    return Smtp(Settings(options=known | options, secrets={"password": "geheim"}))


def message(to: str = "declarant@exemple.ci") -> Outgoing:
    return Outgoing(id=NOTICE, to=to, text="Bonjour é\n", language="fr", subject="Visite C 48213 : réservée")


def opened(server: Post) -> EmailMessage:
    [envelope] = server.envelopes
    read = message_from_bytes(envelope.original_content or b"", policy=default)
    assert isinstance(read, EmailMessage)
    return read


async def test_a_mail_arrives_as_written(office: Post) -> None:
    sent_ = await by(office).send(message())

    mail = opened(office)
    assert mail["Subject"] == "Visite C 48213 : réservée"
    assert mail["From"] == "Visites <v@douane.example>"
    assert sent_.provider_id == mail["Message-ID"] == f"<{NOTICE}@douane.example>"
    assert mail.get_body(("plain",)).get_content().strip() == "Bonjour é"  # type: ignore[union-attr]


async def test_the_same_notice_has_the_same_message_id(office: Post) -> None:
    await by(office).send(message())
    await by(office).send(message())

    assert len({message_from_bytes(each.original_content or b"")["Message-ID"] for each in office.envelopes}) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "error"),
    [
        ("550 5.1.1 no such user", Refused, "unknown_address"),
        ("552 5.2.2 mailbox full", Refused, "mailbox_full"),
        ("550 5.7.1 blocked by policy", Refused, "refused"),
        ("451 4.3.0 try later", Down, "provider_down"),
        ("452 4.2.2 mailbox full", Down, "mailbox_full"),
    ],
)
async def test_what_the_server_says_is_understood(office: Post, answer: str, kind: type[Exception], error: str) -> None:
    office.refuses["declarant@exemple.ci"] = answer

    with pytest.raises(kind) as no:
        await by(office).send(message())

    assert no.value.error == error  # type: ignore[attr-defined]


async def test_a_server_that_is_away_is_down(office: Post) -> None:
    with pytest.raises(Down):
        await by(office, port="1").send(message())


async def test_a_name_and_password_open_the_server() -> None:
    async with post(password="geheim") as server:
        await by(server, username="visites").send(message())

        assert server.logins == ["visites"]


async def test_a_wrong_password_is_a_fault_of_the_settings() -> None:
    async with post(password="anders") as server:
        with pytest.raises(Down) as no:
            await by(server, username="visites").send(message())

    assert no.value.error == "wrong_settings"


def test_a_subject_cannot_bring_a_header() -> None:
    mail = composed(Outgoing(id=NOTICE, to="a@b.ci", text="x", language="fr", subject="x\r\nBcc: c@d.ci"), "v@d.ci")

    assert mail["Bcc"] is None
    assert mail["Subject"] == "x Bcc: c@d.ci"


@pytest.mark.parametrize("text", ["a@exemple.ci", "a.b+c@mail.exemple.ci"])
def test_an_address_may_be_one(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "@b.ci", "a@", "a@b", "a b@c.ci", "a@b.ci\nBcc: x@y.z", "a@b..", "é@b.ci", "<a@b.ci>"]
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


# ---------- the calendar, as others read it ----------


class Read:
    """A calendar entry read by the three: they must agree."""

    def __init__(self, raw: bytes) -> None:
        calendar = icalendar.Calendar.from_ical(raw)
        event = calendar.walk("VEVENT")[0]
        old = vobject.readOne(raw.decode())
        third = next(iter(ics.Calendar(raw.decode()).events))
        self.method = self.same(str(calendar["METHOD"]), old.method.value, ics.Calendar(raw.decode()).method)
        self.uid = self.same(str(event["UID"]), old.vevent.uid.value, third.uid)
        self.status = self.same(str(event["STATUS"]), old.vevent.status.value, third.status)
        self.sequence = self.same(int(event["SEQUENCE"]), int(old.vevent.sequence.value), self.extra(third, "SEQUENCE"))
        self.starts = self.same(
            event.decoded("DTSTART").astimezone(UTC),
            old.vevent.dtstart.value.astimezone(UTC),
            third.begin.datetime.astimezone(UTC),
        )
        self.ends = self.same(
            event.decoded("DTEND").astimezone(UTC),
            old.vevent.dtend.value.astimezone(UTC),
            third.end.datetime.astimezone(UTC),
        )
        self.summary = self.same(str(event["SUMMARY"]), old.vevent.summary.value, third.name)
        self.attendee = str(event["ATTENDEE"])

    @staticmethod
    def same(first: Any, *others: Any) -> Any:
        assert [each for each in others if each != first] == []
        return first

    @staticmethod
    def extra(event: Any, name: str) -> int:
        return int(next(each.value for each in event.extra if each.name == name))


def entry(**changes: Any) -> Entry:
    known = {
        "thread": NOTICE,
        "sequence": 0,
        "starts_at": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "ends_at": datetime(2026, 11, 24, 11, tzinfo=UTC),
        "told_at": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "title": "Visite C 48213",
        "place": "Terminal 1, aire B; quai « nord »",
        "text": "Référence V-1\nhttps://visites.example/x",
        "url": "https://visites.example/x",
        "organizer": "v@douane.example",
        "attendee": "declarant@exemple.ci",
    }
    return Entry(**(known | changes))


def test_three_programs_read_the_same_entry() -> None:
    read = Read(invitation(entry()))

    assert (read.method, read.status, read.sequence) == ("REQUEST", "CONFIRMED", 0)
    assert read.uid == str(NOTICE)
    assert read.summary == "Visite C 48213"
    assert read.attendee == "mailto:declarant@exemple.ci"


def test_a_cancelled_entry_has_the_same_name_and_a_higher_number() -> None:
    first, last = Read(invitation(entry())), Read(invitation(entry(sequence=3, cancelled=True)))

    assert (last.method, last.status) == ("CANCEL", "CANCELLED")
    assert (last.uid, last.sequence > first.sequence) == (first.uid, True)


@pytest.mark.parametrize("month", [1, 3, 7, 10])
def test_the_instant_is_the_same_for_all_in_every_season(month: int) -> None:
    starts = datetime(2027, month, 28, 9, 30, tzinfo=UTC)
    lisbon = starts.astimezone(ZoneInfo("Europe/Lisbon"))
    read = Read(invitation(entry(starts_at=lisbon, ends_at=lisbon + timedelta(hours=1))))

    assert (read.starts, read.ends) == (starts, starts + timedelta(hours=1))


def test_lines_are_short_and_end_as_the_standard_asks() -> None:
    raw = invitation(entry(place="é" * 200))

    assert [line for line in raw.split(b"\r\n") if len(line) > 75 or b"\n" in line] == []


# ---------- the life of an appointment, in e-mails ----------


async def by_post(stage: Stage, server: Post) -> None:
    await channel(
        stage, "email", "smtp", host="127.0.0.1", port=str(server.port), security="none", sender="v@d.example"
    )


async def invitations(stage: Stage, server: Post) -> list[Read]:
    await sent(stage)
    found = []
    for envelope in server.envelopes:
        mail = message_from_bytes(envelope.original_content or b"", policy=default)
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                raw = part.get_payload(decode=True)
                assert isinstance(raw, bytes)
                read = Read(raw)
                assert part.get_param("method") == read.method
                found.append(read)
    return found


async def test_booked_moved_and_cancelled_is_one_entry_with_growing_numbers(stage: Stage, office: Post) -> None:
    await channel(
        stage, "email", "smtp", host="127.0.0.1", port=str(office.port), security="none", sender="v@d.example"
    )
    visit = await booked_and_told(stage, channels=["email"])
    await sent(stage)
    for hour in (14, 15):
        async with stage.work() as work:
            live = (await live_of(work, visit.id))["confirmed"]
        await stage.run("declarant", move, live.id, tomorrow(stage, hour))
        await told(stage, visit)
        await sent(stage)
    async with stage.work() as work:
        live = (await live_of(work, visit.id))["confirmed"]
    await stage.run("declarant", cancel, live.id)
    await told(stage, visit)

    read = await invitations(stage, office)

    assert [(each.method, each.sequence) for each in read] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("REQUEST", 2),
        ("CANCEL", 3),
    ]
    assert len({each.uid for each in read}) == 1
    assert [each.starts.hour for each in read] == [10, 14, 15, 15]
    assert {each.state for each in await notices(stage, channel="email")} == {"sent"}


async def test_a_refused_address_is_shown_with_its_reason(stage: Stage, office: Post) -> None:
    office.refuses["declarant@exemple.ci"] = "550 5.1.1 no such user"
    await channel(
        stage, "email", "smtp", host="127.0.0.1", port=str(office.port), security="none", sender="v@d.example"
    )
    await booked_and_told(stage, channels=["email"])

    await sent(stage)

    assert {(each.state, each.error) for each in await notices(stage)} == {("failed", "unknown_address")}


async def test_the_mail_of_an_appointment_brings_its_signed_code_as_text_and_picture(
    stage: Stage, office: Post
) -> None:
    await by_post(stage, office)
    visit = await booked_and_told(stage, channels=["email"])
    await sent(stage)
    mail = opened(office)
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    body = mail.get_body(("plain",))
    assert body is not None
    [code] = [line for line in body.get_content().splitlines() if line.startswith(PREFIX)]

    async def read(work: Work) -> Claim:
        return verify(code, await known_at(work, stage.office), work.now)

    assert (await stage.run("inspector1", read)).reference == visit.reference
    assert picture.get_content().startswith(b"\x89PNG")
