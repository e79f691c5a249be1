"""Plain values with everything filled in; a test names only what matters to it."""

import hashlib
import json
from typing import Any


def an_item(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One item in the reader's JSON form."""
    return {
        "number": number,
        "hs6": "870830",
        "commodity_code": "87083000",
        "precision_1": "00",
        "full_commodity_code": "8708300000",
        "precision_4": None,
        "procedure": "4000",
        "description": "Freins et leurs parties",
        "commercial_description": "Disques de frein",
        "origin": "TR",
        "packages": {"count": "420", "kind": "CT", "kind_name": "Carton"},
        "gross_weight": "8400",
        "net_weight": "8000",
        "statistical_value": "12000000",
        "item_price": "20000",
        "supplementary_units": [],
        "summary_declaration": "BL-EX-1",
        "attached_document_codes": ["380"],
        "attached_documents": [],
        "taxation_line_codes": ["DDI"],
    } | changes


def a_declaration(
    *,
    number: str = "48213",
    office: str = "CIAB1",
    status: str = "registered",
    declarant: str = "00847P",
    reference: str | None = None,
    boxes: tuple[str, ...] = ("QZVU5081639",),
    items: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> tuple[dict[str, Any], bytes]:
    """A declaration in the reader's JSON form, and the digest of its content."""
    lines = items or [an_item()]
    content = {
        "status": status,
        "registration_key": {"office": office, "year": 2026, "serial": "C", "number": number}
        if status == "registered"
        else None,
        "declarant_key": None,
        "office": {"code": office, "name": "Abidjan-Port"},
        "flow": "I",
        "type": "IM",
        "procedure": "4",
        "registration": {"serial": "C", "number": number, "date": "2026-11-20"} if status == "registered" else None,
        "registration_date": "2026-11-20" if status == "registered" else None,
        "manifest": None,
        "location_of_goods": "TC01",
        "declarant": {
            "code": declarant,
            "name": "Transit Lagune Exemple",
            "name_lines": [],
            "representative": None,
            "reference": reference or f"REF{number}",
        },
        "exporter": {"code": None, "name": "Exportateur Exemple", "name_lines": []},
        "consignee": {"code": "2604817K", "name": "Comptoir Exemple", "name_lines": []},
        "transport": {
            "identity": "MV EXEMPLE",
            "border_identity": None,
            "border_mode": "1",
            "delivery_terms": "FOB",
        },
        "totals": {"items_found": len(lines), "invoice_currency": "USD"},
        "containers": [
            {
                "number": box,
                "type": "40HC",
                "empty_full": "1/1",
                "check_digit_valid": True,
                "items": [each["number"] for each in lines],
                "packages": "420",
            }
            for box in boxes
        ],
        "warnings": [],
        "items": lines,
    } | changes
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).digest()
    return content, digest
