from collections.abc import Mapping, Sequence

from botcore.commands.context import CommandContext
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.commands.routing import held_by_api
from botcore.domain.replies import Answer
from botcore.enums import Action
from panel.clients.types import PanelOrder
from panel.enums import read_status, status_label
from providers.clients.types import ProviderOrder
from providers.domain import requests
from providers.errors import ProviderError
from smmbot.lib.logs import get_logger
from tenants.permissions import Permission

logger = get_logger(__name__)

NO_OID = "none"
# Whose word it is, where it is not the provider's.
BY_PANEL = " (panel)"


@command(
    "provider status",
    takes=Takes.ORDER_IDS,
    audience=Audience.TEAM,
    permission=Permission.PROVIDER_STATUS,
    logged_as=Action.PROVIDER_STATUS,
    suffix=True,
    examples=("54321,54322 provider status",),
)
def provider_status(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """<ids> provider status - see an order's id and status at its provider, whoever ordered it."""
    found = ctx.panel.get_orders(parsed.order_ids)
    at_provider = _at_providers(ctx, found)
    return [
        _line(found[pk], at_provider.get(pk)) if pk in found else say("provider_status_unknown", order_id=pk)
        for pk in parsed.order_ids
    ]


def _line(order: PanelOrder, status: str | None) -> Result:
    shown = status_label(order.status) + BY_PANEL if status is None else status_label(read_status(status))
    params = {"oid": order.external_id or NO_OID, "provider_status": shown}
    return Result(
        Answer("provider_status", params, order.order_id), order, facts={"provider_status": status or ""}
    )


def _at_providers(ctx: CommandContext, orders: Mapping[int, PanelOrder]) -> dict[int, str]:
    """The status each provider's own API gives, one call a provider; nothing for those that cannot be asked."""
    statuses: dict[int, str] = {}
    for provider, by_oid in held_by_api(ctx, orders).items():
        try:
            answers = requests.statuses(provider=provider, oids=list(by_oid), on_call=ctx.trace.add_call)
        except ProviderError as error:
            logger.warning("provider did not serve", extra={"provider_id": provider.pk, "code": error.code})
            ctx.trace.add("provider_error", provider=provider.name, code=error.code)
            continue
        statuses |= {
            pk: answer.status
            for oid, answer in answers.items()
            if isinstance(answer, ProviderOrder)
            for pk in by_oid.get(oid, ())
        }
    return statuses
