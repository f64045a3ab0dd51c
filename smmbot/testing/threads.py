"""The same thing done by several threads at one moment."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(count: int, do: Callable[[int], T], *, timeout_s: float = 30) -> list[T]:
    """Call `do(0)` … `do(count - 1)`, each in a thread of its own, let loose together. Raises what any of them
    raised."""
    barrier = threading.Barrier(count)

    def one(number: int) -> T:
        try:
            barrier.wait(timeout_s)
            return do(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(timeout_s) for future in [pool.submit(one, number) for number in range(count)]]


def wait_until(is_so: Callable[[], T], *, timeout_s: float = 20, what: str = "it") -> T:
    """Look again and again until it is so, and return what was seen. For what happens in another thread or process."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout_s
    while not (seen := is_so()):
        assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}"
        pause.wait(0.01)
    return seen
