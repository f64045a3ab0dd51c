"""The setup doctor: the five steps from a new account to a bot that answers, each looked at, each with its fix.

`look` reads what is stored and costs a few queries. `ask_panel` calls the tenant's panel and keeps what it finds, so
that whoever looks next need not ask again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from redis.exceptions import RedisError

from botcore.domain import panel_check
from botcore.domain.config import Config
from botcore.domain.overview import Bot
from botcore.enums import ChatMode, NumberState
from botcore.models import MessageLog
from panel.domain import connections, probe
from panel.domain.probe import Capability
from panel.models import PanelConnection
from providers.domain import matching
from providers.domain.queries import providers_of
from providers.models import SmmProvider
from smmbot.lib.locks import LockHeld, hold
from tenants.domain.limits import spend
from tenants.errors import TooManyTries

# A look at the panel holds so long; one that failed is repeated sooner.
HOLDS: Final = timedelta(minutes=5)
HOLDS_FAILED: Final = timedelta(seconds=30)
# The bot cannot do its work without these rights of the key.
ESSENTIAL: Final = ("orders", "users", "tickets")
RECENT_LOGS: Final = 500
_CHECK_TAKES_S: Final = 60
_MODE: Final = "chat_mode"


class StepName(StrEnum):
    NUMBER = "number"
    PANEL = "panel"
    GROUPS = "groups"
    MODE = "mode"
    PROVIDERS = "providers"


class StepState(StrEnum):
    DONE = "done"
    TODO = "todo"
    WAITING = "waiting"  # nothing to do yet


@dataclass(frozen=True, slots=True)
class Step:
    """found: what is so; fix: what to do, empty when all is well. more: details, a line each."""

    name: StepName
    title: str
    state: StepState
    found: str
    fix: str = ""
    more: Sequence[str] = ()
    capabilities: Sequence[Capability] = ()

    @property
    def is_done(self) -> bool:
        return self.state is StepState.DONE

    @property
    def is_todo(self) -> bool:
        return self.state is StepState.TODO


@dataclass(frozen=True, slots=True)
class Setup:
    """panel_is_due: the panel should be asked again."""

    steps: Sequence[Step]
    panel_is_due: bool
    panel_checked_at: datetime | None

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_complete(self) -> bool:
        """Nothing is left to do."""
        return not any(step.is_todo for step in self.steps)

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if step.is_todo), None)


def look(*, tenant_id: int, config: Config, bot: Bot, now: datetime) -> Setup:
    """The five steps as they stand. Calls nobody."""
    connection = connections.in_use(tenant_id=tenant_id)
    seen = providers_seen(tenant_id=tenant_id)
    return Setup(
        steps=(
            _number(bot),
            _panel_step(connection),
            _groups(bot),
            _mode(config, has_logs=seen is not None),
            _providers(seen or {}, providers_of(tenant_id)),
        ),
        panel_is_due=connection is not None and _is_due(connection, now),
        panel_checked_at=connection.validated_at if connection else None,
    )


def ask_panel(*, tenant_id: int, now: datetime, anew: bool = False) -> None:
    """Look at the panel if the last look is too old, or `anew`. Two at once: one asks. Waits for the panel, so call
    it outside transactions. Raises TooManyTries, when `anew` is said too often."""
    connection = connections.in_use(tenant_id=tenant_id)
    if connection is None or not (anew or _is_due(connection, now)):
        return
    try:
        with hold(f"setup_check:{tenant_id}", ttl_s=_CHECK_TAKES_S):
            spend(panel_check.CHECKS, str(tenant_id))
            probe.look_and_keep(connection=connection, now=now)
    except (LockHeld, RedisError):
        return
    except TooManyTries:
        if anew:
            raise


def providers_seen(*, tenant_id: int) -> Counter[str] | None:
    """Providers the newest requests went to, with how many; None: there are no requests at all."""
    newest = MessageLog.objects.filter(tenant_id=tenant_id).order_by("-created_at", "-serial")
    found = list(newest.values_list("provider", flat=True)[:RECENT_LOGS])
    return Counter(name for name in found if name) if found else None


# --- the steps ----------------------------------------------------------------------------------------------------


def _number(bot: Bot) -> Step:
    title, number = "WhatsApp number linked", bot.number
    if number is None:
        return _step(
            StepName.NUMBER,
            title,
            "No number is linked yet.",
            "Connect the number your customers write to: scan one QR code, it takes half a minute.",
        )
    if bot.is_online:
        rest = bot.numbers - bot.live
        found = f"{number} is live." if bot.live == 1 else f"{bot.live} numbers are live."
        more = [f"{rest} more {'is' if rest == 1 else 'are'} not."] if rest else []
        return _step(StepName.NUMBER, title, found, more=more)
    fixes = {
        NumberState.BANNED: "WhatsApp has closed this number. Link another one.",
        NumberState.CLOSED: "Open WhatsApp on its phone and see that it is online, then restart the number here.",
        NumberState.LOGGED_OUT: "The link was ended. Show the QR code and scan it again.",
    }
    found = f"{number}: {NumberState(number.state).label}."
    return _step(
        StepName.NUMBER,
        title,
        found,
        fixes.get(NumberState(number.state), "Finish linking: scan the QR code with WhatsApp on its phone."),
    )


def _panel_step(connection: PanelConnection | None) -> Step:
    title = "Panel reachable"
    if connection is None:
        return _step(
            StepName.PANEL,
            title,
            "No panel is connected.",
            "Enter your panel's address and its Admin API key. The bot only reads until a customer asks for more.",
        )
    found = connection.probe
    if not found:
        return Step(
            StepName.PANEL, title, StepState.WAITING, f"{connection.base_url} is saved. Asking it now …"
        )
    if not found.get("authorised"):
        return _step(
            StepName.PANEL,
            title,
            f"{connection.base_url} does not work yet.",
            probe.words_of(found.get("code", "")),
        )
    capabilities = probe.capabilities_of(found)
    allowed = sum(one.has for one in capabilities)
    lacking = [one for one in capabilities if not one.has and one.name in ESSENTIAL]
    return _step(
        StepName.PANEL,
        title,
        f"{connection.base_url} answers. The key may do {allowed} of {len(capabilities)} things.",
        " ".join(one.missing for one in lacking),
        capabilities=capabilities,
    )


def _groups(bot: Bot) -> Step:
    title = "Groups switched on"
    if bot.groups_on:
        of = f"{bot.groups_on} of {bot.groups} group{'' if bot.groups == 1 else 's'}"
        return _step(StepName.GROUPS, title, f"The bot answers in {of}, and in direct messages.")
    if bot.groups:
        return _step(
            StepName.GROUPS,
            title,
            f"{bot.groups} group{' is' if bot.groups == 1 else 's are'} known, none is switched on.",
            "Switch Support on for the groups in which the bot should answer.",
        )
    return _step(
        StepName.GROUPS,
        title,
        "The bot has not seen a group yet. Direct messages work already.",
        "Add its number to your support group and write something there: the group appears by itself.",
    )


def _mode(config: Config, *, has_logs: bool) -> Step:
    title, mode = "Chat mode chosen", ChatMode(config[_MODE])
    if mode is ChatMode.AI and not config.llm.is_configured:
        return _step(
            StepName.MODE,
            title,
            "AI mode is on, but there is no model to word the answers. Fixed texts are sent meanwhile.",
            "Enter a model and its key, or choose Manual.",
        )
    if has_logs or config.is_stored(_MODE):
        return _step(StepName.MODE, title, f"{mode.label} is on. {_MODE_WORDS[mode]}")
    return _step(
        StepName.MODE,
        title,
        f"{mode.label} is on until you choose. {_MODE_WORDS[mode]}",
        "Say how the bot should word its answers. You can change it at any time.",
    )


_MODE_WORDS: Final = {
    ChatMode.MANUAL: "Answers are fixed, short texts.",
    ChatMode.AI: "A language model words the answers, in the customer's language.",
    ChatMode.CUSTOM: "Answers are your own templates.",
}


def _providers(seen: Counter[str] | dict[str, int], known: Sequence[SmmProvider]) -> Step:
    title = "Provider groups mapped"
    if not seen:
        reached = sum(bool(one.group_wa_id) for one in known)
        if reached:
            return _step(
                StepName.PROVIDERS,
                title,
                f"{reached} provider group{' is' if reached == 1 else 's are'} mapped.",
            )
        return Step(
            StepName.PROVIDERS,
            title,
            StepState.WAITING,
            "No orders have been asked about yet. As soon as they are, the providers behind them are listed here.",
        )
    missing, by_api = [], []
    for name, count in sorted(seen.items(), key=lambda pair: (-pair[1], pair[0])):
        provider = matching.match(name, known)
        if provider is not None and provider.group_wa_id:
            continue
        if provider is not None and provider.has_api:
            by_api.append(
                f"{provider}: asked through its API; without a group, escalations reach nobody there."
            )
        else:
            missing.append(
                f"{name}: {count} recent request{'' if count == 1 else 's'}, nowhere to pass them on."
            )
    if not missing:
        many = len(seen)
        found = (
            "The provider of recent orders can be reached."
            if many == 1
            else f"All {many} providers of recent orders can be reached."
        )
        return _step(StepName.PROVIDERS, title, found, more=by_api)
    return _step(
        StepName.PROVIDERS,
        title,
        f"{len(missing)} of {len(seen)} providers of recent orders cannot be reached.",
        "Add them under Providers and map the WhatsApp group you share, so that requests are passed on by themselves.",
        more=[*missing, *by_api],
    )


def _step(
    name: StepName,
    title: str,
    found: str,
    fix: str = "",
    more: Sequence[str] = (),
    capabilities: Sequence[Capability] = (),
) -> Step:
    state = StepState.TODO if fix else StepState.DONE
    return Step(name, title, state, found, fix, tuple(more), tuple(capabilities))


def _is_due(connection: PanelConnection, now: datetime) -> bool:
    if connection.validated_at is None or not connection.probe:
        return True
    holds = HOLDS if connection.probe.get("authorised") else HOLDS_FAILED
    return now - connection.validated_at >= holds
