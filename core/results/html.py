"""Reports that are one HTML file: figures, tables and styles inside, nothing fetched when it is opened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape

import plotly.graph_objects as go
import plotly.offline

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2030; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.25rem 0.7rem; border-bottom: 1px solid #e2e4ee; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { background: #f0f1f7; padding: 0.1em 0.35em; border-radius: 0.3em; white-space: pre-wrap; }
.quiet { color: #6b7080; font-size: 0.9rem; }
"""


class Report:
    """A page that grows from top to bottom. All text given to it is escaped, but for `html_part`.

    Parameters
    ----------
    title : its heading.
    style : CSS beyond what every report has.
    """

    def __init__(self, title: str, style: str = "") -> None:
        self._title = title
        self._style = _STYLE + style
        self._parts: list[str] = [f"<h1>{escape(title)}</h1>"]
        self._figures = 0

    def heading(self, text: str) -> None:
        """A heading of a section."""
        self._parts.append(f"<h2>{escape(text)}</h2>")

    def text(self, text: str, quiet: bool = False) -> None:
        """A paragraph."""
        self._parts.append(f"<p{' class=quiet' if quiet else ''}>{escape(text)}</p>")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table; numbers stand to the right, with three digits."""
        head = "".join(f"<th>{escape(column)}</th>" for column in columns)
        body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
        self._parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")

    def figure(self, figure: go.Figure, config: Mapping[str, object] | None = None) -> None:
        """A plotly figure that answers to the pointer; ``config`` as plotly.js takes it."""
        self._figures += 1
        drawn: str = figure.to_html(
            full_html=False, include_plotlyjs=False, div_id=f"figure-{self._figures}", config=dict(config or {})
        )
        self._parts.append(drawn)

    def html_part(self, html: str) -> None:
        """HTML as it is: whoever gives it has escaped what came from outside."""
        self._parts.append(html)

    @contextmanager
    def block(self, kind: str) -> Iterator[None]:
        """Everything that is added inside stands in an element of this class."""
        self._parts.append(f'<div class="{escape(kind)}">')
        yield
        self._parts.append("</div>")

    def html(self) -> str:
        """The whole file."""
        script = f"<script>{plotly.offline.get_plotlyjs()}</script>" if self._figures else ""
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(self._title)}</title>'
            f"<style>{self._style}</style>{script}</head><body>{''.join(self._parts)}</body></html>\n"
        )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f'<td class="number">{value:.3f}</td>'
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{escape(str(value))}</td>"
