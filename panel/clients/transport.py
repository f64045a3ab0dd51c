"""Calls of a panel, over the transport all APIs share."""

from collections.abc import Mapping
from typing import Any

from panel.errors import (
    PanelDown,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnauthorized,
    PanelUrlRefused,
)
from smmbot.lib.api_errors import ApiErrors
from smmbot.lib.api_transport import ApiCall, ApiTransport, ReadsAnswers
from smmbot.lib.http import Query


class PanelTransport(ApiTransport):
    errors = ApiErrors(
        unauthorized=PanelUnauthorized,
        rate_limited=PanelRateLimited,
        down=PanelDown,
        protocol=PanelProtocolError,
        url_refused=PanelUrlRefused,
    )

    def read(self, path: str, params: Query, read_answer: ReadsAnswers, *, is_probe: bool = False) -> Any:
        """GET. is_probe: a person looks now."""
        call = ApiCall("GET", path, read_answer, is_write=False, params=params, is_probe=is_probe)
        return self.run(call)

    def write(self, path: str, body: Mapping[str, Any], read_answer: ReadsAnswers) -> Any:
        """POST with a JSON body."""
        return self.run(ApiCall("POST", path, read_answer, is_write=True, json=body))
