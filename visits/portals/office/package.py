"""/office/packages/{id}: the declaration beside its documents; an officer accepts the package or names every defect."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.clearance.verdict import DOUBTS
from visits.declarations.lane import LANE_NAMES, Colour
from visits.declarations.queries import colours_of
from visits.documents.checklist import REASONS, Defect
from visits.documents.package import Package, given_of, package_of, verdict_of
from visits.documents.queries import document_for
from visits.documents.refusals import DefectsLeft, NoDefect
from visits.documents.review import accept, send_back
from visits.documents.types import KINDS, name_of
from visits.errors import BadInput
from visits.journey.states import LEVEL_NAMES, Level, State
from visits.people.queries import person_by_id
from visits.portals.papers import capital, choices, fault, paper, reasons, shared
from visits.portals.telling import at_office, boxes
from visits.roles import CASE_READERS, CHIEFS, INSPECTORS
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import money, say, weight
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/office/packages/{visit_id:uuid}"
OFFICERS = INSPECTORS | CHIEFS
#: Items shown; the whole declaration is one tap away.
MOST_ITEMS = 60
#: The row that asks for a document no rule asks for.
ASKED = "asked"
NOT_TICKED = N_("Cochez ce défaut, ou effacez sa raison.")
NO_REASON = N_("Choisissez la raison du défaut.")


@get(PATH, roles=CASE_READERS)
async def show(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """The package, to check or to read."""
    return await _page(work, request, await package_of(work, visit_id), Form({}, language_of(request)))


@post(PATH, roles=OFFICERS)
async def decide(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """The verdict: `accept`, or `return` with all ticked defects."""
    form = await Form.of(request)
    defects = _defects(form)
    seen = form.text("seen", longest=16)
    accepting = form.choice("verdict", ("accept", "return")) == "accept"
    remark = form.text("remark", required=False, longest=500)
    if accepting and defects:
        form.errors["verdict"] = sentence(request, DefectsLeft())
    elif not accepting and not defects and not form.errors:
        form.errors["verdict"] = sentence(request, NoDefect())
    if form.errors:
        return await _page(work, request, await package_of(work, visit_id), form, status=422)
    if accepting:
        await accept(work, visit_id, remark, seen=seen)
        return go(work.actor.home, flash=N_("Le dossier est accepté."))
    await send_back(work, visit_id, defects, remark, seen=seen)
    return go(work.actor.home, flash=N_("Le dossier est renvoyé au déclarant, avec tous ses défauts."))


def _defects(form: Form) -> list[Defect]:
    """The ticked rows, each `code|document`; a row filled in and not ticked is asked about, never passed over."""
    ticked = form.many("defect")
    for name, value in form.values.items():
        row = name.removeprefix("reason-")
        if row != name and value and row not in {_row(each) for each in ticked}:
            form.refuse(f"defect-{row}", NOT_TICKED)
    found = []
    for each in ticked:
        code, _, document = each.partition("|")
        row = _row(each)
        reason = form.values.get(f"reason-{row}", "")
        if row == ASKED:
            code, reason = form.values.get("asked-kind", ""), reason or "missing"
        if reason not in REASONS:
            form.refuse(f"defect-{row}", NO_REASON)
        if code not in KINDS:
            form.refuse(f"defect-{row}", NO_REASON)
        text = form.text(f"text-{row}", required=False, longest=500)
        found.append(Defect(document_type=code, document=_id(document), reason=reason, text=text))
    return found


def _row(value: str) -> str:
    """The name of a row's fields: its document, or the kind that is not there."""
    code, _, document = value.partition("|")
    return document or code


def _id(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError as fault:
        raise BadInput(field="defect") from fault


async def _page(
    work: Work, request: Request[Any, Any, Any], package: Package, form: Form, status: int = 200
) -> Response[str]:
    case = package.case
    at_office(request, case.office)
    language = language_of(request)
    state = State(case.visit.state)
    review = package.review
    return page(
        request,
        "office/package.html",
        status=status,
        **shared(package, language),
        declaration=case.declaration,
        seen=package.mark,
        state=state.value,
        may=state is State.CHECKING and work.actor.is_a(*OFFICERS),
        about=await _about(work, package, language),
        doubts=[say(DOUBTS[each], language) for each in case.declaration.warnings if each in DOUBTS],
        items=_items(package, language),
        more_items=max(0, len(case.declaration.content.get("items") or ()) - MOST_ITEMS),
        containers=_containers(package),
        uncharted=[f"{code} {title}".strip() for code, title in package.facts.uncharted],
        earlier=[(paper(given_of(row), language), row.state, row.at) for row in package.earlier],
        review=review,
        reviewer=(await person_by_id(work, review.reviewed_by)).name if review else "",
        told=await _told(work, package, language),
        reasons=reasons(language),
        choices=choices(language),
        asked=ASKED,
        values=form.values,
        ticked=[_row(each) for each in form.many("defect")],
        errors=form.errors,
    )


async def _about(work: Work, package: Package, language: str) -> list[tuple[str, str]]:
    """The head of the declaration as names and values."""
    case = package.case
    content = case.declaration.content
    lanes = await colours_of(work, case.declaration.id)
    totals = content.get("totals") or {}
    rows = (
        (N_("Visite"), f"{case.visit.reference} · {say(LEVEL_NAMES[Level(case.visit.level)], language)}"),
        (N_("Circuit"), say(LANE_NAMES[Colour(lanes[None])], language) if None in lanes else ""),
        (N_("Marchandises"), case.declaration.goods),
        (N_("Conteneurs"), boxes(case.declaration, language)),
        (N_("Déclarant"), case.declaration.declarant_name or ""),
        (N_("Exportateur"), (content.get("exporter") or {}).get("name") or ""),
        (N_("Destinataire"), case.declaration.consignee_name or ""),
        (N_("Facture"), _invoice(totals, language)),
        (N_("Consignes"), case.visit.order.get("instructions") or ""),
    )
    return [(say(name, language), value) for name, value in rows if value]


def _invoice(totals: dict[str, Any], language: str) -> str:
    amount, currency = totals.get("invoice"), totals.get("invoice_currency")
    return money(_figure(amount), currency, language) if amount and currency else ""


def _figure(value: Any) -> Any:
    return Decimal(str(value or 0))


def _items(package: Package, language: str) -> list[tuple[str, ...]]:
    """The items as a table: number, goods, tariff code and origin, value, weight, packages."""
    currency = package.case.office.currency
    return [
        (
            str(item["number"]),
            item.get("commercial_description") or item.get("description") or "",
            ", ".join(filter(None, (item.get("hs6") or item.get("commodity_code"), item.get("origin")))),
            money(_figure(item.get("statistical_value")), currency, language),
            weight(_figure(item.get("gross_weight")), language),
            str((item.get("packages") or {}).get("count") or ""),
        )
        for item in (package.case.declaration.content.get("items") or ())[:MOST_ITEMS]
    ]


def _containers(package: Package) -> list[tuple[str, str, bool]]:
    """Number, type, and whether the check digit is right."""
    return [
        (box["number"], box.get("type") or "", box.get("check_digit_valid") is not False)
        for box in package.case.declaration.content.get("containers") or ()
    ]


async def _told(work: Work, package: Package, language: str) -> list[tuple[str, str, str]]:
    """The defects of the last verdict: kind, file, reason."""
    if package.review is None:
        return []
    found = []
    for defect in verdict_of(package.review).defects:
        name = (await document_for(work, defect.document)).file_name if defect.document else ""
        found.append((capital(say(name_of(defect.document_type), language)), name, fault(defect, language)))
    return found


ROUTES = [show, decide]
