"""Models to time: the real MiniLM, and models of the published shapes with random weights.

What a product costs doesn't depend on the numbers in it.
"""

from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, T5Config, T5EncoderModel

from core.models.cards.known import CARDS
from core.models.registry import find
from tests.support.tiny_bert import write_json
from tests.support.tiny_models import save_dense, write_modules, write_pooling


def minilm() -> Path:
    """all-MiniLM-L6-v2 itself."""
    found = find(CARDS["all-MiniLM-L6-v2"])
    assert found is not None
    return found


def save_bge_base(directory: Path) -> Path:
    """The shape of bge-base-en-v1.5, with MiniLM's tokenizer: both have BERT's vocabulary."""
    torch.manual_seed(0)
    BertModel(BertConfig(), add_pooling_layer=False).save_pretrained(directory)
    tokenizer = Tokenizer.from_file(str(minilm() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    _finish(directory, wrapped, ["1_Pooling", "2_Normalize"], "cls_token")
    return directory


def save_instructor_base(directory: Path, texts: list[str]) -> Path:
    """The shape of instructor-base, with a SentencePiece-like tokenizer trained on ``texts``."""
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=32128, d_model=768, d_kv=64, d_ff=3072, num_layers=12, num_heads=12, feed_forward_proj="relu"
    )
    T5EncoderModel(config).save_pretrained(directory)
    special = ["<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    trainer = trainers.UnigramTrainer(vocab_size=8000, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    _finish(directory, wrapped, ["1_Pooling", "2_Dense", "3_Normalize"], "mean_tokens")
    save_dense(directory / "2_Dense", 768, 768)
    return directory


def _finish(directory: Path, tokenizer: PreTrainedTokenizerFast, folders: list[str], pooling: str) -> None:
    tokenizer.save_pretrained(directory)
    write_json(directory / "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})
    write_modules(directory, folders)
    write_pooling(directory, 768, pooling)
