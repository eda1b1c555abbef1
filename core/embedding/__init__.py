"""Texts and an instruction to vectors. Start at `load_model`; `Encoder.encode` does the work."""

from core.embedding.card import FAMILIES, ModelCard
from core.embedding.cards import CARDS
from core.embedding.registry import DEFAULT_MODEL, card_of, find, load_model
from core.embedding.spaces import Embedding, Space

__all__ = ["CARDS", "DEFAULT_MODEL", "FAMILIES", "Embedding", "ModelCard", "Space", "card_of", "find", "load_model"]
