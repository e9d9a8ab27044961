"""The shape of a decoder, read from its ``config.json``: what the roofline needs to know and no more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchharness.hardware.architectures import ARCHITECTURES, REFUSED, Architecture
from benchharness.hardware.layers import Attention, FeedForward, Latent, Layer

FULL, WINDOWED = "full_attention", "sliding_attention"


class UnknownShapeError(ValueError):
    """A configuration whose shape is not understood.

    Args:
        en: why, in English.
        zh: why, in Chinese.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The matrices of a decoder and how its layers attend. Biases, norms and vision towers are left out.

    Attributes:
        model_type: its ``model_type``.
        layers: layers that differ, each with how often it occurs.
        hidden: width of the residual stream.
        vocabulary: rows of the embedding and of the head.
        tied: whether the head is the input embedding.
        positions: rows of a table of positions; 0 where positions are computed.
    """

    model_type: str
    layers: tuple[tuple[Layer, int], ...]
    hidden: int
    vocabulary: int
    tied: bool
    positions: int = 0

    @classmethod
    def of_config(cls, config: Mapping[str, Any]) -> "ModelShape":
        """Read the shape from a ``config.json`` of a causal language model in transformers' format.

        The text part of a model for several kinds of input is read alone. Heads for predicting several tokens
        at once are left out, as engines leave them out unless asked.

        Args:
            config: the content of ``config.json``.

        Raises:
            UnknownShapeError: a ``ValueError`` that names the key or the reason, in English and in Chinese.
        """
        text = text_part(config)
        architecture = _architecture(text)
        keys = _Keys(_without_nulls({**architecture.defaults, **text}))
        layers = Counter(_layers(keys, architecture))
        return cls(
            model_type=text["model_type"],
            layers=tuple(layers.items()),
            hidden=keys.hidden,
            # ChatGLM pads its embedding and gives the size of the text's vocabulary as well.
            vocabulary=keys.integer("padded_vocab_size", "vocab_size"),
            tied=keys.flag("tie_word_embeddings", default=architecture.tied),
            positions=keys.integer("n_positions", "max_position_embeddings") if architecture.positions else 0,
        )

    @property
    def depth(self) -> int:
        """Number of layers."""
        return sum(count for _, count in self.layers)

    @property
    def head_elements(self) -> int:
        """Elements of the head, as many as the input embedding has."""
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """Elements of all matrices, those of the embedding and of the head among them."""
        tables = self.head_elements * (1 if self.tied else 2) + self.positions * self.hidden
        return tables + sum(layer.elements * count for layer, count in self.layers)

    @property
    def active_elements(self) -> int:
        """Elements of the layers' matrices that one token passes; without embedding and head."""
        return sum(layer.active_elements * count for layer, count in self.layers)


class _Keys:
    """A configuration's values by name, under whichever name this family has for them."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)

    def integer(self, *names: str, default: int | None = None, least: int = 1) -> int:
        for name in names:
            if name not in self._values:
                continue
            value = self._values[name]
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise UnknownShapeError(
                    f"`{name}` in config.json is {value!r}, which is no number from {least}",
                    f"config.json 中的 `{name}` 为 {value!r}，应为不小于 {least} 的整数",
                )
            return value
        if default is None:
            raise UnknownShapeError(
                f"config.json has no `{names[-1]}`",
                f"config.json 缺少 `{names[-1]}`",
            )
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        return bool(self._values.get(name, default))

    @property
    def hidden(self) -> int:
        return self.integer("n_embd", "hidden_size")

    @property
    def depth(self) -> int:
        return self.integer("n_layer", "num_layers", "num_hidden_layers")

    @property
    def heads(self) -> int:
        return self.integer("n_head", "num_attention_heads")


def _without_nulls(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if value is not None}


def text_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a configuration that tells of the text model, itself where there is no other."""
    for name in ("text_config", "llm_config", "language_config"):
        part = config.get(name)
        if isinstance(part, Mapping):
            # The head belongs to the whole, whose word on it counts.
            tied = config.get("tie_word_embeddings")
            return part if tied is None else {**part, "tie_word_embeddings": tied}
    return config


def _architecture(config: Mapping[str, Any]) -> Architecture:
    name = config.get("model_type")
    if not isinstance(name, str):
        raise UnknownShapeError("config.json has no `model_type`", "config.json 缺少 `model_type`")
    if name in REFUSED:
        en, zh = REFUSED[name]
        raise UnknownShapeError(
            f"models of type {name} have {en}, which the formulas do not describe",
            f"{name} 类模型{zh}，现有公式无法描述",
        )
    if name not in ARCHITECTURES:
        raise UnknownShapeError(f"the shape of models of type {name!r} is not known", f"不了解 {name!r} 类模型的结构")
    if config.get("index_topk") is not None:
        en, zh = REFUSED["deepseek_v32"]
        raise UnknownShapeError(
            f"`index_topk` is set: {en}, which the formulas do not describe",
            f"设有 `index_topk`：{zh}，现有公式无法描述",
        )
    return ARCHITECTURES[name]


def _layers(keys: _Keys, architecture: Architecture) -> Iterator[Layer]:
    windows = _windows(keys, architecture)
    for index in range(keys.depth):
        attention = _latent_attention(keys) if architecture.latent else _attention(keys, windows[index])
        yield Layer(attention, _feed_forward(keys, architecture, index))


