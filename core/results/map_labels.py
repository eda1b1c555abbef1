"""Where labels go on a picture of a map: near their topics, inside the picture, and none over another."""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_POINTS = (16, 14, 13, 12, 11, 10, 9, 8)
_PAD = 0.3  # of a size of type, between a label and the edge of its ground
_MOST = 0.25  # of the picture that labels may cover in larger type than the smallest
_CELL = 14  # pixels: points that are nearer to each other count once when labels look for an empty place


@dataclass(frozen=True)
class Place:
    """A label's box, in pixels from the bottom left, and what it says."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    def inside(self, area: tuple[float, float, float, float]) -> bool:
        """Whether it lies within left, bottom, right and top, but for a pixel."""
        left, bottom, right, top = area
        return self.left > left - 1 and self.bottom > bottom - 1 and self.right < right + 1 and self.top < top + 1

    def nearest(self, point: tuple[float, float]) -> tuple[float, float]:
        """The place in the box that is nearest to a point."""
        return min(max(point[0], self.left), self.right), min(max(point[1], self.bottom), self.top)


def place_labels(
    sheet: Any,
    texts: Sequence[str],
    centres: Sequence[tuple[float, float]],
    points: NDArray[np.float64],
    area: tuple[float, float, float, float],
    sizes: Sequence[float] = _POINTS,
) -> tuple[list[Place | None], float]:
    """Find a place for each label, the first ones first; in the largest type in which all find one.

    Labels go to empty places near their topics where there are some, otherwise over points (greedily, by textalloc).

    Parameters
    ----------
    sheet : axes whose data are pixels.
    texts, centres : of the labels.
    points : (n, 2) places that are better left free.
    area : left, bottom, right, top of where labels may be.
    sizes : of type, in points, the largest first.

    Returns
    -------
    The places, None where even the smallest type leaves no room; and the size of type in points.
    """
    cells = np.unique(np.floor(points / _CELL), axis=0) * _CELL + _CELL / 2
    places: list[Place | None] = []
    room = _MOST * (area[2] - area[0]) * (area[3] - area[1])
    for size in sizes:
        covered = sum(np.prod(np.add(label_size(sheet, text, size), 2 * _pad(size))) for text in texts)
        if covered > room and size > sizes[-1]:
            continue
        places = _placed(sheet, texts, centres, cells, area, size)
        if all(place is not None for place in places):
            return places, size
    return places, sizes[-1]


def _placed(
    sheet: Any,
    texts: Sequence[str],
    centres: Sequence[tuple[float, float]],
    cells: NDArray[np.float64],
    area: tuple[float, float, float, float],
    size: float,
) -> list[Place | None]:
    import textalloc

    if not texts:
        return []
    left, bottom, right, top = area
    boxes = [label_size(sheet, text, size) for text in texts]
    pad = _pad(size)
    inner, aspect = (right - left - 2 * pad, top - bottom - 2 * pad), np.divide(*sheet.figure.get_size_inches())
    apart = (2 * pad + 1) / min(inner[0], inner[1] * aspect)  # in textalloc's unit
    # textalloc tries the place up and right of the point first. That is to be the topic's centre.
    starts = np.array(centres) - np.array(boxes) / 2
    found, _, artists, _ = textalloc.allocate(
        sheet,
        starts[:, 0],
        starts[:, 1],
        [standing_in(text) for text in texts],
        textsize=size,
        x_scatter=cells[:, 0],
        y_scatter=cells[:, 1],
        margin=apart,
        min_distance=0,
        max_distance=0.4,
        nbr_candidates=2000,
        draw_lines=False,
        draw_all=True,
        auto_ha=False,
        linespacing=1.15,
        ha="left",
        va="bottom",
        parse_math=False,
        xlims=(left + pad, right - pad),
        ylims=(bottom + pad, top - pad),
    )
    drawn: list[Any] = artists
    for artist in drawn:
        artist.remove()
    places: list[Place | None] = []
    for text, (x, y, _), (width, height) in zip(texts, found, boxes, strict=True):
        place = Place(text, x - pad, y - pad, x + width + pad, y + height + pad)
        free = place.inside(area) and not any(other is not None and _overlap(place, other) for other in places)
        places.append(place if free else None)
    return places


def _pad(size: float) -> float:
    """Pixels from a text to the edge of its ground."""
    return size * _PAD + 2


def label_size(sheet: Any, text: str, size: float, weight: str = "normal") -> tuple[float, float]:
    """Width and height of a text, in pixels."""
    artist = sheet.text(0, 0, standing_in(text), size=size, weight=weight, linespacing=1.15, parse_math=False)
    box = artist.get_window_extent()
    artist.remove()
    scale = sheet.figure.dpi / 72
    return box.width / scale, box.height / scale


def _overlap(one: Place, other: Place) -> bool:
    return one.left < other.right and other.left < one.right and one.bottom < other.top and other.bottom < one.top


def standing_in(text: str) -> str:
    """A text that takes as much room in a font that lacks some of its characters: wide letters for wide characters."""
    return "".join("W" if unicodedata.east_asian_width(letter) in "WF" else letter for letter in text)


def undrawable(texts: Sequence[str]) -> str:
    """Up to five characters of texts that the pictures' fonts lack, with their number where there are more; or ""."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    letters = {letter for text in texts for letter in text if letter.isprintable() and not letter.isspace()}
    fonts = [get_font(fontManager.findfont(FontProperties(family="DejaVu Sans")))]
    lacking = sorted(letter for letter in letters if not any(font.get_char_index(ord(letter)) for font in fonts))
    more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
    return ", ".join(f"U+{ord(letter):04X}" for letter in lacking[:5]) + more


def wrapped(text: str, width: int) -> str:
    """A text in lines of about ``width`` characters, wide ones counting twice; none of it is left out."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    columns = max(8, width // 2 if wide > len(text) / 3 else width)
    return "\n".join(textwrap.wrap(text, columns, break_on_hyphens=False)) or text
