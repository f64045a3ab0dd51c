"""Does a tenant's model answer? One cheap call, and what it said in words for the person who asked."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from botcore import wake
from botcore.ai import asking
from botcore.ai.asking import Request
from botcore.ai.budget import Caps
from botcore.ai.client import LlmSettings, Message
from botcore.domain import config
from botcore.wake import Wake
from tenants.domain import jobs
from tenants.domain.jobs import JobFailed
from tenants.domain.limits import Limit, spend
from tenants.models import Job, User

FEATURE = "test"
KIND = "ai.test"
# Every one of them costs money, if little.
CHECKS = Limit("ai-test", 10, 600)
_WORDS = {
    "not_configured": "There is no model yet. Enter an API key and save.",
    "bad_key": "The service refuses the API key. Copy it again, and check that it is active.",
    "rate_limited": "The service says there were too many calls, or its credit is used up. Check your account there.",
    "refused": "The service does not take this request. Check the model's name.",
    "url_refused": "This address leads into a private network, or is none. Enter the service's public https address.",
    "timeout": "The service took too long. Try again; if it stays so, choose a quicker model.",
    "too_slow": "The service took too long. Try again; if it stays so, choose a quicker model.",
    "unreachable": "Nothing answers at this address. Check its spelling; it usually ends in /v1.",
    "server_error": "The service has trouble itself. Try again in a few minutes.",
    "circuit_open": "The service failed several times just now, so we leave it alone for a moment. Try again soon.",
    "hard_cap": "Today's spending limit is reached. Raise it, or wait until tomorrow (UTC).",
}
_NO_SENSE = "Something answers there, but not as a chat model does. Check the address and the model's name."
_ASKED = (
    Message("system", 'Answer with the JSON object {"reply": "ready"} and nothing else.'),
    Message("user", "Are you ready?"),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """text: what happened, and the way out when it did not work."""

    works: bool
    text: str
    ms: int = 0
    cost: Decimal = Decimal(0)


def check(*, tenant_id: int, llm: LlmSettings, caps: Caps) -> Checked:
    """Call it outside transactions: it waits for the service."""
    asked = asking.ask(
        Request(tenant_id, llm, FEATURE, caps=caps),
        _ASKED,
        fields={"reply": str},
    )
    if asked.data is None:
        return Checked(works=False, text=_WORDS.get(asked.reason, _NO_SENSE), ms=asked.ms, cost=asked.cost)
    seconds = f"{asked.ms / 1000:.1f}"
    return Checked(
        works=True, text=f"{llm.shown} answered in {seconds} s. It is ready.", ms=asked.ms, cost=asked.cost
    )


def start(*, tenant_id: int, by: User | None, now: datetime) -> Job:
    """Raises TooManyTries, JobRunning."""
    spend(CHECKS, str(tenant_id))
    return jobs.start(tenant_id=tenant_id, kind=KIND, by=by, now=now, enqueue=partial(_enqueue, tenant_id))


def _enqueue(tenant_id: int, job_id: int) -> None:
    wake.up(Wake.CHECK_MODEL, tenant_id=tenant_id, row_id=job_id)


def run(*, tenant_id: int, job_id: int) -> None:
    with jobs.running(tenant_id=tenant_id, job_id=job_id) as progress:
        if progress is None:
            return
        settings = config.load(tenant_id=tenant_id)
        caps = Caps(hard_usd=settings["llm_daily_hard_usd"] or None)
        checked = check(tenant_id=tenant_id, llm=settings.llm, caps=caps)
        if not checked.works:
            raise JobFailed(checked.text)
        progress.finish({"text": checked.text, "ms": checked.ms})
