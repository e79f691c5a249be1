"""Reads one SAD XML export of ASYCUDA World: a declaration, or a refusal that says why."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from stdnum import iso6346

from visits.clearance.asycuda.encoding import to_utf8
from visits.clearance.asycuda.limits import LIMITS, Limits
from visits.clearance.asycuda.refusals import (
    BadDate,
    DateInFuture,
    FileTooLarge,
    IncompleteRegistrationKey,
    InvalidNumber,
    NoItems,
)
from visits.clearance.asycuda.sad import (
    Container,
    Declarant,
    Declared,
    Document,
    Item,
    Office,
    Party,
    Sad,
    Stamp,
    Transport,
    Unit,
)
from visits.clearance.asycuda.values import day_of, lines_of, number_of, sum_of, text_of, whole_of
from visits.clearance.asycuda.walk import Block, Walked, walk
from visits.clearance.asycuda.warnings import doubts


def read(source: bytes, *, now: datetime, limits: Limits = LIMITS) -> Sad:
    """Read one file; `now` is when it came."""
    if len(source) > limits.bytes:
        raise FileTooLarge(limit=limits.bytes)
    text, bom = to_utf8(source)
    return _sad(walk(text, limits=limits), bom=bom, now=now)


def _sad(walked: Walked, *, bom: bool, now: datetime) -> Sad:
    root = walked.root
    office = Office(
        code=_text(root, "Identification/Office_segment/Customs_clearance_office_code"),
        name=_text(root, "Identification/Office_segment/Customs_Clearance_office_name"),
    )
    registration = _registration(root, office=office, now=now)
    declared = _declared(root)
    items = tuple(_item(block, number) for number, block in enumerate(root.each("Item"), start=1))
    if not items:
        raise NoItems
    entries = [block for block in root.each("Container") if _text(block, "Container_identity")]
    containers = _containers(entries)
    container_flag = _text(root, "Transport/Container_flag")
    warnings = [
        *doubts(
            declared=declared,
            items=items,
            containers=containers,
            container_flag=container_flag,
            registered=registration is not None,
        )
    ]
    if walked.unknown_element:
        warnings.append("unknown_element")
    if walked.control_characters:
        warnings.append("control_characters")
    return Sad(
        bom=bom,
        root_id=walked.root_id,
        office=office,
        border_office=Office(
            code=_text(root, "Transport/Border_office/Code"),
            name=_text(root, "Transport/Border_office/Name"),
        ),
        flow=_text(root, "Property/Sad_flow"),
        type=_text(root, "Identification/Type/Type_of_declaration"),
        procedure=_text(root, "Identification/Type/Declaration_gen_procedure_code"),
        registration=registration,
        assessment=_stamp(root, "Identification/Assessment"),
        receipt=_stamp(root, "Identification/receipt"),
        manifest=_text(root, "Identification/Manifest_reference_number"),
        location_of_goods=_text(root, "Transport/Location_of_goods"),
        container_flag=container_flag,
        declarant=Declarant(
            code=_text(root, "Declarant/Declarant_code"),
            lines=lines_of(root.raw("Declarant/Declarant_name")),
            representative=_text(root, "Declarant/Declarant_representative"),
            reference=_text(root, "Declarant/Reference/Number"),
        ),
        exporter=_party(root, "Exporter"),
        consignee=_party(root, "Consignee"),
        financial=_party(root, "Financial"),
        transport=Transport(
            identity=_text(root, "Transport/Means_of_transport/Departure_arrival_information/Identity"),
            border_identity=_text(root, "Transport/Means_of_transport/Border_information/Identity"),
            border_mode=_text(root, "Transport/Means_of_transport/Border_information/Mode"),
            delivery_terms=_text(root, "Transport/Delivery_terms/Code"),
        ),
        warehouse=_text(root, "Warehouse/Identification"),
        declared=declared,
        container_entries=len(entries),
        containers=containers,
        items=items,
        warnings=tuple(warnings),
    )


def _registration(root: Block, *, office: Office, now: datetime) -> Stamp | None:
    stamp = _stamp(root, "Identification/Registration")
    if stamp is None or (stamp.number is None and stamp.day is None):
        return None
    if stamp.number is None or stamp.day is None or office.code is None:
        raise IncompleteRegistrationKey
    # A day of slack: the office may be ahead of UTC, and its clock ahead of ours.
    if stamp.day > (now + timedelta(days=1)).date():
        raise DateInFuture
    return stamp


def _stamp(root: Block, path: str) -> Stamp | None:
    serial = _text(root, f"{path}/Serial_number")
    number = _text(root, f"{path}/Number")
    day = _day(root, f"{path}/Date")
    return Stamp(serial=serial, number=number, day=day) if serial or number or day else None


def _party(root: Block, role: str) -> Party:
    return Party(
        code=_text(root, f"Traders/{role}/{role}_code"),
        lines=lines_of(root.raw(f"Traders/{role}/{role}_name")),
    )


def _declared(root: Block) -> Declared:
    total = _number(root, "Valuation/Total/Total_invoice")
    if total is None:
        total = _number(root, "Valuation/Gs_Invoice/Amount_foreign_currency")
    return Declared(
        items=_number(root, "Property/Nbers/Total_number_of_items"),
        packages=_number(root, "Property/Nbers/Total_number_of_packages"),
        gross_weight=_number(root, "Valuation/Total/Total_weight"),
        invoice=total,
        invoice_currency=_text(root, "Valuation/Gs_Invoice/Currency_code"),
        cif=_number(root, "Valuation/Total_CIF"),
        taxes=_number(root, "Financial/Amounts/Totals_taxes"),
        guarantee=_number(root, "Financial/Guarantee/Amount"),
    )


def _containers(entries: Sequence[Block]) -> tuple[Container, ...]:
    """One box for each number, in order of first appearance; an entry is the box's share of one item."""
    boxes: dict[str, list[Block]] = {}
    for entry in entries:
        number = entry.raw("Container_identity")
        boxes.setdefault("".join(number.split()).upper(), []).append(entry)
    return tuple(_container(number, shares) for number, shares in boxes.items())


