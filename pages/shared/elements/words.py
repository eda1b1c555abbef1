"""Numbers as people say them."""


def size(count: float) -> str:
    """Bytes, such as 438 MB or 1.2 GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            value = count / scale
            return f"{value:,.1f} {unit}" if value < 10 else f"{value:,.0f} {unit}"
    return f"{count:,.0f} bytes"


def millions(count: float) -> str:
    """A number given in millions, such as 22.7 million or 1.2 billion."""
    if not count:
        return "unknown"
    return f"{count / 1000:.1f} billion" if count >= 1000 else f"{count:.3g} million"


def visible(text: str) -> str:
    """A string with its line breaks and the spaces at its ends to be seen."""
    if not text:
        return "nothing"
    inner = text.strip(" ")
    start, end = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    shown = "␣" * len(text) if not inner else "␣" * start + inner + "␣" * end
    return shown.replace("\n", "⏎")
