"""/declarant/visits/{id}/next: book the earliest time in one tap, and undo it in one more."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import rules
from visits.booking.change import cancel
from visits.booking.next_free import NothingFree, book_next
from visits.errors import BadInput
from visits.portals.declarant.slots import address
from visits.roles import DECLARANTS
from visits.store.work import Database
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import post


@post("/declarant/visits/{visit_id:uuid}/next", roles=DECLARANTS)
async def earliest(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Book it; sent twice it is booked once. What is refused is said on the page of hours."""
    database: Database = request.app.state.database
    try:
        await database.run(request.user, book_next, visit_id)
    except (NothingFree, rules.PlaceFirst, rules.TooManyHolds, rules.FirmDayFull) as no:
        return go(address(visit_id), flash=NONE if isinstance(no, NothingFree) else no.says, kind="warn")
    return go(f"/declarant/visits/{visit_id}/appointment?undo=true")


@post("/declarant/visits/{visit_id:uuid}/undo", roles=DECLARANTS)
async def undo(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Give the time back; an appointment that was moved meanwhile stays."""
    database: Database = request.app.state.database
    try:
        appointment_id = UUID(str((await request.form()).get("appointment") or ""))
    except ValueError:
        raise BadInput(field="appointment") from None
    try:
        await database.run(request.user, cancel, appointment_id)
    except (rules.NotLive, rules.TooLate) as no:
        return go(f"/declarant/visits/{visit_id}/appointment", flash=no.says, kind="warn")
    return go(address(visit_id), flash=N_("L'heure est rendue. Choisissez-en une autre."))


NONE = N_("Aucune heure n'est libre pour l'instant.")

ROUTES = [earliest, undo]
