"""What people mean by a text message: « OUI 4821 », « DEPLACER 4821 2 », in three languages. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from visits.notices.template import Act
from visits.texts import N_

HELP, STOP = "help", "stop"

#: Words without accents, in capitals; the acts are those of the notices.
WORDS: dict[str, str] = {
    **dict.fromkeys(("OUI", "OK", "YES", "SIM", "CONFIRMER", "CONFIRME", "CONFIRM", "CONFIRMAR"), Act.CONFIRM),
    **dict.fromkeys(
        ("DEPLACER", "DEPLACE", "REPORTER", "CHANGER", "MOVE", "CHANGE", "MUDAR", "ALTERAR", "ADIAR"), Act.MOVE
    ),
    **dict.fromkeys(("ANNULER", "ANNULE", "NON", "CANCEL", "NO", "CANCELAR", "NAO"), Act.CANCEL),
    **dict.fromkeys(("AIDE", "INFO", "HELP", "AJUDA"), HELP),
    **dict.fromkeys(("ARRET", "STOP", "PARAR", "UNSUBSCRIBE"), STOP),
}

#: Answers; each fits one text message whatever its facts are.
MOVED = N_("Visite %(title)s : nouveau rendez-vous %(when)s.")
CONFIRMED = N_("Visite %(title)s : rendez-vous confirmé %(when)s.")
CANCELLED = N_("Visite %(title)s : l'heure est rendue. Choisissez-en une autre quand vous voulez.")
CHOOSE = N_("Visite %(title)s. Libre : %(list)s. Répondre DEPLACER %(code)s puis 1, 2 ou 3.")
NO_TIMES = N_("Visite %(title)s : aucune heure libre bientôt. Le rendez-vous ne change pas.")
OVER = N_("Visite %(title)s : ce rendez-vous n'est plus valable. Voyez votre page ou appelez le bureau.")
UNKNOWN_CODE = N_("Ce code n'est pas connu ou a déjà servi. Voyez le dernier avis, ou appelez le bureau.")
TOO_MANY = N_("Trop d'essais : les codes sont fermés. Voyez votre page, ou appelez le bureau.")
UNKNOWN_PHONE = N_("Ce numéro n'est pas connu. Ajoutez-le à vos avis, sur votre page.")
HOW = N_("Répondre OUI, DEPLACER ou ANNULER puis le code à 4 chiffres de l'avis. ARRET : plus de SMS.")
STOPPED = N_("Vous ne recevrez plus de SMS. Vous pouvez les reprendre sur votre page.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a message asks for: an act with its code, and a choice; or help, or to stop."""

    act: str
    code: str = ""
    choice: int = 0


def read(text: str) -> Said:
    """The first word we know, the first four digits together, and a single digit after them; else a cry for help."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", text[:400]) if not unicodedata.combining(each)
    ).upper()
    act, code, choice = "", "", 0
    for token in re.findall(r"[A-Z]+|[0-9]+", plain):
        if token in WORDS and not act:
            act = WORDS[token]
        elif len(token) == 4 and token.isdigit() and not code:
            code = token
        elif token.isdigit() and len(token) == 1 and code and not choice:
            choice = int(token)
    if act in (HELP, STOP):
        return Said(act)
    if not act or not code:
        return Said(HELP)
    return Said(act, code, choice)
