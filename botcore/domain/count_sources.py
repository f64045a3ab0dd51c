"""Where a live count comes from: the followers, likes or views a link has now. The panel does not tell it.

A new source: subclass CountSource, name it in _SOURCES and in the choices of the setting `count_source`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from django.conf import settings

from botcore.domain.config import Config
from panel.clients.types import PanelOrder
from panel.clients.url import normalise_url
from panel.domain import connections
from panel.errors import PanelError
from panel.models import PanelConnection
from smmbot.lib.http import HttpFailure, http_client
from smmbot.lib.logs import get_logger
from smmbot.lib.ssrf import UrlRefused

logger = get_logger(__name__)


class CountSource(ABC):
    """Made for one message, so it may remember that its server does not answer. Never raises."""

    @abstractmethod
    def live_count(self, order: PanelOrder) -> int | None:
        """The count of the order's link now; None when it cannot be told."""


class NoSource(CountSource):
    def live_count(self, order: PanelOrder) -> int | None:
        return None


class SandboxSource(CountSource):
    """Asks the sandbox panel, which makes the counts up. Only where the product runs as a demo."""

    _TIMEOUT_S = (2.0, 3.0)

    def __init__(self, connection: PanelConnection) -> None:
        self._connection = connection
        self._is_away = not settings.DEMO

    def live_count(self, order: PanelOrder) -> int | None:
        if self._is_away:
            return None
        try:
            answer = http_client().request(
                "GET",
                f"{normalise_url(self._connection.base_url)}/_sandbox/live_count",
                params={"order": order.order_id, "api_key": self._connection.api_key},
                timeout_s=self._TIMEOUT_S,
                deadline_s=sum(self._TIMEOUT_S),
            )
            live = answer.json().get("live_count")
        except (HttpFailure, UrlRefused, PanelError, ValueError, AttributeError):
            logger.warning("count source away", extra={"source": "sandbox"})
            self._is_away = True
            return None
        return live if isinstance(live, int) and live >= 0 else None


_SOURCES: Mapping[str, type[SandboxSource]] = {"sandbox": SandboxSource}


def source_of(*, tenant_id: int, config: Config) -> CountSource:
    """The source the tenant chose. Raises PanelNotConfigured."""
    source = _SOURCES.get(config["count_source"])
    return source(connections.active(tenant_id=tenant_id)) if source else NoSource()


def live_counts(source: CountSource, orders: Sequence[PanelOrder]) -> dict[int, int]:
    """Ask for several orders, those alone whose start is known: without it no drop can be measured."""
    counts = {order.order_id: source.live_count(order) for order in orders if order.start_count is not None}
    return {order_id: count for order_id, count in counts.items() if count is not None}
