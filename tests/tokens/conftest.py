from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tokenizers import AddedToken, Regex, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers import Tokenizer as Backend
from transformers import PreTrainedTokenizerFast

from benchharness.backends.transformers import embedded
from benchharness.tokens.tokenizer import TransformersTokenizer

MakeTokenizer: TypeAlias = Callable[..., TransformersTokenizer]

LINES = [
    "问题：小明有三个苹果，一共有多少个苹果？",
    "答案：三个苹果。答案是：A",
    "以下是单项选择题，请选出正确答案。\n\n",
    "Question: How many apples does Tom have?\nAnswer: three apples",
    "The answer is A. The answer is B.\n\n",
]


def strict_template(lines: str) -> str:
    return "{% for m in messages %}" + lines + "{% endfor %}"


TEMPLATES = {
    "as_said": strict_template("<|{{ m.role }}|>\n{{ m.content }}<end>\n") + "<|assistant|>\n",
    "strips": strict_template("<|{{ m.role }}|>{{ m.content | trim }}<end>") + "<|assistant|>",
    "refuses_system": strict_template(
        "{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
        "<|{{ m.role }}|>\n{{ m.content }}<end>\n"
    )
    + "<|assistant|>\n",
    "writes_bos": "{{ bos_token }}" + strict_template("<|{{ m.role }}|>\n{{ m.content }}<end>\n") + "<|assistant|>\n",
    "thinks": strict_template("<|{{ m.role }}|>\n{{ m.content }}<end>\n")
    + "<|assistant|>\n{% if not enable_thinking %}<think></think>{% endif %}",
}


@pytest.fixture(scope="session")
def make_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> MakeTokenizer:
    """Train a small byte-level BPE and load it as a model's tokenizer would be."""

    def make_tokenizer(
        template: str | None = "as_said", *, bos: bool = False, eos: bool = False, trim_offsets: bool = True
    ) -> TransformersTokenizer:
        backend = Backend(models.BPE())
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        backend.decoder = decoders.ByteLevel()
        special = ["<s>", "<end>", "<|system|>", "<|user|>", "<|assistant|>"]
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=600, special_tokens=special, initial_alphabet=alphabet, show_progress=False
        )
        backend.train_from_iterator(LINES * 3, trainer)
        byte_level = processors.ByteLevel(trim_offsets=trim_offsets)
        begin = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
        backend.post_processor = processors.Sequence([byte_level, begin]) if bos else byte_level
        if eos:
            around = [("<s>", 0), ("<end>", 1)]
            end = processors.TemplateProcessing(single="<s> $A <end>", special_tokens=around)
            backend.post_processor = processors.Sequence([byte_level, end])
        load: Any = PreTrainedTokenizerFast
        wrapped = load(tokenizer_object=backend, bos_token="<s>", eos_token="<end>")
        if template is not None:
            wrapped.chat_template = TEMPLATES[template]
        directory = tmp_path_factory.mktemp("tokenizer")
        wrapped.save_pretrained(directory)
        return TransformersTokenizer(directory)

    return make_tokenizer


CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
)


