"""The frame of a page with a form: a deed in a transaction of its own; what it refuses is said above the same page,
with all that was typed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from visits.errors import Refusal
from visits.store.work import Database, Work
from visits.web.pages import go


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One such page."""

    #: Makes the page: `(work, request, refused=…, typed=…)`.
    page: Callable[..., Awaitable[Response[Any]]]
    #: What the page says itself; any other refusal has a page of its own.
    said: tuple[type[Refusal], ...]

    async def tried(
        self,
        request: Request[Any, Any, Any],
        deed: Callable[[Work], Awaitable[object]],
        *,
        then: str,
        flash: str = "",
        typed: dict[str, str] | None = None,
    ) -> Response[Any]:
        """Do it and go on, or show the page again."""
        database: Database = request.app.state.database
        try:
            await database.run(request.user, deed)
        except self.said as no:
            return await self.again(request, no, typed=typed)
        return go(then, flash=flash)

    async def again(
        self, request: Request[Any, Any, Any], refused: Refusal, *, typed: dict[str, str] | None = None
    ) -> Response[Any]:
        """The page with the refusal above it."""
        database: Database = request.app.state.database

        async def shown(work: Work) -> Response[Any]:
            return await self.page(work, request, refused=refused, typed=typed)

        return await database.run(request.user, shown)


async def typed_in(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The texts of a form."""
    return {name: str(value) for name, value in (await request.form()).items()}
