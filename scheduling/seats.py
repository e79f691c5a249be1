"""Who sits where, all or none: several wishes for resources, some at the same time, given to those that are free.

A wish names its steps and the resources that fit, the best first. Wishes that ask for steps in common never get the
same resource. Where all of them overlap, which is what a group side by side does, a seating is found whenever there is
one (augmenting paths); where some only touch, what is found is a seating, and each wish was tried everywhere.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Want(Generic[R]):
    """One resource for some steps."""

    mask: int
    #: The resources that can play the role, the best first.
    fits: Sequence[R]


def seat(wants: Sequence[Want[R]], free: Mapping[R, int]) -> list[R] | None:
    """A resource for every wish, in their order; None if not all of them find one."""
    seats: list[R | None] = [None] * len(wants)
    for number in range(len(wants)):
        if not _find(number, wants, free, seats, set()):
            return None
    return [each for each in seats if each is not None]


def _find(number: int, wants: Sequence[Want[R]], free: Mapping[R, int], seats: list[R | None], tried: set[R]) -> bool:
    want = wants[number]
    usable = [each for each in want.fits if free.get(each, 0) & want.mask == want.mask]
    for each in usable:
        if not _in_the_way(number, each, wants, seats):
            seats[number] = each
            return True
    for each in usable:
        if each in tried:
            continue
        tried.add(each)
        before, moved = list(seats), _in_the_way(number, each, wants, seats)
        for other in moved:
            seats[other] = None
        seats[number] = each
        if all(_find(other, wants, free, seats, tried) for other in moved):
            return True
        seats[:] = before
    return False


def _in_the_way(number: int, resource: R, wants: Sequence[Want[R]], seats: Sequence[R | None]) -> list[int]:
    """The wishes that have this resource at one of the same steps."""
    mask = wants[number].mask
    return [
        other for other, its in enumerate(seats) if its == resource and other != number and wants[other].mask & mask
    ]
