"""Scenarios that strike any HTTP server alike, whatever it speaks."""

import time

from smmbot.lib.sandbox.http import SandboxResponse, html_response
from smmbot.lib.sandbox.scenarios import ScenarioBoard
from smmbot.lib.wsgi_server import NeverAnswer

SLOW_S = 2.0

FAULTS = {
    "slow": "answers after delay_s (2 seconds)",
    "time_out": "takes the call, does nothing and never answers",
    "time_out_after_write": "performs the write, then never answers; reads are left alone",
    "rate_limited": "429, whatever the pace",
    "error_500": "500 with a short text",
    "html_502": "502 with the HTML page of a gateway",
    "html_page": "200 with the HTML page of a browser check",
    "empty_body": "200 and nothing else",
}

CHALLENGE_PAGE = (
    "<!DOCTYPE html><html><head><title>One moment</title></head><body><h1>Checking your browser</h1>"
    "<p>This page goes on by itself in a few seconds.</p></body></html>"
)
GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def strike(board: ScenarioBoard, *, path: str, api_key: str) -> SandboxResponse | None:
    """What stands in for the answer, if a scenario is on; the call itself is then not performed. `slow`
    only waits. `rate_limited` and `time_out_after_write` are the server's own to ask for. Raises
    NeverAnswer."""
    slow = board.take("slow", path=path, api_key=api_key)
    if slow is not None:
        time.sleep(SLOW_S if slow.delay_s is None else slow.delay_s)
    if board.take("time_out", path=path, api_key=api_key):
        raise NeverAnswer
    if board.take("error_500", path=path, api_key=api_key):
        return SandboxResponse(500, b"Internal Server Error", "text/plain")
    if board.take("html_502", path=path, api_key=api_key):
        return html_response(GATEWAY_PAGE, 502)
    if board.take("html_page", path=path, api_key=api_key):
        return html_response(CHALLENGE_PAGE)
    if board.take("empty_body", path=path, api_key=api_key):
        return SandboxResponse()
    return None
