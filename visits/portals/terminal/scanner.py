"""/terminal/scanner: who passes next at each scanner today; the next ticket is called, in order."""

from itertools import groupby
from typing import Any

from litestar import Request, Response

from visits.booking.ticket import call, queue
from visits.portals.posted import sent_id
from visits.portals.terminal.home import TERMINALS, where
from visits.sites.hours import grid_of
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, page
from visits.web.route import get, post

PATH = "/terminal/scanner"


@get(PATH, roles=TERMINALS)
async def scanner(work: Work, request: Request[Any, Any, Any]) -> Response[str]:
    """Today's tickets, scanner by scanner."""
    office, _, _, _ = await where(work, request, "")
    tickets = await queue(work, office, grid_of(office).day_of(work.now))
    lines = [list(each) for _, each in groupby(tickets, key=lambda ticket: ticket.scanner_id)]
    return page(
        request,
        "terminal/scanner.html",
        lines=lines,
        waiting=sum(ticket.waits and ticket.called_at is None for ticket in tickets),
        now=work.now,
    )


@post(PATH + "/call", roles=TERMINALS)
async def call_next(work: Work, request: Request[Any, Any, Any]) -> Response[Any]:
    """Call the next ticket; pressed twice it is called once."""
    await where(work, request, "")
    await call(work, sent_id(await request.form(), "appointment"))
    return go(PATH, flash=N_("Le ticket est appelé. Le déclarant le voit sur son téléphone."))


ROUTES = [scanner, call_next]
