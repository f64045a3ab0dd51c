"""Words of many languages as data, folded once on import: what customers feel, what a model must not say."""

from collections.abc import Iterable

from botcore.commands.parsing import fold


def phrases(*blocks: str) -> frozenset[str]:
    """Comma-separated phrases, folded."""
    return frozenset(
        one for block in blocks for part in block.split(",") if (one := " ".join(fold(part).split()))
    )


def by_length(found: Iterable[str]) -> list[str]:
    """Longest first, as alternatives of a regular expression want them."""
    return sorted(found, key=lambda one: (-len(one), one))
