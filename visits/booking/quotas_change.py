"""A chief says that a visit is urgent, or no longer; an office's quotas and buffers, checked before they count."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from scheduling import QuotaKind
from visits.booking import quotas_rows
from visits.booking.buffers import LONGEST, Buffer, Trip
from visits.booking.quotas import KEPT_FOR, LIMITED, Pool
from visits.booking.rules import WhyNeeded
from visits.booking.tables import VisitUrgency
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.journey.states import BY_APPOINTMENT, STATE_NAMES, Level, NotYours, State, WrongState
from visits.roles import CHIEFS
from visits.sites.tables import KINDS
from visits.store.work import Work
from visits.texts import N_

#: States in which going first still helps.
HELPS = frozenset({State.PACKAGE, State.CHECKING, State.TO_BOOK, State.BOOKED})
MOST_PLACES, MOST_RULES = 500, 60
ONE_DAY = 1440


class RuleNotClear(Refusal):
    """A rule in rows that says nothing, or contradicts itself."""

    code, status = "rule-not-clear", 422
    says = N_("Cette règle n'est pas complète. Corrigez la ligne et recommencez.")


class TooManyRules(Refusal):
    """More rules than anybody could follow."""

    code, status = "too-many-rules", 422
    says = N_("Un bureau a au plus %(most)s règles de ce genre. Retirez-en une d'abord.")


async def set_urgent(work: Work, visit_id: UUID, urgent: bool, *, reason: str) -> bool:
    """Put a visit before others, or back; saying the same again changes nothing. Returns whether it is urgent now."""
    case = await case_of(work, visit_id, lock=True)
    if not work.actor.is_a(*CHIEFS):
        raise NotYours()
    if State(case.visit.state) not in HELPS or Level(case.visit.level) not in BY_APPOINTMENT:
        raise WrongState(state=STATE_NAMES[State(case.visit.state)], event="urgent")
    why = " ".join(reason.split())[:200]
    if not why:
        raise WhyNeeded()
    if await quotas_rows.is_urgent(work, visit_id) != urgent:
        work.session.add(
            VisitUrgency(visit_id=visit_id, urgent=urgent, reason=why, set_by=work.actor.person, at=work.now)
        )
        work.audit("visit_urgency_set", visit_id, office=case.office.id, urgent=urgent, reason=why)
        await work.session.flush()
    return urgent


def checked_pools(pools: Sequence[Pool], sites: Iterable[UUID]) -> tuple[Pool, ...]:
    """Quotas that mean something: somebody, some places, some hours, a site of the office."""
    known = {"", *map(str, sites)}
    if len(pools) > MOST_RULES:
        raise TooManyRules(most=MOST_RULES)
    for each in pools:
        quota = each.quota
        allowed = KEPT_FOR if quota.kind is QuotaKind.KEPT else LIMITED
        if not (
            quota.whom
            and set(quota.whom) <= set(allowed)
            and 0 <= quota.places <= MOST_PLACES
            and 0 <= quota.begin < quota.end <= ONE_DAY
            and set(quota.weekdays) <= set(range(1, 8))
            and set(each.levels) <= {str(level) for level in BY_APPOINTMENT}
            and each.site in known
            and (quota.release is None or 0 <= quota.release.total_seconds() // 60 <= 14 * ONE_DAY)
        ):
            raise RuleNotClear()
        if quota.kind is QuotaKind.KEPT and quota.places == 0:
            raise RuleNotClear()
    return tuple(pools)


def checked_buffers(buffers: Sequence[Buffer], sites: Iterable[UUID]) -> tuple[Buffer, ...]:
    """Times before and after that can be booked, each kind of case named once."""
    known, longest = {"", *map(str, sites)}, int(LONGEST.total_seconds() // 60)
    if len(buffers) > MOST_RULES:
        raise TooManyRules(most=MOST_RULES)
    for each in buffers:
        if not (
            each.kind in KINDS
            and 0 <= each.before <= longest
            and 0 <= each.after <= longest
            and each.level in {"", *(str(level) for level in BY_APPOINTMENT)}
            and each.site in known
        ):
            raise RuleNotClear()
    if len({(each.kind, each.level, each.site) for each in buffers}) < len(buffers):
        raise RuleNotClear()
    return tuple(buffers)


def checked_trips(trips: Sequence[Trip], sites: Iterable[UUID]) -> tuple[Trip, ...]:
    """Roads between two sites of the office, each once; none takes nothing."""
    known, longest = set(map(str, sites)), int(LONGEST.total_seconds() // 60)
    for each in trips:
        if {each.here, each.there} - known or each.here == each.there or not 0 <= each.minutes <= longest:
            raise RuleNotClear()
    if len({frozenset({each.here, each.there}) for each in trips}) < len(trips):
        raise RuleNotClear()
    return tuple(each for each in trips if each.minutes)