def _container(number: str, shares: Sequence[Block]) -> Container:
    listed = [_whole(share, "Item_Number") for share in shares]
    return Container(
        number=_text(shares[0], "Container_identity") or number,
        kind=next(filter(None, (_text(share, "Container_type") for share in shares)), None),
        empty_full=next(filter(None, (_text(share, "Empty_full_indicator") for share in shares)), None),
        check_digit_valid=iso6346.is_valid(number),
        items=tuple(item for item in listed if item is not None),
        packages=sum_of(_number(share, "Packages_number") for share in shares),
    )


def _item(block: Block, number: int) -> Item:
    return Item(
        number=number,
        commodity_code=_text(block, "Tarification/HScode/Commodity_code"),
        precision_1=_text(block, "Tarification/HScode/Precision_1"),
        precision_4=_text(block, "Tarification/HScode/Precision_4"),
        procedure=_text(block, "Tarification/Extended_customs_procedure"),
        description=_text(block, "Goods_description/Description_of_goods"),
        commercial_description=_text(block, "Goods_description/Commercial_Description"),
        origin=_text(block, "Goods_description/Country_of_origin_code"),
        packages=_number(block, "Packages/Number_of_packages"),
        package_kind=_text(block, "Packages/Kind_of_packages_code"),
        package_kind_name=_text(block, "Packages/Kind_of_packages_name"),
        gross_weight=_number(block, "Valuation_item/Weight_itm/Gross_weight_itm"),
        net_weight=_number(block, "Valuation_item/Weight_itm/Net_weight_itm"),
        statistical_value=_number(block, "Valuation_item/Statistical_value"),
        item_price=_number(block, "Tarification/Item_price"),
        units=tuple(
            Unit(code=code, quantity=_number(unit, "Suppplementary_unit_quantity"))
            for unit in block.each("Tarification/Supplementary_unit")
            if (code := _text(unit, "Suppplementary_unit_code"))
        ),
        summary_declaration=_text(block, "Previous_doc/Summary_declaration"),
        documents=tuple(
            Document(
                code=code,
                name=_text(paper, "Attached_document_name"),
                reference=_text(paper, "Attached_document_reference"),
                day=_paper_day(paper),
            )
            for paper in block.each("Attached_documents")
            if (code := _text(paper, "Attached_document_code"))
        ),
        tax_codes=tuple(
            code for line in block.each("Taxation/Taxation_line") if (code := _text(line, "Duty_tax_code"))
        ),
    )


def _paper_day(paper: Block) -> date | None:
    """The date of a document, typed by the trader: one that cannot be read is left out, not refused."""
    try:
        return day_of(paper.raw("Attached_document_date"))
    except ValueError:
        return None


def _text(block: Block, path: str) -> str | None:
    return text_of(block.raw(path))


def _number(block: Block, path: str) -> Decimal | None:
    try:
        return number_of(block.raw(path))
    except ValueError:
        raise InvalidNumber(field=block.name(path)) from None


def _whole(block: Block, path: str) -> int | None:
    try:
        return whole_of(block.raw(path))
    except ValueError:
        raise InvalidNumber(field=block.name(path)) from None


def _day(block: Block, path: str) -> date | None:
    try:
        return day_of(block.raw(path))
    except ValueError:
        raise BadDate(field=block.name(path)) from None
