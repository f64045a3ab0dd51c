"""Calls of a provider, over the transport all APIs share."""

from collections.abc import Mapping
from typing import Any

from providers.errors import (
    ProviderDown,
    ProviderProtocolError,
    ProviderRateLimited,
    ProviderUnauthorized,
    ProviderUrlRefused,
)
from smmbot.lib.api_errors import ApiErrors
from smmbot.lib.api_transport import ApiCall, ApiTransport, ReadsAnswers

# A large catalogue takes some providers most of a minute.
CATALOGUE_TIMEOUT_S = (3.0, 45.0)
CATALOGUE_TOTAL_S = 60.0
CATALOGUE_MAX_BYTES = 32 * 1024 * 1024


class ProviderTransport(ApiTransport):
    errors = ApiErrors(
        unauthorized=ProviderUnauthorized,
        rate_limited=ProviderRateLimited,
        down=ProviderDown,
        protocol=ProviderProtocolError,
        url_refused=ProviderUrlRefused,
    )

    def read(self, form: Mapping[str, str], read_answer: ReadsAnswers) -> Any:
        """POST a form that changes nothing."""
        return self.run(_call(form, read_answer, is_write=False))

    def read_catalogue(self, form: Mapping[str, str], read_answer: ReadsAnswers) -> Any:
        """The same, for an answer of many MB."""
        call = ApiCall(
            "POST",
            "",
            read_answer,
            is_write=False,
            name=f"/{form['action']}",
            form=form,
            timeout_s=CATALOGUE_TIMEOUT_S,
            total_s=CATALOGUE_TOTAL_S,
            max_bytes=CATALOGUE_MAX_BYTES,
        )
        return self.run(call)

    def write(self, form: Mapping[str, str], read_answer: ReadsAnswers) -> Any:
        """POST a form that asks for something to be done."""
        return self.run(_call(form, read_answer, is_write=True))


def _call(form: Mapping[str, str], read_answer: ReadsAnswers, *, is_write: bool) -> ApiCall:
    return ApiCall("POST", "", read_answer, is_write=is_write, name=f"/{form['action']}", form=form)
