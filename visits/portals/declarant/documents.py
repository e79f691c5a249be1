"""/declarant/visits/{id}/documents: what is missing, what is there, what customs sent back, and one next step."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from visits.documents import package as packages
from visits.documents import resume, upload
from visits.documents.package import Package, package_of
from visits.documents.refusals import (
    FileRefused,
    FileTooLarge,
    NothingChosen,
    PackageFull,
    PackageIncomplete,
    ScannerDown,
)
from visits.documents.upload import MEGABYTE, Arriving
from visits.errors import BadInput
from visits.journey.states import State
from visits.portals.papers import ACCEPT, choices, lines, shared
from visits.portals.telling import at_office
from visits.roles import DECLARANTS, FIRM
from visits.store.tools import Tools
from visits.store.work import Work
from visits.texts import N_
from visits.web.pages import go, language_of, page
from visits.web.problem import sentence
from visits.web.route import get, post

PATH = "/declarant/visits/{visit_id:uuid}/documents"
#: Refusals of one file: told beside its field, while the other files are taken.
OF_A_FILE = (FileRefused, FileTooLarge, PackageFull, ScannerDown, NothingChosen)
FIELD = "file-"
#: The field of « add another document », whose kind is chosen beside it.
FREE = "file"


@get(PATH, roles=FIRM)
async def show(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[str]:  # type: ignore[type-arg]
    """The package."""
    return render(request, await package_of(work, visit_id))


@post(PATH, roles=DECLARANTS)
async def add(request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Files of one or several kinds, or the uploads the page already sent in pieces. No transaction waits for them."""
    tools: Tools = request.app.state.tools
    await tools.database.run(request.user, package_of, visit_id)
    try:
        form = await request.form()
    except HTTPException as fault:
        raise FileTooLarge(most=tools.settings.document_limit // MEGABYTE) from fault
    replaces = _id(str(form.get("replaces") or ""))
    free = str(form.get("kind") or "")
    errors: dict[str, str] = {}
    taken = 0
    for name, value in form.multi_items():
        code = free if name == FREE else name.removeprefix(FIELD)
        try:
            if isinstance(value, UploadFile):
                arriving = Arriving(document_type=code, file_name=value.filename, replaces=replaces)
                await upload.receive(tools, request.user, visit_id, arriving, value.file)
            elif name.startswith(FIELD) and name.endswith("_upload") and value:
                await _sent_before(tools, request, visit_id, _id(value), replaces)
            else:
                continue
            taken += 1
        except OF_A_FILE as refusal:
            errors[name.removesuffix("_upload")] = sentence(request, refusal)
    if not taken and not errors:
        field = next((name for name, _ in form.multi_items() if name.startswith((FIELD, FREE))), FREE)
        errors[field] = sentence(request, NothingChosen())
    if errors:
        found = await tools.database.run(request.user, package_of, visit_id)
        return render(request, found, errors=errors, status=422)
    told = N_("La pièce est dans le dossier.") if taken == 1 else N_("Les pièces sont dans le dossier.")
    return go(_own(visit_id), flash=told)


@post(PATH + "/{document_id:uuid}/withdraw", roles=DECLARANTS)
async def withdraw(work: Work, visit_id: FromPath[UUID], document_id: FromPath[UUID]) -> Response[None]:
    """Take a document out again."""
    await upload.withdraw(work, visit_id, document_id)
    return go(_own(visit_id), flash=N_("La pièce est retirée du dossier."))


@post(PATH + "/submit", roles=DECLARANTS)
async def submit(work: Work, request: Request, visit_id: FromPath[UUID]) -> Response[Any]:  # type: ignore[type-arg]
    """Send the package to customs; whatever is missing is named with a link to its field."""
    try:
        await packages.submit(work, visit_id)
    except PackageIncomplete as refusal:
        found = await package_of(work, visit_id)
        errors = {FIELD + line.code: line.ask for line in lines(found, language_of(request)) if line.missing}
        return render(request, found, errors=errors, status=refusal.status)
    return go(_own(visit_id), flash=N_("Le dossier est parti à la douane."))


def render(
    request: Request[Any, Any, Any], package: Package, *, errors: dict[str, str] | None = None, status: int = 200
) -> Response[str]:
    """The page as the package stands."""
    at_office(request, package.case.office)
    language = language_of(request)
    view = shared(package, language)
    found = view["lines"]
    state = State(package.case.visit.state)
    returned = package.review is not None and not package.review.accepted
    return page(
        request,
        "declarant/documents.html",
        status=status,
        **view,
        goods=package.case.declaration.goods,
        state=state.value,
        editable=state is State.PACKAGE and request.user.is_a(*DECLARANTS),
        returned=returned and state is State.PACKAGE,
        remark=package.review.remark if package.review and returned else "",
        defects=len(package.defects),
        missing=[line for line in found if line.missing],
        asked=[line for line in found if line.mandatory or line.papers],
        possible=[line for line in found if not line.mandatory and not line.papers],
        choices=choices(language),
        accept=ACCEPT,
        errors=errors or {},
        limit=request.app.state.settings.document_limit // MEGABYTE,
    )


async def _sent_before(
    tools: Tools, request: Request[Any, Any, Any], visit_id: UUID, upload_id: UUID | None, replaces: UUID | None
) -> None:
    """An upload the page sent in pieces is a document already; it may still have to stand in for another one."""
    if upload_id is None:
        raise BadInput(field="upload")
    standing = await resume.standing(tools, request.user, upload_id)
    if standing.document_id is None:
        raise NothingChosen()
    if replaces is not None:
        await tools.database.run(request.user, upload.replace, visit_id, replaces, standing.document_id)


def _own(visit_id: UUID) -> str:
    return f"/declarant/visits/{visit_id}/documents"


def _id(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError as fault:
        raise BadInput(field="id") from fault


ROUTES = [show, add, withdraw, submit]
