"""Officers who speak other languages, and visits that ask for one, through the real use cases."""

from tests.support.stage import Stage
from tests.support.steps_booking import calendars
from visits.booking.language import wish
from visits.journey.tables import Visit
from visits.sites.admin import qualify
from visits.sites.languages import bits_of


async def speaks(stage: Stage, language: str, *officers: str) -> None:
    """These officers speak a language beside the office's own; the calendars say so."""
    for officer in officers:
        await stage.run("admin", qualify, stage.resources[officer].id, skills=bits_of([language]), grade=0)
    await calendars(stage)


async def wished(stage: Stage, visit: Visit, language: str, *, who: str = "chief", reason: str = "interprète") -> Visit:
    """The visit asks for a language, or for none any more."""
    await stage.run(who, wish, visit.id, language, reason=reason)
    return await stage.visit(visit.id)
