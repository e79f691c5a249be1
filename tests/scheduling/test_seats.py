"""All or none: a seating is sound, complete, and found whenever there is one for wishes at the same time."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from scheduling import Want, seat

masks = st.integers(min_value=0, max_value=15)


def test_two_at_once_get_two_officers() -> None:
    assert seat([Want(mask=1, fits="ab"), Want(mask=1, fits="ab")], {"a": 1, "b": 1}) == ["a", "b"]


def test_one_after_the_other_keeps_the_officer() -> None:
    assert seat([Want(mask=1, fits="ab"), Want(mask=2, fits="ab")], {"a": 3, "b": 3}) == ["a", "a"]


def test_the_one_with_a_choice_gives_way_to_the_one_without() -> None:
    assert seat([Want(mask=1, fits="ab"), Want(mask=1, fits="a")], {"a": 1, "b": 1}) == ["b", "a"]


def test_one_too_many_and_nobody_sits() -> None:
    assert seat([Want(mask=1, fits="ab")] * 3, {"a": 1, "b": 1}) is None


def test_nobody_asks_and_nobody_is_refused() -> None:
    assert seat([], {"a": 1}) == []


@given(st.lists(st.tuples(masks.filter(bool), st.permutations("abc")), max_size=6), st.tuples(masks, masks, masks))
def test_nobody_sits_where_it_is_not_free_nor_twice(wished: list[tuple[int, list[str]]], free: tuple[int, ...]) -> None:
    rooms = dict(zip("abc", free, strict=True))
    wants = [Want(mask=mask, fits=fits) for mask, fits in wished]

    found = seat(wants, rooms)

    for number, each in enumerate(found or ()):
        rooms[each] ^= wants[number].mask
        assert rooms[each] & wants[number].mask == 0


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), max_size=4), st.sets(st.sampled_from("abcd")))
def test_at_the_same_time_a_seating_is_found_whenever_there_is_one(fits: list[set[str]], free: set[str]) -> None:
    wants = [Want(mask=1, fits=sorted(each)) for each in fits]
    there_is = any(
        all(each in want.fits for each, want in zip(tried, wants, strict=True))
        for tried in permutations(sorted(free), len(wants))
    )

    assert (seat(wants, dict.fromkeys(free, 1)) is not None) == there_is
