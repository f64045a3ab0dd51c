"""Signing up, signing in and setting a new password, by phone."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from smmbot.lib.client_address import network_of
from tenants.domain import audit, limits, otp, passwords, platform_tenant, second_factor, sessions
from tenants.domain.sessions import Browser, Tokens
from tenants.enums import AuditSource, OtpPurpose, Realm, Role
from tenants.errors import PasswordExpired, SecondFactorNeeded, WrongCode, WrongLogin
from tenants.models import LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import all_tenants, tenant_scope

# How long somebody may look for their authenticator once the password was right.
HALF_WAY_LIVES = timedelta(minutes=5)
_HALF_WAY = "password was right"

SignedInNow = tuple[LoginSession, Tokens]


def sign_up(*, phone: str, code: str, password: str, browser: Browser, now: datetime) -> SignedInNow:
    """Make the owner and their tenant, and sign them in. phone: E.164. Raises WeakPassword, WrongCode, TooManyTries."""
    # The code is used up last: a weak password must not cost it.
    passwords.check_strength(password)
    otp.check(purpose=OtpPurpose.SIGNUP, phone=phone, code=code, address=browser.address, now=now)
    try:
        user = _make_owner(phone, password)
    except IntegrityError as error:  # signed up a moment ago in another window
        raise WrongCode from error
    return sessions.begin(user=user, realm=Realm.TENANT, browser=browser, now=now)


def check_login(
    *, phone: str, password: str, address: str, now: datetime, realm: Realm = Realm.TENANT
) -> User:
    """Whose phone and password these are. Raises WrongLogin, PasswordExpired, TooManyTries."""
    limits.spend(limits.LOGINS_AN_ADDRESS, network_of(address))
    limits.spend(limits.LOGINS_A_PHONE, phone)
    # Takes as long for a phone nobody has.
    user = authenticate(phone=phone, password=password)
    if not isinstance(user, User) or (realm == Realm.ADMIN and not user.is_staff):
        raise WrongLogin
    if user.password_expires_at is not None and user.password_expires_at <= now:
        raise PasswordExpired
    return user


def sign_in(
    *,
    phone: str,
    password: str,
    browser: Browser,
    now: datetime,
    second: str = "",
    realm: Realm = Realm.TENANT,
) -> SignedInNow:
    """Check phone and password, and the second factor where there is one. second: a code of the app, or a recovery
    code.

    Raises WrongLogin, PasswordExpired, SecondFactorNeeded, WrongSecondFactor, TooManyTries, NoTenant, Suspended.
    SecondFactorNeeded brings what `finish_sign_in` wants beside the code.
    """
    user = check_login(phone=phone, password=password, address=browser.address, now=now, realm=realm)
    if user.has_totp:
        if not second:
            raise SecondFactorNeeded(_half_way(user, realm))
        second_factor.check(user=user, code=second, now=now)
    return sessions.begin(user=user, realm=realm, browser=browser, now=now)


def finish_sign_in(
    *, half_way: str, second: str, browser: Browser, now: datetime, realm: Realm = Realm.TENANT
) -> SignedInNow:
    """The second step of those who have a second factor. half_way: what SecondFactorNeeded brought, at most
    HALF_WAY_LIVES ago. Raises WrongLogin when that is over, WrongSecondFactor, TooManyTries, NoTenant, Suspended."""
    try:
        said = signing.loads(half_way, salt=_HALF_WAY, max_age=HALF_WAY_LIVES)
    except signing.BadSignature as error:
        raise WrongLogin from error
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    # A password that was changed meanwhile is not the one that was right.
    if user is None or said["realm"] != realm or not constant_time_compare(said["print"], _print_of(user)):
        raise WrongLogin
    second_factor.check(user=user, code=second, now=now)
    return sessions.begin(user=user, realm=realm, browser=browser, now=now)


def reset_password(
    *, phone: str, code: str, password: str, address: str, now: datetime, source: AuditSource
) -> None:
    """Set a new password with a code from the phone; every session ends. Raises WeakPassword, WrongCode,
    TooManyTries."""
    passwords.check_strength(password)
    otp.check(purpose=OtpPurpose.RESET, phone=phone, code=code, address=address, now=now)
    user = User.objects.filter(phone=phone, is_active=True).first()
    if user is None:
        raise WrongCode
    with transaction.atomic():
        passwords.set_own(user=user, password=password, now=now)
        record_in_teams(user=user, action="password.reset", source=source, now=now)


def rename(*, user: User, name: str, source: AuditSource, now: datetime) -> None:
    """name: as the team sees the person; empty shows the phone."""
    before, user.name = user.name, name
    if before == name:
        return
    with transaction.atomic():
        user.save(update_fields=["name"])
        record_in_teams(user=user, action="user.rename", source=source, now=now, before=before, after=name)


@transaction.atomic
def set_first_password(
    *, user: User, password: str, keep: LoginSession, source: AuditSource, now: datetime
) -> None:
    """Replace the password we made. Raises SamePassword, WeakPassword."""
    passwords.set_first(user=user, password=password, now=now, keep=keep)
    record_in_teams(user=user, action="password.first", source=source, now=now)


@transaction.atomic
def change_password(
    *, user: User, old: str, new: str, keep: LoginSession, source: AuditSource, now: datetime
) -> None:
    """The person's other sessions end. Raises WrongPassword, WeakPassword, TooManyTries."""
    passwords.change(user=user, old=old, new=new, now=now, keep=keep)
    record_in_teams(user=user, action="password.change", source=source, now=now)


