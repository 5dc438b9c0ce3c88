"""Draws a packing as SVG."""

import math
from typing import Any
from xml.sax.saxutils import escape

SIDE = 640
"""Side of the unit square, in SVG units."""

MARGIN = 24
TITLE = 44

SMALL, MIDDLE, LARGE = (68, 60, 140), (38, 140, 140), (250, 205, 70)
"""Colours (red, green, blue) of the smallest, a middling and the largest circle."""


def draw(circles: Any) -> str:
    """SVG text of a packing: circles coloured by radius in a square frame, y upwards.

    Args:
        circles: ``[n, 3]`` array or nested list of x, y, radius that the judge accepted.
    """
    rows = [(float(x), float(y), float(r)) for x, y, r in circles]
    radii = [r for _, _, r in rows]
    title = f"{len(rows)} circles, sum of radii {math.fsum(radii):.6f}"
    shapes = [_circle(x, y, r, _shade(r, min(radii), max(radii))) for x, y, r in rows]
    width, height = SIDE + 2 * MARGIN, SIDE + 2 * MARGIN + TITLE
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="system-ui, sans-serif">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="{MARGIN}" y="{MARGIN + TITLE / 2:.0f}" font-size="20" fill="#222222">{escape(title)}</text>',
            f'<g transform="translate({MARGIN} {MARGIN + TITLE})">',
            f'<rect width="{SIDE}" height="{SIDE}" fill="#f6f5f1" stroke="#222222" stroke-width="2"/>',
            *shapes,
            "</g>",
            "</svg>",
        ]
    )


def _circle(x: float, y: float, r: float, fill: str) -> str:
    return (
        f'<circle cx="{SIDE * x:.4f}" cy="{SIDE * (1 - y):.4f}" r="{SIDE * r:.4f}" fill="{fill}" '
        f'stroke="#222222" stroke-width="0.8"><title>r = {r:.6f}</title></circle>'
    )


def _shade(radius: float, smallest: float, largest: float) -> str:
    """Colour on the way from SMALL over MIDDLE to LARGE."""
    share = (radius - smallest) / (largest - smallest) if largest > smallest else 0.5
    low, high, part = (SMALL, MIDDLE, 2 * share) if share < 0.5 else (MIDDLE, LARGE, 2 * share - 1)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
