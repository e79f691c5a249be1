"""The coded words of a visit report and the French sentence of each. Pure.

A code is stored and pushed; a sentence is shown. Codes are never renamed: signed reports hold them.
"""

from enum import StrEnum

from visits.texts import N_


class Result(StrEnum):
    """What the visit came to; proposed by the findings, decided by the officer."""

    CONFORM = "CONFORM"
    CONFORM_REMARK = "CONFORM_REMARK"
    DISCREPANCY_NO_DUTY = "DISCREPANCY_NO_DUTY"
    DISCREPANCY_DUTY = "DISCREPANCY_DUTY"
    OFFENCE = "OFFENCE"
    PROHIBITED_SEIZED = "PROHIBITED_SEIZED"
    PENDING_LAB = "PENDING_LAB"
    PENDING_DOCUMENT = "PENDING_DOCUMENT"
    GOODS_ABSENT = "GOODS_ABSENT"
    PARTY_ABSENT = "PARTY_ABSENT"
    NOT_EXECUTED = "NOT_EXECUTED"


RESULTS: dict[Result, str] = {
    Result.CONFORM: N_("Conforme"),
    Result.CONFORM_REMARK: N_("Conforme avec remarque"),
    Result.DISCREPANCY_NO_DUTY: N_("Différence sans droits à compléter"),
    Result.DISCREPANCY_DUTY: N_("Différence avec droits à compléter"),
    Result.OFFENCE: N_("Infraction"),
    Result.PROHIBITED_SEIZED: N_("Marchandise saisie"),
    Result.PENDING_LAB: N_("Réponse du laboratoire attendue"),
    Result.PENDING_DOCUMENT: N_("Document attendu"),
    Result.GOODS_ABSENT: N_("Marchandise non présentée"),
    Result.PARTY_ABSENT: N_("Carence (personne absente)"),
    Result.NOT_EXECUTED: N_("Visite non faite"),
}


class FindingKind(StrEnum):
    """What a coded finding is about."""

    SPECIES = "species"
    ORIGIN = "origin"
    VALUE = "value"
    QUANTITY_MORE = "quantity_more"
    QUANTITY_LESS = "quantity_less"
    WEIGHT = "weight"
    UNDECLARED = "undeclared"
    DESCRIPTION = "description"
    MARKS = "marks"
    CONDITION = "condition"
    SEAL = "seal"
    LICENCE = "licence"
    IPR = "ipr"
    DANGEROUS = "dangerous"
    OTHER = "other"


FINDINGS: dict[FindingKind, str] = {
    FindingKind.SPECIES: N_("Espèce tarifaire"),
    FindingKind.ORIGIN: N_("Origine"),
    FindingKind.VALUE: N_("Valeur"),
    FindingKind.QUANTITY_MORE: N_("Excédent de quantité"),
    FindingKind.QUANTITY_LESS: N_("Déficit de quantité"),
    FindingKind.WEIGHT: N_("Poids"),
    FindingKind.UNDECLARED: N_("Marchandise non déclarée"),
    FindingKind.DESCRIPTION: N_("Désignation"),
    FindingKind.MARKS: N_("Marques et emballages"),
    FindingKind.CONDITION: N_("État de la marchandise"),
    FindingKind.SEAL: N_("Plomb"),
    FindingKind.LICENCE: N_("Licence, norme ou certificat"),
    FindingKind.IPR: N_("Propriété intellectuelle"),
    FindingKind.DANGEROUS: N_("Marchandise dangereuse"),
    FindingKind.OTHER: N_("Autre constatation"),
}

#: The verdict of a report whose differences are all of one kind.
DIFFERENCES: dict[FindingKind, str] = {
    FindingKind.SPECIES: N_("Différence d'espèce"),
    FindingKind.ORIGIN: N_("Différence d'origine"),
    FindingKind.VALUE: N_("Différence de valeur"),
    FindingKind.QUANTITY_MORE: N_("Différence de quantité"),
    FindingKind.QUANTITY_LESS: N_("Différence de quantité"),
    FindingKind.WEIGHT: N_("Différence de poids"),
    FindingKind.UNDECLARED: N_("Marchandise non déclarée"),
    FindingKind.DESCRIPTION: N_("Différence de désignation"),
    FindingKind.SEAL: N_("Différence de plomb"),
    FindingKind.LICENCE: N_("Licence ou certificat manquant"),
    FindingKind.IPR: N_("Propriété intellectuelle"),
    FindingKind.DANGEROUS: N_("Marchandise dangereuse"),
}


