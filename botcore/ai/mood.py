"""A second opinion on somebody's mood where the lexicon is not sure (G29). It sets words and priority, nothing else.

Asked once and briefly: whoever it is about waits for an answer that is ready. No opinion is "not upset".
"""

from dataclasses import dataclass
from decimal import Decimal

from botcore.ai import asking, prompts
from botcore.ai.asking import Clients, Request
from botcore.ai.budget import NO_CAPS, Caps
from botcore.ai.client import LlmClient, LlmSettings

FEATURE = "mood"
DEADLINE_S = 3.0


@dataclass(frozen=True, slots=True)
class Mood:
    """reason: why there is no opinion, a code; empty when there is one."""

    is_upset: bool
    reason: str = ""
    tokens: int = 0
    cost: Decimal = Decimal(0)
    ms: int = 0


def hasty(llm: LlmSettings) -> LlmClient:
    return LlmClient(llm, deadline_s=DEADLINE_S, tries=1)


def second_opinion(
    *,
    tenant_id: int | None,
    llm: LlmSettings,
    customer_text: str,
    caps: Caps = NO_CAPS,
    clients: Clients = hasty,
) -> Mood:
    """Never raises. Call it outside transactions. tenant_id None: nothing is counted."""
    request = Request(tenant_id, llm, FEATURE, caps=caps, clients=clients)
    asked = asking.ask(request, prompts.mood(customer_text=customer_text), fields={"upset": bool})
    is_upset = bool(asked.data and asked.data["upset"])
    return Mood(is_upset, asked.reason, tokens=asked.tokens, cost=asked.cost, ms=asked.ms)
