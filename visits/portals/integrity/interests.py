"""/integrity/interests: the register of officers' ties with declarants and importers, kept with its history."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment import interest_rows, interests
from visits.assignment.interests import KINDS, EndNeedsWords, TieUnclear
from visits.portals.telling import at_office
from visits.roles import INTEREST_KEEPERS
from visits.sites.queries import office_by_id, offices
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
PATH = "/integrity/interests"


@get(PATH, roles=INTEREST_KEEPERS)
async def shown(work: Work, request: Asked) -> Response[str]:
    """What counts, what ended, and the way to enter a tie."""
    return await _page(work, request, Form({}, language_of(request)))


@post(PATH, roles=INTEREST_KEEPERS)
async def enter(work: Work, request: Asked) -> Response[Any]:
    """Enter a tie of an officer."""
    form = await Form.of(request)
    whose = form.choice("person", [str(person) for person, _ in await interest_rows.officers(work)])
    party, kind = form.text("party", longest=interests.LONGEST), form.choice("kind", KINDS)
    called, remark = form.text("called", required=False), form.text("remark", required=False, longest=500)
    if form.errors:
        return await _page(work, request, form)
    try:
        await interests.enter(work, UUID(whose), party, kind, called=called, remark=remark)
    except TieUnclear as refusal:
        form.blame(request, "party", refusal)
        return await _page(work, request, form)
    return go(PATH, flash=N_("Le lien est inscrit. Le tirage en tient compte dès maintenant."))


@post(PATH + "/{interest_id:uuid}/end", roles=INTEREST_KEEPERS)
async def end(work: Work, request: Asked, interest_id: FromPath[UUID]) -> Response[Any]:
    """A tie counts no more."""
    form = await Form.of(request)
    try:
        await interests.end(work, interest_id, form.values.get("reason", "")[:500])
    except EndNeedsWords as refusal:
        form.blame(request, f"reason-{interest_id}", refusal)
        return await _page(work, request, form)
    return go(PATH, flash=N_("Le lien est clos. Il reste dans l'historique."))


async def _page(work: Work, request: Asked, form: Form) -> Response[str]:
    every = await offices(work)
    at_office(request, await office_by_id(work, work.actor.office) if work.actor.office else every[0])
    language = language_of(request)
    ties = await interest_rows.register(work)
    work.audit("interests_read", office=work.actor.office)
    return page(
        request,
        "integrity/interests.html",
        status=422 if form.errors else 200,
        running=[each for each in ties if each.interest.ended_at is None],
        ended=[each for each in ties if each.interest.ended_at is not None],
        officers=[(str(person), name) for person, name in await interest_rows.officers(work)],
        kinds=[(code, say(text, language)) for code, text in KINDS.items()],
        kind_names=KINDS,
        me=work.actor.person,
        form=form,
    )


ROUTES = [shown, enter, end]
