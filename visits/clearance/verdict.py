"""What became of a message, and the sentence a person reads for each odd end."""

from dataclasses import dataclass
from datetime import datetime

from visits.store.work import Work
from visits.texts import N_


@dataclass(frozen=True, slots=True)
class Verdict:
    """accepted, unchanged (known already), or noted: kept, without the whole effect, and a person should look."""

    outcome: str
    code: str = ""
    visit: str | None = None


#: What people read for a message that was kept but did not have its whole effect.
NOTES: dict[str, str] = {
    "late_lane": N_("Ce circuit est arrivé après un plus récent. Il n'a rien changé."),
    "early_release": N_("Le bon à enlever est arrivé avant la fin de la visite. Il est gardé avec la déclaration."),
    "other_voucher": N_("La déclaration porte déjà un autre bon à enlever. Le premier est gardé."),
    "early_cancel": N_("L'annulation est arrivée avant le bon à enlever. Elle s'appliquera à lui."),
    "cancelled_after_exit": N_("Le bon à enlever est annulé, mais des marchandises sont déjà sorties."),
    "other_act": N_("Le rapport porte déjà un autre numéro d'acte. Le premier est gardé."),
    "early_act": N_("L'acte est arrivé alors que la visite n'attendait pas de réponse. Le numéro est gardé."),
    "too_late": N_("Le contrôle est retiré, mais aucune visite n'est plus en cours."),
    "unknown_declaration": N_("La déclaration n'est pas encore arrivée. Le message attend et sera repris tout seul."),
}

#: What people read for a doubt of the reader about a declaration it took.
DOUBTS: dict[str, str] = {
    "unregistered": N_("La déclaration n'est pas encore enregistrée."),
    "container_check_digit": N_("Le chiffre de contrôle d'un conteneur ne tombe pas juste. Vérifiez-le sur la boîte."),
    "container_flag_mismatch": N_("La déclaration dit le contraire de ses conteneurs. Les conteneurs comptent."),
    "container_item_unknown": N_("Un conteneur nomme un article qui n'existe pas."),
    "item_count_mismatch": N_("Le nombre d'articles annoncé n'est pas celui des articles lus."),
    "gross_weight_mismatch": N_("Le poids total annoncé n'est pas la somme des articles."),
    "hs_invalid": N_("Une espèce tarifaire n'a pas huit chiffres."),
    "unknown_element": N_("Le fichier contient un élément inconnu. Il n'a pas été lu."),
    "control_characters": N_("Un texte contient des signes invisibles."),
}


def happened(work: Work, at: datetime) -> datetime | None:
    """The sender's time of a fact; a clock ahead of ours is not believed."""
    return at if at <= work.now else None
