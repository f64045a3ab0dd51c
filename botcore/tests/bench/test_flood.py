"""A small flood with the workers and Redis killed on the way, and what counts as wrong in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from botcore.bench import flood
from botcore.bench.tenant import bench_tenants, connect_panel
from botcore.sandbox.servers import running_sandbox

T = datetime(2026, 5, 1, tzinfo=UTC)


def row(message_id, *, sent, came, answered, replies=1, heard=1):
    def at(seconds):
        return None if seconds is None else T + timedelta(seconds=seconds)

    return (1, message_id, at(sent), at(came), at(answered), replies, heard)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_doubled_or_swapped(settings):
    database = settings.DATABASE_URL.rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    with running_sandbox(rate_limit=None) as panel, bench_tenants(tenants=2, chats=3) as tenants:
        for tenant in tenants:
            connect_panel(tenant, panel_url=panel.panel_url, api_key=panel.api_key)
        verdict = flood.run(
            tenants,
            events=6 * flood.BURST // 5,
            burst=flood.BURST // 5,
            env={"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "smmbot.settings"},
        )

    assert verdict.messages > 10
    assert (verdict.lost, verdict.doubled, verdict.swapped, verdict.refused) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([row("a", sent=1, came=1, answered=2), row("b", sent=2, came=2, answered=3)], (0, 0, 0)),
        ([row("a", sent=1, came=1, answered=9), row("b", sent=2, came=2, answered=3)], (0, 0, 1)),
        # It came in late: nobody could have known.
        ([row("a", sent=1, came=5, answered=9), row("b", sent=2, came=2, answered=3)], (0, 0, 0)),
        ([row("a", sent=1, came=1, answered=2, heard=2), row("b", sent=2, came=2, answered=3)], (0, 1, 0)),
        ([row("a", sent=1, came=1, answered=None, replies=0, heard=0)], (2, 0, 0)),
    ],
)
def test_what_counts_as_wrong(rows, wrong):
    verdict = flood._judge(rows, {"a", "b"}, refused=0, events_per_s=1, drained_s=1)

    assert (verdict.lost, verdict.doubled, verdict.swapped) == wrong
