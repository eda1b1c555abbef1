"""The training loop: one batch of texts a step, read once, asked several things."""

import json
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.models.encoder.precision import has_bfloat16
from core.models.refract.readout import MIDDLE_LAYER, Reading, ReadOut, ReadOutConfig
from training.objective import contrast, keep, naming
from training.states import States, reader_directory
from training.tasks import Column, TaskSet, draw_set

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingSettings:
    """How long and how to train. Two runs with the same settings, data and number of threads give the same weights."""

    steps: int = 3000
    batch: int = 128
    max_tokens: int = 96
    long_tokens: int = 256
    long_share: float = 0.2
    tokens_per_step: int = 6144
    rate: float = 1e-3
    block_rate: float = 2e-4
    weight_decay: float = 0.01
    naming: float = 0.5
    second: float = 0.5
    keep_neutral: float = 2.0
    keep_topical: float = 1.0
    seed: int = 0
    checkpoint_every: int = 200


def new_read_out(config: ReadOutConfig | None = None) -> ReadOut:
    """A read-out whose blocks start as the reader's own layers behind the middle one."""
    model = ReadOut(config)
    weights = load_file(reader_directory() / "model.safetensors")
    for index, block in enumerate(model.blocks):
        prefix = f"encoder.layer.{MIDDLE_LAYER + index}."
        state = {}
        for kind in ("weight", "bias"):
            qkv = [weights[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            state[f"qkv.{kind}"] = torch.cat(qkv)
            for ours, published in _PUBLISHED.items():
                state[f"{ours}.{kind}"] = weights[f"{prefix}{published}.{kind}"]
        block.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return model


_PUBLISHED = {
    "attention_out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "out_norm": "output.LayerNorm",
}


def train(model: ReadOut, sets: Sequence[TaskSet], settings: TrainingSettings, work: Path) -> None:
    """Train in place; continues from the last checkpoint in ``work`` if it was made with the same settings."""
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for n, p in model.named_parameters() if not n.startswith("blocks.")], "lr": settings.rate},
            {"params": model.blocks.parameters(), "lr": settings.block_rate},
        ],
        weight_decay=settings.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [settings.rate, settings.block_rate], settings.steps, pct_start=0.1
    )
    checkpoint = work / "checkpoint.pt"
    start = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        if saved["settings"] == asdict(settings):
            model.load_state_dict(saved["model"])
            optimiser.load_state_dict(saved["optimiser"])
            schedule.load_state_dict(saved["schedule"])
            start = saved["step"]
            log.info("continuing at step %d", start)
    model.train()
    recent: list[dict[str, float]] = []
    began = time.monotonic()
    for step in range(start, settings.steps):
        torch.manual_seed(settings.seed * 1_000_003 + step)
        losses = step_losses(model, sets, settings, random.Random(f"{settings.seed}-{step}"))
        loss = torch.stack(list(losses.values())).sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        recent.append({name: value.item() for name, value in losses.items()})
        if (step + 1) % 50 == 0:
            means = {k: np.mean([r[k] for r in recent if k in r]) for k in ("asked", "second", "neutral")}
            speed = (time.monotonic() - began) / (step + 1 - start)
            shown = " ".join(f"{name} {value:.3f}" for name, value in means.items())
            log.info("step %d %s, %.2f s a step", step + 1, shown, speed)
            recent = []
        if (step + 1) % settings.checkpoint_every == 0:
            _save_checkpoint(checkpoint, model, optimiser, schedule, step + 1, settings)
    model.eval()


