"""Reads the forms in which people sign: shared by the tablet and by the declarant's own page."""

from typing import Any

from litestar import Request

from visits.errors import BadInput
from visits.reports.words import Answer
from visits.texts import N_


async def typed_in(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The form; several values of a name stand under each other."""
    form = await request.form()
    return {name: "\n".join(str(each) for each in form.getall(name)) for name in form}


def whole(typed: dict[str, str], name: str) -> int:
    """A whole number the page itself put into its form."""
    text = typed.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BadInput(field=name)
    return int(text)


def answer_in(typed: dict[str, str]) -> dict[str, Any]:
    """What the form of a declarant's answer holds."""
    try:
        verdict = Answer(typed.get("verdict", ""))
    except ValueError:
        raise BadInput(field=N_("réponse")) from None
    return {
        "version": whole(typed, "version"),
        "verdict": verdict,
        "called": typed.get("party", ""),
        "remarks": typed.get("remarks", ""),
        "read_out": typed.get("read_out") == "yes",
        "strokes": typed.get("party_drawing", ""),
    }
