"""/chief/visits/{id}: what a chief may decide when a visit leaves its straight way."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.booking.language import open_to_wishes, wish
from visits.declarations.queries import Case, case_of
from visits.errors import Refusal
from visits.fieldwork import branches, follow, no_shows, queries
from visits.fieldwork.branches import Decision
from visits.fieldwork.follow import AFTER
from visits.fieldwork.words import Deed
from visits.ids import new_id
from visits.journey.states import OVER, STATE_NAMES, Level, State, possible
from visits.people.queries import agencies
from visits.portals.posted import Form, choice, sent_id, text
from visits.portals.telling import at_office, languages
from visits.reports.absence import SIDES
from visits.roles import CHIEFS
from visits.sites.policies import Policies, policy
from visits.store.work import Work
from visits.texts import N_
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

AnyRequest = Request[Any, Any, Any]
#: Refusals that are no answer to what was typed.
AWAY = frozenset({401, 403, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One decision: where its form goes, what it says, what follows from it."""

    path: str
    #: The event that must be possible; empty when the states are listed elsewhere.
    event: str
    title: str
    follows: str
    button: str
    #: How the reason is asked for.
    asks: str = N_("Raison")
    grave: bool = False


CHOICES: tuple[Choice, ...] = (
    Choice(
        path="goods-absent",
        event="goods_absent",
        title=N_("La marchandise n'est pas là"),
        follows=N_("Le rendez-vous est rendu. Le déclarant en choisit un autre."),
        button=N_("Noter la marchandise absente"),
    ),
    Choice(
        path="party-absent",
        event="party_absent",
        title=N_("Le déclarant n'est pas là"),
        follows=N_("La carence (personne absente) figure au dossier. Le déclarant choisit un autre rendez-vous."),
        button=N_("Noter la carence"),
    ),
    Choice(
        path="customs-no-show",
        event="customs_no_show",
        title=N_("Aucun vérificateur n'est venu"),
        follows=N_("La visite garde sa place : la première heure libre lui est proposée. Rien ne compte contre elle."),
        button=N_("Noter l'absence du vérificateur"),
    ),
    Choice(
        path="convert",
        event="visit_converted",
        title=N_("La vidéo ne suffit pas"),
        follows=N_("La visite se fera sur place, à un autre rendez-vous."),
        button=N_("Demander une visite sur place"),
    ),
    Choice(
        path="counter-visit",
        event="",
        title=N_("Faire une contre-visite"),
        follows=N_("Une seconde visite des mêmes marchandises s'ouvre, avec un autre vérificateur."),
        button=N_("Ordonner la contre-visite"),
    ),
    Choice(
        path="extension",
        event="",
        title=N_("Étendre la visite"),
        follows=N_("Une seconde visite s'ouvre : tous les conteneurs, dépotage complet, tous les articles."),
        button=N_("Ordonner l'extension"),
    ),
    Choice(
        path="lab-awaited",
        event="lab_awaited",
        title=N_("Attendre le laboratoire"),
        follows=N_("Le rapport attend le résultat. Le laboratoire tient le temps."),
        button=N_("Attendre le laboratoire"),
    ),
    Choice(
        path="lab-result",
        event="lab_result",
        title=N_("Le laboratoire a répondu"),
        follows=N_("Le vérificateur peut écrire le rapport."),
        button=N_("Enregistrer le résultat"),
        asks=N_("Résultat du laboratoire"),
    ),
    Choice(
        path="paper",
        event="paper_exception",
        title=N_("La visite s'est faite sur papier"),
        follows=N_("Le rapport est saisi ensuite et le dit. La raison est publiée avec lui."),
        button=N_("Passer au rapport papier"),
    ),
    Choice(
        path="seize",
        event="goods_seized",
        title=N_("Saisir les marchandises"),
        follows=N_("Le dossier se termine ici. Le contentieux prend la suite."),
        button=N_("Enregistrer la saisie"),
        grave=True,
    ),
    Choice(
        path="cancel",
        event="cancelled",
        title=N_("Annuler la visite"),
        follows=N_("Le rendez-vous est rendu et la visite n'aura pas lieu. Le déclarant est prévenu."),
        button=N_("Annuler la visite"),
        grave=True,
    ),
)
#: The visit cannot be made without the agency.
REBOOK = "rebook"
_ORDERS = {"counter-visit": Deed.COUNTER_VISIT, "extension": Deed.EXTENSION}

_DONE: dict[str, tuple[Any, str]] = {
    "goods-absent": (branches.goods_absent, N_("L'absence de la marchandise est enregistrée.")),
    "party-absent": (branches.party_absent, N_("La carence (personne absente) est enregistrée.")),
    "customs-no-show": (no_shows.customs_no_show, N_("L'absence du vérificateur est enregistrée.")),
    "convert": (branches.convert, N_("La visite se fera sur place.")),
    "counter-visit": (follow.order_counter_visit, N_("La contre-visite est ordonnée.")),
    "extension": (follow.order_extension, N_("L'extension est ordonnée.")),
    "lab-awaited": (branches.lab_awaited, N_("Le rapport attend le laboratoire.")),
    "paper": (branches.paper_exception, N_("Le rapport papier peut être saisi.")),
    "seize": (branches.seize, N_("La saisie est enregistrée.")),
    "cancel": (branches.cancel, N_("La visite est annulée.")),
}