class Facet(StrEnum):
    """One thing compared between the declaration and the goods."""

    QUANTITY = "quantity"
    SPECIES = "species"
    DESCRIPTION = "description"
    ORIGIN = "origin"
    GROSS_WEIGHT = "gross_weight"
    NET_WEIGHT = "net_weight"
    VALUE = "value"
    BRAND = "brand"
    MODEL = "model"
    SERIAL = "serial"
    EXPIRY = "expiry"
    MARKS = "marks"
    PACKAGES = "packages"
    CONDITION = "condition"


FACETS: dict[Facet, str] = {
    Facet.QUANTITY: N_("quantité"),
    Facet.SPECIES: N_("espèce"),
    Facet.DESCRIPTION: N_("désignation"),
    Facet.ORIGIN: N_("origine"),
    Facet.GROSS_WEIGHT: N_("poids brut"),
    Facet.NET_WEIGHT: N_("poids net"),
    Facet.VALUE: N_("valeur"),
    Facet.BRAND: N_("marque commerciale"),
    Facet.MODEL: N_("modèle"),
    Facet.SERIAL: N_("numéro de série"),
    Facet.EXPIRY: N_("péremption"),
    Facet.MARKS: N_("marques"),
    Facet.PACKAGES: N_("colis"),
    Facet.CONDITION: N_("état"),
}

#: Facets whose two sides are figures; their gap is a subtraction.
FIGURES = frozenset({Facet.QUANTITY, Facet.GROSS_WEIGHT, Facet.NET_WEIGHT, Facet.VALUE, Facet.PACKAGES})


class Extent(StrEnum):
    """How far a control goes, and the method of each check."""

    DOC = "DOC"
    SEAL = "SEAL"
    NII = "NII"
    TAILGATE = "TAILGATE"
    PARTIAL = "PARTIAL"
    FULL = "FULL"
    COUNT = "COUNT"
    WEIGH = "WEIGH"
    GAUGE = "GAUGE"
    SAMPLE = "SAMPLE"
    VIDEO = "VIDEO"


EXTENTS: dict[Extent, str] = {
    Extent.DOC: N_("documents"),
    Extent.SEAL: N_("contrôle des plombs"),
    Extent.NII: N_("passage au scanner"),
    Extent.TAILGATE: N_("vu à l'ouverture"),
    Extent.PARTIAL: N_("visite partielle"),
    Extent.FULL: N_("dépotage complet"),
    Extent.COUNT: N_("comptage"),
    Extent.WEIGH: N_("pesée"),
    Extent.GAUGE: N_("jaugeage"),
    Extent.SAMPLE: N_("prélèvement"),
    Extent.VIDEO: N_("vidéo"),
}


class Level(StrEnum):
    """How heavy the control is."""

    DOCUMENTS = "documents"
    SCAN = "scan"
    VIDEO = "video"
    PHYSICAL = "physical"
    JOINT = "joint"


LEVELS: dict[Level, str] = {
    Level.DOCUMENTS: N_("contrôle des documents"),
    Level.SCAN: N_("passage au scanner"),
    Level.VIDEO: N_("visite par vidéo"),
    Level.PHYSICAL: N_("visite physique"),
    Level.JOINT: N_("visite conjointe"),
}


class Mode(StrEnum):
    """Where and how the visit was really made."""

    ON_SITE = "on_site"
    HOME = "home"
    SCANNER = "scanner"
    VIDEO = "video"
    JOINT = "joint"
    DESK = "desk"


MODES: dict[Mode, str] = {
    Mode.ON_SITE: N_("sur place"),
    Mode.HOME: N_("visite à domicile"),
    Mode.SCANNER: N_("au scanner"),
    Mode.VIDEO: N_("par vidéo"),
    Mode.JOINT: N_("visite conjointe"),
    Mode.DESK: N_("sur documents"),
}


