"""Inline drawings, safe to put into a page: icons, flags of the owners, the mark, bars, lines and QR codes.

No drawing carries a style attribute, since the pages' policy forbids it: sizes are SVG attributes or classes.
"""

from collections.abc import Sequence
from itertools import accumulate

import segno
from jinja2 import Environment
from markupsafe import Markup

from visits.texts import N_
from visits.web.icons import FILLS, FLAGS, ICONS

#: Who can hold the clock, in the order of the legend.
OWNERS: dict[str, str] = {
    "customs": N_("Douane"),
    "declarant": N_("Déclarant"),
    "terminal": N_("Terminal"),
    "agency": N_("Organisme"),
    "laboratory": N_("Laboratoire"),
    "bank": N_("Banque"),
    "system": N_("Système"),
    "closed": N_("Bureau fermé"),
}

_SILENT = Markup('aria-hidden="true" focusable="false"')


def ic(name: str, kind: str = "") -> Markup:
    """An icon, silent because a word always stands beside it; `kind` adds a class."""
    classes = f"v-i {kind}".strip()
    return Markup('<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>').format(
        classes,
        _SILENT,
        Markup(ICONS[name]),  # noqa: S704 (our own constant)
    )


def flag(owner: str) -> Markup:
    """The flag of whoever holds the clock; its name is always written beside it."""
    return Markup('<svg class="v-flag" viewBox="0 0 22 22" {}>{}</svg>').format(
        _SILENT,
        Markup(FLAGS[owner]),  # noqa: S704 (our own constant)
    )


def mark(ground: str = "#fff", stroke: str = "#0e4a78") -> Markup:
    """The mark: a V that is also a tick, under an amber harbour light."""
    return Markup(
        '<svg viewBox="0 0 40 40" {}><rect width="40" height="40" rx="10" fill="{}"/>'
        '<path d="M7 16h7.2l5.8 9.8L30 8h7L22.6 33h-5.2z" fill="{}"/>'
        '<circle cx="10.6" cy="9" r="3.4" fill="#ffb11b"/></svg>'
    ).format(_SILENT, ground, stroke)


def owner_bar(parts: Sequence[tuple[str, float]], label: str, *, width: int = 720, height: int = 40) -> Markup:
    """Time by owner as one bar: (owner, amount) largest first, with a white gap between two owners.

    `label` says the same in words; the legend under the bar repeats it with flags.
    """
    parts = [part for part in parts if part[1] > 0]
    whole = sum(amount for _, amount in parts)
    usable = width - 3 * max(0, len(parts) - 1)
    widths = [usable * amount / whole for _, amount in parts]
    starts = accumulate((each + 3 for each in widths), initial=0.0)
    boxes = Markup("").join(
        Markup('<rect x="{:.1f}" width="{:.1f}" height="{}" rx="3" fill="{}"/>').format(
            start, each, height, FILLS[owner]
        )
        for (owner, _), each, start in zip(parts, widths, starts, strict=False)
    )
    return Markup('<svg class="v-bar" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        width, height, label, boxes
    )


def meter(share: float) -> Markup:
    """The amber bar over a hold: what is left of it, between 0 and 1."""
    left = 300 * min(1.0, max(0.0, share))
    return Markup(
        '<svg class="v-meter" viewBox="0 0 300 6" preserveAspectRatio="none" {}>'
        '<rect width="300" height="6" fill="#e6eef2"/>'
        '<rect data-left width="{:.0f}" height="6" fill="#ffb11b"/></svg>'
    ).format(_SILENT, left)


def spark(values: Sequence[float], label: str) -> Markup:
    """A small line of figures over time, its last point marked; needs two values or more."""
    low, high = min(values), max(values)
    step = 152 / (len(values) - 1)
    spread = (high - low) or 1
    points = [(4 + index * step, 35 - (value - low) / spread * 29) for index, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup(
        '<svg viewBox="0 0 164 40" width="164" height="40" role="img" aria-label="{}">'
        '<polyline points="{}" fill="none" stroke="#1565a0" stroke-width="2.5" stroke-linejoin="round"/>'
        '<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="#0e4a78"/></svg>'
    ).format(label, line, *points[-1])


def qr(text: str, label: str) -> Markup:
    """A QR code as one path; it reads from paper and without a network."""
    modules = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    side = len(modules) + 6
    path = "".join(f"M{x + 3} {y + 3}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark)
    return Markup(
        '<svg class="v-qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}">'
        '<rect width="100%" height="100%" fill="#fff"/>'
        '<path d="{2}" fill="#05263f" shape-rendering="crispEdges"/></svg>'
    ).format(side, label, path)


def harbour() -> Markup:
    """The ship of an empty page."""
    return Markup(
        '<svg viewBox="0 0 200 120" {}><path d="M0 96h200v24H0z" fill="#d3e6f3"/>'
        '<path d="M0 104q12-6 25 0t25 0 25 0 25 0 25 0 25 0 25 0 25 0" fill="none" stroke="#9cc8e6"'
        ' stroke-width="3"/><path d="M40 84h120l-14 20H56z" fill="#0e4a78"/>'
        '<rect x="62" y="62" width="24" height="20" fill="#9cc8e6"/>'
        '<rect x="90" y="62" width="24" height="20" fill="#1565a0"/>'
        '<rect x="76" y="40" width="24" height="20" fill="#0e4a78"/>'
        '<rect x="126" y="46" width="20" height="36" fill="#e6eef2" stroke="#0e4a78" stroke-width="2"/>'
        '<circle cx="136" cy="30" r="6" fill="#ffb11b"/>'
        '<path d="M136 36v10" stroke="#0e4a78" stroke-width="3"/></svg>'
    ).format(_SILENT)


def install(environment: Environment) -> None:
    """Give a template environment the drawings."""
    environment.globals.update(
        ic=ic, flag=flag, mark=mark, owner_bar=owner_bar, meter=meter, spark=spark, qr=qr, harbour=harbour
    )
    environment.globals.update(OWNERS=OWNERS)
