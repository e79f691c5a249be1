"""The path by text message alone: confirm, move, cancel with a four-digit code, by the use cases of the pages.

Only the number a person proved counts, and only that person's codes. Each message of a gateway is answered once,
however often it comes; the answer is a notice, written with what it tells of.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from visits.actor import Actor, system
from visits.booking import change
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.booking.tables import Appointment
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.ids import TenantId
from visits.notices import compose, gsm7
from visits.notices import queries as notices
from visits.notices.contacts import phone_from, stop_texts
from visits.notices.notices import send_to, ways
from visits.notices.tables import TextCode, TextMessage
from visits.notices.template import Act
from visits.notify import queries, words
from visits.notify.words import Said, read
from visits.people.queries import actor_of, count_try, memberships_of
from visits.people.tables import Person
from visits.store.tools import Tools
from visits.store.work import Work
from visits.web.language import say

#: Wrong codes after which a person's codes end.
TRIES = 5
#: Answers one number gets in an hour; after them it is listened to in silence.
WINDOW, MOST = timedelta(hours=1), 20
#: Times offered in one message.
OFFERED = 3
#: A network that names no id repeats a message within this time.
REPEATS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A text message as a gateway hands it over."""

    source: str
    phone: str
    text: str
    message_id: str = ""


async def receive(tools: Tools, tenant: TenantId, incoming: Incoming) -> str:
    """Understand a message, do what it asks, answer; the same message again gets the same answer and does nothing."""
    phone = phone_from(incoming.phone)
    if not phone:
        return ""
    run, service = tools.database.run, system(tenant, "sms")
    who = await run(service, _who, phone)
    actor = who[1] if who else service
    try:
        return await run(actor, _once, incoming, phone, who[0] if who else None)
    except Refusal as refusal:
        language = who[0].language if who else "fr"
        sentence = say(refusal.says, language, **refusal.facts)
        return await run(service, _refused, incoming, phone, who[0] if who else None, sentence)


async def actor_by_phone(work: Work, phone: str, source: str) -> tuple[Person, Actor] | None:
    """The person who proved a number, acting as on the pages; None if nobody did or the person has no role left."""
    person = await notices.person_with_phone(work, phone)
    if person is None:
        return None
    actor = actor_of(person, await memberships_of(work, person.id))
    return (person, replace(actor, source=source)) if actor.roles else None


async def free_starts(work: Work, case: Case, found: Appointment | None, most: int) -> list[datetime]:
    """The next free starts of a visit for whoever acts, but for the one it has."""
    offered = await offer(work, case, giving=[found] if found is not None else [])
    current = found.during.lower if found is not None else None
    starts = (slot.starts_at for day in offered.days for slot in day.slots())
    return [start for _, start in zip(range(most), (each for each in starts if each != current), strict=False)]


async def _who(work: Work, phone: str) -> tuple[Person, Actor] | None:
    return await actor_by_phone(work, phone, "sms")


