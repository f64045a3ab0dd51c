"""The parser alone, in CPU time of this process: what other programs do meanwhile does not count."""

import random
import statistics
import time
from collections.abc import Callable, Sequence

from botcore.bench.ground import Ground
from botcore.commands import families  # noqa: F401 -- fills the table
from botcore.commands.parsing.corpus import bench_corpus
from botcore.commands.registry import build_parser

ROUNDS, REPEATS = 9, 60
KB = 1024
SHORT_KB, LONG_KB = 8, 64
_WORDS = (
    "cancel",
    "refill",
    "54321",
    "check",
    "not",
    "order",
    "speed up",
    "12",
    "please",
    ",",
    "and",
    "!",
    "9" * 8,
    "#",
)


def parser_messages_per_s(_: Ground) -> float:
    """The median of a few rounds over the corpus."""
    corpus = bench_corpus() * REPEATS
    parse = build_parser().parse

    def run() -> None:
        for text in corpus:
            parse(text)

    run()
    return statistics.median(len(corpus) / _cpu_s(run) for _ in range(ROUNDS))


def parser_linear(_: Ground) -> float:
    """Time per KB of long garbage over time per KB of short garbage; the worst kind of garbage counts."""
    return max(
        _s_per_kb(garbage[: LONG_KB * KB], LONG_KB) / _s_per_kb(garbage[: SHORT_KB * KB], SHORT_KB)
        for garbage in _garbage(LONG_KB * KB)
    )


def _s_per_kb(text: str, size_kb: int) -> float:
    """The best of many: nothing makes a run faster than it is."""
    parse = build_parser().parse
    repeats = 8 * LONG_KB // size_kb
    return min(_cpu_s(lambda: parse(text)) for _ in range(repeats)) / size_kb


def _cpu_s(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _garbage(size: int) -> Sequence[str]:
    """Texts that cannot be decided early: command words, ids, signs, and runs of one thing."""
    dice = random.Random(1)  # noqa: S311 -- the same garbage every time
    signs = "".join(map(chr, range(32, 127))) + "…भাई😂\n"
    return [
        " ".join(dice.choices(_WORDS, k=size))[:size],
        "".join(dice.choices(signs, k=size)),
        *(
            (unit * size)[:size]
            for unit in ("cancel ", "54321 ", "9", "! ", "a", "no cancel 54321 ", "http://a.b/ ")
        ),
    ]
