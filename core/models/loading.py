"""A model's directory and card to an encoder that computes by them."""

import json
from pathlib import Path

from safetensors.torch import load_file
from tokenizers import Tokenizer

from core.base.digest import digest
from core.base.errors import InputError
from core.models.cards.card import ModelCard
from core.models.cards.directory import ModelDirectory
from core.models.cards.weights import sha256_of, weight_files
from core.models.encoder.dense import Dense
from core.models.encoder.encoder import Encoder
from core.models.encoder.networks import load_network
from core.models.encoder.text_encoder import TextEncoder
from core.models.refract.live import LiveEncoder
from core.models.refract.readout import ReadOut, ReadOutConfig


def load_encoder(directory: ModelDirectory, card: ModelCard) -> Encoder:
    """Load network, tokenizer and heads; the fingerprint covers them, the recipe and the number format.

    Raises
    ------
    InputError
        Where the weights are not the published ones, or the card promises what the network can't do.
    """
    files = weight_files(directory.transformer)
    found = sha256_of(files)
    if card.weights_sha256 and found != card.weights_sha256:
        raise InputError(
            f"The weights of {card.name} are not the published ones (SHA-256 {found[:12]}… instead of "
            f"{card.weights_sha256[:12]}…). Install the model again."
        )
    raw = (directory.transformer / "tokenizer.json").read_bytes()
    # The shipped tokenizer as it is: converting it again from another file can change the tokens.
    tokenizer = Tokenizer.from_buffer(raw)
    tokenizer.no_padding()
    tokenizer.enable_truncation(card.max_tokens)
    network = load_network(directory.transformer, directory.config)
    dense = [Dense.from_directory(folder) for folder in directory.dense]
    width = dense[-1].outputs if dense else int(network.width)  # type: ignore[arg-type]
    positions = int(network.max_tokens)  # type: ignore[arg-type]
    if card.max_tokens > positions or card.dimension != width:
        raise InputError(
            f"The model {card.name} reads at most {positions} tokens and has {width} dimensions; "
            f"its card says {card.max_tokens} and {card.dimension}. Correct max_tokens and dimension."
        )
    heads = [sha256_of(weight_files(folder)) for folder in directory.dense]
    config = (directory.transformer / "config.json").read_bytes()
    return Encoder(network, tokenizer, card, digest(found, raw, config, heads), dense)


def load_live(directory: Path | None, card: ModelCard, encoder: TextEncoder) -> LiveEncoder:
    """The read-out in a directory (``config.json``, ``model.safetensors``) on its reader.

    Raises
    ------
    InputError
        Where files are missing, or the read-out was trained on another reader.
    """
    if directory is None or not isinstance(encoder, Encoder):
        raise InputError(f"The files of {card.name}, which come with Refract, are missing. Install Refract again.")
    weights, config_file = directory / "model.safetensors", directory / "config.json"
    found = sha256_of((weights,))
    if card.weights_sha256 and found != card.weights_sha256:
        raise InputError(f"The weights of {card.name} are not the published ones. Install Refract again.")
    raw = config_file.read_bytes()
    config = json.loads(raw)
    read_out = ReadOut(ReadOutConfig(**config["read_out"]))
    read_out.load_state_dict({name: tensor.float() for name, tensor in load_file(weights).items()})
    return LiveEncoder(card, encoder, read_out.eval().requires_grad_(False), digest(found, raw))
