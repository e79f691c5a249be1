"""The life of one declaration in the sample port, told as the moments at which somebody does the next thing.

Every step goes through the use case a person's screen would call; chance is handed in.
"""

import io
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from PIL import Image, ImageDraw

from visits.actor import Actor, system
from visits.background.deliver import deliver
from visits.booking.confirm import confirm
from visits.booking.hold import hold
from visits.booking.offer import offer
from visits.clearance.asycuda.json_form import digest, to_json
from visits.clearance.asycuda.read import read
from visits.clearance.manual import key_act, key_voucher
from visits.clearance.simulator.sample import Sample, xml
from visits.declarations.lane import Colour
from visits.declarations.queries import case_of
from visits.declarations.receive import receive
from visits.declarations.select import select_lane
from visits.demo import cast
from visits.documents.checklist import Defect
from visits.documents.package import package_of, submit
from visits.documents.review import accept, send_back
from visits.documents.types import name_of
from visits.documents.upload import Arriving
from visits.documents.upload import receive as receive_document
from visits.fieldwork import checkin, evidence, findings, run
from visits.fieldwork.branches import party_absent
from visits.fieldwork.findings import Seen
from visits.fieldwork.words import About, Facet, Method, Moment, Party
from visits.ids import TenantId, new_id
from visits.journey.queries import visits_of
from visits.journey.states import Level, State
from visits.journey.tables import Visit
from visits.people.queries import actor_of, memberships_of, person_by_id
from visits.performance.rate import DIMENSIONS, rate
from visits.reports import draft as drafts
from visits.reports import queries as reports
from visits.reports.content import Money
from visits.reports.draft import Draft
from visits.reports.sign import answer, preview, sign
from visits.reports.validate import validate
from visits.reports.words import Answer, LaneColour, Result
from visits.sites.tables import Resource
from visits.store.tools import Tools
from visits.store.work import Work

P = ParamSpec("P")
T = TypeVar("T")

#: Office hours of the sample port, local (it keeps UTC): nobody acts outside of them.
OPENS, CLOSES = time(7, 30), time(17, 0)


@dataclass(frozen=True, slots=True)
class Town:
    """The port a life is lived in."""

    tools: Tools
    tenant: TenantId
    actors: dict[str, Actor]
    now: Callable[[], datetime]

    async def run(
        self, who: Actor | str, use_case: Callable[Concatenate[Work, P], Awaitable[T]], *args: P.args, **named: P.kwargs
    ) -> T:
        """One use case as somebody."""
        actor = self.actors[who] if isinstance(who, str) else who
        return await self.tools.database.run(actor, use_case, *args, **named)

    async def visit(self, visit_id: UUID) -> Visit:
        """The visit as it stands."""
        async with self.tools.database.work(system(self.tenant)) as work:
            return await work.session.get_one(Visit, visit_id)


def in_hours(at: datetime) -> datetime:
    """The same moment if the office is open, else the next opening."""
    while at.isoweekday() > 5 or at.time() >= CLOSES:
        at = datetime.combine(at.date() + timedelta(days=1), OPENS, at.tzinfo)
    return max(at, datetime.combine(at.date(), OPENS, at.tzinfo))


