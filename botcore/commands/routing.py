"""Where a request goes that the panel itself cannot carry out: provider's API, provider's group, staff queue.

auto: each in turn; api: the API, else the staff; forward: the group, else the staff; approve: the staff.
Whatever way it goes, the customer is told the same: requested.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping

from botcore.commands.acting import Done, queued_for_staff
from botcore.commands.context import CommandContext
from botcore.domain import forwarding, team_notices
from botcore.enums import Action, ActionMode, ActState
from panel.clients.types import PanelOrder
from providers.clients.types import Accepted, Refused
from providers.domain import matching, queries
from providers.enums import RefusalKind
from providers.errors import ProviderError, ProviderUnauthorized
from providers.models import SmmProvider
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

# Asks one provider's API for all of these ids, in one call.
ApiCall = Callable[[SmmProvider, list[str]], Mapping[str, Accepted | Refused]]


def route(
    ctx: CommandContext,
    orders: Mapping[int, PanelOrder],
    *,
    action: Action,
    outcome: str,
    api_call: ApiCall | None = None,
) -> dict[int, Done]:
    """Pass every order on; what finds no way waits for the staff. Nothing here raises for a provider that is down."""
    mode = ctx.config.mode(action)
    left = dict(orders)
    done: dict[int, Done] = {}
    if api_call is not None and mode in (ActionMode.AUTO, ActionMode.API):
        done |= _by_api(ctx, left, outcome, api_call)
    left = {pk: order for pk, order in left.items() if pk not in done}
    if left and mode in (ActionMode.AUTO, ActionMode.FORWARD):
        done |= _by_group(ctx, left, action, outcome)
    left = {pk: order for pk, order in left.items() if pk not in done}
    ctx.trace.add("routed", action=action.value, passed_on=len(done), staff=len(left))
    return done | queued_for_staff(left, outcome)


def was_passed_on(ctx: CommandContext, order_id: int, action: Action) -> bool:
    """Whether a message about this order went to its provider's group before the run that sent it died."""
    return forwarding.was_passed_on(message=ctx.message, action=action, order_id=order_id)


def held_by_api(
    ctx: CommandContext, orders: Mapping[int, PanelOrder]
) -> dict[SmmProvider, dict[str, list[int]]]:
    """Order ids by provider OID, for each provider whose API can be asked. Two orders may share an OID."""
    known = queries.providers_of(ctx.tenant_id)
    held: dict[SmmProvider, dict[str, list[int]]] = defaultdict(dict)
    for pk, order in orders.items():
        provider = matching.match(order.provider, known)
        if provider is not None and provider.has_api and order.external_id:
            held[provider].setdefault(order.external_id, []).append(pk)
    return dict(held)


def _by_api(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], outcome: str, api_call: ApiCall
) -> dict[int, Done]:
    """One call a provider. Accepted is requested; may have arrived is the staff's; a plain no tries the next way.

    "Asked for already" is the staff's too: by whom and what came of it is not known, and nothing is asked twice.
    """
    done: dict[int, Done] = {}
    for provider, by_oid in held_by_api(ctx, orders).items():
        try:
            answers = api_call(provider, list(by_oid))
        except ProviderError as error:
            note_failure(ctx, provider, error)
            if error.maybe_written:
                done |= {pk: Done(ActState.UNKNOWN, outcome) for pks in by_oid.values() for pk in pks}
            continue
        for oid, answer in answers.items():
            if isinstance(answer, Accepted):
                accepted = Done(ActState.REQUESTED, outcome, reference=(answer.refill_id or "")[:100])
                done |= dict.fromkeys(by_oid[oid], accepted)
            elif answer.may_be_done:
                done |= {pk: Done(ActState.UNKNOWN, outcome) for pk in by_oid[oid]}
            elif answer.kind is RefusalKind.ALREADY_REQUESTED:
                done |= {pk: Done(ActState.QUEUED, outcome) for pk in by_oid[oid]}
    return done


def note_failure(ctx: CommandContext, provider: SmmProvider, error: ProviderError) -> None:
    """Keep what a provider's API did to us; of a refused key the team hears, once a day: only they can mend it."""
    logger.warning("provider did not serve", extra={"provider_id": provider.pk, "code": error.code})
    ctx.trace.add("provider_error", provider=provider.name, code=error.code)
    if isinstance(error, ProviderUnauthorized):
        team_notices.tell_once(
            tenant_id=ctx.tenant_id,
            number=ctx.chat.number,
            about=f"provider-key-refused-{provider.pk}-{ctx.now:%Y-%m-%d}",
            text=(
                f"{provider.name} refuses its API key, so requests go to its group or wait for you.\n"
                "Please enter a valid key under Providers."
            ),
            now=ctx.now,
        )


def _by_group(
    ctx: CommandContext, orders: Mapping[int, PanelOrder], action: Action, outcome: str
) -> dict[int, Done]:
    passed = forwarding.forward(
        tenant_id=ctx.tenant_id,
        number=ctx.chat.number,
        action=action,
        format_name=action.value,
        items=[
            forwarding.Item(pk, order.provider or "", order.external_id or "") for pk, order in orders.items()
        ],
        message=ctx.message,
        now=ctx.now,
    )
    return {pk: Done(ActState.REQUESTED, outcome) for pk in passed.sent}
