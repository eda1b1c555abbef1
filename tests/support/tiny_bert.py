"""Small random BERT models, saved as sentence-transformers models are published."""

import json
from pathlib import Path

import torch
from tokenizers import BertWordPieceTokenizer
from transformers import BertConfig, BertForMaskedLM, BertModel, PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["represent", "review", "cat", "dog", "for", "the", "by", "topic", "good", "bad"]
LETTERS = list("abcdefghijklmnopqrstuvwxyz")
VOCABULARY = [*SPECIAL, *WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS), "##at", "##ing", *":.,!?漢字"]


def save_tiny_bert(
    directory: Path,
    *,
    hidden: int = 24,
    heads: int = 3,
    layers: int = 2,
    positions: int = 80,
    max_tokens: int = 64,
    pooling_mode: str = "mean_tokens",
    with_head: bool = False,
    seed: int = 0,
) -> Path:
    """Write one to ``directory``. ``with_head`` saves a masked language model, whose names begin with ``bert.``."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=hidden,
        num_attention_heads=heads,
        num_hidden_layers=layers,
        intermediate_size=2 * hidden + 1,
        max_position_embeddings=positions,
        initializer_range=0.3,  # far enough from 0 that every part of the network shows in the result
    )
    (BertForMaskedLM if with_head else BertModel)(config).save_pretrained(directory)
    vocabulary = {token: index for index, token in enumerate(VOCABULARY)}
    PreTrainedTokenizerFast(
        tokenizer_object=BertWordPieceTokenizer(vocab=vocabulary)._tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(directory)
    modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    write_json(
        directory / "modules.json",
        [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for index, (kind, path) in enumerate(modules)
        ],
    )
    write_json(directory / "sentence_bert_config.json", {"max_seq_length": max_tokens, "do_lower_case": False})
    modes = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    write_json(
        directory / "1_Pooling" / "config.json",
        {"word_embedding_dimension": hidden} | {f"pooling_mode_{mode}": mode == pooling_mode for mode in modes},
    )
    (directory / "2_Normalize").mkdir()
    return directory


def write_json(path: Path, content: object) -> None:
    """Write ``content``, and the folder it goes to."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
