"""Which of a tenant's providers an order went to.

The first rule that fits decides; where it fits two providers none is taken, for ids must never go to the wrong
one:

1. the provider's host is the order's;
2. one of its other hosts is;
3. either of them is, once the sub-domains of sites (www, api, panel, ...) are taken off both sides. Other
   sub-domains are different shops: child panels live on `anybody.script-vendor.example`;
4. fallback, for panels that name a provider without a dot: its name, its alias, or its host up to the first dot.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from providers.models import SmmProvider
from smmbot.lib.ssrf import UrlRefused, canonical_host
from smmbot.lib.wire_values import to_host

_SITE_LABELS = frozenset({"www", "api", "panel", "app", "my", "m", "admin", "secure", "new"})
_NOT_A_WORD = re.compile(r"[\W_]+")


def match(order_provider: str | None, providers: Sequence[SmmProvider]) -> SmmProvider | None:
    """Find the provider of an order. order_provider: PanelOrder.provider; None is a manual service and
    belongs to nobody, a text that fits nobody answers None too."""
    wanted = normalise_host(order_provider or "")
    if not wanted:
        return None
    rules: tuple[Callable[[SmmProvider], bool], ...] = (
        lambda provider: normalise_host(provider.host) == wanted,
        lambda provider: wanted in map(normalise_host, provider.other_hosts),
        lambda provider: _site_of(wanted) in map(_site_of, _hosts_of(provider)),
        lambda provider: "." not in wanted and _squeezed(wanted) in _names_of(provider),
    )
    for fits in rules:
        found = [provider for provider in providers if fits(provider)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


@lru_cache(maxsize=4096)
def normalise_host(text: str) -> str:
    """The host in whatever a person or a panel wrote, as it is stored and compared: lower case, without
    scheme, www, port, path; other scripts as `xn--`. "" when there is none."""
    host = to_host(text)
    try:
        return canonical_host(host) if host else ""
    except UrlRefused:
        return ""


def _hosts_of(provider: SmmProvider) -> Iterable[str]:
    return map(normalise_host, (provider.host, *provider.other_hosts))


def _site_of(host: str) -> str:
    """Without the sub-domains of sites, as long as two labels are left."""
    labels = host.split(".")
    while len(labels) > 2 and labels[0] in _SITE_LABELS:
        labels.pop(0)
    return ".".join(labels)


def _names_of(provider: SmmProvider) -> set[str]:
    names = {_squeezed(name) for name in (provider.name, provider.alias)}
    return (names | {_squeezed(_site_of(host).partition(".")[0]) for host in _hosts_of(provider)}) - {""}


def _squeezed(name: str) -> str:
    return _NOT_A_WORD.sub("", name.casefold())