@transaction.atomic
def switch_second_factor_on(*, user: User, code: str, source: AuditSource, now: datetime) -> list[str]:
    """Returns the recovery codes. Raises AlreadyOn, WrongSecondFactor, TooManyTries."""
    codes = second_factor.switch_on(user=user, code=code, now=now)
    record_in_teams(user=user, action="second_factor.on", source=source, now=now)
    return codes


@transaction.atomic
def renew_recovery_codes(*, user: User, source: AuditSource, now: datetime) -> list[str]:
    """The old ones are void."""
    codes = second_factor.new_recovery_codes(user=user)
    record_in_teams(user=user, action="second_factor.codes", source=source, now=now)
    return codes


@transaction.atomic
def switch_second_factor_off(*, user: User, source: AuditSource, now: datetime) -> None:
    if user.has_totp:
        record_in_teams(user=user, action="second_factor.off", source=source, now=now)
    second_factor.switch_off(user=user)


def record_in_teams(
    *, user: User, action: str, source: AuditSource, now: datetime, before: str = "", after: str = ""
) -> None:
    """An account is the person's own, but each of their teams relies on it, and the platform on its staff's: all of
    them can read what became of it."""
    with all_tenants("a person's own teams"):
        teams = (place.tenant_id for place in sessions.teams(user))
        for tenant_id in platform_tenant.with_platform(teams, user):
            audit.record(
                tenant_id=tenant_id,
                user_id=user.pk,
                action=action,
                before={"name": before} if before else {},
                after={"name": after} if after else {},
                source=source,
                now=now,
            )


def _half_way(user: User, realm: Realm) -> str:
    said = {"user": user.pk, "realm": realm.value, "print": _print_of(user)}
    return signing.dumps(said, salt=_HALF_WAY)


def _print_of(user: User) -> str:
    return salted_hmac(_HALF_WAY, user.password, algorithm="sha256").hexdigest()


@transaction.atomic
def _make_owner(phone: str, password: str) -> User:
    user = User.objects.create_user(phone, password)
    tenant = Tenant.objects.create(name="My panel", slug=f"t-{secrets.token_hex(5)}")
    with tenant_scope(tenant.pk):
        TenantAdmin.objects.create(tenant=tenant, user=user, role=Role.OWNER)
    return user
