"""/inspector/interests: an officer's own ties with declarants and importers: what is written, and one more."""

from typing import Any

from litestar import Request, Response

from visits.assignment import interest_rows, interests
from visits.assignment.interests import KINDS, TieUnclear
from visits.portals.telling import at_office
from visits.roles import INSPECTORS
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/inspector/interests"


@get(PATH, roles=INSPECTORS)
async def shown(work: Work, request: Asked) -> Response[str]:
    """What the register says of oneself."""
    return await _page(work, request, Form({}, language_of(request)))


@post(PATH, roles=INSPECTORS)
async def declare(work: Work, request: Asked) -> Response[Any]:
    """One more tie, at once in force."""
    form = await Form.of(request)
    party, kind = form.text("party", longest=interests.LONGEST), form.choice("kind", KINDS)
    called, remark = form.text("called", required=False), form.text("remark", required=False, longest=500)
    if form.errors:
        return await _page(work, request, form)
    try:
        await interests.declare(work, party, kind, called=called, remark=remark)
    except TieUnclear as refusal:
        form.blame(request, "party", refusal)
        return await _page(work, request, form)
    return go(PATH, flash=N_("Le lien est déclaré. Vous ne serez plus tiré pour ce déclarant ou cet importateur."))


async def _page(work: Work, request: Asked, form: Form) -> Response[str]:
    at_office(request, await office_by_id(work, work.actor.office))
    language = language_of(request)
    ties = await interest_rows.own(work)
    return page(
        request,
        "inspector/interests.html",
        status=422 if form.errors else 200,
        running=[each for each in ties if each.interest.ended_at is None],
        ended=[each for each in ties if each.interest.ended_at is not None],
        kinds=[(code, say(text, language)) for code, text in KINDS.items()],
        kind_names=KINDS,
        form=form,
        now=work.now,
    )


ROUTES = [shown, declare]
