"""Every route of the service, in one list. The URL names the file: `/declarant/slots` is portals/declarant/slots.py."""

from typing import Any

from visits.web import health

ROUTES: list[Any] = [
    *health.ROUTES,
]
