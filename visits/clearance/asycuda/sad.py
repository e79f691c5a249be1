"""One declaration as read: frozen values in the words of the form, before anybody decides about it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A customs office as the file names it."""

    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A registration, an assessment or a receipt."""

    serial: str | None
    number: str | None
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A trader: the first line is the name, the others the address."""

    code: str | None
    lines: tuple[str, ...]

    @property
    def name(self) -> str | None:
        """The first line."""
        return self.lines[0] if self.lines else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarant(Party):
    """The firm that declares, its clerk and its own reference."""

    representative: str | None
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """What carries the goods and on which terms."""

    identity: str | None
    border_identity: str | None
    border_mode: str | None
    delivery_terms: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The figures the header states."""

    items: Decimal | None
    packages: Decimal | None
    gross_weight: Decimal | None
    invoice: Decimal | None
    invoice_currency: str | None
    cif: Decimal | None
    taxes: Decimal | None
    guarantee: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One physical box, put together from all the entries that name it."""

    number: str
    kind: str | None
    empty_full: str | None
    check_digit_valid: bool
    #: Item numbers as listed.
    items: tuple[int, ...]
    packages: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document attached to an item."""

    code: str
    name: str | None
    reference: str | None
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A supplementary unit and how many of it."""

    code: str
    quantity: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item; its number is its place, from 1."""

    number: int
    commodity_code: str | None
    precision_1: str | None
    precision_4: str | None
    procedure: str | None
    description: str | None
    commercial_description: str | None
    origin: str | None
    packages: Decimal | None
    package_kind: str | None
    package_kind_name: str | None
    gross_weight: Decimal | None
    net_weight: Decimal | None
    statistical_value: Decimal | None
    item_price: Decimal | None
    units: tuple[Unit, ...]
    summary_declaration: str | None
    documents: tuple[Document, ...]
    tax_codes: tuple[str, ...]

    @property
    def hs6(self) -> str | None:
        """The six digits all countries share; none where the code is not eight digits."""
        code = self.commodity_code
        return code[:6] if code and len(code) == 8 and code.isascii() and code.isdigit() else None

    @property
    def full_commodity_code(self) -> str | None:
        """The national code: eight digits and the first precision."""
        return f"{self.commodity_code}{self.precision_1 or ''}" if self.commodity_code else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationKey:
    """The identity of a registered declaration."""

    office: str
    year: int
    serial: str | None
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarantKey:
    """The declarant's own identity of a declaration; the year is that of registration."""

    declarant_code: str
    year: int | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sad:
    """A whole declaration."""

    bom: bool
    root_id: str | None
    office: Office
    border_office: Office
    flow: str | None
    type: str | None
    procedure: str | None
    registration: Stamp | None
    assessment: Stamp | None
    receipt: Stamp | None
    manifest: str | None
    location_of_goods: str | None
    container_flag: str | None
    declarant: Declarant
    exporter: Party
    consignee: Party
    financial: Party
    transport: Transport
    warehouse: str | None
    declared: Declared
    container_entries: int
    containers: tuple[Container, ...]
    items: tuple[Item, ...]
    #: Codes, each once, in one order.
    warnings: tuple[str, ...]

    @property
    def registration_key(self) -> RegistrationKey | None:
        """None for a draft."""
        stamp = self.registration
        if stamp is None or stamp.day is None or stamp.number is None or self.office.code is None:
            return None
        return RegistrationKey(office=self.office.code, year=stamp.day.year, serial=stamp.serial, number=stamp.number)

    @property
    def declarant_key(self) -> DeclarantKey | None:
        """None without a reference."""
        if self.declarant.code is None or self.declarant.reference is None:
            return None
        key = self.registration_key
        return DeclarantKey(
            declarant_code=self.declarant.code,
            year=key.year if key else None,
            reference=self.declarant.reference,
        )
