"""How a refill that was asked for is doing: what the provider's API says now, else its group's last word, else ours."""

from collections import defaultdict
from collections.abc import Mapping

from botcore.commands.context import CommandContext
from botcore.commands.routing import note_failure
from botcore.domain import provider_answers
from botcore.enums import Action, ActState, ProviderAnswer
from botcore.models import OrderAct
from panel.clients.types import PanelOrder
from providers.clients.types import RefillProgress
from providers.domain import matching, queries, requests
from providers.enums import RefillState
from providers.errors import ProviderError
from providers.models import SmmProvider
from smmbot.lib.ratelimit import Priority

_OF_API = {
    RefillState.PENDING: "waiting at the provider",
    RefillState.IN_PROGRESS: "in progress",
    RefillState.COMPLETED: "done",
    RefillState.REJECTED: "refused by the provider",
    RefillState.CANCELED: "canceled by the provider",
    RefillState.ERROR: "failed at the provider",
}
_OF_GROUP = {
    ProviderAnswer.DONE: "done",
    ProviderAnswer.IN_PROGRESS: "in progress",
    ProviderAnswer.REFUSED: "refused by the provider",
    ProviderAnswer.NEEDS_INFO: "waiting for information",
}
_OF_ACT = {
    ActState.CLAIMED: "in progress",
    ActState.DONE: "done",
    ActState.REQUESTED: "with the provider",
    ActState.QUEUED: "with our team",
    ActState.UNKNOWN: "with our team",
}


def of_acts(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], acts: Mapping[int, OrderAct]
) -> dict[int, str]:
    """Say in words where each order's refill stands. A provider that is down only makes the answer older."""
    said = {pk: _OF_ACT[ActState(act.state)] for pk, act in acts.items()}
    group = provider_answers.latest(tenant_id=ctx.tenant_id, action=Action.REFILL, order_ids=list(acts))
    said |= {pk: _OF_GROUP[answer] for pk, answer in group.items() if answer in _OF_GROUP}
    return said | _asked_live(ctx, orders, {pk: act for pk, act in acts.items() if act.reference})


def _asked_live(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], acts: Mapping[int, OrderAct]
) -> dict[int, str]:
    """One call a provider."""
    if not acts:
        return {}
    known = queries.providers_of(ctx.tenant_id)
    held: dict[SmmProvider, dict[str, int]] = defaultdict(dict)
    for pk, act in acts.items():
        provider = matching.match(orders[pk].provider, known)
        if provider is not None and provider.has_api:
            held[provider][act.reference] = pk
    said = {}
    for provider, by_refill in held.items():
        try:
            states = requests.refill_states(
                provider=provider,
                refill_ids=list(by_refill),
                priority=Priority.BACKGROUND if ctx.in_background else Priority.INTERACTIVE,
                on_call=ctx.trace.add_call,
            )
        except ProviderError as error:
            note_failure(ctx, provider, error)
            continue
        for refill_id, state in states.items():
            if isinstance(state, RefillProgress) and state.state in _OF_API:
                said[by_refill[refill_id]] = _OF_API[state.state]
    return said
