"""Whose a host name is, however many administrations share an installation."""

import pytest
from sqlalchemy import text

from tests.support.stage import Stage
from visits.errors import NotFound
from visits.people.access import tenant_of

_MANY = text(
    "insert into tenant (id, host, name, country, currency, language)"
    " select uuidv7(), 'a' || n || '.test', 'Douanes (essai)', 'CI', 'XOF', 'fr' from generate_series(1, 1001) n"
)


async def test_the_only_administration_needs_no_name(alone: Stage) -> None:
    assert (await tenant_of(alone.tools.database, "anything.test")).id == alone.tenant


async def test_every_administration_is_found_by_its_own_name(alone: Stage) -> None:
    async with alone._owner.begin() as owner:
        await owner.execute(_MANY)

    assert (await tenant_of(alone.tools.database, f"{alone.host}:8000")).id == alone.tenant
    with pytest.raises(NotFound):
        await tenant_of(alone.tools.database, "nobody.test")
