"""Everybody's browsers on one stage, for stories in which several people open pages in turn."""

from contextlib import AsyncExitStack

from tests.support.forms import Visitor
from tests.support.stage import Stage
from visits.journey.tables import Visit


class Pages:
    """Opens a page as anybody; the browsers are closed with the stack."""

    def __init__(self, stage: Stage, stack: AsyncExitStack) -> None:
        self.stage, self._stack = stage, stack

    async def __call__(self, who: str, path: str) -> Visitor:
        """Somebody opens a page, and finds it."""
        client = await self._stack.enter_async_context(self.stage.browser(who))
        visitor = await Visitor(client).go(path)
        assert visitor.page is not None
        assert visitor.page.status_code == 200, f"{who} {path}: {visitor.title}"
        return visitor

    async def follow(self, visitor: Visitor, part: str) -> Visitor:
        """A link of the page, which is there."""
        link = visitor.link(part)
        assert link is not None, f"no link «{part}» on {visitor.address}: {visitor.said}"
        return await visitor.go(link)

    async def track(self, visit: Visit, *said: str) -> None:
        """The declarant's page of the declaration says all this."""
        visitor = await self("declarant", f"/declarant/declarations/{visit.declaration_id}")
        text = plain(visitor.document.text_content())
        assert [each for each in said if each not in text] == []


def plain(text: str) -> str:
    """Words without the typography of the page."""
    return " ".join(text.replace("’", "'").split())
