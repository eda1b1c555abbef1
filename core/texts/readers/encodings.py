"""From bytes to text: byte order marks, UTF-8, UTF-16, else the likeliest encoding, said in a note."""

import codecs
import re

from charset_normalizer import from_bytes

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers import latin

# UTF-32 first: its little-endian mark starts with UTF-16's.
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF8: "UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.02  # a stray control character happens in exports; a binary file has many
_FEW_NUL = 3  # NUL characters that even a short text may hold by accident
_NOT_LEADING = bytes(range(0xC0))  # no UTF-8 sequence of several bytes starts with these
_ASCII = bytes(range(0x80))
# "ör" is also one Korean or Chinese character, but in those scripts characters don't stand alone among small letters.
_LONE_LETTER = re.compile(rb"(?<=[a-z])[\xc0-\xff](?=[a-z])")
_EAST_ASIAN = ["big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr"]
_EAST_ASIAN += ["gb18030", "gb2312", "gbk", "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213"]
# What cp1252 makes of other encodings: several letters beyond ASCII in a row, and symbols inside words.
_NOT_WESTERN = re.compile(
    "[\u0080-\uffff]{4}|[^\\W\\d_a-zA-Z]{3}"
    "|[a-z\u00df-\u00ff][\u00a1\u00a3-\u00a8\u00aa\u00af\u00b3\u00b5\u00b6\u00b8-\u00bf\u00d0\u00d7\u00de\u00f0\u00f7\u00fe]"
    "|[a-z\u00df-\u00ff][\u0160\u017d\u0192\u02c6\u02dc\u2020\u2021\u2030\u2039]"
)
_SAMPLE = 32 * 1024
_WESTERN = "cp1252"
_MIXED = "UTF-8 and "  # before the encoding of the lines that are not UTF-8
_OTHER_WINDOWS = {"cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"}
_MARGIN = 0.03  # by how much another Windows code page must score better than Western, if that reads well


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str, list[str]]:
    """Return the text, the name of its encoding, and notes on what was guessed or replaced.

    Raises
    ------
    InputError
        If ``encoding`` is unknown or does not fit, if the file is not text, or if its encoding can't be told.
    """
    if encoding is not None:
        text, used, notes = _as_told(data, name, encoding), encoding, list[str]()
    else:
        text, used, notes = _found(data, name)
    text, more = _without_strays(text)
    _refuse_binary(text, name)
    return text, used, notes + more


