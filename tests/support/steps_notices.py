"""People who can be reached, events delivered, what was written and what left."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from tests.support.stage import Stage
from tests.support.steps_booking import booked, calendars
from visits.background.deliver import deliver, moments
from visits.journey.tables import Visit
from visits.notices.tables import Contact, Notice, NoticeChannel, TextCode
from visits.notify import setup
from visits.notify.deliver import Done, send_due, send_one
from visits.notify.port import Channel, Down, Outgoing, Refused, Sent
from visits.notify.texts import Incoming, receive
from visits.people.tables import Person
from visits.store.work import Work

PHONE = "+2250700000042"
EMAIL = "declarant@exemple.ci"


async def reached(
    stage: Stage,
    who: str = "declarant",
    *,
    phone: str = PHONE,
    email: str = EMAIL,
    channels: Sequence[str] = ("email", "sms"),
    language: str = "fr",
    everything: bool = False,
) -> None:
    """This person proved a number and an address."""
    async with stage.work() as work:
        person = stage.actors[who].person
        assert person is not None
        (await work.session.get_one(Person, person)).language = language
        work.session.add(
            Contact(
                person_id=person,
                phone=phone,
                phone_verified_at=work.now if phone else None,
                email=email,
                email_verified_at=work.now if email else None,
                channels=list(channels),
                everything=everything,
            )
        )


async def told(stage: Stage, visit: Visit) -> None:
    """Everything that follows from the visit's events."""
    await deliver(stage.tools, stage.tenant, visit.id)


async def later(stage: Stage, **by: float) -> None:
    """Time goes on, and what is due happens."""
    stage.clock.move(**by)
    await moments(stage.tools, stage.tenant)


async def notices(stage: Stage, template: str = "", channel: str = "") -> list[Notice]:
    """What was written, oldest first."""
    async with stage.work() as work:
        rows = await work.session.scalars(select(Notice).order_by(col(Notice.made_at), col(Notice.id)))
        return [
            each
            for each in rows
            if (not template or each.template == template) and (not channel or each.channel == channel)
        ]


async def the_notice(stage: Stage, template: str, channel: str) -> Notice:
    """The one notice of this kind."""
    [found] = await notices(stage, template, channel)
    return found


async def booked_and_told(stage: Stage, **contact: Any) -> Visit:
    """A declarant who can be reached, with an appointment that was told."""
    await reached(stage, **contact)
    await calendars(stage)
    visit = await booked(stage)
    await told(stage, visit)
    return visit


async def files(stage: Stage) -> list[str]:
    """What the folder holds of this administration, as text."""
    ids = {str(each.id) for each in await notices(stage)}
    folder = stage.tools.settings.data / "notices"
    return [path.read_text() for path in sorted(folder.glob("*.*")) if path.stem in ids]


async def channel(
    stage: Stage, kind: str, adapter: str, secrets: dict[str, str] | None = None, **options: str
) -> NoticeChannel:
    """A channel set for the whole administration."""

    async def use_case(work: Work) -> NoticeChannel:
        return await setup.save(
            work,
            stage.tools.vault,
            office_id=None,
            channel=kind,
            adapter=adapter,
            options=options,
            secrets=secrets or {},
        )

    return await stage.run("admin", use_case)


async def hook(stage: Stage, row: NoticeChannel) -> str:
    """The secret its provider calls with."""
    return await stage.run("admin", setup.new_hook, row.id)


async def sent_by(stage: Stage, way: Channel, template: str = "", channel: str = "") -> list[Done]:
    """Each waiting notice tried once by this way."""
    return [
        await send_one(stage.tools, stage.tenant, each.id, by=way) for each in await notices(stage, template, channel)
    ]


async def sent(stage: Stage) -> int:
    """What is due leaves by the ways that are set."""
    return await send_due(stage.tools, stage.tenant)


async def writes(stage: Stage, text: str, *, phone: str = PHONE, id: str = "", source: str = "gateway") -> str:
    """A text message comes in; what was answered."""
    incoming = Incoming(source=source, phone=phone, text=text, message_id=id)
    return await receive(stage.tools, stage.tenant, incoming)


async def code(stage: Stage) -> str:
    """The newest live code."""
    async with stage.work() as work:
        found = await work.session.scalars(
            select(TextCode).where(col(TextCode.used_at).is_(None)).order_by(col(TextCode.id).desc()).limit(1)
        )
        return found.one().code


def digits(text: str) -> str:
    """The four digits a text names."""
    found = re.search(r"\b\d{4}\b", text)
    assert found, text
    return found[0]


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


class Scripted:
    """A provider that follows a pattern: `down`, `maybe` (the answer is lost), `no`, `killed` (we are); else taken."""

    def __init__(self, *pattern: str) -> None:
        self.pattern = list(pattern)
        self.seen: list[Outgoing] = []
        #: What it delivers: a repeat of an id it knows is dropped.
        self.taken: dict[Any, Outgoing] = {}

    async def send(self, message: Outgoing) -> Sent:
        self.seen.append(message)
        step = self.pattern.pop(0) if self.pattern else "ok"
        if step == "down":
            raise Down("provider_down", "nobody answers")
        if step == "no":
            raise Refused("unknown_number", "0x0B")
        self.taken.setdefault(message.id, message)
        if step == "maybe":
            raise Down("provider_down", "answer lost", maybe=True)
        if step == "killed":
            raise Killed
        return Sent(provider_id=f"p-{message.id}")


async def told_of(stage: Stage, visit: Visit) -> Notice:
    """A notice of a visit that failed: nobody of the firm can be reached by it."""
    await told(stage, visit)
    async with stage.work() as work:
        found = await work.session.scalars(select(Notice).where(col(Notice.visit_id) == visit.id).limit(1))
        return found.one()
