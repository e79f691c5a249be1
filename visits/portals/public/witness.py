"""/public/draws/{office}/witness: a witness brings the value of a day. It proves itself, so nobody needs to sign in."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment import witness, witness_rows
from visits.errors import NotFound
from visits.portals.telling import at_office
from visits.sites.hours import ONE_DAY, grid_of
from visits.sites.queries import office_by_code
from visits.sites.tables import Office
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.pages import go, language_of, page
from visits.web.route import PUBLIC, get, post

Asked = Request[Any, Any, Any]
#: Characters looked at of what was typed.
LONGEST = 200
IN_TIME = N_("Merci. La valeur est dans tous les tirages du jour.")
TOO_LATE = N_("Le jour était déjà tiré : la valeur ne change plus rien, elle est publiée comme arrivée trop tard.")


@get("/public/draws/{office:str}/witness", roles=PUBLIC)
async def ask(work: Work, request: Asked, office: FromPath[str]) -> Response[str]:
    """What is awaited, and one field."""
    return await _page(work, request, await _office(work, office), Form({}, language_of(request)))


@post("/public/draws/{office:str}/witness", roles=PUBLIC)
async def bring(work: Work, request: Asked, office: FromPath[str]) -> Response[Any]:
    """Take a value; sent twice it is once."""
    its = await _office(work, office)
    form = await Form.of(request)
    value = form.text("value", longest=LONGEST)
    if form.errors:
        return await _page(work, request, its, form)
    try:
        brought = await witness.bring(work, request.app.state.tools, its, value)
    except (witness.WitnessUnknown, witness.WitnessEarly) as refusal:
        form.blame(request, "value", refusal)
        return await _page(work, request, its, form)
    return go(f"/public/draws/{its.code}/{brought.day}", flash=TOO_LATE if brought.late else IN_TIME)


async def _office(work: Work, code: str) -> Office:
    found = await office_by_code(work, code)
    if found is None:
        raise NotFound()
    return found


async def _page(work: Work, request: Asked, its: Office, form: Form) -> Response[str]:
    at_office(request, its)
    day = grid_of(its).day_of(work.now) + ONE_DAY
    mandate = await witness_rows.of_day(work, its.id, day)
    return page(
        request,
        "public/witness.html",
        status=422 if form.errors else 200,
        its=its,
        day=day,
        name=mandate.name if mandate else "",
        opens=witness.opens_at(its, day),
        until=await witness.awaited(work, its, day),
        early=work.now < witness.opens_at(its, day),
        form=form,
    )


ROUTES = [ask, bring]
