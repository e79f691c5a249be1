"""/admin/checklists: which documents a visit's package must hold, and when."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.documents import queries
from visits.documents.checklist import default_rules
from visits.documents.rules import retire_rule, save_rule, seed_rules
from visits.documents.tables import ChecklistRule
from visits.documents.types import KINDS, name_of
from visits.journey.states import LEVEL_NAMES, Level
from visits.people.queries import agencies
from visits.roles import ADMINS
from visits.sites.queries import offices
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import say
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]

FLOWS = {"I": N_("importation"), "E": N_("exportation"), "T": N_("transit")}
MODES = {"1": N_("mer"), "2": N_("rail"), "3": N_("route"), "4": N_("air")}
#: Conditions typed as codes separated by blanks: name to its field's words.
CODES = {
    "procedures": N_("Régimes"),
    "hs_prefixes": N_("Débuts de code SH"),
    "origins": N_("Origines (pays)"),
}


@get("/admin/checklists", roles=ADMINS)
async def listed(request: Asked, work: Work) -> Response[str]:
    """The rules in force, or the ones the service begins with."""
    own = await queries.has_rules(work)
    language = language_of(request)
    rules = await queries.rules_of(work, retired=True) if own else []
    places = {each.id: each.code for each in await offices(work)}
    shown = [
        {
            "id": rule.id,
            "name": _capital(say(name_of(rule.document_type), language)),
            "mandatory": rule.mandatory,
            "when": words(rule.when, language),
            "office": places.get(rule.office_id, "") if rule.office_id else "",
            "active": rule.active,
        }
        for rule in rules
    ]
    begun = [
        {
            "name": _capital(say(name_of(rule.document_type), language)),
            "mandatory": rule.mandatory,
            "when": words(rule.when, language),
        }
        for rule in ([] if own else default_rules())
    ]
    return page(
        request,
        "admin/checklists.html",
        own=own,
        begun=begun,
        rules=[each for each in shown if each["active"]],
        retired=[each for each in shown if not each["active"]],
    )


@post("/admin/checklists/seed", roles=ADMINS)
async def seed(request: Asked, work: Work) -> Response[None]:
    """Make the first rules one's own."""
    await seed_rules(work)
    return go("/admin/checklists", flash=N_("Les règles sont à vous. Changez-les une par une."))


@get("/admin/checklists/new", roles=ADMINS)
async def ask_new(request: Asked, work: Work) -> Response[str]:
    """The form of a new rule."""
    return await _show(request, work, None, Form({}, language_of(request)))


@post("/admin/checklists/new", roles=ADMINS)
async def add(request: Asked, work: Work) -> Response[Any]:
    """A new rule."""
    return await _save(request, work, None)


