"""What can go wrong with a language model. Reasons are stable codes; none of them quotes a text or a key."""

from dataclasses import dataclass

from botcore.errors import BotError


@dataclass(frozen=True, slots=True)
class Spent:
    """What a request came to, its failed tries included. Tokens a failed try may have cost are estimated."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.calls + other.calls, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out
        )


class LlmError(BotError):
    """No words from the model. `reason` says why, `spent` what it cost all the same."""

    code = "llm_error"

    def __init__(self, reason: str, *, spent: Spent | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.spent = spent or Spent()


class LlmUnavailable(LlmError):
    """Not reached, too slow, refused or failing. reason: `not_configured`, `circuit_open`, `timeout`, `too_slow` (for
    one that was given little time), `unreachable`, `url_refused`, `bad_key`, `rate_limited`, `server_error` or
    `refused`."""

    code = "llm_unavailable"


class LlmBadAnswer(LlmError):
    """It answered, but not in the form asked for, nor when asked again. reason: `empty`, `not_json`, `wrong_shape`,
    `cut_off` or `protocol`."""

    code = "llm_bad_answer"
