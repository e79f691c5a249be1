import pytest

from visits.reports.strokes import LONGEST, drawing


def test_strokes_are_framed():
    assert 'viewBox="0 0 ' not in (drawn := drawing("M10,20 L110,40") or "")
    assert 'd="M10 20 L110 40"' in drawn


def test_relative_strokes_are_framed_where_they_lie():
    absolute, relative = drawing("M10 10L30 50L90 20") or "", drawing("m10 10l20 40 60-30") or "none"

    assert absolute.split("<path")[0] == relative.split("<path")[0]


def test_several_strokes_make_one_drawing():
    assert drawing("M0 0H10V5zM20 20q5 5 10 0t10 0 M1 1c1 1 2 2 3 3s1 1 2 2")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "   ",
        "L1 1",
        "M1",
        "M1 1 L2",
        "M1 1 A1 1 0 0 0 2 2",
        "M1 1 2",
        'M1 1"/><script>alert(1)</script>',
        "M1 1 url(#a)",
        "M1 1 L1e99 1",
        "Z 1 1",
        "M0 0" + "L1 1" * LONGEST,
    ],
)
def test_anything_but_strokes_is_not_drawn(path):
    assert drawing(path) is None
