"""An account is deleted a week after its owner asked for it, with everything it has and nothing else."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from botcore.models import SandboxSession, WhatsAppNumber
from smmbot.testing.site import Site
from tenants import tasks
from tenants.domain import closing, export
from tenants.enums import AuditSource, Role
from tenants.errors import WrongName
from tenants.models import Otp, Tenant, TenantAdmin, User
from tenants.scoping import TenantModel, all_tenants
from tenants.tests.factories import TenantAdminFactory

WEEK = timedelta(days=7)


@pytest.fixture
def owner(tenant) -> User:
    return TenantAdmin.objects.get(role=Role.OWNER).user


@pytest.fixture
def by(owner):
    return {"by": owner, "now": timezone.now(), "source": AuditSource.DASHBOARD}


def rows_of(tenant) -> dict[str, int]:
    with all_tenants("a test counts"):
        models = [model for model in apps.get_models() if issubclass(model, TenantModel)]
        counts = {model._meta.label: model.objects.filter(tenant_id=tenant.pk).count() for model in models}
    return {label: count for label, count in counts.items() if count}


def test_it_wants_the_name(tenant, by):
    with pytest.raises(WrongName):
        closing.ask(tenant=tenant, name="demo panel", **by)

    tenant.refresh_from_db()
    assert tenant.closes_at is None


def test_it_waits_a_week_and_can_be_undone(tenant, by):
    closes_at = closing.ask(tenant=tenant, name="Demo Panel", **by)

    assert closes_at == by["now"] + WEEK
    assert closing.close_due(now=closes_at - timedelta(seconds=1)) == 0
    assert closing.undo(tenant=tenant, **by)
    assert closing.close_due(now=closes_at + WEEK) == 0
    tenant.refresh_from_db()
    assert (tenant.is_active, tenant.closes_at) == (True, None)


def test_asking_again_does_not_move_the_day(tenant, by):
    first = closing.ask(tenant=tenant, name="Demo Panel", **by)

    by["now"] += timedelta(days=1)

    assert closing.ask(tenant=tenant, name="Demo Panel", **by) == first


def test_everything_goes_and_the_neighbour_stays(tenant, other_tenant, chat, by, owner):
    chat.say("check 54321")
    chat.say("refill 54322")
    shared = TenantAdminFactory(tenant=other_tenant, user=owner)
    before = rows_of(other_tenant)
    session_name = WhatsAppNumber.objects.get().session_name
    people = set(TenantAdmin.objects.values_list("user_id", flat=True))
    sandbox = Tenant.objects.create(name="Sandbox", slug="demo-sandbox", sandbox_of=tenant)
    Otp.objects.create(purpose="staff", phone="+1", tenant=tenant, created_at=by["now"], expires_at=by["now"])
    Site(tenant).get("/staff/")  # a session of the owner
    closing.ask(tenant=tenant, name="Demo Panel", **by)

    assert closing.close_due(now=by["now"] + WEEK) == 1

    assert not Tenant.objects.filter(pk__in=(tenant.pk, sandbox.pk)).exists()
    assert rows_of(tenant) == {}
    assert rows_of(other_tenant) == before
    assert not SandboxSession.objects.filter(name=session_name).exists()
    # Who is in another team, too, keeps the account.
    assert set(User.objects.filter(pk__in=people)) == {owner}
    with all_tenants("the other team"):
        assert TenantAdmin.objects.filter(pk=shared.pk).exists()


def test_a_run_that_holds_the_claim_is_alone(tenant, by):
    closes_at = closing.ask(tenant=tenant, name="Demo Panel", **by)
    Tenant.objects.filter(pk=tenant.pk).update(closes_at=closes_at + closing.CLAIMED_FOR, is_active=False)

    assert closing.close_due(now=closes_at) == 0
    assert closing.close_due(now=closes_at + closing.CLAIMED_FOR) == 1


def test_once_it_has_begun_it_cannot_be_undone(tenant, by):
    closes_at = closing.ask(tenant=tenant, name="Demo Panel", **by)
    by["now"] = closes_at

    assert not closing.undo(tenant=tenant, **by)


def test_the_scheduled_task_does_it_and_forgets_old_exports(tenant, other_tenant, by, worker, clock):
    job = export.start(tenant_id=tenant.pk, **by)
    tasks.export_account(tenant.pk, job.pk)
    assert list(export.read(tenant_id=tenant.pk, job_id=job.pk))
    clock.advance(days=8)

    tasks.close_accounts()

    assert list(export.read(tenant_id=tenant.pk, job_id=job.pk)) == []
    assert Tenant.objects.filter(pk=tenant.pk).exists()
