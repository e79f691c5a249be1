"""Appointments a firm did not keep: after some in thirty days it may have fewer open, which ends by itself.

Only what the firm or its goods missed counts, never what customs or an agency missed. A firm may appeal; what nobody
answers in time no longer counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlmodel import col

from visits.booking.tables import Appointment, NoShowAppeal
from visits.declarations.queries import Case
from visits.errors import NotFound, Refusal, Stale
from visits.ids import new_id
from visits.journey.states import State
from visits.journey.tables import Visit
from visits.roles import DECLARANTS
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_

#: Whose fault counts against the firm.
COUNTED = ("no_show_declarant", "no_show_goods")
#: How long a missed appointment counts.
LASTS = timedelta(days=30)
#: An appeal nobody answered for so long is granted.
ANSWERED = timedelta(days=5)
#: Longest sentence kept.
REASON = 500


class FirmLimited(Refusal):
    """The firm missed so many appointments that it may have only some open, until a day."""

    code, status = "firm-limited", 409
    says = N_(
        "Votre cabinet a manqué %(count)s rendez-vous en 30 jours : %(most)s à venir au plus, jusqu'au %(until)s. "
        "Vous pouvez le contester."
    )


class AppealNeedsWords(Refusal):
    """An appeal, or its answer, without a reason."""

    code, status = "appeal-words-needed", 422
    says = N_("Écrivez la raison en quelques mots.")


class NothingToAppeal(Refusal):
    """The appointment was kept, or does not count any more."""

    code, status = "nothing-to-appeal", 409
    says = N_("Ce rendez-vous ne compte pas contre votre cabinet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One appointment the firm did not keep."""

    appointment: Appointment
    visit: Visit
    appeal: NoShowAppeal | None
    #: Until when it counts; None when it does not.
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many appointments a firm may have open, why and until when."""

    count: int
    most: int
    until: datetime


def counts_until(at: datetime, appeal: NoShowAppeal | None, now: datetime) -> datetime | None:
    """Until when a missed appointment counts: thirty days, unless its appeal was granted or never answered."""
    if appeal is not None and (appeal.upheld or (appeal.decided_at is None and now >= appeal.at + ANSWERED)):
        return None
    until = at + LASTS
    return until if now < until else None


def limit_of(until: Sequence[datetime], *, most: int, allowed: int) -> Limit | None:
    """The limit that follows from what counts: it ends when fewer than `most` count."""
    if not most or len(until) < most:
        return None
    return Limit(count=len(until), most=allowed, until=sorted(until)[len(until) - most])


async def missed_of(work: Work, firm_id: UUID, office_id: UUID) -> list[Missed]:
    """What a firm missed at an office in the last thirty days, newest first."""
    rows = await work.session.execute(
        select(Appointment, Visit, NoShowAppeal)
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .outerjoin(NoShowAppeal, col(NoShowAppeal.appointment_id) == col(Appointment.id))
        .where(
            col(Appointment.firm_id) == firm_id,
            col(Appointment.office_id) == office_id,
            col(Appointment.status).in_(COUNTED),
            func.lower(Appointment.during) > work.now - LASTS,
        )
        .order_by(func.lower(Appointment.during).desc(), col(Appointment.id))
        .execution_options(populate_existing=True)
    )
    return [
        Missed(
            appointment=row[0],
            visit=row[1],
            appeal=row[2],
            until=counts_until(row[0].during.lower, row[2], work.now),
        )
        for row in rows
    ]


async def firm_limit(work: Work, firm_id: UUID, office: Office) -> Limit | None:
    """The limit a firm has at an office now."""
    values = policy(office, Policies)
    if not values.no_shows_most:
        return None
    until = [each.until for each in await missed_of(work, firm_id, office.id) if each.until is not None]
    return limit_of(until, most=values.no_shows_most, allowed=values.no_shows_open)


async def judge(work: Work, case: Case) -> None:
    """Refuse another appointment to a firm that has as many open as its limit allows. Moving one is never refused."""
    firm = case.declaration.firm_id
    if State(case.visit.state) is State.BOOKED:
        return
    found = await firm_limit(work, firm, case.office) if firm is not None else None
    if found is None:
        return
    opened = await work.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(
            col(Appointment.firm_id) == firm,
            col(Appointment.office_id) == case.office.id,
            col(Appointment.visit_id) != case.visit.id,
            or_(
                col(Appointment.status) == "confirmed",
                (col(Appointment.status) == "held") & (col(Appointment.expires_at) >= work.now),
            ),
            func.lower(Appointment.during) > work.now,
        )
    )
    if (opened or 0) >= found.most:
        until = found.until.astimezone(ZoneInfo(case.office.tz))
        raise FirmLimited(count=found.count, most=found.most, until=until)


# ---------- appeals ----------


async def appeal(work: Work, appointment_id: UUID, reason: str) -> NoShowAppeal:
    """The firm says why a missed appointment should not count; saying it again changes nothing."""
    why = " ".join(reason.split())[:REASON]
    if not why:
        raise AppealNeedsWords()
    found = await work.session.get(Appointment, appointment_id, with_for_update=True, populate_existing=True)
    if found is None or not work.actor.is_a(*DECLARANTS) or found.firm_id is None or found.firm_id != work.actor.firm:
        raise NotFound()
    known = await work.session.scalar(select(NoShowAppeal).where(col(NoShowAppeal.appointment_id) == appointment_id))
    if known is not None:
        return known
    if found.status not in COUNTED or counts_until(found.during.lower, None, work.now) is None:
        raise NothingToAppeal()
    made = NoShowAppeal(
        id=new_id(),
        appointment_id=found.id,
        office_id=found.office_id,
        firm_id=found.firm_id,
        reason=why,
        made_by=work.actor.person,
        at=work.now,
    )
    work.session.add(made)
    await work.session.flush()
    work.audit("no_show_appealed", found.id, office=found.office_id)
    return made


async def decide(work: Work, appeal_id: UUID, *, upheld: bool, answer: str) -> NoShowAppeal:
    """A chief of the office answers, with the reason; once."""
    words = " ".join(answer.split())[:REASON]
    if not words:
        raise AppealNeedsWords()
    found = await work.session.get(NoShowAppeal, appeal_id, with_for_update=True, populate_existing=True)
    if found is None or found.office_id != work.actor.office:
        raise NotFound()
    if found.decided_at is not None:
        if (found.upheld, found.answer) == (upheld, words):
            return found
        raise Stale()
    found.upheld, found.answer, found.decided_by, found.decided_at = upheld, words, work.actor.person, work.now
    office = await office_by_id(work, found.office_id)
    work.audit("no_show_appeal_decided", found.appointment_id, office=office.id, upheld=upheld, answer=words)
    return found


async def open_appeals(work: Work) -> Sequence[tuple[NoShowAppeal, Appointment, Visit]]:
    """Appeals the actor's office has not answered, oldest first."""
    rows = await work.session.execute(
        select(NoShowAppeal, Appointment, Visit)
        .join(Appointment, col(Appointment.id) == col(NoShowAppeal.appointment_id))
        .join(Visit, col(Visit.id) == col(Appointment.visit_id))
        .where(
            col(NoShowAppeal.office_id) == work.actor.office,
            col(NoShowAppeal.decided_at).is_(None),
            col(NoShowAppeal.at) > work.now - ANSWERED,
        )
        .order_by(col(NoShowAppeal.at), col(NoShowAppeal.id))
    )
    return [(row[0], row[1], row[2]) for row in rows]
