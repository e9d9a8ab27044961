from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, pre_tokenizers, processors, trainers
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
