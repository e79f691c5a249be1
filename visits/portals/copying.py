"""Hands out a copy of a report as a file: gathered in a transaction, printed after it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response

from visits.reports.copies import print_out, sheet_of
from visits.web.pages import language_of


async def copy(request: Request[Any, Any, Any], visit_id: UUID, *, version: int | None = None) -> Response[bytes]:
    """The version given, else the one the query names, else the newest; in the query's language or the reader's."""
    asked = request.query_params.get("version", "")
    named = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    tools = request.app.state.tools
    sheet = await tools.database.run(
        request.user,
        sheet_of,
        visit_id,
        language=request.query_params.get("lang") or language_of(request),
        public_url=tools.settings.public_url,
        version=version or named,
    )
    return Response(
        await print_out(sheet),
        media_type="application/pdf",
        headers={
            "content-disposition": f'attachment; filename="{sheet.file_name}"',
            "cache-control": "private, no-store",
            "x-content-type-options": "nosniff",
        },
    )
