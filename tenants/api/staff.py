from typing import Any

from django.urls import path

from smmbot.api.answers import listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, created, endpoint, methods, ok
from smmbot.api.errors import bad_request, translates
from smmbot.lib.client_address import client_address
from tenants.domain import otp, phones, staff
from tenants.errors import (
    AlreadyInTeam,
    InvalidPhone,
    NotForTeams,
    OwnerProtected,
    PasswordChosen,
    WrongCode,
)
from tenants.models import TenantAdmin
from tenants.permissions import Permission
from tenants.schemas.staff import JoinIn, MemberIn, MemberOut, RemovedOut, SendCodeIn, SentCodeOut, role_of

for _kind in (AlreadyInTeam, NotForTeams, OwnerProtected, PasswordChosen):
    translates(_kind, status=409)
translates(WrongCode, status=400)


def member_out(member: Any) -> MemberOut:
    """member: of `staff.team`, with its user and last_signed_in_at."""
    return {
        "id": member.pk,
        "phone": str(member.user.phone),
        "name": member.user.name,
        "role": member.role,
        "added_at": member.created_at,
        "last_signed_in_at": member.last_signed_in_at,
        "has_second_factor": member.user.has_totp,
        "must_change_password": member.user.must_change_password,
    }


@endpoint("GET", needs=Permission.MANAGE_STAFF, out=listed(MemberOut))
def list_members(request: ApiRequest) -> ApiResult:
    """The team: the owner, staff admins and staff."""
    results = [member_out(member) for member in staff.team(tenant_id=request.tenant_id)]
    return ok(whole(results))


@endpoint("POST", needs=Permission.MANAGE_STAFF, is_fresh=True, body=SendCodeIn, out=SentCodeOut)
def send_code(request: ApiRequest) -> ApiResult:
    """Send a six-digit code to the WhatsApp of a number that is to join the team."""
    code = staff.send_code(
        tenant_id=request.tenant_id,
        phone=_phone(request.body.phone),
        address=client_address(request.http),
        now=request.now,
    )
    return ok(
        {
            "phone": code.phone,
            "expires_at": code.expires_at,
            "again_at": code.created_at + otp.AGAIN_AFTER,
        }
    )


@endpoint("POST", needs=Permission.MANAGE_STAFF, is_fresh=True, body=JoinIn, answers=(201,), out=MemberOut)
def verify(request: ApiRequest) -> ApiResult:
    """Enter the code: the number joins the team, and its first password goes to its WhatsApp."""
    member = staff.join(
        tenant=request.caller.tenant,
        phone=_phone(request.body.phone),
        code=request.body.code,
        role=role_of(request.body.role),
        name=request.body.name,
        address=client_address(request.http),
        **request.who,
    )
    return created(member_out(member))


@endpoint("GET", needs=Permission.MANAGE_STAFF, out=MemberOut)
def show_member(request: ApiRequest, admin_id: int) -> ApiResult:
    """One of the team."""
    return ok(member_out(staff.get(tenant_id=request.tenant_id, admin_id=admin_id)))


@endpoint("PATCH", needs=Permission.MANAGE_STAFF, is_fresh=True, body=MemberIn, out=MemberOut)
def change_member(request: ApiRequest, admin_id: int) -> ApiResult:
    """Give somebody another role. The owner keeps the owner's."""
    member: TenantAdmin = staff.change_role(
        tenant_id=request.tenant_id,
        admin_id=admin_id,
        role=role_of(request.body.role),
        **request.who,
    )
    return ok(member_out(member))


@endpoint("DELETE", needs=Permission.MANAGE_STAFF, is_fresh=True, out=RemovedOut)
def remove_member(request: ApiRequest, admin_id: int) -> ApiResult:
    """Remove somebody from the team and end their sessions in it. The owner cannot be removed."""
    staff.remove(
        tenant_id=request.tenant_id,
        admin_id=admin_id,
        **request.who,
    )
    return ok({"id": admin_id, "removed": True})


@endpoint("POST", needs=Permission.MANAGE_STAFF, is_fresh=True, out=MemberOut)
def send_password(request: ApiRequest, admin_id: int) -> ApiResult:
    """Send a new first password to somebody who has not set one of their own."""
    staff.send_password_again(
        tenant=request.caller.tenant,
        admin_id=admin_id,
        **request.who,
    )
    return ok(member_out(staff.get(tenant_id=request.tenant_id, admin_id=admin_id)))


def _phone(typed: str) -> str:
    try:
        return phones.normalise(typed)
    except InvalidPhone as error:
        raise bad_request(error.code, error.message, phone=error.message) from error


urlpatterns = [
    path("admin-numbers", methods(list_members), name="api_admin_numbers"),
    path("admin-numbers/send-code", methods(send_code), name="api_admin_numbers_send_code"),
    path("admin-numbers/verify", methods(verify), name="api_admin_numbers_verify"),
    path(
        "admin-numbers/<int:admin_id>",
        methods(show_member, change_member, remove_member),
        name="api_admin_number",
    ),
    path(
        "admin-numbers/<int:admin_id>/send-password", methods(send_password), name="api_admin_number_password"
    ),
]
