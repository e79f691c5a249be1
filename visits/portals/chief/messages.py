"""/chief/messages: what came in and was refused or waits, what did not go out, and a button to try it again."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.clearance import queries
from visits.clearance.inbox import settle
from visits.clearance.push import replay_report
from visits.clearance.refusals import sentence_of
from visits.clearance.replay import ask_again, dismiss, replay_event
from visits.clearance.tables import Inbound, Outbound
from visits.clearance.verdict import NOTES
from visits.declarations.queries import title_of
from visits.errors import NotFound
from visits.journey.timeline import PLAIN
from visits.portals.telling import at_office
from visits.roles import CHIEFS
from visits.sites.queries import office_by_id
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

PAGE_PATH = "/chief/messages"

#: What people read for a kind of message.
KINDS: dict[str, str] = {
    "declaration": N_("Déclaration"),
    "message": N_("Message"),
    "lane_chosen": N_("Circuit"),
    "lane_rerouted": N_("Changement de circuit"),
    "report_acknowledged": N_("Accusé de réception"),
    "release_issued": N_("Bon à enlever"),
    "release_cancelled": N_("Annulation du bon à enlever"),
    "visit_withdrawn": N_("Retrait du contrôle"),
    "goods_exited": N_("Sortie des marchandises"),
    "cargo_arrived": N_("Arrivée"),
    "assessed": N_("Liquidation"),
    "paid": N_("Paiement"),
}


@get(PAGE_PATH, roles=CHIEFS)
async def messages(work: Work, request: Request) -> Response[str]:  # type: ignore[type-arg]
    """Everything that needs a look, in words."""
    at_office(request, await office_by_id(work, work.actor.office))
    language = language_of(request)
    inbound = await queries.inbound_to_see(work, waiting=True)
    return page(
        request,
        "chief/messages.html",
        waiting=[_inbound(each, language) for each in inbound if each.outcome == "parked"],
        early=sum(each.code == "unknown_declaration" for each in inbound),
        odd=[_inbound(each, language) for each in inbound if each.outcome != "parked"],
        reports=[
            _outbound(each, visit.reference, title_of(about), language)
            for each, visit, about in await queries.unfinished_outbound(work)
        ],
        events=[
            (event, title_of(declaration), say(PLAIN.get(event.kind, event.kind), language))
            for event, declaration in await queries.parked_events(work)
        ],
        links=[(each.down_since, each.fault) for each in await queries.links_down(work)],
    )


def _inbound(each: Inbound, language: str) -> dict[str, Any]:
    note = NOTES.get(each.code)
    body = each.body or {}
    facts = body.get("facts", body)
    return {
        "id": each.id,
        "title": " · ".join(filter(None, (say(KINDS.get(each.kind, each.kind), language), each.about or each.name))),
        "text": say(note, language) if note else sentence_of(each.code, facts, language) or each.detail,
        "code": each.code,
        "sender": each.sender,
        "at": each.received_at,
        "refused": each.outcome == "refused",
    }


def _outbound(each: Outbound, visit: str, title: str, language: str) -> dict[str, Any]:
    state = {
        "parked": N_("Tous les essais ont échoué. Rien n'est perdu."),
        "waiting": N_("Un essai a échoué. Le prochain part tout seul."),
        "manual": N_("À reporter à la main dans le système de dédouanement."),
    }[each.state]
    return {
        "id": each.id,
        "visit_id": each.visit_id,
        "title": f"{title} · {visit}",
        "state": each.state,
        "text": say(state, language),
        "fault": each.fault,
        "tries": each.tries,
        "due_at": each.due_at,
    }


@post(PAGE_PATH + "/in/{message_id:uuid}/replay", roles=CHIEFS)
async def replay_message(request: Request, message_id: FromPath[UUID]) -> Response[None]:  # type: ignore[type-arg]
    """Try a parked message again, now, in transactions of its own."""
    tools = request.app.state.tools
    message = await tools.database.run(request.user, ask_again, message_id)
    if message.about is None:
        raise NotFound()
    if await settle(tools, request.user.tenant, about=message.about):
        return go(PAGE_PATH, flash=N_("Le message a pris effet."))
    return go(PAGE_PATH, flash=N_("Le message attend toujours : la cause est encore là."), kind="warn")


@post(PAGE_PATH + "/in/{message_id:uuid}/dismiss", roles=CHIEFS)
async def dismiss_message(work: Work, message_id: FromPath[UUID]) -> Response[None]:
    """Put a message away that needs nothing more."""
    await dismiss(work, message_id)
    return go(PAGE_PATH, flash=N_("Message classé. Il reste au journal."))


@post(PAGE_PATH + "/out/{report_id:uuid}/replay", roles=CHIEFS)
async def replay_outbound(work: Work, report_id: FromPath[UUID]) -> Response[None]:
    """Send a report again."""
    await replay_report(work, report_id)
    return go(PAGE_PATH, flash=N_("Le rapport repart."))


@post(PAGE_PATH + "/events/{event_id:uuid}/replay", roles=CHIEFS)
async def replay_parked_event(work: Work, event_id: FromPath[UUID]) -> Response[None]:
    """Deliver an event again."""
    await replay_event(work, event_id)
    return go(PAGE_PATH, flash=N_("La suite est relancée."))


ROUTES = [messages, replay_message, dismiss_message, replay_outbound, replay_parked_event]
