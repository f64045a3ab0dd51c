"""The team: who is in it, and in what role. A number joins with a code that was sent to it.

send_code ──▶ WhatsApp ──▶ join ──▶ tenant_admins ──▶ first password to WhatsApp
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, OuterRef, QuerySet, Subquery, When

from tenants import signals
from tenants.domain import audit, otp, passwords
from tenants.enums import AuditSource, OtpPurpose, Role
from tenants.errors import AlreadyInTeam, NotForTeams, OwnerProtected, PasswordChosen
from tenants.models import ApiKey, LoginSession, Otp, Tenant, TenantAdmin, User

# What somebody may be made; an owner is made at sign-up alone.
GIVEN_ROLES = (Role.STAFF_ADMIN, Role.STAFF)
RESEND_AFTER = timedelta(seconds=60)
_BY_ROLE = Case(*(When(role=role, then=place) for place, role in enumerate(Role)), default=len(Role))


def team(*, tenant_id: int) -> QuerySet[TenantAdmin]:
    """The owner first, then by role and time; each with its user and `last_signed_in_at`, in this team alone."""
    sign_ins = LoginSession.objects.filter(
        user_id=OuterRef("user_id"), tenant_id=OuterRef("tenant_id"), impersonator=None
    )
    return (
        TenantAdmin.objects.filter(tenant_id=tenant_id)
        .select_related("user")
        .annotate(last_signed_in_at=Subquery(sign_ins.order_by("-created_at").values("created_at")[:1]))
        .order_by(_BY_ROLE, "created_at", "pk")
    )


def get(*, tenant_id: int, admin_id: int) -> TenantAdmin:
    """Raises TenantAdmin.DoesNotExist, for another team's too."""
    member: TenantAdmin = team(tenant_id=tenant_id).get(pk=admin_id)
    return member


def send_code(*, tenant_id: int, phone: str, address: str, now: datetime) -> Otp:
    """Send a code to the phone that is to join. phone: E.164. Raises AlreadyInTeam, TooManyTries."""
    _check_new(tenant_id, phone)
    return otp.issue(purpose=OtpPurpose.STAFF, phone=phone, address=address, now=now, tenant_id=tenant_id)


def join(
    *,
    tenant: Tenant,
    phone: str,
    code: str,
    role: Role,
    by: User,
    address: str,
    now: datetime,
    source: AuditSource,
    name: str = "",
) -> TenantAdmin:
    """Put the phone's person into the team, if the code is right. Who is new gets an account with a password we
    make; who has a password keeps it. name: for a new account.

    Raises AlreadyInTeam, NotForTeams, WrongCode, TooManyTries; ValueError for a role nobody is given.
    """
    if role not in GIVEN_ROLES:
        raise ValueError(role)
    _check_new(tenant.pk, phone)
    # Before the transaction: a miss must be counted.
    otp.check(purpose=OtpPurpose.STAFF, phone=phone, code=code, address=address, now=now, tenant_id=tenant.pk)
    try:
        return _join(tenant, phone, role, by, now, source, name)
    except IntegrityError as error:  # the other window was quicker
        raise AlreadyInTeam from error


def change_role(
    *, tenant_id: int, admin_id: int, role: Role, by: User, now: datetime, source: AuditSource
) -> TenantAdmin:
    """Acts on the next request and the next message. Raises TenantAdmin.DoesNotExist, OwnerProtected."""
    if role not in GIVEN_ROLES:
        raise ValueError(role)
    with transaction.atomic():
        member = _hold(tenant_id, admin_id)
        before = Role(member.role)
        if before != role:
            TenantAdmin.objects.filter(pk=member.pk).update(role=role)
            _record("staff.role", member, by, now, source, before={"role": before}, after={"role": role})
    return get(tenant_id=tenant_id, admin_id=admin_id)


@transaction.atomic
def remove(*, tenant_id: int, admin_id: int, by: User, now: datetime, source: AuditSource) -> TenantAdmin:
    """Take somebody out of this team and end their sessions in it; their other teams stay. Returns who it was.

    Raises TenantAdmin.DoesNotExist, OwnerProtected.
    """
    member = _hold(tenant_id, admin_id)
    TenantAdmin.objects.filter(pk=member.pk).exclude(role=Role.OWNER).delete()
    LoginSession.objects.filter(user=member.user, tenant_id=tenant_id, ended_at=None).update(
        ended_at=now, end_reason="left_team"
    )
    ApiKey.objects.filter(tenant_id=tenant_id, created_by=member.user, revoked_at=None).update(revoked_at=now)
    _record("staff.remove", member, by, now, source, before={"role": member.role})
    return member


@transaction.atomic
def send_password_again(
    *, tenant: Tenant, admin_id: int, by: User, now: datetime, source: AuditSource
) -> TenantAdmin:
    """Make and send a new first password, as the old one was lost or is over. Raises TenantAdmin.DoesNotExist,
    PasswordChosen."""
    member = get(tenant_id=tenant.pk, admin_id=admin_id)
    user = User.objects.select_for_update().get(pk=member.user_id)
    if not user.must_change_password:
        raise PasswordChosen
    _issue(user, tenant, Role(member.role), passwords.make(user=user, now=now))
    _record("staff.password", member, by, now, source)
    return member


def _check_new(tenant_id: int, phone: str) -> None:
    if TenantAdmin.objects.filter(tenant_id=tenant_id, user__phone=phone).exists():
        raise AlreadyInTeam


@transaction.atomic
def _join(
    tenant: Tenant, phone: str, role: Role, by: User, now: datetime, source: AuditSource, name: str
) -> TenantAdmin:
    user = User.objects.select_for_update().filter(phone=phone).first()
    user = user or User.objects.create_user(phone, name=name)
    if not user.is_active:
        raise NotForTeams
    member = TenantAdmin.objects.create(tenant=tenant, user=user, role=role)
    is_over = user.password_expires_at is not None and user.password_expires_at <= now
    needs_one = is_over or not user.has_usable_password()
    _issue(user, tenant, role, passwords.make(user=user, now=now) if needs_one else "")
    _record("staff.add", member, by, now, source, after={"role": role})
    return get(tenant_id=tenant.pk, admin_id=member.pk)


def _issue(user: User, tenant: Tenant, role: Role, password: str) -> None:
    signals.credentials_issued.send(
        sender=TenantAdmin, user=user, tenant=tenant, role=role, password=password
    )


def _hold(tenant_id: int, admin_id: int) -> TenantAdmin:
    """The row, held until the transaction ends. Raises OwnerProtected for the owner's."""
    rows = TenantAdmin.objects.select_for_update(of=("self",)).select_related("user")
    member: TenantAdmin = rows.get(tenant_id=tenant_id, pk=admin_id)
    if member.role == Role.OWNER:
        raise OwnerProtected
    return member


def _record(
    action: str,
    member: TenantAdmin,
    by: User,
    now: datetime,
    source: AuditSource,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        tenant_id=member.tenant_id,
        user_id=by.pk,
        action=action,
        subject=f"{member.user.name} {member.user.phone}".strip(),
        before=before or {},
        after=after or {},
        source=source,
        now=now,
    )
