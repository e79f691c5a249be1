"""/terminal/gate: read or type a voucher, see green or red with the reason, record the exit once."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery

from visits.clearance import gate as rules
from visits.clearance.exits import exits_by
from visits.clearance.gate import WORDS, Checked, Verdict
from visits.errors import Refusal
from visits.portals.inspector.course import spaced
from visits.portals.posted import text
from visits.portals.terminal.home import TERMINALS, where
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/terminal/gate"


@get(PATH, roles=TERMINALS)
async def gate(
    work: Work, request: Request[Any, Any, Any], voucher: FromQuery[str] = "", container: FromQuery[str] = ""
) -> Response[str]:
    """The question, and under it the answer."""
    await where(work, request, "")
    if not voucher.strip():
        return await _page(work, request)
    try:
        checked = await rules.check(work, voucher, container)
    except rules.VoucherNeeded as refusal:
        return await _page(work, request, typed=container, errors={"voucher": sentence(request, refusal)}, status=422)
    return await _page(work, request, checked, typed=container)


@post(PATH, roles=TERMINALS)
async def leave(work: Work, request: Request[Any, Any, Any]) -> Response[Any]:
    """The exit. Sent again it is the same exit."""
    await where(work, request, "")
    form = await request.form()
    voucher, container = text(form, "voucher"), text(form, "container")
    try:
        checked = await rules.leave(work, voucher, container, text(form, "plate"), gate=text(form, "gate")[:60])
    except rules.PlateNeeded as refusal:
        return await _again(work, request, voucher, container, text(form, "plate"), refusal)
    except rules.VoucherNeeded as refusal:
        return await _page(work, request, typed=container, errors={"voucher": sentence(request, refusal)}, status=422)
    if checked.verdict is not Verdict.ALLOWED:
        return await _page(work, request, checked, typed=container, status=409)
    return go(PATH, flash=N_("La sortie est enregistrée. Le véhicule peut partir."))


async def _again(
    work: Work, request: Request[Any, Any, Any], voucher: str, container: str, plate: str, refusal: Refusal
) -> Response[str]:
    """The answer once more, with the plate to correct."""
    checked = await rules.check(work, voucher, container)
    told = {"plate": sentence(request, refusal)} if checked.verdict is Verdict.ALLOWED else {}
    return await _page(work, request, checked, typed=container, plate=plate, errors=told, status=422)


async def _page(
    work: Work,
    request: Request[Any, Any, Any],
    checked: Checked | None = None,
    *,
    typed: str = "",
    plate: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    language = language_of(request)
    title, words = WORDS[checked.verdict] if checked else (N_("Un véhicule sort ?"), "")
    assert work.actor.person is not None
    return page(
        request,
        "terminal/gate.html",
        status=status,
        checked=checked,
        title=say(title, language),
        words=say(words, language) if words else "",
        typed=checked.container if checked else typed,
        shown=spaced(checked.container) if checked and checked.container else "",
        plate=plate,
        errors=errors or {},
        exits=[(each, spaced(each.container)) for each in await exits_by(work, work.actor.person)],
    )


ROUTES = [gate, leave]