def open_to(case: Case, work: Work) -> list[Choice]:
    """The decisions that fit the visit's state, and are this person's."""
    state, roles = State(case.visit.state), work.actor.roles
    events = possible(state, Level(case.visit.level), roles)
    return [each for each in CHOICES if (each.event in events if each.event else state in AFTER[_ORDERS[each.path]])]


async def _show(
    work: Work, request: AnyRequest, visit_id: UUID, *, typed: Form | None = None, refusal: Refusal | None = None
) -> Response[str]:
    case = await case_of(work, visit_id)
    at_office(request, case.office)
    language = language_of(request)
    invited = [each for each in await agencies(work) if each.code in case.visit.order["agencies"]]
    events = possible(State(case.visit.state), Level(case.visit.level), work.actor.roles)
    children = await queries.children_of(work, visit_id)
    return page(
        request,
        "chief/visit.html",
        status=refusal.status if refusal else 200,
        refusal=sentence(request, refusal) if refusal else "",
        mend=isinstance(refusal, no_shows.InspectorInVisit),
        typed=typed or {},
        case=case,
        state=say(STATE_NAMES[State(case.visit.state)], language),
        choices=open_to(case, work),
        tongues=_languages(case, language),
        invited=invited if "agency_absent" in events else [],
        may_replace="inspector_absent" in events and case.visit.inspector_id is not None,
        noted=len([step for step in (await queries.record_of(work, visit_id)).steps if step.kind in SIDES]),
        under_way=[each for each in children if State(each.state) not in OVER],
        new_id=new_id,
        now=work.now,
    )


@get("/chief/visits/{visit_id:uuid}", roles=CHIEFS)
async def visit(work: Work, request: AnyRequest, visit_id: FromPath[UUID]) -> Response[str]:
    """What can be decided now."""
    return await _show(work, request, visit_id)


def _languages(case: Case, language: str) -> list[tuple[str, str]]:
    """The languages the visit may still be asked to be held in, the office's own first."""
    if not open_to_wishes(case):
        return []
    return languages(policy(case.office, Policies).language, language)


def _decision(path: str) -> Any:
    use_case, told = _DONE[path]

    @post(f"/chief/visits/{{visit_id:uuid}}/{path}", roles=CHIEFS, operation_id=f"portals.chief.visit.{path}")
    async def decide(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
        form = await request.form()
        return await _perform(request, visit_id, use_case, told, id=sent_id(form), reason=text(form, "reason"))

    return decide


@post("/chief/visits/{visit_id:uuid}/lab-result", roles=CHIEFS)
async def lab_result(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """The laboratory answered."""
    form = await request.form()
    told = N_("Le résultat du laboratoire est enregistré.")
    named = {"id": sent_id(form), "conclusion": text(form, "reason")}
    return await _perform(request, visit_id, branches.lab_result, told, **named)


@post("/chief/visits/{visit_id:uuid}/agency-absent", roles=CHIEFS)
async def agency_absent(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Go on without an agency, wait for it, or have another time found for the visit."""
    form = await request.form()
    if text(form, "decision") == REBOOK:
        told = N_("La visite garde sa place : la première heure libre lui est proposée.")
        facts = {"id": sent_id(form), "agency": text(form, "agency"), "reason": text(form, "reason")}
        return await _perform(request, visit_id, no_shows.agency_no_show, told, **facts)
    named: dict[str, Any] = {
        "id": sent_id(form),
        "agency": text(form, "agency"),
        "decision": choice(form, "decision", Decision, N_("décision")),
        "reason": text(form, "reason"),
    }
    told = N_("L'absence de l'organisme est enregistrée.")
    return await _perform(request, visit_id, branches.agency_absent, told, **named)


@post("/chief/visits/{visit_id:uuid}/language", roles=CHIEFS)
async def language(request: AnyRequest, visit_id: FromPath[UUID]) -> Response[Any]:
    """Ask for an inspector who speaks a language, or no longer; somebody who was awaited is drawn at once."""
    form = await request.form()
    told = N_("La langue de la visite est enregistrée.")
    return await _perform(request, visit_id, wish, told, language=text(form, "language"), reason=text(form, "reason"))


async def _perform(request: AnyRequest, visit_id: UUID, use_case: Any, told: str, **named: Any) -> Response[Any]:
    """One decision in a transaction of its own; a refusal shows the page again with what was typed."""
    database = request.app.state.database
    try:
        await database.run(request.user, use_case, visit_id, **named)
    except Refusal as refusal:
        if refusal.status in AWAY:
            raise
        typed, reason = dict(await request.form()), refusal

        async def again(work: Work) -> Response[str]:
            return await _show(work, request, visit_id, typed=typed, refusal=reason)

        return await database.run(request.user, again)  # type: ignore[no-any-return]
    return go(f"/chief/visits/{visit_id}", flash=told)


ROUTES = [visit, *(_decision(path) for path in _DONE), lab_result, agency_absent, language]