def step_losses(
    model: ReadOut, sets: Sequence[TaskSet], settings: TrainingSettings, rng: random.Random
) -> dict[str, Tensor]:
    """The losses of one step: the asked aspect, another aspect of the same texts, and a neutral instruction."""
    task = draw_set(sets, rng)
    column = task.draw_column(rng)
    assert column is not None
    second = task.draw_column(rng, other_than=column)
    max_tokens = settings.long_tokens if rng.random() < settings.long_share else settings.max_tokens
    rows = task.draw_rows(column, settings.batch, rng, second)
    rows = _within_budget(rows, task.states, max_tokens, settings.tokens_per_step, rng)
    readings = _read(model, task.states, rows, max_tokens)
    plain = torch.cat([reading.plain for reading in readings])
    losses = {"asked": _aspect_loss(model, readings, rows, column, second, plain, settings, rng)}
    if second is not None:
        losses["second"] = settings.second * _aspect_loss(model, readings, rows, second, column, plain, settings, rng)
    neutral = task.neutral[[rng.randrange(len(task.neutral)) for _ in rows]]
    losses["neutral"] = settings.keep_neutral * keep(_ask_each(model, readings, neutral), plain)
    return losses


def save(model: ReadOut, directory: Path, settings: TrainingSettings) -> None:
    """Write weights in float16 and the configuration."""
    directory.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, directory / "model.safetensors")
    config = {"model_type": "refract-small", "middle_layer": MIDDLE_LAYER, "read_out": model.config.to_json()}
    (directory / "config.json").write_text(json.dumps({**config, "training": asdict(settings)}, indent=2) + "\n")


def load(directory: Path) -> ReadOut:
    """A saved read-out, in float32."""
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    model = ReadOut(ReadOutConfig(**config["read_out"]))
    weights = load_file(directory / "model.safetensors")
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return model.eval().requires_grad_(False)


def _aspect_loss(
    model: ReadOut,
    readings: Sequence[Reading],
    rows: NDArray[np.int64],
    column: Column,
    beside: Column | None,
    plain: Tensor,
    settings: TrainingSettings,
    rng: random.Random,
) -> Tensor:
    """Every text is asked in words of its own, so that paraphrases of an instruction come to mean the same."""
    asked = column.phrases[[rng.randrange(len(column.phrases)) for _ in rows]]
    vectors = _ask_each(model, readings, asked)
    classes = torch.from_numpy(column.codes[rows])
    other = None if beside is None else torch.from_numpy(beside.codes[rows])
    loss = contrast(vectors, classes, beside=other) + settings.naming * naming(vectors, classes, column.names)
    if column.topical:
        loss = loss + settings.keep_topical * keep(vectors, plain)
    return loss


def _ask_each(model: ReadOut, readings: Sequence[Reading], instructions: Tensor) -> Tensor:
    """Vectors of all texts, each under an instruction of its own."""
    parts = torch.split(instructions, [len(reading.plain) for reading in readings])
    return torch.cat([model(reading, part) for reading, part in zip(readings, parts, strict=True)])


def _within_budget(
    rows: NDArray[np.int64], states: States, max_tokens: int, budget: int, rng: random.Random
) -> NDArray[np.int64]:
    """Rows from short to long, fewer of them where the texts are long."""
    lengths = np.minimum(states.offsets[rows + 1] - states.offsets[rows], max_tokens)
    while lengths.sum() > budget:
        stay = sorted(rng.sample(range(len(rows)), int(len(rows) * 0.9)))
        rows, lengths = rows[stay], lengths[stay]
    ordered: NDArray[np.int64] = rows[np.argsort(lengths, kind="stable")]
    return ordered


def _read(model: ReadOut, states: States, rows: NDArray[np.int64], max_tokens: int) -> list[Reading]:
    """Readings in a few parts of similar length: padding costs as much as text."""
    readings = []
    for part in np.array_split(rows, 4):
        batch, mask, plain = states.batch(part, max_tokens)
        with torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16(torch.device("cpu"))):
            readings.append(model.read(batch, mask, plain))
    return readings


def _save_checkpoint(
    path: Path,
    model: ReadOut,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    step: int,
    settings: TrainingSettings,
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}
    torch.save({**state, "step": step, "settings": asdict(settings)}, partial)
    partial.rename(path)
