"""/language: keeps the language a person chose in a cookie, and goes back to the page it was chosen on."""

from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import FromQuery

from visits.web.language import LANGUAGES
from visits.web.pages import LANGUAGE_COOKIE, go
from visits.web.route import PUBLIC, get

ONE_YEAR = 365 * 24 * 3600


def own_path(asked: str, otherwise: str = "/") -> str:
    """The address asked for if it is a path of ours, else another: nobody is led to a foreign site."""
    if not asked.startswith("/") or asked.startswith("//") or "\\" in asked:
        return otherwise
    if any(character <= " " or character == "\x7f" for character in asked):
        return otherwise
    parts = urlsplit(asked)
    return asked if not parts.scheme and not parts.netloc else otherwise


@get("/language", roles=PUBLIC)
async def choose(request: Request, to: FromQuery[str] = "fr", back: FromQuery[str] = "/") -> Response[None]:  # type: ignore[type-arg]
    """Speak this language from now on."""
    answer = go(own_path(back))
    if to in LANGUAGES:
        answer.set_cookie(
            Cookie(
                key=LANGUAGE_COOKIE,
                value=to,
                path="/",
                max_age=ONE_YEAR,
                httponly=True,
                samesite="lax",
                secure=request.app.state.settings.secure,
            )
        )
    return answer


ROUTES = [choose]
