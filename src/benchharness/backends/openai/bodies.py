"""What is sent for a request: the parameters of ``/chat/completions`` and ``/completions``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from benchharness.backends.openai.flavours import Flavour
from benchharness.backends.openai.tokenizer import is_chat, is_thinking
from benchharness.errors import InputError
from benchharness.records import Message, Request, Role, Sampling

MOST_STOPS = 4
"""Stop strings that the API of OpenAI takes at most. What is sent only saves tokens: all are looked for here."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How the requests of a run are put to a server.

    Attributes:
        model: the model's name at the server.
        api: which of the two.
        tokens: for ``completions``, whether prompts are sent as token ids, or else as text.
        flavour: what the server can do beyond the API of OpenAI.
        stream: whether answers come in chunks.
        continues: for ``chat``, whether the model goes on from the beginning of an answer; otherwise that stands at
            the end of the question.
        token_limit: the parameter that bounds the answer.
        fixed_temperature: whether the server refuses every temperature but its own.
        thinking: what is known of the model: whether it reasons never, when asked to, always.
        body: further parameters of each request; ``None`` takes one away.
    """

    model: str
    api: Literal["chat", "completions"]
    tokens: bool
    flavour: Flavour
    stream: bool = True
    continues: bool = False
    token_limit: str = "max_tokens"
    fixed_temperature: bool = False
    thinking: Literal["none", "hybrid", "always"] | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where requests go, below the base URL."""
        return "/chat/completions" if self.api == "chat" else "/completions"

    def may_reason(self, request: Request) -> bool:
        """Tell whether the answer to a request may hold reasoning, in which stop strings do not count."""
        if self.thinking == "hybrid" and self.api == "chat" and self.flavour.renders_thinking:
            return is_thinking(request.prompt)
        return self.thinking != "none"

    def generate(self, request: Request, *, stream: bool, usage: bool) -> dict[str, Any]:
        """Return what asks for a text.

        Args:
            request: with its sampling.
            stream: whether the answer comes in chunks.
            usage: whether these are to tell how many tokens it was.
        """
        sampling = request.sampling
        assert sampling is not None
        body = {**self._prompt(request), **self._limit(sampling.max_new_tokens), **self._sampling(sampling)}
        if sampling.stop and not self.may_reason(request):
            body["stop"] = list(sampling.stop[:MOST_STOPS])
        if sampling.ignore_end and self.flavour.ignores_end:
            body["ignore_eos"] = True
        if stream:
            body["stream"] = True
            if usage:
                always = {"continuous_usage_stats": True} if self._cuts_here(request) else {}
                body["stream_options"] = {"include_usage": True, **always}
        return self._finished(body)

    def _cuts_here(self, request: Request) -> bool:
        """Tell whether a stream may be left before its end, where only the chunks so far tell the tokens."""
        stop = request.sampling.stop if request.sampling else ()
        return self.flavour.counts_always and (len(stop) > MOST_STOPS or bool(stop and self.may_reason(request)))

    def first_token(self, request: Request, top: int) -> dict[str, Any]:
        """Return what asks for the likeliest first tokens of the answer, and their log-probabilities.

        Args:
            request: of kind ``choose``.
            top: how many.
        """
        greedy = {} if self.fixed_temperature else {"temperature": 0.0}
        body = {**self._prompt(request), **self._limit(1), **self.flavour.neutral, **greedy}
        if self.api == "chat":
            return self._finished({**body, "logprobs": True, "top_logprobs": top})
        body |= {"logprobs": top, **self.flavour.token_ids}
        if self.flavour.picks_tokens:
            body["logprob_token_ids"] = sorted({c.tokens[0] for c in request.continuations if len(c.tokens) == 1})
        return self._finished(body)

    def echo(self, tokens: Sequence[int]) -> dict[str, Any]:
        """Return what asks for the log-probability of each of ``tokens`` after those before it."""
        # One token more, since not every server takes 0 for none.
        body = {"model": self.model, "prompt": list(tokens), "max_tokens": 1, "echo": True, "logprobs": 1}
        return self._finished({**body, **self.flavour.neutral, "temperature": 0.0, **self.flavour.token_ids})

    def _prompt(self, request: Request) -> dict[str, Any]:
        if self.api == "completions":
            prompt = request.prompt
            return {"model": self.model, "prompt": list(prompt.tokens) if self.tokens else prompt.text}
        if not is_chat(request.prompt):
            raise InputError(
                en="--template plain: the chat API puts whatever it is sent into a chat template. Use --option"
                " api=completions, or leave out --template plain.",
                zh="--template plain：chat 接口会对收到的内容套用对话模板。请使用 --option api=completions，"
                "或去掉 --template plain。",
            )
        messages, prefix = self._messages(request.prompt.messages)
        body: dict[str, Any] = {"model": self.model, "messages": messages}
        if prefix:
            body |= {"add_generation_prompt": False, "continue_final_message": True}
        if self.flavour.renders_thinking and self.thinking != "none":
            body["chat_template_kwargs"] = {"enable_thinking": is_thinking(request.prompt)}
        return body

    def _messages(self, said: Sequence[Message]) -> tuple[list[dict[str, str]], bool]:
        """Return the messages, and whether the last of them is the beginning of the answer."""
        messages = [{"role": message.role.value, "content": message.content} for message in said]
        if said[-1].role is not Role.ASSISTANT:
            return messages, False
        if self.continues:
            return messages, True
        prefix = messages.pop()["content"]
        question = messages[-1]["content"]
        line_end = "" if question.endswith("\n") else "\n"
        messages[-1] = {**messages[-1], "content": f"{question}{line_end}{prefix}"}
        return messages, False

    def _limit(self, tokens: int) -> dict[str, int]:
        return {self.token_limit if self.api == "chat" else "max_tokens": tokens}

    def _sampling(self, sampling: Sampling) -> dict[str, Any]:
        if self.fixed_temperature:
            return dict(self.flavour.neutral)
        body = {**self.flavour.neutral, "temperature": sampling.temperature}
        if sampling.temperature > 0:
            # A greedy answer depends on neither, and not every server takes them.
            body["seed"] = sampling.seed
            if sampling.top_p < 1:
                body["top_p"] = sampling.top_p
        return body

    def _finished(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**body, **self.body}.items() if value is not None}
