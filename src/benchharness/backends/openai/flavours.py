"""Servers by what they add to the API of OpenAI. One that is not known is asked for nothing beyond that API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Flavour:
    """What a server can do beyond the API of OpenAI.

    Attributes:
        name: of the software, as the manifest has it.
        neutral: parameters that switch off what the server would otherwise take from the model's own settings.
        ignores_end: whether ``ignore_eos`` lets an answer go on to its full length.
        renders_thinking: whether ``chat_template_kwargs`` reaches the chat template.
        continues: whether ``continue_final_message`` lets the model go on from the beginning of an answer.
        counts_always: whether each chunk can tell the tokens so far, so that they are known of a cut answer, too.
        token_ids: parameters that make a completion name tokens by their ids.
        picks_tokens: whether ``logprob_token_ids`` gives the log-probabilities of chosen tokens.
        echoes: whether a completion can give the log-probabilities of its prompt.
    """

    name: str
    neutral: Mapping[str, Any] = field(default_factory=dict)
    ignores_end: bool = False
    renders_thinking: bool = False
    continues: bool = False
    counts_always: bool = False
    token_ids: Mapping[str, Any] = field(default_factory=dict)
    picks_tokens: bool = False
    echoes: bool = False


OTHER = Flavour("other")

VLLM = Flavour(
    "vllm",
    neutral={"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0},
    ignores_end=True,
    renders_thinking=True,
    continues=True,
    counts_always=True,
    token_ids={"return_tokens_as_token_ids": True},
    picks_tokens=True,
    echoes=True,
)

SGLANG = Flavour(
    "sglang",
    neutral={"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0},
    ignores_end=True,
    renders_thinking=True,
    continues=True,
    counts_always=True,
    echoes=True,
)

LLAMA_CPP = Flavour(
    "llama.cpp",
    neutral={"top_k": 0, "min_p": 0.0, "repeat_penalty": 1.0},
    ignores_end=True,
    renders_thinking=True,
)

FLAVOURS = {"vllm": VLLM, "sglang": SGLANG, "llamacpp": LLAMA_CPP, "llama.cpp": LLAMA_CPP}
"""By the ``owned_by`` of their list of models, and by the name with which they are started here."""
