"""Signing up, signing in and setting a new password, by phone."""

import secrets
from datetime import datetime

from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from tenants.domain import limits, otp, passwords, second_factor, sessions
from tenants.domain.sessions import Browser, Tokens
from tenants.enums import OtpPurpose, Realm, Role
from tenants.errors import PasswordExpired, SecondFactorNeeded, WrongCode, WrongLogin
from tenants.models import LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import tenant_scope


def sign_up(
    *, phone: str, code: str, password: str, browser: Browser, now: datetime
) -> tuple[LoginSession, Tokens]:
    """Make the owner and their tenant, and sign them in. phone: E.164. Raises WeakPassword, WrongCode, TooManyTries."""
    # The code is used up last: a weak password must not cost it.
    passwords.check_strength(password)
    otp.check(purpose=OtpPurpose.SIGNUP, phone=phone, code=code, address=browser.address, now=now)
    try:
        user = _make_owner(phone, password)
    except IntegrityError as error:  # signed up a moment ago in another window
        raise WrongCode from error
    return sessions.begin(user=user, realm=Realm.TENANT, browser=browser, now=now)


def sign_in(
    *,
    phone: str,
    password: str,
    browser: Browser,
    now: datetime,
    second: str = "",
    realm: Realm = Realm.TENANT,
) -> tuple[LoginSession, Tokens]:
    """Check phone and password, and the second factor where there is one. second: a code of the app, or a recovery
    code.

    Raises WrongLogin, PasswordExpired, SecondFactorNeeded, WrongSecondFactor, TooManyTries, NoTenant, Suspended.
    """
    limits.spend(limits.LOGINS_AN_ADDRESS, browser.address)
    limits.spend(limits.LOGINS_A_PHONE, phone)
    # Takes as long for a phone nobody has.
    user = authenticate(phone=phone, password=password)
    if not isinstance(user, User) or (realm == Realm.ADMIN and not user.is_staff):
        raise WrongLogin
    if user.password_expires_at is not None and user.password_expires_at <= now:
        raise PasswordExpired
    if user.has_totp:
        if not second:
            raise SecondFactorNeeded
        second_factor.check(user=user, code=second, now=now)
    return sessions.begin(user=user, realm=realm, browser=browser, now=now)


def reset_password(*, phone: str, code: str, password: str, address: str, now: datetime) -> None:
    """Set a new password with a code from the phone; every session ends. Raises WeakPassword, WrongCode,
    TooManyTries."""
    passwords.check_strength(password)
    otp.check(purpose=OtpPurpose.RESET, phone=phone, code=code, address=address, now=now)
    user = User.objects.filter(phone=phone, is_active=True).first()
    if user is None:
        raise WrongCode
    passwords.set_own(user=user, password=password, now=now)


@transaction.atomic
def _make_owner(phone: str, password: str) -> User:
    user = User.objects.create_user(phone, password)
    tenant = Tenant.objects.create(name="My panel", slug=f"t-{secrets.token_hex(5)}")
    with tenant_scope(tenant.pk):
        TenantAdmin.objects.create(tenant=tenant, user=user, role=Role.OWNER)
    return user