async def live(
    town: Town,
    chance: random.Random,
    sample: Sample,
    declarant: str,
    chief: str,
    lane: Colour | None = None,
    *,
    missed: bool = False,
) -> AsyncIterator[datetime]:
    """From registration to rating; yields the moment at which it goes on. The caller moves the clock there."""

    def later(least: float, most: float) -> datetime:
        """Some minutes from now, in office hours."""
        return in_hours(town.now() + timedelta(minutes=chance.uniform(least, most)))

    content = read(xml(sample), now=town.now())
    system_ = town.actors["system"]
    got = await town.run(system_, receive, to_json(content, file="", size=0), digest(content), sample=True)
    yield later(3, 20)
    colour = lane or chance.choices([Colour.RED, Colour.YELLOW, Colour.GREEN], [60, 28, 12])[0]
    opened = await town.run(system_, select_lane, got.declaration.id, colour, source="message")
    if opened is None:
        opened = await _by_chance(town, got.declaration.id)
    if opened is None:
        return
    visit_id = opened.id
    yield later(15, 300)
    async for moment in _package(town, chance, visit_id, declarant, chief, later):
        yield moment
    if opened.level == Level.DOCUMENTS:
        yield later(30, 200)
        if (await town.visit(visit_id)).inspector_id is None:
            return
    else:
        async for moment in _appointment(town, chance, visit_id, declarant, later, missed=missed):
            yield moment
        there = await town.visit(visit_id)
        if there.state != State.BOOKED or there.inspector_id is None:
            return
    async for moment in _visit(town, chance, visit_id):
        yield moment
    if State((await town.visit(visit_id)).state) is not State.ENDED:
        return
    yield later(8, 45)
    await _report(town, chance, visit_id, declarant)
    yield later(10, 120)
    version = await _version(town, visit_id)
    await town.run(chief, validate, visit_id, version=version)
    await react(town, visit_id)
    yield later(5, 60)
    await town.run(chief, key_act, visit_id, f"SW-{sample.day.year}-{sample.number}")
    yield later(60, 900)
    await town.run(chief, key_voucher, visit_id, f"BAE-{sample.day.year}-{sample.number}")
    if chance.random() < 0.6:
        yield later(30, 1500)
        scores = {dimension: chance.choices([2, 3, 4, 5], [1, 3, 6, 8])[0] for dimension in DIMENSIONS}
        await town.run(declarant, rate, visit_id, scores, "")


Later = Callable[[float, float], datetime]


async def announced(town: Town, sample: Sample) -> UUID:
    """A registered declaration that is to be controlled on the spot; its visit."""
    content = read(xml(sample), now=town.now())
    system_ = town.actors["system"]
    got = await town.run(system_, receive, to_json(content, file="", size=0), digest(content), sample=True)
    opened = await town.run(system_, select_lane, got.declaration.id, Colour.RED, source="message")
    assert opened is not None
    await react(town, opened.id)
    return opened.id


async def to_book(town: Town, chance: random.Random, sample: Sample, declarant: str, chief: str) -> UUID:
    """A visit whose package was accepted, all at this moment."""
    visit_id = await announced(town, sample)
    async for _ in _package(town, chance, visit_id, declarant, chief, lambda least, most: town.now()):
        pass
    return visit_id


async def _package(
    town: Town, chance: random.Random, visit_id: UUID, declarant: str, chief: str, later: Later
) -> AsyncIterator[datetime]:
    """Documents in, sometimes back once, accepted."""
    package = await town.run(declarant, package_of, visit_id)
    for need in package.missing:
        arriving = Arriving(document_type=need.document_type, file_name=f"{need.document_type}.pdf")
        await receive_document(
            town.tools, town.actors[declarant], visit_id, arriving, io.BytesIO(a_page(name_of(need.document_type)))
        )
    await town.run(declarant, submit, visit_id)
    await react(town, visit_id)
    yield later(15, 180)
    package = await town.run(chief, package_of, visit_id)
    given = [need for need in package.needs if need.given]
    if given and chance.random() < 0.18:
        need = chance.choice(given)
        defect = Defect(
            document_type=need.document_type, document=need.given[0].id, reason="illegible", text="page 1 illisible"
        )
        await town.run(chief, send_back, visit_id, [defect])
        yield later(40, 400)
        arriving = Arriving(document_type=need.document_type, file_name="reprise.pdf", replaces=need.given[0].id)
        await receive_document(
            town.tools,
            town.actors[declarant],
            visit_id,
            arriving,
            io.BytesIO(a_page(name_of(need.document_type) + " (reprise)")),
        )
        await town.run(declarant, submit, visit_id)
        yield later(15, 120)
    await town.run(chief, accept, visit_id)
    await react(town, visit_id)


