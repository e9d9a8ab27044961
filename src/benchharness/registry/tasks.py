"""Task specs: everything that a task's YAML file may say."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from benchharness.records import Language, RequestKind
from benchharness.registry.documents import Spec, wrong

Text: TypeAlias = str | dict[Language, str]
"""A text that is the same in both languages, or one for each."""

Expression: TypeAlias = str
"""A sandboxed Jinja expression over the columns of a row, ``row``, ``index``, ``language`` and ``subset``."""

Template: TypeAlias = str
"""A sandboxed Jinja template over the same names, and ``options``, ``label``, ``text``, ``target`` where they apply."""

DELIMITERS = {Language.ZH: "", Language.EN: " "}
"""What separates an answer prefix from the answer: Chinese writes none after its full-width colon."""


def in_language(text: Text, language: Language) -> str:
    """Return the variant of ``text`` for ``language``."""
    return text if isinstance(text, str) else text[language]


class SourceSpec(Spec):
    """Where rows come from.

    Attributes:
        kind: ``jsonl``: a file beside the YAML; ``hub``: a dataset by its hub id, or its copy under ``--data-root``;
            ``generator``: rows made from a seed; ``long_context``: texts of a stated length around facts drawn from
            a seed.
        path: for ``jsonl``, the file, relative to the YAML file.
        paired: each row holds both languages, as an object under ``zh`` and one under ``en``; columns beside
            them are shared.
        dataset: for ``hub``, the dataset's id.
        config: for ``hub``, the configuration, as a template.
        split: for ``hub``, the split.
        revision: for ``hub``, the revision; a commit hash makes the data immutable.
        generator: for ``generator``, its entry point in the group ``benchharness.generators``.
        family: for ``long_context``, its entry point in the group ``benchharness.long_context``. With ``dataset`` too,
            the rows of that dataset are handed to it.
        options: for ``long_context``, what the family is called with; the variables of a subset are added.
        seed: for ``generator`` and ``long_context``, from which rows are drawn; another seed gives others of the kind.
        count: for ``generator``, how many rows; for ``long_context``, how many of each length unless the user says
            otherwise. A larger count only adds.
    """

    kind: Literal["jsonl", "hub", "generator", "long_context"]
    path: Text | None = None
    paired: bool = False
    dataset: Text | None = None
    config: Text | None = None
    split: Text = "test"
    revision: str | None = None
    generator: str | None = None
    family: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    seed: int = 0
    count: Annotated[int, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _names_its_data(self) -> "SourceSpec":
        needed = _NEEDED_BY_SOURCE[self.kind]
        for key in needed:
            if getattr(self, key) is None:
                raise wrong(f"a {self.kind} source needs `{key}`", f"{self.kind} 数据源需要 `{key}`")
        others = {key for keys in _NEEDED_BY_SOURCE.values() for key in keys} - {*needed, *_ALLOWED[self.kind]}
        for key in sorted(others):
            if getattr(self, key) is not None:
                raise wrong(f"a {self.kind} source takes no `{key}`", f"{self.kind} 数据源不接受 `{key}`")
        if self.options and self.kind != "long_context":
            raise wrong(f"a {self.kind} source takes no `options`", f"{self.kind} 数据源不接受 `options`")
        return self


_NEEDED_BY_SOURCE = {
    "jsonl": ("path",),
    "hub": ("dataset",),
    "generator": ("generator", "count"),
    "long_context": ("family",),
}
_ALLOWED = {"jsonl": (), "hub": (), "generator": (), "long_context": ("dataset", "count")}


class ItemSpec(Spec):
    """How a row becomes an item.

    Attributes:
        target: the right answer.
        id: unique within the task and language; the row's number by default.
        pair_id: shared with the item that asks the same in the other language; by default the id, in a task
            that has both languages; ``none`` says that its items are not pairs.
        category: under what it is reported; the subset, or the task, by default.
        cluster: passage or dialogue shared with other items.
        options: a list of option texts.
        solution: an answer that deserves full marks; `tasks validate` lets the scorer mark it.
        required: columns that every row must have and that must not be empty; `tasks validate` looks for them.
    """

    target: Expression
    id: Expression | None = None
    pair_id: Expression | None = None
    category: Expression | None = None
    cluster: Expression | None = None
    options: Expression | None = None
    solution: Expression | None = None
    required: tuple[str, ...] = ()


class PromptSpec(Spec):
    """The prompt in one language, as named segments in order of how widely they are shared.

    Attributes:
        system: system message.
        instruction: what to do, once, before the examples.
        passage: text that several questions may share.
        question: the question.
        option: one option, with ``label`` and ``text``.
        answer_prefix: where the answer begins, such as ``答案：``; in a chat it opens the assistant's turn for
            ``choose``, and is left out for ``generate`` unless the protocol says ``opens_answer``.
        delimiter: what stands between the answer prefix and the answer.
        shot_answer: the answer as an example shows it.
        separator: what stands between the instruction, the examples and the question in plain text.
    """

    question: Template
    system: Template | None = None
    instruction: Template | None = None
    passage: Template | None = None
    option: Template | None = None
    answer_prefix: Template | None = None
    delimiter: str | None = None
    shot_answer: Template = "{{ target }}"
    separator: str = "\n\n"


class ShotsSpec(Spec):
    """Worked examples.

    Attributes:
        count: how many, unless the protocol says otherwise.
        path: a file of rows like the source's.
        split: a split of the source.
        order: the first ones, or as many drawn with the run's seed.
    """

    count: Annotated[int, Field(ge=0)]
    path: Text | None = None
    split: Text | None = None
    order: Literal["first", "random"] = "first"

    @model_validator(mode="after")
    def _has_one_origin(self) -> "ShotsSpec":
        if (self.path is None) == (self.split is None):
            raise wrong("give either `path` or `split`", "`path` 与 `split` 必须且只能给出一个")
        return self


class ChooseSpec(Spec):
    """How options are put to a model that is asked for log-likelihoods.

    Attributes:
        by: the letter of each option, or its text.
        normalise: how summed log-probabilities are made comparable between options of different length or frequency;
            see ``scorers.choice``.
        premise: for ``unconditional``, what stands before the options when nothing is asked; by default the answer
            prefix.
    """

    by: Literal["letter", "text"]
    normalise: Literal["sum", "per_token", "per_character", "unconditional"] = "sum"
    premise: Template | dict[Language, Template] | None = None


class GenerateSpec(Spec):
    """How an answer is generated.

    Attributes:
        max_new_tokens: the most tokens for the answer.
        stop: strings at which it ends.
        temperature: 0 for greedy decoding.
        top_p: nucleus.
    """

    max_new_tokens: Annotated[int, Field(gt=0)]
    stop: tuple[str, ...] | dict[Language, tuple[str, ...]] = ()
    temperature: Annotated[float, Field(ge=0)] = 0.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0


class ScorerSpec(Spec):
    """The scorer, its options, and whether the language of an answer is looked at.

    Attributes:
        name: its entry point in the group ``benchharness.scorers``.
        options: the keyword arguments it is called with.
        check_language: whether an answer whose words are in the other of our languages than the question is counted
            as such. Not for programs and data, nor where the question asks for another language.
    """

    name: str
    options: dict[str, Any] = Field(default_factory=dict)
    check_language: bool = True


class TaskSpec(Spec):
    """A task: items, prompt, request kind and scorer.

    Attributes:
        name: unique among tasks; also the name of the YAML file.
        version: raised by whoever changes what is asked or how it is marked.
        title: for people.
        description: what it measures and where it is from.
        licence: licence of the items.
        languages: the languages it asks in.
        request: ``generate`` or ``choose``.
        source: where rows come from.
        subsets: named parts with variables for templates; each is a category of its own.
        item: how a row becomes an item.
        prompt: the prompt in each language.
        shots: worked examples.
        choose: for ``choose`` tasks, how.
        generate: for ``generate`` tasks, how.
        scorer: how a response is marked.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
    version: str
    title: dict[Language, str]
    licence: str
    languages: tuple[Language, ...]
    request: RequestKind
    source: SourceSpec
    item: ItemSpec
    prompt: dict[Language, PromptSpec]
    scorer: ScorerSpec
    description: str = ""
    subsets: dict[str, dict[str, Any]] = Field(default_factory=dict)
    shots: ShotsSpec | None = None
    choose: ChooseSpec | None = None
    generate: GenerateSpec | None = None

    @field_validator("version", mode="before")
    @classmethod
    def _version_is_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int | float) else value

    @field_validator("languages")
    @classmethod
    def _names_languages_once(cls, value: tuple[Language, ...]) -> tuple[Language, ...]:
        if len(set(value)) < len(value):
            raise wrong("names a language twice", "同一种语言出现了两次")
        return value

    @field_validator("scorer", mode="before")
    @classmethod
    def _scorer_by_name(cls, value: Any) -> Any:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("subsets", mode="before")
    @classmethod
    def _subsets_by_name(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {str(name): {} for name in value}
        if isinstance(value, dict):
            return {name: variables or {} for name, variables in value.items()}
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> "TaskSpec":
        if not self.languages:
            raise wrong("`languages` is empty", "`languages` 为空")
        missing = [language for language in self.languages if language not in self.prompt]
        if missing:
            raise wrong(f"`prompt` has no {', '.join(missing)}", f"`prompt` 缺少 {'、'.join(missing)}")
        if self.source.kind != "hub" and self.shots is not None and self.shots.path is None:
            kind = self.source.kind
            raise wrong(
                f"a {kind} source has no splits; give `shots.path`", f"{kind} 数据源没有划分，请给出 `shots.path`"
            )
        if self.request is RequestKind.CHOOSE:
            if self.choose is None or self.generate is not None:
                raise wrong(
                    "a choose task needs `choose` and takes no `generate`",
                    "choose 类任务需要 `choose`，且不接受 `generate`",
                )
            if self.item.options is None:
                raise wrong("a choose task needs `item.options`", "choose 类任务需要 `item.options`")
            self._has_premise(self.choose)
        elif self.generate is None or self.choose is not None:
            raise wrong(
                "a generate task needs `generate` and takes no `choose`",
                "generate 类任务需要 `generate`，且不接受 `choose`",
            )
        return self

    def _has_premise(self, choose: ChooseSpec) -> None:
        """Check that what stands before the options when nothing is asked is not what is asked."""
        if not self.asks_unconditionally or choose.premise is not None:
            return
        asking = [language for language in self.languages if "{" in (self.prompt[language].answer_prefix or "")]
        if asking:
            raise wrong(
                "`choose.normalise: unconditional` with an `answer_prefix` made from the item"
                f" ({', '.join(asking)}) needs `choose.premise`: what stands before the options when nothing is asked",
                f"`answer_prefix`（{'、'.join(asking)}）含有题目内容，此时 `choose.normalise: unconditional` 需要"
                " `choose.premise`，即不提问时选项之前的文本",
            )

    @model_validator(mode="after")
    def _texts_stand_in_every_language(self) -> "TaskSpec":
        for key, text in self._texts().items():
            missing = [language for language in self.languages if isinstance(text, dict) and language not in text]
            if missing:
                raise wrong(f"`{key}` has no {', '.join(missing)}", f"`{key}` 缺少 {'、'.join(missing)}")
        return self

    def _texts(self) -> dict[str, Text | None]:
        """Return the texts that may differ between languages, by key."""
        texts = {f"source.{key}": getattr(self.source, key) for key in ("path", "dataset", "config", "split")}
        if self.shots is not None:
            texts |= {"shots.path": self.shots.path, "shots.split": self.shots.split}
        if self.choose is not None:
            texts["choose.premise"] = self.choose.premise
        return texts

    @property
    def asks_unconditionally(self) -> bool:
        """Whether the options are also scored where nothing is asked."""
        if self.choose is None:
            return False
        normalise: str = self.scorer.options.get("normalise", self.choose.normalise)
        return normalise == "unconditional"

    def delimiter(self, language: Language) -> str:
        """Return what stands between the answer prefix and the answer in ``language``."""
        chosen = self.prompt[language].delimiter
        return DELIMITERS[language] if chosen is None else chosen

    def stop_strings(self, language: Language) -> tuple[str, ...]:
        """Return the strings at which a generated answer ends in ``language``."""
        if self.generate is None:
            return ()
        stop = self.generate.stop
        return stop.get(language, ()) if isinstance(stop, dict) else stop
