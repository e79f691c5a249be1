"""What a visit report holds, the bytes its signatures cover, and its digest. Pure.

The body is frozen when the officer signs. The gapless number is given later by the server and the signatures
are added one by one, so both stand outside. Defaults are left out of the signed bytes: a field added by a
later release leaves the digest of older reports as it was. So a default is never changed, only added.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import msgspec

from visits import chain
from visits.reports.words import (
    FIGURES,
    AgencyAnswer,
    Answer,
    EvidenceKind,
    Extent,
    Facet,
    Fence,
    FindingKind,
    LaneColour,
    Level,
    Mode,
    Quality,
    Result,
    ScanVerdict,
    SealState,
    SignerKind,
)
from visits.texts import N_


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The base of every value here: frozen, by keyword, strict when read back from storage."""


class Money(Value, frozen=True):
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str


class Office(Value, frozen=True):
    """The customs office that answers for the visit."""

    administration: str
    code: str
    name: str
    section: str = ""


class DeclarationKey(Value, frozen=True):
    """The declaration visited: registration key and parties."""

    office: str
    year: int
    serial: str
    number: str
    registered_on: date
    declarant: str
    licence: str = ""
    importer: str = ""
    version: int = 1


class RuleHit(Value, frozen=True):
    """A selection rule that chose this declaration."""

    code: str
    text: str = ""


class Lane(Value, frozen=True):
    """The lane of one controlling agency; an empty agency is customs."""

    colour: LaneColour
    agency: str = ""
    reason: str = ""
    hits: tuple[RuleHit, ...] = ()


class Order(Value, frozen=True):
    """The visit order: what was asked for."""

    level: Level
    extents: tuple[Extent, ...] = ()
    percent: Decimal | None = None
    containers: tuple[str, ...] = ()
    #: Where in the container, when the order says so.
    position: str = ""
    items: tuple[int, ...] = ()
    agencies: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()


class Place(Value, frozen=True):
    """Where the visit was made, and whether the device was there."""

    name: str
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_metres: int | None = None
    fence: Fence = Fence.UNKNOWN


class Suspension(Value, frozen=True):
    """A pause, with its reason; still open while `until` is missing."""

    since: datetime
    until: datetime | None = None
    reason: str = ""


class Officer(Value, frozen=True):
    """An officer who made the visit."""

    name: str
    grade: str
    quality: Quality
    #: The office or agency, when not that of the report.
    body: str = ""


class Party(Value, frozen=True):
    """Somebody present, from when until when."""

    name: str
    quality: Quality
    firm: str = ""
    arrived: datetime | None = None
    left: datetime | None = None


class Seal(Value, frozen=True):
    """A seal as seen or affixed."""

    number: str
    state: SealState = SealState.INTACT
    by: str = ""


class Container(Value, frozen=True):
    """One container: seals, opening, packages, weight."""

    number: str
    seals_before: tuple[Seal, ...] = ()
    seals_after: tuple[Seal, ...] = ()
    opened_at: datetime | None = None
    extent: Extent | None = None
    unstuffed_percent: Decimal | None = None
    packages_counted: int | None = None
    packages_opened: int | None = None
    gross_kilograms: Decimal | None = None
    evidence: tuple[str, ...] = ()


class Check(Value, frozen=True):
    """How something was checked."""

    method: Extent
    percent: Decimal | None = None
    #: Counted or weighed together with the declarant.
    contradictory: bool = False


class Comparison(Value, frozen=True):
    """Declared and found, side by side. A missing side: not declared, or not found."""

    facet: Facet
    declared: str | None = None
    found: str | None = None
    #: Unit of a quantity, currency of a value; weights are in kilograms.
    unit: str = ""
    check: Check | None = None
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.facet in FIGURES:
            for side in (self.declared, self.found):
                _figure(side)

    @property
    def gap(self) -> Decimal | None:
        """Found less declared, where both are figures; a missing side counts as nothing."""
        if self.facet not in FIGURES:
            return None
        return (_figure(self.found) or Decimal(0)) - (_figure(self.declared) or Decimal(0))

    @property
    def differs(self) -> bool:
        """Whether the goods are not as declared."""
        return bool(self.gap) if self.facet in FIGURES else self.declared != self.found


class Item(Value, frozen=True):
    """One item of the declaration (or goods of no item: `number` is missing), compared."""

    description: str
    number: int | None = None
    hs: str = ""
    comparisons: tuple[Comparison, ...] = ()
    remark: str = ""


class Finding(Value, frozen=True):
    """A coded finding, in the officer's words."""

    kind: FindingKind
    text: str = ""
    item: int | None = None
    container: str = ""
    evidence: tuple[str, ...] = ()
    #: The declarant agreed with it on the spot.
    acknowledged: bool = False


