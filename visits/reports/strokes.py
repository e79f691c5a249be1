"""A signature's pen strokes: SVG path data checked number by number and framed. Pure.

What comes from a tablet is never put into a drawing as it is: only moves, lines, curves and figures pass.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\s*,?\s*([MLHVCSQTZmlhvcsqtz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?)")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "Z": 0}

#: More than any hand writes; a longer path is refused.
LONGEST = 60_000
WIDEST = 1e6


def drawing(path: str, *, colour: str = "#05263f") -> str | None:
    """The strokes as a framed SVG, or None if they are not plain path data."""
    if len(path) > LONGEST:
        return None
    segments = _segments(path)
    if not segments or segments[0][0].upper() != "M":
        return None
    points = list(_points(segments))
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    width, height = max(right - left, 1.0), max(bottom - top, 1.0)
    pen = max(width / 55, height / 20)
    frame = (left - pen, top - pen, width + 2 * pen, height + 2 * pen)
    if any(abs(edge) > WIDEST for edge in frame):
        return None
    data = " ".join(command + " ".join(_text(figure) for figure in figures) for command, figures in segments)
    box = " ".join(_text(edge) for edge in frame)
    ink = f'fill="none" stroke="{colour}" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">'
        f'<path d="{data}" {ink} stroke-width="{_text(pen)}"/></svg>'
    )


def _segments(path: str) -> list[tuple[str, list[float]]]:
    """Commands with their figures, repeated commands written out; empty if anything else is found."""
    segments: list[tuple[str, list[float]]] = []
    figures: list[float] = []
    command, at, path = "", 0, path.strip()
    while at < len(path):
        token = _TOKEN.match(path, at)
        if token is None:
            return []
        at, word = token.end(), token[1]
        if word.upper() in _TAKES:
            if figures:
                return []
            command = word
            if word in "Zz":
                segments.append((word, []))
            continue
        figures.append(float(word))
        if command in {"", "Z", "z"}:
            return []
        if len(figures) == _TAKES[command.upper()]:
            segments.append((command, figures))
            command, figures = {"M": "L", "m": "l"}.get(command, command), []
    return [] if figures else segments


def _points(segments: list[tuple[str, list[float]]]) -> Iterator[tuple[float, float]]:
    """Every end and control point: the strokes lie inside their hull."""
    x = y = first_x = first_y = 0.0
    for command, figures in segments:
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        match command.upper():
            case "H":
                x = figures[0] + dx
            case "V":
                y = figures[0] + dy
            case "Z":
                x, y = first_x, first_y
            case _:
                pairs = [(across + dx, down + dy) for across, down in zip(figures[::2], figures[1::2], strict=True)]
                yield from pairs
                x, y = pairs[-1]
        if command in "Mm":
            first_x, first_y = x, y
        yield x, y


def _text(figure: float) -> str:
    return f"{figure:.3f}".rstrip("0").rstrip(".")
