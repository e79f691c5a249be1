"""Lines that drop what is said, by a written pattern."""

import httpx


class CutLine(httpx.AsyncBaseTransport):
    """Cuts every message twice: once before it arrives, once before its answer does. The third try passes."""

    def __init__(self, through: httpx.AsyncBaseTransport) -> None:
        self.through = through
        self.messages = 0
        self._tries = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._tries += 1
        match self._tries % 3:
            case 1:
                self.messages += 1
                raise httpx.ConnectError("the line was cut", request=request)
            case 2:
                answer = await self.through.handle_async_request(request)
                await answer.aread()
                raise httpx.ReadError("the answer was lost", request=request)
        return await self.through.handle_async_request(request)
