"""The map as a picture: PNG, or SVG with its text as text."""

import io
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.wording import counted, readable
from core.figures.map import PointGroup, point_size
from core.results.labelled import Labelled
from core.results.map_labels import Place, label_size, place_labels, undrawable, wrapped

SIZES = {"1600 × 1000": (1600, 1000), "1200 × 1200": (1200, 1200), "1920 × 1080": (1920, 1080)}
_SMALLEST, _LARGEST = 400, 8000
_ON_SCREEN = (13, 12, 11, 10, 9)  # points of type, on maps that are drawn elsewhere
_EDGE = 28  # around everything, in pixels
_FAMILY = ["DejaVu Sans", "sans-serif"]
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Theme:
    """Colours of what is not a topic."""

    back: str
    text: str
    quiet: str
    chip: str


LIGHT = Theme("#ffffff", "#1d2030", "#6b7080", "#ffffff")
DARK = Theme("#14161f", "#eceef6", "#9aa0b4", "#1e2130")


def map_image(
    done: Labelled,
    format: Literal["png", "svg"] = "png",
    size: tuple[int, int] = (1600, 1000),
    scale: float = 2,
    dark: bool = False,
) -> bytes:
    """The map with a label at every topic that none covers, in the colours of the app; the same bytes every time.

    Texts in no topic are grey and drawn first. The title is the instruction; labels have the topics' sizes. Where not
    all labels find room, the largest topics have theirs, and the picture says so.

    Parameters
    ----------
    size : width and height, in CSS pixels.
    scale : pixels of a PNG to one of those, and of the points in an SVG, which are an image there so that it stays
        small.
    dark : light text on a dark ground.

    Raises
    ------
    InputError
        For a size out of 400 to 8,000 pixels.
    """
    figure, _ = draw(done, size, dark, scale, fixed_fonts=format == "png")
    out = io.BytesIO()
    with _drawing():
        import matplotlib

        with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "refract"}):
            told = {"Software": "Refract"} if format == "png" else {"Creator": "Refract", "Date": None}
            figure.savefig(out, format=format, dpi=72 * scale, metadata=told)
    return out.getvalue()


def draw(
    done: Labelled, size: tuple[int, int], dark: bool = False, scale: float = 2, fixed_fonts: bool = True
) -> tuple[Any, list[Any]]:
    """The figure, one point of text to a pixel, and the artists of its labels. Parameters as `map_image`.

    Parameters
    ----------
    fixed_fonts : whether it is drawn with this machine's fonts; it then says which characters those lack.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width, height = size
    if not (min(size) >= _SMALLEST and max(size) <= _LARGEST):
        raise InputError(f"A picture of {width} × {height} pixels can't be made. Use {_SMALLEST} to {_LARGEST:,}.")
    theme = DARK if dark else LIGHT
    with _drawing():
        figure = Figure(figsize=(width / 72, height / 72), dpi=72 * scale, facecolor=theme.back)
        FigureCanvasAgg(figure)
        sheet = figure.add_axes((0, 0, 1, 1))
        sheet.set_axis_off()
        sheet.set(xlim=(0, width), ylim=(0, height))
        groups = done.groups
        top = _heading(sheet, done, size, theme)
        area = (_EDGE, _EDGE + 26, width - _EDGE, top - 14)
        spots, _, _ = fitted(done.shown.layout.xy, area)
        _points(sheet, spots, groups)
        named = _named(groups)
        texts = [_label(group) for group in named]
        centres = [_centre(spots[group.rows]) for group in named]
        places, points = place_labels(sheet, texts, centres, spots, area)
        labels = [
            _chip(sheet, place, centre, group.colour, points, theme)
            for place, centre, group in zip(places, centres, named, strict=True)
            if place is not None
        ]
        said = _footer(groups, sum(place is None for place in places), len(named))
        if fixed_fonts and (lacking := undrawable([*texts, done.run.instruction, done.run.corpus.name])):
            said.append(f"No font here has the characters {lacking}: the SVG shows them where it is opened")
        sheet.text(_EDGE, _EDGE, ". ".join(said) + "." if said else "", color=theme.quiet, size=12, **_plain())
    return figure, labels


@contextmanager
def _drawing() -> Iterator[None]:
    """One at a time, as threads share matplotlib's fonts; what those lack is said in the picture, not in the log."""
    with _LOCK, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def _heading(sheet: Any, done: Labelled, size: tuple[int, int], theme: Theme) -> float:
    """Instruction and corpus; the height at which they end."""
    width, height = size
    run = done.shown
    title, points, lines = _title(sheet, readable(run.instruction).strip() or "No instruction", width - 2 * _EDGE)
    sheet.text(
        _EDGE,
        height - _EDGE,
        title,
        color=theme.text,
        size=points,
        weight="bold",
        va="top",
        linespacing=1.2,
        **_plain(va=None),
    )
    below = height - _EDGE - lines * points * 1.25 - 8
    said = (
        f"{readable(run.corpus.name)} · {counted(len(run.corpus), 'text')} · {counted(len(done.topics), 'topic')} · "
        f"{run.embedding.space.model} · {run.layout.method.upper()}"
    )
    sheet.text(_EDGE, below, said, color=theme.quiet, size=13, va="top", **_plain(va=None))
    return float(below - 13 * 1.3)


def _title(sheet: Any, text: str, width: float) -> tuple[str, float, int]:
    """A title in lines of at most ``width`` pixels, its size of type, smaller for a long one, and how many lines."""
    title, points = text, 16.0
    for points in (22.0, 16.0):
        columns = int(width / points * 2)
        title = wrapped(text, columns)
        while columns > 10 and label_size(sheet, title, points, weight="bold")[0] > width:
            columns = int(columns * 0.95)
            title = wrapped(text, columns)
        if title.count("\n") < 2:
            break
    return title, points, title.count("\n") + 1