def _windows(keys: _Keys, architecture: Architecture) -> list[int | None]:
    """Return the window of every layer; ``None`` where a layer sees everything."""
    depth = keys.depth
    kinds = keys.get("layer_types")
    if kinds is None:
        kinds = _kinds_by_rule(keys, architecture, depth)
    elif not isinstance(kinds, list) or len(kinds) != depth:
        raise UnknownShapeError(
            f"`layer_types` in config.json does not name {depth} layers",
            f"config.json 中的 `layer_types` 没有列出全部 {depth} 层",
        )
    for kind in kinds:
        if kind not in (FULL, WINDOWED):
            raise UnknownShapeError(
                f"`layer_types` in config.json has layers of kind {kind!r}, which the formulas do not describe",
                f"config.json 的 `layer_types` 中有 {kind!r} 层，现有公式无法描述",
            )
    return [keys.integer("sliding_window") if kind == WINDOWED else None for kind in kinds]


def _kinds_by_rule(keys: _Keys, architecture: Architecture, depth: int) -> list[str]:
    rule = architecture.window
    has_window = bool(keys.get("sliding_window"))
    if rule in ("qwen", "listed"):
        has_window = has_window and keys.flag("use_sliding_window", default=False)
    if rule == "none" or not has_window:
        return [FULL] * depth
    if rule == "all":
        return [WINDOWED] * depth
    if rule == "qwen":
        first = keys.integer("max_window_layers", least=0)
        return [WINDOWED if index >= first else FULL for index in range(depth)]
    if rule == "alternating":
        pattern = keys.integer("sliding_window_pattern")
        return [WINDOWED if (index + 1) % pattern else FULL for index in range(depth)]
    raise UnknownShapeError(
        "`use_sliding_window` is set, and no `layer_types` in config.json tells for which layers",
        "设有 `use_sliding_window`，但 config.json 中没有 `layer_types` 说明适用于哪些层",
    )


def _attention(keys: _Keys, window: int | None) -> Attention:
    heads = keys.heads
    key_heads = _key_heads(keys, heads)
    width = keys.integer("head_dim", "kv_channels", default=keys.hidden // heads)
    return Attention(
        heads=heads,
        key_width=width,
        value_width=width,
        projections=keys.hidden * width * (2 * heads + 2 * key_heads),
        cached=2 * key_heads * width,
        window=window,
    )


def _key_heads(keys: _Keys, heads: int) -> int:
    if keys.flag("multi_query_attention", default=False):
        return keys.integer("multi_query_group_num")
    return keys.integer("num_key_value_heads", default=heads)


def _latent_attention(keys: _Keys) -> Attention:
    hidden, heads = keys.hidden, keys.heads
    rank, rope = keys.integer("kv_lora_rank"), keys.integer("qk_rope_head_dim")
    content, value = keys.integer("qk_nope_head_dim"), keys.integer("v_head_dim")
    query_width = heads * (content + rope)
    # Without a rank of their own, queries come straight from the residual stream.
    query_rank = keys.integer("q_lora_rank", default=0, least=0)
    queries = query_rank * (hidden + query_width) if query_rank else hidden * query_width
    expansion = rank * heads * (content + value)
    return Attention(
        heads=heads,
        key_width=content + rope,
        value_width=value,
        projections=queries + hidden * (rank + rope) + expansion + heads * value * hidden,
        cached=rank + rope,
        latent=Latent(rank=rank, rope=rope, expansion=expansion),
    )


def _feed_forward(keys: _Keys, architecture: Architecture, index: int) -> FeedForward:
    hidden = keys.hidden
    matrices = 3 if architecture.gated else 2
    if not (architecture.mixture and _is_sparse(keys, index)):
        default = 4 * hidden if "n_embd" in keys else None
        width = keys.integer("n_inner", "ffn_hidden_size", "intermediate_size", default=default)
        return FeedForward(always=matrices * hidden * (width // 2 if architecture.halved else width))
    width = keys.integer("moe_intermediate_size", "intermediate_size")
    experts = _experts(keys)
    active = keys.integer("num_experts_per_tok")
    if active > experts:
        raise UnknownShapeError(
            f"`num_experts_per_tok` is {active} of {experts} experts",
            f"`num_experts_per_tok` 为 {active}，而专家共 {experts} 个",
        )
    shared = keys.integer("n_shared_experts", "num_shared_experts", default=0, least=0) * width
    shared = keys.integer("shared_expert_intermediate_size", default=shared, least=0)
    gate = hidden if architecture.shared_gate else 0
    return FeedForward(
        always=matrices * hidden * shared + hidden * experts + gate,
        expert=matrices * hidden * width,
        experts=experts,
        active=active,
    )


def _experts(keys: _Keys) -> int:
    return keys.integer("n_routed_experts", "num_local_experts", "num_experts")


def _is_sparse(keys: _Keys, index: int) -> bool:
    """Tell whether a layer is a mixture of experts, by the keys of Qwen's and DeepSeek's families."""
    dense = keys.get("mlp_only_layers", [])
    first = keys.integer("first_k_dense_replace", default=0, least=0)
    every = keys.integer("decoder_sparse_step", default=1)
    frequency = keys.integer("moe_layer_freq", default=1)
    return index not in dense and index >= first and (index + 1) % every == 0 and index % frequency == 0
