"""The rules of the checklist: those an administration set, or the default ones until it sets its own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from visits.documents import queries
from visits.documents.checklist import CONDITIONS, Rule, default_rules
from visits.documents.refusals import RuleMalformed
from visits.documents.tables import ChecklistRule
from visits.documents.types import KINDS
from visits.errors import NotAllowed
from visits.roles import Role
from visits.sites.queries import office_by_id
from visits.store.work import Work


async def rules_for(work: Work, office_id: UUID) -> list[Rule]:
    """The rules in force in an office."""
    if not await queries.has_rules(work):
        return default_rules()
    return [
        Rule(document_type=row.document_type, mandatory=row.mandatory, when=row.when)
        for row in await queries.rules_of(work, office_id)
    ]


async def seed_rules(work: Work) -> Sequence[ChecklistRule]:
    """Write the default rules down, so that they can be changed; once. Returns the rules in force."""
    if not await queries.has_rules(work):
        for rule in default_rules():
            row = ChecklistRule(document_type=rule.document_type, mandatory=rule.mandatory, when=dict(rule.when))
            work.session.add(row)
        await work.session.flush()
    return await queries.rules_of(work)


async def save_rule(
    work: Work,
    rule_id: UUID | None = None,
    *,
    document_type: str,
    mandatory: bool = True,
    when: Mapping[str, Any] | None = None,
    office_id: UUID | None = None,
) -> ChecklistRule:
    """Add a rule, or change one; packages already submitted are not asked again."""
    _admin(work)
    if document_type not in KINDS:
        raise RuleMalformed(field="document_type")
    conditions = _conditions(when or {})
    if office_id is not None:
        await office_by_id(work, office_id)
    await seed_rules(work)
    if rule_id is None:
        row = ChecklistRule(document_type=document_type)
        work.session.add(row)
    else:
        row = await queries.rule_for_update(work, rule_id)
        row.document_type = document_type
    row.mandatory, row.when, row.office_id, row.active = mandatory, conditions, office_id, True
    work.audit("checklist_rule_saved", row.id, office=office_id, document_type=document_type, mandatory=mandatory)
    await work.session.flush()
    return row


async def retire_rule(work: Work, rule_id: UUID) -> None:
    """Stop asking; the rule stays on record."""
    _admin(work)
    row = await queries.rule_for_update(work, rule_id)
    row.active = False
    work.audit("checklist_rule_retired", row.id, office=row.office_id, document_type=row.document_type)


def _admin(work: Work) -> None:
    if not work.actor.is_a(Role.ADMIN):
        raise NotAllowed()


def _conditions(when: Mapping[str, Any]) -> dict[str, Any]:
    """Known conditions only, each a list of words, `cited` a yes; empty ones are left out."""
    kept: dict[str, Any] = {}
    for name, value in when.items():
        if name not in CONDITIONS:
            raise RuleMalformed(field=name)
        if name == "cited":
            if not isinstance(value, bool):
                raise RuleMalformed(field=name)
        elif not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise RuleMalformed(field=name)
        if value:
            kept[name] = value
    return kept
