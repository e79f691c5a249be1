"""The whole life of bookings against a plain model: whatever people do, in whatever order, every promise is kept.

Each step is a real use case on the real database; each story is one transaction, rolled back at its end. After every
step that changed anything the rows are compared with the model, and with each other.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.properties import booking_world as world
from tests.properties.booking_model import BOOKS, DAY, HOLD, HOUR, LENGTH, No, Port, Time
from tests.properties.booking_rows import ROWS, agree
from tests.support.clock import MONDAY
from tests.support.rehearsal import Rehearsal
from tests.support.stage import Stage
from visits.booking import groups, waitlist
from visits.booking.change import cancel, move
from visits.booking.confirm import confirm
from visits.booking.expire import sweep
from visits.booking.groups import HasTime, Pattern
from visits.booking.hold import hold
from visits.booking.next_free import NothingToday, walk_in
from visits.booking.quotas_change import set_urgent
from visits.booking.waitlist_rules import NothingEarlier, NotWaiting, Wish
from visits.errors import NotFound, Refusal
from visits.store.idempotency import KeyReused

numbers = st.integers(0, len(world.ROLES) - 1)
starts = st.sampled_from([DAY + each for each in (8 * HOUR, 9 * HOUR, 9 * HOUR + 30, 10 * HOUR, 10 * HOUR + 15)])
keys = st.sampled_from(["a", "b"])
PAIRS = list(permutations(range(len(world.ROLES)), 2))
#: What another firm tries.
DEEDS = ("search", "hold", "key", "wait", "confirm", "move", "cancel")
#: Calendars and rules change seldom, few come together, unannounced or wait: so often in one story.
CHANGES = 2


class Booking(RuleBasedStateMachine):
    """Declarants, the office and time against one day and a half."""

    rehearsal: ClassVar[Rehearsal]
    visits: ClassVar[list[UUID]]
    steps: ClassVar[int] = 0

    @initialize()
    def begin(self) -> None:
        self.rehearsal.begin()
        self.port = Port(kinds=world.KINDS, roles=world.ROLES, now=world.minute(MONDAY))
        self.last: dict[int, Time] = {}
        self.changes = self.walked = self.grouped = 0
        self.settle()

    def ask(self, expected: No, who: str, use_case: Any, *args: Any, **named: Any) -> Any:
        """Run it; it is refused as the model says, or not at all. None when refused."""
        answer, refusal = self.attempt(who, use_case, *args, **named)
        assert (refusal and type(refusal)) is expected, f"{use_case.__name__}: {refusal!r}, not {expected}"
        return answer

    def attempt(self, who: str, use_case: Any, *args: Any, **named: Any) -> tuple[Any, Refusal | None]:
        """The answer, or the refusal."""
        type(self).steps += 1
        try:
            return self.rehearsal.run(who, use_case, *args, **named), None
        except Refusal as refusal:
            return None, refusal

    def took(self, made: UUID, number: int, start: int, status: str, *, staff: bool = False) -> Time:
        """The service gave a time; what stood in its way and had run out is over."""
        port, held = self.port, self.port.of(number, "held")
        if held is not None and held.id == made:
            return held
        for each in port.lapsed(start, start + LENGTH):
            each.status = "expired"
        if held is not None:
            held.status = "cancelled" if port.runs(held) else "expired"
        booked = port.of(number, "confirmed")
        if status == "confirmed" and booked is not None:
            booked.status = "moved"
        return self.add(made, number, start, status, staff=staff, supersedes=booked.id if booked else None)

    def add(self, made: UUID, number: int, start: int, status: str, *, staff: bool = False, **more: Any) -> Time:
        time = Time(
            id=made,
            visit=number,
            start=start,
            status=status,
            expires=self.port.now + HOLD if status == "held" else None,
            apart=staff or (self.port.quota and number in self.port.urgent),
            **more,
        )
        self.port.times[made] = self.last[number] = time
        return time

    @rule(number=numbers)
    def search(self, number: int) -> None:
        assert self.ask(None, "declarant", world.search, self.visits[number]) == self.port.searched(number)

    @rule(number=numbers, start=starts)
    def hold(self, number: int, start: int) -> None:
        made = self.ask(self.port.hold(number, start), "declarant", hold, self.visits[number], world.at(start))
        if made:
            self.took(made.id, number, start, "held")
            self.settle()

    @precondition(lambda self: self.last)
    @rule(number=numbers)
    def confirm(self, number: int) -> None:
        some = [each for each in self.port.live() if each.status == "held"] or list(self.last.values())
        time = some[number % len(some)]
        if self.ask(self.port.confirm(time), "declarant", confirm, time.id) and time.status == "held":
            was = self.port.times.get(time.supersedes) if time.supersedes else None
            if was is not None and was.status == "confirmed":
                was.status = "moved"
            time.status = "confirmed"
            self.settle()

    @precondition(lambda self: self.last)
    @rule(number=numbers, start=starts)
    def move(self, number: int, start: int) -> None:
        time = self.one(number)
        time = self.port.of(time.visit, "confirmed") or time
        made = self.ask(self.port.move(time, start), "declarant", move, time.id, world.at(start))
        if made and made.id != time.id:
            self.took(made.id, time.visit, start, "confirmed")
            self.settle()

    @precondition(lambda self: self.last)
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        time = self.one(number)
        if not self.ask(self.port.cancel(time), "declarant", cancel, time.id):
            return
        if time.status == "confirmed" and (held := self.port.of(time.visit, "held")):
            held.status = "cancelled"
        if time.status in ("held", "confirmed"):
            time.status = "cancelled"
            self.settle()

    @precondition(lambda self: self.grouped < CHANGES)
    @rule(pair=st.sampled_from(PAIRS), start=starts, pattern=st.sampled_from(Pattern))
    def group(self, pair: tuple[int, int], start: int, pattern: Pattern) -> None:
        port, self.grouped = self.port, self.grouped + 1
        visits = [self.visits[number] for number in pair]
        begin = [start, start + (LENGTH if pattern is Pattern.IN_TURN else 0)]
        if any(port.of(number, "confirmed") for number in pair):
            with suppress(HasTime):  # or it is the very group they are in
                self.rehearsal.run("declarant", groups.book, visits, world.at(start), pattern=pattern)
                self.settle()
            return
        fits = port.together(pair, begin)
        made, refusal = self.attempt("declarant", groups.book, visits, world.at(start), pattern=pattern)
        assert (made is not None) is fits, repr(refusal)
        if made is None:
            return
        for number in pair:
            if held := port.of(number, "held"):
                held.status = "cancelled"
        for each in port.lapsed(BOOKS[1].start, BOOKS[1].stop):
            each.status = "expired"
        rows = self.rows()
        for number, its in zip(pair, begin, strict=True):
            made = next(UUID(row[0]) for row in rows["times"] if row[1] == str(self.visits[number]))
            self.add(made, number, its, "confirmed")
        self.settle(rows)

    @rule(number=numbers, start=starts, key=keys)
    def hold_once(self, number: int, start: int, key: str) -> None:
        body = f"{number} {start}"
        if key in self.port.keys:
            self.repeat(key, body)
            return
        wish = (self.visits[number], world.at(start))
        made = self.ask(self.port.hold(number, start), "declarant", world.hold_once, key, body, *wish)
        if made:
            self.port.keys[key] = (body, made)
            self.took(made, number, start, "held")
            self.settle()

    @precondition(lambda self: self.port.keys)
    @rule(key=keys)
    def again(self, key: str) -> None:
        key = key if key in self.port.keys else min(self.port.keys)
        self.repeat(key, self.port.keys[key][0])

    def repeat(self, key: str, body: str) -> None:
        """A key that was used gives the answer it gave, or is refused for another request."""
        number, start = map(int, body.split())
        first, answer = self.port.keys[key]
        expected = None if body == first else KeyReused
        found = self.ask(expected, "declarant", world.hold_once, key, body, self.visits[number], world.at(start))
        assert found in (None, answer)

    @rule(number=numbers, start=starts, deed=st.sampled_from(DEEDS))
    def stranger(self, number: int, start: int, deed: str) -> None:
        visit = self.visits[number]
        asks: dict[str, tuple[Any, ...]] = {
            "search": (world.search, visit),
            "hold": (hold, visit, world.at(start)),
            "key": (world.hold_once, "a", f"{number} {start}", visit, world.at(start)),
            "wait": (waitlist.join, visit, Wish()),
        }
        if self.last:
            time = self.one(number)
            asks |= {"confirm": (confirm, time.id), "cancel": (cancel, time.id)}
            asks["move"] = (move, time.id, world.at(start))
        self.ask(NotFound, "other_declarant", *asks.get(deed, asks["hold"]))

    # -- the office, the service, and time --------------------------------------------------------------------
    @precondition(lambda self: self.unbooked() and self.walked < CHANGES)
    @rule(number=numbers)
    def walk_in(self, number: int) -> None:
        self.walked += 1
        found = self.unbooked()
        number = found[number % len(found)]
        start = self.port.today(number)
        none = NothingToday if start is None else None
        made = self.ask(none, "chief", walk_in, self.visits[number], reason="Au guichet")
        if made:
            assert start is not None
            assert world.minute(made.during.lower) == start
            self.took(made.id, number, start, "confirmed", staff=True)
            self.settle()

    @precondition(lambda self: len(self.port.waiting) < CHANGES)
    @rule(number=numbers)
    def wait_for_earlier(self, number: int) -> None:
        with suppress(NothingEarlier, NotWaiting):
            self.rehearsal.run("declarant", waitlist.join, self.visits[number], Wish())
            self.port.waiting.add(number)
            self.settle()

    @precondition(lambda self: self.port.waiting)
    @rule()
    def offer_one(self) -> None:
        port = self.port
        known = {str(each.id) for each in port.live()}
        gave = self.rehearsal.run("system", world.offer_one, self.office)
        rows = self.rows()
        new = [row for row in rows["times"] if row[0] not in known]
        assert len(new) == gave
        for row in new:
            number, start = self.visits.index(UUID(row[1])), int(row[3])
            booked = port.of(number, "confirmed")
            assert number in port.waiting
            assert port.of(number, "held") is None
            assert port.refused(number, start, []) is None
            assert booked is None or start < booked.start
            for each in port.lapsed(start, start + LENGTH):
                each.status = "expired"
            self.add(UUID(row[0]), number, start, "held", offered=True, supersedes=booked.id if booked else None)
            port.times[UUID(row[0])].expires = min(port.now + 15, start - 30)
        self.settle(rows)

    @precondition(lambda self: self.offered())
    @rule(take=st.booleans())
    def answer(self, take: bool) -> None:
        held = self.offered()[0]
        number = held.visit
        if take:
            if self.ask(self.port.confirm(held), "declarant", waitlist.accept, self.visits[number], held.id):
                was = self.port.of(number, "confirmed")
                if was is not None:
                    was.status = "moved"
                held.status = "confirmed"
                self.port.waiting.discard(number)
                self.settle()
        else:
            self.ask(None, "declarant", waitlist.decline, self.visits[number], held.id)
            held.status = "cancelled"
            self.settle()

    @rule(minute=st.booleans())
    def wait(self, minute: bool) -> None:
        last = min((each.expires or 0 for each in self.port.live() if each.status == "held"), default=0)
        minutes = 1 if minute else max(1, last - self.port.now)  # a minute, or to the very last of some hold
        self.rehearsal.clock.move(minutes=minutes)
        self.port.now += minutes

    @rule()
    def sweep(self) -> None:
        lapsed = self.port.lapsed()
        assert self.ask(None, "system", sweep) == len(lapsed)
        for each in lapsed:
            each.status = "expired"
        if lapsed:
            self.settle()

    @precondition(lambda self: self.changes < CHANGES)
    @rule(number=numbers)
    def urgent(self, number: int) -> None:
        self.changes += 1
        urgent = number not in self.port.urgent
        self.ask(None, "chief", set_urgent, self.visits[number], urgent, reason="Denrées")
        (self.port.urgent.add if urgent else self.port.urgent.discard)(number)

    @precondition(lambda self: self.changes < CHANGES)
    @rule()
    def quota(self) -> None:
        self.changes += 1
        self.port.quota = not self.port.quota
        self.ask(None, "admin", world.limited, self.office, self.port.quota)

    @precondition(lambda self: self.changes < CHANGES)
    @rule(hour=st.integers(9, 10))
    def closure(self, hour: int) -> None:
        self.changes += 1
        if self.port.closed:
            self.ask(None, "admin", world.opened, self.office, self.port.closed.popitem()[0])
        else:
            made = self.ask(None, "admin", world.shut, self.office, (hour, hour + 1))
            self.port.closed[made] = (DAY + hour * HOUR, DAY + (hour + 1) * HOUR)
        self.settle()

    @precondition(lambda self: self.changes < CHANGES)
    @rule(name=st.sampled_from(["inspector1", "agent"]), hour=st.integers(8, 10))
    def absence(self, name: str, hour: int) -> None:
        self.changes += 1
        if self.port.away:
            made, (name, _) = self.port.away.popitem()
            self.ask(None, "admin", world.back, self.office, self.resource(name), made)
        else:
            made = self.ask(None, "admin", world.away, self.office, self.resource(name), (hour, hour + 2))
            self.port.away[made] = (name, (DAY + hour * HOUR, DAY + (hour + 2) * HOUR))
        self.settle()

    def one(self, number: int) -> Time:
        """The newest time of some visit that ever had one."""
        return self.last[sorted(self.last)[number % len(self.last)]]

    def unbooked(self) -> list[int]:
        return [number for number in range(len(self.visits)) if not self.port.of(number, "confirmed")]

    def offered(self) -> list[Time]:
        return [each for each in self.port.live() if each.status == "held" and each.offered]

    def rows(self) -> Any:
        return self.rehearsal.look(ROWS, world.MIDNIGHT, [each.id for each in self.rehearsal.stage.resources.values()])

    def settle(self, rows: Any = None) -> None:
        names = {str(each.id): name for name, each in self.rehearsal.stage.resources.items()}
        agree(self.port, rows or self.rows(), self.visits, names)

    def resource(self, name: str) -> UUID:
        return self.rehearsal.stage.resources[name].id

    @property
    def office(self) -> UUID:
        return self.rehearsal.stage.office.id


@pytest.fixture
def machine(database_name: str, tmp_path: Path) -> Iterator[type[Booking]]:
    found: list[UUID] = []

    async def prepare(stage: Stage) -> None:
        found.extend(await world.prepare(stage))

    Booking.rehearsal = Rehearsal(database_name, tmp_path, prepare)
    Booking.visits, Booking.steps = found, 0
    yield Booking
    Booking.rehearsal.close()


def search(machine: type[Booking], stories: int) -> None:
    """So many stories of fifty steps. Some only let time pass; most ask the service for something."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=50,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # with Phase.shrink the shortest story that fails is sought, for minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert machine.steps >= 15 * stories


@pytest.mark.slow  # stories of fifty steps, each step a use case on the database
@pytest.mark.parametrize("part", range(2))
def test_any_order_of_bookings_keeps_every_promise(machine: type[Booking], part: int) -> None:
    search(machine, 15)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(4))
def test_five_hundred_stories_keep_every_promise(machine: type[Booking], part: int) -> None:
    search(machine, 125)
