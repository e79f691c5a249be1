"""Policies: the defaults of the product, what an office set, and the history of it."""

import dataclasses

import pytest

from tests.support.stage import Stage
from visits.actor import Actor
from visits.errors import NotFound
from visits.ids import new_id
from visits.roles import Role
from visits.sites import queries
from visits.sites.admin import OfficeFacts, add_office, set_policies
from visits.sites.policies import Policies, code_rule, policy, read, rules, stored

PRODUCT = {
    "hold_minutes": 5,
    "notice_minutes": 120,
    "horizon_days": 14,
    "horizon_staff_days": 60,
    "grace_minutes": 15,
    "grace_agency_minutes": 15,
    "cool_off_most": 2,
    "cool_off_days": 30,
    "freeze_minutes": 120,
    "reveal_minutes": None,
    "random_percent": 10,
    "gps_days": 90,
    "photo_days": 5 * 365 + 1,
    "rating_days": 365,
    "languages": ("fr", "en", "pt"),
}


@pytest.mark.parametrize(("name", "value"), PRODUCT.items(), ids=PRODUCT)
def test_an_office_starts_with_the_policies_of_the_product(name: str, value: object) -> None:
    assert getattr(read({}), name) == value


@pytest.mark.parametrize("name", rules())
def test_every_default_lies_within_its_limits(name: str) -> None:
    rule, value = rules()[name], getattr(Policies(), name)
    if rule.kind == "number":
        assert rule.low <= value <= rule.high
    assert rule.title


def test_only_what_differs_from_the_default_is_stored() -> None:
    wanted = dataclasses.replace(Policies(), hold_minutes=8, languages=("fr",))

    assert stored(wanted) == {"hold_minutes": 8, "languages": ["fr"]}
    assert read(stored(wanted)) == wanted


def test_a_feature_may_read_its_few_policies_alone() -> None:
    @dataclasses.dataclass(frozen=True)
    class Few:
        hold_minutes: int = 5

    assert read({"hold_minutes": 8, "notice_minutes": 1}, Few) == Few(hold_minutes=8)


async def test_a_change_is_in_force_at_once_and_on_record(stage: Stage) -> None:
    wanted = dataclasses.replace(Policies(), hold_minutes=8)

    assert await stage.run("admin", set_policies, stage.office.id, wanted) == ["hold_minutes"]
    assert await stage.run("admin", set_policies, stage.office.id, wanted) == []

    async with stage.work() as work:
        office = await queries.office_by_id(work, stage.office.id)
        history = await queries.policy_changes(work, stage.office.id)
    assert policy(office).hold_minutes == 8
    assert [(each.name, each.value, each.set_by) for each in history] == [
        ("hold_minutes", {"before": 5, "after": 8}, stage.actors["admin"].person)
    ]


async def test_values_no_policy_knows_survive_a_change(stage: Stage) -> None:
    async with stage.work() as work:
        (await queries.office_by_id(work, stage.office.id)).policies = {"of_tomorrow": 1}

    await stage.run("admin", set_policies, stage.office.id, dataclasses.replace(Policies(), hold_minutes=8))

    async with stage.work() as work:
        kept = (await queries.office_by_id(work, stage.office.id)).policies
    assert kept == {"of_tomorrow": 1, "hold_minutes": 8}


async def test_an_unknown_office_has_no_policies(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.run("admin", set_policies, new_id(), Policies())


async def test_a_code_is_asked_of_the_roles_of_the_office(stage: Stage) -> None:
    wanted = dataclasses.replace(Policies(), code_roles=("visit_chief", "admin"))
    await stage.run("admin", set_policies, stage.office.id, wanted)

    other = await stage.run(
        "admin", add_office, OfficeFacts(code="CIAB3", name="Vridi", tz="Africa/Abidjan", country="CI", currency="XOF")
    )

    async with stage.work() as work:
        must = await code_rule(work)

    assert must(stage.actors["chief"])
    assert must(stage.actors["admin"])
    assert not must(stage.actors["inspector1"])
    assert not must(Actor(tenant=stage.tenant, roles=frozenset({Role.VISIT_CHIEF}), office=other.id))  # type: ignore[arg-type]
