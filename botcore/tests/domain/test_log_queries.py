"""Searches of Message Logs as the database sees them: by index, however many rows there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from botcore.domain import log_queries
from botcore.domain.log_queries import LogFilter
from botcore.tests.factories import MessageLogFactory
from tenants.scoping import tenant_scope

# So many that the planner has something to choose by; in an empty table any index is as good.
ROWS, NAMES = 12_000, 997
_FILL = """
INSERT INTO botcore_messagelog (
    tenant_id, serial, source, action, panel_username, order_id, provider, provider_oid, outcome, facts, support_status,
    is_priority, memo, took_ms, created_at
)
SELECT %(tenant)s, n, 'chat', 'order', 'Customer' || n %% %(names)s, n, '', n::text, 'order_status', '{}',
    CASE WHEN n %% 20 = 2 THEN 'open' ELSE 'resolved' END, false, '', 40, now() - (%(rows)s - n) * interval '1 minute'
FROM generate_series(1, %(rows)s) AS n
"""


@pytest.fixture
def many(tenant):
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"tenant": tenant.pk, "rows": ROWS, "names": NAMES})
        cursor.execute("ANALYZE botcore_messagelog")
    with tenant_scope(tenant.pk):
        yield tenant.pk


def plans(read):
    """Of the statements on the logs; the first, whether it is a provider's order id, left out."""
    with CaptureQueriesContext(connection) as queries:
        read()
    found = []
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            found.append("\n".join(line for (line,) in cursor.fetchall()))
    assert "logs_by_oid" in found[0]
    return found[1:]


def test_counts_of_usernames_are_taken_from_the_index_alone(many):
    """Fetched one by one, ten thousand rows of a status are ten thousand pages to read."""
    with connection.cursor() as cursor:
        # A table that is short, and that no vacuum has seen, may be read otherwise; one of a million rows must not.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")

    names, is_rare, counted = plans(
        lambda: log_queries.counts(tenant_id=many, wanted=LogFilter(q="customer7"))
    )

    scan = "Index Only Scan using logs_by_panel_username"
    assert scan in names
    assert scan in is_rare
    assert counted.count(scan) == 2  # of the five statuses these rows have two


def test_page_of_frequent_usernames_is_read_from_its_newest_row_on(many):
    *_, page = plans(lambda: log_queries.page(tenant_id=many, wanted=LogFilter(q="customer7")))

    assert "Index Scan using logs_newest" in page
    assert "Sort" not in page


def test_page_of_rare_usernames_is_read_by_keys(many):
    """Eleven names: a planner that did not know how many there are would take them for a crowd."""
    *_, keys, page = plans(lambda: log_queries.page(tenant_id=many, wanted=LogFilter(q="customer77")))

    assert "logs_by_panel_username" in keys
    assert "botcore_messagelog_pkey" in page


@pytest.mark.parametrize("rare", [0, 1_000])
def test_rare_and_frequent_usernames_are_found_alike(tenant, monkeypatch, rare):
    monkeypatch.setattr(log_queries, "RARE", rare)
    for serial, name in enumerate(["Anna_Media", "anna", "Hannah", ""], start=1):
        MessageLogFactory(tenant=tenant, serial=serial, panel_username=name)
    wanted = LogFilter(q="ANNA")

    with tenant_scope(tenant.pk):
        page = log_queries.page(tenant_id=tenant.pk, wanted=wanted)
        counts = log_queries.counts(tenant_id=tenant.pk, wanted=wanted)

    assert sorted(row.panel_username for row in page.rows) == ["Anna_Media", "anna"]
    assert counts.all == 2
