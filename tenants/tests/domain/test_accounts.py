"""Signing up, in, and a lost password; what a stranger learns from it."""

from datetime import timedelta
from unittest import mock

import pyotp
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from botcore.sandbox import demo_tenant
from smmbot.testing.worker import outside
from tenants.domain import accounts, limits, otp, sessions
from tenants.domain.sessions import Browser
from tenants.enums import AuditSource, OtpPurpose, Realm, Role
from tenants.errors import (
    NoTenant,
    PasswordExpired,
    SecondFactorNeeded,
    TooManyTries,
    WeakPassword,
    WrongCode,
    WrongLogin,
    WrongSecondFactor,
)
from tenants.models import AuditEntry, LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import all_tenants
from tenants.tests import phone as sandbox_phone
from tenants.tests.factories import UserFactory

NEW, KNOWN = "+447911123456", "+15550100001"
PASSWORD = "a-long-enough-one"
BROWSER = Browser("192.0.2.7", "test")


@pytest.fixture
def code_for(worker, tenant):
    def ask(phone, purpose):
        outside(lambda: otp.issue(purpose=purpose, phone=phone, address="", now=timezone.now()))
        worker.run()
        return sandbox_phone.code(phone)

    return ask


@pytest.fixture
def owner(tenant):
    return User.objects.get(phone=KNOWN)


def sign_in(phone=KNOWN, password=demo_tenant.PASSWORD, **more):
    return accounts.sign_in(phone=phone, password=password, browser=BROWSER, now=timezone.now(), **more)


def test_sign_up_makes_an_owner_with_a_tenant_of_their_own(code_for):
    code = code_for(NEW, OtpPurpose.SIGNUP)

    session, tokens = outside(
        lambda: accounts.sign_up(phone=NEW, code=code, password=PASSWORD, browser=BROWSER, now=timezone.now())
    )

    signed_in = sessions.find(tokens.access, realm=Realm.TENANT, now=timezone.now())
    assert (str(signed_in.user.phone), signed_in.role) == (NEW, Role.OWNER)
    with all_tenants("a test"):
        assert TenantAdmin.objects.filter(tenant=signed_in.tenant).count() == 1
    assert (session.address, session.user_agent) == ("192.0.2.7", "test")


def test_weak_password_does_not_cost_the_code(code_for):
    code = code_for(NEW, OtpPurpose.SIGNUP)
    for weak in ("short", "1234567890", "password123", "x" * 129):
        with pytest.raises(WeakPassword):
            accounts.sign_up(phone=NEW, code=code, password=weak, browser=BROWSER, now=timezone.now())

    outside(
        lambda: accounts.sign_up(phone=NEW, code=code, password=PASSWORD, browser=BROWSER, now=timezone.now())
    )


def test_phone_that_signed_up_meanwhile_looks_like_a_wrong_code(code_for):
    code = code_for(NEW, OtpPurpose.SIGNUP)
    UserFactory(phone=NEW)
    tenants = Tenant.objects.count()

    with pytest.raises(WrongCode):
        accounts.sign_up(phone=NEW, code=code, password=PASSWORD, browser=BROWSER, now=timezone.now())

    assert Tenant.objects.count() == tenants


def test_reset_sets_the_password_and_ends_every_session(code_for, owner, tenant):
    sign_in()
    code = code_for(KNOWN, OtpPurpose.RESET)

    outside(
        lambda: accounts.reset_password(
            phone=KNOWN,
            code=code,
            password=PASSWORD,
            address="",
            now=timezone.now(),
            source=AuditSource.DASHBOARD,
        )
    )

    assert LoginSession.objects.filter(user=owner, ended_at=None).count() == 0
    with pytest.raises(WrongLogin):
        sign_in()
    sign_in(password=PASSWORD)
    assert AuditEntry.objects.filter(action="password.reset", user=owner).count() == 1


def test_sign_up_code_resets_no_password(code_for):
    code = code_for(NEW, OtpPurpose.SIGNUP)
    UserFactory(phone=NEW)

    with pytest.raises(WrongCode):
        accounts.reset_password(
            phone=NEW,
            code=code,
            password=PASSWORD,
            address="",
            now=timezone.now(),
            source=AuditSource.DASHBOARD,
        )


@pytest.mark.parametrize("phone", [KNOWN, NEW])
def test_wrong_login_is_one_answer(tenant, phone):
    with pytest.raises(WrongLogin):
        sign_in(phone=phone, password="not-it-at-all")


