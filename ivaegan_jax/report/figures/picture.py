"""A figure as people get it: panels drawn once, as one PNG file and as SVG for the page."""

import io
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from jaxtyping import UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

from ivaegan_jax.report.figures.style import DPI, FAINT, GRID, INK

PAPER = {"light": "#ffffff", "dark": "#16181a"}
"""What the page is printed on, as `page.css` has it."""

CONTRAST = 4.5
"""Of every colour with the paper (WCAG 2.2, AA)."""

FINE = 200
"""Dots per inch of panels that are joined for a notebook."""

THEME = {INK: "var(--ink)", FAINT: "var(--soft)", GRID: "var(--line)", "#ffffff": "var(--paper)"}
"""Colours that the page has names for."""


class Picture(NamedTuple):
    """Panels that belong together.

    Attributes:
      name: of its file, without suffix.
      panels: drawn, all of one size.
      caption: what they show.
      wide: panels side by side on a wide page.
      narrow: the same on a telephone.
    """

    name: str
    panels: Sequence[Figure]
    caption: str
    wide: int = 1
    narrow: int = 1


def to_png(picture: Picture) -> bytes:
    """All panels as one PNG file, on white."""
    buffer = io.BytesIO()
    imsave(buffer, _tiled(picture.panels, picture.wide, DPI), format="png", dpi=DPI)
    return buffer.getvalue()


def joined(panels: Sequence[Figure], wide: int) -> Figure:
    """All panels in one figure, as many side by side as `wide` says: pixels, for a notebook."""
    pixels = _tiled(panels, wide, FINE)
    figure = Figure(figsize=(pixels.shape[1] / FINE, pixels.shape[0] / FINE), dpi=FINE)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.imshow(pixels)
    ax.set_axis_off()
    return figure


def _tiled(panels: Sequence[Figure], wide: int, dpi: int) -> UInt8[np.ndarray, "height width 3"]:
    tiles = [_pixels(panel, dpi) for panel in panels]
    wide = min(wide, len(tiles))
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % wide)
    return np.vstack([np.hstack(tiles[i : i + wide]) for i in range(0, len(tiles), wide)])


def _pixels(panel: Figure, dpi: int) -> UInt8[np.ndarray, "height width 3"]:
    panel.set_dpi(dpi)
    canvas = FigureCanvasAgg(panel)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba()).astype(float)
    alpha = pixels[..., 3:] / 255
    return np.round(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


def to_svg(panel: Figure, name: str) -> str:
    """A panel for an HTML page, its colours as variables; `name` makes its ids its own."""
    buffer = io.StringIO()
    keep: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": name, "path.simplify": False}
    with matplotlib.rc_context(keep):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        panel.savefig(buffer, format="svg", dpi=DPI, metadata=nothing)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = re.sub(r' id="(?![mp][0-9a-f]{10}|image)[^"]*"', "", text)
    text = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1; font-family: inherit", text)
    text = re.sub(r'(<svg) height="[\d.]+pt"', r"\1", text)
    text = re.sub(r'width="([\d.]+)pt"', r'style="--natural:\1pt"', text, count=1)
    return re.sub(r"#[0-9a-f]{6}\b", lambda found: _variable(found[0]), _shorter(text))


def _shorter(text: str) -> str:
    """Less space: no digits beyond a hundredth of a point but in words, no line breaks."""
    text = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d+\.\d\d)\d+", r"\1", tag[0]), text)
    return re.sub(r"\s*\n\s*", " ", text)


def _variable(colour: str) -> str:
    return THEME.get(colour, f"var(--c{colour[1:]})")


def colour_rules(text: str) -> dict[str, dict[str, str]]:
    """By theme, the value of every variable that SVG in the text uses, readable on its paper."""
    used = sorted(set(re.findall(r"var\(--c([0-9a-f]{6})\)", text)))
    return {
        theme: {f"--c{colour}": readable(f"#{colour}", paper) for colour in used}
        for theme, paper in PAPER.items()
    }


def readable(colour: str, paper: str) -> str:
    """The colour, moved towards black or white as far as its contrast with the paper needs."""
    end = 0.0 if luminance(paper) > 0.5 else 255.0
    start = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)
    for share in np.linspace(0, 1, 51):
        mixed = np.round(start + share * (end - start)).astype(int)
        text = "#{:02x}{:02x}{:02x}".format(*mixed)
        if contrast(text, paper) >= CONTRAST:
            return text
    return text


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    share = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
