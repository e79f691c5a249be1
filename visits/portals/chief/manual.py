"""/chief/manual/{id}: carry a report over by hand: text to key in, QR to compare, act number and voucher back."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from visits.clearance.act_text import act_text
from visits.clearance.manual import LONGEST, correct_act, key_act, key_voucher
from visits.clearance.queries import newest_outbound
from visits.clearance.refusals import sentence_of
from visits.declarations.queries import case_of
from visits.errors import Refusal
from visits.journey.states import State
from visits.portals.telling import at_office
from visits.reports.content import short_hash
from visits.roles import CHIEFS
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

PATH = "/chief/manual/{visit_id:uuid}"


@get(PATH, roles=CHIEFS)
async def sheet(
    work: Work,
    request: Request,  # type: ignore[type-arg]
    visit_id: FromPath[UUID],
    plain: FromQuery[bool] = False,
) -> Response[str]:
    """What to key in over there, and the form for what comes back."""
    return await _page(work, request, visit_id, plain=plain)


@post(PATH + "/act", roles=CHIEFS)
async def act(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The act number comes back."""
    typed = str((await request.form()).get("act", ""))
    return await _try(request, visit_id, "act", typed, "", N_("Numéro d'acte enregistré."))


@post(PATH + "/correct", roles=CHIEFS)
async def correct(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """A wrong number is corrected, with the reason."""
    form = await request.form()
    typed, reason = str(form.get("corrected", "")), str(form.get("reason", ""))[:500]
    return await _try(
        request, visit_id, "corrected", typed, reason, N_("Numéro d'acte corrigé. L'ancien reste au journal.")
    )


@post(PATH + "/voucher", roles=CHIEFS)
async def voucher(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The removal voucher comes back."""
    typed = str((await request.form()).get("voucher", ""))
    return await _try(
        request, visit_id, "voucher", typed, "", N_("Bon à enlever enregistré. Le déclarant est prévenu.")
    )


async def _try(
    request: Request[Any, Any, Any], visit_id: UUID, field: str, typed: str, reason: str, flash: str
) -> Response[Any]:
    """One number in a transaction of its own; a refused one is shown beside its field, nothing lost."""
    database = request.app.state.database
    try:
        if field == "act":
            await database.run(request.user, key_act, visit_id, typed)
        elif field == "corrected":
            await database.run(request.user, correct_act, visit_id, typed, reason)
        else:
            await database.run(request.user, key_voucher, visit_id, typed)
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        where = "reason" if refusal.code == "reason-needed" else field
        status, said = refusal.status, sentence_of(refusal.code, refusal.facts, language_of(request))

        async def again(work: Work) -> Response[str]:
            return await _page(
                work,
                request,
                visit_id,
                status=status,
                values={field: typed[: 2 * LONGEST], "reason": reason},
                errors={where: said},
            )

        return await database.run(request.user, again)  # type: ignore[no-any-return]
    return go(f"/chief/manual/{visit_id}", flash=flash)


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    visit_id: UUID,
    *,
    plain: bool = False,
    status: int = 200,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response[str]:
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    outbound = await newest_outbound(work, visit_id)
    language = language_of(request)
    state = State(case.visit.state)
    digest = str(outbound.body["digest"])
    return page(
        request,
        "chief/manual.html",
        status=status,
        name=case.title,
        visit=case.visit,
        declaration=case.declaration,
        outbound=outbound,
        plain=plain,
        text=act_text(outbound.body, lang=language, zone=ZoneInfo(case.office.tz), ascii_only=plain),
        digest=digest,
        short=short_hash(digest),
        code=f"{outbound.message_key} sha256:{digest}",
        wants_act=outbound.act is None and state in (State.VALIDATED, State.PUSHED),
        wants_voucher=outbound.act is not None and case.declaration.voucher is None and state is State.ACKNOWLEDGED,
        may_correct=outbound.act is not None and outbound.link == "manual",
        values={"act": "", "corrected": "", "voucher": "", "reason": ""} | (values or {}),
        errors=errors or {},
        longest=LONGEST,
    )


ROUTES = [sheet, act, correct, voucher]