def test_login_costs_the_same_for_a_phone_nobody_has(tenant):
    """One hash and one query each: no watch tells them apart."""
    unusable, closed = UserFactory(), UserFactory(is_active=False)
    closed.set_password(PASSWORD)
    closed.save()

    def work(phone):
        with (
            mock.patch.object(MD5PasswordHasher, "encode", autospec=True, return_value="md5$a$b") as encode,
            CaptureQueriesContext(connection) as queries,
            pytest.raises(WrongLogin),
        ):
            sign_in(phone=phone, password="not-it-at-all")
        return encode.call_count, len(queries)

    assert [work(str(phone)) for phone in (KNOWN, NEW, unusable.phone, closed.phone)] == [(1, 1)] * 4


def test_logins_of_one_phone_are_limited_right_password_or_not(tenant):
    for _ in range(limits.LOGINS_A_PHONE.tries):
        with pytest.raises(WrongLogin):
            sign_in(password="not-it-at-all")

    with pytest.raises(TooManyTries) as error:
        sign_in()
    assert error.value.retry_after_s <= 900


def test_logins_of_one_address_are_limited_over_all_phones(tenant, monkeypatch):
    monkeypatch.setattr(limits, "LOGINS_AN_ADDRESS", limits.Limit("logins", 3, 900))
    for number in range(3):
        with pytest.raises(WrongLogin):
            sign_in(phone=f"+44791112345{number}")

    with pytest.raises(TooManyTries):
        sign_in()


def test_password_we_sent_is_over_after_a_day(owner, clock):
    owner.password_expires_at = timezone.now() + timedelta(hours=24)
    owner.save()
    sign_in()
    clock.advance(hours=24)

    with pytest.raises(PasswordExpired):
        sign_in()


def test_wrong_password_does_not_say_that_it_is_over(owner):
    owner.password_expires_at = timezone.now()
    owner.save()

    with pytest.raises(WrongLogin):
        sign_in(password="not-it-at-all")


def test_person_without_a_team_gets_in_nowhere(tenant):
    UserFactory(phone=NEW).set_password(PASSWORD)
    User.objects.filter(phone=NEW).update(password=User.objects.get(phone=KNOWN).password)

    with pytest.raises(NoTenant):
        sign_in(phone=NEW)


def test_admin_realm_wants_platform_staff(tenant):
    with pytest.raises(WrongLogin):
        sign_in(realm=Realm.ADMIN)


@pytest.fixture
def app(owner):
    """The owner's authenticator."""
    owner.totp_secret, owner.totp_confirmed_at = pyotp.random_base32(), timezone.now()
    owner.save()
    return pyotp.TOTP(owner.totp_secret)


def test_second_factor_is_asked_for_after_the_password(app):
    with pytest.raises(SecondFactorNeeded) as half:
        sign_in()

    finish(half.value.half_way, app.at(timezone.now()))


def finish(half_way, second, **more):
    return accounts.finish_sign_in(
        half_way=half_way, second=second, browser=BROWSER, now=timezone.now(), **more
    )


def test_second_factor_in_one_call(app):
    with pytest.raises(WrongSecondFactor):
        sign_in(second="000000")

    sign_in(second=app.at(timezone.now()))


def test_wrong_password_does_not_ask_for_the_second_factor(app):
    with pytest.raises(WrongLogin):
        sign_in(password="not-it-at-all")


def test_half_way_is_over_after_five_minutes(app, clock):
    with pytest.raises(SecondFactorNeeded) as half:
        sign_in()
    clock.advance(minutes=5, seconds=1)

    with pytest.raises(WrongLogin):
        finish(half.value.half_way, app.at(timezone.now()))


def test_half_way_is_void_once_the_password_changed(app, owner):
    with pytest.raises(SecondFactorNeeded) as half:
        sign_in()
    owner.set_password(PASSWORD)
    owner.save()

    with pytest.raises(WrongLogin):
        finish(half.value.half_way, app.at(timezone.now()))


def test_half_way_of_one_realm_opens_no_other(app, owner):
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    with pytest.raises(SecondFactorNeeded) as half:
        sign_in()

    with pytest.raises(WrongLogin):
        finish(half.value.half_way, app.at(timezone.now()), realm=Realm.ADMIN)


@pytest.mark.parametrize("forged", ["", "x", "e30:1abc:def"])
def test_half_way_cannot_be_made_up(app, forged):
    with pytest.raises(WrongLogin):
        finish(forged, app.at(timezone.now()))
