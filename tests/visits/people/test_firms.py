"""Firms keep their own people, and an importer chooses its brokers."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from tests.support.stage import Stage
from visits.declarations.claim import claim
from visits.declarations.queries import declaration_for
from visits.declarations.tables import Declaration
from visits.errors import NotAllowed, NotFound
from visits.people import queries
from visits.people.firms import (
    FirmKnown,
    LastOfTheFirm,
    UnknownFirm,
    add_clerk,
    add_firm,
    clerk_link,
    close_firm,
    end_clerk,
    end_mandate,
    invite_to_firm,
    mandate,
    open_firm,
)
from visits.people.invite import Newcomer
from visits.people.signin import WrongCredentials, choose_password, sign_in
from visits.people.tables import Firm
from visits.roles import Role

PASSWORD = "un quai sous la pluie"


async def test_a_known_code_is_the_same_firm(stage: Stage) -> None:
    first = await stage.run("admin", add_firm, "00999Z", "Transit Neuf Exemple", importer=False)
    again = await stage.run("admin", add_firm, "00999Z", "Autre nom", importer=False)

    assert (again.id, again.name) == (first.id, "Transit Neuf Exemple")


async def test_a_broker_is_not_also_the_importer_of_its_code(stage: Stage) -> None:
    with pytest.raises(FirmKnown):
        await stage.run("admin", add_firm, stage.firm.code, "Transit", importer=True)


async def test_a_firm_gets_the_declarations_that_named_it_before(stage: Stage) -> None:
    declaration = await stage.declaration(declarant="00999Z")
    assert declaration.firm_id is None
    firm = await stage.run("admin", add_firm, "00999Z", "Transit Neuf Exemple", importer=False)

    assert await stage.run("admin", claim, firm) == 1
    assert await stage.run("admin", claim, firm) == 0

    link = await stage.run("admin", invite_to_firm, firm, Newcomer(login="neuf", name="Neuf Exemple"))
    await stage.run("system", choose_password, link.token, PASSWORD)
    async with stage.work() as work:
        person = await queries.person_by_login(work, "neuf")
        assert person
        actor = queries.actor_of(person, await queries.memberships_of(work, person.id))
    stage.actors["neuf"] = actor
    assert (await stage.run("neuf", declaration_for, declaration.id)).id == declaration.id


async def test_a_clerk_sees_the_own_firms_declarations_and_no_others(stage: Stage) -> None:
    declaration = await stage.declaration()
    link = await stage.run("firm_admin", add_clerk, Newcomer(login="commis", name="Commis Exemple"))
    async with stage.work() as work:
        held = await queries.memberships_of(work, link.person.id)
    link.person.tenant_id = stage.tenant
    stage.actors["clerk"] = queries.actor_of(link.person, held)

    assert [each.role for each in held] == [Role.DECLARANT]
    assert await stage.run("clerk", declaration_for, declaration.id)
    with pytest.raises(NotFound):
        await stage.run("other_declarant", declaration_for, declaration.id)


async def test_a_clerk_who_left_cannot_enter(stage: Stage) -> None:
    link = await stage.run("firm_admin", add_clerk, Newcomer(login="commis", name="Commis Exemple"))
    await stage.run("system", choose_password, link.token, PASSWORD)

    await stage.run("firm_admin", end_clerk, link.person.id)

    with pytest.raises(WrongCredentials):
        await stage.run("system", sign_in, stage.tools.vault, "commis", PASSWORD)


async def test_other_firms_people_are_not_found(stage: Stage) -> None:
    stranger = stage.actors["other_declarant"].person
    for deed in (end_clerk, clerk_link):
        with pytest.raises(NotFound):
            await stage.run("firm_admin", deed, stranger)
    with pytest.raises(NotFound):
        await stage.run("firm_admin", end_clerk, stage.actors["chief"].person)


async def test_who_also_serves_elsewhere_gets_links_from_the_administration_only(stage: Stage) -> None:
    async with stage.work() as work:
        queries.give_role(work, stage.actors["declarant"].person, Role.ADMIN)  # type: ignore[arg-type]

    with pytest.raises(NotAllowed):
        await stage.run("firm_admin", clerk_link, stage.actors["declarant"].person)


async def test_a_firm_keeps_somebody_responsible(stage: Stage) -> None:
    with pytest.raises(LastOfTheFirm):
        await stage.run("firm_admin", end_clerk, stage.actors["firm_admin"].person)

    await stage.run("firm_admin", add_clerk, Newcomer(login="second", name="Second Exemple"), responsible=True)
    await stage.run("firm_admin", end_clerk, stage.actors["firm_admin"].person)


async def test_a_clerk_cannot_add_people(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        await stage.run("declarant", add_clerk, Newcomer(login="ami", name="Ami Exemple"))


async def test_a_closed_firm_is_out_until_it_is_opened(stage: Stage) -> None:
    link = await stage.run("firm_admin", add_clerk, Newcomer(login="commis", name="Commis Exemple"))
    await stage.run("system", choose_password, link.token, PASSWORD)

    await stage.run("admin", close_firm, stage.firm.id)
    with pytest.raises(WrongCredentials):
        await stage.run("system", sign_in, stage.tools.vault, "commis", PASSWORD)

    await stage.run("admin", open_firm, stage.firm.id)
    assert await stage.run("system", sign_in, stage.tools.vault, "commis", PASSWORD)


async def test_a_mandated_broker_sees_what_has_no_declarant_until_the_mandate_ends(stage: Stage) -> None:
    declaration = await stage.declaration(declarant="00999Z")
    assert declaration.importer_id == stage.importer_firm.id
    given = await stage.run("importer", mandate, " 00847p ")
    again = await stage.run("importer", mandate, "00847P")

    assert again.id == given.id
    assert await stage.run("declarant", declaration_for, declaration.id)
    await stage.run("importer", end_mandate, given.id)
    with pytest.raises(NotFound):
        await stage.run("declarant", declaration_for, declaration.id)
    with pytest.raises(NotFound):
        await stage.run("importer", end_mandate, given.id)


@pytest.mark.parametrize("code", ["00000X", "2604817K", ""], ids=["unknown", "an importer", "nothing"])
async def test_only_a_known_broker_is_mandated(stage: Stage, code: str) -> None:
    with pytest.raises(UnknownFirm):
        await stage.run("importer", mandate, code)


async def test_a_broker_mandates_nobody(stage: Stage) -> None:
    with pytest.raises(NotAllowed):
        await stage.run("firm_admin", mandate, stage.other_firm.code)


async def test_claiming_leaves_other_firms_alone(stage: Stage) -> None:
    await stage.declaration()
    async with stage.work("admin") as work:
        other = await work.session.get_one(Firm, stage.other_firm.id)
        assert await claim(work, other) == 0
        mine = select(func.count()).where(col(Declaration.firm_id) == stage.firm.id)
        assert await work.session.scalar(mine) == 1
