"""The base of every refusal: a class with a code for programs and a sentence for people."""

from typing import Any, ClassVar

from visits.texts import N_


class Refusal(Exception):
    """Somebody asked for what the rules do not allow; nothing was changed.

    A subclass sets `code` (kebab-case, stable), `status` (HTTP) and `says` (the French sentence, marked with
    `N_`, with `%(name)s` places for its facts). Facts are given as keywords where the refusal is raised.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    says: ClassVar[str] = N_("Cette demande ne peut pas être acceptée.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts

    def __str__(self) -> str:
        shown = " ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} {shown}".strip()


class NotFound(Refusal):
    """The thing asked for is not there, or not for this person to see."""

    code, status = "not-found", 404
    says = N_("Cette page n'existe pas, ou elle n'est pas pour vous.")


class NotAllowed(Refusal):
    """The person is known but the role does not allow this."""

    code, status = "not-allowed", 403
    says = N_("Votre rôle ne permet pas cette action.")


class BadInput(Refusal):
    """A field does not hold what it should; `field` names it."""

    code, status = "bad-input", 422
    says = N_("Un champ n'est pas rempli comme il faut : %(field)s.")


class Stale(Refusal):
    """The page was shown before somebody else changed the same thing."""

    code, status = "stale", 409
    says = N_("Quelqu'un a changé ce dossier entre-temps. Voici son état actuel.")
