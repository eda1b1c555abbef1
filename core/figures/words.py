"""Words in plotly figures, which take tags for markup."""

from html import escape

from core.base.wording import readable, shortened

_LINE = 70


def plot_label(name: str, limit: int = 40) -> str:
    """A name of up to ``limit`` characters, or its beginning."""
    return plain(shortened(name, limit))


def plain(text: str) -> str:
    """A text whose brackets are no tags."""
    return text.replace("<", "&lt;")


def hover_text(text: str, most: int) -> str:
    """A text in lines for plotly, which takes tags for markup; what is over ``most`` characters is “…”."""
    shown = readable(text if len(text) <= most else text[:most].rstrip() + "…")
    lines = []
    for line in shown.splitlines() or [""]:
        while len(line) > _LINE:
            cut = line.rfind(" ", 1, _LINE)
            cut = cut if cut > 0 else _LINE
            lines.append(line[:cut])
            line = line[cut:].lstrip(" ")
        lines.append(line)
    return "<br>".join(escape(line) for line in lines)