class Sample(Value, frozen=True):
    """A sample taken, its parts, seals and laboratory; no result yet while `outcome` is empty."""

    code: str
    description: str
    taken_at: datetime
    item: int | None = None
    quantity: str = ""
    parts: int = 1
    seals: tuple[str, ...] = ()
    laboratory: str = ""
    outcome: str = ""


class Evidence(Value, frozen=True):
    """A photo, film or document, known by its digest."""

    code: str
    kind: EvidenceKind
    sha256: str
    at: datetime
    item: int | None = None
    container: str = ""
    caption: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


class Scan(Value, frozen=True):
    """The scanner's image of the goods."""

    reference: str
    verdict: ScanVerdict
    at: datetime
    remark: str = ""


class AgencyVerdict(Value, frozen=True):
    """What another agency decided, on its own competence."""

    agency: str
    answer: AgencyAnswer
    officer: str = ""
    text: str = ""
    at: datetime | None = None


class Offence(Value, frozen=True):
    """An offence noted, with the article it rests on."""

    name: str
    article: str
    seized: bool = False


class Device(Value, frozen=True):
    """The tablet: its local receipt, and how far its clock and its line were behind."""

    code: str
    receipt: str
    offline: bool = False
    #: Between the end of the visit and the report's arrival.
    lag_seconds: int | None = None
    clock_doubtful: bool = False


class Content(Value, frozen=True):
    """The whole of a visit report, as signed."""

    report: UUID
    visit: str
    version: int
    office: Office
    declaration: DeclarationKey
    lanes: tuple[Lane, ...]
    order: Order
    mode: Mode
    place: Place
    officers: tuple[Officer, ...]
    started: datetime | None = None
    ended: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    parties: tuple[Party, ...] = ()
    containers: tuple[Container, ...] = ()
    items: tuple[Item, ...] = ()
    findings: tuple[Finding, ...] = ()
    samples: tuple[Sample, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    scans: tuple[Scan, ...] = ()
    verdicts: tuple[AgencyVerdict, ...] = ()
    documents_taken: tuple[str, ...] = ()
    offences: tuple[Offence, ...] = ()
    duty: Money | None = None
    result: Result | None = None
    proposed_lane: LaneColour | None = None
    #: Why the other lane, in a few words.
    lane_reason: str = ""
    conclusion: str = ""
    #: The technical explanation, where the conclusion does not say enough.
    explanation: str = ""
    legal_basis: str = ""
    #: None: nobody said.
    read_to_party: bool | None = None
    invited_to_attend: bool | None = None
    device: Device | None = None
    #: The visit this one follows: a counter-visit or an extension.
    follows: str = ""
    #: Why the report was first made on paper, if it was.
    paper_reason: str = ""
    #: Digest of the report's version or of the office's report before this one.
    previous_digest: str = ""


class Signature(Value, frozen=True):
    """One person's answer to the report, outside the body it covers."""

    signer_name: str
    quality: str
    kind: SignerKind
    verdict: Answer
    at: datetime
    remarks: str = ""
    read_out: bool = False
    strokes_svg_path: str | None = None
    #: Signed without network and not confirmed by code within the time given.
    unconfirmed: bool = False


def signed_body(content: Content) -> bytes:
    """The canonical bytes that signatures and digest cover."""
    return chain.canonical(msgspec.to_builtins(content, builtin_types=(Decimal, datetime, date, UUID)))


def content_digest(content: Content) -> str:
    """SHA-256 of the signed body, in hexadecimal."""
    return chain.digest(signed_body(content)).hex()


def to_stored(content: Content) -> dict[str, Any]:
    """The content as it is stored (jsonb)."""
    return dict(msgspec.to_builtins(content))


def from_stored(stored: Mapping[str, Any]) -> Content:
    """A stored content; anything unknown in it is refused."""
    return msgspec.convert(stored, Content)


def short_hash(digest: str) -> str:
    """The first 16 digits in fours, to compare by eye: `4F7A 91C2 0B6E D358`."""
    head = digest[:16].upper()
    return " ".join(head[at : at + 4] for at in range(0, len(head), 4))


#: How far a report proves, by number of officers who signed; an office may have its own wording.
GRADES: dict[int, str] = {
    0: N_("Aucun agent n'a signé ce rapport."),
    1: N_("Signé par un agent : il fait foi jusqu'à preuve contraire."),
    2: N_("Signé par deux agents : il fait foi jusqu'à inscription de faux."),
}


def evidential_grade(officer_signatures: int, *, grades: Mapping[int, str] = GRADES) -> str:
    """The sentence for this number of officers' signatures (Code des douanes: one or two officers)."""
    return grades[max(least for least in grades if least <= officer_signatures)]


def _figure(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a figure") from None
    if not figure.is_finite():
        raise ValueError(f"{text!r} is not a figure")
    return figure
