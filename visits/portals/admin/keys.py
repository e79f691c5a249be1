"""/admin/keys: the keys that sign confirmations: which one signs, which still prove; taking back one that leaked."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.tables import TokenKey
from visits.booking.token_keys import PROVES, all_keys, rotate, withdraw
from visits.roles import ADMINS
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.route import get, post

#: What a key does now: kind of its tag, and words.
SIGNS, TOLD, PROVES_STILL, OVER, WITHDRAWN = (
    ("run", N_("Signe")),
    ("", N_("Annoncée aux tablettes")),
    ("done", N_("Vérifie encore")),
    ("", N_("Terminée")),
    ("no", N_("Retirée")),
)


@get("/admin/keys", roles=ADMINS)
async def listed(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """Every key, the newest first."""
    keys = await all_keys(work)
    live = [each for each in keys if each.withdrawn_at is None]
    signing = next((each for each in live if each.signs_from <= work.now), None)
    return page(
        request,
        "admin/keys.html",
        rows=[(each, _state(each, signing, live, work)) for each in keys],
    )


@post("/admin/keys", roles=ADMINS)
async def add(work: Work, request: Request[Any, Any, Any]) -> Response[Any]:
    """The first key before the first appointment; later ones come by themselves."""
    await rotate(work, request.app.state.tools.vault)
    return go("/admin/keys")


@post("/admin/keys/{number:int}/withdraw", roles=ADMINS)
async def take_back(work: Work, request: Request[Any, Any, Any], number: FromPath[int]) -> Response[Any]:
    """A key that leaked: what it signed counts no more, another signs at once. Sent twice it is once."""
    await withdraw(work, request.app.state.tools.vault, number)
    return go("/admin/keys", flash=N_("La clé est retirée. Une nouvelle clé signe dès maintenant."))


def _state(key: TokenKey, signing: TokenKey | None, live: list[TokenKey], work: Work) -> tuple[str, str]:
    if key.withdrawn_at is not None:
        return WITHDRAWN
    if signing is not None and key.id == signing.id:
        return SIGNS
    if key.signs_from > work.now:
        return TOLD
    after = min(each.signs_from for each in live if each.signs_from > key.signs_from)
    return PROVES_STILL if work.now <= after + PROVES else OVER


ROUTES = [listed, add, take_back]