def _without_strays(text: str) -> tuple[str, list[str]]:
    """Leave out the end mark of old systems (Ctrl-Z), and a few NUL characters."""
    notes = []
    if text.rstrip("\r\n").endswith("\x1a"):
        text = text.rstrip("\r\n").rstrip("\x1a")
        notes.append("The end mark of the file (Ctrl-Z) was left out.")
    if 0 < (strays := text.count("\0")) <= max(_FEW_NUL, len(text) // 1000):
        line = text.count("\n", 0, text.index("\0")) + 1
        text = text.replace("\0", "")
        notes.append(f"{counted(strays, 'NUL character')} left out, the first on line {line:,}.")
    return text, notes


def _as_told(data: bytes, name: str, encoding: str) -> str:
    if encoding.startswith(_MIXED):
        return by_line(data, encoding.removeprefix(_MIXED))
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise InputError(f'{name}: there is no encoding "{encoding}". Try UTF-8, cp1252 or shift_jis.') from None
    except ValueError as error:
        line = _line(data, error)
        raise InputError(f"{name} can't be read as {encoding}{line}. Choose another encoding.") from None


def _found(data: bytes, name: str) -> tuple[str, str, list[str]]:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _marked(data, name, encoding)
    if b"\0" in data:
        return _utf16(data, name)
    try:
        return data.decode("utf-8"), "UTF-8", []
    except UnicodeDecodeError as error:
        return _damaged_utf8(data, error) or _mixed(data) or _guess(data, name)


def _mixed(data: bytes) -> tuple[str, str, list[str]] | None:
    """Decode a file that was put together from UTF-8 and an older encoding, line by line; None for any other."""
    lines = [line for line in data.splitlines(keepends=True) if not line.isascii()]
    older = [line for line in lines if not _is_utf8(line)]
    if len(lines) - len(older) < 2 or (len(lines) - len(older)) * 5 < len(lines):
        return None
    encoding = next(iter(latin.likely(b"".join(older))), _WESTERN)
    note = f"Some lines are UTF-8 and {len(older):,} are not; those were read as {encoding}."
    return by_line(data, encoding), _MIXED + encoding, [note]


def by_line(data: bytes, encoding: str) -> str:
    """Decode every line that is not UTF-8 in another encoding."""
    lines = data.splitlines(keepends=True)
    return "".join(line.decode("utf-8" if _is_utf8(line) else encoding, "replace") for line in lines)


def _marked(data: bytes, name: str, encoding: str) -> tuple[str, str, list[str]]:
    try:
        return data.decode(encoding).removeprefix("\ufeff"), encoding, []
    except UnicodeDecodeError as error:
        if encoding == "UTF-8" and (damaged := _damaged_utf8(data, error)):
            return damaged[0].removeprefix("\ufeff"), *damaged[1:]
        message = f"{name} starts as {encoding} but isn't{_line(data, error)}. It is damaged or cut off: save it again."
        raise InputError(message) from None


def _utf16(data: bytes, name: str) -> tuple[str, str, list[str]]:
    """Decode UTF-16 without a mark: its line breaks, digits and Latin letters have NUL as every second byte."""
    if data.count(0) < len(data) / 4 and _is_utf8(data):
        return data.decode("utf-8"), "UTF-8", []  # ASCII with a NUL would pass as Chinese
    little = data[1::2].count(0) >= data[0::2].count(0)
    for encoding in ("UTF-16-LE", "UTF-16-BE") if little else ("UTF-16-BE", "UTF-16-LE"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not _is_binary(text):
            return text, encoding, []
    raise InputError(_nul(name, data[: data.index(0)].decode("latin-1")))


def _damaged_utf8(data: bytes, error: UnicodeDecodeError) -> tuple[str, str, list[str]] | None:
    """Decode UTF-8 that has a few bad bytes; None if the bytes beyond ASCII are not mostly good UTF-8."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd") - data.count("\ufffd".encode())
    good = len(data.translate(None, _NOT_LEADING)) - bad
    if good < 10 * bad:
        return None
    note = f"{counted(bad, 'place')} with bytes that are not UTF-8 got \ufffd, the first{_line(data, error)}."
    return text, "UTF-8", [note]


def _guess(data: bytes, name: str) -> tuple[str, str, list[str]]:
    """Guess among the encodings that are older than Unicode from the lines that hold more than ASCII."""
    if _is_binary(data.decode("latin-1")):
        raise InputError(f"{name} is not text. Export it again as text in UTF-8.")
    candidates = _candidates(_sample(data))
    for place, encoding in enumerate(candidates):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        other = _runner_up(data, text, candidates[place + 1 :])
        such = f", such as {other}" if other else ""
        note = f"The encoding was guessed as {encoding}. If letters look wrong, choose another encoding{such}."
        return text, encoding, [note]
    raise InputError(f"{name} is not UTF-8, and its encoding can't be told. Choose its encoding, or save it as UTF-8.")


def _runner_up(data: bytes, text: str, candidates: list[str]) -> str | None:
    """The next encoding that fits and gives other letters."""
    sample = _sample(data)
    for encoding in candidates:
        try:
            if sample.decode(encoding) not in text and data.decode(encoding) != text:
                return encoding
        except UnicodeDecodeError:
            continue
    return None


def _candidates(sample: bytes) -> list[str]:
    """Return encodings, the likeliest first.

    Short Western texts fit many code pages (cp1250, Mac Latin 2) equally well, and by far the most of such files are
    cp1252: it wins wherever it is plausible, unless another Windows code page fits a language clearly better.
    """
    if by_alphabet := latin.likely(sample):
        return [*by_alphabet, *(each for each in (_WESTERN, "cp1250") if each not in by_alphabet)]
    scores: dict[str, float] = {}
    lone = len(_LONE_LETTER.findall(sample))
    western = lone * 2 > len(sample.translate(None, _ASCII))
    for match in from_bytes(sample, cp_exclusion=_EAST_ASIAN if western else None):
        for encoding in match.could_be_from_charset:
            scores.setdefault(encoding, match.coherence - match.chaos)
    order = list(scores)  # charset-normalizer's own order
    if _WESTERN not in scores and _looks_western(sample):
        return [_WESTERN, *order]
    if _WESTERN in scores:
        windows = [encoding for encoding in order if encoding in _OTHER_WINDOWS]
        best = max(windows, default=_WESTERN, key=lambda encoding: scores[encoding])
        margin = _MARGIN if _looks_western(sample) else 0.0
        first = best if scores[best] > scores[_WESTERN] + margin else _WESTERN
        order = [first, *(encoding for encoding in order if encoding != first)]
    return order


def _looks_western(sample: bytes) -> bool:
    """Tell whether a sample, perhaps too short for statistics, reads as Western text in cp1252."""
    try:
        return not _NOT_WESTERN.search(sample.decode(_WESTERN))
    except UnicodeDecodeError:
        return False


def _sample(data: bytes) -> bytes:
    lines, size = [], 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size >= _SAMPLE:
                break
    return b"".join(lines)


def _is_binary(text: str) -> bool:
    return len(_CONTROL.findall(text)) > _CONTROL_SHARE * len(text)


def _refuse_binary(text: str, name: str) -> None:
    if "\0" in text:
        raise InputError(_nul(name, text[: text.index("\0")]))
    if _is_binary(text):
        raise InputError(f"{name} is not text: it is full of control characters. Export it again as text in UTF-8.")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _nul(name: str, before: str) -> str:
    line = before.count("\n") + 1
    return f"{name} is not text: it holds a NUL character (line {line:,}). Export it again as text in UTF-8."


def _line(data: bytes, error: ValueError) -> str:
    """Say the line of the error, where lines can be counted in bytes."""
    if isinstance(error, UnicodeDecodeError) and "16" not in error.encoding and "32" not in error.encoding:
        return f" (line {data.count(10, 0, error.start) + 1:,})"
    return ""
