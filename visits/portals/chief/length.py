"""/chief/visits/{id}/length: how long a visit is booked for and why, and whether it goes before others."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking import quotas_rows
from visits.booking.durations import LONGEST, SHORTEST, LengthOutOfRange, set_length, why
from visits.booking.durations_rows import length_of
from visits.booking.offer import policy_of
from visits.booking.quotas import CLASSES
from visits.booking.quotas_change import set_urgent
from visits.booking.quotas_limits import standing_of
from visits.booking.rules import WhyNeeded
from visits.declarations.queries import case_of
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.store.work import Database, Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]


@get("/chief/visits/{visit_id:uuid}/length", roles=CHIEFS)
async def shown(request: Asked, work: Work, visit_id: FromPath[UUID]) -> Response[str]:
    """The length with its ground, and the priority with its reasons."""
    return await _page(request, work, visit_id, Form({}, language_of(request)))


@post("/chief/visits/{visit_id:uuid}/length", roles=CHIEFS)
async def change(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Another length, or the predicted one again."""
    form = await Form.of(request)
    follow = form.values.get("follow") == "1"
    minutes = None if follow else form.whole("minutes", SHORTEST, LONGEST)
    return await _done(request, visit_id, form, "reason", set_length, minutes, N_("La durée est enregistrée."))


@post("/chief/visits/{visit_id:uuid}/urgency", roles=CHIEFS)
async def prefer(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """Before others, or in turn again."""
    form = await Form.of(request)
    urgent = form.values.get("urgent") == "1"
    said = N_("La visite passe avant les autres.") if urgent else N_("La visite reprend son tour.")
    return await _done(request, visit_id, form, "why", set_urgent, urgent, said)


async def _done(
    request: Asked, visit_id: UUID, form: Form, field: str, use_case: Any, value: object, said: str
) -> Response[Any]:
    database: Database = request.app.state.database
    if not form.errors:
        try:
            await database.run(request.user, use_case, visit_id, value, reason=form.values.get(field, ""))
        except (WhyNeeded, LengthOutOfRange) as refusal:
            form.blame(request, field if isinstance(refusal, WhyNeeded) else "minutes", refusal)
        else:
            return go(f"/chief/visits/{visit_id}/length", flash=said)

    async def again(work: Work) -> Response[str]:
        return await _page(request, work, visit_id, form)

    return await database.run(request.user, again)


async def _page(request: Asked, work: Work, visit_id: UUID, form: Form) -> Response[str]:
    case, language = await case_of(work, visit_id), language_of(request)
    at_office(request, case.office)
    ground, last = await why(work, visit_id), await length_of(work, visit_id)
    standing = await standing_of(work, case, staff=policy_of(work, case.office).staff)
    urgency = await quotas_rows.urgency_of(work, visit_id)
    return page(
        request,
        "chief/length.html",
        status=422 if form.errors else 200,
        case=case,
        form=form,
        ground=say(ground[0], language, **ground[1]) if ground else "",
        by_hand=last is not None and last.source == "staff",
        classes=[say(CLASSES[each], language) for each in standing.classes],
        urgency=urgency if urgency is not None and urgency.urgent else None,
        low=SHORTEST,
        high=LONGEST,
    )


ROUTES = [shown, change, prefer]
