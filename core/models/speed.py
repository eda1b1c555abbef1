"""How fast a model is on this machine: measured when asked, and remembered."""

import dataclasses
import json
import os
import platform
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.base.atomic import write_json
from core.base.digest import digest
from core.base.errors import InputError
from core.base.home import home
from core.base.progress import UNWATCHED, Watch
from core.models.catalogue import KnownModel
from core.models.registry import load_model
from core.texts import corpus, readers, samples

TYPICAL_TOKENS = 30
_FILE = "speeds.json"
_PILOT_TEXTS = 16
_MOST_TEXTS = 512
_SECONDS = 3.0  # what a measurement may take, about
_writing = threading.Lock()


@dataclass(frozen=True)
class Speed:
    """A model's measured pace.

    Parameters
    ----------
    texts_per_second : without loading the model.
    texts, tokens_per_text : of the texts that it was measured on.
    precision, device : what the model was computed in, and where.
    when : the day, as YYYY-MM-DD.
    """

    texts_per_second: float
    texts: int
    tokens_per_text: float
    precision: str
    device: str
    when: str


def measure(name: str, texts: Sequence[str] | None = None, watch: Watch = UNWATCHED) -> Speed:
    """Encode texts of about 30 tokens for about three seconds, and remember the pace.

    Parameters
    ----------
    name : as `core.models.registry.load_model` takes it.
    texts : to choose from, those nearest to 30 tokens first; by default those of the samples. Each is encoded once.
    """
    watch.report("loading", 0, 1)
    model = load_model(name)
    texts = _sample_texts() if texts is None else texts
    counts = model.count_tokens(texts)
    order = sorted(range(len(texts)), key=lambda row: (abs(counts[row] - TYPICAL_TOKENS), row))
    chosen = [texts[row] for row in order]
    model.encode(chosen[:_PILOT_TEXTS], watch=watch.quiet)  # the first call costs more than the later ones
    start = time.perf_counter()
    model.encode(chosen[:_PILOT_TEXTS], watch=watch.quiet)
    pace = _PILOT_TEXTS / max(time.perf_counter() - start, 1e-6)
    count = min(len(chosen), _MOST_TEXTS, max(_PILOT_TEXTS, int(pace * _SECONDS)))
    start = time.perf_counter()
    done = model.embed(chosen[:count], "", watch)
    seconds = time.perf_counter() - start
    speed = Speed(
        texts_per_second=count / seconds,
        texts=count,
        tokens_per_text=float(done.tokens.mean()),
        precision=str(model.precision),
        device=str(getattr(model, "device", "cpu")),
        when=datetime.now(UTC).date().isoformat(),
    )
    _remember(name, model.fingerprint, speed)
    return speed


def remembered(model: KnownModel) -> Speed | None:
    """The pace measured for exactly these files and this recipe on this machine; no weights are loaded."""
    found = _read().get(_stamp(model)) if model.directory is not None else None
    return found and found[1]


def _sample_texts() -> list[str]:
    return [
        text for sample in samples.SAMPLES for text in corpus.build(readers.read(sample.path), sample.text_column).texts
    ]


def _remember(name: str, fingerprint: str, speed: Speed) -> None:
    from core.models.catalogue import known_models

    model = next((model for model in known_models() if model.name == name), None)
    if model is None:
        return
    with _writing:
        kept = {s: (f, old) for s, (f, old) in _read().items() if f != fingerprint}
        kept[_stamp(model)] = (fingerprint, speed)
        content = {f: {"stamp": s, **dataclasses.asdict(kept_speed)} for s, (f, kept_speed) in kept.items()}
        write_json(home() / _FILE, content)


def _read() -> dict[str, tuple[str, Speed]]:
    """Stamp to fingerprint and speed; a file that was damaged counts as empty."""
    names = [field.name for field in dataclasses.fields(Speed)]
    try:
        content = json.loads((home() / _FILE).read_text(encoding="utf-8"))
        return {said["stamp"]: (f, Speed(**{name: said[name] for name in names})) for f, said in content.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InputError):
        return {}


def _stamp(model: KnownModel) -> str:
    """Stands for a model's fingerprint, which takes reading its weights: recipe, files with their times, machine."""
    directory = model.directory or Path()
    files = [
        f"{path.name} {status.st_size} {status.st_mtime_ns}"
        for path in sorted(directory.rglob("*"))
        if path.is_file() and (status := path.stat())
    ]
    return digest(repr(model.card), str(directory), files, platform.node(), os.cpu_count() or 0)
