"""`send`: writes what people are to be told, in the transaction of what it tells of. A job sends it (visits/notify).

Others call it with the people, the template and its facts; `key` makes it once: the same key to the same person on the
same channel is one notice, whoever asks again.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.notices import queries
from visits.notices.quiet import may_go
from visits.notices.tables import Contact, Notice, TextCode
from visits.notices.template import Template
from visits.notices.templates import TEMPLATES
from visits.people.tables import Person
from visits.sites.policies import Policies, policy
from visits.sites.tables import Office
from visits.store import jobs
from visits.store.work import Work

#: The task of the queue that sends what is due.
SEND = "notices"
#: What is not sent within this time is of no use, unless the notice says sooner.
USEFUL = timedelta(days=2)
#: A code of a text message is of no use after its appointment began, nor longer than this.
CODE_LASTS = timedelta(days=30)
BY_PHONE = frozenset({"sms", "whatsapp"})


async def send(
    work: Work,
    *,
    to: Iterable[UUID],
    template: str,
    facts: Mapping[str, Any],
    key: str,
    office: Office | None = None,
    visit: UUID | None = None,
    declaration: UUID | None = None,
    appointment: UUID | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> list[UUID]:
    """Write a notice for each person on each of the person's channels; returns those that are new.

    `facts` are JSON values; instants may be given as they are. Nobody to reach is a notice too: the office sees it.
    """
    kind = TEMPLATES[template]
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}
    told |= {name: str(value) for name, value in (("visit", visit), ("declaration", declaration)) if value}
    wanted = list(dict.fromkeys(to))
    found = await queries.contacts_of(work, wanted)
    due = _due(due_at or work.now, kind, office)
    about: dict[str, Any] = {
        "visit_id": visit,
        "declaration_id": declaration,
        "appointment_id": appointment,
        "office_id": office.id if office else None,
        "template": template,
        "urgent": kind.urgent,
        "due_at": due,
        "expires_at": expires_at or (due_at or work.now) + USEFUL,
    }
    made = []
    for person, contact in found.values():
        for channel, address in ways(contact):
            own = dict(told)
            if kind.answers and appointment is not None and visit is not None and channel in BY_PHONE:
                own["code"] = await code_for(work, person.id, visit, appointment)
            made.append(
                await queries.add_notice(
                    work,
                    person_id=person.id,
                    channel=channel,
                    address=address,
                    language=person.language,
                    facts=own,
                    key=f"{key}/{person.id}/{channel}",
                    **about,
                )
            )
    if not any(ways(contact) for _, contact in found.values()):
        await _nobody(work, found, told, about, str(visit or declaration or key))
    new = [each for each in made if each is not None]
    if new and due <= work.now:
        await wake(work)
    return new


async def send_to(
    work: Work,
    *,
    channel: str,
    address: str,
    template: str,
    facts: Mapping[str, Any],
    key: str,
    language: str,
    person: UUID | None = None,
    office: UUID | None = None,
    useful: timedelta = timedelta(minutes=30),
) -> UUID | None:
    """Write a notice to one address, whoever reads it there: a code, an answer, a trial. None if it was there."""
    made = await queries.add_notice(
        work,
        person_id=person,
        office_id=office,
        channel=channel,
        address=address,
        template=template,
        language=language,
        facts=dict(facts),
        urgent=True,
        key=key,
        due_at=work.now,
        expires_at=work.now + useful,
    )
    if made is not None:
        await wake(work)
    return made


async def wake(work: Work) -> None:
    """Have what is due sent right after the commit."""
    await jobs.run_now(work, SEND, lock=f"{SEND}:{work.actor.tenant}")


async def again(work: Work, notice: Notice) -> None:
    """A person asks for a notice to be tried again, now, with a fresh ladder; useless ones get a new lease of use."""
    notice.state, notice.tries, notice.error, notice.detail = "waiting", 0, "", ""
    notice.due_at, notice.ended_at = work.now, None
    notice.expires_at = max(notice.expires_at, work.now + timedelta(hours=1))
    work.audit("notice_again", notice.id, office=notice.office_id)
    await wake(work)


def ways(contact: Contact | None) -> list[tuple[str, str]]:
    """The channels a person is told on, each with its address: ticked and proved. WhatsApp stands in for SMS, which
    follows only where WhatsApp fails."""
    if contact is None:
        return []
    ticked = set(contact.channels)
    phone = contact.phone if contact.phone_verified_at else ""
    found = []
    if "email" in ticked and contact.email_verified_at:
        found.append(("email", contact.email))
    if "whatsapp" in ticked and phone:
        found.append(("whatsapp", phone))
    elif "sms" in ticked and phone:
        found.append(("sms", phone))
    return found


async def party_of(
    work: Work,
    firm_id: UUID | None,
    visit_id: UUID | None,
    *,
    importer: bool = False,
    concerned: Collection[UUID] = (),
) -> list[UUID]:
    """Whom a firm's notice concerns: those who worked on the visit, or asked, and those who want to know all; if that
    is nobody who can be reached, everybody of the firm."""
    if firm_id is None:
        return []
    members = await queries.people_of_firm(work, firm_id, importer=importer)
    acted = {*concerned, *(await queries.acted_on(work, visit_id) if visit_id else ())}
    chosen = [
        person.id for person, contact in members if person.id in acted or (contact is not None and contact.everything)
    ]
    reached = {person.id for person, contact in members if ways(contact)}
    return chosen if reached.intersection(chosen) else [person.id for person, _ in members]


async def code_for(work: Work, person_id: UUID, visit_id: UUID, appointment_id: UUID) -> str:
    """The four digits that stand for an appointment in a person's text messages; the same until they are used."""
    found = await queries.live_code(work, person_id, appointment_id)
    if found is not None:
        return found.code
    await queries.close_codes(work, person_id, work.now)
    taken = await queries.codes_taken(work, person_id)
    free = [digits for digits in (f"{number:04}" for number in range(1000, 10000)) if digits not in taken]
    code = secrets.choice(free)
    work.session.add(
        TextCode(
            person_id=person_id,
            visit_id=visit_id,
            appointment_id=appointment_id,
            code=code,
            made_at=work.now,
            ends_at=work.now + CODE_LASTS,
        )
    )
    await work.session.flush()
    return code


async def _nobody(
    work: Work,
    found: Mapping[UUID, tuple[Person, Contact | None]],
    told: Mapping[str, Any],
    about: Mapping[str, Any],
    whose: str,
) -> None:
    """The office sees, once for a visit, that nobody could be told."""
    person = next((person for person, _ in found.values()), None)
    await queries.add_notice(
        work,
        person_id=person.id if person else None,
        channel="none",
        address="",
        language=person.language if person else "fr",
        facts=dict(told),
        key=f"nobody/{whose}",
        state="unreachable",
        error="no_address",
        ended_at=work.now,
        **about,
    )


def _due(at: datetime, kind: Template, office: Office | None) -> datetime:
    return at if kind.urgent or office is None else after_quiet(at, office)


def after_quiet(at: datetime, office: Office) -> datetime:
    """The instant, or the end of the office's quiet hours."""
    values = policy(office, Policies)
    return may_go(at, ZoneInfo(office.tz), begins=values.quiet_from, ends=values.quiet_until)
