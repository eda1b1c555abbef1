"""Words put together for sentences."""

from collections.abc import Sequence


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b" or "a, b and c"; ``last`` stands before the last one."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(count: int, thing: str, things: str = "") -> str:
    """A number of things, such as "1 row" or "2,000 rows"."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def readable(text: str) -> str:
    """A text that any file can hold: half characters become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shortened(text: str, limit: int) -> str:
    """A text of up to ``limit`` characters, or its beginning up to a word, and " …", which says that there is more."""
    return text if len(text) <= limit else f"{text[:limit].rsplit(' ', 1)[0].rstrip(' ,')} …"
