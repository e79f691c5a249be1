"""Reads what a form posted: its own ids, the device's clock and position. What is missing is only missing."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from visits.errors import BadInput
from visits.fieldwork.geofence import Fix
from visits.texts import N_

S = TypeVar("S", bound=StrEnum)
Form = Mapping[str, Any]


def text(form: Form, name: str) -> str:
    """What was typed in a field."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def sent_id(form: Form, name: str = "id") -> UUID:
    """The id the page made for this deed."""
    try:
        return UUID(text(form, name))
    except ValueError:
        raise BadInput(field=name) from None


def maybe_id(form: Form, name: str) -> UUID | None:
    """An id that may be left out."""
    return sent_id(form, name) if text(form, name) else None


def choice(form: Form, name: str, kind: type[S], label: str) -> S:
    """One of the coded words; `label` names the field to the person."""
    try:
        return kind(text(form, name))
    except ValueError:
        raise BadInput(field=label) from None


def whole(form: Form, name: str, label: str) -> int | None:
    """A whole number, or nothing."""
    typed = "".join(text(form, name).split())
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        raise BadInput(field=label)
    return int(typed)


def item_of(form: Form) -> int | None:
    """The item a form is about."""
    return whole(form, "item", N_("article"))


def device_at(form: Form) -> datetime | None:
    """The device's own time, if it told one with its zone."""
    try:
        told = datetime.fromisoformat(text(form, "device_at"))
    except ValueError:
        return None
    return told if told.tzinfo else None


def fix_of(form: Form) -> Fix | None:
    """Where the device was."""
    try:
        fix = Fix(
            latitude=float(text(form, "latitude")),
            longitude=float(text(form, "longitude")),
            accuracy=float(text(form, "accuracy")),
        )
    except ValueError:
        return None
    return fix if fix.sound else None
