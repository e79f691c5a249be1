"""What the goods of a declaration ask of whoever visits them, by the rules of the office (pure)."""

from collections.abc import Collection, Mapping
from typing import Any

from visits.sites.policies import Policies
from visits.sites.skills import codes_of, skills_for


def goods_ask(content: Mapping[str, Any], items: Collection[int], policies: Policies) -> dict[str, Any]:
    """Skills, and whether the goods are of high risk, as a visit order has them."""
    codes = codes_of(content, items)
    return {
        "skills": skills_for(policies.skills, codes),
        "high_risk": any(code.startswith(policies.high_risk_codes) for code in codes),
    }
