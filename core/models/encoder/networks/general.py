"""Every other architecture that transformers knows (MPNet, Qwen3, Gemma, ...), through transformers itself."""

from pathlib import Path

import torch
from torch import Tensor, nn

from core.base.errors import InputError
from core.models.encoder.networks.packing import PackedBatch


class GeneralEncoder(nn.Module):
    """A transformers model behind the interface of the networks here. Code that comes with a model is never run."""

    def __init__(self, model: nn.Module, width: int, max_tokens: int) -> None:
        super().__init__()
        self.model, self.width, self.max_tokens = model, width, max_tokens

    def forward(self, batch: PackedBatch) -> Tensor:
        """(rows, width) states of the last layer, one group of equally long texts at a time: nothing is padded."""
        states: Tensor | None = None
        for group in batch.groups:
            ids = group.of(batch.ids)
            found = self.model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            if states is None:
                states = found.new_zeros(batch.ids.shape[0], found.shape[2])
            group.of(states).copy_(found)
        assert states is not None
        return states

    @classmethod
    def load(cls, directory: Path) -> "GeneralEncoder":
        """Load in float32.

        Raises
        ------
        InputError
            Where transformers doesn't know the architecture, or would need code that comes with the model.
        """
        from transformers import AutoConfig, AutoModel

        try:
            config = AutoConfig.from_pretrained(directory, trust_remote_code=False, local_files_only=True)
            model = AutoModel.from_pretrained(
                directory,
                config=config,
                dtype=torch.float32,
                trust_remote_code=False,
                local_files_only=True,
                use_safetensors=None if not (directory / "model.safetensors").is_file() else True,
                weights_only=True,
            )
        except (ValueError, OSError, ImportError) as error:
            reason = str(error).strip().splitlines()[0]
            raise InputError(
                f"The model in {directory.name} can't be read: {reason} Code that comes with a model is never run."
            ) from None
        text = config.get_text_config()
        return cls(model, int(text.hidden_size), int(getattr(text, "max_position_embeddings", 1 << 20)))
