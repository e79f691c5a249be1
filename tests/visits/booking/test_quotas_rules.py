"""What a rule of places says: whom it is for, whom it binds, how it is told; what means nothing is refused."""

from datetime import datetime
from typing import Any

import pytest

from scheduling import Reason, Why
from tests.support.steps_policies import FISH, a_quota
from visits.booking import quotas
from visits.booking.quotas import KEPT_FOR, LIMITED, Pool, Rules, Standing, goods_classes, in_order
from visits.booking.quotas_change import RuleNotClear, TooManyRules, checked_pools
from visits.sites.policies import read


# -- what goes first (pure) ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("03038900", {"perishable"}, id="fish"),
        pytest.param("03019100", {"live", "perishable"}, id="live fish"),
        pytest.param("01022900", {"live"}, id="cattle"),
        pytest.param("87083000", set(), id="brakes"),
        pytest.param("", set(), id="no code"),
    ],
)
def test_goods_say_whether_they_go_first(code: str, found: set[str]) -> None:
    content = {"items": [{"number": 1, "commodity_code": code}]}

    assert goods_classes(Rules(), content, [1], ["00847P"]) == found


def test_only_the_goods_to_be_looked_at_count() -> None:
    content = {"items": [{"number": 1, "commodity_code": FISH}, {"number": 2, "commodity_code": "87083000"}]}

    assert goods_classes(Rules(), content, [2], []) == set()


def test_an_approved_operator_is_known_as_declarant_or_importer() -> None:
    known = Rules(approved=("2604817K",))

    assert goods_classes(known, {}, [], ["00847P", "2604817K"]) == {"approved"}
    assert goods_classes(known, {}, [], ["00847P", None]) == set()


def test_the_rules_read_here_have_the_defaults_an_administrator_sees() -> None:
    shown = read({})

    assert all(getattr(Rules(), name) == getattr(shown, name) for name in Rules.__dataclass_fields__)


@pytest.mark.parametrize(
    ("standing", "bound"),
    [
        pytest.param(Standing(), True, id="an ordinary visit"),
        pytest.param(Standing(classes=("perishable",)), False, id="what it is kept for"),
        pytest.param(Standing(classes=("approved",)), True, id="another priority"),
        pytest.param(Standing(classes=("waiting",)), False, id="one that waited too long"),
        pytest.param(Standing(audience="staff"), True, id="staff"),
    ],
)
def test_what_is_kept_stands_in_the_way_of_others(standing: Standing, bound: bool) -> None:
    assert Pool.of(a_quota()).binds(standing, level="physical", site="") is bound


@pytest.mark.parametrize(
    ("standing", "bound"),
    [
        pytest.param(Standing(), True, id="the public"),
        pytest.param(Standing(audience="staff"), False, id="staff"),
        pytest.param(Standing(classes=("live",)), False, id="a priority"),
    ],
)
def test_a_limit_binds_whom_it_names(standing: Standing, bound: bool) -> None:
    limit = Pool.of(a_quota(kind="most", whom=["public"]))

    assert limit.binds(standing, level="physical", site="") is bound


def test_a_limit_of_another_level_or_site_does_not_bind() -> None:
    limit = Pool.of(a_quota(kind="most", whom=["public"], levels=["scan"], site="A"))

    assert limit.binds(Standing(), level="scan", site="A")
    assert not limit.binds(Standing(), level="physical", site="A")
    assert not limit.binds(Standing(), level="scan", site="B")


def test_what_is_stored_reads_the_same_again() -> None:
    for each in (a_quota(), a_quota(release=None, weekdays=[1, 5], levels=["scan"])):
        assert Pool.of(each).as_json() == each


def test_a_priority_is_told_in_one_order() -> None:
    assert in_order({"waiting", "live", "approved"}) == ("live", "approved", "waiting")


@pytest.mark.parametrize("whom", [*KEPT_FOR, "several"])
def test_every_reason_has_its_words(whom: str) -> None:
    named = ("perishable", "live") if whom == "several" else (whom,)
    until = datetime.fromisoformat("2026-11-24T14:00+00:00")

    text, facts = quotas.words(Reason(why=Why.KEPT, whom=named, until=until))
    assert text % facts == (text % {"until": until})
    assert "%" not in quotas.words(Reason(why=Why.KEPT, whom=named))[0]


@pytest.mark.parametrize("whom", LIMITED)
def test_every_limit_has_its_words(whom: str) -> None:
    text, facts = quotas.words(Reason(why=Why.QUOTA, whom=(whom,), count=20))

    assert "20" in text % facts


@pytest.mark.parametrize(
    "wrong",
    [
        {"whom": []},
        {"whom": ["nobody"]},
        {"kind": "most"},
        {"places": -1},
        {"places": 0},
        {"places": 501},
        {"begin": 720, "end": 720},
        {"end": 1441},
        {"weekdays": [0]},
        {"levels": ["documents"]},
        {"site": "unknown"},
        {"release": 14 * 1440 + 1},
    ],
    ids=str,
)
def test_a_rule_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RuleNotClear):
        checked_pools([Pool.of(a_quota(**wrong))], [])


def test_more_rules_than_anybody_follows_are_refused() -> None:
    with pytest.raises(TooManyRules):
        checked_pools([Pool.of(a_quota())] * 61, [])
