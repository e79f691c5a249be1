"""From a notice to the message that leaves: words, page, calendar entry; and whether it is still worth sending."""

from datetime import datetime
from email.utils import parseaddr
from uuid import UUID
from zoneinfo import ZoneInfo

from visits.booking.prearrival import KEPT
from visits.booking.tables import Appointment
from visits.booking.token_keys import confirmation
from visits.declarations.queries import case_of
from visits.journey.states import State
from visits.notices import compose
from visits.notices.tables import Notice
from visits.notices.template import Calendar
from visits.notices.templates import TEMPLATES
from visits.notify.channels.mail import DEFAULT_SENDER
from visits.notify.invitation import Entry, invitation
from visits.notify.port import Invitation, Outgoing
from visits.notify.setup import Way
from visits.people.tables import Person
from visits.settings import Settings
from visits.sites.tables import Office
from visits.store.vault import Vault
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import day_time, say

#: What gives an appointment, certain or not, gives its signed text.
GIVING = (Calendar.REQUEST, Calendar.TENTATIVE)
UTC_ZONE = ZoneInfo("UTC")
SHOW = N_("Code à montrer à l'arrivée, en image dans ce message. La tablette du bureau le vérifie même sans réseau :")


async def still_stands(work: Work, notice: Notice) -> bool:
    """Is what it says of its appointment still so? Another notice tells what changed."""
    if not TEMPLATES[notice.template].stands or notice.appointment_id is None:
        return True
    found = await work.session.get(Appointment, notice.appointment_id, populate_existing=True)
    if found is None or found.status not in ("held", "confirmed"):
        return False
    if found.status == "held" and found.expires_at is not None and found.expires_at < work.now:
        return False
    when = notice.facts.get("when") or notice.facts.get("hour")
    return when is None or datetime.fromisoformat(when) == found.during.lower


async def outgoing(
    work: Work, notice: Notice, way: Way, installation: Settings, vault: Vault, *, again: bool
) -> Outgoing:
    """The message as it leaves by this way."""
    template, facts = TEMPLATES[notice.template], notice.facts
    office = await work.session.get(Office, notice.office_id) if notice.office_id else None
    zone = ZoneInfo(office.tz) if office else UTC_ZONE
    words = compose.mail(template, notice.language, facts, zone, public_url=installation.public_url)
    if notice.channel == "email":
        signed = await _confirmation(work, notice, vault)
        shown = say(SHOW, notice.language) if signed else ""
        return Outgoing(
            id=notice.id,
            to=notice.address,
            language=notice.language,
            subject=words.subject,
            text="\n\n".join(part for part in (words.text.rstrip(), shown, signed) if part) + "\n",
            confirmation=signed,
            invitation=await _invitation(work, notice, way, zone, installation),
            again=again,
        )
    return Outgoing(
        id=notice.id,
        to=notice.address,
        language=notice.language,
        text=compose.text_message(template, notice.language, facts, zone, answers=way.takes_answers),
        template=notice.template,
        parameters=tuple(compose.parameters(template, notice.language, facts, zone)),
        again=again,
    )


async def _confirmation(work: Work, notice: Notice, vault: Vault) -> str:
    """The signed text of the appointment a message gives; empty where it gives none, or no longer."""
    if TEMPLATES[notice.template].calendar not in GIVING or notice.appointment_id is None:
        return ""
    found = await work.session.get(Appointment, notice.appointment_id, populate_existing=True)
    if found is None or found.status != "confirmed":
        return ""
    case = await case_of(work, found.visit_id)
    # A time kept before the package is accepted opens no gate: its text comes with the booking.
    return "" if State(case.visit.state) in KEPT else await confirmation(work, vault, case, found)


async def _invitation(
    work: Work, notice: Notice, way: Way, zone: ZoneInfo, installation: Settings
) -> Invitation | None:
    template, facts = TEMPLATES[notice.template], notice.facts
    if template.calendar is Calendar.NONE or not facts.get("thread") or not facts.get("ends"):
        return None
    person = await work.session.get(Person, notice.person_id) if notice.person_id else None
    url = installation.public_url.rstrip("/") + compose.path_of(template, facts)
    starts_at = datetime.fromisoformat(facts["when"])
    reference = say(N_("Référence %(reference)s"), notice.language, reference=facts.get("reference") or "")
    local = f"{day_time(starts_at, notice.language, zone)} ({zone.key.rpartition('/')[2].replace('_', ' ')})"
    entry = Entry(
        thread=UUID(facts["thread"]),
        sequence=int(facts["sequence"]),
        starts_at=starts_at,
        ends_at=datetime.fromisoformat(facts["ends"]),
        told_at=notice.made_at,
        title=say(N_("Visite %(title)s"), notice.language, title=facts.get("title") or ""),
        place=compose.worded(facts.get("place") or "", notice.language),
        text=f"{local}\n{reference}\n{url}",
        url=url,
        organizer=parseaddr(way.settings.text("sender", DEFAULT_SENDER))[1] or DEFAULT_SENDER,
        attendee=notice.address,
        attendee_name=person.name if person else "",
        cancelled=template.calendar is Calendar.CANCEL,
        tentative=template.calendar is Calendar.TENTATIVE,
    )
    return Invitation(content=invitation(entry), method=entry.method)
