"""What a person should know of a declaration that is taken all the same; the codes are a public contract."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from visits.clearance.asycuda.sad import Container, Declared, Item
from visits.clearance.asycuda.values import sum_of

#: Weights agree exactly in real files; the rounding of each item is forgiven.
_WEIGHT_PER_ITEM = Decimal("0.001")
_TRUE, _FALSE = ("true", "1"), ("false", "0")


def doubts(
    *,
    declared: Declared,
    items: Sequence[Item],
    containers: Sequence[Container],
    container_flag: str | None,
    registered: bool,
) -> Iterator[str]:
    """The warnings the values themselves give, in one order."""
    if not registered:
        yield "unregistered"
    if not all(box.check_digit_valid for box in containers):
        yield "container_check_digit"
    flag = (container_flag or "").lower()
    if flag in (_FALSE if containers else _TRUE):
        yield "container_flag_mismatch"
    if any(not 1 <= number <= len(items) for box in containers for number in box.items):
        yield "container_item_unknown"
    if declared.items is not None and declared.items != len(items):
        yield "item_count_mismatch"
    weight = sum_of(item.gross_weight for item in items)
    slack = _WEIGHT_PER_ITEM * len(items)
    if declared.gross_weight is not None and abs(declared.gross_weight - weight) > slack:
        yield "gross_weight_mismatch"
    if not all(item.hs6 for item in items):
        yield "hs_invalid"
