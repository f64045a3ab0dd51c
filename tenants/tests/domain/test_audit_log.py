"""The record, read back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.domain import audit, audit_log
from tenants.domain.audit_log import Change, Filters
from tenants.enums import AuditSource
from tenants.scoping import tenant_scope
from tenants.tests.factories import TenantFactory, TenantUserFactory, UserFactory


@pytest.fixture
def shop(db):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        yield tenant


@pytest.fixture
def write(shop):
    def run(action="config.set", *, ago=0, user=None, source=AuditSource.CHAT, **more):
        return audit.record(
            tenant_id=shop.pk,
            user_id=user.pk if user else None,
            action=action,
            source=source,
            now=timezone.now() - timedelta(minutes=ago),
            **more,
        )

    return run


def test_a_row_is_named_by_the_actions_noun_and_its_own_name(shop):
    customer = TenantUserFactory(tenant=shop, panel_username="johndoe123")

    entry = audit.record_on(
        customer,
        "customer.block",
        user_id=None,
        source=AuditSource.API,
        now=timezone.now(),
        after={"is_blocked": True},
    )

    assert (entry.tenant_id, entry.subject, entry.after) == (
        shop.pk,
        "customer johndoe123",
        {"is_blocked": True},
    )


def test_a_long_name_is_cut_where_it_is_found_again(shop, write):
    entry = write(subject="group " + "x" * 200)

    assert entry.subject == audit.subject_of("group", "x" * 200)


def found(shop, **filters):
    return [row.pk for row in audit_log.entries(tenant_id=shop.pk, filters=Filters(**filters))]


def test_every_filter_narrows(shop, write):
    olivia = UserFactory(name="Olivia")
    old = write("group.switch", ago=90, user=olivia, subject="group Support")
    new = write("config.set", source=AuditSource.API, subject="chat_mode")
    hour_ago = timezone.now() - timedelta(hours=1)

    assert found(shop) == [new.pk, old.pk]
    assert found(shop, user_id=olivia.pk) == [old.pk]
    assert found(shop, area="settings") == [new.pk]
    assert found(shop, source="api") == [new.pk]
    assert found(shop, text="support") == [old.pk]
    assert found(shop, since=hour_ago) == [new.pk]
    assert found(shop, until=hour_ago) == [old.pk]


def test_pages_meet_without_gap_or_overlap(shop, write, monkeypatch):
    monkeypatch.setattr(audit_log, "PAGE", 2)
    written = [write(ago=number // 2).pk for number in range(5)]  # two share a moment, nearly
    rows = audit_log.entries(tenant_id=shop.pk, filters=Filters())

    read, mark = [], ""
    while True:
        page, mark = audit_log.page_of(rows, after=mark)
        read += [row.pk for row in page]
        if not mark:
            break

    assert sorted(read) == sorted(written)
    assert len(read) == len(set(read))


@pytest.mark.parametrize("mark", ["nonsense", "_", "2026-11-22T10:00:00_1", "2026-11-22T10:00:00+00:00_x"])
def test_a_mark_that_is_none_begins_anew(shop, write, mark):
    entry = write()

    page, _ = audit_log.page_of(audit_log.entries(tenant_id=shop.pk, filters=Filters()), after=mark)

    assert page == [entry]


def test_changes_are_shown_before_and_after(write):
    entry = write(
        before={"silent_mode": False, "name": "x", "same": 1},
        after={"silent_mode": True, "reason": "asked", "same": 1, "many": [1, 2]},
    )

    assert audit_log.shown(entry).changes == (
        Change("silent mode", "off", "on"),
        Change("name", "x", "–"),
        Change("reason", "–", "asked"),
        Change("many", "–", "1, 2"),
    )


def test_an_action_nobody_worded_is_readable():
    assert audit_log.said("config.set") == "Changed a setting"
    assert audit_log.said("message_template.reset_all") == "Message template: reset all"
    assert audit_log.said("odd") == "Odd"


def test_whatever_is_worded_is_in_an_area():
    beginnings = tuple(one for _, group in audit_log.AREAS.values() for one in group)
    assert [action for action in audit_log._SAID if not action.startswith(beginnings)] == []
