"""refill verify: has this order dropped? For the team alone, to justify or dispute a refill."""

import re
from collections.abc import Sequence
from decimal import Decimal

from botcore.commands.context import CommandContext
from botcore.commands.facts import order_facts
from botcore.commands.measuring import drop_facts, measure_drops
from botcore.commands.parsing import ParsedCommand, Takes
from botcore.commands.parsing.fold import fold
from botcore.commands.registry import Audience, command
from botcore.commands.results import Result, say
from botcore.domain.replies import Answer
from botcore.enums import Action
from panel.clients.types import PanelOrder
from panel.domain.drops import Drop, DropVerdict
from tenants.permissions import Permission

# `54321=1480`, `54321 = 12,480`, `54321=1.2k`
_TYPED = re.compile(
    r"(?<![0-9])([0-9]{1,12})\s*=\s*"
    r"(?:([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([km])\b|([0-9]{1,3}(?:[,.][0-9]{3})+|[0-9]{1,12})(?![0-9]))"
)
_UNITS = {"k": 1_000, "m": 1_000_000}
_SPOKEN = {
    DropVerdict.NO_DROP: "no drop",
    DropVerdict.SMALL_DROP: "small drop, below {threshold}",
    DropVerdict.JUSTIFIED: "refill justified",
    DropVerdict.BELOW_START: "below its start count, please look at it yourself",
    DropVerdict.NOT_ENDED: "{status}, so there is nothing to measure yet",
    DropVerdict.START_UNKNOWN: "start count unknown, so no drop can be measured",
    DropVerdict.LIVE_UNKNOWN: "live unknown",
}


@command(
    "refill verify",
    takes=Takes.ORDER_IDS,
    audience=Audience.TEAM,
    permission=Permission.REFILL_VERIFY,
    logged_as=Action.REFILL_VERIFY,
    anywhere=True,
    examples=("refill verify 54321 54322 54323", "refill verify 54321=1480"),
)
def refill_verify(ctx: CommandContext, parsed: ParsedCommand) -> Sequence[Result]:
    """refill verify <id> [<id> ...] - compare the live count with where the order should stand. A count you have
    looked up yourself goes behind the id: 54321=1480"""
    order_ids, typed = read_counts(ctx.message.text, parsed.order_ids)
    found = ctx.panel.get_orders(order_ids)
    drops = measure_drops(ctx, found, typed)
    return [
        _result(ctx, found[pk], drops[pk]) if pk in found else say("refill_verify_unknown", order_id=pk)
        for pk in order_ids
    ]


def read_counts(text: str, order_ids: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    """Tell the counts in `54321=1480` from the order ids. Returns the ids and the counts by id."""
    folded = fold(text)
    typed = {int(match[1]): _count(match) for match in _TYPED.finditer(folded)}
    if not typed:
        return list(order_ids), {}
    named = set(re.findall(r"[0-9]+", _TYPED.sub(r" \1 ", folded)))
    ids = [pk for pk in order_ids if str(pk) in named]
    return ids, {pk: count for pk, count in typed.items() if pk in ids}


def _count(match: re.Match[str]) -> int:
    if match[3]:
        return int(Decimal(match[2]) * _UNITS[match[3]])
    return int(match[4].replace(",", "").replace(".", ""))


def _result(ctx: CommandContext, order: PanelOrder, drop: Drop) -> Result:
    params = order_facts(ctx, order) | drop_facts(ctx, drop)
    params["verdict"] = _SPOKEN[drop.verdict].format_map(params)
    facts = {"verdict": drop.verdict.value, "expected": drop.expected, "live": drop.live, "drop": drop.drop}
    return Result(Answer("refill_verify", params, order.order_id), order, facts=facts)
