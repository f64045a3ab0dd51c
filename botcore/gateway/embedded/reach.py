"""Says whether WhatsApp can be reached from this machine, before any number is there to find out by."""

import os
import socket
import threading
from collections.abc import Callable
from typing import Final

from botcore.gateway.embedded.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

WHATSAPP: Final = ("web.whatsapp.com", 443)
_TIMEOUT_S: Final = 5.0


def watch(stop: threading.Event) -> None:
    """Look in the background, with growing pauses, until WhatsApp answers once. Nobody sees through a proxy."""
    if not (os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")):
        threading.Thread(target=look, args=(stop, can_connect), name="reach", daemon=True).start()


def can_connect() -> bool:
    try:
        with socket.create_connection(WHATSAPP, _TIMEOUT_S):
            return True
    except OSError:
        return False


def look(stop: threading.Event, is_reachable: Callable[[], bool]) -> None:
    pause_s = FIRST_PAUSE_S
    while not is_reachable():
        logger.warning(
            "WhatsApp cannot be reached from this machine: check its internet connection. "
            "No number can be linked until then. Next look in %.0f s.",
            pause_s,
        )
        if stop.wait(pause_s):
            return
        pause_s = min(LONGEST_PAUSE_S, 2 * pause_s)
    logger.info("WhatsApp can be reached from this machine.")
