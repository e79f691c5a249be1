"""A declaration as plain JSON: what is stored, what `visits import` prints, what the digest is taken of."""

from datetime import date
from decimal import Decimal
from typing import Any

from visits import chain
from visits.clearance.asycuda.sad import Container, Item, Office, Party, Sad, Stamp
from visits.clearance.asycuda.values import canonical, sum_of
from visits.declarations.difference import APART


def to_json(sad: Sad, *, file: str, size: int) -> dict[str, Any]:
    """The whole extraction; `file` and `size` tell where it came from."""
    registration_key, declarant_key = sad.registration_key, sad.declarant_key
    return {
        "file": file,
        "bytes": size,
        "bom": sad.bom,
        "root_id": sad.root_id,
        "status": "registered" if registration_key else "draft",
        "registration_key": registration_key
        and {
            "office": registration_key.office,
            "year": registration_key.year,
            "serial": registration_key.serial,
            "number": registration_key.number,
        },
        "declarant_key": declarant_key
        and {
            "declarant_code": declarant_key.declarant_code,
            "year": declarant_key.year,
            "reference": declarant_key.reference,
        },
        "office": _office(sad.office),
        "border_office": _office(sad.border_office),
        "flow": sad.flow,
        "type": sad.type,
        "procedure": sad.procedure,
        "registration": _stamp(sad.registration),
        "assessment": _stamp(sad.assessment),
        "receipt": _stamp(sad.receipt),
        "registration_date": _iso(sad.registration.day if sad.registration else None),
        "manifest": sad.manifest,
        "location_of_goods": sad.location_of_goods,
        "container_flag": sad.container_flag,
        "declarant": _party(sad.declarant)
        | {"representative": sad.declarant.representative, "reference": sad.declarant.reference},
        "exporter": _party(sad.exporter),
        "consignee": _party(sad.consignee),
        "financial": _party(sad.financial),
        "transport": {
            "identity": sad.transport.identity,
            "border_identity": sad.transport.border_identity,
            "border_mode": sad.transport.border_mode,
            "delivery_terms": sad.transport.delivery_terms,
        },
        "warehouse": sad.warehouse,
        "totals": _totals(sad),
        "container_entries": sad.container_entries,
        "containers": [_container(box) for box in sad.containers],
        "warnings": list(sad.warnings),
        "items": [_item(item) for item in sad.items],
    }


def digest(sad: Sad) -> bytes:
    """SHA-256 of what is declared: equal for a repeat, other for other goods under the same key."""
    content = to_json(sad, file="", size=0)
    declared = {name: value for name, value in content.items() if name not in APART}
    return chain.digest(declared)


def _totals(sad: Sad) -> dict[str, Any]:
    declared = sad.declared
    return {
        "items_declared": _decimal(declared.items),
        "items_found": len(sad.items),
        "packages_declared": _decimal(declared.packages),
        "packages_sum": canonical(sum_of(item.packages for item in sad.items)),
        "gross_weight_declared": _decimal(declared.gross_weight),
        "gross_weight_sum": canonical(sum_of(item.gross_weight for item in sad.items)),
        "statistical_value_sum": canonical(sum_of(item.statistical_value for item in sad.items)),
        "invoice": _decimal(declared.invoice),
        "invoice_currency": declared.invoice_currency,
        "cif": _decimal(declared.cif),
        "taxes": _decimal(declared.taxes),
        "guarantee": _decimal(declared.guarantee),
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "number": item.number,
        "hs6": item.hs6,
        "commodity_code": item.commodity_code,
        "precision_1": item.precision_1,
        "full_commodity_code": item.full_commodity_code,
        "precision_4": item.precision_4,
        "procedure": item.procedure,
        "description": item.description,
        "commercial_description": item.commercial_description,
        "origin": item.origin,
        "packages": {
            "count": _decimal(item.packages),
            "kind": item.package_kind,
            "kind_name": item.package_kind_name,
        },
        "gross_weight": _decimal(item.gross_weight),
        "net_weight": _decimal(item.net_weight),
        "statistical_value": _decimal(item.statistical_value),
        "item_price": _decimal(item.item_price),
        "supplementary_units": [{"code": unit.code, "quantity": _decimal(unit.quantity)} for unit in item.units],
        "summary_declaration": item.summary_declaration,
        "attached_document_codes": [paper.code for paper in item.documents],
        "attached_documents": [
            {"code": paper.code, "name": paper.name, "reference": paper.reference, "date": _iso(paper.day)}
            for paper in item.documents
        ],
        "taxation_line_codes": list(item.tax_codes),
    }


def _container(box: Container) -> dict[str, Any]:
    return {
        "number": box.number,
        "type": box.kind,
        "empty_full": box.empty_full,
        "check_digit_valid": box.check_digit_valid,
        "items": list(box.items),
        "packages": canonical(box.packages),
    }


def _office(office: Office) -> dict[str, Any]:
    return {"code": office.code, "name": office.name}


def _party(party: Party) -> dict[str, Any]:
    return {"code": party.code, "name": party.name, "name_lines": list(party.lines)}


def _stamp(stamp: Stamp | None) -> dict[str, Any] | None:
    if stamp is None:
        return None
    return {"serial": stamp.serial, "number": stamp.number, "date": _iso(stamp.day)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _decimal(number: Decimal | None) -> str | None:
    return None if number is None else canonical(number)
