"""A model and an instruction: what is compared, ranked and embedded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """A model, by the name that `core.models.registry.load_model` takes, and an instruction; "" is none."""

    model: str
    instruction: str = ""
