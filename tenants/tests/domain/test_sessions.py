"""Tokens and sessions: one refresh token is good once, what is ended opens nothing, no realm opens the other."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from tenants.domain import passwords, sessions, tokens
from tenants.domain.sessions import Browser
from tenants.enums import Realm, Role
from tenants.errors import NoTenant, SessionEnded, Suspended
from tenants.models import AuditEntry, LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import all_tenants
from tenants.tests.factories import TenantAdminFactory, TenantFactory, UserFactory

PASSWORD = "a-long-enough-one"


@pytest.fixture
def owner(tenant):
    return User.objects.get(phone="+15550100001")


def begin(user, realm=Realm.TENANT, **more):
    return sessions.begin(
        user=user, realm=realm, browser=Browser("192.0.2.7", "test"), now=timezone.now(), **more
    )


def find(access, realm=Realm.TENANT):
    return sessions.find(access, realm=realm, now=timezone.now())


def refresh(token, realm=Realm.TENANT):
    return sessions.refresh(token, realm=realm, now=timezone.now())


def reason_of(do):
    with pytest.raises(SessionEnded) as error:
        do()
    return error.value.reason


def test_access_token_says_who_it_is(owner, tenant):
    session, given = begin(owner)

    signed_in = find(given.access)

    assert (signed_in.user, signed_in.tenant, signed_in.role) == (owner, tenant, Role.OWNER)
    assert signed_in.session.pk == session.pk


def test_access_token_is_over_after_a_quarter_of_an_hour(owner, clock):
    _, given = begin(owner)
    clock.advance(minutes=15)

    assert reason_of(lambda: find(given.access)) == "bad_token"


def test_refresh_token_opens_nothing_by_itself(owner):
    _, given = begin(owner)

    assert reason_of(lambda: find(given.refresh)) == "bad_token"
    assert reason_of(lambda: refresh(given.access)) == "bad_token"


def test_refresh_gives_the_next_tokens(owner, clock):
    _, first = begin(owner)
    clock.advance(minutes=20)

    signed_in, second = refresh(first.refresh)
    clock.advance(minutes=20)
    _, third = refresh(second.refresh)

    assert signed_in.user == owner
    assert len({first.refresh, second.refresh, third.refresh}) == 3
    assert find(third.access).user == owner


def test_requests_that_began_together_get_the_same_next_token(owner, clock):
    """The answer to the first may never have arrived."""
    _, first = begin(owner)
    clock.advance(minutes=20)
    _, one = refresh(first.refresh)
    clock.advance(seconds=59)

    _, twin = refresh(first.refresh)

    clock.advance(minutes=20)
    refresh(twin.refresh)
    assert find(refresh(one.refresh)[1].access).user == owner


def test_token_used_again_later_ends_the_session_for_both(owner, tenant, clock):
    session, first = begin(owner)
    clock.advance(minutes=20)
    _, second = refresh(first.refresh)
    clock.advance(seconds=61)

    assert reason_of(lambda: refresh(first.refresh)) == "token_reused"

    assert reason_of(lambda: find(second.access)) == "ended"
    assert reason_of(lambda: refresh(second.refresh)) == "ended"
    assert LoginSession.objects.get(pk=session.pk).end_reason == "token_reused"
    (entry,) = AuditEntry.objects.filter(action="session.token_reused")
    assert (entry.user_id, entry.tenant_id) == (owner.pk, tenant.pk)


def test_token_from_two_rotations_ago_ends_the_session_even_at_once(owner, clock):
    _, first = begin(owner)
    _, second = refresh(first.refresh)
    refresh(second.refresh)

    assert reason_of(lambda: refresh(first.refresh)) == "token_reused"


def test_session_lives_on_while_it_is_used_and_ends_after_thirty_idle_days(owner, clock):
    _, given = begin(owner)
    for _ in range(3):
        clock.advance(days=29)
        _, given = refresh(given.refresh)
    clock.advance(days=30)

    assert reason_of(lambda: refresh(given.refresh)) == "bad_token"


def test_ended_session_is_over_whatever_its_tokens_say(owner):
    session, given = begin(owner)

    sessions.end(session=session, now=timezone.now())

    assert reason_of(lambda: find(given.access)) == "ended"
    assert reason_of(lambda: refresh(given.refresh)) == "ended"


def test_password_change_ends_all_other_sessions_in_both_realms(owner, clock):
    owner.is_staff = True
    owner.set_password("old-and-long")
    owner.save()
    here, mine = begin(owner)
    _, elsewhere = begin(owner)
    _, admin = begin(owner, Realm.ADMIN)

    passwords.change(user=owner, old="old-and-long", new=PASSWORD, now=timezone.now(), keep=here)

    assert find(mine.access).user == owner
    assert reason_of(lambda: refresh(elsewhere.refresh)) == "ended"
    assert reason_of(lambda: find(admin.access, Realm.ADMIN)) == "ended"


def test_password_change_of_support_ends_what_they_look_at(owner):
    support = UserFactory(is_staff=True)
    _, given = begin(owner, tenant=Tenant.objects.get(slug="demo"), impersonator=support)

    passwords.set_own(user=support, password=PASSWORD, now=timezone.now())

    assert reason_of(lambda: find(given.access)) == "ended"


@pytest.mark.parametrize(("made", "asked"), [(Realm.TENANT, Realm.ADMIN), (Realm.ADMIN, Realm.TENANT)])
def test_token_of_one_realm_opens_nothing_of_the_other(owner, made, asked):
    owner.is_staff = owner.is_superuser = True
    owner.save()
    _, given = begin(owner, made)

    assert find(given.access, made).user == owner
    assert reason_of(lambda: find(given.access, asked)) == "bad_token"
    assert reason_of(lambda: refresh(given.refresh, asked)) == "bad_token"


def test_realm_is_kept_apart_even_with_one_secret(owner, settings):
    settings.ADMIN_JWT_SECRET = settings.TENANT_JWT_SECRET
    owner.is_staff = True
    owner.save()
    _, given = begin(owner)

    assert reason_of(lambda: find(given.access, Realm.ADMIN)) == "bad_token"


def test_session_is_of_its_realm_even_for_a_right_token(owner):
    session, _ = begin(owner)
    forged = tokens.access(realm=Realm.ADMIN, user_id=owner.pk, session_id=session.pk, now=timezone.now())

    assert reason_of(lambda: find(forged, Realm.ADMIN)) == "ended"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_opens_nothing(tenant, token):
    assert reason_of(lambda: find(token)) == "bad_token"
    assert reason_of(lambda: refresh(token)) == "bad_token"


def test_suspended_tenant_lets_nobody_in(owner, tenant):
    _, given = begin(owner)
    Tenant.objects.filter(pk=tenant.pk).update(is_active=False, suspended_reason="unpaid")

    assert reason_of(lambda: find(given.access)) == "suspended"
    assert reason_of(lambda: refresh(given.refresh)) == "suspended"
    with pytest.raises(Suspended) as error:
        begin(owner)
    assert "unpaid" in error.value.message


def test_removed_staff_are_out_at_once(tenant):
    member = TenantAdminFactory(tenant=tenant)
    _, given = begin(member.user)

    member.delete()

    assert reason_of(lambda: find(given.access)) == "not_in_team"
    with pytest.raises(NoTenant):
        begin(member.user)


def test_closed_account_is_out_at_once(owner):
    _, given = begin(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert reason_of(lambda: find(given.access)) == "ended"


def test_admin_session_wants_platform_staff(owner):
    _, given = begin(owner, Realm.ADMIN)

    assert reason_of(lambda: find(given.access, Realm.ADMIN)) == "not_platform_staff"


def test_support_looks_for_an_hour_and_refreshing_adds_nothing(owner, tenant, clock):
    support = UserFactory(is_staff=True)
    _, given = begin(owner, tenant=tenant, impersonator=support)
    clock.advance(minutes=59)
    _, given = refresh(given.refresh)
    signed_in = find(given.access)

    assert (signed_in.role, signed_in.is_fresh(timezone.now())) == (Role.OWNER, False)
    clock.advance(minutes=1)
    assert reason_of(lambda: find(given.access)) == "ended"
    assert reason_of(lambda: refresh(given.refresh)) == "ended"


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_support_that_is_none_any_more_sees_nothing(owner, tenant, change):
    support = UserFactory(is_staff=True)
    _, given = begin(owner, tenant=tenant, impersonator=support)
    User.objects.filter(pk=support.pk).update(**change)

    assert reason_of(lambda: find(given.access)) == "not_platform_staff"


def test_fresh_for_a_quarter_of_an_hour_and_again_after_the_password(owner, clock):
    _, given = begin(owner)
    clock.advance(minutes=14)
    assert find(given.access).is_fresh(timezone.now()) is True
    clock.advance(minutes=1)
    signed_in, _ = refresh(given.refresh)
    assert signed_in.is_fresh(timezone.now()) is False

    sessions.confirm(session=signed_in.session, now=timezone.now())

    assert signed_in.is_fresh(timezone.now()) is True


def test_only_own_sessions_of_the_dashboard_can_be_ended_one_by_one(owner, tenant, other_tenant):
    support = UserFactory(is_staff=True)
    stranger, _ = begin(TenantAdminFactory(tenant=other_tenant).user)
    looked_at, _ = begin(owner, tenant=tenant, impersonator=support)
    own, _ = begin(owner)

    ended = [
        sessions.end_one(user=owner, session_id=one.pk, now=timezone.now())
        for one in (stranger, looked_at, own, own)
    ]

    assert ended == [False, False, True, False]


def test_places_are_the_persons_own(owner, tenant):
    begin(owner, tenant=tenant, impersonator=UserFactory(is_staff=True))
    gone, _ = begin(owner)
    sessions.end(session=gone, now=timezone.now())
    here, _ = begin(owner)

    assert [row.pk for row in sessions.of_user(user=owner, now=timezone.now())] == [here.pk]


def test_switch_opens_own_teams_alone(owner, tenant, other_tenant):
    second = TenantFactory()
    TenantAdminFactory(tenant=second, user=owner, role=Role.STAFF)
    _, given = begin(owner, tenant=tenant)
    signed_in = find(given.access)

    with pytest.raises(NoTenant):
        sessions.switch(signed_in=signed_in, tenant_id=other_tenant.pk, now=timezone.now())
    sessions.switch(signed_in=signed_in, tenant_id=second.pk, now=timezone.now())

    assert (find(given.access).tenant, find(given.access).role) == (second, Role.STAFF)


def test_old_sessions_go(owner, clock):
    ended, _ = begin(owner)
    sessions.end(session=ended, now=timezone.now())
    clock.advance(days=91)
    here, _ = begin(owner)

    sessions.forget(now=timezone.now())

    assert list(LoginSession.objects.values_list("pk", flat=True)) == [here.pk]


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_the_same_moment_all_go_on_with_one_next_token():
    user = UserFactory()
    tenant = TenantFactory()
    with all_tenants("a test"):
        TenantAdmin.objects.create(tenant=tenant, user=user, role=Role.OWNER)
    _, given = begin(user)
    barrier, got = threading.Barrier(8), []

    def run():
        try:
            barrier.wait()
            _, new = refresh(given.refresh)
            got.append(tokens.read(new.refresh, realm=Realm.TENANT, kind="refresh").nonce)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(got), len(set(got))) == (8, 1)
