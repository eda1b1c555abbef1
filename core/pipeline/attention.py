"""Which words of a text counted, where the model can tell."""

import functools

from core.models.encoder.words import WordWeight
from core.models.registry import load_model
from core.pipeline.run import Run


def word_weights(run: Run, row: int) -> tuple[WordWeight, ...]:
    """The words of a text with their weights under the run's instruction.

    Empty for a model that can't tell, and without an instruction, when all words count alike.
    """
    if not run.instruction:
        return ()
    return _weights(run.settings.model, run.embedding.space.fingerprint, run.corpus.texts[row], run.instruction)


@functools.lru_cache(4096)
def _weights(model: str, fingerprint: str, text: str, instruction: str) -> tuple[WordWeight, ...]:
    return tuple(load_model(model).attention(text, instruction))
