"""Drawings are inert, silent where a word stands beside them, and true to their figures."""

import re

import pytest
from markupsafe import Markup

from visits.web import draw
from visits.web.icons import FILLS, FLAGS, ICONS


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_silent_and_without_style(name: str) -> None:
    icon = draw.ic(name)

    assert 'aria-hidden="true"' in icon
    assert "style=" not in icon


def test_an_icon_takes_a_class_and_nothing_else() -> None:
    assert 'class="v-i &#34;x"' in draw.ic("check", '"x')


def test_an_unknown_icon_is_a_bug() -> None:
    with pytest.raises(KeyError):
        draw.ic("unicorn")


@pytest.mark.parametrize("owner", draw.OWNERS)
def test_every_owner_has_a_flag_a_fill_and_a_name(owner: str) -> None:
    assert draw.flag(owner)
    assert owner in FILLS
    assert draw.OWNERS[owner]


def test_two_flags_differ_without_their_colours() -> None:
    shapes = {re.sub(r'(fill|stroke)="[^"]*"', "", drawing) for drawing in FLAGS.values()}

    assert len(shapes) == len(FLAGS)


def test_an_owner_bar_shares_its_width_by_amount() -> None:
    bar = draw.owner_bar([("customs", 300), ("declarant", 100)], "Douane 5 h, vous 1 h 40", width=403)

    assert re.findall(r'x="([\d.]+)" width="([\d.]+)"', bar) == [("0.0", "300.0"), ("303.0", "100.0")]


def test_an_owner_without_time_has_no_part_of_the_bar() -> None:
    assert draw.owner_bar([("customs", 300), ("terminal", 0)], "Douane 5 h").count("<rect") == 1


def test_a_bar_of_nothing_is_empty() -> None:
    assert "<rect" not in draw.owner_bar([], "Rien")


def test_a_label_is_escaped() -> None:
    assert 'aria-label="&lt;b&gt;&#34;"' in draw.owner_bar([("customs", 1)], '<b>"')


@pytest.mark.parametrize(("share", "width"), [(1, "300"), (0.5, "150"), (0, "0"), (1.5, "300"), (-1, "0")])
def test_a_meter_stays_between_nothing_and_all(share: float, width: str) -> None:
    assert f'data-left width="{width}"' in draw.meter(share)


def test_a_spark_of_equal_figures_is_a_level_line() -> None:
    assert 'points="4.0,35.0 156.0,35.0"' in draw.spark([5, 5], "Deux mois")


def test_a_qr_code_says_what_it_is_and_has_a_quiet_border() -> None:
    code = draw.qr("VIS-7K4M-92", "Code QR du rendez-vous")

    assert isinstance(code, Markup)
    assert 'aria-label="Code QR du rendez-vous"' in code
    assert min(int(x) for x in re.findall(r"M(\d+) ", code)) == 3
