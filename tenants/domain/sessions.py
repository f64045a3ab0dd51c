"""Signed-in browsers: begun with a password, kept alive by refresh tokens that are good once, ended from anywhere.

Every request looks its session up, so that ending one acts at once, whatever its tokens say.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from smmbot.lib.logs import get_logger
from tenants.domain import audit, tokens
from tenants.enums import AuditSource, Realm, Role
from tenants.errors import NoTenant, SessionEnded, Suspended
from tenants.models import LoginSession, Tenant, TenantAdmin, User
from tenants.scoping import all_tenants

logger = get_logger(__name__)

# Dangerous acts want a password given lately.
FRESH_FOR = timedelta(minutes=15)
# Requests that began together may carry the same refresh token.
TOGETHER = timedelta(seconds=60)
SEEN_EVERY = timedelta(minutes=1)
IMPERSONATION_LIVES = timedelta(hours=1)
# Ended ones stay readable for support, then go.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What goes into the cookies."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks, for which tenant, in what role. tenant and role: None in the platform admin."""

    session: LoginSession
    user: User
    tenant: Tenant | None
    role: Role | None

    def is_fresh(self, now: datetime) -> bool:
        return self.session.impersonator_id is None and now - self.session.authenticated_at < FRESH_FOR


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from."""

    address: str = ""
    user_agent: str = ""


def begin(
    *,
    user: User,
    realm: Realm,
    browser: Browser,
    now: datetime,
    tenant: Tenant | None = None,
    impersonator: User | None = None,
) -> tuple[LoginSession, Tokens]:
    """Start a session after the password was right. Raises NoTenant, Suspended."""
    if realm == Realm.TENANT and tenant is None:
        tenant = _first_tenant(user)
    nonce = tokens.new_nonce()
    session = LoginSession.objects.create(
        user=user,
        realm=realm,
        tenant=tenant,
        impersonator=impersonator,
        refresh_digest=tokens.digest(nonce),
        rotated_at=now,
        authenticated_at=now,
        created_at=now,
        last_seen_at=now,
        expires_at=now + (IMPERSONATION_LIVES if impersonator else tokens.REFRESH_LIVES),
        address=browser.address or None,
        user_agent=browser.user_agent[:300],
    )
    User.objects.filter(pk=user.pk).update(last_login=now)
    return session, _tokens(session, nonce, now)


def find(access_token: str, *, realm: Realm, now: datetime) -> SignedIn:
    """Whose access token this is, in one query. Raises SessionEnded."""
    try:
        claims = tokens.read(access_token, realm=realm, kind="access")
    except tokens.BadToken as error:
        raise SessionEnded("bad_token") from error
    return _load(claims.session_id, realm, now)


def refresh(refresh_token: str, *, realm: Realm, now: datetime) -> tuple[SignedIn, Tokens]:
    """Trade a refresh token for new tokens. One that was used before ends the session: it was stolen, or its thief
    was here first. Raises SessionEnded."""
    try:
        claims = tokens.read(refresh_token, realm=realm, kind="refresh")
    except tokens.BadToken as error:
        raise SessionEnded("bad_token") from error
    given, nonce = tokens.digest(claims.nonce), tokens.nonce_after(claims.nonce, realm=realm)
    with transaction.atomic():
        session = _alive(realm, now).select_for_update(of=("self",)).filter(pk=claims.session_id).first()
        if session is None:
            raise SessionEnded("ended")
        is_next = given == session.refresh_digest
        is_twin = given == session.previous_digest and now - session.rotated_at < TOGETHER
        if is_next:
            session.previous_digest, session.refresh_digest = given, tokens.digest(nonce)
            session.rotated_at = session.last_seen_at = now
            if session.impersonator_id is None:
                session.expires_at = now + tokens.REFRESH_LIVES
            session.save(
                update_fields=[
                    "previous_digest",
                    "refresh_digest",
                    "rotated_at",
                    "last_seen_at",
                    "expires_at",
                ]
            )
        elif not is_twin:
            end(session=session, now=now, reason="token_reused")
            _tell_of_reuse(session, now)
    if not (is_next or is_twin):
        raise SessionEnded("token_reused")
    # The twin gets the same next one: it may be the only answer that arrives.
    return _load(session.pk, realm, now), _tokens(session, nonce, now)


def end(*, session: LoginSession, now: datetime, reason: str = "signed_out") -> None:
    _end(LoginSession.objects.filter(pk=session.pk), reason, now)


def end_all(*, user: User, now: datetime, reason: str, but: LoginSession | None = None) -> int:
    """End the person's sessions in both realms, all or all others. Returns how many ended."""
    rows = LoginSession.objects.filter(Q(user=user) | Q(impersonator=user))
    return _end(rows.exclude(pk=but.pk) if but else rows, reason, now)


def end_one(*, user: User, session_id: uuid.UUID, now: datetime) -> bool:
    """End another of the person's own sessions. Returns False when there is no such one."""
    rows = LoginSession.objects.filter(user=user, pk=session_id, realm=Realm.TENANT, impersonator=None)
    return bool(_end(rows, "signed_out_elsewhere", now))


