"""Who is in the team, how they come in, and that the owner stays."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants import signals
from tenants.domain import otp, sessions, staff
from tenants.domain.sessions import Browser
from tenants.enums import AuditSource, OtpPurpose, Realm, Role
from tenants.errors import AlreadyInTeam, NotForTeams, OwnerProtected, PasswordChosen, WrongCode
from tenants.models import AuditEntry, LoginSession, Otp, TenantAdmin, User
from tenants.scoping import all_tenants, tenant_scope
from tenants.tests.factories import TenantAdminFactory, TenantFactory, UserFactory

PHONE = "+15550209999"
HERE = {"address": "192.0.2.7"}


@pytest.fixture
def owner(db):
    shop = TenantFactory()
    with tenant_scope(shop.pk):
        yield TenantAdminFactory(tenant=shop, user=UserFactory(name="Olivia"), role=Role.OWNER)


@pytest.fixture
def codes():
    """Codes as they reach phones, and passwords as they are issued."""
    seen = {}

    def hear(otp, code, **_):
        seen["code"] = code

    def hear_password(password, **_):
        seen["password"] = password

    signals.otp_issued.connect(hear)
    signals.credentials_issued.connect(hear_password)
    yield seen
    signals.otp_issued.disconnect(hear)
    signals.credentials_issued.disconnect(hear_password)


@pytest.fixture
def by(owner):
    return {"by": owner.user, "now": timezone.now(), "source": AuditSource.DASHBOARD}


@pytest.fixture
def join(owner, codes, by):
    def run(phone=PHONE, role=Role.STAFF, code="", name=""):
        issued = staff.send_code(tenant_id=owner.tenant_id, phone=phone, now=timezone.now(), **HERE)
        otp.deliver(otp_id=issued.pk, now=timezone.now())
        return staff.join(
            tenant=owner.tenant, phone=phone, code=code or codes["code"], role=role, name=name, **HERE, **by
        )

    return run


def test_somebody_new_joins_with_a_password_we_made(join, codes):
    member = join(role=Role.STAFF_ADMIN, name="Stefan")

    assert (str(member.user.phone), member.role, member.user.name) == (PHONE, "staff_admin", "Stefan")
    assert member.user.check_password(codes["password"])
    left = member.user.password_expires_at - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(hours=24)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.after) == (
        "staff.add",
        f"Stefan {PHONE}",
        {"role": "staff_admin"},
    )


def test_somebody_with_a_password_keeps_it(join, codes):
    user = User.objects.create_user(PHONE, "my own long secret", name="Own name")

    member = join(name="Another")

    user.refresh_from_db()
    assert (codes["password"], user.name) == ("", "Own name")
    assert user.check_password("my own long secret")
    assert not member.user.must_change_password


def test_a_first_password_that_was_never_used_is_replaced(join, codes):
    user = User.objects.create_user(PHONE, "made and never used")
    user.password_expires_at = timezone.now() - timedelta(hours=1)
    user.save()

    join()

    user.refresh_from_db()
    assert user.check_password(codes["password"])
    assert user.password_expires_at > timezone.now()


def test_a_wrong_code_lets_nobody_in(join, owner):
    with pytest.raises(WrongCode):
        join(code="000000")

    assert TenantAdmin.objects.count() == 1
    assert not User.objects.filter(phone=PHONE).exists()
    assert Otp.objects.get().tries == 1


def test_a_code_of_another_team_lets_nobody_in(owner, codes, by):
    other = TenantFactory()
    issued = otp.issue(purpose=OtpPurpose.STAFF, phone=PHONE, now=timezone.now(), tenant_id=other.pk, **HERE)
    otp.deliver(otp_id=issued.pk, now=timezone.now())

    with pytest.raises(WrongCode):
        staff.join(tenant=owner.tenant, phone=PHONE, code=codes["code"], role=Role.STAFF, **HERE, **by)


def test_nobody_joins_twice(join, owner):
    join()

    with pytest.raises(AlreadyInTeam):
        staff.send_code(tenant_id=owner.tenant_id, phone=PHONE, now=timezone.now(), **HERE)


def test_a_closed_account_does_not_join(join):
    User.objects.create_user(PHONE, "my own long secret", is_active=False)

    with pytest.raises(NotForTeams):
        join()


@pytest.mark.parametrize("role", [Role.OWNER])
def test_nobody_is_made_owner(join, owner, by, role):
    with pytest.raises(ValueError, match="owner"):
        join(role=role)
    member = TenantAdminFactory(tenant=owner.tenant)
    with pytest.raises(ValueError, match="owner"):
        staff.change_role(tenant_id=owner.tenant_id, admin_id=member.pk, role=role, **by)
    with pytest.raises(IntegrityError), transaction.atomic():
        TenantAdmin.objects.filter(pk=member.pk).update(role=role)


def test_the_owner_is_neither_removed_nor_demoted(owner, by):
    for act in (
        lambda: staff.remove(tenant_id=owner.tenant_id, admin_id=owner.pk, **by),
        lambda: staff.change_role(tenant_id=owner.tenant_id, admin_id=owner.pk, role=Role.STAFF, **by),
    ):
        with pytest.raises(OwnerProtected):
            act()
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_a_changed_role_is_recorded(owner, by):
    member = TenantAdminFactory(tenant=owner.tenant)

    changed = staff.change_role(tenant_id=owner.tenant_id, admin_id=member.pk, role=Role.STAFF_ADMIN, **by)

    entry = AuditEntry.objects.get()
    assert changed.role == Role.STAFF_ADMIN
    assert (entry.action, entry.before, entry.after) == (
        "staff.role",
        {"role": "staff"},
        {"role": "staff_admin"},
    )


def test_who_is_removed_is_signed_out_here_and_keeps_the_other_team(owner, by):
    member = TenantAdminFactory(tenant=owner.tenant)
    other = TenantAdminFactory(tenant=TenantFactory(), user=member.user, role=Role.OWNER)
    for tenant in (owner.tenant, other.tenant):
        sessions.begin(
            user=member.user, realm=Realm.TENANT, browser=Browser(), now=timezone.now(), tenant=tenant
        )

    staff.remove(tenant_id=owner.tenant_id, admin_id=member.pk, **by)

    alive = LoginSession.objects.filter(user=member.user, ended_at=None)
    assert [one.tenant_id for one in alive] == [other.tenant_id]
    with all_tenants("the other team"):
        assert list(TenantAdmin.objects.filter(user=member.user)) == [other]


def test_another_teams_member_is_not_found(owner, by):
    stranger = TenantAdminFactory(tenant=TenantFactory())

    for act in (staff.remove, staff.change_role):
        more = {"role": Role.STAFF} if act is staff.change_role else {}
        with pytest.raises(TenantAdmin.DoesNotExist):
            act(tenant_id=owner.tenant_id, admin_id=stranger.pk, **more, **by)


def test_a_lost_first_password_is_sent_again(join, codes, owner, by):
    member = join()
    first = codes["password"]

    staff.send_password_again(tenant=owner.tenant, admin_id=member.pk, **by)

    member.user.refresh_from_db()
    assert codes["password"] != first
    assert member.user.check_password(codes["password"])


def test_a_password_of_ones_own_is_never_replaced(owner, by):
    member = TenantAdminFactory(tenant=owner.tenant)

    with pytest.raises(PasswordChosen):
        staff.send_password_again(tenant=owner.tenant, admin_id=member.pk, **by)


def test_the_last_sign_in_is_that_to_this_team(owner):
    other = TenantAdminFactory(tenant=TenantFactory(), user=owner.user)
    sessions.begin(
        user=owner.user, realm=Realm.TENANT, browser=Browser(), now=timezone.now(), tenant=other.tenant
    )

    assert staff.team(tenant_id=owner.tenant_id).get().last_signed_in_at is None