async def _appointment(
    town: Town, chance: random.Random, visit_id: UUID, declarant: str, later: Later, *, missed: bool
) -> AsyncIterator[datetime]:
    """A time is chosen among the first that are free; sometimes nobody comes and another is taken."""
    for attempt in range(2):
        yield later(10, 240)

        async def starts(work: Work) -> list[datetime]:
            found = await offer(work, await case_of(work, visit_id))
            return [start.starts_at for day in found.days for start in day.slots() if start.free]

        free = (await town.run(declarant, starts))[:16]
        if not free:
            return
        held = await town.run(declarant, hold, visit_id, chance.choice(free))
        booked = await town.run(declarant, confirm, held.id)
        starts_at = booked.during.lower
        await react(town, visit_id)
        yield max(town.now(), starts_at - timedelta(minutes=119))
        if (await town.visit(visit_id)).inspector_id is None:
            return
        yield starts_at + timedelta(minutes=chance.uniform(-6, 14))
        if attempt or (chance.random() > 0.06 and not missed):
            return
        yield starts_at + timedelta(minutes=25)
        inspector = await _inspector(town, visit_id)
        await town.run(inspector, party_absent, visit_id, id=new_id(), reason="")
        await react(town, visit_id)


async def _visit(town: Town, chance: random.Random, visit_id: UUID) -> AsyncIterator[datetime]:
    """On the ground, or at the desk for documents: items compared, seals, photos, maybe a suspension."""
    inspector = await _inspector(town, visit_id)
    async with town.tools.database.work(inspector) as work:
        case = await case_of(work, visit_id)
    visit, items = case.visit, case.declaration.content["items"]
    desk = visit.level == Level.DOCUMENTS
    boxes: list[str] = [] if desk else visit.order["containers"]
    if not desk:
        await town.run(inspector, checkin.goods_presented, visit_id, id=new_id(), containers=boxes)
        await town.run(
            inspector, checkin.check_in, visit_id, id=new_id(), party=Party.DECLARANT, called="Commis 1 Exemple"
        )
        yield town.now() + timedelta(minutes=chance.uniform(1, 9))
    await town.run(inspector, run.start, visit_id, id=new_id())
    for box in boxes:
        seal = f"CI {chance.randrange(10**3):03d} {chance.randrange(10**4):04d}"
        await town.run(inspector, findings.read_number, visit_id, id=new_id(), container=box, read=box)
        await town.run(
            inspector, findings.seal, visit_id, id=new_id(), container=box, moment=Moment.BEFORE, number=seal
        )
        await town.run(
            inspector, findings.opened, visit_id, id=new_id(), container=box, method=Method.PARTIAL, percent=30
        )
    if not desk and chance.random() < 0.15:
        yield town.now() + timedelta(minutes=5)
        await town.run(inspector, run.suspend, visit_id, id=new_id(), reason="terminal")
        yield town.now() + timedelta(minutes=chance.uniform(5, 25))
        await town.run(inspector, run.resume, visit_id, id=new_id())
    for item in items:
        yield town.now() + timedelta(minutes=chance.uniform(4, 14))
        if not desk and chance.random() < 0.12:
            declared = Decimal(item["packages"]["count"])
            seen = Seen(
                id=new_id(),
                facet=Facet.QUANTITY,
                item=item["number"],
                found=str(declared + chance.choice((-20, 12, 24, 48))),
                method=Method.COUNT,
            )
            await town.run(inspector, findings.record, visit_id, seen)
            picture = a_picture(chance)
            blob = await town.tools.blobs.put(picture)
            await town.run(
                inspector,
                evidence.add_photo,
                visit_id,
                blob,
                evidence.look(picture, "Africa/Abidjan"),
                id=new_id(),
                item=item["number"],
                about=About.COUNT,
            )
        await town.run(inspector, findings.conform, visit_id, id=new_id(), item=item["number"])
    for box in boxes:
        seal = f"CI {chance.randrange(10**3):03d} {chance.randrange(10**4):04d}"
        await town.run(inspector, findings.seal, visit_id, id=new_id(), container=box, moment=Moment.AFTER, number=seal)
    yield town.now() + timedelta(minutes=chance.uniform(2, 8))
    await town.run(inspector, run.end, visit_id, id=new_id())
    await react(town, visit_id)