@get("/admin/checklists/{rule_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, rule_id: FromPath[UUID]) -> Response[str]:
    """One rule."""
    rule = await queries.rule_for_update(work, rule_id)
    return await _show(request, work, rule, Form({}, language_of(request)))


@post("/admin/checklists/{rule_id:uuid}", roles=ADMINS)
async def change(request: Asked, work: Work, rule_id: FromPath[UUID]) -> Response[Any]:
    """Other conditions."""
    return await _save(request, work, await queries.rule_for_update(work, rule_id))


@post("/admin/checklists/{rule_id:uuid}/retire", roles=ADMINS)
async def retire(request: Asked, work: Work, rule_id: FromPath[UUID]) -> Response[None]:
    """Stop asking; it can be put back."""
    await retire_rule(work, rule_id)
    return go("/admin/checklists", flash=N_("La pièce n'est plus demandée par cette règle. Vous pouvez la remettre."))


@post("/admin/checklists/{rule_id:uuid}/restore", roles=ADMINS)
async def restore(request: Asked, work: Work, rule_id: FromPath[UUID]) -> Response[None]:
    """Undo of retiring."""
    rule = await queries.rule_for_update(work, rule_id)
    await save_rule(
        work,
        rule.id,
        document_type=rule.document_type,
        mandatory=rule.mandatory,
        when=rule.when,
        office_id=rule.office_id,
    )
    return go("/admin/checklists", flash=N_("La règle est remise."))


async def _save(request: Asked, work: Work, rule: ChecklistRule | None) -> Response[Any]:
    form = await Form.of(request)
    document_type = form.choice("document_type", KINDS)
    mandatory = form.choice("mandatory", ("yes", "no")) == "yes"
    places = {str(each.id): each.id for each in await offices(work)}
    office = form.choice("office", ["", *places]) if form.values.get("office") else ""
    when = {
        "flows": [each for each in FLOWS if each in form.many("flows")],
        "modes": [each for each in MODES if each in form.many("modes")],
        "levels": [str(each) for each in Level if each in form.many("levels")],
        "agencies": [each.code for each in await agencies(work) if each.code in form.many("agencies")],
        "cited": form.ticked("cited"),
    }
    for name in CODES:
        codes = form.text(name, required=False, longest=600).upper().replace(",", " ").split()
        if not all(each.isalnum() and each.isascii() for each in codes):
            form.refuse(name, N_("Séparez les codes par une espace."))
        when[name] = codes
    if form.errors:
        return await _show(request, work, rule, form)
    await save_rule(
        work,
        rule.id if rule else None,
        document_type=document_type,
        mandatory=mandatory,
        when=when,
        office_id=places.get(office),
    )
    return go("/admin/checklists", flash=N_("La règle est enregistrée. Les dossiers déjà envoyés ne changent pas."))


async def _show(request: Asked, work: Work, rule: ChecklistRule | None, form: Form) -> Response[str]:
    language = language_of(request)
    when: Mapping[str, Any] = rule.when if rule else {}

    def ticked(name: str) -> Sequence[str]:
        return form.many(name) if form.values else list(when.get(name, ()))

    def typed(name: str, stored: str) -> str:
        return form.values.get(name, "") if form.values else stored

    return page(
        request,
        "admin/checklist_rule.html",
        status=422 if form.errors else 200,
        rule=rule,
        form=form,
        kinds=[(code, _capital(say(kind.name, language))) for code, kind in KINDS.items()],
        document_type=typed("document_type", rule.document_type if rule else ""),
        mandatory=typed("mandatory", "no" if rule and not rule.mandatory else "yes"),
        chosen_office=typed("office", str(rule.office_id) if rule and rule.office_id else ""),
        offices=[("", say(N_("tous les bureaux"), language))]
        + [(str(each.id), f"{each.code} {each.name}") for each in await offices(work)],
        ticks=[
            ("flows", N_("Flux"), _named(FLOWS, language), ticked("flows")),
            ("modes", N_("Transport"), _named(MODES, language), ticked("modes")),
            ("levels", N_("Contrôle"), _named(LEVEL_NAMES, language), ticked("levels")),
            (
                "agencies",
                N_("Organismes"),
                [(each.code, each.name) for each in await agencies(work)],
                ticked("agencies"),
            ),
        ],
        codes=[(name, text, typed(name, " ".join(when.get(name, ())))) for name, text in CODES.items()],
        cited=form.ticked("cited") if form.values else bool(when.get("cited")),
    )


def words(when: Mapping[str, Any], language: str) -> str:
    """The conditions of a rule as people read them; without any, it always holds."""
    parts = [
        _list(when, "flows", FLOWS, language),
        _list(when, "modes", MODES, language),
        _list(when, "levels", LEVEL_NAMES, language),
        ", ".join(when.get("agencies", ())),
        *(f"{say(text, language)} {' '.join(when[name])}" for name, text in CODES.items() if when.get(name)),
        say(N_("si la déclaration la cite"), language) if when.get("cited") else "",
    ]
    return " · ".join(filter(None, parts)) or say(N_("toujours"), language)


def _list(when: Mapping[str, Any], name: str, names: Mapping[Any, str], language: str) -> str:
    return ", ".join(say(names[each], language) for each in when.get(name, ()) if each in names)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _named(names: Mapping[Any, str], language: str) -> list[tuple[str, str]]:
    return [(str(value), say(text, language)) for value, text in names.items()]


ROUTES = [listed, seed, ask_new, add, shown, change, retire, restore]
