"""/duty/{id}: act at another place where one holds a role, or stands in for somebody."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from visits.people.duty import take_up
from visits.roles import EVERYBODY
from visits.sites.policies import code_rule
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go
from visits.web.route import post


@post("/duty/{membership_id:uuid}", roles=EVERYBODY)
async def change(work: Work, membership_id: FromPath[UUID]) -> Response[Any]:
    """From now on this session acts there."""
    return go(await take_up(work, membership_id, await code_rule(work)), flash=N_("Vous agissez maintenant ici."))


ROUTES = [change]
