"""Every route of the service, in one list. The URL names the file: `/declarant/slots` is portals/declarant/slots.py."""

from typing import Any

from visits.booking import api as booking_api
from visits.clearance import api as clearance_api
from visits.documents import api as documents_api
from visits.portals.declarant import declaration as declarant_declaration
from visits.portals.declarant import home as declarant_home
from visits.portals.public import account as public_account
from visits.portals.public import draw as public_draw
from visits.portals.public import language as public_language
from visits.portals.public import signin as public_signin
from visits.portals.declarant import rate as declarant_rate
from visits.portals.office import search as office_search
from visits.portals.office import visit as office_visit
from visits.portals.chief import home as chief_home
from visits.web import health

ROUTES: list[Any] = [
    *booking_api.ROUTES,
    *clearance_api.ROUTES,
    *documents_api.ROUTES,
    *declarant_home.ROUTES,
    *public_language.ROUTES,
    *declarant_declaration.ROUTES,
    *declarant_rate.ROUTES,
    *office_search.ROUTES,
    *office_visit.ROUTES,
    *chief_home.ROUTES,
    *health.ROUTES,
    *public_account.ROUTES,
    *public_draw.ROUTES,
    *public_signin.ROUTES,
]
