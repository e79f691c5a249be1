"""Where a visit is made, in one word for everybody: at a site of the office, at a firm's premises, by video, at the
desk. Pages, notices, reports and the terminal's lists ask here; that a visit has no site says none of it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import col

from visits.booking import premises_rows
from visits.booking.history import PARTS
from visits.booking.premises_tables import HomeVisit, Premises
from visits.booking.tables import Appointment
from visits.journey.states import Level
from visits.journey.tables import Visit
from visits.sites.tables import Resource, Site
from visits.store.work import Work


class Kind(StrEnum):
    """What sort of place it is."""

    SITE = "site"
    PREMISES = "premises"
    VIDEO = "video"
    DESK = "desk"
    #: Nobody has said yet where the goods are.
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place of a visit."""

    kind: Kind
    site: Site | None = None
    premises: Premises | None = None
    #: The bay or scanner, once there is an appointment.
    bay: str = ""

    @classmethod
    def of(cls, level: Level, site: Site | None, premises: Premises | None, bay: str | None = None) -> "Where":
        """From what a visit has: the level decides before the place does."""
        if level in (Level.DOCUMENTS, Level.VIDEO):
            return cls(kind=Kind.VIDEO if level is Level.VIDEO else Kind.DESK)
        if site is not None:
            return cls(kind=Kind.SITE, site=site, bay=bay or "")
        return cls(kind=Kind.PREMISES, premises=premises) if premises is not None else cls(kind=Kind.OPEN)

    @property
    def at_premises(self) -> bool:
        """Do the officers go to the goods?"""
        return self.kind is Kind.PREMISES

    @property
    def name(self) -> str:
        """The place's own name; a visit by video or at the desk has none."""
        place = self.site or self.premises
        return place.name if place else ""

    @property
    def address(self) -> str:
        """How to get there."""
        place = self.site or self.premises
        return place.address if place else ""

    @property
    def line(self) -> str:
        """« Terminal 2 – aire B », « Entrepôt Exemple, Zone industrielle, lot 12 »."""
        if self.at_premises:
            return ", ".join(part for part in (self.name, self.address) if part)
        return " – ".join(part for part in (self.name, self.bay) if part)


async def where_of(work: Work, visit: Visit, appointment: Appointment | None = None) -> Where:
    """The place of a visit, or of one of its appointments: with the bay of that one, else of the newest kept one."""
    level, site_id = Level(visit.level), appointment.site_id if appointment is not None else visit.site_id
    site = await work.session.get(Site, site_id) if site_id else None
    then = appointment.made_at if appointment is not None else None
    home = await premises_rows.home_of(work, visit.id, at=then) if site is None else None
    chosen = (
        col(Appointment.id) == appointment.id
        if appointment is not None
        else (col(Appointment.visit_id) == visit.id) & col(Appointment.status).in_(("confirmed", "done"))
    )
    bay = func.coalesce(bay_of(), bay_of(gone=True))
    newest = select(bay).select_from(Appointment).where(chosen).order_by(func.lower(col(Appointment.during)).desc())
    named = await work.session.scalar(newest.limit(1)) if site is not None else None
    return Where.of(level, site, home, named)


def bay_of(*, gone: bool = False) -> Any:
    """The bay or scanner of the appointment of the same query; `gone` names what was given back too."""
    return (
        select(func.min(col(Resource.name)))
        .join(PARTS, PARTS.c.resource_id == col(Resource.id))
        .where(
            PARTS.c.appointment_id == col(Appointment.id),
            *(() if gone else (PARTS.c.live,)),
            col(Resource.kind).in_(("bay", "scanner")),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )


def is_at_premises() -> ColumnElement[bool]:
    """The visit of the same query is made at a firm's premises: no terminal has its goods."""
    return exists().where(col(HomeVisit.visit_id) == col(Visit.id), premises_rows.is_live())
