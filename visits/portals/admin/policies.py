"""/admin/policies: the rules of an office, and what a change would hit before it is saved."""

from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from visits.assignment.limits import bearable
from visits.assignment.seeds import commit_seeds
from visits.booking.materialise import materialise
from visits.portals.admin.effects import Effect, effects
from visits.roles import ADMINS, NAMES, Role
from visits.sites import policies, queries
from visits.sites.admin import set_policies
from visits.sites.limits import PolicyImpossible, PolicyOutOfRange, possible
from visits.sites.policies import Policies
from visits.sites.policy_rules import GROUPS, Rule
from visits.sites.skills import SkillUnclear
from visits.store.work import Work
from visits.texts import N_
from visits.web.forms import Form
from visits.web.language import NAMES as LANGUAGES
from visits.web.language import say, say_many
from visits.web.pages import go, language_of, page
from visits.web.route import get, post

Asked = Request[Any, Any, Any]
#: Rules in rows, which have a page of their own.
PAGE = "page"


@get("/admin/policies", roles=ADMINS)
async def choose(request: Asked, work: Work) -> Response[Any]:
    """The office whose rules to see; the only one without asking."""
    offices = await queries.offices(work)
    if len(offices) == 1:
        return go(f"/admin/policies/{offices[0].id}")
    return page(request, "admin/policies_offices.html", offices=offices)


@get("/admin/policies/{office_id:uuid}", roles=ADMINS)
async def shown(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[str]:
    """The rules in force."""
    return await _show(request, work, office_id, Form({}, language_of(request)), None)


@post("/admin/policies/{office_id:uuid}", roles=ADMINS)
async def save(request: Asked, work: Work, office_id: FromPath[UUID]) -> Response[Any]:
    """First what the change would hit; with `confirmed`, the change."""
    form = await Form.of(request)
    office = await queries.office_by_id(work, office_id)
    before = policies.policy(office, Policies)
    wanted = replace(
        before, **{name: _typed(form, name, rule) for name, rule in policies.rules().items() if rule.kind != PAGE}
    )
    if form.errors:
        return await _show(request, work, office_id, form, None)
    changes = policies.changed(before, wanted)
    try:
        await possible(work, office, wanted, changes)
        await bearable(work, office, wanted, changes)
    except (PolicyOutOfRange, PolicyImpossible, SkillUnclear) as refusal:
        form.blame(request, str(refusal.facts["name"]), refusal)
        return await _show(request, work, office_id, form, None)
    if changes and not form.ticked("confirmed"):
        return await _show(request, work, office_id, form, await effects(work, office, wanted, changes))
    await set_policies(work, office_id, wanted)
    if any(name.startswith("horizon") for name in changes):
        await commit_seeds(work, request.app.state.tools)
        await materialise(work, office)
    said = N_("Les règles sont enregistrées et valent dès maintenant.") if changes else N_("Rien n'avait changé.")
    return go(f"/admin/policies/{office_id}", flash=said)


def _typed(form: Form, name: str, rule: Rule) -> Any:
    """What was typed for one policy, as its type."""
    if rule.kind == "number" or (rule.kind == "maybe" and form.values.get(name, "").strip()):
        return form.whole(name, rule.low, rule.high)
    if rule.kind == "maybe":
        return None
    if rule.kind == "choice":
        return form.choice(name, rule.names)
    if rule.kind == "lines":
        lines = (line.strip() for line in form.text(name, required=False, longest=4000).splitlines())
        return tuple(line for line in lines if line)
    if rule.kind == "ticks":
        ticked = form.many(name)
        if name == "languages" and not ticked:
            form.refuse(name, N_("Gardez au moins une langue."))
        return tuple(str(each) for each in (*rule.choices, *rule.names) if each in ticked)
    return form.text(name, required=False, longest=400)


async def _show(request: Asked, work: Work, office_id: UUID, form: Form, hit: list[Effect] | None) -> Response[str]:
    office = await queries.office_by_id(work, office_id)
    request.state.tz = office.tz
    language = language_of(request)
    in_force, defaults = policies.policy(office, Policies), Policies()
    groups: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for each in fields(Policies):
        rule = policies.rule_of(each)
        if rule.kind == PAGE:
            continue
        stored = _shown(getattr(in_force, each.name))
        typed = form.values.get(each.name, "") if form.values else stored
        groups[rule.group].append(
            {
                "name": each.name,
                "rule": rule,
                "value": typed,
                "ticked": form.many(each.name)
                if form.values
                else list(getattr(in_force, each.name) or ())
                if rule.kind == "ticks"
                else [],
                "items": [(str(one), _named(one, language)) for one in rule.choices]
                + [(value, say(text, language)) for value, text in rule.names.items()],
                "hint": _hint(each.name, rule, getattr(defaults, each.name), language),
            }
        )
    return page(
        request,
        "admin/policies.html",
        status=422 if form.errors else 200,
        bureau=office,
        groups=groups,
        form=form,
        effects=hit,
        sent={name: form.many(name) or [""] for name in policies.rules()} if hit is not None else {},
        history=await queries.policy_changes(work, office.id, 10),
        titles={name: rule.title for name, rule in policies.rules().items()},
        said=lambda name, value: _said(name, value, language),
    )


def _hint(name: str, rule: Rule, default: Any, language: str) -> str:
    """What the policy means, between which limits, and what it is by default."""
    said = [say(rule.hint, language)] if rule.hint else []
    if rule.unit:
        said.append(say(N_("Entre %(low)s et %(high)s."), language, low=rule.low, high=rule.high))
    return " ".join([*said, say(N_("À l'origine : %(value)s."), language, value=_said(name, default, language))])


def _shown(value: Any) -> str:
    """A value as its field shows it."""
    if value is None:
        return ""
    return "\n".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _said(name: str, value: Any, language: str) -> str:
    """A policy's value in words, for the default, the preview and the history."""
    rule = policies.rules().get(name)
    if rule and isinstance(value, str) and value in rule.names:
        return say(rule.names[value], language)
    if value is None or value == "" or value == () or value == []:
        return say(N_("vide"), language)
    if rule and rule.kind == PAGE:
        return say_many(N_("%(num)s règle"), N_("%(num)s règles"), len(value), language)
    if isinstance(value, tuple | list):
        return ", ".join(_one_of(rule, each, language) for each in value)
    return str(value)


def _one_of(rule: Rule | None, value: Any, language: str) -> str:
    return say(rule.names[value], language) if rule and value in rule.names else _named(value, language)


def _named(value: Any, language: str) -> str:
    if value in LANGUAGES:
        return LANGUAGES[value]
    if value in set(Role):
        return say(NAMES[Role(value)], language)
    return str(value)


ROUTES = [choose, shown, save]
