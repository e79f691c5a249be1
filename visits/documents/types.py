"""The kinds of document a package is made of, by their UN/EDIFACT 1001 code, and what national codes mean. Pure data.

Papers that code list does not know carry the letters people call them by.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from visits.texts import N_


@dataclass(frozen=True, slots=True)
class Kind:
    """How people name a document, and the button that asks for it."""

    name: str
    add: str


INVOICE, PACKING_LIST, BILL_OF_LADING, AIR_WAYBILL, ROAD_NOTE = "380", "271", "705", "740", "730"
INSURANCE, ORIGIN, PLANT_HEALTH, SANITARY, VETERINARY = "530", "861", "851", "852", "853"
LICENCE, CONFORMITY, ANALYSIS, TESTED, DELIVERY_ORDER = "911", "2", "1", "4", "640"
IMPORT_FORM, VERIFICATION, CARGO_NOTE, MANDATE, MEDICINE = "FDI", "RFCV", "BSC", "MANDATE", "AMM"
EXEMPTION, OTHER = "EXEMPTION", "OTHER"

#: In the order a package is read.
KINDS: Mapping[str, Kind] = {
    INVOICE: Kind(N_("facture commerciale"), N_("Ajouter la facture commerciale")),
    PACKING_LIST: Kind(N_("liste de colisage"), N_("Ajouter la liste de colisage")),
    BILL_OF_LADING: Kind(N_("connaissement"), N_("Ajouter le connaissement")),
    AIR_WAYBILL: Kind(N_("lettre de transport aérien"), N_("Ajouter la lettre de transport aérien")),
    ROAD_NOTE: Kind(N_("lettre de voiture (CMR)"), N_("Ajouter la lettre de voiture (CMR)")),
    ORIGIN: Kind(N_("certificat d'origine"), N_("Ajouter le certificat d'origine")),
    PLANT_HEALTH: Kind(N_("certificat phytosanitaire"), N_("Ajouter le certificat phytosanitaire")),
    VETERINARY: Kind(N_("certificat vétérinaire"), N_("Ajouter le certificat vétérinaire")),
    SANITARY: Kind(N_("certificat sanitaire"), N_("Ajouter le certificat sanitaire")),
    MEDICINE: Kind(N_("autorisation de mise sur le marché"), N_("Ajouter l'autorisation de mise sur le marché")),
    LICENCE: Kind(N_("licence ou autorisation"), N_("Ajouter la licence ou l'autorisation")),
    CONFORMITY: Kind(N_("certificat de conformité"), N_("Ajouter le certificat de conformité")),
    ANALYSIS: Kind(N_("certificat d'analyse"), N_("Ajouter le certificat d'analyse")),
    TESTED: Kind(N_("rapport d'essai"), N_("Ajouter le rapport d'essai")),
    INSURANCE: Kind(N_("attestation d'assurance"), N_("Ajouter l'attestation d'assurance")),
    IMPORT_FORM: Kind(
        N_("fiche de déclaration à l'importation"), N_("Ajouter la fiche de déclaration à l'importation")
    ),
    VERIFICATION: Kind(N_("rapport de vérification (RFCV)"), N_("Ajouter le rapport de vérification (RFCV)")),
    CARGO_NOTE: Kind(N_("bordereau de suivi de cargaison"), N_("Ajouter le bordereau de suivi de cargaison")),
    DELIVERY_ORDER: Kind(N_("bon à délivrer"), N_("Ajouter le bon à délivrer")),
    EXEMPTION: Kind(N_("titre d'exonération"), N_("Ajouter le titre d'exonération")),
    MANDATE: Kind(N_("procuration"), N_("Ajouter la procuration")),
    OTHER: Kind(N_("autre pièce"), N_("Ajouter la pièce demandée")),
}

#: What each country writes on its declarations, where it differs from UN/EDIFACT 1001.
NATIONAL: Mapping[str, Mapping[str, str]] = {
    "CI": {
        "0007": INVOICE,
        "0014": INSURANCE,
        "0851": PLANT_HEALTH,
        "2501": VERIFICATION,
        "6603": CARGO_NOTE,
        "6610": IMPORT_FORM,
    },
    "AL": {
        "141": PACKING_LIST,
        "575": INSURANCE,
        "733": ROAD_NOTE,
        "786": BILL_OF_LADING,
    },
}


def meant_by(country: str, code: str) -> str | None:
    """The document a declaration's code means in its country; None if it is no document of a package."""
    return NATIONAL.get(country, {}).get(code) or (code if code in KINDS and code != OTHER else None)


def name_of(code: str) -> str:
    """The French name of a kind of document; the code itself when it was retired."""
    return KINDS[code].name if code in KINDS else code
