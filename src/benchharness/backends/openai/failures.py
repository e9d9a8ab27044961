"""What a failed request means: ask again, answer without a text, or end the run."""

import datetime
import email.utils
import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import openai

from benchharness.backends.openai.address import Address
from benchharness.errors import BenchharnessError, bilingual


class Meaning(Enum):
    """What follows from a failure."""

    AGAIN = auto()
    FILTERED = auto()
    TOO_LONG = auto()
    WRONG = auto()
    FATAL = auto()


class Failure(Exception):
    """A request that was not answered.

    Args:
        meaning: what follows.
        message: what the server said, or what happened.
        after: seconds to wait before asking again, where the server said so.
        overloaded: whether the server had too much to do.
        status: of HTTP; ``None`` where none came.
    """

    def __init__(
        self,
        meaning: Meaning,
        message: str,
        *,
        after: float | None = None,
        overloaded: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.meaning = meaning
        self.message = message
        self.after = after
        self.overloaded = overloaded
        self.status = status


class TornAnswerError(Exception):
    """A stream that ended before the answer did, or was no answer."""


# By code or type of the error, in lower case. Where vendors list them: platform.openai.com/docs/guides/error-codes;
# learn.microsoft.com (Azure OpenAI, content filtering); help.aliyun.com/zh/model-studio/error-code (DashScope);
# docs.z.ai/api-reference/api-code (GLM); api-docs.deepseek.com/quick_start/error_codes;
# platform.moonshot.cn/docs (Kimi); www.volcengine.com/docs/82379/1299023 (Doubao); openrouter.ai/docs/errors.
MEANING_OF = {
    "content_filter": Meaning.FILTERED,  # OpenAI, Azure, Moonshot, StepFun
    "content_policy_violation": Meaning.FILTERED,  # OpenAI
    "responsibleaipolicyviolation": Meaning.FILTERED,  # Azure
    "data_inspection_failed": Meaning.FILTERED,  # DashScope
    "datainspectionfailed": Meaning.FILTERED,
    "1301": Meaning.FILTERED,  # GLM
    "sensitivecontentdetected": Meaning.FILTERED,  # Doubao, with what it was found in before or after a dot
    "inputtextsensitivecontentdetected": Meaning.FILTERED,
    "outputtextsensitivecontentdetected": Meaning.FILTERED,
    "context_length_exceeded": Meaning.TOO_LONG,  # OpenAI
    "exceed_context_size_error": Meaning.TOO_LONG,  # llama.cpp
    "1261": Meaning.TOO_LONG,  # GLM
    "invalid_api_key": Meaning.FATAL,
    "model_not_found": Meaning.FATAL,
    "1211": Meaning.FATAL,  # GLM: no such model
    "insufficient_quota": Meaning.FATAL,  # OpenAI, with 429
    "exceeded_current_quota_error": Meaning.FATAL,  # Moonshot, with 429
    "1113": Meaning.FATAL,  # GLM, in arrears, with 429
    "arrearage": Meaning.FATAL,  # DashScope, with 400
    "accountoverdueerror": Meaning.FATAL,  # Doubao
    "rate_limit_exceeded": Meaning.AGAIN,
    "overloaded_error": Meaning.AGAIN,  # Claude
}

# MiniMax answers 200 with a code of its own. Source: platform.minimaxi.com/document, error codes.
MEANING_AT_MINIMAX = {
    1000: Meaning.AGAIN,
    1001: Meaning.AGAIN,
    1002: Meaning.AGAIN,
    1004: Meaning.FATAL,
    1008: Meaning.FATAL,
    1026: Meaning.FILTERED,
    1027: Meaning.FILTERED,
    1039: Meaning.AGAIN,  # too many tokens a minute
    2013: Meaning.WRONG,
}

# Many servers tell a prompt that does not fit by their words alone.
TOO_LONG = re.compile(
    r"maximum context length|context length|context window|longer than the model|prompt is too long"
    r"|exceeds? the (?:model|maximum|max)|exceeded model token limit|range of input length"
    r"|exceed max message tokens|maximum number of tokens|max_model_len|上下文.{0,6}(?:超|长度)|prompt ?超长",
    re.IGNORECASE,
)

# The same of what a filter kept back.
FILTERED = re.compile(
    r"flagged|moderation|content (?:policy|filter|management)|sensitive|敏感|内容安全|违规", re.IGNORECASE
)

AGAIN_STATUS = {408, 409, 425, 429}
FATAL_STATUS = {401, 402, 403, 404}
OK = 200
FILTERED_STATUS = {400, 403, 422}
REFUSED_BY_LAW = 451
FIRST_SERVER_ERROR = 500
NOT_IMPLEMENTED = 501
OVERLOADED_STATUS = {429, 503, 529}

LONGEST_MESSAGE = 500
LONGEST_REST = 600.0
"""Seconds: a server that wants more rest than this is not waited for that long."""


def understand(error: BaseException, address: Address) -> Failure:
    """Return what an error means that came instead of an answer.

    Args:
        error: as the SDK raised it, a ``TimeoutError``, or a ``ValueError`` of what was no JSON.
        address: the server; its key is taken out of what is said.
    """
    if isinstance(error, openai.APIStatusError):
        headers = {name.casefold(): value for name, value in error.response.headers.items()}
        return _of_status(error.status_code, error.body, headers, address)
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        said = bilingual("no answer in time", "未在限定时间内应答")
        return Failure(Meaning.AGAIN, said, overloaded=True)
    if isinstance(error, openai.APIError) and error.body is not None:
        return of_document(error.body, address)
    return Failure(Meaning.AGAIN, _short(address.without_key(f"{error} {error.__cause__ or ''}".strip())))


def of_document(body: object, address: Address) -> Failure:
    """Return what an error means that came as JSON where an answer was expected, or amid one."""
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code = str(fields.get("code"))
    status = int(code) if re.fullmatch(r"[45]\d\d", code) else None
    # Without a status it may be anything, and asking again tells.
    return _of_status(status or FIRST_SERVER_ERROR, body, {}, address)


def at_minimax(base: Mapping[str, Any], address: Address) -> Failure | None:
    """Return what MiniMax's own code means; ``None`` if it means success."""
    code = base.get("status_code")
    if not isinstance(code, int) or code == 0:
        return None
    meaning = MEANING_AT_MINIMAX.get(code, Meaning.AGAIN)
    message = _short(address.without_key(f"{code} {base.get('status_msg', '')}".strip()))
    return Failure(meaning, message, overloaded=meaning is Meaning.AGAIN, status=OK)


def _of_status(status: int, body: object, headers: Mapping[str, str], address: Address) -> Failure:
    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    message = str(fields.get("message") or fields.get("detail") or body or "")
    meaning = _meaning(status, fields, message)
    return Failure(
        meaning,
        _short(address.without_key(message)),
        after=_rest(headers) if meaning is Meaning.AGAIN else None,
        overloaded=meaning is Meaning.AGAIN and status in OVERLOADED_STATUS,
        status=status,
    )


def _meaning(status: int, fields: Mapping[str, Any], message: str) -> Meaning:
    for name in ("code", "type"):
        said = str(fields.get(name) or "").casefold()
        for part in (said, *said.split(".")):
            if part in MEANING_OF:
                return MEANING_OF[part]
    if status == REFUSED_BY_LAW:
        return Meaning.FILTERED
    if status in AGAIN_STATUS or (status >= FIRST_SERVER_ERROR and status != NOT_IMPLEMENTED):
        return Meaning.AGAIN
    if status in FILTERED_STATUS and FILTERED.search(message):
        return Meaning.FILTERED
    if status in FATAL_STATUS:
        return Meaning.FATAL
    return Meaning.TOO_LONG if TOO_LONG.search(message) else Meaning.WRONG


def _rest(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait: ``Retry-After`` in seconds or as a date (RFC 9110, 10.2.3), or in milliseconds."""
    milliseconds, value = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds is not None:
            seconds = float(milliseconds) / 1000
        elif value is None:
            return None
        elif value.strip().replace(".", "", 1).isdecimal():
            seconds = float(value)
        else:
            when = email.utils.parsedate_to_datetime(value)
            # A date without a zone is in UTC: HTTP knows no other.
            when = when if when.tzinfo else when.replace(tzinfo=datetime.UTC)
            seconds = (when - datetime.datetime.now(datetime.UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_REST)


def _short(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_MESSAGE else f"{line[: LONGEST_MESSAGE - 1]}…"


def end_of_run(failure: Failure, address: Address) -> BenchharnessError:
    """Return the error that ends a run, for a failure that every request would share."""
    where = address.base_url
    if failure.status == 401:
        return BenchharnessError(
            en=f"{where} does not accept the key (401): {failure.message} Set {address.key_variable} to a valid key;"
            " the same command then goes on.",
            zh=f"{where} 不接受该密钥（401）：{failure.message} 请将 {address.key_variable} 设为有效的密钥，"
            "再执行同一命令即可继续。",
        )
    if failure.status == 404:
        return BenchharnessError(
            en=f"{where} does not know the model or the path (404): {failure.message} Check --option model=NAME, and"
            " whether the URL ends as the server wants it, often in /v1.",
            zh=f"{where} 没有该模型或路径（404）：{failure.message} 请检查 --option model=名称，"
            "以及网址结尾是否正确（通常为 /v1）。",
        )
    said = failure.message if failure.status is None else f"{failure.status}: {failure.message}"
    return BenchharnessError(
        en=f"{where} answers no more: {said} What was answered is kept; the same command goes on when the server does.",
        zh=f"{where} 已不再应答：{said} 已得到的结果均已保存；服务恢复后，执行同一命令即可继续。",
    )
