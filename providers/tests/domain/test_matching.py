import pytest

from providers.domain.matching import match, normalise_host
from providers.models import SmmProvider


def supplier(name, host, *, alias="", other_hosts=()):
    return SmmProvider(name=name, host=host, alias=alias, other_hosts=list(other_hosts))


SMMCOST = supplier(
    "SMM Cost", "smmcost.com", alias="Premium One", other_hosts=["smmcost.net", "cost-api.example"]
)
BOOSTLAB = supplier("Boost Lab", "panel.boostlab.io")
PEAK = supplier("Пик", "xn--e1aybc.xn--p1ai")
ALL = [SMMCOST, BOOSTLAB, PEAK]


@pytest.mark.parametrize(
    ("order_provider", "found"),
    [
        # 1. its host
        ("smmcost.com", SMMCOST),
        ("SMMCost.com", SMMCOST),
        ("https://www.smmcost.com:8443/api/v2", SMMCOST),
        ("panel.boostlab.io", BOOSTLAB),
        ("пикт.рф", None),
        ("тест.рф", PEAK),
        # 2. its other hosts
        ("smmcost.net", SMMCOST),
        ("cost-api.example", SMMCOST),
        # 3. sub-domains of sites
        ("api.smmcost.com", SMMCOST),
        ("panel.smmcost.net", SMMCOST),
        ("www.api.smmcost.com", SMMCOST),
        ("boostlab.io", BOOSTLAB),
        ("api.boostlab.io", BOOSTLAB),
        ("somebody.smmcost.com", None),
        ("smmcost.com.evil.example", None),
        ("notsmmcost.com", None),
        ("smmcost.org", None),
        # 4. names without a dot
        ("smmcost", SMMCOST),
        ("smm-cost", SMMCOST),
        ("premiumone", SMMCOST),
        ("boostlab", BOOSTLAB),
        ("cost", None),
        # nobody
        (None, None),
        ("", None),
        ("n/a", None),
        ("api", None),
        ("unknown.example", None),
        ("[::1", None),
    ],
)
def test_match(order_provider, found):
    assert match(order_provider, ALL) is found


def test_of_no_providers_none_fits():
    assert match("smmcost.com", []) is None


def test_its_own_host_goes_before_anothers_other_host():
    copy = supplier("Copy", "copy.example", other_hosts=["smmcost.com"])

    assert match("smmcost.com", [copy, SMMCOST]) is SMMCOST
    assert match("api.smmcost.com", [copy, SMMCOST]) is None


def test_where_two_fit_none_is_taken():
    first = supplier("One", "one.example", other_hosts=["shared.example"])
    second = supplier("One", "two.example", other_hosts=["shared.example"])

    assert match("shared.example", [first, second]) is None
    assert match("one", [first, second]) is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (" HTTPS://WWW.Provider.Example./x ", "provider.example"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("127.0.0.1:9000", "127.0.0.1"),
        ("not a host!", "not"),
        ("a!b", ""),
        ("", ""),
    ],
)
def test_normalise_host(text, host):
    assert normalise_host(text) == host
