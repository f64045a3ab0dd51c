"""The operator's gateways: from the environment, the admin's beside them, and how they are."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.checks import gateways_are_whole
from botcore.domain import gateways
from botcore.enums import GatewayProblem
from botcore.gateway.errors import BadRequest, GatewayNotActivated, GatewayRefused, GatewayUnreachable
from botcore.models import Gateway
from botcore.tests.factories import NumberFactory

PAIRS = {
    "evolution": ("EVOLUTION_API_URL", "EVOLUTION_API_KEY"),
    "waha": ("WAHA_URL", "WAHA_API_KEY"),
    "gowa": ("GOWA_URL", "GOWA_BASIC_AUTH"),
}


@pytest.fixture
def environment(settings):
    """Set variables: `environment(WAHA_URL="…")`; empty takes one away."""

    def put(**values):
        for name, value in values.items():
            setattr(settings, name, value)

    return put


def rows():
    return [
        (row.driver, row.base_url, row.api_key, row.is_offered, row.is_default)
        for row in Gateway.objects.order_by("pk")
    ]


@pytest.mark.django_db
class TestEnvironment:
    def test_without_any_the_sandbox_stays(self):
        gateways.sync_from_environment()

        assert (rows(), gateways.offered(), gateways.default()) == ([], [], None)

    @pytest.mark.parametrize(("driver", "names"), PAIRS.items())
    def test_a_pair_is_a_gateway(self, environment, driver, names):
        environment(**{names[0]: "http://gateway:8080/", names[1]: "user:key-1"})

        gateways.sync_from_environment()

        assert rows() == [(driver, "http://gateway:8080", "user:key-1", True, True)]
        assert gateways.default().managed_by == names[0]

    def test_the_built_in_one_needs_no_address(self, environment):
        environment(WHATSAPP_EMBEDDED=True)

        gateways.sync_from_environment()

        assert rows() == [("embedded", "", "", True, True)]

    def test_the_first_is_the_default_and_stays_it(self, environment):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="w")
        gateways.sync_from_environment()
        environment(EVOLUTION_API_URL="http://evolution:8080", EVOLUTION_API_KEY="e", WHATSAPP_EMBEDDED=True)
        gateways.sync_from_environment()

        assert [row.driver for row in gateways.offered()] == ["waha", "evolution", "embedded"]
        assert gateways.default().driver == "waha"

    def test_half_a_pair_is_none(self, environment):
        environment(WAHA_URL="http://waha:3000")

        gateways.sync_from_environment()

        assert rows() == []

    def test_it_follows_its_variable(self, environment):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="old")
        gateways.sync_from_environment()
        environment(WAHA_URL="http://other:3000", WAHA_API_KEY="new")
        gateways.sync_from_environment()

        assert rows() == [("waha", "http://other:3000", "new", True, True)]

    def test_gone_it_is_not_offered_and_its_numbers_stay(self, environment, tenant):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="w")
        gateways.sync_from_environment()
        row = Gateway.objects.get()
        number = NumberFactory(tenant=tenant, gateway=row, driver="waha")

        environment(WAHA_URL="", WAHA_API_KEY="")
        gateways.sync_from_environment()

        assert gateways.offered() == []
        number.refresh_from_db()
        assert (number.gateway, number.gateway.api_key) == (row, "w")

    def test_back_again_it_is_the_same_row(self, environment):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="w")
        gateways.sync_from_environment()
        before = Gateway.objects.get()
        environment(WAHA_URL="")
        gateways.sync_from_environment()
        environment(WAHA_URL="http://waha:3000")
        gateways.sync_from_environment()

        assert (Gateway.objects.get(), gateways.default()) == (before, before)

    def test_an_admins_word_on_offering_stays(self, environment):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="w")
        gateways.sync_from_environment()
        Gateway.objects.update(is_offered=False)

        gateways.sync_from_environment()

        assert gateways.offered() == []

    def test_names_are_free(self, environment):
        Gateway.objects.create(name="WAHA", driver="waha", base_url="http://elsewhere:3000", api_key="x")
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="w")

        gateways.sync_from_environment()

        assert Gateway.objects.get(managed_by="WAHA_URL").name == "WAHA 2"

    def test_a_round_without_news_is_one_read(self, environment, django_assert_num_queries):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="w", WHATSAPP_EMBEDDED=True)
        gateways.sync_from_environment()

        with django_assert_num_queries(1):
            gateways.sync_from_environment()

    def test_migrating_writes_them_down(self, environment):
        environment(GOWA_URL="http://gowa:3000", GOWA_BASIC_AUTH="user:secret")

        call_command("migrate", verbosity=0)

        assert [row[0] for row in rows()] == ["gowa"]

    def test_keys_are_encrypted_at_rest(self, environment):
        environment(WAHA_URL="http://waha:3000", WAHA_API_KEY="very-secret-key")
        with CaptureQueriesContext(connection) as queries:
            gateways.sync_from_environment()

        assert not any("very-secret-key" in query["sql"] for query in queries)


class TestChecks:
    def ids(self):
        return [one.id for one in gateways_are_whole()]

    def test_nothing_and_whole_pairs_are_fine(self, environment):
        assert self.ids() == []
        environment(**{name: "http://gateway:8080" for name, _ in PAIRS.values()})
        environment(EVOLUTION_API_KEY="e", WAHA_API_KEY="w", GOWA_BASIC_AUTH="user:pass")
        assert self.ids() == []

    @pytest.mark.parametrize("names", PAIRS.values())
    def test_half_a_pair_is_refused(self, environment, names):
        environment(**{names[0]: "http://gateway:8080"})
        assert self.ids() == ["botcore.E001"]
        environment(**{names[0]: "", names[1]: "user:key"})
        assert self.ids() == ["botcore.E001"]

    @pytest.mark.parametrize("url", ["gateway:8080", "ftp://gateway", "http://user:pass@gateway", "http://"])
    def test_what_is_no_address(self, environment, url):
        environment(WAHA_URL=url, WAHA_API_KEY="w")
        assert self.ids() == ["botcore.E002"]

    @pytest.mark.parametrize("auth", ["user", "user:", ":pass"])
    def test_gowa_wants_user_and_password(self, environment, auth):
        environment(GOWA_URL="http://gowa:3000", GOWA_BASIC_AUTH=auth)
        assert self.ids() == ["botcore.E003"]


def test_a_check_writes_down_how_it_is(main_gateway, gateway_script, clock):
    gateways.check(gateway=main_gateway, now=clock.now)
    main_gateway.refresh_from_db()
    assert (main_gateway.version, main_gateway.problem, main_gateway.checked_at) == ("2.3.7", "", clock.now)

    gateway_script.fault = GatewayUnreachable()
    clock.advance(minutes=1)
    began = clock.now
    gateways.check(gateway=main_gateway, now=clock.now)
    clock.advance(minutes=1)
    gateways.check(gateway=main_gateway, now=clock.now)
    main_gateway.refresh_from_db()
    assert (main_gateway.version, main_gateway.problem, main_gateway.problem_since) == (
        "2.3.7",
        "unreachable",
        began,
    )

    gateway_script.fault = None
    gateways.check(gateway=main_gateway, now=clock.now)
    main_gateway.refresh_from_db()
    assert (main_gateway.problem, main_gateway.problem_since) == ("", None)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (GatewayRefused(), GatewayProblem.REFUSED),
        (GatewayNotActivated(), GatewayProblem.NOT_ACTIVATED),
        (GatewayUnreachable(), GatewayProblem.UNREACHABLE),
        (BadRequest(), GatewayProblem.UNREACHABLE),
    ],
)
def test_what_a_failure_says_of_the_gateway(error, problem):
    assert gateways.problem_of(error) == problem