@dataclass(frozen=True)
class MapLabel:
    """A label of a map that is drawn elsewhere: what it says, and where, in pixels.

    Parameters
    ----------
    centre : (x, y) of its topic, from the bottom left.
    shift : (x, y) from there to the middle of the label.
    points : size of type.
    """

    text: str
    colour: str
    centre: NDArray[np.float64]
    shift: tuple[float, float]
    points: float


def labels_on(
    xy: NDArray[np.float32], groups: Sequence[PointGroup], size: tuple[int, int]
) -> tuple[tuple[MapLabel, ...], float, NDArray[np.float64]]:
    """Labels for a map of that size in pixels, none over another; pixels a unit of the layout; and its middle.

    Topics for whose labels there is no room are left out.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with _drawing():
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72)
        FigureCanvasAgg(figure)
        sheet = figure.add_axes((0, 0, 1, 1))
        sheet.set(xlim=(0, size[0]), ylim=(0, size[1]))
        area = (8, 8, size[0] - 8, size[1] - 8)
        spots, scale, middle = fitted(xy, area)
        named = _named(groups)
        centres = [_centre(spots[group.rows]) for group in named]
        places, points = place_labels(sheet, [_label(group) for group in named], centres, spots, area, _ON_SCREEN)
    labels = [
        MapLabel(
            place.text,
            group.colour,
            np.array(centre),
            ((place.left + place.right) / 2 - centre[0], (place.bottom + place.top) / 2 - centre[1]),
            points,
        )
        for place, centre, group in zip(places, centres, named, strict=True)
        if place is not None
    ]
    return tuple(labels), scale, middle


def fitted(
    xy: NDArray[np.float32], area: tuple[float, float, float, float]
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Places in pixels, as large as they fit into left, bottom, right and top; pixels a unit; the layout's middle."""
    left, bottom, right, top = area
    low, high = xy.min(axis=0).astype(float), xy.max(axis=0).astype(float)
    spread = np.maximum(high - low, 1e-9)
    dot = 1.1 * point_size(len(xy))
    scale = float(min((right - left - 2 * dot) / spread[0], (top - bottom - 2 * dot) / spread[1]))
    middle = (low + high) / 2
    return (xy - middle) * scale + np.array([(left + right) / 2, (bottom + top) / 2]), scale, middle


def _named(groups: Sequence[PointGroup]) -> list[PointGroup]:
    """The groups that have labels, the largest first."""
    return sorted((group for group in groups if not group.noise), key=lambda group: -len(group.rows))


def _points(sheet: Any, spots: NDArray[np.float64], groups: Sequence[PointGroup]) -> None:
    for group in groups:
        sheet.scatter(
            *spots[group.rows].T,
            s=(1.1 * point_size(len(spots))) ** 2,
            c=group.colour,
            alpha=0.4 if group.noise else 0.8,
            linewidths=0,
            rasterized=True,
            zorder=1,
        )


def _centre(spots: NDArray[np.float64]) -> tuple[float, float]:
    """Where most of a topic is: its point nearest to its median."""
    middle = np.median(spots, axis=0)
    x, y = spots[((spots - middle) ** 2).sum(axis=1).argmin()]
    return float(x), float(y)


def _label(group: PointGroup) -> str:
    return f"{wrapped(readable(group.name), 26)}\n{counted(len(group.rows), 'text')}"


def _chip(sheet: Any, place: Place, centre: tuple[float, float], colour: str, points: float, theme: Theme) -> Any:
    """A label on its ground, and a line to its topic where it had to stand aside."""
    x, y = place.nearest(centre)
    if np.hypot(x - centre[0], y - centre[1]) > 4:
        sheet.plot([centre[0], x], [centre[1], y], color=colour, linewidth=1.2, zorder=2, solid_capstyle="round")
        sheet.scatter([centre[0]], [centre[1]], s=22, c=colour, edgecolors=theme.text, linewidths=0.8, zorder=3)
    ground = {"boxstyle": "round,pad=0.3", "facecolor": theme.chip, "edgecolor": colour, "linewidth": 1.4, "alpha": 0.9}
    return sheet.text(
        (place.left + place.right) / 2,
        (place.bottom + place.top) / 2,
        place.text,
        color=theme.text,
        size=points,
        ha="center",
        va="center",
        linespacing=1.15,
        zorder=4,
        bbox=ground,
        **_plain(va=None),
    )


def _footer(groups: Sequence[PointGroup], unlabelled: int, topics: int) -> list[str]:
    """Notes on what the picture doesn't show by itself."""
    grey = [f"{counted(len(group.rows), 'text')} {group.name}" for group in groups if group.name in _REST]
    junk = [group for group in groups if group.noise and group.name not in _REST]
    if junk:
        grey.append(f"{counted(sum(len(group.rows) for group in junk), 'text')} in {counted(len(junk), 'junk topic')}")
    said = [f"Faint: {', '.join(grey)}"] if grey else []
    if unlabelled:
        said.append(f"Labels of the {topics - unlabelled} largest of {topics} topics; there is no room for more")
    return said


def _plain(va: str | None = "bottom") -> dict[str, Any]:
    """Text as it is: a $ is no formula."""
    return {"parse_math": False, "family": _FAMILY, **({"va": va} if va else {})}


_REST = ("in no topic", "set aside")