class LaneColour(StrEnum):
    """The lane a controlling agency chose or proposes."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


LANES: dict[LaneColour, str] = {
    LaneColour.GREEN: N_("vert"),
    LaneColour.BLUE: N_("bleu"),
    LaneColour.YELLOW: N_("jaune"),
    LaneColour.RED: N_("rouge"),
}


class SealState(StrEnum):
    """What a seal looked like."""

    INTACT = "intact"
    BROKEN = "broken"
    MISSING = "missing"
    DIFFERENT = "different"


SEALS: dict[SealState, str] = {
    SealState.INTACT: N_("intact"),
    SealState.BROKEN: N_("rompu"),
    SealState.MISSING: N_("absent"),
    SealState.DIFFERENT: N_("autre numéro"),
}


class Fence(StrEnum):
    """Whether the device was where the visit was to be made."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


FENCES: dict[Fence, str] = {
    Fence.INSIDE: N_("dans l'enceinte"),
    Fence.OUTSIDE: N_("hors de l'enceinte"),
    Fence.UNKNOWN: N_("position non vérifiée"),
}


class Quality(StrEnum):
    """In what quality a person takes part in the visit."""

    INSPECTOR = "inspector"
    VISIT_CHIEF = "visit_chief"
    AGENCY_OFFICER = "agency_officer"
    BRIGADE = "brigade"
    SCANNER_OPERATOR = "scanner_operator"
    DECLARANT = "declarant"
    IMPORTER = "importer"
    TERMINAL = "terminal"
    WITNESS = "witness"
    INTERPRETER = "interpreter"


QUALITIES: dict[Quality, str] = {
    Quality.INSPECTOR: N_("vérificateur"),
    Quality.VISIT_CHIEF: N_("chef de visite"),
    Quality.AGENCY_OFFICER: N_("agent d'organisme"),
    Quality.BRIGADE: N_("brigade"),
    Quality.SCANNER_OPERATOR: N_("opérateur du scanner"),
    Quality.DECLARANT: N_("déclarant"),
    Quality.IMPORTER: N_("importateur"),
    Quality.TERMINAL: N_("exploitant de terminal"),
    Quality.WITNESS: N_("témoin"),
    Quality.INTERPRETER: N_("interprète"),
}

#: Those whose interests the visit touches: one of them is to hear the report and be invited to sign.
PARTY = frozenset({Quality.DECLARANT, Quality.IMPORTER})


class EvidenceKind(StrEnum):
    """What a piece of evidence is."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"


EVIDENCE: dict[EvidenceKind, str] = {
    EvidenceKind.PHOTO: N_("photo"),
    EvidenceKind.VIDEO: N_("vidéo"),
    EvidenceKind.DOCUMENT: N_("document"),
}


class ScanVerdict(StrEnum):
    """What the scanner's image showed."""

    CLEAR = "clear"
    SUSPECT = "suspect"
    UNREADABLE = "unreadable"


SCANS: dict[ScanVerdict, str] = {
    ScanVerdict.CLEAR: N_("image sans anomalie"),
    ScanVerdict.SUSPECT: N_("image à vérifier"),
    ScanVerdict.UNREADABLE: N_("image illisible"),
}


class AgencyAnswer(StrEnum):
    """An agency's own verdict, on its own competence only."""

    FAVOURABLE = "favourable"
    CONDITIONAL = "conditional"
    REFUSED = "refused"
    PENDING_LAB = "pending_lab"
    PENDING_DOCUMENT = "pending_document"
    ABSENT = "absent"


AGENCIES: dict[AgencyAnswer, str] = {
    AgencyAnswer.FAVOURABLE: N_("avis favorable"),
    AgencyAnswer.CONDITIONAL: N_("avis favorable sous condition"),
    AgencyAnswer.REFUSED: N_("avis défavorable"),
    AgencyAnswer.PENDING_LAB: N_("attend le laboratoire"),
    AgencyAnswer.PENDING_DOCUMENT: N_("attend un document"),
    AgencyAnswer.ABSENT: N_("absent malgré convocation"),
}


class SignerKind(StrEnum):
    """Who signs."""

    OFFICER = "officer"
    DECLARANT = "declarant"
    AGENCY = "agency"


class Answer(StrEnum):
    """What a person did when the report was laid before them."""

    SIGNED = "signed"
    RESERVED = "reserved"
    REFUSED = "refused"


ANSWERS: dict[Answer, str] = {
    Answer.SIGNED: N_("signé %(when)s"),
    Answer.RESERVED: N_("signé avec réserves %(when)s"),
    Answer.REFUSED: N_("a refusé de signer %(when)s"),
}
