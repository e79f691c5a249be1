"""Packages in each of their states, reached through the real use cases."""

import io
from typing import Any
from uuid import UUID

from tests.support.files import a_pdf
from tests.support.stage import Stage
from visits.declarations.lane import Colour
from visits.documents.checklist import Defect
from visits.documents.package import Package, package_of, submit
from visits.documents.review import accept, send_back
from visits.documents.tables import Document
from visits.documents.types import INVOICE, name_of
from visits.documents.upload import Arriving, receive
from visits.journey.tables import Visit


async def given(
    stage: Stage,
    visit_id: UUID,
    kind: str = INVOICE,
    content: bytes = b"",
    *,
    who: str = "declarant",
    name: str = "facture.pdf",
    **more: Any,
) -> Document:
    """A document put into the package by somebody."""
    arriving = Arriving(document_type=kind, file_name=name, **more)
    return await receive(
        stage.tools, stage.actor(who), visit_id, arriving, io.BytesIO(content or a_pdf(f"{name_of(kind)} {visit_id}"))
    )


async def package(stage: Stage, visit_id: UUID, who: str = "system") -> Package:
    """The package as somebody sees it."""
    return await stage.run(who, package_of, visit_id)


async def complete(stage: Stage, colour: Colour = Colour.RED, **wished: Any) -> Visit:
    """A visit in state `package` that lacks nothing."""
    visit = await stage.opened(colour, **wished)
    for need in (await package(stage, visit.id)).missing:
        await given(stage, visit.id, need.document_type)
    return visit


async def submitted(stage: Stage, colour: Colour = Colour.RED, **wished: Any) -> Visit:
    """A visit in state `checking`."""
    visit = await complete(stage, colour, **wished)
    return await stage.run("declarant", submit, visit.id)


async def accepted(stage: Stage, colour: Colour = Colour.RED, **wished: Any) -> Visit:
    """A visit whose package was accepted: `to_book`, or `at_desk` for a documentary control."""
    visit = await submitted(stage, colour, **wished)
    await stage.run("chief", accept, visit.id)
    return await stage.visit(visit.id)


async def returned(stage: Stage, *reasons: str, who: str = "chief") -> tuple[Visit, Document]:
    """A visit whose package came back with these defects of its invoice (by default, it is illegible)."""
    visit = await submitted(stage)
    [invoice] = next(need.given for need in (await package(stage, visit.id)).needs if need.document_type == INVOICE)
    defects = [
        Defect(document_type=INVOICE, document=invoice.id, reason=reason) for reason in reasons or ("illegible",)
    ]
    await stage.run(who, send_back, visit.id, defects)
    async with stage.work() as work:
        return await stage.visit(visit.id), await work.session.get_one(Document, invoice.id)