def words(*expressions: str, behavior: str = "isolated", invert: bool = False) -> Any:
    """Return the pre-tokenizer that splits by each expression in turn, as tokenizers converted from tiktoken do."""
    splits = [pre_tokenizers.Split(Regex(e), behavior, invert) for e in expressions]
    return pre_tokenizers.Sequence([*splits, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def gpt2() -> Any:
    return pre_tokenizers.ByteLevel(add_prefix_space=False)


LINED: dict[str, tuple[Any, Any]] = {
    "GPT-2": (gpt2(), None),
    "SmolLM2": (pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), gpt2()]), None),
    "Llama-3, GLM-4": (words(CL100K), None),
    "Granite": (words(CL100K, behavior="removed", invert=True), None),
    "Qwen": (words(CL100K.replace("{1,3}", "")), normalizers.NFC()),
    "Qwen3.5": (
        words(CL100K.replace("{1,3}", "").replace(r"?\p{L}+", r"?[\p{L}\p{M}]+").replace(r"\s\p{L}", r"\s\p{L}\p{M}")),
        normalizers.NFC(),
    ),
    "MiniCPM5": (words(r"\p{N}{1,3}", CL100K.replace("{1,3}", "+")), None),
    "gpt-oss": (words(O200K), None),
    "Tekken": (words(O200K.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", "").replace("{1,3}", "")), None),
    "DeepSeek-V3": (words(r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK), None),
}
"""Pre-tokenizers of published tokenizers that can be cut at lines, with their normalizers."""

WHOLE: dict[str, tuple[Any, Any]] = {
    "Llama-2": (pre_tokenizers.Metaspace(prepend_scheme="first", split=False), None),
    "Gemma": (pre_tokenizers.Split(" ", "merged_with_previous"), normalizers.Replace(" ", "▁")),
    "prefix space": (pre_tokenizers.ByteLevel(add_prefix_space=True), None),
    "NFKC": (gpt2(), normalizers.NFKC()),
    "unknown expression": (words(r"\S+\s*\S|\s"), None),
    "expression kept": (words(CL100K, behavior="merged_with_previous"), None),
    "falcon": (
        pre_tokenizers.Sequence(
            [pre_tokenizers.Punctuation("contiguous"), gpt2(), pre_tokenizers.Digits(individual_digits=False)]
        ),
        None,
    ),
}
"""Those that cannot, or are not known to."""

TrainTokenizer: TypeAlias = Callable[..., TransformersTokenizer]


@pytest.fixture(scope="session")
def train_tokenizer(tmp_path_factory: pytest.TempPathFactory) -> TrainTokenizer:
    """Train a tokenizer with a pre-tokenizer, from ``LINED`` or ``WHOLE``, that merges over line ends where it can."""

    @cache
    def train_tokenizer(
        name: str, *, unigram: bool = False, dropout: float | None = None, added: AddedToken | None = None
    ) -> TransformersTokenizer:
        backend = Backend(models.Unigram() if unigram else models.BPE(dropout=dropout))
        backend.pre_tokenizer, normalizer = (LINED | WHOLE)[name]
        if normalizer is not None:
            backend.normalizer = normalizer
        special = ["<s>", "<end>", "<|user|>"]
        alphabet = sorted({*pre_tokenizers.ByteLevel.alphabet(), *"".join(LINES), "▁", "\n"})
        trainer: Any = (
            trainers.UnigramTrainer(
                vocab_size=400, special_tokens=[*special, "<unk>"], unk_token="<unk>", show_progress=False
            )
            if unigram
            else trainers.BpeTrainer(
                vocab_size=900, special_tokens=special, initial_alphabet=alphabet, show_progress=False
            )
        )
        lines = [
            *LINES,
            "A. 苹果。\nB. 梨\n\nC. 12\n  D. it's\n",
            "。\n\n题目：答案\n",
            "a\nb\n\nc /\n/\r\nx\n1",
            "a。\n/b。\n/c",
        ]
        backend.train_from_iterator(lines * 20, trainer)
        backend.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
        if added is not None:
            backend.add_tokens([added])
        load: Any = PreTrainedTokenizerFast
        wrapped = load(tokenizer_object=backend, bos_token="<s>", eos_token="<end>")
        directory = tmp_path_factory.mktemp("trained")
        wrapped.save_pretrained(directory)
        return TransformersTokenizer(directory)

    return train_tokenizer


@pytest.fixture(scope="session")
def bpe(make_tokenizer: MakeTokenizer) -> TransformersTokenizer:
    return make_tokenizer()


@pytest.fixture(scope="session")
def smollm() -> TransformersTokenizer:
    """The tokenizer of the embedded model."""
    directory = embedded.directory()
    if not embedded.is_fetched():
        pytest.fail(f"The embedded model is not at {directory}; `benchharness models fetch {embedded.NAME}` gets it.")
    return TransformersTokenizer(Path(directory))
