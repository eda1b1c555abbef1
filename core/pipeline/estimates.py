"""The expected cost of a change, from the stages of the last run on this machine."""

from core.models.registry import load_model
from core.pipeline.run import Run


def tokens_per_second(run: Run) -> float | None:
    """How fast this run encoded, or None where its vectors were there already."""
    stage = next(stage for stage in run.stages if stage.name == "embedding")
    return None if stage.cached or stage.seconds == 0 else float(run.embedding.tokens.sum()) / stage.seconds


def encoding_seconds(run: Run, instruction: str, rate: float) -> float:
    """Seconds to encode the run's texts under another instruction at ``rate`` tokens a second.

    0 for a model that has read them: an instruction is then asked within milliseconds a thousand texts.
    """
    model = load_model(run.settings.model)
    if model.card.reads_once:
        return 0.0
    change = model.instruction_tokens(instruction) - run.embedding.instruction_tokens
    return (float(run.embedding.tokens.sum()) + change * len(run.corpus)) / rate
