"""Reading what a gateway answered: nobody promises that it has the shape its documentation shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botcore.gateway.errors import GatewayError
from smmbot.lib.http import HttpAnswer


@contextmanager
def reading(*, is_unclear: bool = False) -> Iterator[None]:
    """Whatever is missing or of another kind is a GatewayError. is_unclear: what was asked may have been done."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise GatewayError("an answer of another shape", is_unclear=is_unclear) from error


def json_of(answer: HttpAnswer) -> Any:
    """The answer's JSON; None when it is none, as from a proxy that stands in between."""
    try:
        return answer.json()
    except ValueError:
        return None
