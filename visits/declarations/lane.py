"""From lanes to the kind of visit (pure). One lane per controlling agency; customs is the one without a code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from visits.journey.states import Level
from visits.texts import N_


class Colour(StrEnum):
    """The lane (circuit) of the clearance system."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


LANE_NAMES: dict[Colour, str] = {
    Colour.GREEN: N_("circuit vert"),
    Colour.BLUE: N_("circuit bleu"),
    Colour.YELLOW: N_("circuit jaune"),
    Colour.RED: N_("circuit rouge"),
}

#: Extents of the visit order (domain words).
EXTENTS: dict[str, str] = {
    "DOC": N_("documents"),
    "SEAL": N_("plombs"),
    "NII": N_("scanner"),
    "TAILGATE": N_("ouverture des portes"),
    "PARTIAL": N_("partielle"),
    "FULL": N_("totale, avec dépotage"),
    "COUNT": N_("comptage"),
    "WEIGH": N_("pesée"),
    "GAUGE": N_("jaugeage"),
    "SAMPLE": N_("prélèvement"),
    "VIDEO": N_("vidéo"),
}

#: Minutes of a visit before the duration model has seen enough: base, per further container, at most.
FIRST_MINUTES, NEXT_MINUTES, MOST_MINUTES = 60, 15, 180
DESK_MINUTES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The visit order: how much of what is looked at, and by whom."""

    level: Level
    extent: str
    percent: int | None
    containers: list[str] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    agencies: list[str] = field(default_factory=list)
    instructions: str = ""
    #: Heavy pieces: a forklift of the site is booked with the visit.
    forklift: bool = False
    #: What the goods ask of the inspector, as the bits of the office's skills; and that they are of high risk.
    skills: int = 0
    high_risk: bool = False
    #: The language the visit is held in, where it is not the office's own.
    language: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form kept with the visit; the level stands in its own column."""
        return {
            "extent": self.extent,
            "percent": self.percent,
            "containers": self.containers,
            "items": self.items,
            "agencies": self.agencies,
            "instructions": self.instructions,
            **({"forklift": True} if self.forklift else {}),
            **({"skills": self.skills} if self.skills else {}),
            **({"high_risk": True} if self.high_risk else {}),
            **({"language": self.language} if self.language else {}),
        }


def level_of(lanes: Mapping[str | None, Colour]) -> Level | None:
    """The level the lanes call for; None when nothing is to be controlled.

    Red of customs alone is a physical visit, red of an agency makes it a joint one, yellow is for documents.
    """
    red = {agency for agency, colour in lanes.items() if colour is Colour.RED}
    if red - {None}:
        return Level.JOINT
    if red:
        return Level.PHYSICAL
    return Level.DOCUMENTS if Colour.YELLOW in lanes.values() else None


def order_for(
    lanes: Mapping[str | None, Colour],
    *,
    containers: list[str],
    items: list[int],
    wished: Mapping[str, Any],
    percent: int = 30,
) -> Order | None:
    """The visit order from the lanes; what the lane message asks for (level, extent, boxes…) goes before defaults."""
    level = Level(wished["level"]) if wished.get("level") else level_of(lanes)
    if level is None:
        return None
    extent = wished.get("extent") or _EXTENT[level]
    return Order(
        level=level,
        extent=extent,
        percent=wished.get("percent") or (percent if extent == "PARTIAL" else None),
        containers=[box for box in wished.get("containers") or containers if box in containers],
        items=[item for item in wished.get("items") or items if item in items],
        agencies=sorted(agency for agency, colour in lanes.items() if agency and colour is Colour.RED),
        instructions=wished.get("instructions") or "",
        forklift=bool(wished.get("forklift")),
        language=wished.get("language") or "",
    )


_EXTENT = {
    Level.DOCUMENTS: "DOC",
    Level.SCAN: "NII",
    Level.VIDEO: "VIDEO",
    Level.PHYSICAL: "PARTIAL",
    Level.JOINT: "PARTIAL",
}


def minutes_for(order: Order) -> int:
    """A first guess at the length of the visit, until durations are learnt from past visits."""
    if order.level is Level.DOCUMENTS:
        return DESK_MINUTES
    boxes = max(1, len(order.containers))
    return min(MOST_MINUTES, FIRST_MINUTES + NEXT_MINUTES * (boxes - 1))