def message_id_of(incoming: Incoming, phone: str, now: datetime) -> str:
    """The gateway's id, else the words themselves within a few minutes."""
    if incoming.message_id:
        return incoming.message_id[:200]
    slot = int(now.timestamp() // REPEATS.total_seconds())
    return hashlib.sha256(f"{phone}\n{incoming.text}\n{slot}".encode()).hexdigest()


async def _once(work: Work, incoming: Incoming, phone: str, person: Person | None) -> str:
    message = await _message(work, incoming, phone)
    if message.done_at is not None:
        return message.answer
    said = read(incoming.text)
    if person is None:
        return await _answer(work, message, None, "unknown_phone", say(words.UNKNOWN_PHONE, "fr"))
    if said.act == words.STOP:
        await stop_texts(work, person.id)
        return await _answer(work, message, person, said.act, say(words.STOPPED, person.language))
    if said.act == words.HELP:
        return await _answer(work, message, person, said.act, say(words.HOW, person.language))
    code = await notices.code_for_update(work, person.id, said.code)
    if code is None or code.ends_at <= work.now or (code.used_at and code.used_for in ("tries", "over")):
        return await _wrong(work, message, person, code)
    outcome, text = await _act(work, person, code, said)
    return await _answer(work, message, person, outcome, text)


async def _act(work: Work, person: Person, code: TextCode, said: Said) -> tuple[str, str]:
    """Do what was asked with the code's appointment; what the pages refuse is refused here too."""
    case = await case_of(work, code.visit_id, lock=True)
    found = await queries.appointment(work, code.appointment_id)
    if code.used_at is not None and code.used_for != said.act:
        return "used", say(words.UNKNOWN_CODE, person.language)
    if code.used_at is not None:
        return "again", ""  # done before, by the same words; the notice told it
    if found is None or found.status not in ("held", "confirmed"):
        return "over", _told(words.OVER, case, person)
    if said.act == Act.MOVE and not said.choice:
        return await _choices(work, case, found, code, person)
    if said.act == Act.CONFIRM:
        done: Appointment = await confirm(work, found.id)
        text = words.CONFIRMED
    elif said.act == Act.CANCEL:
        done = await change.cancel(work, found.id)
        text = words.CANCELLED
    else:
        starts = queries.starts(code.options)
        if said.choice > len(starts):
            return await _choices(work, case, found, code, person)
        done, text = await take(work, case, found, starts[said.choice - 1]), words.MOVED
    if said.act != Act.CONFIRM:
        code.used_at, code.used_for = work.now, said.act
    told_anyway = said.act != Act.CONFIRM or found.status == "held"
    if told_anyway and await _hears(work, person):
        return said.act, ""  # the notice of the event is the answer, and brings the new code
    return said.act, _told(text, case, person, when=done.during.lower)


async def take(work: Work, case: Case, found: Appointment | None, start: datetime) -> Appointment:
    """The appointment at another start: moved if it stands, else held and confirmed at once."""
    if found is not None and found.status == "confirmed":
        return await change.move(work, found.id, start)
    return await confirm(work, (await hold(work, case.visit.id, start)).id)


async def _choices(work: Work, case: Case, found: Appointment, code: TextCode, person: Person) -> tuple[str, str]:
    """Three free times, numbered; kept with the code until the answer."""
    starts = await free_starts(work, case, found, OFFERED)
    code.options = [each.isoformat() for each in starts]
    if not starts:
        return "no_times", _told(words.NO_TIMES, case, person)
    zone = ZoneInfo(case.office.tz)
    listed = ", ".join(
        f"{number} = {compose.short_day_time(start, person.language, zone)}" for number, start in enumerate(starts, 1)
    )
    return "offered", _told(words.CHOOSE, case, person, list=listed, code=code.code)


async def _wrong(work: Work, message: TextMessage, person: Person, code: TextCode | None) -> str:
    """A code that does not fit counts against all of the person's codes."""
    if code is not None and code.used_for == "tries":
        return await _answer(work, message, person, "tries", say(words.TOO_MANY, person.language))
    await notices.wrong_try(work, person.id, TRIES)
    return await _answer(work, message, person, "unknown_code", say(words.UNKNOWN_CODE, person.language))


async def _refused(work: Work, incoming: Incoming, phone: str, person: Person | None, sentence: str) -> str:
    message = await _message(work, incoming, phone)
    if message.done_at is not None:
        return message.answer
    return await _answer(work, message, person, "refused", sentence)


async def _message(work: Work, incoming: Incoming, phone: str) -> TextMessage:
    return await queries.text_message(work, incoming.source, message_id_of(incoming, phone, work.now), phone)


async def _answer(work: Work, message: TextMessage, person: Person | None, outcome: str, text: str) -> str:
    """Keep what was answered, and have it sent; an address that writes too often is no longer answered."""
    message.outcome, message.done_at = outcome, work.now
    message.person_id = person.id if person else None
    tries = await count_try(work, f"text:{hashlib.sha256(message.address.encode()).hexdigest()[:16]}", WINDOW)
    if not text or tries > (MOST if person else 1):
        return ""
    message.answer = gsm7.shortened(gsm7.plain(text), gsm7.ONE_MESSAGE)
    await send_to(
        work,
        channel="sms",
        address=message.address,
        template="answer",
        facts={"text": message.answer},
        key=f"answer/{message.id}",
        language=person.language if person else "fr",
        person=person.id if person else None,
    )
    return message.answer


async def _hears(work: Work, person: Person) -> bool:
    """Will the notice of what just happened reach this phone?"""
    contact = await notices.contact_of(work, person.id)
    return any(channel in ("sms", "whatsapp") for channel, _ in ways(contact))


def _told(text: str, case: Case, person: Person, **facts: object) -> str:
    title = gsm7.shortened(gsm7.plain(case.title), 20)
    zone = ZoneInfo(case.office.tz)
    shown = {
        name: compose.short_day_time(value, person.language, zone) if isinstance(value, datetime) else value
        for name, value in facts.items()
    }
    return say(text, person.language, title=title, **shown)
