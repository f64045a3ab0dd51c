"""A decision in words, by the tenant's chat mode. The facts are finished before: a mode changes words alone.

Manual: the built-in texts. Custom: the tenant's own where there are any. AI: the built-in text reworded by the
model, in the customer's language, checked against the facts. In every mode an upset customer gets one merged,
kinder reply when a model is configured. Help and the team's answers are never reworded.
"""

from collections.abc import Sequence
from decimal import Decimal

from botcore.ai import wording as ai
from botcore.ai.budget import Caps
from botcore.commands.delivery import Decision, Run, Spoken, plain, split
from botcore.commands.results import Result
from botcore.domain import templates
from botcore.domain.config import Config
from botcore.enums import ChatMode, InboxState
from tenants.domain.identities import Person


def word(this: Run, person: Person | None, decision: Decision) -> Spoken:
    """Waits for a model where one is asked: call it outside transactions. Never raises for a model's sake."""
    if not decision.results or decision.is_unspoken:
        return Spoken()
    if decision.words:
        return Spoken(here=decision.words)
    own: dict[str, str] = {}
    if this.config["chat_mode"] == ChatMode.CUSTOM:
        own = dict(templates.own_texts(tenant_id=this.message.tenant_id))
    here, direct = split(this, decision)
    spoken = Spoken(here=plain(here, own), direct=plain(direct, own))
    keys = list(dict.fromkeys(result.answer.key for result in decision.results))[:10]
    this.trace.add(
        "worded", mode=this.config["chat_mode"], keys=keys, own=[key for key in keys if own.get(key)]
    )
    if not _may_be_reworded(person, decision):
        return spoken
    return Spoken(
        here=_by_model(this, here, spoken.here, is_upset=decision.is_upset),
        direct=_by_model(this, direct, spoken.direct, is_upset=decision.is_upset),
    )


def caps_of(config: Config) -> Caps:
    """0 is no cap."""
    soft, hard = Decimal(config["llm_daily_soft_usd"]), Decimal(config["llm_daily_hard_usd"])
    return Caps(soft_usd=soft or None, hard_usd=hard or None)


def _may_be_reworded(person: Person | None, decision: Decision) -> bool:
    """Finished answers to customers. An acknowledgement must not wait for a model."""
    return (
        person is not None
        and person.role is None
        and decision.state == InboxState.HANDLED
        and not decision.is_worded
        and not any(result.answer.literal for result in decision.results)
    )


def _by_model(this: Run, results: Sequence[Result], text: str, *, is_upset: bool) -> str:
    if not text or not (is_upset or this.config["chat_mode"] == ChatMode.AI):
        return text
    llm = this.config.llm
    if not llm.is_configured:
        return text
    worded = (ai.console if is_upset else ai.reword)(
        tenant_id=this.message.tenant_id,
        llm=llm,
        plain=text,
        customer_text=this.message.text,
        forbidden=[name for name in this.provider_names if name.casefold() not in text.casefold()],
        caps=caps_of(this.config),
    )
    this.trace.add(
        "model",
        feature="console" if is_upset else "reword",
        by_model=worded.by_model,
        reason=worded.reason,
        tokens=worded.tokens,
        cost_usd=str(worded.cost),
        ms=worded.ms,
    )
    return worded.text
