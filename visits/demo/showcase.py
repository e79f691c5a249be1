"""One of every kind of appointment on the sample day: a group, people who wait, a visit at premises, regular hours, a
ship that is still at sea. Everything goes through the use cases of the people's screens.
"""

import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from visits.booking import groups, landing, prearrival, premises, regular, waitlist
from visits.booking.confirm import confirm
from visits.booking.groups import Pattern
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.booking.waitlist_rules import Wish
from visits.clearance.simulator.sample import Sample
from visits.declarations.queries import case_of
from visits.demo import cast
from visits.demo.lives import Town, announced, react, to_book
from visits.demo.simulate import FIRST_NUMBER, sample_of
from visits.errors import Refusal
from visits.journey.states import Level
from visits.sites.admin import set_policies
from visits.sites.policies import Policies, policy
from visits.sites.queries import office_by_id, offices, sites_of
from visits.sites.tables import Office
from visits.store.work import Work

#: Places of a day's numbers that belong to what is shown here.
FIRST_PLACE = 60
MANIFEST, VESSEL = "MAN EX 118", "Navire Exemple 1"
CHIEF, TERMINAL, ADMIN = "chef1", "terminal1", "admin1"
KILOMETRES = 30


class Showcase:
    """What is shown, each part by itself: one that finds no place leaves the others alone."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.seed = town, seed
        self._place = FIRST_PLACE

    async def show(self) -> None:
        """All of it."""
        parts: Sequence[Callable[[Office], Awaitable[None]]] = (
            self.group,
            self.waiting,
            self.regular_hours,
            self.at_premises,
            self.at_sea,
        )
        async with self.town.tools.database.work(self.town.actors["system"]) as work:
            [office] = await offices(work)
        for part in parts:
            with contextlib.suppress(Refusal):  # somebody at a screen was quicker, or the port is closed for long
                await part(office)

    async def group(self, office: Office) -> None:
        """Two visits of one broker, one after the other, booked in one act."""
        visits = [await self._to_book(0) for _ in range(2)]

        async def first(work: Work) -> datetime | None:
            found = await groups.together(work, await groups.cases_of(work, visits), Pattern.IN_TURN)
            return found.offer.first.starts_at if found.offer.first else None

        starts_at = await self.town.run("declarant1", first)
        if starts_at is not None:
            await self.town.run("declarant1", groups.book, visits, starts_at, pattern=Pattern.IN_TURN)
            await self._heard(*visits)

    async def waiting(self, office: Office) -> None:
        """Two brokers have a late time and wait for an earlier one: any, and one between noon and one."""
        for broker, wish in ((0, Wish(begin=12 * 60, end=13 * 60)), (1, Wish())):
            visit = await self._to_book(broker)
            await self._book(f"declarant{broker + 1}", visit, late=True)
            await self.town.run(f"declarant{broker + 1}", waitlist.join, visit, wish)
            await self._heard(visit)

    async def regular_hours(self, office: Office) -> None:
        """An hour of every week: granted to one broker, asked for by another."""
        async with self.town.tools.database.work(self.town.actors["system"]) as work:
            site = (await sites_of(work, office.id))[0]
        day = self.town.now().isoweekday() % 5 + 1
        for who, minute, purpose in (("declarant1", 540, "Produits frais"), ("declarant4", 840, "Pièces de rechange")):
            asked = await self.town.run(
                who,
                regular.ask,
                site.id,
                Level.PHYSICAL,
                isodow=day,
                minute=minute,
                minutes=60,
                weeks=8,
                purpose=purpose,
            )
            if who == "declarant1":
                await self.town.run(CHIEF, regular.grant, asked.id)

    async def at_premises(self, office: Office) -> None:
        """A visit at a broker's own warehouse, and another broker who asks for his."""

        async def allowed(work: Work) -> None:
            now = policy(await office_by_id(work, office.id), Policies)
            await set_policies(work, office.id, replace(now, home_kilometres=KILOMETRES))

        await self.town.run(ADMIN, allowed)
        asked = [
            await self.town.run(
                who, premises.ask, office.id, called=called, address="Zone 4, Marcory", kilometres=9, minutes=30
            )
            for who, called in (("declarant1", "Entrepôt Exemple 1"), ("declarant3", "Entrepôt Exemple 2"))
        ]
        await self.town.run(CHIEF, premises.decide, asked[0].id, "granted", kilometres=9, minutes=30)
        visit = await self._to_book(0)
        await self.town.run("declarant1", premises.choose, visit, asked[0].id)
        await self._book("declarant1", visit)

    async def at_sea(self, office: Office) -> None:
        """A ship is expected, and a visit of its goods has a provisional time."""
        arrives = (self.town.now() + timedelta(days=2)).replace(hour=6, minute=0, second=0, microsecond=0)

        async def expected(work: Work) -> None:
            await landing.expect(work, await office_by_id(work, office.id), MANIFEST, arrives, vessel=VESSEL)

        await self.town.run(TERMINAL, expected)
        visit = await announced(self.town, replace(self._sample(0)[1], manifest=MANIFEST))

        async def first(work: Work) -> datetime | None:
            slot = (await prearrival.choices(work, await case_of(work, visit))).first
            return slot.starts_at if slot else None

        starts_at = await self.town.run("declarant1", first)
        if starts_at is not None:
            await self.town.run("declarant1", prearrival.reserve, visit, starts_at)
            await self._heard(visit)

    async def _book(self, who: str, visit: UUID, *, late: bool = False) -> None:
        """The first free time, or the last one on offer."""

        async def starts(work: Work) -> list[datetime]:
            found = await offer(work, await case_of(work, visit))
            return [slot.starts_at for day in found.days for slot in day.slots()]

        free = await self.town.run(who, starts)
        if free:
            kept = await self.town.run(who, hold, visit, free[-1 if late else 0])
            await self.town.run(who, confirm, kept.id)
            await self._heard(visit)

    def _sample(self, broker: int) -> tuple[random.Random, Sample]:
        day = self.town.now().date()
        number = FIRST_NUMBER + day.timetuple().tm_yday * 100 + self._place
        self._place += 1
        chance = random.Random(f"{self.seed}/{number}")  # noqa: S311  (a sample port, not a draw)
        return chance, sample_of(chance, day, number, broker, site=cast.SITES[0].code)

    async def _to_book(self, broker: int) -> UUID:
        chance, sample = self._sample(broker)
        return await to_book(self.town, chance, sample, f"declarant{broker + 1}", CHIEF)

    async def _heard(self, *visits: UUID) -> None:
        for visit in visits:
            await react(self.town, visit)
