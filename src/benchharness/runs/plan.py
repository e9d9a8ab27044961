"""The plan: from items to an ordered list of requests. Pure: it asks nothing of a model."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal, NamedTuple

from benchharness.errors import InputError
from benchharness.records import Continuation, Item, Language, Prompt, Request, RequestKind, Sampling
from benchharness.registry.models import ModelSpec
from benchharness.registry.protocols import ProtocolSpec
from benchharness.registry.tasks import TaskSpec
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.prompts import PromptBuilder, take_shots
from benchharness.tasks.templates import letter
from benchharness.text.reasoning import opens_reasoning
from benchharness.text.script import character_count
from benchharness.tokens.rendering import attach_continuations, encode_prompt, render_segments
from benchharness.tokens.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Conventions:
    """A protocol as it applies to one model: nothing is left open.

    Attributes:
        template: ``chat`` or ``plain``.
        shots: number of worked examples; ``None`` leaves it to each task.
        shots_as: in a chat, whether examples are turns or text.
        thinking: whether a model that can switch it reasons first.
        reasons: whether the model is known to reason before it answers under these conventions.
        reasoning_tokens: tokens granted for reasoning, on top of those for the answer: where the model is known to
            reason, and where its chat template opens the reasoning.
    """

    template: Literal["chat", "plain"]
    shots: int | None
    shots_as: Literal["turns", "text"]
    thinking: bool
    reasons: bool
    reasoning_tokens: int


class PlannedItem(NamedTuple):
    """An item and the request that asks it.

    Attributes:
        item: the item.
        request: the request.
        fits: whether prompt and answer fit the model's context; if not, nothing is asked.
    """

    item: Item
    request: Request
    fits: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, in order."""

    items: tuple[PlannedItem, ...]

    def requests(self) -> Iterator[Request]:
        """Yield what is to be asked of a backend: what fits, and each key once."""
        seen: set[str] = set()
        for planned in self.items:
            if planned.fits and planned.request.key not in seen:
                seen.add(planned.request.key)
                yield planned.request

    def by_task(self) -> dict[str, list[PlannedItem]]:
        """Return the planned items of each task, in order."""
        tasks: dict[str, list[PlannedItem]] = {}
        for planned in self.items:
            tasks.setdefault(planned.request.task, []).append(planned)
        return tasks


def settle_conventions(protocol: ProtocolSpec, model: ModelSpec, *, has_template: bool) -> Conventions:
    """Decide what ``protocol`` leaves to the model.

    Raises:
        InputError: if a chat template is asked for and there is none.
    """
    template = protocol.template
    if template == "auto":
        template = "chat" if has_template and model.kind != "base" else "plain"
        if model.kind == "chat" and not has_template:
            raise InputError(
                en=f"{model.name} is a chat model, but its tokenizer has no chat template."
                " Pass --template plain to ask it in plain text, or use a tokenizer with a template.",
                zh=f"{model.name} 是对话模型，但其分词器没有对话模板。"
                "请加上 --template plain 以纯文本提问，或使用带模板的分词器。",
            )
    elif template == "chat" and not has_template:
        raise InputError(
            en=f"--template chat: the tokenizer of {model.name} has no chat template. Use --template plain.",
            zh=f"--template chat：{model.name} 的分词器没有对话模板，请使用 --template plain。",
        )
    thinking = protocol.thinking == "on"
    reasons = model.thinking == "always" or (thinking and model.thinking != "none")
    return Conventions(
        template=template,
        shots=protocol.shots,
        shots_as=protocol.shots_as,
        thinking=thinking,
        reasons=reasons and template == "chat",
        reasoning_tokens=protocol.reasoning_tokens,
    )


