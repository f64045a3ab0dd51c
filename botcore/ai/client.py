"""One request to an OpenAI-compatible endpoint: structured answer, 20 seconds in all, two tries, a circuit breaker.

Logs carry reasons and times, never a key, a prompt or an answer.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botcore.ai.errors import LlmBadAnswer, LlmError, LlmUnavailable, Spent
from botcore.domain.llm import LlmSettings as LlmSettings
from smmbot.lib.circuit_breaker import CircuitBreaker, CircuitOpen
from smmbot.lib.http import HttpFailure, HttpTimeout, HttpUnsendable
from smmbot.lib.logs import get_logger
from smmbot.lib.ssrf import UrlRefused, check_url

if TYPE_CHECKING:
    import openai

logger = get_logger(__name__)
# At DEBUG these write down whole requests.
for _name in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

DEADLINE_S = 20.0
# Of the deadline, so that a second try has time left after one that hung.
FIRST_TRY_SHARE = 0.6
TRIES = 2
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0
_SHORTEST_TRY_S = 0.05
MAX_ANSWER_TOKENS = 900
CHARS_A_TOKEN = 3
# Failures that do not count against the endpoint.
_SAYS_NOTHING_OF_IT = frozenset({"url_refused", "options", "too_slow"})

_breaker = CircuitBreaker()
# Endpoints that refused the options below: model name and messages only, from then on. Process-wide, a hint.
_bare: set[str] = set()


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Structured:
    """A checked answer: every field asked for, of the type asked for."""

    data: Mapping[str, Any]
    spent: Spent
    ms: int


class LlmClient:
    def __init__(
        self,
        llm: LlmSettings,
        *,
        deadline_s: float = DEADLINE_S,
        tries: int = TRIES,
        breaker: CircuitBreaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """deadline_s: for everything together, pauses and second tries included. tries: 1 is a single request, for
        what is not worth waiting for: no second try, no repair, and its time-outs do not count against an endpoint
        that may only be slow."""
        self._llm = llm
        self._deadline_s = deadline_s
        self._tries = tries
        self._breaker = breaker or _breaker
        self._sleep = sleep

    def ask(self, messages: Sequence[Message], *, fields: Mapping[str, type]) -> Structured:
        """Ask for a JSON object with these fields. An answer that is none is sent back once to be put right.
        Raises LlmUnavailable, LlmBadAnswer."""
        if not self._llm.is_configured:
            raise LlmUnavailable("not_configured")
        _load_openai()  # outside the deadline: the first time in a process it takes a second
        started = time.monotonic()
        run = _Run(
            self._llm,
            until=started + self._deadline_s,
            tries=self._tries,
            breaker=self._breaker,
            sleep=self._sleep,
        )
        try:
            text = run.text_of(messages)
            try:
                data = read_object(text, fields)
            except LlmBadAnswer as error:
                if self._tries == 1:
                    raise
                logger.info("llm answer sent back", extra={"reason": error.reason})
                text = run.text_of([*messages, *_repair(text, fields)])
                data = read_object(text, fields)
        except LlmError as error:
            error.spent = run.spent
            logger.warning(
                "llm gave no words",
                extra={"reason": error.reason, "ms": _ms_since(started), "calls": run.spent.calls},
            )
            raise
        return Structured(data, run.spent, _ms_since(started))


class _Run:
    """The tries of one request."""

    def __init__(
        self,
        llm: LlmSettings,
        *,
        until: float,
        tries: int,
        breaker: CircuitBreaker,
        sleep: Callable[[float], None],
    ) -> None:
        self.spent = Spent()
        self._llm = llm
        self._until = until
        self._breaker = breaker
        self._sleep = sleep
        self._tries = tries
        self._tries_left = tries

    def text_of(self, messages: Sequence[Message]) -> str:
        while True:
            try:
                return self._try(messages)
            except _TryAgain as again:
                self._tries_left -= 1
                left = self._until - time.monotonic() - again.pause_s
                if self._tries_left < 1 or again.pause_s > LONGEST_PAUSE_S or left < _SHORTEST_TRY_S:
                    raise LlmUnavailable(again.reason) from again
                if again.pause_s:
                    self._sleep(again.pause_s)

    def _try(self, messages: Sequence[Message]) -> str:
        endpoint = self._llm.endpoint
        try:
            permit = self._breaker.enter(endpoint)
        except CircuitOpen as error:
            raise LlmUnavailable("circuit_open") from error
        try:
            text = self._call(messages)
        except (LlmUnavailable, _TryAgain) as error:
            if error.reason in _SAYS_NOTHING_OF_IT:
                self._breaker.abandoned(endpoint, permit)
            else:
                self._breaker.failed(endpoint, permit)
            raise
        except LlmBadAnswer:
            self._breaker.succeeded(endpoint, permit)
            raise
        except BaseException:
            self._breaker.abandoned(endpoint, permit)
            raise
        self._breaker.succeeded(endpoint, permit)
        return text

    def _call(self, messages: Sequence[Message]) -> str:
        openai = _load_openai()
        left = self._until - time.monotonic()
        if left < _SHORTEST_TRY_S:
            raise LlmUnavailable("timeout")
        share = FIRST_TRY_SHARE if self._tries_left > 1 else 1.0
        asked = sum(len(message.content) for message in messages)
        self.spent += Spent(calls=1)
        try:
            if not self._llm.is_trusted:
                check_url(self._llm.base_url)
            answer = self._request(openai, messages, timeout_s=left * share)
        except UrlRefused as error:
            raise LlmUnavailable("url_refused") from error
        except HttpUnsendable as error:
            raise LlmUnavailable("bad_key") from error
        except HttpTimeout as error:
            # It may have been worked on, and billed.
            self.spent += Spent(tokens_in=asked // CHARS_A_TOKEN if error.maybe_sent else 0)
            raise _TryAgain("too_slow" if self._tries == 1 and error.maybe_sent else "timeout") from error
        except HttpFailure as error:
            raise _TryAgain("unreachable", FIRST_PAUSE_S) from error
        except openai.APIStatusError as error:
            raise self._refused(error) from error
        except (openai.OpenAIError, ValueError) as error:
            raise LlmBadAnswer("protocol") from error
        return self._text_in(answer, asked)

    def _request(self, openai: Any, messages: Sequence[Message], *, timeout_s: float) -> "Any":
        from botcore.ai.transport import shared_client  # noqa: PLC0415 -- slow import, as above

        client = openai.OpenAI(
            api_key=self._llm.api_key,
            base_url=self._llm.base_url,
            max_retries=0,
            timeout=timeout_s,
            http_client=shared_client(is_trusted=self._llm.is_trusted),
        )
        options: dict[str, Any] = {}
        if self._bare_name not in _bare:
            options = {"response_format": {"type": "json_object"}, "max_completion_tokens": MAX_ANSWER_TOKENS}
        return client.chat.completions.create(
            model=self._llm.model,
            messages=[{"role": message.role, "content": message.content} for message in messages],
            **options,
        )

    @property
    def _bare_name(self) -> str:
        return f"{self._llm.endpoint} {self._llm.model}"

    def _refused(self, error: "openai.APIStatusError") -> Exception:
        status = error.status_code
        if status == 429:
            pause_s = _retry_after_s(error.response.headers.get("Retry-After", ""))
            return _TryAgain("rate_limited", pause_s)
        if status >= 500 or status == 408:
            return _TryAgain("server_error", FIRST_PAUSE_S)
        if status in (401, 403):
            return LlmUnavailable("bad_key")
        if status in (400, 422) and self._bare_name not in _bare:
            _bare.add(self._bare_name)
            return _TryAgain("options")
        return LlmUnavailable("refused")

    def _text_in(self, answer: Any, asked: int) -> str:
        """The first choice's text. An endpoint that reports no usage is counted by length."""
        try:
            choice = answer.choices[0]
            text = choice.message.content or ""
            cut_off = choice.finish_reason == "length"
            usage = answer.usage
        except (AttributeError, IndexError, TypeError) as error:
            raise LlmBadAnswer("protocol") from error
        if not isinstance(text, str):
            raise LlmBadAnswer("protocol")
        self.spent += Spent(
            tokens_in=_count(getattr(usage, "prompt_tokens", None), asked),
            tokens_out=_count(getattr(usage, "completion_tokens", None), len(text)),
        )
        if cut_off:
            raise LlmBadAnswer("cut_off")
        return text


