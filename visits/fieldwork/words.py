"""The coded words of field work; the report reads them under the same codes. Pure. Codes are never renamed."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a finding says. `conform` and `withdrawn` are no difference; the others are the report's finding kinds."""

    CONFORM = "conform"
    WITHDRAWN = "withdrawn"
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


class Facet(StrEnum):
    """One thing compared between declaration and goods."""

    QUANTITY = "quantity"
    SPECIES = "species"
    DESCRIPTION = "description"
    ORIGIN = "origin"
    GROSS_WEIGHT = "gross_weight"
    NET_WEIGHT = "net_weight"
    VALUE = "value"
    MARKS = "marks"
    PACKAGES = "packages"
    CONDITION = "condition"


#: Facets whose two sides are figures; their gap is a subtraction.
FIGURES: Final = frozenset({Facet.QUANTITY, Facet.GROSS_WEIGHT, Facet.NET_WEIGHT, Facet.VALUE, Facet.PACKAGES})


class About(StrEnum):
    """What a photo shows."""

    PACKAGE = "package"
    LABEL = "label"
    COUNT = "count"
    WEIGHING = "weighing"
    OPENING = "opening"
    SEAL = "seal"
    UNDECLARED = "undeclared"
    OTHER = "other"


class Moment(StrEnum):
    """A seal is seen before the opening, or affixed after the visit."""

    BEFORE = "before"
    AFTER = "after"


class SealState(StrEnum):
    """What a seal looked like."""

    INTACT = "intact"
    BROKEN = "broken"
    MISSING = "missing"
    DIFFERENT = "different"


class Party(StrEnum):
    """In what quality a person is at the place."""

    INSPECTOR = "inspector"
    VISIT_CHIEF = "visit_chief"
    DECLARANT = "declarant"
    IMPORTER = "importer"
    AGENCY_OFFICER = "agency_officer"
    TERMINAL = "terminal"
    BRIGADE = "brigade"
    WITNESS = "witness"
    INTERPRETER = "interpreter"


#: Those who may hear the report read and be invited to sign it.
INTERESTED: Final = frozenset({Party.DECLARANT, Party.IMPORTER})


class Deed(StrEnum):
    """What a step of the visit records."""

    NUMBER = "number"
    OPENED = "opened"
    COUNTED = "counted"
    WEIGHED = "weighed"
    GOODS_PRESENTED = "goods_presented"
    GOODS_MISSING = "goods_missing"
    GOODS_BLOCKED = "goods_blocked"
    GOODS_TAKEN_BACK = "goods_taken_back"
    GOODS_ABSENT = "goods_absent"
    PARTY_ABSENT = "party_absent"
    AGENCY_ABSENT = "agency_absent"
    CUSTOMS_NO_SHOW = "customs_no_show"
    AGENCY_NO_SHOW = "agency_no_show"
    STARTED = "visit_started"
    SUSPENDED = "visit_suspended"
    RESUMED = "visit_resumed"
    ENDED = "visit_ended"
    CONVERTED = "visit_converted"
    PAPER = "paper_exception"
    LAB_AWAITED = "lab_awaited"
    LAB_RESULT = "lab_result"
    SEIZED = "goods_seized"
    CANCELLED = "cancelled"
    COUNTER_VISIT = "counter_visit_ordered"
    EXTENSION = "extension_ordered"


class Method(StrEnum):
    """How something was checked: the extent codes of the visit order."""

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
