"""/declarant/visits/{id}/language: the visit in another language than the office's own."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.language import LanguageSettled, LanguageTooRare, wish
from visits.portals.declarant.slots import address
from visits.roles import DECLARANTS
from visits.store.work import Database
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import post


@post("/declarant/visits/{visit_id:uuid}/language", roles=DECLARANTS)
async def ask(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Ask for it, or for none in particular; the hours shown next are those of officers who speak it."""
    database: Database = request.app.state.database
    form = await request.form()
    try:
        await database.run(request.user, wish, visit_id, str(form.get("language") or ""))
    except (LanguageTooRare, LanguageSettled) as no:
        return go(address(visit_id), flash=no.says, kind="warn")
    return go(address(visit_id), flash=N_("La langue de la visite est enregistrée."))


ROUTES = [ask]