class Planner:
    """Turns items into requests for one model.

    Args:
        tokenizer: of the model.
        conventions: how questions are put.
        identity: whatever else of the model and its numerics could change the content of a response.
        context_length: most tokens of prompt and answer together; ``None`` if unlimited.
        seed: the run's seed.
    """

    def __init__(
        self, tokenizer: Tokenizer, conventions: Conventions, *, identity: str, context_length: int | None, seed: int
    ) -> None:
        self._tokenizer = tokenizer
        self._conventions = conventions
        self._identity = identity
        self._context_length = context_length
        self._seed = seed
        # A chat template writes special tokens into the text; the tokenizer would put them there twice.
        self._special_tokens = conventions.template == "plain"

    def plan(self, groups: Iterable[ItemGroup]) -> Plan:
        """Return the plan that asks all items of ``groups``, a task's languages one after the other."""
        return Plan(tuple(planned for group in groups for planned in self._plan_group(group)))

    def _plan_group(self, group: ItemGroup) -> Iterator[PlannedItem]:
        spec = group.task.spec
        builder = PromptBuilder(group.task, self._conventions.template, self._conventions.shots_as)
        declared = spec.shots.count if spec.shots else 0
        count = declared if self._conventions.shots is None else self._conventions.shots
        for item in group.items:
            messages = builder.messages(item, take_shots(group.task, item, group.shots, count))
            segments = render_segments(
                self._tokenizer, messages, self._conventions.template, thinking=self._conventions.thinking
            )
            prompt = encode_prompt(self._tokenizer, messages, segments, special_tokens=self._special_tokens)
            if spec.request is RequestKind.CHOOSE:
                yield self._choose(spec, item, prompt, builder.continuation_delimiter(item))
            else:
                yield self._generate(spec, item, prompt)

    def _choose(self, spec: TaskSpec, item: Item, prompt: Prompt, delimiter: str) -> PlannedItem:
        assert spec.choose is not None
        if opens_reasoning(prompt.text):
            raise InputError(
                en=f"{spec.name}: the chat template makes this model reason first, so an option would be scored as part"
                " of its reasoning. Use --template plain, or a task that generates.",
                zh=f"{spec.name}：对话模板要求该模型先思考，选项会被当作思考内容计分。"
                "请使用 --template plain，或改用生成式任务。",
            )
        by_letter = spec.choose.by == "letter"
        answers = [letter(position) if by_letter else text for position, text in enumerate(item.options)]
        prompt, continuations = attach_continuations(
            self._tokenizer,
            prompt,
            [delimiter + answer for answer in answers],
            special_tokens=self._special_tokens,
            place=f"{spec.name}: item {item.id} ({item.language.value})",
        )
        length = len(prompt.tokens) + max(len(continuation.tokens) for continuation in continuations)
        return self._planned(spec, item, prompt, length, continuations=continuations)

    def _generate(self, spec: TaskSpec, item: Item, prompt: Prompt) -> PlannedItem:
        assert spec.generate is not None
        reasons = self._conventions.reasons or opens_reasoning(prompt.text)
        room = spec.generate.max_new_tokens + (self._conventions.reasoning_tokens if reasons else 0)
        sampling = Sampling(
            max_new_tokens=room,
            temperature=spec.generate.temperature,
            top_p=spec.generate.top_p,
            seed=_request_seed(self._seed, spec.name, item) if spec.generate.temperature > 0 else 0,
            stop=spec.stop_strings(item.language),
        )
        return self._planned(spec, item, prompt, len(prompt.tokens) + room, sampling=sampling)

    def _planned(
        self,
        spec: TaskSpec,
        item: Item,
        prompt: Prompt,
        length: int,
        *,
        continuations: tuple[Continuation, ...] = (),
        sampling: Sampling | None = None,
    ) -> PlannedItem:
        request = Request(
            key="",
            task=spec.name,
            item_id=item.id,
            language=item.language,
            kind=spec.request,
            prompt=prompt,
            continuations=continuations,
            sampling=sampling,
        )
        fits = self._context_length is None or length <= self._context_length
        return PlannedItem(item, replace(request, key=_key(self._identity, request)), fits)


def _key(identity: str, request: Request) -> str:
    """Hash everything that could change the content of a response, and nothing else."""
    content = [
        identity,
        request.kind,
        request.prompt.tokens,
        [continuation.tokens for continuation in request.continuations],
        asdict(request.sampling) if request.sampling else None,
        request.repetition,
    ]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()[:24]


def _request_seed(seed: int, task: str, item: Item) -> int:
    content = f"{seed}:{task}:{item.language.value}:{item.id}"
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:4])


class TokenCount(NamedTuple):
    """What a part of a plan comes to.

    Attributes:
        task: the task.
        language: its language.
        items: number of items.
        too_long: how many of them do not fit the context.
        prompt_tokens: tokens of all prompts and continuations that fit.
        prompt_characters: characters of the same.
        longest: tokens of the longest prompt.
        most_generated: most tokens that could be generated.
    """

    task: str
    language: Language
    items: int
    too_long: int
    prompt_tokens: int
    prompt_characters: int
    longest: int
    most_generated: int


def count_tokens(plan: Plan) -> list[TokenCount]:
    """Return what each task comes to in each language."""
    parts: dict[tuple[str, Language], list[PlannedItem]] = {}
    for planned in plan.items:
        parts.setdefault((planned.request.task, planned.item.language), []).append(planned)
    return [_count(task, language, items) for (task, language), items in parts.items()]


def _count(task: str, language: Language, items: Sequence[PlannedItem]) -> TokenCount:
    asked = [planned.request for planned in items if planned.fits]
    return TokenCount(
        task=task,
        language=language,
        items=len(items),
        too_long=len(items) - len(asked),
        prompt_tokens=sum(len(r.prompt.tokens) + sum(len(c.tokens) for c in r.continuations) for r in asked),
        prompt_characters=sum(
            character_count(r.prompt.text) + sum(character_count(c.text) for c in r.continuations) for r in asked
        ),
        longest=max(len(planned.request.prompt.tokens) for planned in items),
        most_generated=sum(r.sampling.max_new_tokens for r in asked if r.sampling),
    )
