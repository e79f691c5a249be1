"""How a route is declared: its path, who may use it, and one transaction around the handler.

`get`, `post`, `put`, `patch`, `delete` and `head` are Litestar's own with two differences: `roles` must be given
(`PUBLIC` for everybody), and a parameter `work: Work` makes the handler run in one transaction that is committed
before the first byte of the answer, and run again, whole, after a deadlock or serialization failure. `idempotent`
asks for an Idempotency-Key and stores the answer with the work.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, get_type_hints

import litestar
from litestar import Request
from litestar.params import HeaderParameter

from visits.roles import Role
from visits.store.work import Work
from visits.web.once import once

#: Open to everybody, signed in or not.
PUBLIC: Final = "public"

Roles = frozenset[Role] | str
Handler = Callable[..., Any]
#: Only for the description of the interface: `once` reads the header itself, and says what is wrong with it.
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="A key new to every request, up to 255 characters (draft-ietf-httpapi-idempotency-key-header)."
        " The same request sent again with it gets its first answer for 30 days; then 410 for 400 days."
        " 400 without it, 409 while its first request is worked on, 422 with another request.",
    ),
]


def _decorator(kind: Any) -> Callable[..., Callable[[Handler], Any]]:
    def declare(path: str | list[str], *, roles: Roles, **options: Any) -> Callable[[Handler], Any]:
        opt = options.pop("opt", {}) | {"roles": roles}
        idempotent = options.pop("idempotent", False)
        operation = options.pop("operation_id", None)

        def decorate(handler: Handler) -> Any:
            if "status_code" not in options and kind is litestar.post:
                options["status_code"] = 200
            name = operation or f"{handler.__module__.removeprefix('visits.')}.{handler.__name__}"
            repeats = options.get("status_code", 204 if kind is litestar.delete else 200) if idempotent else None
            naming: Any = name if operation or isinstance(path, str) else _by_path(name)
            return kind(path, opt=opt, operation_id=naming, **options)(transacted(handler, repeats=repeats))

        return decorate

    return declare


def _by_path(name: str) -> Callable[..., str]:
    """A handler with several paths is one operation for each: the words of the path tell them apart."""

    def naming(_handler: Any, _method: Any, parts: list[Any]) -> str:
        return ".".join([name, *(part for part in parts if isinstance(part, str))])

    return naming


get = _decorator(litestar.get)
post = _decorator(litestar.post)
put = _decorator(litestar.put)
patch = _decorator(litestar.patch)
delete = _decorator(litestar.delete)
head = _decorator(litestar.head)


def transacted(handler: Handler, *, repeats: int | None = None) -> Handler:
    """Give a handler that asks for `work` one transaction of the request's actor; leave any other as it is.

    With `repeats`, the status of its success, a repeated request gets the first answer again.
    """
    signature = inspect.signature(handler)
    if "work" not in signature.parameters:
        return handler
    hints = get_type_hints(handler, include_extras=True)
    asks_request = "request" in signature.parameters
    kept = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in signature.parameters.values()
        if each.name != "work"
    ]
    if not asks_request:
        kept.append(inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request))
    if repeats is not None:
        kept.append(inspect.Parameter("once_key", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Key))

    async def in_work(**named: Any) -> Any:
        request: Request[Any, Any, Any] = named["request"] if asks_request else named.pop("request")
        named.pop("once_key", None)

        async def use_case(work: Work) -> Any:
            if repeats is None:
                return await handler(work=work, **named)
            return await once(work, request, repeats, lambda: handler(work=work, **named))

        return await request.app.state.database.run(request.user, use_case)

    in_work.__name__ = handler.__name__
    in_work.__qualname__ = handler.__qualname__
    in_work.__module__ = handler.__module__
    in_work.__doc__ = handler.__doc__
    in_work.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    in_work.__annotations__ = {
        **{name: hint for name, hint in hints.items() if name != "work"},
        "request": hints.get("request", Request),
    } | ({"once_key": Key} if repeats is not None else {})
    return in_work
