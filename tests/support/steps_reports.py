"""Reports through the real use cases: written, signed, answered, validated."""

from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from argon2 import PasswordHasher

from tests.support import steps_fieldwork
from tests.support.stage import Stage
from visits.declarations.queries import case_of
from visits.journey.tables import Visit
from visits.people.tables import Person
from visits.reports import draft as drafts
from visits.reports import queries
from visits.reports.content import Money
from visits.reports.draft import Draft
from visits.reports.sign import Preview, answer, cosign, preview, sign
from visits.reports.tables import ReportVersion
from visits.reports.validate import validate
from visits.reports.words import Answer, LaneColour, Result
from visits.sites.tables import Office
from visits.store.work import Work

PASSWORD = "plomb-et-cartons-48"
STROKES = "M4 30c8-22 14-24 12-8s-6 14 4 2 12-16 10-2"

#: A report of 48 cartons too many, with nothing missing.
WRITTEN = Draft(
    result=Result.DISCREPANCY_DUTY,
    conclusion="L'article 1 présente un excédent de 48 cartons.",
    legal_basis="Code des douanes, article 75",
    duty=Money(amount=Decimal(1486500), currency="XOF"),
    proposed_lane=LaneColour.YELLOW,
    lane_reason="pour liquidation",
    read_to_party=True,
    invited_to_attend=True,
)


@cache
def hashed() -> str:
    """One cheap hash for all: its cost is tested where passwords are."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


async def with_passwords(stage: Stage, *names: str) -> None:
    """These people can prove who they are."""
    async with stage.work() as work:
        for name in names:
            person = await work.session.get_one(Person, stage.actors[name].person)
            person.password = hashed()


async def written(stage: Stage, visit: Visit | None = None, **changes: Any) -> Visit:
    """An ended visit whose report only waits for its signature."""
    ended = visit or await steps_fieldwork.ended(stage)
    await with_passwords(stage, "inspector1", "inspector2", "chief", "agency_officer")
    await save(stage, ended.id, **changes)
    return ended


async def save(stage: Stage, visit_id: UUID, **changes: Any) -> Draft:
    """The inspector saves the draft with other fields."""
    async with stage.work() as work:
        found = await queries.report_of(work, visit_id)
        revision = found.draft.get("revision", 0) if found else 0
    wanted = msgspec.structs.replace(WRITTEN, **changes)
    return await stage.run("inspector1", drafts.save, visit_id, wanted, revision=revision)


async def previewed(stage: Stage, visit_id: UUID) -> Preview:
    """What the inspector would sign now."""

    async def use_case(work: Work) -> Preview:
        return await preview(work, await case_of(work, visit_id))

    return await stage.run("inspector1", use_case)


async def sign_it(stage: Stage, visit_id: UUID, *, password: str = PASSWORD, strokes: str = STROKES) -> ReportVersion:
    """The inspector signs what is shown."""
    seal = (await previewed(stage, visit_id)).seal
    return await stage.run("inspector1", sign, visit_id, password=password, seal=seal, strokes=strokes)


async def signed(stage: Stage, visit: Visit | None = None, **changes: Any) -> Visit:
    """A visit whose report its inspector signed; the declarant has not answered."""
    done = await written(stage, visit, **changes)
    await sign_it(stage, done.id)
    return await stage.visit(done.id)


async def answered(stage: Stage, visit: Visit | None = None, verdict: Answer = Answer.SIGNED, **changes: Any) -> Visit:
    """A signed report with the declarant's answer."""
    ready = visit or await signed(stage, **changes)
    remarks = "" if verdict is Answer.SIGNED else "Erreur de colisage du fournisseur."
    version = await newest(stage, ready.id)
    await stage.run(
        "declarant", answer, ready.id, version=version.version, verdict=verdict, called="J. Tanoh", remarks=remarks
    )
    return await stage.visit(ready.id)


async def validated(stage: Stage, visit: Visit | None = None, **changes: Any) -> Visit:
    """A validated report, ready for the clearance system."""
    ready = visit or await answered(stage, **changes)
    version = await newest(stage, ready.id)
    await stage.run("chief", validate, ready.id, version=version.version)
    return await stage.visit(ready.id)


async def cosigned(stage: Stage, visit_id: UUID, login: str = "inspector2", password: str = PASSWORD) -> None:
    """A second officer signs on the inspector's tablet."""
    version = await newest(stage, visit_id)
    await stage.run("inspector1", cosign, visit_id, version=version.version, login=login, password=password)


async def same_pair_again(stage: Stage) -> None:
    """This office lets an inspector meet the same declarant as often as the draw says."""
    async with stage.work() as work:
        office = await work.session.get_one(Office, stage.office.id)
        office.policies = office.policies | {"cool_off_most": 99}


async def newest(stage: Stage, visit_id: UUID) -> ReportVersion:
    """The newest frozen version."""
    async with stage.work() as work:
        found = await queries.version_of(work, visit_id)
    assert found is not None
    return found
