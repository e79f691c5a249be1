"""Imports every table, so that migrations see the whole schema."""

from sqlmodel import SQLModel

from visits.assignment import tables as assignment
from visits.booking import groups_tables as groups
from visits.booking import premises_tables as premises
from visits.booking import regular_tables as regular
from visits.booking import replan_tables as replan
from visits.booking import tables as booking
from visits.clearance import tables as clearance
from visits.declarations import tables as declarations
from visits.documents import tables as documents
from visits.fieldwork import tables as fieldwork
from visits.journey import tables as journey
from visits.notices import tables as notices
from visits.people import tables as people
from visits.performance import tables as performance
from visits.reports import tables as reports
from visits.sites import tables as sites
from visits.store import tables as store

metadata = SQLModel.metadata

__all__ = [
    "assignment",
    "booking",
    "clearance",
    "declarations",
    "documents",
    "fieldwork",
    "groups",
    "journey",
    "metadata",
    "notices",
    "people",
    "performance",
    "premises",
    "regular",
    "replan",
    "reports",
    "sites",
    "store",
]
