"""What changed between two contents of one declaration, field by field, for whoever settles the conflict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: What tells of the file and not of the goods: it may differ from one export to the next.
ENVELOPE = frozenset({"file", "bytes", "bom", "root_id", "warnings"})
#: Stamps the clearance system adds as the declaration goes on; they are progress, not other goods.
STAMPS = frozenset({"assessment", "receipt"})
#: Left out of comparisons and of the digest.
APART = ENVELOPE | STAMPS

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that changed; None stands for a value that is not there."""

    #: Such as `items[2].gross_weight`: an entry is named by its own number, or by its place from 1.
    path: str
    old: Value
    new: Value


def difference(
    old: Mapping[str, object], new: Mapping[str, object], *, apart_from: frozenset[str] = APART
) -> list[Change]:
    """The changes from `old` to `new`, in the order of `new`; empty if the same goods are declared."""
    return list(
        _changes(
            "",
            {name: value for name, value in old.items() if name not in apart_from},
            {name: value for name, value in new.items() if name not in apart_from},
        )
    )


def _changes(path: str, old: object, new: object) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in [*new, *(name for name in old if name not in new)]:
            yield from _changes(f"{path}.{name}".lstrip("."), old.get(name), new.get(name))
    elif _entries(old, new):
        before, after = _named(old), _named(new)
        for label in [*after, *(label for label in before if label not in after)]:
            yield from _changes(f"{path}[{label}]", before.get(label), after.get(label))
    else:
        yield Change(path=path, old=_said(old), new=_said(new))


def _entries(old: object, new: object) -> bool:
    """Two lists of blocks, of which one may be empty."""
    return (
        isinstance(old, list | tuple)
        and isinstance(new, list | tuple)
        and all(isinstance(entry, Mapping) for entry in [*old, *new])
    )


def _named(value: object) -> dict[object, object]:
    """The entries by their `number` where each has its own, else by their place from 1."""
    assert isinstance(value, Sequence)
    numbers = [entry.get("number") for entry in value if isinstance(entry, Mapping)]
    own = None not in numbers and len(set(map(str, numbers))) == len(value)
    return dict(zip(numbers if own else range(1, len(value) + 1), value, strict=True))


def _said(value: object) -> Value:
    """A value as one reads it: a block or a list becomes one line of what it holds."""
    if isinstance(value, Mapping):
        held = ((name, _said(inner)) for name, inner in value.items())
        return ", ".join(f"{name} {said}" for name, said in held if said not in (None, "")) or None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(str(said) for said in map(_said, value) if said is not None) or None
    assert value is None or isinstance(value, str | int | float | bool)
    return value