class _TryAgain(Exception):
    def __init__(self, reason: str, pause_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause_s = pause_s


def _load_openai() -> Any:
    import openai  # noqa: PLC0415 -- slow import, and only where a model is configured

    from botcore.ai import transport  # noqa: F401, PLC0415 -- slow import, as above

    return openai


def read_object(text: str, fields: Mapping[str, type]) -> dict[str, Any]:
    """The JSON object in an answer, with these fields of these types and no others kept. Fences and words around
    it are forgiven. Raises LlmBadAnswer."""
    if not text.strip():
        raise LlmBadAnswer("empty")
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise LlmBadAnswer("not_json")
    try:
        data = json.loads(text[start : end + 1], strict=False)
    except (ValueError, RecursionError) as error:
        raise LlmBadAnswer("not_json") from error
    if not isinstance(data, dict) or not all(type(data.get(name)) is kind for name, kind in fields.items()):
        raise LlmBadAnswer("wrong_shape")
    return {name: data[name] for name in fields}


def _repair(text: str, fields: Mapping[str, type]) -> list[Message]:
    wanted = ", ".join(
        f'"{name}": {"text" if kind is str else "true or false"}' for name, kind in fields.items()
    )
    request = Message(
        "user", f"That was not the JSON object asked for. Answer again, with nothing but {{{wanted}}}."
    )
    return [Message("assistant", text[:4000]), request] if text.strip() else [request]


def _retry_after_s(header: str) -> float:
    try:
        return max(0.0, float(header))
    except ValueError:
        return FIRST_PAUSE_S


def _count(reported: object, chars: int) -> int:
    if isinstance(reported, int) and not isinstance(reported, bool) and reported >= 0:
        return reported
    return chars // CHARS_A_TOKEN


def _ms_since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