async def _report(town: Town, chance: random.Random, visit_id: UUID, declarant: str) -> None:
    """Written as the findings suggest, signed, answered by the declarant."""
    inspector = await _inspector(town, visit_id)
    async with town.tools.database.work(inspector) as work:
        shown = await preview(work, await case_of(work, visit_id))
    gap = any(row.differs for item in shown.content.items for row in item.comparisons)
    written = Draft(
        result=Result.DISCREPANCY_DUTY if gap else Result.CONFORM,
        conclusion="Une quantité diffère de la déclaration." if gap else "Les marchandises sont conformes.",
        legal_basis="Code des douanes, article 75",
        duty=Money(amount=Decimal(chance.randrange(120, 2400) * 1000), currency="XOF") if gap else None,
        proposed_lane=LaneColour.YELLOW if gap else LaneColour.GREEN,
        lane_reason="pour liquidation" if gap else "",
        read_to_party=True,
        invited_to_attend=True,
    )
    await town.run(inspector, drafts.save, visit_id, written, revision=0)
    async with town.tools.database.work(inspector) as work:
        shown = await preview(work, await case_of(work, visit_id))
    await town.run(inspector, sign, visit_id, password=cast.PASSWORD, seal=shown.seal)
    verdict = Answer.RESERVED if gap and chance.random() < 0.5 else Answer.SIGNED
    await town.run(
        declarant,
        answer,
        visit_id,
        version=await _version(town, visit_id),
        verdict=verdict,
        called="Commis 1 Exemple",
        remarks="Erreur de colisage du fournisseur." if verdict is Answer.RESERVED else "",
        read_out=True,
    )


async def _version(town: Town, visit_id: UUID) -> int:
    async with town.tools.database.work(system(town.tenant)) as work:
        found = await reports.version_of(work, visit_id)
    assert found is not None
    return found.version


async def _inspector(town: Town, visit_id: UUID) -> Actor:
    """The drawn inspector as an actor."""
    async with town.tools.database.work(system(town.tenant)) as work:
        visit = await work.session.get_one(Visit, visit_id)
        resource = await work.session.get_one(Resource, visit.inspector_id)
        assert resource.person_id is not None
        person = await person_by_id(work, resource.person_id)
        return actor_of(person, await memberships_of(work, person.id))


async def _by_chance(town: Town, declaration_id: UUID) -> Visit | None:
    """The control that the random share may ask for where nothing else did."""
    await react(town, declaration_id)
    async with town.tools.database.work(town.actors["system"]) as work:
        return next(iter(await visits_of(work, declaration_id)), None)


async def react(town: Town, stream: UUID) -> None:
    """The service's reactions, delivered at once instead of by the worker."""
    await deliver(town.tools, town.tenant, stream)


def a_page(title: str) -> bytes:
    """A one-page sample document; the same title gives the same bytes."""
    sheet = Image.new("L", (620, 877), 255)
    pen = ImageDraw.Draw(sheet)
    pen.text((60, 60), f"EXEMPLE - {title}".encode("ascii", "replace").decode(), fill=0)
    for line in range(12):
        pen.line((60, 130 + 40 * line, 560, 130 + 40 * line), fill=190, width=3)
    held = io.BytesIO()
    sheet.save(held, "JPEG", quality=40)
    return held.getvalue()


def a_picture(chance: random.Random) -> bytes:
    """A small drawn photo of boxes, one of a few."""
    shade = chance.choice(("#c79a5f", "#b98a4e", "#d0a971", "#a97c45"))
    image = Image.new("RGB", (640, 480), "#24313a")
    pen = ImageDraw.Draw(image)
    for column in range(4):
        for row in range(3):
            pen.rectangle((40 + column * 145, 60 + row * 130, 170 + column * 145, 175 + row * 130), fill=shade)
            pen.line((40 + column * 145, 117 + row * 130, 170 + column * 145, 117 + row * 130), fill="#7d5a31", width=4)
    held = io.BytesIO()
    image.save(held, "JPEG", quality=50)
    return held.getvalue()