def end_others(*, user: User, keep: LoginSession, now: datetime) -> int:
    """End the person's other sessions of the dashboard. Returns how many ended."""
    rows = LoginSession.objects.filter(user=user, realm=Realm.TENANT, impersonator=None).exclude(pk=keep.pk)
    return _end(rows, "signed_out_elsewhere", now)


def forget(*, now: datetime) -> int:
    """Returns how many old rows went."""
    long_ago = now - KEPT
    return LoginSession.objects.filter(Q(ended_at__lt=long_ago) | Q(expires_at__lt=long_ago)).delete()[0]


def of_user(*, user: User, now: datetime) -> QuerySet[LoginSession]:
    """Where the person is signed in, the most recent first."""
    return (
        _alive(Realm.TENANT, now)
        .filter(user=user, impersonator=None)
        .order_by("-last_seen_at")
        .select_related(None)
    )


def seen(*, signed_in: SignedIn, now: datetime) -> None:
    """Remember that the session is in use, to the minute: most requests write nothing."""
    if now - signed_in.session.last_seen_at > SEEN_EVERY:
        LoginSession.objects.filter(pk=signed_in.session.pk).update(last_seen_at=now)


def confirm(*, session: LoginSession, now: datetime) -> None:
    """The password was given again."""
    LoginSession.objects.filter(pk=session.pk).update(authenticated_at=now)
    session.authenticated_at = now


def switch(*, signed_in: SignedIn, tenant_id: int, now: datetime) -> Tenant:
    """Open another of the person's teams. Raises NoTenant."""
    admin = next((row for row in teams(signed_in.user) if row.tenant_id == tenant_id), None)
    if admin is None or signed_in.session.impersonator_id:
        raise NoTenant
    LoginSession.objects.filter(pk=signed_in.session.pk).update(tenant_id=tenant_id)
    return admin.tenant


def teams(user: User) -> list[TenantAdmin]:
    """The person's places in active teams, their own first."""
    with all_tenants("a person's own teams"):
        rows = TenantAdmin.objects.filter(user=user, tenant__is_active=True, tenant__sandbox_of=None)
        return list(rows.select_related("tenant").order_by("role", "tenant__name", "pk"))


def _first_tenant(user: User) -> Tenant:
    found = sorted(teams(user), key=lambda row: row.role != Role.OWNER)
    if found:
        return found[0].tenant
    with all_tenants("a person's own teams"):
        suspended = TenantAdmin.objects.filter(user=user).select_related("tenant").first()
    if suspended is not None:
        raise Suspended(suspended.tenant.suspended_reason)
    raise NoTenant


def _load(session_id: uuid.UUID, realm: Realm, now: datetime) -> SignedIn:
    session: Any = _alive(realm, now).filter(pk=session_id).first()
    if session is None or not session.user.is_active:
        raise SessionEnded("ended")
    if realm == Realm.ADMIN:
        if not session.user.is_staff:
            raise SessionEnded("not_platform_staff")
        return SignedIn(session, session.user, None, None)
    tenant = session.tenant
    if tenant is None or not tenant.is_active:
        raise SessionEnded("suspended")
    if session.impersonator_id:
        if session.impersonator is None or not (
            session.impersonator.is_staff and session.impersonator.is_active
        ):
            raise SessionEnded("not_platform_staff")
        return SignedIn(session, session.user, tenant, Role.OWNER)
    if session.role is None:
        raise SessionEnded("not_in_team")
    return SignedIn(session, session.user, tenant, Role(session.role))


def _alive(realm: Realm, now: datetime) -> QuerySet[LoginSession]:
    """Sessions that stand, each with its user, its tenant and the role there."""
    role = TenantAdmin._base_manager.filter(tenant_id=OuterRef("tenant_id"), user_id=OuterRef("user_id"))
    return (
        LoginSession.objects.filter(realm=realm, ended_at=None, expires_at__gt=now)
        .select_related("user", "tenant", "impersonator")
        .annotate(role=Subquery(role.values("role")[:1]))
    )


def _end(rows: QuerySet[LoginSession], reason: str, now: datetime) -> int:
    return rows.filter(ended_at=None).update(ended_at=now, end_reason=reason)


def _tokens(session: LoginSession, nonce: str, now: datetime) -> Tokens:
    realm = Realm(session.realm)
    names: Any = {"realm": realm, "user_id": session.user_id, "session_id": session.pk, "now": now}
    return Tokens(
        access=tokens.access(**names),
        refresh=tokens.refresh(**names, nonce=nonce),
    )


def _tell_of_reuse(session: LoginSession, now: datetime) -> None:
    logger.warning(
        "refresh token used twice", extra={"session_id": str(session.pk), "user_id": session.user_id}
    )
    if session.tenant_id is None:
        return
    with all_tenants("the session names its tenant"):
        audit.record(
            tenant_id=session.tenant_id,
            user_id=session.user_id,
            action="session.token_reused",
            source=AuditSource.SYSTEM,
            now=now,
        )
