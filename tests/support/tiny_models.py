"""Small random models of every family, in the layouts that the real ones are published in."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    Gemma3TextConfig,
    Gemma3TextModel,
    MPNetConfig,
    MPNetModel,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3Model,
    T5Config,
    T5EncoderModel,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from tests.support.tiny_bert import save_tiny_bert, write_json

LETTERS = [*"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.,;!?'-éü漢字"]
WORDS = ["represent", "Represent", "the", "review", "cat", "dog", "by", "topic", "for", "good", "bad", "query", "ing"]
SPREAD = 0.3  # far enough from 0 that every part of a network shows in the result


def save_tiny_t5(
    directory: Path,
    *,
    width: int = 24,
    heads: int = 3,
    size: int = 5,
    layers: int = 2,
    forward: str = "relu",
    dense: int = 16,
    dense_as_bin: bool = False,
    max_tokens: int = 96,
    with_modules: bool = True,
    seed: int = 0,
) -> Path:
    """An INSTRUCTOR: T5 encoder, mean, a dense layer without bias, normalisation."""
    torch.manual_seed(seed)
    tokenizer = unigram(["<pad>", "</s>", "<unk>"], before=[], behind=["</s>"])
    config = T5Config(
        vocab_size=tokenizer.get_vocab_size() + 3,
        d_model=width,
        d_kv=size,
        num_heads=heads,
        d_ff=2 * width + 1,
        num_layers=layers,
        feed_forward_proj=forward,
        initializer_factor=2.0,
        dropout_rate=0.0,
    )
    model = T5EncoderModel(config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "layer_norm" in name:
                weight.uniform_(0.5, 1.5)  # ones would hide a norm that is forgotten
    save(directory, model, tokenizer, pad="<pad>", eos="</s>", unk="<unk>", max_tokens=max_tokens)
    if with_modules:
        write_modules(directory, ["1_Pooling", "2_Dense", "3_Normalize"])
        write_pooling(directory, 768, "mean_tokens")
        save_dense(directory / "2_Dense", width, dense, as_bin=dense_as_bin)
    return directory


def save_tiny_xlmr(directory: Path, *, width: int = 24, max_tokens: int = 96, seed: int = 0) -> Path:
    """A multilingual E5: XLM-RoBERTa, mean, normalisation."""
    own = {"type_vocab_size": 1, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    return _save_two_layers(directory, XLMRobertaConfig, XLMRobertaModel, width, max_tokens, seed, **own)


def save_tiny_mpnet(directory: Path, *, width: int = 24, max_tokens: int = 96, seed: int = 0) -> Path:
    """An all-mpnet: mean, normalisation."""
    return _save_two_layers(directory, MPNetConfig, MPNetModel, width, max_tokens, seed)


def _save_two_layers(
    directory: Path, config: Any, model: Any, width: int, max_tokens: int, seed: int, **own: int
) -> Path:
    torch.manual_seed(seed)
    tokenizer = unigram(["<s>", "<pad>", "</s>", "<unk>"], before=["<s>"], behind=["</s>"])
    shape = config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=width,
        num_attention_heads=3,
        num_hidden_layers=2,
        intermediate_size=2 * width,
        max_position_embeddings=max_tokens + 2,
        initializer_range=SPREAD,
        **own,
    )
    save(directory, model(shape), tokenizer, pad="<pad>", eos="</s>", unk="<unk>", max_tokens=max_tokens)
    write_modules(directory, ["1_Pooling", "2_Normalize"])
    write_pooling(directory, width, "mean_tokens")
    return directory


def save_tiny_qwen3(directory: Path, *, width: int = 24, max_tokens: int = 96, seed: int = 0) -> Path:
    """A Qwen3-Embedding: causal, padded on the left, the state of the last token."""
    torch.manual_seed(seed)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, special_tokens=["<|endoftext|>"])
    tokenizer.train_from_iterator([" ".join(WORDS)] * 5, trainer)
    end = tokenizer.token_to_id("<|endoftext|>")
    tokenizer.post_processor = processors.TemplateProcessing(
        "$A <|endoftext|>", special_tokens=[("<|endoftext|>", end)]
    )
    config = Qwen3Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=width,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        num_hidden_layers=2,
        intermediate_size=2 * width,
        max_position_embeddings=256,
        initializer_range=SPREAD,
    )
    save(
        directory,
        Qwen3Model(config),
        tokenizer,
        pad="<|endoftext|>",
        eos="<|endoftext|>",
        unk=None,
        max_tokens=max_tokens,
        padding_side="left",
    )
    write_modules(directory, ["1_Pooling", "2_Normalize"])
    write_pooling(directory, width, "lasttoken")
    return directory


def save_tiny_gemma(directory: Path, *, width: int = 24, max_tokens: int = 96, seed: int = 0) -> Path:
    """An EmbeddingGemma: attention in both directions, mean, two dense layers, normalisation."""
    torch.manual_seed(seed)
    tokenizer = unigram(["<pad>", "<eos>", "<bos>", "<unk>"], before=["<bos>"], behind=["<eos>"])
    config = Gemma3TextConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=width,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        num_hidden_layers=3,
        intermediate_size=2 * width,
        max_position_embeddings=256,
        sliding_window=16,
        use_bidirectional_attention=True,
        initializer_range=SPREAD,
    )
    save(
        directory,
        Gemma3TextModel(config),
        tokenizer,
        pad="<pad>",
        eos="<eos>",
        unk="<unk>",
        max_tokens=max_tokens,
        padding_side="left",
    )
    write_modules(directory, ["1_Pooling", "2_Dense", "3_Dense", "4_Normalize"])
    write_pooling(directory, width, "mean_tokens")
    save_dense(directory / "2_Dense", width, 40)
    save_dense(directory / "3_Dense", 40, width)
    return directory


def save_tiny_bge(directory: Path, **shape: Any) -> Path:
    """A BGE: BERT, the state of [CLS], normalisation."""
    return save_tiny_bert(directory, pooling_mode="cls_token", **shape)


def unigram(special: list[str], before: list[str], behind: list[str]) -> Tokenizer:
    """A SentencePiece-like tokenizer as T5 and XLM-RoBERTa have it."""
    pieces = [(token, 0.0) for token in special]
    pieces += [("▁", -3.0), *(("▁" + word, -5.0) for word in WORDS), *((word, -6.0) for word in WORDS)]
    pieces += [(letter, -8.0) for letter in LETTERS]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=special.index("<unk>")))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.decoder = decoders.Metaspace()
    used = dict.fromkeys([*before, *behind])
    tokenizer.post_processor = processors.TemplateProcessing(
        " ".join([*before, "$A", *behind]), special_tokens=[(token, special.index(token)) for token in used]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def save(
    directory: Path,
    model: Any,
    tokenizer: Tokenizer,
    *,
    pad: str,
    eos: str,
    unk: str | None,
    max_tokens: int,
    padding_side: str = "right",
) -> None:
    """Write model and tokenizer as transformers does, and the limit as sentence-transformers does."""
    model.save_pretrained(directory)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=pad, eos_token=eos, unk_token=unk, padding_side=padding_side
    ).save_pretrained(directory)
    write_json(directory / "sentence_bert_config.json", {"max_seq_length": max_tokens, "do_lower_case": False})


def write_modules(directory: Path, folders: list[str]) -> None:
    """Write ``modules.json``: a transformer and these."""
    kinds = [("", "Transformer"), *((folder, folder.partition("_")[2]) for folder in folders)]
    write_json(
        directory / "modules.json",
        [
            {"idx": index, "name": str(index), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for index, (path, kind) in enumerate(kinds)
        ],
    )
    for folder in folders:
        (directory / folder).mkdir(exist_ok=True)


def write_pooling(directory: Path, width: int, mode: str) -> None:
    """Write the pooling's configuration with a flag for every mode, as the published models have it."""
    modes = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")
    flags = {f"pooling_mode_{name}": name == mode for name in modes}
    write_json(directory / "1_Pooling" / "config.json", {"word_embedding_dimension": width} | flags)


def save_dense(folder: Path, inputs: int, outputs: int, *, as_bin: bool = False) -> None:
    """Write a dense layer without bias or activation, as INSTRUCTOR and EmbeddingGemma have it."""
    folder.mkdir(exist_ok=True)
    write_json(
        folder / "config.json",
        {
            "in_features": inputs,
            "out_features": outputs,
            "bias": False,
            "activation_function": "torch.nn.modules.linear.Identity",
        },
    )
    weights = {"linear.weight": torch.randn(outputs, inputs)}
    if as_bin:
        torch.save(weights, folder / "pytorch_model.bin")
    else:
        save_file(weights, folder / "model.safetensors")
