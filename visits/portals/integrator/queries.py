"""What came in over the links, newest first."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlmodel import col

from visits.clearance.tables import Inbound
from visits.people.keys import bound_to
from visits.people.tables import ApiKey
from visits.sites.tables import Office
from visits.store.work import Work

#: Messages the page shows.
NEWEST = 50


async def newest_messages(work: Work) -> Sequence[Inbound]:
    """The last messages; of an integrator of one office, those that speak of it or came with one of its keys."""
    rows = await work.session.scalars(
        select(Inbound)
        .where(_mine(work))
        .order_by(col(Inbound.received_at).desc(), col(Inbound.id).desc())
        .limit(NEWEST)
    )
    return rows.all()


def _mine(work: Work) -> ColumnElement[bool]:
    office = bound_to(work)
    if office is None:
        return true()
    code = select(col(Office.code)).where(col(Office.id) == office).scalar_subquery()
    names = select(col(ApiKey.name)).where(col(ApiKey.office_id) == office)
    return or_(func.split_part(col(Inbound.about), "/", 1) == code, col(Inbound.sender).in_(names))
